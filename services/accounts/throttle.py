"""Patience with failed attempts: counted per key, forgotten later, shared by all workers."""

from services.storage.store import Store


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

    def is_blocked(self, key: str) -> bool:
        """Whether this has failed too often."""
        content = self._store.get(f"throttle/{key}")
        return content is not None and content.isdigit() and int(content) >= self._limit

    def attempt(self, key: str) -> bool:
        """Note an attempt before it is made; whether it may be made at all.

        It counts as a failure until `succeeded`. Counting afterwards would let through as many
        guesses as can be made at the same time.
        """
        return self._store.increment(f"throttle/{key}", self.seconds) <= self._limit

    def failed(self, key: str) -> None:
        """Note a failure."""
        self._store.increment(f"throttle/{key}", self.seconds)

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        self._store.delete(f"throttle/{key}")
