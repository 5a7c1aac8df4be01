"""The processes that use a deployment's cache: the last one empties it.

After a crash nobody does, so the first one empties it too. A process that is killed while others
live changes nothing.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from services.errors import ConfigurationError, ServiceError
from services.runtime.deployment import Owner, Stores, belongs_to_another, claim_cache
from services.storage.disk_store import DiskStore
from services.storage.locks import ExpiringKey, FileLock
from services.storage.store import Store

log = logging.getLogger(__name__)

PROCESS_PREFIX = "process/"
LOCK_KEY = "door"
HEARTBEAT_SECONDS = 5.0
HEARTBEAT_EXPIRE_SECONDS = 15.0
LOCK_SECONDS = 10.0
RETRY_SECONDS = 0.05
STILL_RUNS = "Vigia is running: stop all its processes first, they would not notice"


class ProcessRegistry(Protocol):
    def join(self) -> None:
        """The first process empties what a killed deployment left.

        ConfigurationError where a running process of another deployment uses this cache.
        """

    def leave(self, *, empty: bool = True) -> None:
        """The last process empties the cache, unless it is told not to."""

    def hold_alone(self) -> AbstractContextManager[None]:
        """For what no process may look at meanwhile; ConfigurationError where one runs."""


def open_process_registry(stores: Stores, owner: Owner) -> ProcessRegistry:
    if stores.cache_folder is None:
        return StoreProcessRegistry(stores.cache, owner)
    return FileProcessRegistry(stores.cache_folder / "deployment.lock", stores.cache, owner)


class FileProcessRegistry:
    """Processes on one host: each shares a lock on a file, which a killed one loses by itself."""

    def __init__(self, path: Path, cache: Store, owner: Owner) -> None:
        self._folder = path.parent
        self._lock = FileLock(path)
        self._cache = cache
        self._owner = owner
        self._is_member = False

    def join(self) -> None:
        if self._lock.take():
            _begin(self._cache, self._owner)
        # Waits for a first process that is emptying, or for a last one that is emptying.
        self._lock.share()
        if belongs_to_another(self._cache, self._owner):
            self._lock.release()
            raise ConfigurationError(
                f"{self._folder}: another deployment is running on this cache;"
                " give each its own VIGIA_CACHE_DIR and VIGIA_STATE_DIR"
            )
        self._is_member = True
        if isinstance(self._cache, DiskStore):
            self._cache.when_renewed = self._share_again

    def _share_again(self) -> None:
        """The file went with the cache: who starts now must not believe to be the first."""
        if self._is_member:
            self._lock.share()

    def leave(self, *, empty: bool = True) -> None:
        if not self._is_member:
            return
        self._is_member = False
        # Of two that go at once, both unlock before either looks: one of them is the last.
        self._lock.release()
        if empty and self._lock.take():
            _empty_cache(self._cache)
            self._lock.release()

    @contextmanager
    def hold_alone(self) -> Iterator[None]:
        if not self._lock.take():
            raise ConfigurationError(STILL_RUNS)
        try:
            yield
        finally:
            self._lock.release()


class StoreProcessRegistry:
    """Processes on many hosts: each has an expiring key, which a thread renews while it lives."""

    def __init__(
        self, cache: Store, owner: Owner, *, expire_seconds: float = HEARTBEAT_EXPIRE_SECONDS
    ) -> None:
        self._cache = cache
        self._owner = owner
        self._expire_seconds = expire_seconds
        self._key = PROCESS_PREFIX + secrets.token_hex(8)
        self._heartbeat = ExpiringKey(
            cache,
            self._key,
            expire_seconds=expire_seconds,
            renew_seconds=HEARTBEAT_SECONDS,
            exclusive=False,
        )
        self._is_member = False

    def join(self) -> None:
        # A killed process of another deployment is in the way until its heartbeat expires.
        end = time.monotonic() + self._expire_seconds + 1
        while not self._try_to_join():
            if time.monotonic() > end:
                raise ConfigurationError(
                    "REDIS_URL: another deployment is running on this database; give each its own"
                )
            time.sleep(RETRY_SECONDS)
        self._is_member = True

    def leave(self, *, empty: bool = True) -> None:
        if not self._is_member:
            return
        self._is_member = False
        self._heartbeat.release()
        with suppress(ServiceError), self._lock():
            if empty and not self._list_others():
                _empty_cache(self._cache)

    @contextmanager
    def hold_alone(self) -> Iterator[None]:
        with self._lock():
            if self._list_others():
                raise ConfigurationError(STILL_RUNS)
            yield

    def _try_to_join(self) -> bool:
        with self._lock():
            if not self._list_others():
                _begin(self._cache, self._owner)
            elif belongs_to_another(self._cache, self._owner):
                return False
            return self._heartbeat.take()

    def _list_others(self) -> list[str]:
        return [key for key in self._cache.keys(PROCESS_PREFIX) if key != self._key]

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One at a time joins or leaves; one that dies meanwhile blocks others for seconds only.

        The key is not renewed: what is done under it takes milliseconds.
        """
        token = secrets.token_hex(8).encode()
        while not self._cache.add(LOCK_KEY, token, LOCK_SECONDS):
            time.sleep(RETRY_SECONDS)
        try:
            yield
        finally:
            self._cache.delete(LOCK_KEY, only_if=token)


def _begin(cache: Store, owner: Owner) -> None:
    if cache.keys("manifest/"):
        log.info("cache: emptied, those who filled it did not stop cleanly")
    cache.clear()
    claim_cache(cache, owner)


def _empty_cache(cache: Store) -> None:
    try:
        cache.clear()
    except ServiceError as error:
        log.warning("cache: not emptied: %s", error)
    else:
        log.info("cache: emptied, as the last process stopped")
