"""A request, a response, and the window in which a vendor counts requests."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        method: GET, POST, DELETE.
        path: Without the query.
        params: Of the query; of several of a name, the last.
        headers: Names in lower case.
        body: As it came.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """One answer: bytes go out as they are, anything else as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    def encode_body(self) -> bytes:
        """The body as it goes out."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class RateLimitState:
    """Where a client stands after a request.

    Attributes:
        is_over: Whether it was one too many.
        reset_at: When the next window begins; Unix seconds.
    """

    limit: int
    remaining: int
    reset_at: int
    is_over: bool


class RateWindow:
    """Fixed windows, as both vendors count."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._began = 0
        self._used = 0

    def take(self, now: float) -> RateLimitState:
        """Count one request."""
        began = int(now) - int(now) % self._seconds
        with self._lock:
            if began != self._began:
                self._began, self._used = began, 0
            self._used += 1
            used = self._used
        remaining = max(0, self.limit - used)
        return RateLimitState(self.limit, remaining, began + self._seconds, used > self.limit)
