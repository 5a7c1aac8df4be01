"""How many requests a vendor takes in one window of time."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """Where a client stands after a request.

    Attributes:
        is_over: Whether it was one too many.
        reset_at: When the next window begins; Unix seconds.
    """

    limit: int
    remaining: int
    reset_at: int
    is_over: bool


class Window:
    """Fixed windows, as both vendors count."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._began = 0
        self._used = 0

    def take(self, now: float) -> Standing:
        """Count one request."""
        began = int(now) - int(now) % self._seconds
        with self._lock:
            if began != self._began:
                self._began, self._used = began, 0
            self._used += 1
            used = self._used
        remaining = max(0, self.limit - used)
        return Standing(self.limit, remaining, began + self._seconds, used > self.limit)
