"""The audit: who did what and when, without a customer in it. Bounded, and kept for some days."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, get_args

import orjson

from services.storage.store import Store

Kind = Literal[
    "sign_in",
    "failed_sign_in",
    "sign_out",
    "export",
    "recording",
    "rule",
    "schedule",
    "account",
    "device",
    "token",
    "cache",
    "logged_call",
    "setting",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
PREFIX = "audit/"
DAY_SECONDS = 86400
# Of each kind, so that a flood of one, such as failed sign-ins, pushes out nothing else.
KEPT_PER_KIND = 5000
_LOOK_EVERY = 100


@dataclass(frozen=True)
class Entry:
    at: int  # Unix seconds
    what: str  # one of `KINDS`
    who: str  # e-mail of an account, name of a screen or token, `command`; empty for a stranger
    about: Mapping[str, Any] = field(default_factory=dict)  # what it was done to


class Audit:
    """Notes in the state store, one key each: processes never write over one another's.

    `key` turns what strangers type into a mark that nobody can guess back.
    """

    def __init__(
        self, state: Store, days: float, clock: Callable[[], float], key: str = ""
    ) -> None:
        self._state = state
        self._seconds = days * DAY_SECONDS
        self._clock = clock
        self._key = key.encode()

    def note(self, what: Kind, who: str, **about: Any) -> None:
        """ServiceError where the store is down or full: what cannot be noted is not done either."""
        at = self._clock()
        entry = {"at": int(at), "what": what, "who": who, **about}
        name = f"{PREFIX}{what}/{int(at * 1000):015d}/{secrets.token_hex(4)}"
        self._state.set(name, orjson.dumps(entry), self._seconds)
        if self._state.increment(f"audit-count/{what}") % _LOOK_EVERY == 0:
            for old in self._state.keys(f"{PREFIX}{what}/")[:-KEPT_PER_KIND]:
                self._state.delete(old)

    def mark(self, typed: str) -> str:
        """The same for the same words, without telling them: people type passwords as e-mail."""
        return hmac.new(self._key, typed.encode(), hashlib.sha256).hexdigest()[:12]

    def list_entries(
        self, kinds: Collection[str] = KINDS, who: str | None = None, skip: int = 0
    ) -> Iterator[Entry]:
        """The newest first."""
        names = [n for n in self._state.keys(PREFIX) if n.split("/")[1] in kinds]
        newest = sorted(names, key=lambda n: n.split("/")[2:], reverse=True)
        if who is not None:
            return islice(self._read_all(newest, who), skip, None)
        # Which ones those are stands in the names: nothing of them is read.
        return self._read_all(newest[skip:], None)

    def _read_all(self, names: Sequence[str], who: str | None) -> Iterator[Entry]:
        oldest = self._clock() - self._seconds
        for name in names:
            entry = _read(self._state.get(name) or b"")
            if entry and entry.at > oldest and who in (None, entry.who):
                yield entry


def _read(content: bytes) -> Entry | None:
    try:
        document = orjson.loads(content)
        at, what, who = int(document.pop("at")), str(document.pop("what")), document.pop("who")
        return Entry(at, what, str(who), document)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        return None
