"""One vendor's thread: a cycle when it is due, a page of history in between; and its progress."""

import logging
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from metrics.model.periods import midnight, today
from services.collector.backfill import Backfill
from services.collector.pushed_events import PushedEvents
from services.collector.recheck import Recheck, RecheckedTable
from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotOfferedError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
)
from services.snapshot.manifest import History, SourceStatus

log = logging.getLogger(__name__)

LATE_INTERVALS = 3
IDLE_SECONDS = 0.25
# A failure that may be over soon is not left alone for longer than this, however long the interval.
RETRY_SECONDS = 60.0
# After a failure events wait, until the next cycle tells more.
EVENTS_PAUSE_SECONDS = 5.0
# What this token may not have is asked for again only so often.
PROBE_SECONDS = 3600.0
NO_TICKETS = "no_tickets"
# Without it there is nothing to look at.
REQUIRED = "intercom"


# After which the next version is due at once, soon, or by and by.
Notice = Literal["cycle", "live", "history"]


class Source(Protocol):
    """A vendor as the worker drives it."""

    name: str
    vendor: str  # whose client it uses; two sources may share one
    credentials: str  # where its key stands
    history: Backfill
    is_live: bool  # the present state has been read
    rechecked: RecheckedTable
    read_at: float | None  # when its rows hold, Unix seconds; None = at the end of its last cycle

    @property
    def warning(self) -> str | None: ...

    @property
    def version(self) -> str | None: ...

    def start(self) -> None: ...

    def refresh(self) -> None: ...

    def refresh_live(self) -> None:
        """The part of it that a wall shows as now."""

    def count_recent_requests(self) -> int: ...

    def count_outcomes(self) -> dict[str, int]: ...

    def build_watermark(self) -> dict[str, Any]: ...

    def resume(self, watermark: dict[str, Any], *, whole: bool) -> None: ...


class Worker:
    """Calls `notify` after a cycle, well or not, after a page of history, or of a second look that
    changed something, and after an event or a reading of the live state.

    `target` is the first instant (Unix seconds) of the wanted history. The live state is read every
    `live_seconds` for as long as no events come.
    """

    def __init__(
        self,
        source: Source,
        interval_seconds: float,
        target: Callable[[], int],
        notify: Callable[[Notice], None],
        clock: Callable[[], float],
        recheck: Recheck | None = None,
        events: PushedEvents | None = None,
        live_seconds: float | None = None,
    ) -> None:
        self.source = source
        self.recheck = recheck
        self.events = events
        self._live_seconds = live_seconds or interval_seconds
        self._live_at = 0.0
        self._events_from = 0.0
        self._interval = interval_seconds
        self._target = target
        self._notify = notify
        self._clock = clock
        self._status = SourceStatus("starting")
        self._is_well = False
        self._due = 0.0
        self._longest = interval_seconds
        self._paused_until = 0.0
        self._let_go: list[int] = []
        self._problem: str | None = None
        self.cause: str | None = None
        self.error: ServiceError | None = None
        self.cycle_seconds: float | None = None

    @property
    def status(self) -> SourceStatus:
        doubt = self.recheck.warning if self.recheck else None
        warnings = (self.source.warning, self._problem, doubt)
        return replace(self._status, warning="; ".join(filter(None, warnings)) or None)

    @property
    def has_never_answered(self) -> bool:
        return self._status.state in ("failed", "off") and self._status.as_of is None

    @property
    def is_complete(self) -> bool:
        return not self._let_go and self.source.history.is_done(self._target())

    def let_go_before_target(self) -> None:
        """Rows of before the target were dropped; the worker's own thread takes note of it."""
        self._let_go.append(self._target())

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self.step():
                stop.wait(IDLE_SECONDS)

    def step(self) -> bool:
        """Do what is due; whether there may be more to do at once."""
        now = self._clock()
        while self._let_go:
            self.source.history.let_go(self._let_go[0])
            del self._let_go[0]
        if self._is_due(now):
            # Without drift, but a sleep of the machine is not made up for.
            following = self._due + self._interval
            latest = now + self._interval
            self._due = following if now < following <= latest else latest
            self._longest = self._interval
            self.run_cycle()
            return True
        if self._is_well and self.source.is_live and self._follow_live(now):
            return True
        # Clocks are set back too.
        paused = 0 < self._paused_until - now <= RETRY_SECONDS
        if not self._is_well or paused:
            return False
        if not self.is_complete:
            self._read_history()
            return True
        return self._look_again(self.recheck) if self.recheck else False

    def resume(self, watermark: dict[str, Any], status: SourceStatus, *, whole: bool) -> None:
        """The published state ages until the first answer."""
        self.source.resume(watermark, whole=whole)
        if whole and self.recheck is not None:
            self.recheck.resume(watermark.get("recheck") or {})
        if whole and status.state not in ("off", "starting"):
            self._status = status

    def build_watermark(self) -> dict[str, Any]:
        mark = self.source.build_watermark()
        boundary = mark["history"]["boundary"]
        if boundary is not None:
            # What lies before has been let go: a longer history has to be read again.
            mark["history"]["boundary"] = max(boundary, self._target())
        if self.recheck is not None:
            mark["recheck"] = self.recheck.build_watermark()
        return mark

    def check_age(self) -> None:
        """A vendor whose answers have become too old is late, whatever it says."""
        status = self._status
        if status.state != "ok" or status.as_of is None:
            return
        age = self._clock() - status.as_of.timestamp()
        if age > LATE_INTERVALS * self._interval + RETRY_SECONDS:
            error = "no answer for a while; it is asked again by itself"
            self._set_status(replace(status, state="late", error=error), "unavailable")

    def run_cycle(self) -> None:
        began = self._clock()
        error = self._catch_failure(
            self.source.refresh if self.source.is_live else self.source.start
        )
        self.cycle_seconds = self._clock() - began
        self._live_at = self._clock()
        self._note_cycle(error)
        self._notify("cycle")

    def _note_cycle(self, error: ServiceError | None) -> None:
        self.error = error
        self._is_well = error is None
        if error is None:
            held = self._clock() if self.source.read_at is None else self.source.read_at
            as_of = datetime.fromtimestamp(held, UTC)
            self._set_status(SourceStatus("ok", as_of, version=self.source.version), None)
        else:
            self._note_failure(error)

    def _follow_live(self, now: float) -> bool:
        """Whether anything was asked for, or changed, of how things are now."""
        events = self.events
        if events is not None and not 0 < self._events_from - now <= EVENTS_PAUSE_SECONDS:
            done: list[bool] = []
            if self._catch_failure(lambda: done.append(events.step())) is not None:
                self._events_from = now + EVENTS_PAUSE_SECONDS
            if done == [True]:
                self._notify("live")
                return True
        is_told = events is not None and events.is_heard
        if is_told or 0 <= now - self._live_at < self._live_seconds:
            return False
        self._live_at = now
        self._note_cycle(self._catch_failure(self.source.refresh_live))
        self._notify("live")
        return True

    def _is_due(self, now: float) -> bool:
        return now >= self._due or self._due - now > self._longest

    def _read_history(self) -> None:
        self._note_problem(
            "history", self._catch_failure(lambda: self.source.history.step(self._target()))
        )
        self._notify("history")

    def _look_again(self, recheck: Recheck) -> bool:
        """Whether it asked for anything."""
        before, asked = recheck.changes, []
        error = self._catch_failure(lambda: asked.append(recheck.step(self._target())))
        if asked == [False]:
            return False
        self._note_problem("second look", error)
        if recheck.changes != before:
            self._notify("history")
        return True

    def _note_problem(self, work: str, error: ServiceError | None) -> None:
        self._problem = None
        if error is not None:
            log.info("%s: %s waits: %s", self.source.name, work, error)
            self._problem = f"{work} waits: {error}"
            self._paused_until = self._clock() + min(self._interval, RETRY_SECONDS)

    def _catch_failure(self, work: Callable[[], None]) -> ServiceError | None:
        try:
            work()
        except ServiceError as error:
            return error
        except Exception as error:
            # Its text may quote a customer; where it happened is enough to find it.
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            log.error("%s: %s in %s", self.source.name, type(error).__name__, where)
            return BadResponseError(f"{self.source.name}: an answer could not be understood")
        return None

    def _note_failure(self, error: ServiceError) -> None:
        cause = name_cause(error)
        if isinstance(error, NotOfferedError):
            self._longest = max(self._interval, PROBE_SECONDS)
            self._due = self._clock() + self._longest
        elif cause not in ("unauthorized", "forbidden"):
            self._due = min(self._due, self._clock() + RETRY_SECONDS)
        message = f"{error}; {_give_advice(cause, self.source)}"
        state = self._state_after(error)
        status = replace(self._status, state=state, error=message, version=self.source.version)
        self._set_status(status, cause)
        log.warning("%s: %s", self.source.name, message)

    def _state_after(self, error: ServiceError) -> Literal["late", "failed", "off"]:
        if isinstance(error, RateLimitedError):
            return "late"
        if not isinstance(error, NotOfferedError):
            return "failed"
        # What was never there is no failure; what was and is refused now is one.
        return "off" if self._status.as_of is None or error.cause == NO_TICKETS else "failed"

    def _set_status(self, status: SourceStatus, cause: str | None) -> None:
        before = self._status
        since = before.since
        if before.state != status.state or since is None:
            since = datetime.fromtimestamp(self._clock(), UTC)
        self._status, self.cause = replace(status, since=since), cause


def name_cause(error: ServiceError) -> str:
    """A word for what is wrong, which the screens put into their reader's language."""
    if isinstance(error, UnauthorizedError):
        return "unauthorized"
    if isinstance(error, NotOfferedError):
        return error.cause
    if isinstance(error, ForbiddenError):
        return "forbidden"
    if isinstance(error, RateLimitedError):
        return "rate_limited"
    return "bad_response" if isinstance(error, BadResponseError) else "unavailable"


def _give_advice(cause: str, source: Source) -> str:
    return {
        "unauthorized": f"put a valid key into {source.credentials}",
        "forbidden": f"give the key in {source.credentials} the right to read this",
        "no_permission": 'give it the permission "Read tickets"; it is asked again every hour',
        "no_tickets": "it is looked for again every hour",
        "no_search": "a newer intercom.version has it",
        "rate_limited": f"it goes on by itself; {source.vendor}.requests_per_minute can be lowered",
        "unavailable": "it is asked again by itself",
        "bad_response": "it is asked again by itself; if that lasts, `app.py check` says more",
    }[cause]


def measure_history(
    workers: Iterable[Worker], wanted: date, now: datetime, total_days: int, zone: ZoneInfo
) -> History:
    """Whole days that every vendor has delivered, counted back from today.

    A vendor that has failed from the start holds up nobody: what is missing from it is said where
    its own figures would be. Nothing is complete without the required one. `wanted` is the first
    day that is asked for.
    """
    workers = list(workers)
    counted = [worker for worker in workers if not worker.has_never_answered]
    boundaries = [worker.source.history.boundary for worker in counted]
    known = [boundary for boundary in boundaries if boundary is not None]
    if not known or len(known) < len(boundaries):
        return History(0, total_days, complete=False)
    first = max(_find_first_whole_day(max(known), zone), wanted)
    loaded = max(0, (today(now, zone) - first).days + 1)
    awaited = [w for w in workers if w in counted or w.source.name == REQUIRED]
    complete = loaded >= total_days and all(worker.is_complete for worker in awaited)
    return History(loaded, total_days, complete, first if loaded else None)


def _find_first_whole_day(boundary: int, zone: ZoneInfo) -> date:
    instant = datetime.fromtimestamp(boundary, UTC)
    day = today(instant, zone)
    return day if midnight(day, zone) >= instant else day + timedelta(days=1)
