"""What people ask of the collector: small documents that the web side lays into the state store."""

import logging
from typing import Any

import orjson

from services.store import Store

log = logging.getLogger(__name__)

PREFIX = "inbox/"


class Inbox:
    """Documents of the form `{"kind": ...}` under `inbox/<anything>`; each is taken once.

    One of a kind that nobody takes stays where it is, for a newer collector.
    """

    def __init__(self, state: Store) -> None:
        self._state = state

    def take(self, kind: str) -> list[dict[str, Any]]:
        """The documents of a kind, by key; they are gone from the inbox then."""
        found = []
        for key in self._state.keys(PREFIX):
            document = self._read(key)
            # Of two collectors that look at the same time, one gets it.
            if document is not None and document.get("kind") == kind and self._state.delete(key):
                found.append(document)
        return found

    def _read(self, key: str) -> dict[str, Any] | None:
        content = self._state.get(key)
        if content is None:
            return None
        try:
            document = orjson.loads(content)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            log.warning("inbox: %s is no document and is dropped", key)
            self._state.delete(key)
            return None
        return document
