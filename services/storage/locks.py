"""Locks between processes: on a file of one host, or an expiring key in a store of many hosts."""

import fcntl
import logging
import os
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from services.errors import ServiceError
from services.storage.store import Store

log = logging.getLogger(__name__)


class Lock(Protocol):
    def take(self) -> bool:
        """Try once, without waiting."""

    def is_held(self) -> bool:
        """False where it is not sure."""

    def release(self) -> None:
        """Nothing happens where it is not ours."""


class FileLock:
    """The system drops it when its process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True

    def share(self) -> None:
        """Waits for one that has it alone."""
        fcntl.flock(self._open(), fcntl.LOCK_SH)

    def is_held(self) -> bool:
        """Not where the file has vanished: others would lock another one."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        if not self.is_held():
            self.release()
        if self._file is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file


class ExpiringKey:
    """A key that expires unless a thread renews it, which it does while its process lives.

    One that is not `exclusive` is its process's own: written again when the cache is emptied.
    """

    def __init__(
        self,
        store: Store,
        key: str,
        *,
        expire_seconds: float,
        renew_seconds: float,
        exclusive: bool = True,
    ) -> None:
        self._store = store
        self._key = key
        self._expire_seconds = expire_seconds
        self._renew_seconds = min(renew_seconds, expire_seconds / 3)
        self._exclusive = exclusive
        self._token = secrets.token_hex(16).encode()
        self._valid_until = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self) -> bool:
        asked_at = time.monotonic()
        if not self._exclusive:
            self._store.set(self._key, self._token, self._expire_seconds)
        elif not self._store.add(self._key, self._token, self._expire_seconds):
            return False
        self._valid_until = asked_at + self._expire_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, args=(self._stop,), daemon=True)
        self._thread.start()
        return True

    def is_held(self) -> bool:
        return time.monotonic() < self._valid_until

    def release(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._valid_until = 0.0
        # Without an answer the key expires by itself.
        with suppress(ServiceError):
            self._store.delete(self._key, only_if=self._token if self._exclusive else None)

    def _renew(self, stop: threading.Event) -> None:
        while not stop.wait(self._renew_seconds):
            asked_at = time.monotonic()
            try:
                is_ours = self._write_again()
            except ServiceError as error:
                # A missed renewal matters only to who might lose the key.
                if self._exclusive:
                    log.warning("lock %s: not renewed: %s", self._key, error)
                continue
            if not is_ours:
                log.warning("lock %s: lost to another process", self._key)
                self._valid_until = 0.0
                return
            self._valid_until = asked_at + self._expire_seconds

    def _write_again(self) -> bool:
        if self._exclusive:
            return self._store.set_fenced(
                self._key, self._token, self._key, self._token, self._expire_seconds
            )
        self._store.set(self._key, self._token, self._expire_seconds)
        return True
