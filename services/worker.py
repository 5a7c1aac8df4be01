"""One vendor's thread: its minute when it is due, a page of history in between."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from services.backfill import Backfill
from services.errors import (
    BadResponseError,
    ForbiddenError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
)
from services.manifest import SourceStatus

log = logging.getLogger(__name__)

LATE_INTERVALS = 3
IDLE_SECONDS = 0.25


class Source(Protocol):
    """A vendor as the worker drives it."""

    name: str
    history: Backfill
    is_live: bool

    @property
    def warning(self) -> str | None:
        """Something to know while all is well."""

    @property
    def version(self) -> str | None:
        """The version that answered."""

    def first(self) -> None:
        """Read the present state."""

    def minute(self) -> None:
        """Read what changed."""

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""

    def watermark(self) -> dict[str, Any]:
        """What a restart needs."""

    def resume(self, watermark: dict[str, Any]) -> None:
        """Go on after a restart."""


@dataclass(frozen=True)
class Progress:
    """What a worker has to tell the publisher.

    Attributes:
        status: Of the vendor.
        cause: A word for what is wrong: unauthorized, forbidden, rate_limited, unavailable,
            bad_response; None when all is well.
    """

    status: SourceStatus
    cause: str | None = None


class Worker:
    """Drives one vendor.

    Args:
        source: The vendor.
        interval_seconds: Between two minutes.
        target: First instant (Unix seconds) of the wanted history.
        wake: Called when there is something new to publish; True when a minute ended.
        clock: Unix seconds.
    """

    def __init__(
        self,
        source: Source,
        interval_seconds: float,
        target: Callable[[], int],
        wake: Callable[[bool], None],
        clock: Callable[[], float],
    ) -> None:
        self.source = source
        self.progress = Progress(SourceStatus("starting"))
        self._interval = interval_seconds
        self._target = target
        self._wake = wake
        self._clock = clock
        self._due = 0.0
        self._paused_until = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception:
                log.exception("%s: a mistake of ours; trying again", self.source.name)
                self._fail(BadResponseError("an unexpected answer could not be understood"))
                busy = False
            if not busy:
                stop.wait(IDLE_SECONDS)

    def step(self) -> bool:
        """Do what is due; whether there may be more to do at once."""
        now = self._clock()
        if now >= self._due or self._due - now > self._interval:
            # Without drift, but a sleep of the machine is not made up for.
            following = self._due + self._interval
            self._due = (
                following if now < following <= now + self._interval else now + self._interval
            )
            self._minute()
            return True
        history = self.source.history
        target = self._target()
        if self.source.is_live and now >= self._paused_until and not history.is_done(target):
            self._history(target)
            return True
        return False

    def check_age(self) -> None:
        """A vendor whose answers have become too old is late, whatever it says."""
        status = self.progress.status
        if status.state != "ok" or status.as_of is None:
            return
        age = self._clock() - status.as_of.timestamp()
        if age > LATE_INTERVALS * self._interval + 60:
            self._set(replace(status, state="late", error="no answer for a while"), "unavailable")

    def _minute(self) -> None:
        try:
            if self.source.is_live:
                self.source.minute()
            else:
                self.source.first()
        except ServiceError as error:
            self._fail(error)
        else:
            now = datetime.fromtimestamp(self._clock(), UTC)
            status = SourceStatus("ok", now, None, None, self.source.warning, self.source.version)
            self._set(status, None)
        self._wake(True)

    def _history(self, target: int) -> None:
        try:
            self.source.history.step(target)
        except ServiceError as error:
            # The minute will say what is wrong; history waits for the next one.
            log.info("%s: history waits: %s", self.source.name, error)
            self._paused_until = self._clock() + self._interval
        self._wake(False)

    def _fail(self, error: ServiceError) -> None:
        state: Literal["late", "failed"] = "failed"
        if isinstance(error, RateLimitedError):
            state = "late"
        before = self.progress.status
        status = SourceStatus(
            state, before.as_of, str(error), None, self.source.warning, self.source.version
        )
        self._set(status, cause_of(error))
        log.warning("%s: %s", self.source.name, error)

    def _set(self, status: SourceStatus, cause: str | None) -> None:
        before = self.progress.status
        since = before.since
        if before.state != status.state or since is None:
            since = datetime.fromtimestamp(self._clock(), UTC)
        self.progress = Progress(replace(status, since=since), cause)


def cause_of(error: ServiceError) -> str:
    """A word for what is wrong, which the screens put into their reader's language."""
    if isinstance(error, UnauthorizedError):
        return "unauthorized"
    if isinstance(error, ForbiddenError):
        return "forbidden"
    if isinstance(error, RateLimitedError):
        return "rate_limited"
    return "bad_response" if isinstance(error, BadResponseError) else "unavailable"
