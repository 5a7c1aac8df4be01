"""Fetching history backwards, slice by slice, so that the newest days are whole first."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from services.vendors.pages import Page

DAY = 86400
WIDEST = 32 * DAY
# A slice with fewer rows than this was hardly worth its request: the next one is twice as wide.
QUIET_ROWS = 60
BUSY_ROWS = 600


class Backfill:
    """History of one vendor. Everything from `boundary` to `origin` is there.

    `read` gives the rows between two instants (Unix seconds, both included).
    """

    def __init__(
        self,
        read: Callable[[int, int], Iterator[Page]],
        add_rows: Callable[[Sequence[dict[str, Any]]], object],
    ) -> None:
        self._read = read
        self._add_rows = add_rows
        self._pages: Iterator[Page] | None = None
        self._from = 0
        self._rows = 0
        self.origin: int | None = None
        self.boundary: int | None = None
        self.width = DAY

    def start(self, origin: int) -> None:
        """Nothing before `origin` is there."""
        self.origin = self.boundary = origin
        self.width = DAY
        self._pages = None

    def is_done(self, target: int) -> bool:
        return self.boundary is not None and self.boundary <= target

    def let_go(self, before: int) -> None:
        """What lies before that instant is not kept any more: it would have to be read again."""
        if self.boundary is not None and self.boundary < before:
            self.boundary, self._pages = before, None

    def step(self, target: int) -> None:
        """Read one page; an error leaves its slice to be read again from the beginning."""
        if self.boundary is None or self.is_done(target):
            return
        if self._pages is None:
            self._from = max(target, self.boundary - self.width)
            self._rows = 0
            self._pages = self._read(self._from, self.boundary)
        try:
            page = next(self._pages, None)
            if page is not None:
                self._rows += len(page.rows)
                self._add_rows(page.rows)
                return
        except BaseException:
            self._pages = None
            raise
        self._pages = None
        self.boundary = self._from
        if self._rows < QUIET_ROWS:
            self.width = min(self.width * 2, WIDEST)
        elif self._rows > BUSY_ROWS:
            self.width = max(self.width // 2, DAY)

    def build_watermark(self) -> dict[str, int | None]:
        return {"origin": self.origin, "boundary": self.boundary, "width": self.width}

    def resume(self, watermark: dict[str, Any]) -> None:
        self.origin, self.boundary = watermark.get("origin"), watermark.get("boundary")
        self.width = watermark.get("width") or DAY
