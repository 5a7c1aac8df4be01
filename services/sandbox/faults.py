"""Faults on command."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = ("429", "500", "401", "403", "hang", "truncate", "malformed", "reset", "slow")
VENDORS = ("intercom", "aircall", "slack")


@dataclass
class Fault:
    """What goes wrong, and for how long.

    Attributes:
        vendor: Whose answers.
        kind: One of `KINDS`.
        path: Beginning of the addresses it strikes.
        until: Unix seconds; None = until it is healed.
        times: How many answers it still strikes; None = all.
        retry_after: Seconds that a 429 names.
        delay: Seconds that a slow answer takes.
    """

    vendor: str
    kind: str
    path: str = ""
    until: float | None = None
    times: int | None = None
    retry_after: int = 2
    delay: float = 2.0


class Faults:
    """The faults that are on at the moment."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        # Whoever hangs, hangs on this.
        self._healed = threading.Event()

    def add(
        self,
        vendor: str,
        kind: str,
        *,
        path: str = "",
        seconds: float | None = None,
        times: int | None = None,
        retry_after: int = 2,
        delay: float = 2.0,
    ) -> None:
        """Let something go wrong from now on.

        Raises:
            ValueError: There is no such vendor or fault.
        """
        kind = str(kind)
        if vendor not in VENDORS:
            raise ValueError(f"vendor must be one of {', '.join(VENDORS)}")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        until = None if seconds is None else self._clock() + seconds
        with self._lock:
            if self._healed.is_set():
                self._healed = threading.Event()
            self._faults.append(Fault(vendor, kind, path, until, times, retry_after, delay))

    def heal(self) -> None:
        """Nothing goes wrong any more; who hangs is let go."""
        with self._lock:
            self._faults.clear()
            self._healed.set()

    def take(self, vendor: str, path: str) -> Fault | None:
        """The fault that strikes this request; it counts as one of its times."""
        now = self._clock()
        with self._lock:
            self._faults = [f for f in self._faults if f.until is None or f.until > now]
            for fault in self._faults:
                if fault.vendor == vendor and path.startswith(fault.path):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def wait(self, seconds: float) -> None:
        """Hang until healed, or so long at most."""
        self._healed.wait(seconds)

    def shown(self) -> list[dict[str, Any]]:
        """As JSON."""
        with self._lock:
            return [vars(fault).copy() for fault in self._faults]
