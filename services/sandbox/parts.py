"""The parts of a conversation, from what has happened in it."""

import html
import re
from typing import Any

from services.sandbox import people
from services.sandbox.conversation import Conversation, Event
from services.sandbox.texts import ANSWERS, FOLLOW_UPS

Payload = dict[str, Any]
MOST = 500
PART_TYPES = {
    "bot": "comment",
    "team": "assignment",
    "assign": "assignment",
    "reply": "comment",
    "contact": "comment",
    "snooze": "snoozed",
    "unsnooze": "unsnoozed",
    "close": "close",
    "classify": "conversation_attribute_updated_by_admin",
    "tag": "conversation_tags_updated",
}
GREETING = "Olá! Em instantes alguém da equipe fala com você."


def parts(payload: Payload, story: Conversation | None, *, plain: bool = False) -> Payload:
    """The newest parts, oldest first."""
    happened = story.events[: story.done] if story is not None else []
    found = [
        _part(payload, event, place, plain=plain)
        for place, event in enumerate(happened)
        if event.kind in PART_TYPES
    ]
    return {
        "type": "conversation_part.list",
        "conversation_parts": found[-MOST:],
        "total_count": len(found),
    }


def plain_text(body: str | None) -> str | None:
    """A body without its tags."""
    return None if body is None else html.unescape(re.sub(r"<[^>]+>", "", body))


def _part(payload: Payload, event: Event, place: int, *, plain: bool) -> Payload:
    body = _body(event, place)
    return {
        "type": "conversation_part",
        "id": f"{payload['id'][-11:]}{place:03d}",
        "part_type": PART_TYPES[event.kind],
        "body": plain_text(body) if plain else body,
        "created_at": event.at,
        "updated_at": event.at,
        "notified_at": event.at,
        "assigned_to": _assigned(event),
        "author": _author(payload, event),
        "attachments": [],
        "external_id": None,
        "redacted": False,
    }


def _body(event: Event, place: int) -> str | None:
    if event.kind == "bot":
        return f"<p>{GREETING}</p>"
    if event.kind == "reply":
        return f"<p>{ANSWERS[(event.at + place) % len(ANSWERS)]}</p>"
    if event.kind == "contact":
        return f"<p>{FOLLOW_UPS[(event.at + place) % len(FOLLOW_UPS)]}</p>"
    return None


def _assigned(event: Event) -> Payload | None:
    if event.kind == "team":
        return {"type": "team", "id": str(event.value)}
    if event.kind == "assign":
        return (
            {"type": "admin", "id": str(event.value)}
            if event.value
            else {"type": "nobody_admin", "id": None}
        )
    return None


def _author(payload: Payload, event: Event) -> Payload:
    if event.kind == "contact":
        who = payload["contacts"]["contacts"][0]["id"]
        author = (payload.get("source") or {}).get("author") or {}
        is_author = author.get("id") == who
        return author if is_author else {"type": "user", "id": who, "name": None, "email": ""}
    if event.by in (None, people.BOT_ID):
        email = f"operator+{people.APP_ID}@intercom.io"
        return {"type": "bot", "id": str(people.BOT_ID), "name": "Fin", "email": email}
    return {"type": "admin", "id": str(event.by), "name": None, "email": None}
