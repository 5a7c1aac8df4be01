"""Intercom's objects as each version of its API shows them.

Everything is kept in the shape of 2.14, with the words of 2.15 for how the AI agent ends.
"""

import hashlib
import html
import re

from services.sandbox import Payload
from services.sandbox.team import people, texts
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.texts import ANSWERS, FOLLOW_UPS

KNOWN_VERSIONS = tuple(f"2.{minor}" for minor in range(9, 17))
DEFAULT_VERSION = "2.14"
STATISTICS_OF_2_13 = ("handling_time", "adjusted_handling_time")
RESOLUTIONS_UP_TO_2_14 = {
    "escalated": "routed_to_team",
    "negative_feedback": "abandoned",
    "procedure_handoff": "routed_to_team",
}


def parse_minor(version: str) -> int:
    """9 to 16."""
    return int(version.partition(".")[2])


def shape_conversation(payload: Payload, minor: int) -> Payload:
    """The payload stays as it is."""
    agent = payload.get("ai_agent")
    if minor == 14 and not agent:
        return payload
    shaped = dict(payload)
    if minor < 14:
        _remove_newer_fields(shaped, minor)
    if minor >= 15:
        shaped["company"] = None
    elif agent and minor >= 11:
        state = agent.get("resolution_state")
        state = RESOLUTIONS_UP_TO_2_14.get(state, state)
        shaped["ai_agent"] = {**shaped["ai_agent"], "resolution_state": state}
    if minor >= 16:
        _apply_2_16(shaped)
    return shaped


def _remove_newer_fields(shaped: Payload, minor: int) -> None:
    if shaped.get("conversation_rating"):
        shaped["conversation_rating"] = _without(shaped["conversation_rating"], "updated_at")
    if shaped.get("ai_agent"):
        shaped["ai_agent"] = _without(shaped["ai_agent"], "created_at", "updated_at")
    if minor < 13 and shaped.get("statistics"):
        names = [*STATISTICS_OF_2_13, "assigned_team_first_response_time_in_office_hours"]
        if minor < 12:
            names.append("assigned_team_first_response_time")
        shaped["statistics"] = _without(shaped["statistics"], *names)
    if minor < 11:
        shaped.pop("ai_agent", None)
        shaped.pop("ai_agent_participated", None)
    if minor < 10:
        shaped.pop("linked_objects", None)


def _apply_2_16(shaped: Payload) -> None:
    for name in ("admin_assignee_id", "team_assignee_id"):
        shaped[name] = shaped.get(name) or 0
    shaped["priority"] = "high" if shaped.get("priority") == "priority" else "none"
    source = shaped.get("source")
    if source:
        shaped["source"] = {**source, "recipients": [], "reply_to": None}
        shaped["channel"] = {"initial": source.get("type"), "current": source.get("type")}


def shape_admin(payload: Payload, minor: int) -> Payload:
    if minor < 14:
        return _without(payload, "away_status_reason_id")
    if minor >= 16 and payload["has_inbox_seat"]:
        return {**payload, "role": {"type": "role", "id": "1", "name": "Atendimento"}}
    return payload


def shape_team(payload: Payload, minor: int) -> Payload:
    return payload if minor >= 14 else _without(payload, "assignment_limit", "distribution_method")


def shape_ticket(payload: Payload, minor: int) -> Payload:
    shaped = dict(payload)
    if minor < 12:
        state = payload["ticket_state"]
        shaped["ticket_state"] = state["category"]
        for name in ("internal_label", "external_label"):
            shaped[f"ticket_state_{name}"] = state[name]
    if minor < 10:
        shaped = _without(shaped, "category", "linked_objects")
        shaped["ticket_type"] = _without(payload["ticket_type"], "category")
    if minor >= 16:
        for name in ("admin_assignee_id", "team_assignee_id"):
            shaped[name] = int(shaped[name])
    return shaped


def _without(payload: Payload, *names: str) -> Payload:
    return {key: value for key, value in payload.items() if key not in names}


FIRST_ID = 9000
ATTRIBUTES = {
    "Motivo de Contato": sorted({topic.reason for topic in texts.TOPICS.values}),
    "Motivo 2 (Se houver)": sorted({topic.reason for topic in texts.TOPICS.values}),
    "Tipo de Atendimento": sorted(texts.KINDS.values),
    "Status do atendimento": sorted(texts.STATUSES.values),
    "Expansão (Passagem de bastão para CSM)": sorted(texts.EXPANSIONS.values),
    "Categoria do sistema": sorted({topic.category for topic in texts.TOPICS.values}),
    "Cadastros": sorted(texts.REGISTRATIONS.values),
    "Equipe": sorted(texts.AREAS.values),
    "Ticket category": ["Back-office ticket", "Customer ticket"],
    "Merged": [],
}


def list_data_attributes() -> list[Payload]:
    """Up to version 2.15."""
    return [
        {
            "type": "data_attribute",
            "id": FIRST_ID + position,
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
        for position, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def list_conversation_attributes() -> list[Payload]:
    """From version 2.16 on."""
    return [
        {
            "type": "conversation_attribute",
            "id": FIRST_ID + position,
            "name": name,
            "description": "",
            "data_type": "list" if options else "boolean",
            "required": False,
            "visible_to_team_ids": [],
            "archived": False,
            "options": [
                {"id": _make_uuid(name, option), "label": option, "archived": False}
                for option in options
            ],
            "multiline": False,
            "reference": None,
        }
        for position, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def _make_uuid(*words: str) -> str:
    digest = hashlib.sha256("/".join(words).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


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


def build_parts(
    payload: Payload, conversation: Conversation | None, *, plain: bool = False
) -> Payload:
    """The newest parts, oldest first."""
    events = conversation.events[: conversation.done] if conversation is not None else []
    parts = [
        _build_part(payload, event, position, plain=plain)
        for position, event in enumerate(events)
        if event.kind in PART_TYPES
    ]
    return {
        "type": "conversation_part.list",
        "conversation_parts": parts[-MOST_PARTS:],
        "total_count": len(parts),
    }


def strip_tags(body: str | None) -> str | None:
    return None if body is None else html.unescape(re.sub(r"<[^>]+>", "", body))


def _build_part(payload: Payload, event: Event, position: int, *, plain: bool) -> Payload:
    body = _write_body(event, position)
    return {
        "type": "conversation_part",
        "id": f"{payload['id'][-11:]}{position:03d}",
        "part_type": PART_TYPES[event.kind],
        "body": strip_tags(body) if plain else body,
        "created_at": event.at,
        "updated_at": event.at,
        "notified_at": event.at,
        "assigned_to": _build_assignee(event),
        "author": _build_author(payload, event),
        "attachments": [],
        "external_id": None,
        "redacted": False,
    }


def _write_body(event: Event, position: int) -> str | None:
    if event.kind == "bot":
        return f"<p>{GREETING}</p>"
    if event.kind == "reply":
        return f"<p>{ANSWERS[(event.at + position) % len(ANSWERS)]}</p>"
    if event.kind == "contact":
        return f"<p>{FOLLOW_UPS[(event.at + position) % len(FOLLOW_UPS)]}</p>"
    return None


def _build_assignee(event: Event) -> Payload | None:
    if event.kind == "team":
        return {"type": "team", "id": str(event.value)}
    if event.kind == "assign":
        return (
            {"type": "admin", "id": str(event.value)}
            if event.value
            else {"type": "nobody_admin", "id": None}
        )
    return None


def _build_author(payload: Payload, event: Event) -> Payload:
    if event.kind == "contact":
        contact_id = payload["contacts"]["contacts"][0]["id"]
        author = (payload.get("source") or {}).get("author") or {}
        is_author = author.get("id") == contact_id
        unnamed = {"type": "user", "id": contact_id, "name": None, "email": ""}
        return author if is_author else unnamed
    if event.by in (None, people.BOT_ID):
        email = f"operator+{people.APP_ID}@intercom.io"
        return {"type": "bot", "id": str(people.BOT_ID), "name": "Fin", "email": email}
    return {"type": "admin", "id": str(event.by), "name": None, "email": None}
