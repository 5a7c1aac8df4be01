"""A Slack that keeps what it was told, for people to look at."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from services.sandbox import Payload
from services.sandbox.apis.http import Request, Response

MOST_MESSAGES = 2000
MOST_BLOCKS = 50
CHANNEL = "C0VIGIA01"


@dataclass
class Message:
    number: str  # its `ts`, which names it for updates
    at: float
    body: Payload  # as last edited
    channel: str | None = None
    edited_at: float | None = None
    versions: list[Payload] = field(default_factory=list)  # earlier bodies, oldest first

    @property
    def text(self) -> str:
        return str(self.body.get("text") or "")


class SlackApi:
    """Answers as an incoming webhook, and as the bot methods that Vigia uses."""

    name = "slack"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=MOST_MESSAGES)
        self._count = 0

    @property
    def messages(self) -> list[Message]:
        """Oldest first."""
        with self._lock:
            return list(self._messages)

    def to_json(self) -> list[Payload]:
        """Oldest first, with the bodies before each edit."""
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

    def handle(self, request: Request, now: float) -> Response:
        if request.method != "POST":
            return _plain_text(404, "no_service")
        if request.path == "/slack/webhook":
            return self._handle_webhook(request, now)
        if request.path.startswith("/slack/"):
            return _plain_text(404, "no_service")
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return Response(200, {"ok": False, "error": "not_authed"})
        if request.path == "/api/chat.postMessage":
            return self._post_message(request, now)
        if request.path == "/api/chat.update":
            return self._update_message(request, now)
        if request.path == "/api/auth.test":
            return Response(200, {"ok": True, "team": "Vigia (demonstração)", "user": "vigia"})
        if request.path == "/api/conversations.info":
            return self._get_channel(request)
        return Response(200, {"ok": False, "error": "unknown_method"})

    def refuse(self, seconds: int) -> Response:
        headers = {"Retry-After": str(seconds)}
        return Response(429, b"rate_limited", headers, "text/plain; charset=utf-8")

    def build_error(self, status: int) -> Response:
        """Webhook errors are plain text."""
        texts = {401: "invalid_token", 403: "action_prohibited"}
        return _plain_text(status, texts.get(status, "rollup_error"))

    def _handle_webhook(self, request: Request, now: float) -> Response:
        body = _parse_body(request)
        if body is None:
            return _plain_text(400, "invalid_payload")
        problem = _find_problem(body)
        if problem:
            return _plain_text(400, problem)
        self._store(body, now)
        return _plain_text(200, "ok")

    def _post_message(self, request: Request, now: float) -> Response:
        body = _parse_body(request)
        problem = "invalid_arguments" if body is None else _find_problem(body)
        if body is not None and not body.get("channel"):
            problem = "channel_not_found"
        if problem or body is None:
            return Response(200, {"ok": False, "error": problem})
        message = self._store(body, now, str(body["channel"]))
        sent = {"channel": CHANNEL, "ts": message.number, "message": body}
        return Response(200, {"ok": True, **sent})

    def _get_channel(self, request: Request) -> Response:
        """Channels are found by id alone, as at the vendor."""
        if (_parse_body(request) or {}).get("channel") != CHANNEL:
            return Response(200, {"ok": False, "error": "channel_not_found"})
        channel = {"id": CHANNEL, "name": "suporte", "is_archived": False, "is_member": True}
        return Response(200, {"ok": True, "channel": channel})

    def _update_message(self, request: Request, now: float) -> Response:
        body = _parse_body(request) or {}
        with self._lock:
            message = next((one for one in self._messages if one.number == body.get("ts")), None)
            if message is None or message.channel is None:
                return Response(200, {"ok": False, "error": "message_not_found"})
            message.versions.append(message.body)
            message.body, message.edited_at = body, now
        edited = {"channel": CHANNEL, "ts": message.number, "text": message.text}
        return Response(200, {"ok": True, **edited})

    def _store(self, body: Payload, now: float, channel: str | None = None) -> Message:
        with self._lock:
            self._count += 1
            message = Message(f"{int(now)}.{self._count:06d}", now, body, channel)
            self._messages.append(message)
        return message


def _plain_text(status: int, text: str) -> Response:
    return Response(status, text.encode(), {}, "text/plain; charset=utf-8")


def _parse_body(request: Request) -> Payload | None:
    """JSON, or a form with JSON in it."""
    raw = request.body
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form"):
            form = parse_qs(raw.decode())
            body = json.loads(form["payload"][0]) if "payload" in form else {
                name: values[0] for name, values in form.items()
            }  # fmt: skip
        else:
            body = json.loads(raw)
    except (ValueError, KeyError):
        return None
    return body if isinstance(body, dict) else None


def _find_problem(body: Payload) -> str | None:
    """Why the vendor would refuse a message; it refuses the whole message for one wrong block."""
    blocks = body.get("blocks") or []
    if not body.get("text") and not blocks:
        return "no_text"
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        return "invalid_blocks"
    return None if all(_is_valid_block(block) for block in blocks) else "invalid_blocks"


def _is_valid_block(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    texts = [block.get("text"), *(block.get("fields") or [])]
    largest = 150 if block["type"] == "header" else 3000
    for text in texts:
        if isinstance(text, dict) and not 0 < len(str(text.get("text") or "")) <= largest:
            return False
    most = {"context": 10, "actions": 25}.get(block["type"], 100)
    return len(block.get("elements") or []) <= most and len(block.get("fields") or []) <= 10
