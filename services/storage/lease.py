"""The lease: exactly one collector works in a deployment, and an old one cannot publish.

Whoever takes the lease raises the epoch in the cache. The epoch is the fence: a snapshot is
published only while the cache still holds the epoch of the collector that publishes, so one that
was paused while another took over is refused, whatever it believes.
"""

import time
from collections.abc import Callable

from services.errors import ServiceError
from services.storage.locks import ExpiringKey, Lock
from services.storage.store import Store

EPOCH_KEY = "epoch"
LOCK_KEY = "collector"
# The epoch has to outlive a long pause of its collector; publishing renews it.
EPOCH_EXPIRE_SECONDS = 7 * 86400
LOCK_EXPIRE_SECONDS = 9.0
RENEW_SECONDS = 2.0
RETRY_SECONDS = 0.25


class Lease:
    """The right to collect, for one process at a time.

    `on_taken` is called while the lease is ours and the epoch still that of the one before. The
    clock, in Unix seconds, makes only the very first epoch.
    """

    def __init__(
        self,
        lock: Lock,
        cache: Store,
        *,
        on_taken: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lock = lock
        self._cache = cache
        self._on_taken = on_taken
        self._clock = clock

    def acquire(self, timeout: float | None = None) -> int | None:
        """The epoch under which to publish, or None after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.lock.take():
            if end is not None and time.monotonic() >= end:
                return None
            time.sleep(RETRY_SECONDS)
        try:
            self._on_taken()
            return raise_epoch(self._cache, self._clock)
        except ServiceError:
            self.release()
            raise

    def is_held(self) -> bool:
        """False where it is not sure."""
        return self.lock.is_held()

    def release(self) -> None:
        self.lock.release()


def store_lock(state: Store, expire_seconds: float = LOCK_EXPIRE_SECONDS) -> ExpiringKey:
    return ExpiringKey(state, LOCK_KEY, expire_seconds=expire_seconds, renew_seconds=RENEW_SECONDS)


def raise_epoch(cache: Store, clock: Callable[[], float]) -> int:
    """Greater than all before it.

    The first one after the cache was emptied is made from the clock, so that no collector from
    before the emptying finds its own number again.
    """
    return cache.increment(EPOCH_KEY, EPOCH_EXPIRE_SECONDS, start=int(clock() * 1000))
