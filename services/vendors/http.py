"""Talking to a vendor: one session, one retry loop, one place where patience is decided.

A proxy named by the environment is used, since many offices have no other way out; `.netrc` is
not, because a session that has its own credentials never looks there.
"""

import logging
import math
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import requests
import urllib3
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
from services.vendors.json_body import Payload as Payload
from services.vendors.json_body import parse_json
from services.vendors.rate_limit import LONGEST_SILENCE, RateLimiter

log = logging.getLogger(__name__)

ATTEMPTS = 4
BACKOFF_SECONDS = 0.5
# Above this, a number of seconds until reset can only be an instant, and above the next one in
# milliseconds.
EPOCH = 1_000_000_000
EPOCH_MILLISECONDS = 100 * EPOCH
# What nobody names is waited for this long after a 429.
UNNAMED_WAIT_SECONDS = 60.0
CHUNK = 65536
# Memory that one answer may cost, in bytes, and what it costs at worst: its text, where one emoji
# makes every letter four bytes, and its values, each of which follows one of MARKS.
LARGEST_COST = 64 * 2**20
COST_OF_BYTE = 6
COST_OF_VALUE = 130
MARKS = (b",", b"[", b"{")
LARGEST_ANSWER = LARGEST_COST // COST_OF_BYTE


Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Vendor:
    name: str
    reset_header: str  # says with a 429 until when to wait
    remaining_header: str  # requests that the present window still allows
    burst_seconds: float  # length of that window
    forbidden_is_unauthorized: bool = False  # 403 means a wrong key (Aircall)


INTERCOM = Vendor("Intercom", "X-RateLimit-Reset", "X-RateLimit-Remaining", burst_seconds=10)
AIRCALL = Vendor(
    "Aircall",
    "X-AircallApi-Reset",
    "X-AircallApi-Remaining",
    burst_seconds=60,
    forbidden_is_unauthorized=True,
)


@dataclass(frozen=True)
class Limits:
    """Seconds that one request may take."""

    connect: float = 5.0
    read: float = 30.0  # between two reads
    whole: float = 60.0
    attempts_seconds: float = 60.0  # spent on failed attempts; then there is no further one


class BearerAuth(AuthBase):
    """A bearer token that `requests` adds itself, so that no `.netrc` can take its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class VendorSession:
    """Time-outs, keep-alive, pace, retries and typed errors; for many threads at once.

    Args:
        auth: Sent to the origin `base_url` only; redirects are not followed.
        patience_seconds: A longer wait after a 429 is not slept through but raised.
        clock: Unix seconds.
        sleep: Waits; hand in `threading.Event.wait` and a set event ends all waiting.
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
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.vendor = vendor
        self._base_url = base_url.rstrip("/")
        self._patience = patience_seconds
        self._limits = limits or Limits()
        self._clock = clock
        self._limiter = RateLimiter(requests_per_minute, vendor.burst_seconds, clock, sleep)
        self._answered = threading.local()
        self._outcomes: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._session = requests.Session()
        self._session.auth = auth
        self._session.headers.update({"Accept": "application/json", **(headers or {})})

    @property
    def answered_headers(self) -> Mapping[str, str]:
        """Of the last answer that this thread got."""
        headers: Mapping[str, str] = getattr(self._answered, "headers", {})
        return headers

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Payload:
        """The JSON object at a path.

        Raises:
            UnauthorizedError, ForbiddenError: By the credentials.
            NotFoundError: 404 or 410.
            RateLimitedError: The vendor wants a longer silence than we may wait.
            UnavailableError: No answer or a server error, after the retries.
            BadResponseError: Not the documented JSON, after the retries; or another 4xx.
        """
        return self._request("GET", path, params=params)

    def post(self, path: str, body: Payload) -> Payload:
        """Asked again like `get`: a question put as JSON, or something that may be made twice."""
        return self._request("POST", path, json=body)

    def put(self, path: str, body: Payload) -> Payload:
        return self._request("PUT", path, json=body)

    def delete(self, path: str) -> None:
        self._request("DELETE", path)

    def count_recent_requests(self) -> int:
        """In the last minute, retries included."""
        return self._limiter.count_requests()

    def count_outcomes(self) -> dict[str, int]:
        """All requests so far, by what came of them: `ok`, or the kind of error."""
        return dict(self._outcomes)

    def close(self) -> None:
        self._session.close()

    def _request(self, method: Method, path: str, **kwargs: Any) -> Payload:
        spent = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            self._wait_for_limiter()
            started = time.monotonic()
            try:
                return self._send_counted(method, path, started, **kwargs)
            except (UnavailableError, BadResponseError, RateLimitedError) as error:
                spent += time.monotonic() - started
                over = attempt == ATTEMPTS or spent >= self._limits.attempts_seconds
                if error.final or over:
                    raise
                log.info("%s %s %s: %s, again", self.vendor.name, method, path, error)
                if not isinstance(error, RateLimitedError):
                    jitter = random.uniform(0.5, 1)  # noqa: S311
                    self._limiter.pause(BACKOFF_SECONDS * 2**attempt * jitter)
        raise AssertionError("the last attempt returns or raises")

    def _send_counted(self, *words: Any, **kwargs: Any) -> Payload:
        outcome = "ok"
        try:
            return self._send(*words, **kwargs)
        except ServiceError as error:
            outcome = type(error).__name__.removesuffix("Error").lower()
            raise
        finally:
            with self._counting:
                self._outcomes[outcome] += 1

    def _wait_for_limiter(self) -> None:
        try:
            self._limiter.acquire(self._patience)
        except RateLimitedError as error:
            raise self._build_rate_limit_error(error.retry_after_seconds) from None

    def _send(self, method: str, path: str, started: float, **kwargs: Any) -> Payload:
        name = self.vendor.name
        try:
            with self._session.request(
                method,
                self._base_url + path,
                timeout=(self._limits.connect, self._limits.read),
                allow_redirects=False,
                stream=True,
                **kwargs,
            ) as response:
                self._answered.headers = response.headers
                body = read_body(response, name, started + self._limits.whole, LARGEST_ANSWER)
                return self._interpret(response, body)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise UnavailableError(f"{name} did not answer in time") from error
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError) as error:
            raise BadResponseError(f"{name}: the answer was cut short") from error
        except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
            raise UnavailableError(f"no connection to {name}") from error
        # What these errors quote may be the credentials: nothing of it is passed on.
        except (requests.RequestException, ValueError) as error:
            kind = type(error).__name__
            raise _mark_final(BadResponseError(f"{name} cannot be asked ({kind})")) from None

    def _interpret(self, response: requests.Response, body: bytearray) -> Payload:
        name, status = self.vendor.name, response.status_code
        if status == 429:
            raise self._note_refusal(response)
        if status >= 500:
            raise UnavailableError(f"{name} answered {status}")
        if status >= 300:
            raise _mark_final(self._build_error(status, body))
        self._note_exhaustion(response)
        if status == 204:
            return {}
        values = sum(body.count(mark) for mark in MARKS)
        if len(body) * COST_OF_BYTE + values * COST_OF_VALUE > LARGEST_COST:
            raise _mark_final(BadResponseError(f"{name}: the answer is too large"))
        try:
            payload = parse_json(body)
        except ValueError as error:
            raise BadResponseError(f"{name}: the answer is not JSON") from error
        if not isinstance(payload, dict):
            raise BadResponseError(f"{name}: the answer is not an object")
        return payload

    def _note_refusal(self, response: requests.Response) -> RateLimitedError:
        """Nobody of ours asks again before the vendor's own time, plus a little jitter."""
        named = self._read_wait(response)
        seconds = UNNAMED_WAIT_SECONDS if named is None else named
        seconds = min(seconds + random.uniform(0.1, 1.0), LONGEST_SILENCE)  # noqa: S311
        self._limiter.block(seconds)
        error = self._build_rate_limit_error(seconds)
        error.final = seconds > self._patience
        return error

    def _note_exhaustion(self, response: requests.Response) -> None:
        """After the last answer of a window the next request waits without a 429 first."""
        if response.headers.get(self.vendor.remaining_header, "").strip() == "0":
            seconds = self._read_wait(response)
            if seconds is not None and seconds <= UNNAMED_WAIT_SECONDS:
                self._limiter.block(seconds)

    def _read_wait(self, response: requests.Response) -> float | None:
        """Seconds; None where no header names them, or none that can be meant."""
        for header in (self.vendor.reset_header, "Retry-After"):
            try:
                value = float(response.headers[header])
            except (KeyError, ValueError):
                continue
            if value > EPOCH_MILLISECONDS:
                value /= 1000
            seconds = value - self._clock() if value > EPOCH else value
            # Clocks differ a little; what lies further back says nothing of this limit.
            if math.isfinite(seconds) and seconds > -UNNAMED_WAIT_SECONDS:
                return max(0.0, seconds)
        return None

    def _build_rate_limit_error(self, seconds: float) -> RateLimitedError:
        message = f"{self.vendor.name} asks to wait {seconds:.0f} s (too many requests)"
        return RateLimitedError(message, seconds)

    def _build_error(self, status: int, body: bytearray) -> ServiceError:
        name = self.vendor.name
        if status == 401 or (status == 403 and self.vendor.forbidden_is_unauthorized):
            return UnauthorizedError(f"{name} refuses the credentials ({status})")
        code = _read_error_code(body)
        if status == 403:
            return ForbiddenError(f"{name} does not allow this ({code or status})")
        if status in (404, 410):
            return NotFoundError(f"{name}: not found ({status})")
        error = BadResponseError(f"{name} answered {status}" + (f" ({code})" if code else ""))
        error.status = status
        return error


def read_body(
    response: requests.Response, name: str, deadline: float, maximum_bytes: int
) -> bytearray:
    """The whole body, read as it comes, so that one that only drips is given up in time.

    Args:
        response: Opened with `stream=True`; errors of `urllib3` come through.
        deadline: By `time.monotonic`; UnavailableError when it has passed.
        maximum_bytes: Unpacked; BadResponseError when there is more.
    """
    body = bytearray()
    while part := response.raw.read1(CHUNK, decode_content=True):
        body += part
        if time.monotonic() > deadline:
            raise UnavailableError(f"{name} did not finish its answer in time")
        if len(body) > maximum_bytes:
            raise _mark_final(BadResponseError(f"{name}: the answer is too large"))
    return body


def _mark_final(error: ServiceError) -> ServiceError:
    error.final = True
    return error


def _read_error_code(body: bytearray) -> str | None:
    """The vendor's own code of an error; never its text, which may quote what was sent."""
    try:
        code = orjson.loads(body)["errors"][0]["code"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_.]{1,60}", code) else None
