"""Finding what was deleted: a slow walk over everything that is open or snoozed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from services.collector.row_buffer import RowBuffer
from services.errors import BadResponseError, ForbiddenError, NotFoundError
from services.vendors.http import Payload

log = logging.getLogger(__name__)

ListPage = Callable[[str | None], tuple[list[Payload], str | None]]


@dataclass(frozen=True)
class ScannedTable:
    table: str
    list_pages: Sequence[ListPage]  # one page of each of the vendor's lists
    fetch_one: Callable[[str], Payload]
    is_listed: pl.Expr  # which of our rows should be there
    add_rows: Callable[[list[Payload]], None]


class DeletionScan:
    """One request a step. A row that a whole round did not meet is asked for by id."""

    def __init__(self, scanned: ScannedTable, buffer: RowBuffer) -> None:
        self._scanned = scanned
        self._buffer = buffer
        self._suspects: list[str] = []
        self._lists: list[ListPage] = []
        self._cursor: str | None = None
        self._seen: set[str] = set()
        self._expected: set[str] = set()

    def step(self) -> None:
        """The next page of the round, or the next suspect; after an error, the same again."""
        if self._suspects:
            self._check_suspect(self._suspects[-1])
            self._suspects.pop()
            return
        if not self._lists:
            self._start_round()
        try:
            rows, cursor = self._lists[0](self._cursor)
        except BadResponseError:
            # It may be the cursor that the vendor does not know any more.
            self._lists = []
            raise
        self._seen.update(str(row["id"]) for row in rows)
        self._scanned.add_rows(rows)
        self._cursor = cursor
        if cursor is None:
            self._lists.pop(0)
            if not self._lists:
                self._suspects = sorted((self._expected - self._seen) & self._list_held_ids())

    def _start_round(self) -> None:
        self._lists = list(self._scanned.list_pages)
        self._cursor = None
        self._seen = set()
        # Only who was there at the beginning can be missed at the end.
        self._expected = self._list_held_ids()

    def _list_held_ids(self) -> set[str]:
        held = self._buffer.list_frames(self._scanned.table)
        listed = [rows.lazy().filter(self._scanned.is_listed).select("id") for rows in held]
        return set(pl.concat(listed).collect()["id"]) if listed else set()

    def _check_suspect(self, row_id: str) -> None:
        """Only the vendor's own "not found" removes a row."""
        try:
            self._scanned.add_rows([self._scanned.fetch_one(row_id)])
        except NotFoundError:
            self._buffer.remove(self._scanned.table, [row_id])
        except (BadResponseError, ForbiddenError) as error:
            # One that cannot be read must not stand in the way of the others for ever.
            log.info("%s: one that vanished from its list stays: %s", self._scanned.table, error)
