"""Tokens of machines: several, each with a name and a reach, kept as hashes, taken back at will."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args

import orjson

from services.accounts.sessions import hash_word
from services.errors import ServiceError
from services.storage.store import StorageFullError, Store

Reach = Literal["all", "aggregates", "metrics"]
REACHES: tuple[Reach, ...] = get_args(Reach)
PREFIX, USED = "token/", "token-used/"
USED_SECONDS = 60.0
# So that one that lies in a repository by mistake is found by those who look for such.
BEGINNING = "vigia_"


class TokenError(ServiceError):
    """The text is a key of the command texts."""


@dataclass(frozen=True)
class Token:
    id: str
    name: str
    reach: Reach  # all: every row; aggregates: numbers, no rows; metrics: only /metrics
    made_at: float  # Unix seconds
    made_by: str  # e-mail of an account, or `command`
    used_at: float | None = None  # Unix seconds, to the minute; None = never


class Tokens:
    def __init__(self, state: Store, clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock

    def add(self, name: str, reach: str, made_by: str) -> str:
        """Its word is told this once."""
        name = name.strip()
        if not name or len(name) > 80 or not name.isprintable():
            raise TokenError("bad_token_name")
        if reach not in REACHES:
            raise TokenError("bad_reach")
        word = BEGINNING + secrets.token_urlsafe(32)
        document = {"name": name, "reach": reach, "made_at": self._clock(), "made_by": made_by}
        self._state.set(PREFIX + hash_word(word), orjson.dumps(document))
        return word

    def find(self, word: str) -> Token | None:
        """Notes the use."""
        token = self._read(hash_word(word))
        if token is None:
            return None
        now = self._clock()
        if token.used_at is None or now - token.used_at >= USED_SECONDS:
            with suppress(StorageFullError):
                self._state.set(USED + token.id, str(int(now)).encode())
        return token

    def list(self) -> list[Token]:
        """The oldest first."""
        tokens = (self._read(key.removeprefix(PREFIX)) for key in self._state.keys(PREFIX))
        return sorted((token for token in tokens if token), key=lambda t: (t.made_at, t.id))

    def revoke(self, token_id: str) -> Token | None:
        token = self._read(token_id)
        if token is None or not self._state.delete(PREFIX + token_id):
            return None
        self._state.delete(USED + token_id)
        return token

    def _read(self, token_id: str) -> Token | None:
        try:
            document = orjson.loads(self._state.get(PREFIX + token_id) or b"")
            if document["reach"] not in REACHES:
                return None
            used = self._state.get(USED + token_id)
            return Token(
                token_id,
                str(document["name"]),
                document["reach"],
                float(document["made_at"]),
                str(document["made_by"]),
                float(used) if used else None,
            )
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return None
