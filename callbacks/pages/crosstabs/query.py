"""What the address of the cross-tabs asks for, besides the filters of every page."""

from typing import Literal

from pydantic import Field

from callbacks.reports.page_query import PageQuery

# Lines of a table, and how many values of an attribute are listed, by the name in the address.
TOPS = {"5": 5, None: 10, "20": 20, "50": 50, "all": 500}
LINES_AT_MOST = 100
COLUMNS = {None: 5, "8": 8, "12": 12, "20": 20}


class CrosstabsQuery(PageQuery):
    """The filters, and which report is shown of what.

    Attributes:
        report: The second reason, or categories and registrations; None is any by any.
        row: What stands down: a group of `metrics.query.crosstab`.
        column: What stands across.
        top: How many values have a line of their own.
        columns: How many have a column.
        show: Heat map or table; None is stacked bars.
        measure: What the cells tell; None is the count.
        empty: Whether conversations without a value are shown.
        direction: `back` goes from the second reason to the first.
        value: The reason that is looked into.
        of: The group whose distribution is shown.
    """

    report: Literal["reasons", "categories"] | None = None
    row: str | None = Field(default=None, max_length=400)
    column: str | None = Field(default=None, max_length=400)
    top: Literal["5", "20", "50", "all"] | None = None
    columns: Literal["8", "12", "20"] | None = None
    show: Literal["heat", "table"] | None = None
    measure: Literal["row", "column", "all", "time", "csat"] | None = None
    empty: Literal["show"] | None = None
    direction: Literal["back"] | None = None
    value: str | None = Field(default=None, max_length=1000)
    of: str | None = Field(default=None, max_length=400)
