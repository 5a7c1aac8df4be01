"""What the address of the quality page asks for, besides the filters of every page."""

from typing import Literal

from pydantic import Field

from callbacks.reports.page_query import PageQuery
from callbacks.reports.query import NoQuery
from metrics.measures.satisfaction import Focus

Band = Literal["positive", "neutral", "negative"]


class QualityQuery(PageQuery):
    """The filters, the order of people and reasons, and how finely time is cut."""

    focus: Literal["best", "negatives", "volume"] | None = None
    trend: Literal["day"] | None = None
    every: Literal["reason", "agent"] | None = None

    @property
    def order(self) -> Focus:
        """What stands first; the worst, unless somebody chose."""
        return self.focus or "worst"


class ReaderQuery(NoQuery):
    """Which comment is read; the rest of the page does not depend on it."""

    band: Literal["positive", "neutral", "all"] | None = None
    comment: str | None = Field(default=None, max_length=200)
    find: str = Field(default="", alias="comments_find", max_length=200)
    page: int = Field(default=1, alias="comments_page", ge=1, le=1_000_000)

    @property
    def part(self) -> Band | None:
        """The band of ratings; None = all of them."""
        if self.band == "all":
            return None
        return self.band or "negative"
