"""The web side's tables: the newest snapshot, held in memory and swapped as a whole."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import polars as pl

from metrics.model import schema
from metrics.model.definitions import Rules
from metrics.model.derived import bots_of, derive, spell_attributes
from metrics.model.people import ids_by_email, with_agents
from metrics.model.result_cache import Memory
from metrics.model.tables import Tables
from services.errors import ServiceError
from services.snapshot.extents import find_extents
from services.snapshot.manifest import (
    OLDER,
    History,
    Manifest,
    Partition,
    PartitionId,
    SourceStatus,
)
from services.snapshot.partitioned import PartitionedTable
from services.snapshot.snapshot import BLANK, PartitionMissingError, SnapshotReader
from services.storage.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
POLL_SECONDS = 1.0
REMEMBERED_RESULTS = 512
# A reader that misses a partition reads the manifest again; more often than this, it is damage.
ATTEMPTS = 3
SHOWN_KEY, SHOWN_SECONDS = "shown", 86400.0


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
    """The cache is asked no more often than every `poll_seconds`.

    What the rules say of a row is worked out once, when its partition is read, and again for all
    rows where they say another thing; `held` are partitions that are in memory already, by key.
    """

    def __init__(
        self,
        cache: Store,
        get_rules: Callable[[], Rules],
        *,
        clock: Callable[[], float] = time.time,
        poll_seconds: float = POLL_SECONDS,
        held: Mapping[str, pl.DataFrame] | None = None,
    ) -> None:
        self._get_rules = get_rules
        self._rules = get_rules()
        self._poll_seconds = poll_seconds
        self._cache = cache
        self._reader = SnapshotReader(cache, BLANK if held is None else held)
        self._shared = held is not None
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._pointer: str | None = None
        self._current: Snapshot | None = None
        self._problem: str | None = None
        self._begin()
        self._thread = threading.local()

    @property
    def problem(self) -> str | None:
        """For a manager: why the last good version stays."""
        return self._problem

    def snapshot(self) -> Snapshot | None:
        """None until there is one, and after the cache was emptied.

        A new version is looked for at most once a second. While one thread loads it, the others go
        on with the last one, unless another process has shown a newer one to somebody: who was
        there then must not see an older one here. A request asks once and keeps what it got.
        """
        current = self._current
        waits = current is None or self._is_behind(current)
        if (waits or self._is_due()) and self._lock.acquire(blocking=waits):
            try:
                if self._is_due() or self._current is current:
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

    def _is_behind(self, current: Snapshot) -> bool:
        if self._shared:
            return False
        try:
            return self._read_shown() > current.version
        except ServiceError:
            return False

    def _read_shown(self) -> int:
        """The newest version that any process has shown."""
        content = self._cache.get(SHOWN_KEY)
        return int(content) if content and content.isdigit() else 0

    def _note_shown(self, version: int) -> None:
        try:
            while (before := self._read_shown()) < version:
                mark, old = str(version).encode(), str(before).encode()
                if (
                    self._cache.set_fenced(SHOWN_KEY, mark, SHOWN_KEY, old, SHOWN_SECONDS)
                    if before
                    else self._cache.add(SHOWN_KEY, mark, SHOWN_SECONDS)
                ):
                    return
        except ServiceError as error:
            log.warning("dataset: it could not be noted which version is shown: %s", error)

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
        rules = self._get_rules()
        if rules.row_key != self._rules.row_key:
            self._rules = rules
            self._pointer = None
            self._begin()
        for attempt in range(ATTEMPTS):
            pointer = self._reader.read_pointer()
            if pointer == self._pointer:
                return
            manifest = self._reader.read_manifest(pointer)
            if manifest is None:
                self._forget(pointer)
                return
            try:
                loaded = self._load(manifest)
            except PartitionMissingError:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                if not self._shared:
                    self._note_shown(loaded.version)
                self._current, self._pointer = loaded, pointer
                return

    def _forget(self, pointer: str | None) -> None:
        self._current, self._pointer = None, pointer
        self._begin()

    def _begin(self) -> None:
        self._agent_ids: dict[str, str] = {}
        self._bots: list[str] = []
        self._held = {
            table: PartitionedTable(table, partial(self._derive, table), shared=self._shared)
            for table in schema.TABLES
        }

    def _derive(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        if table == "calls":
            rows = with_agents(rows, self._agent_ids)
        return derive(rows, table, self._rules, self._bots)

    def _load(self, manifest: Manifest) -> Snapshot:
        self._load_table("agents", manifest)
        agent_ids = ids_by_email(self._held["agents"].rows)
        if agent_ids != self._agent_ids:
            self._agent_ids = agent_ids
            self._held["calls"].derive_again()
        bots = bots_of(self._held["agents"].rows)
        if bots != self._bots:
            self._bots = bots
            self._held["conversations"].derive_again()
        for table in self._held:
            self._load_table(table, manifest)
        published_at = datetime.fromtimestamp(manifest.published_at, UTC)
        frames = {table: held.rows for table, held in self._held.items()}
        extents = find_extents(manifest.sources, manifest.history, manifest.meta)
        tables = Tables(
            **frames,
            now=published_at.replace(microsecond=0),
            extents=extents,
            not_calls=frozenset(manifest.meta.get("not_calls") or ()),
        )
        for table, held in self._held.items():
            tables.remember_derived(table, self._rules, held.derived)
        return Snapshot(
            version=manifest.version,
            tables=tables,
            sources=manifest.sources,
            history=manifest.history,
            meta=manifest.meta,
            published_at=published_at,
            lost=manifest.lost,
        )

    def _load_table(self, table: str, manifest: Manifest) -> None:
        partitions = [p for p in manifest.partitions.values() if p.table == table]
        partitions.sort(key=lambda partition: (partition.day != OLDER, partition.day))
        self._held[table].load(partitions, partial(self._read, table))

    def _read(self, table: str, partition: Partition) -> pl.DataFrame:
        rows = self._reader.read_partition(partition)
        return spell_attributes(rows, self._rules) if table == "conversations" else rows


def _get_nothing() -> Snapshot | None:
    return None
