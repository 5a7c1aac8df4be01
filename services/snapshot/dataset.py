"""The web side's tables: the newest snapshot, held in memory and swapped as a whole."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa

from metrics.model import schema
from metrics.model.people import with_agents
from metrics.model.result_cache import Memory
from metrics.model.tables import Tables
from services.errors import ServiceError
from services.snapshot import arrow
from services.snapshot.manifest import History, Manifest, Partition, PartitionId, SourceStatus
from services.snapshot.snapshot import PartitionMissingError, SnapshotReader
from services.storage.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
POLL_SECONDS = 1.0
REMEMBERED_RESULTS = 512
# A reader that misses a partition reads the manifest again; more often than this, it is damage.
ATTEMPTS = 3


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One version, as pages and measures take it. Nobody may change its tables."""

    version: int  # rises with every publication
    tables: Tables  # whole, with calls matched to agents, for the instant of publication
    sources: Mapping[str, SourceStatus]
    history: History
    meta: Mapping[str, Any]  # such as `app_id` and `requests_last_minute`
    published_at: datetime
    lost: frozenset[PartitionId] = frozenset()  # missing until fetched again
    memory: Memory = field(default_factory=lambda: Memory(REMEMBERED_RESULTS), repr=False)


class Dataset:
    """The cache is asked no more often than every `poll_seconds`."""

    def __init__(
        self,
        cache: Store,
        *,
        clock: Callable[[], float] = time.time,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._poll_seconds = poll_seconds
        self._reader = SnapshotReader(cache)
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._pointer: str | None = None
        self._current: Snapshot | None = None
        self._problem: str | None = None
        self._loaded: dict[str, pa.Table] = {}
        self._joined: dict[str, tuple[tuple[str, ...], pd.DataFrame]] = {}
        self._thread = threading.local()

    @property
    def problem(self) -> str | None:
        """For a manager: why the last good version stays."""
        return self._problem

    def snapshot(self) -> Snapshot | None:
        """None until there is one, and after the cache was emptied.

        The cache is asked at most once a second. While one thread loads a new version, the others
        go on with the last one. A request asks once and keeps what it got.
        """
        if self._is_due() and self._lock.acquire(blocking=self._current is None):
            try:
                if self._is_due():
                    self._refresh()
                    self._asked_at = self._clock()
            finally:
                self._lock.release()
        current = self._current
        # Weakly, or idle threads would hold on to old versions.
        self._thread.snapshot = weakref.ref(current) if current else _get_nothing
        return current

    def cached(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Remembered for one version, the one this thread got last; computed once for all threads.

        `key` is everything the result depends on besides the version; role and viewer too.
        """
        snapshot = getattr(self._thread, "snapshot", _get_nothing)() or self._current
        return compute() if snapshot is None else snapshot.memory.get(key, compute)

    def _is_due(self) -> bool:
        # A clock that was set back must not stop the polling.
        return self._asked_at is None or abs(self._clock() - self._asked_at) >= self._poll_seconds

    def _refresh(self) -> None:
        try:
            self._load_newest()
        except ServiceError as error:
            if str(error) != self._problem:
                log.warning("dataset: the last good version stays: %s", error)
            self._problem = str(error)
        else:
            self._problem = None

    def _load_newest(self) -> None:
        for attempt in range(ATTEMPTS):
            pointer = self._reader.read_pointer()
            if pointer == self._pointer:
                return
            manifest = self._reader.read_manifest(pointer)
            if manifest is None:
                self._forget(pointer)
                return
            try:
                self._current = self._load(manifest)
            except PartitionMissingError:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                self._pointer = pointer
                return

    def _forget(self, pointer: str | None) -> None:
        self._current, self._pointer = None, pointer
        self._loaded.clear()
        self._joined.clear()

    def _load(self, manifest: Manifest) -> Snapshot:
        frames = {table: self._join_partitions(manifest, table) for table in schema.TABLES}
        named = {partition.key for partition in manifest.partitions.values()}
        self._loaded = {key: rows for key, rows in self._loaded.items() if key in named}
        published_at = datetime.fromtimestamp(manifest.published_at, UTC)
        return Snapshot(
            version=manifest.version,
            tables=Tables(
                conversations=frames["conversations"],
                calls=with_agents(frames["calls"], frames["agents"]),
                agents=frames["agents"],
                teams=frames["teams"],
                now=pd.Timestamp(published_at).floor("s"),
                tickets=frames["tickets"],
                presence=frames["presence"],
            ),
            sources=manifest.sources,
            history=manifest.history,
            meta=manifest.meta,
            published_at=published_at,
            lost=manifest.lost,
        )

    def _join_partitions(self, manifest: Manifest, table: str) -> pd.DataFrame:
        partitions = [p for p in manifest.partitions.values() if p.table == table]
        partitions.sort(key=lambda partition: partition.day)
        keys = tuple(partition.key for partition in partitions)
        if self._joined.get(table, ((), None))[0] == keys and table in self._joined:
            return self._joined[table][1]
        frame = arrow.join([self._load_rows(partition) for partition in partitions], table)
        self._joined[table] = keys, frame
        return frame

    def _load_rows(self, partition: Partition) -> pa.Table:
        rows = self._loaded.get(partition.key)
        if rows is None:
            rows = self._loaded[partition.key] = self._reader.read_rows(partition)
        return rows


def _get_nothing() -> Snapshot | None:
    return None
