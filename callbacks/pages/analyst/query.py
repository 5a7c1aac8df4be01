"""What the address of the analyst's panel asks of a version, and the own rows of its person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BeforeValidator, Field

from callbacks.reports.filter_choices import fold_case
from callbacks.reports.query import SummaryQuery, parse_search, read
from callbacks.reports.report_view import VersionView
from metrics.classification.goals import EXCLUDED_BY, Day, goals_by_day, standing
from metrics.measures.workload import classification_rate
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED, Filters
from metrics.model.people import names
from metrics.model.periods import Period
from metrics.model.schema import CALL_AGENTS, attribute
from metrics.model.selection import RATING, absent_labels, select, without_others_ratings
from metrics.model.summary import Summary
from metrics.model.tables import Tables
from metrics.model.view import EVERYTHING, View
from metrics.query import report
from services.accounts.accounts import Viewer
from services.settings.links import IntercomLinks

Preset = Literal["today", "week", "month", "28d"]
Standing = Literal["pending", "classified", "excluded", "open", "snoozed"]
DEFAULT: Preset = "week"
# Rows of a list at first, by each press of «more», and at most.
PENDING_ROWS, HISTORY_ROWS, ROWS_MAXIMUM = 50, 20, 500


def _parse_rows(text: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", str(text)) or not 1 <= int(text) <= ROWS_MAXIMUM:
        raise ValueError(f"must be a whole number from 1 to {ROWS_MAXIMUM}")
    return int(text)


Rows = Annotated[int, BeforeValidator(_parse_rows)]


class AnalystQuery(SummaryQuery):
    """`order` and `more` are of what is pending; `out` lists the rows that do not count.

    `reason` (empty = rows without one), `standing`, `search` and `lines` are of the history.
    """

    preset: Preset | None = Field(default=None, alias="period")
    order: Literal["oldest", "easiest"] = "oldest"
    more: Rows = PENDING_ROWS
    out: Literal["1"] | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None
    standing: Standing | None = Field(default=None, alias="state")
    search: Annotated[str, Field(max_length=200)] = ""
    lines: Rows = HISTORY_ROWS
    comments: Literal["all"] | None = None
    calls: Literal["all"] | None = None

    def period(self, today: date) -> Period:
        if self.first_day or self.last_day:
            return super().period(today)
        return resolve_period(self.preset or DEFAULT, today)

    @property
    def name(self) -> str | None:
        return None if self.first_day or self.last_day else self.preset or DEFAULT


def read_analyst(search: str | None) -> AnalystQuery:
    """Raises ParameterError for the first name or value that cannot be used."""
    return read(AnalystQuery, parse_search(search).items())


def resolve_period(name: Preset, today: date) -> Period:
    """The days that a name stands for; weeks and months are whole, their coming days included."""
    if name == "today":
        return Period(today, today)
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + timedelta(days=6))
    if name == "month":
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Period(today.replace(day=1), following - timedelta(days=1))
    return Period(today - timedelta(days=27), today)


# Ratings, times and calls need many rows; shorter periods are shown within so many days.
WINDOW_DAYS = 28
# Asked for together, of the window and of the days before it.
NUMBERS = (
    *("csat_score", "csat_adjusted"),
    *("first_response_time", "time_to_close"),
    *("calls_answered", "talk_time"),
)
COLUMNS = (
    *("id", "subject", "team_id", "agent_id", "state", "created_at", "updated_at", "last_close_at"),
    *RATING,
)


def resolve_agent(query: AnalystQuery, viewer: Viewer) -> str | None:
    """Whose rows: an analyst's own whatever was asked for, a manager's choice; None = nobody's."""
    if viewer.role == "analyst":
        return viewer.agent_id
    return query.agent[0] if viewer.role == "manager" and query.agent else None


@dataclass(frozen=True)
class AgentView(VersionView[AnalystQuery]):
    """`agent_id` is whose panel it is, decided on the server."""

    agent_id: str
    links: IntercomLinks

    @cached_property
    def period(self) -> Period:
        """Raises ParameterError where the days asked for are no period."""
        return self.query.period(self.today)

    @cached_property
    def window(self) -> Period:
        """The days of ratings, times and calls: those asked for, and never fewer than 28."""
        last = max(self.period.first_day, min(self.period.last_day, self.today))
        first = min(self.period.first_day, last - timedelta(days=WINDOW_DAYS - 1))
        return Period(first, last)

    @cached_property
    def window_before(self) -> Period | None:
        """As many days before; None where that reaches before what is loaded."""
        return self.compare(self.window, self.window.previous)

    @cached_property
    def tables(self) -> Tables:
        """The version, less the rows that cannot be own ones: nothing is derived of the others."""
        whole = self.snapshot.tables
        if self.agent_id == UNASSIGNED:
            return whole
        assigned, took_part = (
            pl.any_horizontal(pl.col(people) == self.agent_id)
            for people in (["agent_id", "rated_agent_id"], list(CALL_AGENTS))
        )
        return replace(
            whole,
            conversations=whole.conversations.filter(assigned),
            calls=whole.calls.filter(took_part),
        )

    @property
    def team_view(self) -> View:
        return View(self.snapshot.tables, self.window, EVERYTHING, self.rules)

    @cached_property
    def names(self) -> Mapping[str, tuple[str, str]]:
        return names(self.snapshot.tables, self.rules)

    @property
    def name(self) -> str:
        return self.names.get(self.agent_id, ("", ""))[0]

    @property
    def filters(self) -> Filters:
        return Filters(agents=(self.agent_id,))

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Own conversations of the period; `excluded` is the rule that leaves one out."""
        rows = select(classification_rate, self.view).query.select(
            *COLUMNS,
            reason=attribute(self.rules.labels.reason),
            standing=standing(self.view),
            excluded=EXCLUDED_BY,
        )
        return rows.collect()

    @cached_property
    def all_days(self) -> list[Day]:
        """The goal of every loaded day, for the streak."""
        first = self.snapshot.history.first_day
        if first is None or first > self.today:
            return []
        return goals_by_day(self.view.with_period(Period(first, self.today)))

    @property
    def reason_missing(self) -> bool:
        """Whether no conversation of the workspace carries the attribute that classifies."""
        return "reason" in absent_labels(self.snapshot.tables, self.rules)

    def number(self, key: str) -> Summary:
        """One of `NUMBERS` in the window."""
        return self._numbers(self.window)[key]

    def number_before(self, key: str) -> Summary | None:
        return None if self.window_before is None else self._numbers(self.window_before)[key]

    def _numbers(self, period: Period) -> Mapping[str, Summary]:
        view = self.view.with_period(period)
        return report.evaluate_many([CATALOG[key] for key in NUMBERS], view)

    def pending(self) -> pl.DataFrame:
        """Closed, counting, no reason; oldest first. An unrecorded close counts from creation."""
        rows = self.rows.filter(pl.col("standing") == "pending")
        return rows.sort(pl.coalesce("last_close_at", "created_at"), "id")

    def history(self) -> pl.DataFrame:
        query, rows = self.query, self.rows
        if query.reason is not None:
            wanted = query.reason.strip()
            rows = rows.filter(pl.col("reason").fill_null("") == wanted)
        if query.standing:
            rows = rows.filter(pl.col("standing") == query.standing)
        if query.search.strip():
            subject, wanted = fold_case(pl.col("subject")), query.search.strip().casefold()
            rows = rows.filter(subject.str.contains(wanted, literal=True))
        rows = without_others_ratings(rows, self.tables, self.agent_id)
        return rows.sort("created_at", "id", descending=True)
