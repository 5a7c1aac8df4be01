"""Intercom's conversations, tickets and admins, versions 2.9 to 2.16, as canonical rows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from metrics.model import schema
from services.settings.sections import BackofficeSetting, CallsInConversationsSetting, MergedSetting
from services.vendors import fields
from services.vendors.html_text import html_to_text, single_line
from services.vendors.http import Payload

Row = dict[str, Any]
IsCall = Callable[[Payload], bool]
ReadMerge = Callable[[Payload], Row]
InScope = Callable[[Payload], bool]

ORIGINS = {"customer_initiated": "customer", "admin_initiated": "teammate"}
# Whom a rating names, besides bots, workflows and what else may yet come, which are machines.
RATED = {"admin": None, "team": "nobody", "nobody_admin": "nobody"}
# Who writes to us; admins, bots and teams do not.
CONTACTS = ("user", "lead", "contact", "visitor")
REMARK_LENGTH = 1000
BOT_EMAIL = re.compile(r"operator\+[^@]*@intercom\.io")
BOT_NAMES = ("Operator", "Fin")
# What a message says that has no words: a picture, a file. The screen finds words for it.
WORDLESS = ""
INSTANTS = (
    "first_contact_reply_at",
    "first_admin_reply_at",
    "first_close_at",
    "last_close_at",
    "first_assignment_at",
    "last_assignment_at",
    "last_contact_reply_at",
    "last_admin_reply_at",
)
DURATIONS = ("time_to_admin_reply", "time_to_first_close", "time_to_last_close", "time_to_close")
TRUE = ("true", "1", "yes", "sim")
# With its country: numbers of other kinds begin with no plus.
NUMBER = re.compile(r"\+\d[\d ().-]{6,22}\d")

RESOLVED = "resolved"
BACK_OFFICE = "back-office"
# The search has words of its own for the categories.
CATEGORY_WORDS = {BACK_OFFICE: "task"}
# Their search is older than its documentation, which begins with 2.11.
WITHOUT_CATEGORY_SEARCH = ("2.9", "2.10")
LINE_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr)[^>]*>|[\r\n]+", re.IGNORECASE)
EXTERNAL_STATE_LENGTH = 60
COMMENT_LENGTH = 2000


@dataclass(frozen=True)
class AttributeTypes:
    """What the vendor says of its attributes: folded label -> data type. Dates are of the zone."""

    data_types: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC


def build_conversation_row(payload: Any, is_call: IsCall, types: AttributeTypes) -> Row:
    """A row of `schema.CONVERSATIONS` and its attributes; BadResponseError without id or start."""
    conversation_id = fields.require_id(payload, "conversation")
    source = fields.get_object(payload, "source")
    author = fields.get_object(source, "author")
    statistics = fields.get_object(payload, "statistics")
    sla = fields.get_object(payload, "sla_applied")
    row = {
        "id": conversation_id,
        "created_at": fields.require_instant(payload, "created_at", "conversation"),
        "updated_at": fields.parse_instant(payload.get("updated_at")),
        "waiting_since": fields.parse_instant(payload.get("waiting_since")),
        "snoozed_until": fields.parse_instant(payload.get("snoozed_until")),
        "state": _read_state(payload),
        "subject": _read_subject(payload, source),
        "channel": fields.parse_word(source.get("type")),
        "origin": _read_origin(source, author),
        "priority": fields.parse_word(payload.get("priority")),
        "agent_id": fields.parse_id(payload.get("admin_assignee_id")),
        "team_id": fields.parse_id(payload.get("team_assignee_id")),
        "contact_id": _find_contact(payload, author),
        "tags": fields.join_tags(fields.get_object(payload, "tags")),
        "count_reopens": fields.parse_count(statistics.get("count_reopens")),
        "sla_name": html_to_text(sla.get("sla_name")),
        "sla_status": fields.parse_word(sla.get("sla_status")),
        "is_call": is_call(payload),
        "logged_digits": _find_logged_digits(payload, source, author),
    }
    if author.get("type") in CONTACTS:
        row["contact_name"] = html_to_text(author.get("name"))
        row["contact_email"] = fields.parse_email(author.get("email"))
    row |= _read_ai_agent(payload)
    row |= _read_rating(fields.get_object(payload, "conversation_rating"))
    row |= {name: fields.parse_instant(statistics.get(name)) for name in INSTANTS}
    row["handling_seconds"] = fields.parse_seconds(statistics.get("handling_time"))
    row |= {f"{name}_seconds": fields.parse_seconds(statistics.get(name)) for name in DURATIONS}
    for label, value in fields.get_object(payload, "custom_attributes").items():
        data_type = types.data_types.get(schema.fold_label(label))
        row[schema.attribute(label)] = fields.format_attribute(value, data_type, types.zone)
    return row


def _find_contact(payload: Payload, author: Payload) -> str | None:
    """The customer who wrote, or the only one who is there."""
    if author.get("type") in CONTACTS:
        return fields.parse_id(author.get("id"))
    there = fields.list_objects(fields.get_object(payload, "contacts"), "contacts")
    return fields.parse_id(there[0].get("id")) if len(there) == 1 else None


def _find_logged_digits(payload: Payload, source: Payload, author: Payload) -> str | None:
    """The one telephone number that a call written down would name.

    It stands in what somebody of ours or a machine wrote and nobody answered, or in the place of
    the customer's name; in a customer's own words a number says nothing.
    """
    if author.get("type") in CONTACTS:
        name = author.get("name")
        texts = [name] if isinstance(name, str) and NUMBER.fullmatch(name.strip()) else []
    elif fields.get_object(payload, "statistics").get("last_contact_reply_at") is None:
        texts = [text for key in ("subject", "body") if isinstance(text := source.get(key), str)]
    else:
        texts = []
    written = (number for text in texts for number in NUMBER.findall(text))
    found = {fields.parse_phone_number(number) for number in written}
    return found.pop() if len(found) == 1 else None


def build_call_check(signs: CallsInConversationsSetting) -> IsCall:
    """A check for calls that the telephony integration wrote down as conversations."""
    types, tags, authors, patterns = (
        {_fold(sign) for word in words if (sign := single_line(word))}
        for words in (signs.source_types, signs.tags, signs.authors, signs.link_patterns)
    )

    def is_call(payload: Payload) -> bool:
        source = fields.get_object(payload, "source")
        author = fields.get_object(source, "author")
        names = fields.join_tags(fields.get_object(payload, "tags")) if tags else None
        return bool(
            _fold(source.get("type")) in types
            or authors & {_fold(author.get("name")), _fold(author.get("email"))}
            or tags & set(_fold(names).split(schema.SEPARATOR))
            or any(pattern in text for text in _read_texts(source) for pattern in patterns)
        )

    return is_call


def _read_texts(source: Payload) -> list[str]:
    texts = [source.get(key) for key in ("body", "url", "subject")]
    texts += [attachment.get("url") for attachment in fields.list_objects(source, "attachments")]
    return [_fold(text) for text in texts if text]


def _fold(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _read_state(payload: Payload) -> str | None:
    """By `state`: the flag `open` stays true while a conversation is snoozed."""
    state = fields.parse_word(payload.get("state"))
    if state or not isinstance(payload.get("open"), bool):
        return state
    return "open" if payload["open"] else "closed"


def _read_subject(payload: Payload, source: Payload) -> str | None:
    """What was redacted has no words; those that the vendor puts in their place are not taken."""
    if source.get("redacted") is True:
        return html_to_text(payload.get("title")) or WORDLESS
    body = source.get("body")
    for text in (payload.get("title"), source.get("subject"), body):
        if subject := html_to_text(text):
            return subject
    attachments = fields.list_objects(source, "attachments")
    return WORDLESS if (isinstance(body, str) and body.strip()) or attachments else None


def _read_origin(source: Payload, author: Payload) -> str | None:
    """None where a machine began it, or where nothing says."""
    delivered = source.get("delivered_as")
    if _is_bot_email(author.get("email")):
        return None
    if delivered:
        return ORIGINS.get(delivered) if isinstance(delivered, str) else None
    if author.get("type") == "admin":
        return "teammate"
    return "customer" if author.get("type") in CONTACTS else None


def _read_ai_agent(payload: Payload) -> Row:
    """What the AI agent did; before 2.11 nothing says whether there was one.

    Up to 2.14 what it hands over is called after the team that gets it.
    """
    participated = payload.get("ai_agent_participated")
    if not isinstance(participated, bool):
        return {}
    agent = fields.get_object(payload, "ai_agent")
    state = fields.parse_word(agent.get("resolution_state"))
    sources = fields.get_object(agent, "content_sources")
    titles = [
        title
        for source in fields.list_objects(sources, "content_sources")
        if (title := html_to_text(source.get("title")))
    ]
    return {
        "ai_participated": participated,
        "ai_state": "escalated" if state == "routed_to_team" else state,
        "ai_answer": fields.parse_word(agent.get("last_answer_type")),
        "ai_rating": _read_score(agent),
        "ai_source": html_to_text(agent.get("source_title")),
        "ai_content": schema.SEPARATOR.join(dict.fromkeys(titles)) or None,
    }


def _read_score(rating: Payload) -> int | None:
    """None where a rating was asked for and not given."""
    score = fields.parse_count(rating.get("rating"))
    return score if score is not None and 1 <= score <= 5 else None


def _read_rating(rating: Payload) -> Row:
    score = _read_score(rating)
    if score is None:
        return {}
    teammate = fields.get_object(rating, "teammate")
    kind = fields.parse_word(teammate.get("type"))
    agent_id = fields.parse_id(teammate.get("id")) if kind == "admin" else None
    return {
        "rating": score,
        "rating_at": fields.parse_instant(rating.get("created_at")),
        "rating_remark": html_to_text(rating.get("remark"), REMARK_LENGTH),
        "rated": "teammate" if agent_id else RATED.get(kind or "", "machine") if kind else None,
        "rated_agent_id": agent_id,
    }


def build_merge_reader(setting: MergedSetting) -> ReadMerge:
    """Gives the columns `is_merged` and `merged_into`: a conversation closed as a duplicate.

    Only what the vendor says counts: the configured attribute, or the one conversation it is linked
    to. What happened at about the same time proves nothing.
    """
    tag_pieces = {_fold(piece) for word in setting.tags if (piece := single_line(word))}

    def read_merge(payload: Payload) -> Row:
        is_closed = payload.get("state") == "closed" or (
            payload.get("state") is None and payload.get("open") is False
        )
        attributes = fields.get_object(payload, "custom_attributes")
        is_marked = (
            _fold(fields.format_attribute(fields.get_attribute(attributes, setting.attribute)))
            in TRUE
        )
        if not is_closed or not (is_marked or _is_tagged(payload, tag_pieces)):
            return {"is_merged": False}
        return {"is_merged": True, "merged_into": _find_destination(payload, attributes, setting)}

    return read_merge


def _is_tagged(payload: Payload, pieces: set[str]) -> bool:
    names = _fold(fields.join_tags(fields.get_object(payload, "tags"))) if pieces else ""
    return any(piece in names for piece in pieces)


def _find_destination(payload: Payload, attributes: Payload, setting: MergedSetting) -> str | None:
    own_id = fields.require_id(payload, "conversation")
    if setting.destination:
        named = single_line(
            fields.format_attribute(fields.get_attribute(attributes, setting.destination))
        )
        # A whole link ends in the id.
        destination = named.rstrip("/").rpartition("/")[2] if named else None
        if destination and destination != own_id:
            return destination
    linked = set(_read_linked_conversations(payload)) - {own_id, None}
    return linked.pop() if len(linked) == 1 else None


def _read_linked_conversations(payload: Payload) -> list[str | None]:
    links = fields.list_objects(fields.get_object(payload, "linked_objects"), "data")
    return [fields.parse_id(link.get("id")) for link in links if link.get("type") == "conversation"]


def build_ticket_row(payload: Any, setting: BackofficeSetting) -> Row:
    """A row of `schema.TICKETS`, with no attributes but those of the settings, and no body."""
    ticket_id = fields.require_id(payload, "ticket")
    state, label = _read_ticket_state(payload)
    kind = fields.get_object(payload, "ticket_type")
    attributes = fields.get_object(payload, "ticket_attributes")
    parts = _sort_ticket_parts(payload)
    is_open = state != RESOLVED and payload.get("open") is not False
    updated_at = fields.parse_instant(payload.get("updated_at"))
    conversation_ids = _read_linked_conversations(payload)
    row = {
        "id": ticket_id,
        "number": fields.parse_id(payload.get("ticket_id")),
        "created_at": fields.require_instant(payload, "created_at", "ticket"),
        "updated_at": updated_at,
        # Where no part says so, the last thing that happened to it comes nearest.
        "resolved_at": None if is_open else _find_end(parts) or updated_at,
        "state": state,
        "state_label": label,
        "is_open": is_open,
        "type_id": fields.parse_id(kind.get("id")),
        "type_name": html_to_text(kind.get("name")),
        "category": _read_category(payload),
        "subject": html_to_text(attributes.get("_default_title_")),
        "agent_id": fields.parse_id(payload.get("admin_assignee_id")),
        "team_id": fields.parse_id(payload.get("team_assignee_id")),
        "creator_id": _find_creator(payload, parts),
        "external_state": find_external_state(parts, setting.status_phrase),
        "conversation_ids": ",".join(i for i in conversation_ids if i and "," not in i) or None,
    }
    for name, label in setting.attributes.model_dump().items():
        text = fields.format_attribute(fields.get_attribute(attributes, label))
        row[name] = text and text.replace(schema.SEPARATOR, ", ")
    return row


def build_scope_check(setting: BackofficeSetting) -> InScope:
    types = {_fold(name) for word in setting.ticket_types if (name := single_line(word))}

    def is_in_scope(payload: Payload) -> bool:
        kind = fields.get_object(payload, "ticket_type")
        if not types:
            category = _read_category(payload)
            # Before 2.10 a ticket does not name its category.
            return kind.get("is_internal") is True if category is None else category == BACK_OFFICE
        names = (fields.parse_id(kind.get("id")), html_to_text(kind.get("name")))
        return any(name is not None and _fold(name) in types for name in names)

    return is_in_scope


def build_scope_filter(setting: BackofficeSetting, version: str) -> Payload | None:
    """For the search; None where it cannot: names of types are compared by ourselves."""
    types = [word.strip() for word in setting.ticket_types]
    if types:
        if not all(word.isdigit() for word in types):
            return None
        return {"field": "ticket_type_id", "operator": "IN", "value": types}
    if version in WITHOUT_CATEGORY_SEARCH:
        return None
    return {"field": "category", "operator": "=", "value": CATEGORY_WORDS[BACK_OFFICE]}


def find_external_state(parts: list[Payload], phrase: str | None) -> str | None:
    """Follows the phrase, to the end of its line, in the last part that has it."""
    prefix = single_line(phrase)
    if not prefix:
        return None
    pattern = re.compile(re.escape(prefix), re.IGNORECASE)
    for part in reversed(parts):
        body = part.get("body")
        if not isinstance(body, str):
            continue
        for line in LINE_BREAK.split(body):
            text = html_to_text(line, COMMENT_LENGTH) or ""
            match = pattern.search(text)
            rest = text[match.end() :].lstrip(" :–-") if match else ""
            if state := single_line(rest, EXTERNAL_STATE_LENGTH):
                return state
    return None


def _read_ticket_state(payload: Payload) -> tuple[str | None, str | None]:
    """State and the workspace's own word for it: text up to 2.11, an object from 2.12 on."""
    state = payload.get("ticket_state")
    if isinstance(state, dict):
        return _parse_state(state), fields.parse_word(state.get("internal_label"))
    return _parse_state(state), fields.parse_word(payload.get("ticket_state_internal_label"))


def _parse_state(state: Any) -> str | None:
    return fields.parse_word(state.get("category") if isinstance(state, dict) else state)


def _read_category(payload: Payload) -> str | None:
    kind = fields.get_object(payload, "ticket_type")
    category = fields.parse_word(payload.get("category")) or fields.parse_word(kind.get("category"))
    return category.casefold() if category else None


def _sort_ticket_parts(payload: Payload) -> list[Payload]:
    parts = fields.list_objects(fields.get_object(payload, "ticket_parts"), "ticket_parts")
    return sorted(parts, key=lambda part: fields.parse_instant(part.get("created_at")) or 0)


def _find_end(parts: list[Payload]) -> int | None:
    """When it was resolved, or closed, for the last time."""
    for part in reversed(parts):
        before = _parse_state(part.get("previous_ticket_state"))
        after = _parse_state(part.get("ticket_state"))
        if (after == RESOLVED and before != RESOLVED) or part.get("part_type") == "close":
            return fields.parse_instant(part.get("created_at"))
    return None


def _find_creator(payload: Payload, parts: list[Payload]) -> str | None:
    """The author of its first part, if a teammate, and if that part is there."""
    total = fields.parse_count(fields.get_object(payload, "ticket_parts").get("total_count"))
    if not parts or (total is not None and total > len(parts)):
        return None
    author = fields.get_object(parts[0], "author")
    return fields.parse_id(author.get("id")) if author.get("type") == "admin" else None


def build_admin_row(admin: Payload, away_reasons: Mapping[str | None, str | None]) -> Row:
    """A row of `schema.AGENTS` without its telephone columns; `away_reasons` are id -> label."""
    address = fields.parse_email(admin.get("email"))
    away = admin.get("away_mode_enabled")
    reason = fields.parse_id(admin.get("away_status_reason_id"))
    teams = admin.get("team_ids")
    team_ids = map(fields.parse_id, teams if isinstance(teams, list) else [])
    return {
        "id": fields.require_id(admin, "admin"),
        "name": html_to_text(admin.get("name")) or address,
        "email": address,
        "active": True,
        "seated": admin.get("has_inbox_seat") is not False,
        "bot": _is_bot(admin),
        "away": away if isinstance(away, bool) else None,
        "away_reason": away_reasons.get(reason) if away is True and reason else None,
        "team_ids": ",".join(team_id for team_id in team_ids if team_id),
    }


def _is_bot(admin: Payload) -> bool:
    """Intercom's own operator. A person may be called Fin, and has an address and a seat then."""
    if _is_bot_email(admin.get("email")):
        return True
    has_address = fields.parse_email(admin.get("email")) is not None
    unseated = admin.get("has_inbox_seat") is False and not has_address
    return unseated and admin.get("name") in BOT_NAMES


def _is_bot_email(address: Any) -> bool:
    return isinstance(address, str) and bool(BOT_EMAIL.fullmatch(address.strip().lower()))
