"""What the address of the times page asks for, besides the filters of every page."""

from typing import Literal

from callbacks.reports.page_query import PageQuery


class TimesQuery(PageQuery):
    """The filters, how the table is grouped, and which cases are listed."""

    by: Literal["team", "reason"] | None = None
    slow: Literal["close"] | None = None
    every: Literal["group"] | None = None

    @property
    def group(self) -> str:
        """What a line of the table is."""
        return self.by or "agent"

    @property
    def slowest(self) -> str:
        """The metric whose longest cases are listed."""
        return "time_to_close" if self.slow else "first_response_time"
