"""The manifest: what one version of the snapshot consists of, as JSON in the cache."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal

import orjson

from metrics.model import schema
from services.errors import ServiceError

# The day of a table that is small and lies in one partition.
WHOLE = "all"

PartitionId = tuple[str, str]  # (table, "2026-11-24" or WHOLE)
State = Literal["starting", "ok", "late", "failed", "off"]


class ManifestError(ServiceError):
    """The manifest in the cache cannot be read."""


# The sources that an answer about numbers speaks of; tickets and others have their own lines.
VENDORS = ("intercom", "aircall")


@dataclass(frozen=True)
class SourceStatus:
    """How one vendor is doing.

    Attributes:
        state: starting until its first answer; off when it is not configured.
        as_of: The instant for which its data hold.
        error: Why it is late or failed, in words for a manager.
        since: Since when it has been in this state.
        warning: Something to know while all is well, such as another version that answered.
        version: Of the vendor's API that answered.
    """

    state: State
    as_of: datetime | None = None
    error: str | None = None
    since: datetime | None = None
    warning: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class History:
    """How much of the wanted history is there.

    Attributes:
        loaded_days: Whole days, counted back from today.
        total_days: Days wanted.
        complete: Nothing is missing in between either.
        first_day: The oldest day from which on everything is there.
    """

    loaded_days: int
    total_days: int
    complete: bool
    first_day: date | None = None


@dataclass(frozen=True)
class Partition:
    """The rows of one table and day.

    Attributes:
        day: UTC day of creation, or `WHOLE`.
        key: Where its bytes lie; ends in the hash of them.
    """

    table: str
    day: str
    key: str
    rows: int
    size: int

    @property
    def id(self) -> PartitionId:
        return self.table, self.day


# Earlier versions wrote more about a partition.
PARTITION_FIELDS = tuple(field.name for field in fields(Partition))


@dataclass(frozen=True)
class Manifest:
    """One version: which partitions it has, and what is known about them.

    Attributes:
        version: Rises with every publication, also over an emptied cache.
        epoch: Of the collector that published it.
        schema: Fingerprint of the tables' columns and types.
        published_at: Unix seconds.
        partitions: By table and day.
        sources: Vendors by name.
        lost: Partitions that vanished or were damaged, and are not fetched again yet.
        watermarks: What the collector needs to go on after a restart.
        meta: What the web side shows beside the tables.
    """

    version: int
    epoch: int
    schema: str
    published_at: float
    partitions: Mapping[PartitionId, Partition] = field(default_factory=dict)
    sources: Mapping[str, SourceStatus] = field(default_factory=dict)
    history: History = History(0, 0, complete=False)
    lost: frozenset[PartitionId] = frozenset()
    watermarks: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)


def to_json(manifest: Manifest) -> bytes:
    document = {
        **vars(manifest),
        "partitions": [asdict(partition) for partition in manifest.partitions.values()],
        "lost": sorted(manifest.lost),
    }
    return orjson.dumps(document)


def from_json(content: bytes) -> Manifest:
    """The manifest of those bytes.

    Raises:
        ManifestError: They are of another form.
    """
    try:
        document = orjson.loads(content)
        partitions = [
            Partition(**{name: entry[name] for name in PARTITION_FIELDS})
            for entry in document.pop("partitions")
        ]
        history = document.pop("history")
        first_day = history.pop("first_day")
        return Manifest(
            partitions={partition.id: partition for partition in partitions},
            sources={name: _parse_status(entry) for name, entry in document.pop("sources").items()},
            history=History(
                **history, first_day=date.fromisoformat(first_day) if first_day else None
            ),
            lost=frozenset((table, day) for table, day in document.pop("lost")),
            **document,
        )
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ManifestError("the manifest of the snapshot is of another form") from error


def _parse_status(entry: dict[str, Any]) -> SourceStatus:
    instants = {
        name: datetime.fromisoformat(entry[name]).astimezone(UTC) if entry[name] else None
        for name in ("as_of", "since")
    }
    return SourceStatus(**{**entry, **instants})


def schema_fingerprint() -> str:
    """A word that changes with the columns and types of the tables."""
    return hash_content(
        orjson.dumps({name: dict(columns) for name, columns in schema.TABLES.items()})
    )


def hash_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def is_intact(key: str, content: bytes) -> bool:
    """Whether these are the bytes that were written under the key."""
    return key.rpartition("/")[2] == hash_content(content)
