"""Intercom's tickets, versions 2.9 to 2.16, as rows of `schema.TICKETS`."""

import re
from collections.abc import Callable
from typing import Any

from services.settings.sections import BackofficeSetting
from services.vendors import fields
from services.vendors.html_text import html_to_text, single_line
from services.vendors.http import Payload

STATES = ("submitted", "in_progress", "waiting_on_customer", "resolved")
RESOLVED = "resolved"
BACK_OFFICE = "back-office"
# The search has words of its own for the categories.
CATEGORY_WORDS = {BACK_OFFICE: "task"}
# Their search is older than its documentation, which begins with 2.11.
WITHOUT_CATEGORY_SEARCH = ("2.9", "2.10")
ENDS_A_LINE = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr)[^>]*>|[\r\n]+", re.IGNORECASE)
EXTERNAL_STATE_LENGTH = 60
COMMENT_LENGTH = 2000

InScope = Callable[[Payload], bool]


def ticket_row(payload: Any, setting: BackofficeSetting) -> dict[str, Any]:
    """One row. Of its attributes only those that the settings name; never a body.

    Raises:
        BadResponseError: It is no ticket: without id or creation.
    """
    ticket_id = fields.identity(payload, "ticket")
    state, label = _state(payload)
    kind = fields.member(payload, "ticket_type")
    attributes = fields.member(payload, "ticket_attributes")
    parts = _parts(payload)
    is_open = state != RESOLVED and payload.get("open") is not False
    updated = fields.instant(payload.get("updated_at"))
    row = {
        "id": ticket_id,
        "number": fields.reference(payload.get("ticket_id")),
        "created_at": fields.required_instant(payload, "created_at", "ticket"),
        "updated_at": updated,
        # Where no part says so, the last thing that happened to it comes nearest.
        "resolved_at": None if is_open else _ended_at(parts) or updated,
        "state": state,
        "state_label": label,
        "is_open": is_open,
        "type_id": fields.reference(kind.get("id")),
        "type_name": html_to_text(kind.get("name")),
        "category": _category(payload),
        "subject": html_to_text(attributes.get("_default_title_")),
        "agent_id": fields.reference(payload.get("admin_assignee_id")),
        "team_id": fields.reference(payload.get("team_assignee_id")),
        "creator_id": _creator(payload, parts),
        "external_state": external_state(parts, setting.status_phrase),
        "conversation_ids": ",".join(_conversations(payload)) or None,
    }
    for name, wanted in setting.attributes.model_dump().items():
        row[name] = fields.attribute(attributes.get(wanted))
    return row


def in_scope(setting: BackofficeSetting) -> InScope:
    """Tells whether a ticket is one of those that the settings mean."""
    wanted = {found.casefold() for word in setting.ticket_types if (found := single_line(word))}

    def is_meant(payload: Payload) -> bool:
        kind = fields.member(payload, "ticket_type")
        if not wanted:
            category = _category(payload)
            # Before 2.10 a ticket does not name its category.
            return kind.get("is_internal") is True if category is None else category == BACK_OFFICE
        names = (fields.reference(kind.get("id")), html_to_text(kind.get("name")))
        return any(name is not None and name.casefold() in wanted for name in names)

    return is_meant


def scope_filter(setting: BackofficeSetting, version: str) -> Payload | None:
    """What the vendor can be asked for, so that other tickets are not even sent.

    None where it cannot: names of types are compared by ourselves.
    """
    types = [word.strip() for word in setting.ticket_types]
    if types:
        if not all(word.isdigit() for word in types):
            return None
        return {"field": "ticket_type_id", "operator": "IN", "value": types}
    if version in WITHOUT_CATEGORY_SEARCH:
        return None
    return {"field": "category", "operator": "=", "value": CATEGORY_WORDS[BACK_OFFICE]}


def external_state(parts: list[Payload], phrase: str | None) -> str | None:
    """What follows the phrase, to the end of its line, in the newest comment that has it.

    Args:
        parts: Oldest first.
        phrase: As the settings name it; None = nothing is looked for.
    """
    words = single_line(phrase)
    if not words:
        return None
    pattern = re.compile(re.escape(words), re.IGNORECASE)
    for part in reversed(parts):
        body = part.get("body")
        if not isinstance(body, str):
            continue
        for piece in ENDS_A_LINE.split(body):
            text = html_to_text(piece, COMMENT_LENGTH) or ""
            match = pattern.search(text)
            found = (
                single_line(text[match.end() :].lstrip(" :–-"), EXTERNAL_STATE_LENGTH)
                if match
                else ""
            )
            if found:
                return found
    return None


def _state(payload: Payload) -> tuple[str | None, str | None]:
    """State and the workspace's own word for it: text up to 2.11, an object from 2.12 on."""
    found = payload.get("ticket_state")
    if isinstance(found, dict):
        return fields.word(found.get("category")), fields.word(found.get("internal_label"))
    return fields.word(found), fields.word(payload.get("ticket_state_internal_label"))


def _category(payload: Payload) -> str | None:
    kind = fields.member(payload, "ticket_type")
    found = fields.word(payload.get("category")) or fields.word(kind.get("category"))
    return found.casefold() if found else None


def _parts(payload: Payload) -> list[Payload]:
    """The ticket's parts, oldest first."""
    found = fields.members(fields.member(payload, "ticket_parts"), "ticket_parts")
    return sorted(found, key=lambda part: fields.instant(part.get("created_at")) or 0)


def _ended_at(parts: list[Payload]) -> int | None:
    """When it was resolved, or closed, for the last time."""
    for part in reversed(parts):
        before, after = (_word(part.get(key)) for key in ("previous_ticket_state", "ticket_state"))
        is_end = after == RESOLVED and before != RESOLVED
        if is_end or part.get("part_type") == "close":
            return fields.instant(part.get("created_at"))
    return None


def _word(state: Any) -> str | None:
    return fields.word(state.get("category")) if isinstance(state, dict) else fields.word(state)


def _creator(payload: Payload, parts: list[Payload]) -> str | None:
    """Who opened it: the author of its first part, if a teammate, and if that part is there."""
    total = fields.count(fields.member(payload, "ticket_parts").get("total_count"))
    if not parts or (total is not None and total > len(parts)):
        return None
    author = fields.member(parts[0], "author")
    return fields.reference(author.get("id")) if author.get("type") == "admin" else None


def _conversations(payload: Payload) -> list[str]:
    linked = fields.members(fields.member(payload, "linked_objects"), "data")
    found = (fields.reference(one.get("id")) for one in linked if one.get("type") == "conversation")
    return [one for one in found if one is not None and "," not in one]
