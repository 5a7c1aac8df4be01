"""Events on their way from the web side to the collector.

Which object has changed lies in `state` until a version with it is published; what an event says
of a customer lies in the cache. Each object has one of `SLOTS` places: the newest word of it is
enough, and a flood cannot take more. Two objects may meet in one; what is lost so, or waits for
longer than `KEPT_SECONDS`, the minute's reading has read by then.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from services.hooks.events import Event, Kind
from services.storage.store import Store
from services.vendors.http import Payload

PREFIX, FIELDS, SEEN = "hooks/", "hooks/fields/", "hooks/seen/"
BELL, COUNTS, LATEST = "hooks/bell", "hooks/count/", "hooks/latest/"
SLOTS = 2**16
KEPT_SECONDS = 300.0
# An older one says how something was, and the vendor is asked how it is.
CURRENT_SECONDS = 120.0
# A call that began longer ago does not run any more.
RUNNING_SECONDS = 4 * 3600.0
# A vendor tries again for twelve hours at most.
SEEN_SECONDS, COUNTED_SECONDS = 43200.0, 2 * 86400.0
LISTED = 20
STATUSES = ("initial", "answered", "done")

# What became of a delivery, and of an event.
Outcome = Literal[
    "accepted",
    "duplicate",
    "late",
    "unused",
    "foreign",
    "forged",
    "unreadable",
    "too_large",
    "applied",
    "read",
    "gone",
    "failed",
]


@dataclass(frozen=True)
class Waiting:
    """An event in its place; `content` tells it from a newer one there."""

    key: str
    content: bytes
    kind: Kind
    id: str
    is_deletion: bool
    taken_at: float


class EventQueue:
    def __init__(self, state: Store, cache: Store, clock: Callable[[], float]) -> None:
        self._state = state
        self._cache = cache
        self._clock = clock

    def put(self, event: Event) -> Outcome:
        """Once it returns, the event will be dealt with, or was before."""
        outcome: Outcome = "unused"
        if event.kind is not None:
            now = self._clock()
            is_current = abs(now - event.at) <= CURRENT_SECONDS
            began = event.fields["started_at"] if event.fields else -math.inf
            # What is said of an older call is not of this moment: the vendor is asked.
            if event.fields and is_current and now - began <= RUNNING_SECONDS:
                self._keep_fields(event, event.fields)
            document = {
                "kind": event.kind,
                "id": event.id,
                "is_deletion": event.is_deletion,
                "taken_at": now,
            }
            self._state.set(_find_place(event), orjson.dumps(document), KEPT_SECONDS)
            is_new = self._cache.add(SEEN + event.word, b"1", SEEN_SECONDS)
            outcome = ("accepted" if is_current else "late") if is_new else "duplicate"
            self._cache.increment(BELL)
        self.note(event.vendor, outcome, event)
        return outcome

    def listen(self) -> bytes | None:
        """Another word whenever something was put."""
        return self._cache.get(BELL)

    def list_waiting(self, vendor: str) -> list[Waiting]:
        """The newest first."""
        found = []
        for key in self._state.keys(f"{PREFIX}{vendor}/"):
            content = self._state.get(key)
            if content is not None:
                found.append(Waiting(key, content, **orjson.loads(content)))
        return sorted(found, key=lambda waiting: -waiting.taken_at)

    def take_fields(self, waiting: Waiting) -> Payload | None:
        content = self._cache.get(f"{FIELDS}{waiting.id}")
        fields: Payload | None = orjson.loads(content)["fields"] if content else None
        return fields

    def drop(self, dealt_with: Iterable[Waiting]) -> None:
        """What has come since for the same objects stays."""
        for waiting in dealt_with:
            self._state.delete(waiting.key, only_if=waiting.content)

    def note(self, vendor: str, outcome: Outcome, event: Event | None = None) -> None:
        """Counted by UTC day; the latest are listed, without a word about anybody."""
        name = f"{COUNTS}{_name_day(self._clock())}/{vendor}/{outcome}"
        count = self._cache.increment(name, COUNTED_SECONDS)
        if event is not None:
            told = {
                "vendor": vendor,
                "topic": event.topic,
                "id": event.id,
                "at": event.at,
                "came_at": self._clock(),
                "outcome": outcome,
            }
            place = f"{LATEST}{vendor}/{outcome}/{count % LISTED}"
            self._cache.set(place, orjson.dumps(told), COUNTED_SECONDS)

    def count_today(self) -> dict[str, dict[str, int]]:
        """Vendor -> outcome -> deliveries and events of this UTC day."""
        counts: dict[str, dict[str, int]] = {}
        for key in self._cache.keys(f"{COUNTS}{_name_day(self._clock())}/"):
            vendor, outcome = key.split("/")[-2:]
            counts.setdefault(vendor, {})[outcome] = int(self._cache.get(key) or 0)
        return counts

    def list_latest(self) -> list[dict[str, Any]]:
        """The newest first: vendor, topic, id, at, came_at, outcome."""
        contents = [self._cache.get(key) for key in self._cache.keys(LATEST)]
        latest = [orjson.loads(content) for content in contents if content]
        return sorted(latest, key=lambda told: -told["came_at"])[:LISTED]

    def _keep_fields(self, event: Event, fields: Payload) -> None:
        """Of two, those that were true later; of one second, those further on in the call."""
        key = f"{FIELDS}{event.id}"
        held = self._cache.get(key)
        age = [event.at, _rank(fields.get("status"))]
        if held is None or orjson.loads(held)["age"] <= age:
            content = orjson.dumps({"age": age, "fields": fields})
            self._cache.set(key, content, KEPT_SECONDS)


def _rank(status: Any) -> int:
    return STATUSES.index(status) if status in STATUSES else 0


def _find_place(event: Event) -> str:
    text = f"{event.kind}/{event.id}/{event.is_deletion}"
    slot = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) % SLOTS
    return f"{PREFIX}{event.vendor}/{slot:05d}"


def _name_day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
