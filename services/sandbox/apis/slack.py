"""A Slack that keeps what it was told, for people to look at."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from services.sandbox.apis.http import Answer, Request

Payload = dict[str, Any]
KEPT = 2000
MOST_BLOCKS = 50
CHANNEL = "C0VIGIA01"


@dataclass
class Message:
    """Something that was said.

    Attributes:
        number: Names it for updates.
        at: Unix seconds.
        edited_at: When it was changed last.
    """

    number: str
    at: float
    body: Payload
    channel: str | None = None
    edited_at: float | None = None
    versions: list[Payload] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The short form, for notifications."""
        return str(self.body.get("text") or "")


class SlackApi:
    """Answers as an incoming web-hook and as the methods of a bot that Vigia uses."""

    name = "slack"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._count = 0

    @property
    def messages(self) -> list[Message]:
        """What was said, oldest first."""
        with self._lock:
            return list(self._messages)

    def shown(self) -> list[Payload]:
        """What was said, as JSON: oldest first, with everything it said before it was renewed."""
        with self._lock:
            return [
                {
                    "number": message.number,
                    "at": message.at,
                    "channel": message.channel,
                    "edited_at": message.edited_at,
                    "body": message.body,
                    "before": list(message.versions),
                }
                for message in self._messages
            ]

    def answer(self, request: Request, now: float) -> Answer:
        """Answer a request."""
        if request.method != "POST":
            return _words(404, "no_service")
        if request.path == "/slack/webhook":
            return self._webhook(request, now)
        if request.path.startswith("/slack/"):
            return _words(404, "no_service")
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return Answer(200, {"ok": False, "error": "not_authed"})
        if request.path == "/api/chat.postMessage":
            return self._post(request, now)
        if request.path == "/api/chat.update":
            return self._update(request, now)
        if request.path == "/api/auth.test":
            return Answer(200, {"ok": True, "team": "Vigia (demonstração)", "user": "vigia"})
        if request.path == "/api/conversations.info":
            return self._channel(request)
        return Answer(200, {"ok": False, "error": "unknown_method"})

    def refused(self, seconds: int) -> Answer:
        """A 429 that names when to come again."""
        headers = {"Retry-After": str(seconds)}
        return Answer(429, b"rate_limited", headers, "text/plain; charset=utf-8")

    def error(self, status: int) -> Answer:
        """Other refusals are words, too."""
        return _words(
            status, {401: "invalid_token", 403: "action_prohibited"}.get(status, "rollup_error")
        )

    def _webhook(self, request: Request, now: float) -> Answer:
        body = _body(request)
        if body is None:
            return _words(400, "invalid_payload")
        problem = _problem(body)
        if problem:
            return _words(400, problem)
        self._keep(body, now)
        return _words(200, "ok")

    def _post(self, request: Request, now: float) -> Answer:
        body = _body(request)
        problem = "invalid_arguments" if body is None else _problem(body)
        if body is not None and not body.get("channel"):
            problem = "channel_not_found"
        if problem or body is None:
            return Answer(200, {"ok": False, "error": problem})
        message = self._keep(body, now, str(body["channel"]))
        return Answer(200, {"ok": True, "channel": CHANNEL, "ts": message.number, "message": body})

    def _channel(self, request: Request) -> Answer:
        """Whether there is such a channel; asked by its id, as the vendor wants it."""
        if (_body(request) or {}).get("channel") != CHANNEL:
            return Answer(200, {"ok": False, "error": "channel_not_found"})
        found = {"id": CHANNEL, "name": "suporte", "is_archived": False, "is_member": True}
        return Answer(200, {"ok": True, "channel": found})

    def _update(self, request: Request, now: float) -> Answer:
        body = _body(request) or {}
        with self._lock:
            found = next((m for m in self._messages if m.number == body.get("ts")), None)
            if found is None or found.channel is None:
                return Answer(200, {"ok": False, "error": "message_not_found"})
            found.versions.append(found.body)
            found.body, found.edited_at = body, now
        return Answer(200, {"ok": True, "channel": CHANNEL, "ts": found.number, "text": found.text})

    def _keep(self, body: Payload, now: float, channel: str | None = None) -> Message:
        with self._lock:
            self._count += 1
            message = Message(f"{int(now)}.{self._count:06d}", now, body, channel)
            self._messages.append(message)
        return message


def _words(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), {}, "text/plain; charset=utf-8")


def _body(request: Request) -> Payload | None:
    """JSON, or a form with JSON in it."""
    raw = request.body
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form"):
            form = parse_qs(raw.decode())
            found = json.loads(form["payload"][0]) if "payload" in form else {
                name: values[0] for name, values in form.items()
            }  # fmt: skip
        else:
            found = json.loads(raw)
    except (ValueError, KeyError):
        return None
    return found if isinstance(found, dict) else None


def _problem(body: Payload) -> str | None:
    """Why the vendor would refuse a message; the whole message, whatever is wrong with it."""
    blocks = body.get("blocks") or []
    if not body.get("text") and not blocks:
        return "no_text"
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        return "invalid_blocks"
    return None if all(_is_sound(block) for block in blocks) else "invalid_blocks"


def _is_sound(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    texts = [block.get("text"), *(block.get("fields") or [])]
    largest = 150 if block["type"] == "header" else 3000
    for text in texts:
        if isinstance(text, dict) and not 0 < len(str(text.get("text") or "")) <= largest:
            return False
    most = {"context": 10, "actions": 25}.get(block["type"], 100)
    return len(block.get("elements") or []) <= most and len(block.get("fields") or []) <= 10
