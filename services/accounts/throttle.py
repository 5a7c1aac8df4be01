"""Limits on how often something may be tried, counted in a store for all web processes."""

from services.errors import ServiceError
from services.storage.store import Store


class Throttle:
    """Counters are forgotten `seconds` after the first attempt."""

    def __init__(self, store: Store, *, limit: int, seconds: float) -> None:
        self._store = store
        self._limit = limit
        self.seconds = seconds

    def is_blocked(self, key: str) -> bool:
        content = self._store.get(f"throttle/{key}")
        return content is not None and content.isdigit() and int(content) >= self._limit

    def count_attempt(self, key: str) -> bool:
        """Count an attempt before it is made; whether it may be made at all.

        Counting afterwards would let through as many guesses as can be made at the same time.
        """
        try:
            return self._store.increment(f"throttle/{key}", self.seconds) <= self._limit
        except ServiceError:
            # A store without room, or a replica: who may only read still gets an answer.
            return not self.is_blocked(key)

    def count_failure(self, key: str) -> None:
        self._store.increment(f"throttle/{key}", self.seconds)

    def forget(self, key: str) -> None:
        self._store.delete(f"throttle/{key}")
