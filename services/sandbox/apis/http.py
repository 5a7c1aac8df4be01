"""A request, a response, and the window in which a vendor counts requests."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # without the query
    params: Mapping[str, str] = field(default_factory=dict)  # of several of a name, the last
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""

    def json(self) -> Any:
        """Raises ValueError where the body is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """Bytes go out as they are, any other body as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    def encode_body(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class RateLimitState:
    limit: int
    remaining: int
    reset_at: int  # Unix seconds
    is_over: bool  # this request was one too many


class RateWindow:
    """Fixed windows, as both vendors count."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit = limit
        self._seconds = seconds
        self._lock = threading.Lock()
        self._began = 0
        self._used = 0

    def take(self, now: float) -> RateLimitState:
        began = int(now) - int(now) % self._seconds
        with self._lock:
            if began != self._began:
                self._began, self._used = began, 0
            self._used += 1
            used = self._used
        remaining = max(0, self.limit - used)
        return RateLimitState(self.limit, remaining, began + self._seconds, used > self.limit)
