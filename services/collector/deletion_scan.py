"""Finding what was deleted: a walk over a vendor's lists, compared with the rows that we hold."""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from services.collector.row_buffer import RowBuffer
from services.errors import BadResponseError, ForbiddenError, NotFoundError
from services.vendors.http import Payload

log = logging.getLogger(__name__)

ListPage = Callable[[str | None], tuple[Sequence[Payload], str | None]]
# A vendor that lists nothing of ours and does not know one of so many others was emptied, or is
# another one: it removes nothing.
WITNESSES = 3
# Where there are no others to ask for, no more than so many rows go at once.
FEW_ROWS = 10
# So many that are there after all: the list is incomplete, and the others are not asked for.
ENOUGH_PRESENT = 50


@dataclass(frozen=True)
class ScannedTable:
    table: str
    list_pages: Sequence[ListPage]  # one page of each of the vendor's lists
    fetch_one: Callable[[str], Payload]
    is_listed: pl.Expr  # which of our rows should be there
    add_rows: Callable[[Sequence[Payload]], None]


class DeletionScan:
    """One request a step. A row that a whole round did not meet is asked for by id.

    `removed` counts rows; `doubt` says why the last round was not believed, if it was not.
    """

    def __init__(self, scanned: ScannedTable, buffer: RowBuffer) -> None:
        self._scanned = scanned
        self._buffer = buffer
        self._suspects: list[str] = []
        self._witnesses: list[str] = []
        self._present = 0
        self._lists: list[ListPage] = []
        self._cursor: str | None = None
        self._seen: set[str] = set()
        self._expected: set[str] = set()
        self.removed = 0
        self.doubt: str | None = None

    def step(self) -> bool:
        """The next page of the round, or the next suspect; whether the round is over.

        After an error, the same again.
        """
        if self._witnesses:
            self._ask_witness()
        elif self._suspects:
            self._check_suspect(self._suspects[-1])
        else:
            self._read_page()
        return not (self._lists or self._suspects)

    def _read_page(self) -> None:
        if not self._lists:
            self._start_round()
        try:
            rows, cursor = self._lists[0](self._cursor)
            if cursor is not None and cursor == self._cursor:
                raise BadResponseError(f"a list of {self._scanned.table} does not end")
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
                self._find_suspects()

    def _start_round(self) -> None:
        self._lists = list(self._scanned.list_pages)
        self._cursor, self._seen, self._present = None, set(), 0
        # Only who was there at the beginning can be missed at the end.
        self._expected = self._list_held_ids()

    def _list_held_ids(self, *, listed: bool = True) -> set[str]:
        held = self._buffer.list_frames(self._scanned.table)
        rule = self._scanned.is_listed if listed else pl.lit(True)
        found = [rows.lazy().filter(rule).select("id") for rows in held]
        return set(pl.concat(found).collect()["id"]) if found else set()

    def _find_suspects(self) -> None:
        self.doubt = None
        self._suspects = sorted((self._expected - self._seen) & self._list_held_ids())
        if not self._suspects or self._expected & self._seen:
            return
        others = list(self._list_held_ids(listed=False) - self._expected)
        self._witnesses = random.sample(others, min(WITNESSES, len(others)))
        if not others and len(self._suspects) > FEW_ROWS:
            self._disbelieve("none")

    def _ask_witness(self) -> None:
        if self._is_present(self._witnesses[-1]):
            self._witnesses = []
        else:
            self._witnesses.pop()
            if not self._witnesses:
                self._disbelieve("none")

    def _check_suspect(self, row_id: str) -> None:
        """Only the vendor's own "not found" removes a row."""
        is_present = self._is_present(row_id)
        if is_present is False:
            self._buffer.remove(self._scanned.table, [row_id])
            self.removed += 1
        self._suspects.pop()
        self._present += bool(is_present)
        if self._present >= ENOUGH_PRESENT and self._suspects:
            self._disbelieve("too few")

    def _is_present(self, row_id: str) -> bool | None:
        """None where that cannot be told."""
        try:
            self._scanned.add_rows([self._scanned.fetch_one(row_id)])
        except NotFoundError:
            return False
        except (BadResponseError, ForbiddenError) as error:
            # One that cannot be read must not stand in the way of the others for ever.
            log.info("%s: one that vanished from its list stays: %s", self._scanned.table, error)
            return None
        return True

    def _disbelieve(self, share: str) -> None:
        """All that are left stay."""
        self.doubt = f"{share} of {len(self._expected)} {self._scanned.table} listed"
        log.warning("not believed, so that nothing is removed: %s", self.doubt)
        self._suspects = []
