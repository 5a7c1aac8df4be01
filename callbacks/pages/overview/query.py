"""What the address of the overview asks for, besides the filters of every page."""

from typing import Literal

from callbacks.reports.page_query import PageQuery


class OverviewQuery(PageQuery):
    """The filters, and what the matrix shows."""

    matrix: Literal["reason"] | None = None
