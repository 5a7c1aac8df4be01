"""Intercom's objects as each version of its API shows them.

Everything is kept in the shape of 2.14.
"""

import hashlib
import html
import re
from typing import Any

from services.sandbox.team import people, texts
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.texts import ANSWERS, FOLLOW_UPS

Payload = dict[str, Any]
KNOWN_VERSIONS = tuple(f"2.{minor}" for minor in range(9, 17))
DEFAULT_VERSION = "2.14"
STATISTICS_OF_2_13 = ("handling_time", "adjusted_handling_time")
RESOLUTIONS_OF_2_15 = {"routed_to_team": "escalated", "abandoned": "negative_feedback"}


def minor(version: str) -> int:
    """9 to 16."""
    return int(version.partition(".")[2])


def conversation(payload: Payload, number: int) -> Payload:
    """A conversation in another version's shape.

    Args:
        payload: In the shape of 2.14; it stays as it is.
        number: The version's second number.
    """
    if number == 14:
        return payload
    found = dict(payload)
    if number < 14:
        _take_away(found, number)
    if number >= 15:
        found["company"] = None
        if found.get("ai_agent"):
            state = found["ai_agent"].get("resolution_state")
            found["ai_agent"] = {
                **found["ai_agent"],
                "resolution_state": RESOLUTIONS_OF_2_15.get(state, state),
            }
    if number >= 16:
        _as_of_2_16(found)
    return found


def _take_away(found: Payload, number: int) -> None:
    """What older versions do not know yet."""
    if found.get("conversation_rating"):
        found["conversation_rating"] = _without(found["conversation_rating"], "updated_at")
    if found.get("ai_agent"):
        found["ai_agent"] = _without(found["ai_agent"], "created_at", "updated_at")
    if number < 13 and found.get("statistics"):
        names = [*STATISTICS_OF_2_13, "assigned_team_first_response_time_in_office_hours"]
        if number < 12:
            names.append("assigned_team_first_response_time")
        found["statistics"] = _without(found["statistics"], *names)
    if number < 11:
        found.pop("ai_agent", None)
        found.pop("ai_agent_participated", None)
    if number < 10:
        found.pop("linked_objects", None)


def _as_of_2_16(found: Payload) -> None:
    for name in ("admin_assignee_id", "team_assignee_id"):
        found[name] = found.get(name) or 0
    found["priority"] = "high" if found.get("priority") == "priority" else "none"
    source = found.get("source")
    if source:
        found["source"] = {**source, "recipients": [], "reply_to": None}
        found["channel"] = {"initial": source.get("type"), "current": source.get("type")}


def admin(payload: Payload, number: int) -> Payload:
    """A teammate in another version's shape."""
    if number < 14:
        return _without(payload, "away_status_reason_id")
    if number >= 16 and payload["has_inbox_seat"]:
        return {**payload, "role": {"type": "role", "id": "1", "name": "Atendimento"}}
    return payload


def team(payload: Payload, number: int) -> Payload:
    """A team in another version's shape."""
    return payload if number >= 14 else _without(payload, "assignment_limit", "distribution_method")


def ticket(payload: Payload, number: int) -> Payload:
    """A ticket in another version's shape; it is kept in that of 2.14."""
    found = dict(payload)
    if number < 12:
        state = payload["ticket_state"]
        found["ticket_state"] = state["category"]
        for name in ("internal_label", "external_label"):
            found[f"ticket_state_{name}"] = state[name]
    if number < 10:
        found = _without(found, "category", "linked_objects")
        found["ticket_type"] = _without(payload["ticket_type"], "category")
    if number >= 16:
        for name in ("admin_assignee_id", "team_assignee_id"):
            found[name] = int(found[name])
    return found


def _without(payload: Payload, *names: str) -> Payload:
    return {key: value for key, value in payload.items() if key not in names}


FIRST_ID = 9000
ATTRIBUTES = {
    "Motivo de Contato": sorted({topic.reason for topic in texts.TOPICS.things}),
    "Motivo 2 (Se houver)": sorted({topic.reason for topic in texts.TOPICS.things}),
    "Tipo de Atendimento": sorted(texts.KINDS.things),
    "Status do atendimento": sorted(texts.STATUSES.things),
    "Expansão (Passagem de bastão para CSM)": sorted(texts.EXPANSIONS.things),
    "Categoria do sistema": sorted({topic.category for topic in texts.TOPICS.things}),
    "Cadastros": sorted(texts.REGISTRATIONS.things),
    "Equipe": sorted(texts.AREAS.things),
    "Ticket category": ["Back-office ticket", "Customer ticket"],
    "Merged": [],
}


def as_data_attributes() -> list[Payload]:
    """Up to 2.15."""
    return [
        {
            "type": "data_attribute",
            "id": FIRST_ID + place,
            "model": "conversation",
            "name": name,
            "full_name": name,
            "label": name,
            "description": "",
            "data_type": "string" if options else "boolean",
            "options": options,
            "api_writable": True,
            "messenger_writable": False,
            "ui_writable": True,
            "custom": True,
            "archived": False,
            "created_at": 1_700_000_000,
            "updated_at": 1_700_000_000,
            "admin_id": str(people.MANAGER_ID),
        }
        for place, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def as_conversation_attributes() -> list[Payload]:
    """From 2.16 on."""
    return [
        {
            "type": "conversation_attribute",
            "id": FIRST_ID + place,
            "name": name,
            "description": "",
            "data_type": "list" if options else "boolean",
            "required": False,
            "visible_to_team_ids": [],
            "archived": False,
            "options": [
                {"id": _uuid(name, option), "label": option, "archived": False}
                for option in options
            ],
            "multiline": False,
            "reference": None,
        }
        for place, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def _uuid(*words: str) -> str:
    found = hashlib.sha256("/".join(words).encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:32]}"


MOST_PARTS = 500
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
        "conversation_parts": found[-MOST_PARTS:],
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
