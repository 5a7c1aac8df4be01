"""A store in a folder of one machine, on diskcache, without a trace of pickle.

Not for network file systems: SQLite's locks do not hold there.
"""

import errno
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from weakref import WeakSet

from diskcache import Cache, Disk, Timeout
from diskcache.core import DBNAME, MODE_PICKLE

from services.errors import ConfigurationError, UnavailableError
from services.storage.store import StorageFullError, Trouble

log = logging.getLogger(__name__)

# A writer waits this long for the others; a transaction takes milliseconds.
BUSY_SECONDS = 30
# Above every character a key may have, so that it closes the range of a prefix.
LAST_CHARACTER = "\U0010ffff"
PLAIN = (bytes, str, int, float)
# diskcache makes it last of all.
LAST_MADE = "Settings_size_delete"
# With less than this a disk is full, although a small value may still fit.
LEAST_FREE_BYTES = 2**20
TOLD_SECONDS = 86400.0
# Of a store with a reserve: its log begins anew after so many pages, less than the reserve has, and
# what would lie in files of its own lies in the database.
RESERVE_SETTINGS = {
    "sqlite_auto_vacuum": 2,  # the pages of what was deleted stay
    "sqlite_wal_autocheckpoint": 100,
    "disk_min_file_size": 2**20,
}


class PickleRefusedError(ValueError):
    pass


class BytesOnlyDisk(Disk):  # type: ignore[misc]
    """diskcache's reader and writer of values, which here refuses everything it would pickle.

    Types are compared exactly: a bool is an int for `isinstance`, and diskcache pickles it.
    CVE-2025-69872: whoever can write into the folder of an unchanged diskcache can run code.
    """

    def put(self, key: Any) -> Any:
        if type(key) is not str:
            _refuse(f"a key of type {type(key).__name__}")
        return super().put(key)

    def get(self, key: Any, raw: Any) -> Any:
        if not raw or type(key) is not str:
            _refuse("a key that is not text")
        return super().get(key, raw)

    def store(self, value: Any, read: Any, key: Any = None) -> Any:
        if type(value) not in PLAIN or read:
            _refuse(f"a value of type {type(value).__name__}")
        return super().store(value, read, key=key)

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> Any:
        if mode == MODE_PICKLE:
            _refuse("a pickled value")
        return super().fetch(mode, filename, value, read)

    def _write(self, full_path: str, iterator: Any, mode: str, encoding: Any = None) -> Any:
        size = super()._write(full_path, iterator, mode, encoding)
        Path(full_path).chmod(0o600)
        return size


class _Connection:
    """One thread's connection, closed with its thread: sqlite3 leaves that to whoever opened it."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.process = os.getpid()
        # Whichever thread drops the last reference must be able to close it.
        self.connection = sqlite3.connect(
            path, timeout=timeout, isolation_level=None, check_same_thread=False
        )

    def __del__(self) -> None:
        self.connection.close()


class _ClosingCache(Cache):  # type: ignore[misc]
    """diskcache's Cache without its leak: it never closes the connections of threads that ended."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self._connections: WeakSet[_Connection] = WeakSet()
        self._wanted = settings
        self._is_made: bool | None = None  # while it opens; None = not known yet
        super().__init__(str(folder), BUSY_SECONDS, BytesOnlyDisk, **settings)
        self._is_made = False

    @property
    def _sql_retry(self) -> Callable[..., Any]:
        """A store that is there is opened without a write: that must work on a full disk too."""
        if self._is_made is None:
            self._is_made = self._find_whether_made()
        execute: Callable[..., Any] = super()._sql_retry
        if not self._is_made:
            return execute
        return lambda statement, *values: (
            execute(statement, *values) if statement.startswith(("SELECT", "PRAGMA")) else None
        )

    def _find_whether_made(self) -> bool:
        query = "SELECT COUNT(*) FROM sqlite_master WHERE name = ?"
        with suppress(sqlite3.OperationalError):
            if self._sql(query, (LAST_MADE,)).fetchone()[0]:
                return (
                    dict(self._sql("SELECT key, value FROM Settings")).items()
                    >= self._wanted.items()
                )
        return False

    @property
    def _con(self) -> sqlite3.Connection:
        held: _Connection | None = getattr(self._local, "held", None)
        if held is None or held not in self._connections or held.process != os.getpid():
            held = _Connection(Path(self._directory, DBNAME), self._timeout)
            self._local.held = held
            self._connections.add(held)
            with suppress(sqlite3.OperationalError):  # the first connection finds no table yet
                for key, value in held.connection.execute("SELECT key, value FROM Settings"):
                    if key.startswith("sqlite_"):
                        self.reset(key, value, update=False)
        return held.connection

    def close(self) -> None:
        for held in list(self._connections):
            held.connection.close()
        self._connections.clear()


def _refuse(what: str) -> NoReturn:
    raise PickleRefusedError(f"{what} is refused: this store holds text keys and bytes only")


class DiskStore:
    """Begins anew, empty, where its folder vanishes while it is open.

    `reserve_bytes` of free pages in the database and its log are there for writing while the disk
    is full; `drop_expired` keeps them.
    """

    def __init__(self, folder: Path, *, reserve_bytes: int = 0) -> None:
        self.folder = folder
        self._reserve_bytes = reserve_bytes
        self._path = folder / DBNAME
        self._lock = threading.Lock()
        self._vanished_at: float | None = None
        # What else in its folder has to begin anew with it.
        self.when_renewed: Callable[[], object] = lambda: None
        try:
            with _translate_errors():
                self._open()
        except UnavailableError as error:
            if isinstance(error.__cause__, sqlite3.OperationalError | Timeout):
                raise
            raise ConfigurationError(f"the store in {folder} cannot be read: {error}") from error

    def _open(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        # Nothing is evicted behind the manifest's back: only expired entries are culled.
        # `secure_delete` overwrites what was deleted inside the database file.
        self._opened = _ClosingCache(
            self.folder,
            eviction_policy="none",
            statistics=0,
            tag_index=0,
            sqlite_secure_delete=1,
            **(RESERVE_SETTINGS if self._reserve_bytes else {}),
        )
        for file in self.folder.glob("cache.db*"):
            file.chmod(0o600)
        self._file = self._identify_file()

    def _identify_file(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    @property
    def _cache(self) -> _ClosingCache:
        """Whoever deletes the files leaves us with ones that nobody else can open."""
        if self._identify_file() != self._file:
            with self._lock:
                if self._identify_file() != self._file:
                    log.error("store: %s has vanished and begins anew, empty", self.folder)
                    self._open()
                    self._vanished_at = time.time()
                    self.when_renewed()
        return self._opened

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        with _translate_errors():
            try:
                yield
            except sqlite3.DatabaseError:
                # A commit without room stays open otherwise, and with it the lock on all writing.
                with suppress(sqlite3.DatabaseError, OSError):
                    if self._opened._con.in_transaction:
                        self._opened._con.rollback()
                raise

    def find_troubles(self) -> list[Trouble]:
        troubles: list[Trouble] = []
        with suppress(OSError):
            if shutil.disk_usage(self.folder).free < LEAST_FREE_BYTES:
                troubles.append("disk_full")
        if self._vanished_at is not None and time.time() - self._vanished_at < TOLD_SECONDS:
            troubles.append("vanished")
        return troubles

    def get(self, key: str) -> bytes | None:
        try:
            with self._errors_translated():
                value = self._cache.get(key)
        except PickleRefusedError:
            log.warning("store: a planted entry was refused and dropped")
            self.delete(key)
            return None
        return _to_bytes(value)

    def set(self, key: str, value: bytes, expire_seconds: float | None = None) -> None:
        with self._errors_translated():
            self._cache.set(key, _check_bytes(value), expire=expire_seconds)

    def add(self, key: str, value: bytes, expire_seconds: float | None = None) -> bool:
        with self._errors_translated():
            return bool(self._cache.add(key, _check_bytes(value), expire=expire_seconds))

    def increment(self, key: str, expire_seconds: float | None = None, start: int = 0) -> int:
        with self._transact() as cache:
            cache.add(key, start, expire=expire_seconds)
            return int(cache.incr(key))

    def delete(self, key: str, only_if: bytes | None = None) -> bool:
        with self._transact() as cache:
            if only_if is not None and _to_bytes(cache.get(key)) != only_if:
                return False
            return bool(cache.delete(key))

    def touch(self, keys: Iterable[str], expire_seconds: float) -> list[str]:
        with self._transact() as cache:
            return [key for key in keys if not cache.touch(key, expire=expire_seconds)]

    def keys(self, prefix: str = "") -> list[str]:
        # diskcache's own iteration stumbles over a planted key and tells expired ones too.
        with self._errors_translated():
            rows = self._cache._sql(
                "SELECT key FROM Cache WHERE raw = 1 AND typeof(key) = 'text' AND key >= ?"
                " AND key < ? AND (expire_time IS NULL OR expire_time > ?) ORDER BY key",
                (prefix, prefix + LAST_CHARACTER, time.time()),
            ).fetchall()
        return [key for (key,) in rows]

    def seconds_left(self, key: str) -> float | None:
        with self._errors_translated():
            rows = self._cache._sql(
                "SELECT expire_time FROM Cache WHERE key = ? AND raw = 1", (key,)
            ).fetchall()
        return rows[0][0] - time.time() if rows and rows[0][0] is not None else None

    def set_fenced(
        self,
        key: str,
        value: bytes,
        fence_key: str,
        fence_value: bytes,
        expire_seconds: float | None = None,
    ) -> bool:
        with self._transact() as cache:
            if _to_bytes(cache.get(fence_key)) != fence_value:
                return False
            cache.set(key, _check_bytes(value), expire=expire_seconds)
            return True

    def clear(self) -> None:
        with self._errors_translated():
            cache = self._cache
            cache.clear()
            cache._sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def drop_expired(self) -> None:
        with self._errors_translated():
            self._cache.expire()
            if self._reserve_bytes:
                self._keep_reserve()

    def _keep_reserve(self) -> None:
        """In the log too, which is thrown away when the last process ends."""
        sql, enough = self._cache._sql, self._reserve_bytes / 2
        free = sql("PRAGMA freelist_count").fetchone()[0] * sql("PRAGMA page_size").fetchone()[0]
        log_size = Path(f"{self._path}-wal").stat().st_size
        if free >= enough and log_size >= enough:
            return
        if shutil.disk_usage(self.folder).free < 4 * self._reserve_bytes:
            return
        sql("DROP TABLE IF EXISTS Reserve")  # of one that was killed here
        sql(f"CREATE TABLE Reserve AS SELECT zeroblob({self._reserve_bytes}) AS zeros")
        sql("DROP TABLE Reserve")

    def size_bytes(self) -> int:
        with self._errors_translated():
            return int(self._cache.volume())

    def close(self) -> None:
        self._opened.close()

    @contextmanager
    def _transact(self) -> Iterator[_ClosingCache]:
        with self._errors_translated():
            cache = self._cache
            with cache.transact():
                yield cache


def _check_bytes(value: bytes) -> bytes:
    if type(value) is not bytes:
        _refuse(f"a value of type {type(value).__name__}")
    return value


def _to_bytes(value: object) -> bytes | None:
    if value is None or type(value) is bytes:
        return value
    return str(value).encode()


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except Timeout as error:
        raise UnavailableError("the store is busy: another process holds it") from error
    except sqlite3.DatabaseError as error:
        if "full" in str(error):
            raise StorageFullError("no room is left for the store") from error
        raise UnavailableError(f"the store cannot be read: {error}") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError("no room is left for the store") from error
        raise UnavailableError(f"the store cannot be written: {error.strerror}") from error
