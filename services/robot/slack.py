"""Slack: one attempt at a time, and for each failure whether the message may have arrived."""

import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests
import urllib3

from services.errors import (
    BadResponseError,
    ConfigurationError,
    RateLimitedError,
    ServiceError,
    UnavailableError,
)
from services.settings.config import Environment, Settings
from services.vendors.http import read_body

Payload = dict[str, Any]
HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 10.0, 20.0
LARGEST_ANSWER = 65536
JSON, FORM = "application/json; charset=utf-8", "application/x-www-form-urlencoded"
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,20}")
UNNAMED_WAIT_SECONDS = 30.0
# Codes of the Web API under which asking again helps.
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "rollup_error"}
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})


class AnswerLostError(UnavailableError):
    """The message went out and no answer came: it may have arrived."""


class RefusedError(ServiceError):
    """Slack will never take it; `reason` is its own word, such as `channel_not_found`."""

    final = True

    def __init__(self, reason: str) -> None:
        super().__init__(f"Slack refuses the message ({reason})")
        self.reason = reason


@dataclass(frozen=True)
class Receipt:
    """Where a message lies; empty where Slack does not tell."""

    channel: str = ""
    ts: str = ""


class Slack(Protocol):
    """Whoever takes messages. Every method makes one attempt.

    Raises:
        RateLimitedError: To be left alone for so long.
        AnswerLostError: It may have arrived.
        UnavailableError: It has not arrived, and may if it is sent again.
        RefusedError: It never will.
    """

    can_edit: bool

    def post(self, message: Payload, thread: str | None = None) -> Receipt:
        """Say something; in a thread it is shown in the channel as well."""

    def edit(self, where: Receipt, message: Payload) -> None:
        """Put another message in that place."""


def slack_client(environment: Environment, settings: Settings) -> Slack | None:
    """Slack as it is set up; None where it is not.

    Raises:
        ConfigurationError: An address that is not Slack's, or a token without a channel.
    """
    token, webhook = environment.slack_bot_token, environment.slack_webhook
    channel = settings.slack.channel
    if token is not None and channel:
        base = _check_address(settings.slack.api_base_url, "slack.api_base_url")
        return Bot(base, token.get_secret_value(), channel)
    if webhook is not None:
        return Webhook(_check_address(webhook.get_secret_value(), "SLACK_WEBHOOK", HOSTS))
    if token is not None:
        raise ConfigurationError(
            "slack.channel is missing: SLACK_BOT_TOKEN needs a channel to write to"
        )
    return None


def wall_url(environment: Environment, settings: Settings) -> str | None:
    """Where the wall opens for who reads the messages; None where that is not known.

    Without `server.public_url`: an address of this machine helps only those who read on this
    machine, as in the sandbox, and behind a proxy the name is the proxy's.
    """
    if settings.server.public_url:
        return f"{settings.server.public_url}/operations"
    host = environment.host
    webhook = environment.slack_webhook
    slack = webhook.get_secret_value() if webhook else settings.slack.api_base_url
    is_here = host in LOOPBACK and urlsplit(slack).hostname not in LOOPBACK
    if is_here or host in EVERYWHERE or settings.server.behind_tls or not environment.port:
        return None
    return f"http://{f'[{host}]' if ':' in host else host}:{environment.port}/operations"


class Webhook:
    """An incoming webhook: says things and never hears where they lie."""

    can_edit = False

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = _session()

    def post(self, message: Payload, thread: str | None = None) -> Receipt:
        answer = _send(self._session, self._url, message, {})
        if answer.strip() != b"ok":
            raise UnavailableError("what answers at SLACK_WEBHOOK is not Slack")
        return Receipt()

    def edit(self, where: Receipt, message: Payload) -> None:
        raise RefusedError("webhooks_cannot_edit")


class Bot:
    """A bot in a channel: its messages can be renewed."""

    can_edit = True

    def __init__(self, base_url: str, token: str, channel: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._channel = channel
        self._session = _session()

    def post(self, message: Payload, thread: str | None = None) -> Receipt:
        body: Payload = {"channel": self._channel, "unfurl_links": False, **message}
        if thread:
            body |= {"thread_ts": thread, "reply_broadcast": True}
        answer = self._ask("chat.postMessage", body)
        return Receipt(str(answer.get("channel") or self._channel), str(answer.get("ts") or ""))

    def edit(self, where: Receipt, message: Payload) -> None:
        self._ask("chat.update", {"channel": where.channel, "ts": where.ts, **message})

    @property
    def channel_name(self) -> str:
        return self._channel

    @property
    def knows_channel_by_id(self) -> bool:
        """Whether the settings name the channel by its id; only so can it be asked for."""
        return CHANNEL_ID.fullmatch(self._channel) is not None

    def identity(self) -> tuple[str, str]:
        """Workspace and name of who holds the token; the errors are those of `Slack`."""
        answer = self._ask("auth.test", {})
        return _short_name(answer.get("team")), _short_name(answer.get("user"))

    def channel(self) -> Payload:
        """The channel as Slack knows it; the errors are those of `Slack`."""
        answer = self._ask("conversations.info", {"channel": self._channel}, is_form=True)
        channel = answer.get("channel")
        return channel if isinstance(channel, dict) else {}

    def _ask(self, method: str, body: Payload, *, is_form: bool = False) -> Payload:
        headers = {"Authorization": f"Bearer {self._token}"}
        # Methods that only read take no JSON.
        kind = FORM if is_form else JSON
        content = _send(self._session, f"{self._base_url}/{method}", body, headers, kind)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            raise AnswerLostError("Slack's answer is not JSON") from None
        if not isinstance(answer, dict):
            raise AnswerLostError("Slack's answer is not an object")
        if answer.get("ok") is not True:
            raise _error_for(_error_code(answer.get("error")))
        return answer


def _session() -> requests.Session:
    session = requests.Session()
    # Credentials of a `.netrc` have no business here; proxies of the environment do.
    session.auth = lambda request: request
    return session


def _send(
    session: requests.Session,
    url: str,
    body: Payload,
    headers: Mapping[str, str],
    kind: str = JSON,
) -> bytearray:
    """The body of a 200. No error quotes the address: whoever has it can write to the channel."""
    content = (urlencode(body) if kind == FORM else json.dumps(body)).encode()
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        with session.post(
            url,
            data=content,
            headers={"Content-Type": kind, **headers},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            return _check_status(response, _read_body(response, deadline))
    except requests.ConnectTimeout:
        raise UnavailableError("no connection to Slack") from None
    except requests.ConnectionError as error:
        if _never_left(error):
            raise UnavailableError("no connection to Slack") from None
        raise AnswerLostError("the connection to Slack broke before its answer") from None
    except (requests.Timeout, urllib3.exceptions.HTTPError):
        raise AnswerLostError("Slack did not answer in time") from None
    except (requests.RequestException, ValueError) as error:
        raise RefusedError(f"cannot_be_sent_{type(error).__name__}") from None


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether there was no connection, so that nothing can have arrived."""
    if isinstance(error, (requests.exceptions.ProxyError, requests.exceptions.SSLError)):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _read_body(response: requests.Response, deadline: float) -> bytearray:
    try:
        return read_body(response, "Slack", deadline, LARGEST_ANSWER)
    except (UnavailableError, BadResponseError):
        raise AnswerLostError("Slack's answer does not end") from None


def _check_status(response: requests.Response, body: bytearray) -> bytearray:
    status = response.status_code
    if status == 429:
        raise RateLimitedError("Slack asks to wait", _retry_after(response))
    if status >= 500 or status == 408:
        raise UnavailableError(f"Slack answered {status}")
    if status != 200:
        raise RefusedError(
            _error_code(body.decode("utf-8", "replace").strip()) or f"status_{status}"
        )
    return body


def _retry_after(response: requests.Response) -> float:
    try:
        seconds = float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return UNNAMED_WAIT_SECONDS
    return max(1.0, seconds) if math.isfinite(seconds) else UNNAMED_WAIT_SECONDS


def _error_for(code: str) -> ServiceError:
    if code in LIMITED:
        return RateLimitedError("Slack asks to wait", UNNAMED_WAIT_SECONDS)
    if code in PASSING:
        return UnavailableError(f"Slack answered {code}")
    return RefusedError(code or "unknown_error")


def _short_name(text: object) -> str:
    return " ".join(text.split())[:80] if isinstance(text, str) else "?"


def _error_code(text: object) -> str:
    """Slack's own code of an error; anything longer may quote what was sent."""
    word = text if isinstance(text, str) else ""
    return word if word.isascii() and word.replace("_", "").isalnum() and len(word) <= 60 else ""


def _check_address(address: str, name: str, hosts: tuple[str, ...] | None = None) -> str:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in LOOPBACK and parts.scheme in ("http", "https"):
        return address
    if parts.scheme != "https" or not host or (hosts is not None and host not in hosts):
        where = f"https://{hosts[0]}/" if hosts else "https://"
        raise ConfigurationError(f"{name} must begin with {where}")
    return address
