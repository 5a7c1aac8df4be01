"""Patience with failed attempts: counted per key, forgotten later, shared by all workers."""

from services.store import Store


class Throttle:
    """Counts failures in the state store.

    Args:
        store: Where the counters lie.
        limit: So many failures are allowed.
        seconds: They are forgotten this long after the first one.
    """

    def __init__(self, store: Store, *, limit: int, seconds: float) -> None:
        self._store = store
        self._limit = limit
        self.seconds = seconds

    def is_blocked(self, *keys: str) -> bool:
        """Whether any of these has failed too often."""
        return any(self._count(key) >= self._limit for key in keys)

    def failed(self, *keys: str) -> None:
        """Note a failure for each of these."""
        for key in keys:
            self._store.increment(f"throttle/{key}", self.seconds)

    def succeeded(self, *keys: str) -> None:
        """Forget the failures of these."""
        for key in keys:
            self._store.delete(f"throttle/{key}")

    def _count(self, key: str) -> int:
        content = self._store.get(f"throttle/{key}")
        return int(content) if content and content.isdigit() else 0
