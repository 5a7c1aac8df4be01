"""How fast a vendor may be asked: our own limit, and the waits that it asks for."""

import threading
from collections import deque
from collections.abc import Callable

from services.errors import RateLimitedError, UnavailableError

MINUTE = 60.0
# However long a vendor asks to be left alone, after this it is asked once.
LONGEST_SILENCE = 300.0


class RateLimiter:
    """When the next request may go; shared by all threads that talk to one vendor.

    Args:
        per_minute: Requests in any sixty seconds.
        burst_seconds: The vendor's own window; no window of that length gets more than its part.
        clock: Unix seconds.
        sleep: Waits; an answer that is true, as `threading.Event.wait` gives, means "stop".
    """

    def __init__(
        self,
        per_minute: int,
        burst_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._burst = max(1, -int(-per_minute * burst_seconds // MINUTE))
        self._windows = ((burst_seconds, self._burst), (MINUTE, per_minute))
        self._clock = clock
        self._sleep = sleep
        self._made: deque[float] = deque()
        self._not_before = 0.0
        self._lock = threading.Lock()

    def acquire(self, patience: float) -> None:
        """Counts the request; RateLimitedError where it takes longer than `patience`."""
        while True:
            with self._lock:
                now = self._clock()
                self._drop_old(now)
                # A clock that was set back must not lengthen a wait either.
                self._not_before = min(self._not_before, now + LONGEST_SILENCE)
                block = self._not_before - now
                if block > patience:
                    raise RateLimitedError("asked to wait", block)
                delay = max(block, self._find_delay(now))
                if delay <= 0:
                    self._made.append(now)
                    return
            self.pause(delay)

    def pause(self, seconds: float) -> None:
        """UnavailableError where we are to stop."""
        if self._sleep(seconds):
            error = UnavailableError("stopping")
            error.final = True
            raise error

    def block(self, seconds: float) -> None:
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def count_requests(self) -> int:
        """Of the last minute."""
        with self._lock:
            self._drop_old(self._clock())
            return len(self._made)

    def _find_delay(self, now: float) -> float:
        waits = [
            self._made[-allowed] + seconds - now
            for seconds, allowed in self._windows
            if len(self._made) >= allowed
        ]
        return max(waits, default=0.0)

    def _drop_old(self, now: float) -> None:
        # A clock that was set back would otherwise hold what it has counted for ever.
        while self._made and not 0 <= now - self._made[0] < MINUTE:
            self._made.popleft()
