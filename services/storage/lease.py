"""The lease: exactly one collector works in a deployment, and an old one cannot publish.

Whoever takes the lease raises the epoch in the cache. The epoch is the fence: a snapshot is
published only while the cache still holds the epoch of the collector that publishes, so one that
was paused while another took over is refused, whatever it believes.
"""

import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from services.errors import ServiceError
from services.storage.store import Store

log = logging.getLogger(__name__)

EPOCH_KEY = "epoch"
LOCK_KEY = "collector"
# The epoch has to outlive a long pause of its collector; publishing renews it.
EPOCH_EXPIRE_SECONDS = 7 * 86400
LOCK_EXPIRE_SECONDS = 9.0
RENEW_SECONDS = 2.0
RETRY_SECONDS = 0.25


class Lease(Protocol):
    """The right to collect, for one process at a time."""

    def acquire(self, timeout: float | None = None) -> int | None:
        """Wait for the lease; the epoch under which to publish, or None after `timeout` seconds."""

    def held(self) -> bool:
        """Whether it is surely still ours."""

    def release(self) -> None:
        """Let another collector work."""


class FileLease:
    """The lease on one host: a lock on a file, which the system drops when its process ends.

    Args:
        path: Of the file.
        cache: Holds the epoch.
        on_taken: Called while the lease is ours and the epoch still that of the one before.
        clock: Unix seconds; only the very first epoch is made from it.
    """

    def __init__(
        self,
        path: Path,
        cache: Store,
        *,
        on_taken: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._cache = cache
        self._on_taken = on_taken
        self._clock = clock
        self._file: int | None = None

    def acquire(self, timeout: float | None = None) -> int | None:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _until(timeout, lambda: _locked(file)):
            os.close(file)
            return None
        self._file = file
        return self._begun()

    def held(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _begun(self) -> int:
        try:
            self._on_taken()
            return raise_epoch(self._cache, self._clock)
        except ServiceError:
            self.release()
            raise


class StoreLease:
    """The lease over many hosts: an expiring key, which a thread renews while we live.

    Args:
        state: Holds the key.
        cache: Holds the epoch.
        expire_seconds: After so long without a renewal another collector may take over.
        on_taken: Called while the lease is ours and the epoch still that of the one before.
        clock: Unix seconds; only the very first epoch is made from it.
    """

    def __init__(
        self,
        state: Store,
        cache: Store,
        *,
        expire_seconds: float = LOCK_EXPIRE_SECONDS,
        on_taken: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._cache = cache
        self._expire_seconds = expire_seconds
        self._on_taken = on_taken
        self._clock = clock
        self._token = secrets.token_hex(16).encode()
        self._valid_until = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, timeout: float | None = None) -> int | None:
        if not _until(timeout, self._take):
            return None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, args=(self._stop,), daemon=True)
        self._thread.start()
        return self._begun()

    def held(self) -> bool:
        return time.monotonic() < self._valid_until

    def release(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._valid_until = 0.0
        # Without an answer the key expires by itself.
        with suppress(ServiceError):
            self._state.delete(LOCK_KEY, only_if=self._token)

    def _begun(self) -> int:
        try:
            self._on_taken()
            return raise_epoch(self._cache, self._clock)
        except ServiceError:
            self.release()
            raise

    def _take(self) -> bool:
        asked_at = time.monotonic()
        if not self._state.add(LOCK_KEY, self._token, self._expire_seconds):
            return False
        self._valid_until = asked_at + self._expire_seconds
        return True

    def _renew(self, stop: threading.Event) -> None:
        while not stop.wait(min(RENEW_SECONDS, self._expire_seconds / 4)):
            asked_at = time.monotonic()
            try:
                ours = self._state.set_fenced(
                    LOCK_KEY, self._token, LOCK_KEY, self._token, self._expire_seconds
                )
            except ServiceError as error:
                log.warning("lease: not renewed: %s", error)
                continue
            if not ours:
                log.warning("lease: lost to another collector")
                self._valid_until = 0.0
                return
            self._valid_until = asked_at + self._expire_seconds


def raise_epoch(cache: Store, clock: Callable[[], float]) -> int:
    """A new epoch, greater than all before it.

    The first one after the cache was emptied is made from the clock, so that no collector from
    before the emptying finds its own number again.
    """
    return cache.increment(EPOCH_KEY, EPOCH_EXPIRE_SECONDS, start=int(clock() * 1000))


def _until(timeout: float | None, succeeded: Callable[[], bool]) -> bool:
    end = None if timeout is None else time.monotonic() + timeout
    while not succeeded():
        if end is not None and time.monotonic() >= end:
            return False
        time.sleep(RETRY_SECONDS)
    return True


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
