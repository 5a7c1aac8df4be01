"""How often each address was asked."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any


class Tally:
    """Counts requests by vendor and path."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_path: dict[str, Counter[str]] = {}
        self._recent: deque[tuple[float, str]] = deque()

    def note(self, vendor: str, method: str, path: str) -> None:
        """Count one; ids are left out of the path."""
        now = self._clock()
        named = "/".join("{id}" if word.isdigit() else word for word in path.split("/"))
        with self._lock:
            self._by_path.setdefault(vendor, Counter())[f"{method} {named}"] += 1
            self._recent.append((now, vendor))
            self._forget(now)

    def total(self, vendor: str) -> int:
        """All requests to a vendor."""
        with self._lock:
            return sum(self._by_path.get(vendor, Counter()).values())

    def shown(self) -> dict[str, Any]:
        """Vendor -> total, last_minute and paths."""
        with self._lock:
            self._forget(self._clock())
            recent = Counter(vendor for _, vendor in self._recent)
            return {
                vendor: {
                    "total": sum(paths.values()),
                    "last_minute": recent[vendor],
                    "paths": dict(paths),
                }
                for vendor, paths in sorted(self._by_path.items())
            }

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._by_path.clear()
            self._recent.clear()

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] <= now - 60:
            self._recent.popleft()
