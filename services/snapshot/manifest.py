"""The manifest: what one version of the snapshot consists of, as JSON in the cache."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal

import orjson

from metrics.model import schema
from services.errors import ServiceError

# The day of a table that is small and lies in one partition.
WHOLE = "all"
# That of rows from before the history, such as conversations that are still open.
OLDER = "older"

PartitionId = tuple[str, str]  # (table, "2026-11-24", OLDER or WHOLE)
State = Literal["starting", "ok", "late", "failed", "off"]


class ManifestError(ServiceError):
    pass


# The sources that an answer about numbers speaks of; tickets and others have their own lines.
VENDORS = ("intercom", "aircall")


@dataclass(frozen=True)
class SourceStatus:
    state: State  # starting until its first answer; off when it is not configured
    as_of: datetime | None = None  # the instant for which its data hold
    error: str | None = None  # why it is late or failed, in words for a manager
    since: datetime | None = None  # when it came into this state
    warning: str | None = None  # to know while all is well, such as another version that answered
    version: str | None = None  # of the vendor's API that answered

    @property
    def late_at(self) -> datetime | None:
        """When a late or failed source last answered; None while all is well with it."""
        return self.as_of if self.state in ("late", "failed") else None


@dataclass(frozen=True)
class History:
    loaded_days: int  # whole ones, counted back from today
    total_days: int
    complete: bool  # nothing is missing in between either
    first_day: date | None = None  # from which on everything is there


@dataclass(frozen=True)
class Partition:
    table: str
    day: str  # UTC day of creation, `OLDER` or `WHOLE`
    key: str  # ends in the hash of its bytes
    rows: int
    size: int

    @property
    def id(self) -> PartitionId:
        return self.table, self.day


# Earlier versions wrote more about a partition.
PARTITION_FIELDS = tuple(field.name for field in fields(Partition))


@dataclass(frozen=True)
class Manifest:
    version: int  # rises with every publication, also over an emptied cache
    epoch: int  # of the collector that published it
    schema: str  # fingerprint of the tables' columns and types
    published_at: float  # Unix seconds
    partitions: Mapping[PartitionId, Partition] = field(default_factory=dict)
    sources: Mapping[str, SourceStatus] = field(default_factory=dict)
    history: History = History(0, 0, complete=False)
    lost: frozenset[PartitionId] = frozenset()  # vanished or damaged, not fetched again yet
    watermarks: Mapping[str, Any] = field(default_factory=dict)  # for a restart of the collector
    meta: Mapping[str, Any] = field(default_factory=dict)  # beside the tables, for the web side


def to_json(manifest: Manifest) -> bytes:
    document = {
        **vars(manifest),
        "partitions": list(manifest.partitions.values()),
        "lost": sorted(manifest.lost),
    }
    return orjson.dumps(document)


def from_json(content: bytes) -> Manifest:
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
    types = {
        table: {name: str(dtype) for name, dtype in columns.items()}
        for table, columns in schema.TABLES.items()
    }
    return hash_content(orjson.dumps(types))


def hash_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def is_intact(key: str, content: bytes) -> bool:
    return key.rpartition("/")[2] == hash_content(content)
