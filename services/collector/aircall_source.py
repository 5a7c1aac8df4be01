"""What is read from Aircall, and when: the present first, history, then minute by minute.

Aircall keeps calls for six months. Older history is asked for all the same, in few wide slices
that come back empty, and counts as loaded.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from metrics.model.periods import midnight, today
from services.collector.backfill import Backfill
from services.collector.optional_lists import OptionalLists
from services.collector.recheck import ListedPage, RecheckedTable
from services.collector.row_buffer import RowBuffer
from services.vendors.aircall import Aircall
from services.vendors.http import Payload
from services.vendors.pages import Page
from services.vendors.tables import calls_table

BACK_SECONDS = 900
# A little less than the six months, so that nothing goes only because it has become old.
KEPT_DAYS = 175
LATE_CHANGES_SECONDS = 48 * 3600
# A call that never ends, by a slip of the vendor's, must not drag the start of every minute's
# reading back; the rolling page comes by it all the same.
LONGEST_CALL_SECONDS = 4 * 3600
HOUR = 3600
CUSTOMER = ("contact_name", "contact_email")


class AircallSource:
    name: str = "aircall"
    read_at: float | None = None
    vendor: str = "aircall"
    credentials: str = "AIRCALL_ID and AIRCALL_TOKEN"
    version: str | None = None

    def __init__(
        self, aircall: Aircall, buffer: RowBuffer, zone: ZoneInfo, clock: Callable[[], float]
    ) -> None:
        self._aircall = aircall
        self._buffer = buffer
        self._zone = zone
        self._clock = clock
        self._users = PagedList(aircall.get_users_page)
        self._lines = PagedList(aircall.get_numbers_page)
        self._hourly_tasks: list[Callable[[], bool]] = []
        self._hourly_at = 0.0
        self._optional = OptionalLists()
        self._unfinished: dict[str, int] = {}
        self._rolling_page = 1
        self._rolling = (0, 0)
        self._rolled_at: int | None = None
        self.history = Backfill(aircall.list_calls, self.add_rows)
        self.rechecked = RecheckedTable(
            "calls",
            self._read_created_page,
            None,
            aircall.get_call,
            self.add_rows,
            reach_days=KEPT_DAYS,
        )
        self.newest: int | None = None
        self.is_live = False
        self.availabilities: dict[str, str] = {}

    @property
    def users(self) -> list[Payload]:
        return self._users.rows

    @property
    def lines(self) -> list[Payload]:
        return self._lines.rows

    @property
    def warning(self) -> str | None:
        return "; ".join(filter(None, (self._aircall.warning, self._optional.warning))) or None

    def count_recent_requests(self) -> int:
        return self._aircall.count_recent_requests()

    def count_outcomes(self) -> dict[str, int]:
        return self._aircall.count_outcomes()

    def start(self) -> None:
        """The present state and today's calls; after a restart, what came since."""
        self._users.read_all()
        self.read_people()
        now = int(self._clock())
        if self.history.boundary is None:
            day = today(datetime.fromtimestamp(now, UTC), self._zone)
            start = int(midnight(day, self._zone).timestamp())
            self._add_pages(self._aircall.list_calls(start, now + BACK_SECONDS))
            self.newest = max(start, self.newest or start)
            self.history.start(start)
        else:
            self._read_new(now)
        if self._rolled_at is None:
            self._rolled_at = now
        self._hourly_tasks, self._hourly_at = [self._read_lines_page], now
        self.is_live = True

    def refresh_live(self) -> None:
        """Two requests when all is quiet, one more per further 50 people."""
        self.read_people()
        self._read_new(int(self._clock()))

    def refresh(self) -> None:
        """Three requests when all is quiet, one more per further 50 people."""
        self.refresh_live()
        now = int(self._clock())
        if abs(now - self._hourly_at) >= HOUR:
            self._hourly_tasks, self._hourly_at = (
                [self._read_users_page, self._read_lines_page],
                now,
            )
        if self._hourly_tasks:
            # In place of the rolling page, so that no minute costs more than another.
            if self._hourly_tasks[0]():
                self._hourly_tasks.pop(0)
        else:
            self._read_rolling(now)

    def add_rows(self, payloads: Sequence[Payload]) -> None:
        if not payloads:
            return
        for payload in payloads:
            self._note_status(payload)
        self._buffer.put("calls", calls_table(payloads))

    def add_event(self, payload: Payload) -> None:
        """A call as an event has it: without the customer, who stays as known."""
        rows = calls_table([payload])
        held = self._buffer.get_row("calls", rows)
        if held is not None and "contact" not in payload:
            rows = rows.with_columns(held.select(CUSTOMER))
        self._note_status(payload)
        self._buffer.put("calls", rows)

    def build_watermark(self) -> dict[str, Any]:
        return {
            "newest": self.newest,
            "rolled_at": self._rolled_at,
            "history": self.history.build_watermark(),
            "users": self.users,
            "lines": self.lines,
            "availabilities": self.availabilities,
        }

    def resume(self, watermark: dict[str, Any], *, whole: bool) -> None:
        """Where the published rows are not whole, they are read anew."""
        self._users.resume(watermark.get("users"))
        self._lines.resume(watermark.get("lines"))
        self.availabilities = watermark.get("availabilities") or {}
        if whole and watermark.get("newest") is not None:
            self.history.resume(watermark.get("history") or {})
            self.newest = watermark["newest"]
            self._rolled_at = watermark.get("rolled_at")
            self._unfinished = _find_running_calls(self._buffer.list_frames("calls"))

    def _note_status(self, payload: Payload) -> None:
        call_id, started_at = str(payload["id"]), payload.get("started_at")
        if payload.get("status") == "done":
            self._unfinished.pop(call_id, None)
        elif isinstance(started_at, int):
            self._unfinished[call_id] = started_at

    def _add_pages(self, pages: Iterable[Page]) -> None:
        """Only what was read in turn moves the watermark: an event says nothing of others."""
        for page in pages:
            self.add_rows(page.rows)
            starts = [at for row in page.rows if isinstance(at := row.get("started_at"), int)]
            self.newest = max([*starts, self.newest or 0])

    def _read_new(self, now: int) -> None:
        """Reads again the last minutes, and calls still running.

        The vendor's own instants are the clock here: ours may be wrong, or have been.
        """
        assert self.newest is not None
        oldest = now - LONGEST_CALL_SECONDS
        running = [at for at in self._unfinished.values() if at >= oldest]
        since = min([min(self.newest, now) - BACK_SECONDS, *running])
        self._add_pages(self._aircall.list_calls(since, now + BACK_SECONDS))

    def _read_rolling(self, now: int) -> None:
        """One more page of the last two days: calls get tags, recordings and comments late.

        A round begins two days before the one before it, so that what changed while the vendor
        was out of reach is seen too.
        """
        if self._rolling_page == 1:
            since = min(now, self._rolled_at or now) - LATE_CHANGES_SECONDS
            self._rolling = since, now
        page = self._aircall.get_calls_page(*self._rolling, self._rolling_page)
        self.add_rows(page.rows)
        self._rolling_page += 1
        if page.pages <= page.number:
            self._rolling_page, self._rolled_at = 1, self._rolling[1]

    def _read_created_page(self, since: int, until: int, cursor: str | None) -> ListedPage:
        page = self._aircall.get_calls_page(since, until, int(cursor or 1))
        return page.rows, str(page.number + 1) if page.number < page.pages else None

    def read_people(self) -> None:
        with self._optional.read("availabilities", is_urgent=True):
            self.availabilities = self._aircall.get_availabilities()
        if self._optional.is_missing("availabilities"):
            # They are of this minute: the last known ones would be a claim about the present.
            self.availabilities = {}

    def _read_users_page(self) -> bool:
        """Whether it was the last."""
        self._users.read_page()
        return self._users.is_whole

    def _read_lines_page(self) -> bool:
        """Whether it was the last."""
        with self._optional.read("numbers"):
            self._lines.read_page()
        return self._lines.is_whole or self._optional.is_missing("numbers")


def _find_running_calls(frames: Iterable[pl.DataFrame]) -> dict[str, int]:
    running: dict[str, int] = {}
    for calls in frames:
        unfinished = calls.filter(pl.col("status").ne_missing("done"))
        seconds = pl.col("started_at").dt.epoch("s")
        running |= dict(unfinished.select("id", seconds).iter_rows())
    return running


class PagedList:
    """Read a page at a time, as it changes so seldom; the rows are of the last whole round."""

    def __init__(self, fetch_page: Callable[[int], Page]) -> None:
        self._fetch_page = fetch_page
        self._partial: list[Payload] = []
        self._pages = 0
        self.rows: list[Payload] = []

    @property
    def is_whole(self) -> bool:
        return self._pages == 0

    def read_page(self) -> None:
        """An error leaves the page to be read again."""
        page = self._fetch_page(self._pages + 1)
        self._partial += page.rows
        self._pages += 1
        if page.pages <= page.number:
            self.rows, self._partial, self._pages = self._partial, [], 0

    def read_all(self) -> None:
        self._partial, self._pages = [], 0
        self.read_page()
        while not self.is_whole:
            self.read_page()

    def resume(self, rows: Any) -> None:
        self.rows = rows if isinstance(rows, list) else []
