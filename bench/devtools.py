"""A page of a running Chromium, asked in the DevTools protocol itself.

A driver such as Playwright leaves a world of scripts in the page at every visit, which weighs more
than all that a wall does in between; this leaves nothing.
"""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import websocket

HOST = "127.0.0.1"


class Tab:
    """The page's own end of the DevTools protocol."""

    def __init__(self, port: int) -> None:
        with urllib.request.urlopen(f"http://{HOST}:{port}/json/list", timeout=10) as answer:
            pages = [one for one in json.load(answer) if one["type"] == "page"]
        where = pages[0]["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(where, timeout=60, suppress_origin=True)
        self._sent = 0

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        asked = {"id": self._sent, "method": method, "params": parameters}
        self._socket.send(json.dumps(asked))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == self._sent:
                return dict(told.get("result", {}))

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; None where it throws."""
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return told.get("result", {}).get("value")

    def close(self) -> None:
        self._socket.close()


@contextmanager
def connected(port: int) -> Iterator[Tab]:
    """The page, for a moment."""
    tab = Tab(port)
    try:
        yield tab
    finally:
        tab.close()
