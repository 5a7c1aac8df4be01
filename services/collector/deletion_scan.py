"""Finding what was deleted: a slow walk over everything that is open or snoozed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from services.collector.row_buffer import RowBuffer
from services.errors import BadResponseError, ForbiddenError, NotFoundError
from services.vendors.http import Payload

log = logging.getLogger(__name__)

ListPage = Callable[[str | None], tuple[list[Payload], str | None]]


@dataclass(frozen=True)
class ScannedList:
    """What is walked over.

    Attributes:
        table: Where its rows lie.
        lists: One page of each of the vendor's lists, for a cursor: rows and the next cursor.
        one: The payload of an id.
        is_listed: Which of our rows should be in those lists.
        keep: What is done with the rows that are met.
    """

    table: str
    lists: Sequence[ListPage]
    one: Callable[[str], Payload]
    is_listed: Callable[[pd.DataFrame], pd.Series]
    keep: Callable[[list[Payload]], None]


class DeletionScan:
    """One request a step. A row that a whole round did not meet is asked for by id.

    Args:
        swept: What is walked over.
        buffer: Whose rows are looked for.
    """

    def __init__(self, swept: ScannedList, buffer: RowBuffer) -> None:
        self._swept = swept
        self._buffer = buffer
        self._suspects: list[str] = []
        self._lists: list[ListPage] = []
        self._cursor: str | None = None
        self._met: set[str] = set()
        self._expected: set[str] = set()

    def step(self) -> None:
        """The next page of the round, or the next suspect.

        Raises:
            ServiceError: The vendor fails; the next step tries again.
        """
        if self._suspects:
            self._ask_for(self._suspects[-1])
            self._suspects.pop()
            return
        if not self._lists:
            self._begin()
        try:
            rows, cursor = self._lists[0](self._cursor)
        except BadResponseError:
            # It may be the cursor that the vendor does not know any more.
            self._lists = []
            raise
        self._met.update(str(row["id"]) for row in rows)
        self._swept.keep(rows)
        self._cursor = cursor
        if cursor is None:
            self._lists.pop(0)
            if not self._lists:
                self._suspects = sorted((self._expected - self._met) & self._held())

    def _begin(self) -> None:
        self._lists = list(self._swept.lists)
        self._cursor = None
        self._met = set()
        # Only who was there at the beginning can be missed at the end.
        self._expected = self._held()

    def _held(self) -> set[str]:
        held: set[str] = set()
        for rows in self._buffer.frames(self._swept.table):
            held.update(rows.loc[self._swept.is_listed(rows), "id"])
        return held

    def _ask_for(self, one_id: str) -> None:
        """Only the vendor's own "not found" removes a row."""
        try:
            self._swept.keep([self._swept.one(one_id)])
        except NotFoundError:
            self._buffer.remove(self._swept.table, [one_id])
        except (BadResponseError, ForbiddenError) as error:
            # One that cannot be read must not stand in the way of the others for ever.
            log.info("%s: one that vanished from its list stays: %s", self._swept.table, error)
