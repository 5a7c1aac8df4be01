"""Who is signed in. The cookie carries a random word; everything else lies in the state store."""

import hashlib
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from services.accounts.accounts import Account
from services.settings.config import Settings
from services.storage.store import StorageFullError, Store

PREFIX = "session/"
DEVICE_PREFIX = "device/"
ACTIVE_PREFIX = "session-active/"
# Activity is noted this often at most: a click is not worth a write.
ACTIVE_SECONDS = 60.0


@dataclass(frozen=True)
class Session:
    email: str  # empty for a device
    device: str = ""  # empty for a person
    proof: str = ""  # of the password that opened it: another password ends it


@dataclass(frozen=True)
class Device:
    id: str
    name: str
    made_at: float


class Sessions:
    """People's end at a fixed hour, devices' when revoked."""

    def __init__(
        self, state: Store, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self._state = state
        self._seconds = settings.access.session_hours * 3600
        idle = settings.access.idle_hours
        self._idle = None if idle is None else idle * 3600
        self._clock = clock

    def open(self, account: Account) -> str:
        """The word that the cookie carries."""
        word = secrets.token_urlsafe(32)
        document = {
            "email": account.email,
            "proof": derive_proof(account),
            "since": self._clock(),
            "until": self._clock() + self._seconds,
        }
        self._state.set(PREFIX + hash_word(word), orjson.dumps(document), self._seconds)
        return word

    def find(self, word: str) -> Session | None:
        """None when it is over, was closed or never was."""
        name = hash_word(word)
        content = self._state.get(PREFIX + name)
        if content is not None:
            document = _read_document(content)
            if document is None or document.get("until", 0) <= self._clock():
                return None
            if self._is_idle(name, document):
                return None
            return Session(document.get("email", ""), proof=document.get("proof", ""))
        device = _read_document(self._state.get(DEVICE_PREFIX + name) or b"")
        return Session("", device=device["name"]) if device and "name" in device else None

    def close(self, word: str) -> None:
        """A copied cookie is worth nothing from here on."""
        self._state.delete(PREFIX + hash_word(word))

    def note_activity(self, word: str) -> None:
        """What screens ask for by themselves is no activity."""
        if self._idle is None:
            return
        # A key of its own: written a moment too late, it does not bring a closed session back.
        key, now = ACTIVE_PREFIX + hash_word(word), self._clock()
        if now - _read_seconds(self._state.get(key)) >= min(ACTIVE_SECONDS, self._idle / 10):
            with suppress(StorageFullError):
                self._state.set(key, str(now).encode(), self._seconds)

    def close_all(self, email: str, *, but: str = "") -> int:
        """How many sessions that ended; the one of the word `but` stays."""
        remaining, ended = PREFIX + hash_word(but), 0
        for key in self._state.keys(PREFIX):
            document = _read_document(self._state.get(key) or b"")
            if document and document.get("email") == email and key != remaining:
                ended += self._state.delete(key)
        return ended

    def add_device(self, name: str) -> str:
        """Its word is told this once, and only its hash is kept."""
        word = secrets.token_urlsafe(32)
        document = {"name": name.strip()[:80] or "TV", "made_at": self._clock()}
        self._state.set(DEVICE_PREFIX + hash_word(word), orjson.dumps(document))
        return word

    def name_devices(self) -> dict[str, str]:
        """Id -> name."""
        return {device.id: device.name for device in self.list_device_links()}

    def list_device_links(self) -> list[Device]:
        return list_device_links(self._state)

    def revoke_device(self, device_id: str) -> bool:
        return self._state.delete(DEVICE_PREFIX + device_id)

    def _is_idle(self, name: str, document: dict[str, Any]) -> bool:
        if self._idle is None:
            return False
        active = _read_seconds(self._state.get(ACTIVE_PREFIX + name))
        since = max(active, float(document.get("since", 0)))
        return since + self._idle <= self._clock()


def list_device_links(state: Store) -> list[Device]:
    """The oldest first."""
    devices = []
    for key in state.keys(DEVICE_PREFIX):
        document = _read_document(state.get(key) or b"")
        if document and "name" in document:
            made_at = float(document.get("made_at", 0))
            device_id = key.removeprefix(DEVICE_PREFIX)
            devices.append(Device(device_id, str(document["name"]), made_at))
    return sorted(devices, key=lambda device: (device.made_at, device.id))


def _read_seconds(content: bytes | None) -> float:
    try:
        return float(content or b"")
    except ValueError:
        return 0.0


def derive_proof(account: Account) -> str:
    """Changes with the password, and does not tell it."""
    return hash_word(account.password_hash)[:16]


def hash_word(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _read_document(content: bytes) -> dict[str, Any] | None:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None
