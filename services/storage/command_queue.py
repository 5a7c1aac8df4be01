"""What people ask of the collector: small documents that the web side lays into the state store."""

import logging
import secrets
from collections.abc import Iterable
from typing import Any

import orjson

from services.storage.store import Store

log = logging.getLogger(__name__)

PREFIX = "inbox/"
# What comes from customers is thrown away and collected anew.
CLEAR_CACHE = "clear_cache"


class CommandQueue:
    """Documents of the form `{"kind": ...}` under `inbox/<anything>`; each is taken once.

    One of a kind that nobody takes stays where it is, for a newer collector.
    """

    def __init__(self, state: Store) -> None:
        self._state = state

    def take(self, kind: str) -> list[dict[str, Any]]:
        """By key; they are gone from the queue then."""
        # Of two collectors that look at the same time, one gets it.
        return [document for key, document in self.peek({kind}).items() if self._state.delete(key)]

    def peek(self, kinds: Iterable[str]) -> dict[str, dict[str, Any]]:
        """By key; they stay until dropped, so that nothing is lost before it is dealt with."""
        wanted = set(kinds)
        documents = {key: self._read(key) for key in self._state.keys(PREFIX)}
        return {
            key: document
            for key, document in documents.items()
            if document is not None and document.get("kind") in wanted
        }

    def drop(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._state.delete(key)

    def put(self, document: dict[str, Any], now: float) -> None:
        """What was asked first comes first."""
        key = f"{PREFIX}{int(now * 1000):015d}-{secrets.token_hex(4)}"
        self._state.set(key, orjson.dumps(document))

    def _read(self, key: str) -> dict[str, Any] | None:
        content = self._state.get(key)
        if content is None:
            return None
        try:
            document = orjson.loads(content)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            log.warning("commands: %s is no document and is dropped", key)
            self._state.delete(key)
            return None
        return document
