"""Signs of life of the screens that show the wall, so that a television gone dark is noticed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import orjson

from services.accounts.sessions import hash_word
from services.storage.store import Store

PREFIX = "heartbeat/"
# A screen asks for news every minute; one write for each of them is enough.
APART_SECONDS = 55.0
# A television that was carried away is remembered for long; a browser in kiosk mode is not.
EXPIRE_SECONDS: dict[str, float] = {"device": 30 * 86400.0, "kiosk": 86400.0}
Kind = Literal["device", "kiosk"]


@dataclass(frozen=True)
class Heartbeat:
    id: str  # of the device link; of a person's session, for a browser in kiosk mode
    kind: Kind
    name: str
    seen_at: float  # Unix seconds

    def is_silent(self, now: float, limit: float) -> bool:
        return now - self.seen_at > limit


class Heartbeats:
    """Written at most once a minute for each screen."""

    def __init__(self, state: Store, clock: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock
        self._noted: dict[str, float] = {}

    def note(self, word: str, kind: Kind, name: str) -> None:
        """`word` is what the screen's cookie carries."""
        now = self._clock()
        screen = hash_word(word)
        if abs(now - self._noted.get(screen, -APART_SECONDS)) < APART_SECONDS:
            return
        if len(self._noted) > 10_000:
            self._noted.clear()
        self._noted[screen] = now
        document = {"kind": kind, "name": name, "seen_at": now}
        self._state.set(PREFIX + screen, orjson.dumps(document), EXPIRE_SECONDS[kind])

    def load_all(self) -> dict[str, Heartbeat]:
        """By id."""
        heartbeats = {}
        for key in self._state.keys(PREFIX):
            heartbeat = _read(key.removeprefix(PREFIX), self._state.get(key))
            if heartbeat is not None:
                heartbeats[heartbeat.id] = heartbeat
        return heartbeats

    def forget(self, screen: str) -> None:
        self._state.delete(PREFIX + screen)


def _read(screen: str, content: bytes | None) -> Heartbeat | None:
    try:
        document = orjson.loads(content or b"")
        kind: Kind = "device" if document["kind"] == "device" else "kiosk"
        return Heartbeat(screen, kind, str(document["name"]), float(document["seen_at"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
