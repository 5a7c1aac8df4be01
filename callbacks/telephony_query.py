"""What the address of the telephone asks for, besides the filters of every page."""

from dataclasses import replace
from typing import Literal

from callbacks.api_query import Ids
from callbacks.page_query import PageQuery
from metrics.filters import Filters


class TelephonyQuery(PageQuery):
    """The filters, the lines (`main`, or ids), and what the cells of the week tell."""

    line: Ids = ()
    heat: Literal["mean", "loss"] | None = None

    @property
    def filters(self) -> Filters:
        """The choice of rows, lines included, for the page and for the rows behind it."""
        return replace(super().filters, lines=self.line)
