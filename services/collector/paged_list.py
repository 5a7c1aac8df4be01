"""A vendor's list that changes so seldom that it is read one page at a time."""

from collections.abc import Callable
from typing import Any

from services.vendors.http import Payload
from services.vendors.pages import Page


class PagedList:
    """The rows of the last round that was whole.

    Args:
        read_page: The page of that number, from 1.
    """

    def __init__(self, read_page: Callable[[int], Page]) -> None:
        self._read_page = read_page
        self._coming: list[Payload] = []
        self._pages = 0
        self.rows: list[Payload] = []

    @property
    def is_whole(self) -> bool:
        """Whether no round is under way."""
        return self._pages == 0

    def step(self) -> None:
        """Read the next page; an error leaves it to be read again."""
        page = self._read_page(self._pages + 1)
        self._coming += page.rows
        self._pages += 1
        if page.pages <= page.number:
            self.rows, self._coming, self._pages = self._coming, [], 0

    def read(self) -> None:
        """Read all of it, from the beginning."""
        self._coming, self._pages = [], 0
        self.step()
        while not self.is_whole:
            self.step()

    def resume(self, rows: Any) -> None:
        """Take over what was published."""
        self.rows = rows if isinstance(rows, list) else []
