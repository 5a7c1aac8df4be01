"""What the address of the telephone asks for, besides the filters of every page."""

from typing import Literal

from callbacks.reports.page_query import PageQuery


class TelephonyQuery(PageQuery):
    """The filters, and what the cells of the week tell."""

    heat: Literal["mean", "loss"] | None = None
