"""The processes that use a deployment's cache: the first one checks it, the last one empties it.

After a crash nobody empties it: the same deployment goes on with what is there.
"""

import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from services.errors import ConfigurationError, ServiceError
from services.runtime.deployment import Owner, Stores, belongs_to_another, claim_cache
from services.storage.store import Store

log = logging.getLogger(__name__)

PROCESS_PREFIX = "process/"
DOOR_KEY = "door"
HEARTBEAT_SECONDS = 5.0
HEARTBEAT_EXPIRE_SECONDS = 15.0
DOOR_SECONDS = 10.0
RETRY_SECONDS = 0.05


class Membership(Protocol):
    """One process among those that use the cache."""

    def enter(self) -> None:
        """Join; the first process empties a cache that is not its deployment's.

        Raises:
            ConfigurationError: A running process of another deployment uses this cache.
        """

    def leave(self, *, empty: bool = True) -> None:
        """Go; the last process empties the cache, unless it is told not to."""


def membership(stores: Stores, owner: Owner) -> Membership:
    """The way to join the processes of these stores."""
    if stores.cache_folder is None:
        return StoreMembership(stores.cache, owner)
    return FileMembership(stores.cache_folder / "deployment.lock", stores.cache, owner)


class FileMembership:
    """Processes on one host: each shares a lock on a file, which a killed one loses by itself."""

    def __init__(self, path: Path, cache: Store, owner: Owner) -> None:
        self._path = path
        self._cache = cache
        self._owner = owner
        self._file: int | None = None

    def enter(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if self._alone():
            claim_cache(self._cache, self._owner)
        # Waits for a first process that is checking, or for a last one that is emptying.
        fcntl.flock(self._file, fcntl.LOCK_SH)
        if belongs_to_another(self._cache, self._owner):
            os.close(self._file)
            self._file = None
            raise ConfigurationError(
                f"{self._path.parent}: another deployment is running on this cache;"
                " give each its own VIGIA_CACHE_DIR and VIGIA_STATE_DIR"
            )

    def leave(self, *, empty: bool = True) -> None:
        if self._file is None:
            return
        # Of two that go at once, both unlock before either looks: one of them is the last.
        fcntl.flock(self._file, fcntl.LOCK_UN)
        if empty and self._alone():
            _empty(self._cache)
        os.close(self._file)
        self._file = None

    def _alone(self) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class StoreMembership:
    """Processes on many hosts: each has an expiring key, which a thread renews while it lives."""

    def __init__(
        self, cache: Store, owner: Owner, *, expire_seconds: float = HEARTBEAT_EXPIRE_SECONDS
    ) -> None:
        self._cache = cache
        self._owner = owner
        self._expire_seconds = expire_seconds
        self._key = PROCESS_PREFIX + secrets.token_hex(8)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def enter(self) -> None:
        # A killed process of another deployment is in the way until its heartbeat expires.
        end = time.monotonic() + self._expire_seconds + 1
        while not self._admitted():
            if time.monotonic() > end:
                raise ConfigurationError(
                    "REDIS_URL: another deployment is running on this database; give each its own"
                )
            time.sleep(RETRY_SECONDS)
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def leave(self, *, empty: bool = True) -> None:
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None
        with suppress(ServiceError), self._door():
            self._cache.delete(self._key)
            if empty and not self._others():
                _empty(self._cache)

    def _admitted(self) -> bool:
        with self._door():
            if not self._others():
                claim_cache(self._cache, self._owner)
            elif belongs_to_another(self._cache, self._owner):
                return False
            self._cache.set(self._key, b"", self._expire_seconds)
            return True

    def _others(self) -> list[str]:
        return [key for key in self._cache.keys(PROCESS_PREFIX) if key != self._key]

    def _beat(self) -> None:
        while not self._stop.wait(min(HEARTBEAT_SECONDS, self._expire_seconds / 3)):
            # One that is missed does not matter, and the store's failure is told elsewhere.
            with suppress(ServiceError):
                self._cache.set(self._key, b"", self._expire_seconds)

    @contextmanager
    def _door(self) -> Iterator[None]:
        """One at a time comes or goes; one that dies in the door blocks it for seconds only."""
        token = secrets.token_hex(8).encode()
        while not self._cache.add(DOOR_KEY, token, DOOR_SECONDS):
            time.sleep(RETRY_SECONDS)
        try:
            yield
        finally:
            self._cache.delete(DOOR_KEY, only_if=token)


def _empty(cache: Store) -> None:
    try:
        cache.clear()
    except ServiceError as error:
        log.warning("cache: not emptied: %s", error)
    else:
        log.info("cache: emptied, as the last process stopped")
