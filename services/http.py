"""Talking to a vendor: one session, one retry loop, one place where patience is decided."""

import json
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
    UnavailableError,
)

log = logging.getLogger(__name__)

Payload = dict[str, Any]
ATTEMPTS = 4
BACKOFF_SECONDS = 0.5
# Above this, a number of seconds until reset can only be an instant.
EPOCH = 1_000_000_000
# What nobody names is waited for this long after a 429.
UNNAMED_WAIT_SECONDS = 60.0
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 30.0, 60.0
CHUNK = 65536


@dataclass(frozen=True)
class Vendor:
    """What differs between the vendors' ways of speaking HTTP.

    Attributes:
        name: As people know it.
        reset_headers: Where a 429 says until when to wait, best first.
        forbidden_is_unauthorized: Whether 403 means a wrong key (Aircall), not a missing right.
    """

    name: str
    reset_headers: tuple[str, ...]
    forbidden_is_unauthorized: bool = False


INTERCOM = Vendor("Intercom", ("X-RateLimit-Reset",))
AIRCALL = Vendor("Aircall", ("X-AircallApi-Reset",), forbidden_is_unauthorized=True)


class BearerAuth(AuthBase):
    """A bearer token that `requests` adds itself, so that no `.netrc` can take its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass
class Pace:
    """How many requests were made in the last minute, and when the next one may go.

    Shared by all threads that talk to one vendor.
    """

    per_minute: int
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    made: deque[float] = field(default_factory=deque)
    not_before: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, patience: float) -> None:
        """Return when a request may be made; it is counted at once.

        Raises:
            RateLimitedError: The vendor asked for a longer silence than `patience`.
        """
        while True:
            with self.lock:
                now = self.clock()
                self._forget(now)
                silence = self.not_before - now
                if silence > patience:
                    raise RateLimitedError("asked to wait", silence)
                room = 0.0 if len(self.made) < self.per_minute else 60 - (now - self.made[0])
                delay = max(silence, room)
                if delay <= 0:
                    self.made.append(now)
                    return
            self.sleep(delay)

    def silence(self, seconds: float) -> None:
        """Nobody may ask before that many seconds have passed."""
        with self.lock:
            self.not_before = max(self.not_before, self.clock() + seconds)

    def count(self) -> int:
        """Requests of the last minute."""
        with self.lock:
            self._forget(self.clock())
            return len(self.made)

    def _forget(self, now: float) -> None:
        while self.made and not 0 <= now - self.made[0] < 60:
            self.made.popleft()


class VendorSession:
    """One vendor's HTTP: time-outs, keep-alive, pace, retries and typed errors.

    Args:
        vendor: How it speaks.
        base_url: Origin without a path.
        auth: Credentials; sent to that origin only, redirects are not followed.
        headers: Sent with every request.
        requests_per_minute: Our own limit.
        patience_seconds: A longer wait after a 429 is not slept through but raised.
        clock: Unix seconds.
        sleep: Waits; replaced in tests.
    """

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        auth: AuthBase | HTTPBasicAuth,
        *,
        headers: Mapping[str, str] | None = None,
        requests_per_minute: int = 600,
        patience_seconds: float = 30.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.vendor = vendor
        self.answered_headers: Mapping[str, str] = {}
        self._base_url = base_url.rstrip("/")
        self._patience = patience_seconds
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(requests_per_minute, clock, sleep)
        self._session = requests.Session()
        self._session.auth = auth
        self._session.headers.update({"Accept": "application/json", **(headers or {})})

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Payload:
        """The JSON object at a path.

        Raises:
            UnauthorizedError: The credentials are refused.
            ForbiddenError: They may not read this.
            NotFoundError: 404 or 410.
            RateLimitedError: The vendor wants a longer silence than we may wait.
            UnavailableError: No answer or a server error, after the retries.
            BadResponseError: Not the documented JSON, after the retries; or another 4xx.
        """
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: Payload) -> Payload:
        """The JSON object that answers a JSON body. Raises as `get` does."""
        return self._ask("POST", path, json=body)

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute, retries included."""
        return self._pace.count()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _ask(self, method: Literal["GET", "POST"], path: str, **kwargs: Any) -> Payload:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(method, path, **kwargs)
            except (UnavailableError, BadResponseError, RateLimitedError) as error:
                if error.final or attempt == ATTEMPTS:
                    raise
                log.info("%s %s %s: %s, again", self.vendor.name, method, path, error)
                if not isinstance(error, RateLimitedError):
                    self._sleep(BACKOFF_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311
        raise AssertionError("the last attempt returns or raises")

    def _once(self, method: str, path: str, **kwargs: Any) -> Payload:
        try:
            self._pace.wait(self._patience)
        except RateLimitedError as error:
            raise _final(self._limited(error.retry_after_seconds)) from None
        started = self._clock()
        try:
            with self._session.request(
                method,
                self._base_url + path,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
                **kwargs,
            ) as response:
                self.answered_headers = response.headers
                body = self._body(response, started)
                return self._understood(response, body)
        except requests.Timeout as error:
            raise UnavailableError(f"{self.vendor.name} did not answer in time") from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise UnavailableError(f"no connection to {self.vendor.name}") from error
        except requests.RequestException as error:
            raise BadResponseError(f"{self.vendor.name}: {type(error).__name__}") from error

    def _body(self, response: requests.Response, started: float) -> bytes:
        """The whole body; a vendor that drips it slower than `WHOLE_SECONDS` is given up."""
        parts = []
        for part in response.iter_content(CHUNK):
            parts.append(part)
            if self._clock() - started > WHOLE_SECONDS:
                raise UnavailableError(f"{self.vendor.name} did not finish its answer in time")
        body = b"".join(parts)
        promised = response.headers.get("Content-Length")
        plain = "Content-Encoding" not in response.headers
        if plain and promised and promised.isdigit() and int(promised) != len(body):
            raise BadResponseError(f"{self.vendor.name}: the answer was cut short")
        return body

    def _understood(self, response: requests.Response, body: bytes) -> Payload:
        status = response.status_code
        if status == 429:
            raise self._refused(response)
        if status >= 500:
            raise UnavailableError(f"{self.vendor.name} answered {status}")
        if status >= 300:
            raise _final(self._problem(status, body))
        self._note_exhaustion(response)
        try:
            payload = json.loads(body)
        except ValueError as error:
            raise BadResponseError(f"{self.vendor.name}: the answer is not JSON") from error
        if not isinstance(payload, dict):
            raise BadResponseError(f"{self.vendor.name}: the answer is not an object")
        return payload

    def _refused(self, response: requests.Response) -> RateLimitedError:
        """A 429: nobody of ours asks again before the vendor's own time, plus a little jitter."""
        named = self._named_wait(response)
        seconds = UNNAMED_WAIT_SECONDS if named is None else named
        seconds += random.uniform(0.1, 1.0)  # noqa: S311
        self._pace.silence(seconds)
        error = self._limited(seconds)
        error.final = seconds > self._patience
        return error

    def _note_exhaustion(self, response: requests.Response) -> None:
        """An answer that was the last one of its window: the next waits without a 429 first."""
        if response.headers.get("X-RateLimit-Remaining") == "0":
            seconds = self._named_wait(response)
            if seconds is not None and seconds <= UNNAMED_WAIT_SECONDS:
                self._pace.silence(seconds)

    def _named_wait(self, response: requests.Response) -> float | None:
        for name in (*self.vendor.reset_headers, "Retry-After"):
            try:
                value = float(response.headers[name])
            except (KeyError, ValueError):
                continue
            return max(0.0, value - self._clock() if value > EPOCH else value)
        return None

    def _limited(self, seconds: float) -> RateLimitedError:
        words = f"{self.vendor.name} asks to wait {seconds:.0f} s (too many requests)"
        return RateLimitedError(words, seconds)

    def _problem(self, status: int, body: bytes) -> ServiceError:
        name = self.vendor.name
        if status == 401 or (status == 403 and self.vendor.forbidden_is_unauthorized):
            return UnauthorizedError(f"{name} refuses the credentials ({status})")
        if status == 403:
            return ForbiddenError(f"{name} does not allow this ({_code(body) or status})")
        if status in (404, 410):
            return NotFoundError(f"{name}: not found ({status})")
        code = _code(body)
        return BadResponseError(f"{name} answered {status}" + (f" ({code})" if code else ""))


def _final(error: ServiceError) -> ServiceError:
    error.final = True
    return error


def _code(body: bytes) -> str | None:
    """The vendor's own code of an error; never its text, which may quote what was sent."""
    try:
        code = json.loads(body)["errors"][0]["code"]
    except (ValueError, LookupError, TypeError):
        return None
    return code[:60] if isinstance(code, str) and code.isascii() else None
