"""What the address of the back-office asks for, besides the filters of every page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from callbacks.reports.page_query import PageQuery
from metrics.measures.tickets import BACKLOG
from metrics.model.filters import Filters
from metrics.query.drilldown import Cell

# An empty word asks for tickets without a value.
Word = Annotated[str, StringConstraints(max_length=300)]
Words = Annotated[tuple[Word, ...], Field(max_length=200)]
# Parameter -> column of the tickets.
COLUMNS: Mapping[str, str] = {
    "state": "state_label",
    "external": "external_state",
    "type": "type_name",
    "platform": "platform",
    "severity": "severity",
    "creator": "creator_id",
}
Tab = Literal["period", "backlog"]


class BackofficeQuery(PageQuery):
    tab: Tab | None = None
    state: Words = ()
    external: Words = ()
    type: Words = ()
    platform: Words = ()
    severity: Words = ()
    creator: Words = ()

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        return {name: getattr(self, name) for name in COLUMNS if getattr(self, name)}

    @property
    def filters(self) -> Filters:
        tickets = {COLUMNS[name]: values for name, values in self.chosen.items()}
        return replace(super().filters, tickets=tickets)

    @property
    def listed(self) -> tuple[str, tuple[Cell, ...]]:
        return LISTED[self.tab]


LISTED: Mapping[Tab | None, tuple[str, tuple[Cell, ...]]] = {
    None: ("tickets_open", ()),
    "period": ("tickets", ()),
    "backlog": ("tickets_open", (Cell("standing", BACKLOG),)),
}
