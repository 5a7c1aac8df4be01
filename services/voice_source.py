"""What is read from Aircall, and when: the present first, history, then minute by minute."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from metrics.periods import midnight, today
from services.aircall import Aircall
from services.backfill import Backfill
from services.holdings import Holdings
from services.http import Payload
from services.intercom import Page
from services.tables import calls_table

BACK_SECONDS = 900
LATE_CHANGES_SECONDS = 48 * 3600
HOUR = 3600


class VoiceSource:
    """Calls and people of Aircall.

    Args:
        aircall: The client.
        holdings: Where the rows go.
        zone: Where today begins.
        clock: Unix seconds.
    """

    name: str = "aircall"
    warning: str | None = None
    version: str | None = None

    def __init__(
        self,
        aircall: Aircall,
        holdings: Holdings,
        zone: ZoneInfo,
        clock: Callable[[], float],
    ) -> None:
        self._aircall = aircall
        self._holdings = holdings
        self._zone = zone
        self._clock = clock
        self._unfinished: dict[str, int] = {}
        self._users_at = 0.0
        self._users_page = 0
        self._users: list[Payload] = []
        self._rolling_page = 1
        self._rolling_until = 0
        self.history = Backfill(self._between, self.keep)
        self.read_until: int | None = None
        self.is_live = False
        self.users: list[Payload] = []
        self.availabilities: dict[str, str] = {}

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""
        return self._aircall.requests_last_minute()

    def first(self) -> None:
        """The present state and today's calls; after a restart, what came since."""
        self.users = self._aircall.users()
        self._users_at = self._clock()
        self.availabilities = self._aircall.availabilities()
        now = int(self._clock())
        if self.read_until is None:
            day = today(pd.Timestamp(now, unit="s", tz="UTC"), self._zone)
            start = int(midnight(day, self._zone).timestamp())
            self._read(self._aircall.calls(start, now))
            self.history.start(start)
        else:
            self._read_new(now)
        self.read_until = now
        self.is_live = True

    def minute(self) -> None:
        """What changed: three requests when all is quiet, one more per further 50 people."""
        self.availabilities = self._aircall.availabilities()
        now = int(self._clock())
        self._read_new(now)
        self.read_until = now
        if self._users_page or self._clock() - self._users_at >= HOUR:
            self._read_users()
        else:
            self._read_rolling(now)

    def keep(self, payloads: list[Payload]) -> None:
        """Put calls where they belong, and note those that are still running."""
        for payload in payloads:
            call_id = str(payload["id"])
            if payload.get("status") == "done":
                self._unfinished.pop(call_id, None)
            elif isinstance(payload.get("started_at"), int):
                self._unfinished[call_id] = payload["started_at"]
        self._holdings.put("calls", calls_table(payloads))

    def watermark(self) -> dict[str, Any]:
        """What a restart needs to go on."""
        return {"read_until": self.read_until, "history": self.history.watermark()}

    def resume(self, watermark: dict[str, Any]) -> None:
        """Go on from what was published."""
        self.read_until = watermark["read_until"]
        self.history.resume(watermark["history"])

    def _between(self, since: int, until: int) -> Any:
        return self._aircall.calls(since, until)

    def _read(self, pages: Any) -> None:
        for page in pages:
            self.keep(page.rows)

    def _read_new(self, now: int) -> None:
        assert self.read_until is not None
        # A call that never ends, by a slip of the vendor's, must not drag the start back for ever.
        oldest_kept = now - LATE_CHANGES_SECONDS
        running = [at for at in self._unfinished.values() if at >= oldest_kept]
        since = min([self.read_until - BACK_SECONDS, *running])
        self._read(self._aircall.calls(since, now))

    def _read_rolling(self, now: int) -> None:
        """One more page of the last two days: calls get tags, recordings and comments late."""
        if self._rolling_page == 1:
            self._rolling_until = now
        since = self._rolling_until - LATE_CHANGES_SECONDS
        page: Page = self._aircall.calls_page(since, self._rolling_until, self._rolling_page)
        self.keep(page.rows)
        self._rolling_page = self._rolling_page + 1 if page.pages > self._rolling_page else 1

    def _read_users(self) -> None:
        """One page of the people a minute, until all are read."""
        page = self._aircall.users_page(self._users_page + 1)
        if page.number == 1:
            self._users = []
        self._users += page.rows
        self._users_page = page.number
        if page.pages <= page.number:
            self.users, self._users_page, self._users_at = self._users, 0, self._clock()
