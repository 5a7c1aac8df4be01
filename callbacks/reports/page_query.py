"""What the address of a report page asks for: which rows, compared with what, and what is open.

The filters are those of /api/v1. What only concerns the view (a table instead of a chart, the open
list of rows) is parted from them, so that opening it draws nothing anew.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, TypeVar

from pydantic import Field

from callbacks.reports.query import (
    DEFAULT_DAYS,
    Ids,
    NoQuery,
    ParameterError,
    SummaryQuery,
    compared_with,
    parse_search,
    read,
)
from layouts.links import view
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.query.drilldown import Cell, CellError, listed_metric

Preset = Literal["today", "yesterday", "7d", "28d", "90d", "month", "last_month"]
Compare = Literal["same", "none"]
Order = Literal["oldest", "most", "least", "agent"]
# What is open beside the page; everything else says what the page is about.
PANEL = ("rows", "cell", "why", "rows_find", "rows_order", "rows_page")
# The comment that is read, on the quality page.
READER = ("band", "comment", "comments_find", "comments_page")
# One number by weeks or months, below the page.
TREND = ("long", "step")
VIEW = (*PANEL, *READER, *TREND, "table")
MAXIMUM_CELLS = 4


class PageQuery(SummaryQuery):
    preset: Preset | None = Field(default=None, alias="period")
    compare: Compare | None = None
    line: Ids = ()

    @property
    def filters(self) -> Filters:
        """The choice of rows; lines (`main`, or ids) restrict calls, whatever page counts them."""
        return replace(super().filters, lines=self.line)

    def period(self, today: date) -> Period:
        return resolve_period(self.preset, today) if self.preset else super().period(today)

    def before(self, today: date) -> Period | None:
        return None if self.compare == "none" else compared_with(self.period(today), self.compare)

    @property
    def name(self) -> str | None:
        if self.preset:
            return self.preset
        return None if self.first_day or self.last_day else f"{DEFAULT_DAYS}d"


# What the pages of one group share: their links carry it along, and `attr.<label>` besides.
SHARED = tuple(
    field.alias or name for name, field in PageQuery.model_fields.items() if name != "attributes"
)


class PanelQuery(NoQuery):
    """`why` opens, instead of the rows, what their number's change is made of: by which groups."""

    rows: str
    why: str | None = None
    cell: tuple[str, ...] = Field(default=(), max_length=MAXIMUM_CELLS)
    find: str = Field(default="", alias="rows_find", max_length=200)
    order: Order | None = Field(default=None, alias="rows_order")
    page: int = Field(default=1, alias="rows_page", ge=1, le=1_000_000)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Raises ParameterError where one of the marks that were clicked cannot be read."""
        try:
            listed_metric(self.rows)
            return tuple(Cell.parse(text) for text in self.cell)
        except CellError as error:
            raise ParameterError("rows", str(error)) from error


Q = TypeVar("Q", bound=PageQuery)


def read_choices(search: str | None) -> dict[str, list[str]]:
    """The parameters that say what the page is about, each with its values."""
    return {name: values for name, values in parse_search(search).items() if name not in VIEW}


def build_page_search(search: str | None) -> str:
    """The same as text: equal for equal pages, whatever is open beside them."""
    return view("", read_choices(search))


def read_page(model: type[Q], search: str | None) -> Q:
    """Raises ParameterError for the first name or value that cannot be used."""
    return read(model, read_choices(search).items())


def read_panel(search: str | None) -> PanelQuery | None:
    """None where the address opens no list; raises ParameterError where it cannot be used."""
    fields = {name: values for name, values in parse_search(search).items() if name in PANEL}
    if "rows" not in fields:
        return None
    # In the order of the address, and as often: `read` would sort the cells.
    cells = tuple(fields.pop("cell", []))
    query = read(PanelQuery, fields.items())
    if len(cells) > MAXIMUM_CELLS:
        raise ParameterError("cell", f"at most {MAXIMUM_CELLS}")
    return query.model_copy(update={"cell": cells})


def resolve_period(name: Preset, today: date) -> Period:
    if name == "today":
        return Period(today, today)
    if name == "yesterday":
        return Period(today - timedelta(days=1), today - timedelta(days=1))
    if name == "month":
        return Period(today.replace(day=1), today)
    if name == "last_month":
        end = today.replace(day=1) - timedelta(days=1)
        return Period(end.replace(day=1), end)
    return Period(today - timedelta(days=int(name.removesuffix("d")) - 1), today)
