"""The snapshot: one consistent version of all tables, handed from the collector to the web side.

A small pointer in the cache names a manifest, and the manifest names partitions by their content.
Partitions and manifests never change, so only the pointer has to be swapped: whoever read it sees
one version, whole. Conversations and calls are cut by UTC day of creation, and what is older than
the history lies in one partition, `OLDER`; agents and teams are small and lie in one each, `WHOLE`.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from metrics.model import schema
from services.errors import ServiceError
from services.snapshot import arrow
from services.snapshot.manifest import (
    History,
    Manifest,
    ManifestError,
    Partition,
    PartitionId,
    SourceStatus,
    from_json,
    hash_content,
    is_intact,
    schema_fingerprint,
    to_json,
)
from services.storage.lease import EPOCH_EXPIRE_SECONDS, EPOCH_KEY
from services.storage.store import StorageFullError, Store

log = logging.getLogger(__name__)

POINTER_KEY = "current"
# A reader that has just read an old manifest still finds what it names.
SUPERSEDED_SECONDS = 600
# One that has just read an old pointer still finds the manifest, or reads the pointer again.
SUPERSEDED_MANIFEST_SECONDS = 30
BLANK: Mapping[str, Any] = {}


class FencedError(ServiceError):
    """Another collector has taken over, or the cache was emptied: take the lease anew."""


class PartitionMissingError(ServiceError):
    """A newer manifest may do without it."""


class SnapshotReader:
    """For the web side, and for the collector, which has partitions in memory already, by key."""

    def __init__(self, cache: Store, held: Mapping[str, pl.DataFrame] = BLANK) -> None:
        self._cache = cache
        self._held = held

    def read_pointer(self) -> str | None:
        """Key of the newest manifest: differs whenever anything does. Cheap to ask for."""
        content = self._cache.get(POINTER_KEY)
        return None if content is None else content.decode("ascii", "replace")

    def read_manifest(self, pointer: str | None = None) -> Manifest | None:
        """None where nothing (that this program understands) is published; else ManifestError."""
        pointer = pointer or self.read_pointer()
        if pointer is None:
            return None
        content = self._cache.get(pointer)
        if content is None:
            # Superseded and expired between the two reads, unless the pointer itself is damaged.
            if self.read_pointer() == pointer:
                raise ManifestError("the manifest of the snapshot is missing")
            return self.read_manifest()
        if not is_intact(pointer, content):
            raise ManifestError("the manifest of the snapshot is damaged")
        manifest = from_json(content)
        return manifest if manifest.schema == schema_fingerprint() else None

    def read_partition(self, partition: Partition) -> pl.DataFrame:
        """PartitionMissingError where they are not there, or damaged.

        A damaged entry is deleted, which is also the report: the next publication finds it gone
        and lists it as lost, so that the collector fetches it again.
        """
        if partition.key in self._held:
            return self._held[partition.key]
        content = self._cache.get(partition.key)
        if content is None:
            raise PartitionMissingError(
                f"{partition.table} of {partition.day} are not in the cache"
            )
        try:
            if not is_intact(partition.key, content):
                raise arrow.DamagedError("other bytes than were written")
            return arrow.decode(content, partition.table)
        except arrow.DamagedError as error:
            log.warning("snapshot: %s of %s dropped: %s", partition.table, partition.day, error)
            self._cache.delete(partition.key)
            raise PartitionMissingError(
                f"{partition.table} of {partition.day} were damaged in the cache"
            ) from error


class SnapshotWriter:
    """Publishes versions; one for each time a collector holds the lease.

    It begins with what is published, so that a collector that takes over changes only what it
    knows better. What is not published anew lives for `expire_seconds`; the partitions of one
    version may take `maximum_bytes`.
    """

    def __init__(
        self,
        cache: Store,
        *,
        epoch: int,
        expire_seconds: float,
        maximum_bytes: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cache = cache
        self._epoch = epoch
        self._expire_seconds = expire_seconds
        self._maximum_bytes = maximum_bytes
        self._clock = clock
        self._pointer: str | None = None
        self._manifest: Manifest | None = None
        self.held: dict[str, pl.DataFrame] = {}  # what is published, by key, as far as it is known
        reader = SnapshotReader(cache)
        try:
            self._pointer = reader.read_pointer()
            self._manifest = reader.read_manifest()
        except ManifestError as error:
            log.warning("snapshot: starting over: %s", error)

    @property
    def manifest(self) -> Manifest | None:
        """The version published last, by this writer or by the one before it."""
        return self._manifest

    def lost(self) -> frozenset[PartitionId]:
        """Partitions to fetch again; publishing one of them takes it off the list."""
        return self._manifest.lost if self._manifest else frozenset()

    def publish(
        self,
        changed: Mapping[PartitionId, pl.DataFrame],
        sources: Mapping[str, SourceStatus],
        history: History,
        *,
        watermarks: Mapping[str, Any] = BLANK,
        meta: Mapping[str, Any] = BLANK,
        removed: Iterable[PartitionId] = (),
    ) -> int:
        """The new version, with these partitions in place of those of the same table and day.

        `changed` are whole partitions; the others stay as they are. Everything else is given in
        full, every time.

        Raises:
            FencedError: This collector's time is over; nothing was published.
            StorageFullError: The partitions take more room than they may; nothing was published.
        """
        written = {name: _encode_partition(name, frame) for name, frame in changed.items()}
        partitions = dict(self._manifest.partitions) if self._manifest else {}
        partitions.update({name: partition for name, (partition, _) in written.items()})
        for name in removed:
            partitions.pop(name, None)
        self._check_room(partitions.values())
        for partition, content in written.values():
            # A writer that dies before the swap leaves its partitions behind for minutes, not days.
            self._cache.set(partition.key, content, SUPERSEDED_SECONDS)

        missing = set(self._cache.touch([p.key for p in partitions.values()], self._expire_seconds))
        gone = {name for name, partition in partitions.items() if partition.key in missing}
        lost = (self.lost() | gone) - (written.keys() - gone) - set(removed)
        manifest = Manifest(
            version=self._next_version(),
            epoch=self._epoch,
            schema=schema_fingerprint(),
            published_at=self._clock(),
            partitions={name: p for name, p in partitions.items() if name not in gone},
            sources=dict(sources),
            history=replace(history, complete=history.complete and not lost),
            lost=frozenset(lost),
            watermarks=dict(watermarks),
            meta=dict(meta),
        )
        self._swap(manifest)
        self.held |= {written[name][0].key: frame for name, frame in changed.items()}
        for key in self.held.keys() - {partition.key for partition in partitions.values()}:
            del self.held[key]
        return manifest.version

    def _check_room(self, partitions: Iterable[Partition]) -> None:
        size = sum(partition.size for partition in partitions)
        if self._maximum_bytes is not None and size > self._maximum_bytes:
            raise StorageFullError(
                f"the tables take {size / 2**20:.0f} MB, more than cache.maximum_megabytes allows"
                f" ({self._maximum_bytes / 2**20:.0f} MB)"
            )

    def _next_version(self) -> int:
        # After an emptied cache it goes on from the clock, so that no version comes twice: from
        # tenths of a second, faster than which nobody publishes.
        return self._manifest.version + 1 if self._manifest else int(self._clock() * 10)

    def _swap(self, manifest: Manifest) -> None:
        content = to_json(manifest)
        pointer = f"manifest/{manifest.version}/{hash_content(content)}"
        self._cache.set(pointer, content, self._expire_seconds)
        self._cache.touch([EPOCH_KEY], max(self._expire_seconds, EPOCH_EXPIRE_SECONDS))
        fence = str(self._epoch).encode()
        if not self._cache.set_fenced(
            POINTER_KEY, pointer.encode(), EPOCH_KEY, fence, self._expire_seconds
        ):
            self._cache.delete(pointer)
            raise FencedError("another collector has taken over, or the cache was emptied")
        named = {partition.key for partition in manifest.partitions.values()}
        before = self._manifest.partitions.values() if self._manifest else ()
        superseded = [p.key for p in before if p.key not in named]
        self._cache.touch(superseded, SUPERSEDED_SECONDS)
        if self._pointer is not None and self._pointer != pointer:
            self._cache.touch([self._pointer], SUPERSEDED_MANIFEST_SECONDS)
        self._cache.drop_expired()
        self._manifest, self._pointer = manifest, pointer


def _encode_partition(name: PartitionId, frame: pl.DataFrame) -> tuple[Partition, bytes]:
    table, day = name
    content = arrow.encode(schema.conform(frame, table))
    key = f"partition/{table}/{day}/{hash_content(content)}"
    return Partition(table, day, key, len(frame), len(content)), content
