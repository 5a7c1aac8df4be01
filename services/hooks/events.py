"""Vendors' deliveries become events; foreign names end here."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Literal

from services.vendors.http import Payload

Vendor = Literal["intercom", "aircall"]
# What has changed: an object, or who is there.
Kind = Literal["conversation", "ticket", "call", "people"]
PRESENCE_TOPICS = (
    "admin.away_mode_updated",
    "admin.added_to_workspace",
    "admin.removed_from_workspace",
)
# Of a conversation, without a trace in what we keep of it.
UNSEEN_TOPICS = ("conversation.read",)
OBJECT_ID = re.compile(r"[\w-]{1,40}", re.ASCII)
TOPIC = re.compile(r"[\w.]{1,60}", re.ASCII)


class UnreadableError(ValueError):
    """Not what the vendor documents."""


@dataclass(frozen=True)
class Event:
    """`word` is the same for each delivery of it; `fields` are those of a call as of then."""

    vendor: Vendor
    topic: str
    word: str
    at: float  # Unix seconds by the vendor's clock
    kind: Kind | None  # None: nothing of ours
    id: str = ""  # of the object
    workspace: str | None = None
    is_deletion: bool = False
    fields: Payload | None = None


def read_intercom(body: Any) -> Event:
    """A notification; UnreadableError where it is none."""
    topic, item = _read_topic(body, "topic"), _get_object(_get_object(body, "data"), "item")
    at, word = body.get("created_at"), body.get("id")
    if not isinstance(at, int) or not isinstance(word, str):
        raise UnreadableError
    kind, object_id = _find_intercom_object(topic, item)
    return Event(
        "intercom",
        topic,
        _hash(word),
        at,
        kind,
        object_id,
        workspace=str(body.get("app_id") or "") or None,
        is_deletion=topic == "conversation.deleted",
    )


def read_aircall(body: Any) -> Event:
    """An event; UnreadableError where it is none."""
    topic, call = _read_topic(body, "event"), _get_object(body, "data")
    at = body.get("timestamp")
    if not isinstance(at, int):
        raise UnreadableError
    word = _hash(f"{topic} {at} {call.get('id')}")
    if topic.startswith("user."):
        return Event("aircall", topic, word, at, "people")
    if not topic.startswith("call."):
        return Event("aircall", topic, word, at, None)
    has_fields = isinstance(call.get("started_at"), int) and isinstance(call.get("status"), str)
    return Event(
        "aircall",
        topic,
        word,
        at,
        "call",
        _read_id(call.get("id")),
        fields=call if has_fields else None,
    )


def _find_intercom_object(topic: str, item: Payload) -> tuple[Kind | None, str]:
    if topic in PRESENCE_TOPICS:
        return "people", ""
    if topic.startswith("ticket."):
        return "ticket", _read_id(item.get("id"))
    if not topic.startswith(("conversation.", "conversation_part.")) or topic in UNSEEN_TOPICS:
        return None, ""
    # A deletion names it so, and what is said of a part may.
    named = item.get("conversation_id")
    if named is None and item.get("type") == "conversation":
        named = item.get("id")
    return "conversation", _read_id(named)


def _read_topic(body: Any, key: str) -> str:
    topic = body.get(key) if isinstance(body, dict) else None
    if not isinstance(topic, str) or not TOPIC.fullmatch(topic):
        raise UnreadableError
    return topic


def _get_object(body: Payload, key: str) -> Payload:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _read_id(given: Any) -> str:
    text = str(given) if isinstance(given, str | int) else ""
    if not OBJECT_ID.fullmatch(text):
        raise UnreadableError
    return text


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
