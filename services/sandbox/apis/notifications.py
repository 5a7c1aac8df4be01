"""What the vendors send of their own accord: Intercom's notifications, and Aircall's events.

In no order and perhaps twice at the real ones; here each is sent once, as soon as it happens.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from services.sandbox import Payload
from services.sandbox.apis import intercom_shapes as shapes
from services.sandbox.team import people
from services.sandbox.team.world_protocol import AnyWorld

TIMEOUT_SECONDS = 5.0
# The longest call, and some more.
CALLS_SECONDS = 4 * 3600
CALL_EVENTS = {"initial": "call.created", "answered": "call.answered", "done": "call.hungup"}
USER_EVENTS = {
    "available": "user.opened",
    "offline": "user.disconnected",
    "do_not_disturb": "user.closed",
    "after_call_work": "user.wut_start",
}
SEEN = ("state", "admin_assignee_id", "team_assignee_id", "waiting_since", "conversation_rating")


@dataclass(frozen=True)
class Delivery:
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def send(self) -> int | None:
        """The status; None where nobody answered."""
        headers = {"Content-Type": "application/json", **self.headers}
        request = HttpRequest(self.url, self.body, headers, method="POST")  # noqa: S310
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return int(answer.status)
        except OSError as error:
            return getattr(error, "code", None)


class Notifier:
    """`collect` compares the world with how it was the last time."""

    def __init__(self, world: AnyWorld) -> None:
        self._world = world
        self._intercom: tuple[str, str] | None = None
        self.webhooks: list[Payload] = []  # Aircall's
        self._rows: dict[str, list[Any]] = {}
        self._calls: dict[int, str] = {}
        self._away: dict[str, bool] = {}
        self._availabilities: dict[int, str] = {}

    @property
    def is_on(self) -> bool:
        return self._intercom is not None or bool(self.webhooks)

    def subscribe_intercom(self, url: str, secret: str) -> None:
        """In place of what a person enters in the Developer Hub."""
        self.collect()
        self._intercom = url, secret

    def add_webhook(self, url: str, events: list[str]) -> Payload:
        self.collect()
        key = secrets.token_hex(8)
        webhook = {
            "id": len(self.webhooks) + 1,
            "direct_link": f"https://api.aircall.io/v1/webhooks/{key}",
            "url": url,
            "active": True,
            "events": events,
            "token": secrets.token_hex(16),
            "created_at": datetime.fromtimestamp(self._world.now, UTC).isoformat(),
            "webhook_id": key,
        }
        self.webhooks.append(webhook)
        return webhook

    def collect(self) -> list[Delivery]:
        """The caller holds the world still meanwhile."""
        deliveries = [
            *(self._build_notification(*told) for told in self._find_intercom_changes()),
            *(d for told in self._find_aircall_changes() for d in self._build_events(*told)),
        ]
        return [delivery for delivery in deliveries if delivery is not None]

    def _find_intercom_changes(self) -> Iterator[tuple[str, Payload]]:
        index = self._world.index
        touched, index.touched = index.touched, set()
        for key in sorted(touched):
            row = index.by_id.get(key)
            if row is None:
                self._rows.pop(key, None)
                yield "conversation.deleted", {"type": "conversation", "conversation_id": key}
                continue
            before, now = self._rows.get(key), [row.get(name) for name in SEEN]
            self._rows[key] = now
            yield _name_topic(before, now, row), shapes.shape_conversation(row, minor=14)
        for admin in self._world.directory.list_admins(self._world.now):
            shown = shapes.shape_admin(admin, minor=14)
            away = bool(shown.get("away_mode_enabled"))
            if self._away.setdefault(shown["id"], away) != away:
                self._away[shown["id"]] = away
                yield "admin.away_mode_updated", shown | {"id": int(shown["id"])}

    def _find_aircall_changes(self) -> Iterator[tuple[str, str, Payload]]:
        now = self._world.now
        for call in self._world.list_calls(since=now - CALLS_SECONDS):
            payload = self._world.build_call(call, with_contact=False)
            status = payload["status"]
            if self._calls.get(payload["id"]) != status:
                self._calls[payload["id"]] = status
                yield "call", CALL_EVENTS.get(status, "call.created"), payload
        for user, word in self._world.directory.get_availabilities(now).items():
            before = self._availabilities.setdefault(user, word)
            if before != word:
                self._availabilities[user] = word
                event = "user.wut_end" if before == "after_call_work" else USER_EVENTS.get(word)
                if event is not None:
                    yield "user", event, {"id": user}

    def _build_notification(self, topic: str, item: Payload) -> Delivery | None:
        if self._intercom is None:
            return None
        url, secret = self._intercom
        body = build_notification(topic, item, self._world.now)
        return sign_notification(url, secret, body)

    def _build_events(self, resource: str, event: str, data: Payload) -> Iterator[Delivery]:
        for webhook in self.webhooks:
            if webhook["active"] and (not webhook["events"] or event in webhook["events"]):
                body = {
                    "resource": resource,
                    "event": event,
                    "timestamp": int(self._world.now),
                    "token": webhook["token"],
                    "data": data,
                }
                yield Delivery(webhook["url"], json.dumps(body).encode())


def build_notification(topic: str, item: Payload, now: float) -> Payload:
    return {
        "type": "notification_event",
        "app_id": people.APP_ID,
        "data": {"type": "notification_event_data", "item": _write_instants(item)},
        "links": {},
        "id": f"notif_{secrets.token_hex(12)}",
        "topic": topic,
        "delivery_status": "pending",
        "delivery_attempts": 1,
        "delivered_at": 0,
        "first_sent_at": int(now),
        "created_at": int(now),
        "self": None,
    }


def sign_notification(url: str, secret: str, body: Payload) -> Delivery:
    content = json.dumps(body).encode()
    proof = hmac.new(secret.encode(), content, hashlib.sha1).hexdigest()
    return Delivery(url, content, {"X-Hub-Signature": f"sha1={proof}"})


def _name_topic(before: list[Any] | None, now: list[Any], row: Payload) -> str:
    if before is None:
        is_new = row["created_at"] >= row["updated_at"] - 1
        return "conversation.user.created" if is_new else "conversation.admin.replied"
    state, admin, team, waiting, rating = (a != b for a, b in zip(before, now, strict=True))
    if state:
        return {
            "closed": "conversation.admin.closed",
            "snoozed": "conversation.admin.snoozed",
        }.get(now[0], "conversation.admin.opened")
    if admin or team:
        return "conversation.admin.assigned"
    if rating:
        return "conversation.rating.added"
    replied = waiting and now[3] is not None
    return "conversation.user.replied" if replied else "conversation.admin.replied"


def _write_instants(item: Payload) -> Payload:
    """Before version 2.15 the instants of statistics are texts in notifications."""
    statistics = item.get("statistics")
    if not isinstance(statistics, dict):
        return item
    texts = {
        name: datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for name, value in statistics.items()
        if name.endswith("_at") and isinstance(value, int)
    }
    return item | {"statistics": statistics | texts}
