"""Intercom's conversations, versions 2.9 to 2.16, as rows of `schema.CONVERSATIONS`."""

import re
from collections.abc import Callable
from typing import Any

from metrics.model import schema
from services.settings.sections import CallsInConversationsSetting
from services.vendors import fields
from services.vendors.html_text import html_to_text, single_line
from services.vendors.http import Payload

ORIGINS = {"customer_initiated": "customer", "admin_initiated": "teammate"}
# Who writes to us; admins, bots and teams do not.
CONTACTS = ("user", "lead", "contact", "visitor")
REMARK_LENGTH = 1000
BOT_EMAIL = re.compile(r"operator\+[^@]*@intercom\.io")
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

IsCall = Callable[[Payload], bool]


def conversation_row(payload: Any, is_call: IsCall) -> dict[str, Any]:
    """One row, its attributes included.

    Raises:
        BadResponseError: It is no conversation: without id or creation.
    """
    conversation_id = fields.identity(payload, "conversation")
    source = fields.member(payload, "source")
    author = fields.member(source, "author")
    statistics = fields.member(payload, "statistics")
    sla = fields.member(payload, "sla_applied")
    row = {
        "id": conversation_id,
        "created_at": fields.required_instant(payload, "created_at", "conversation"),
        "updated_at": fields.instant(payload.get("updated_at")),
        "waiting_since": fields.instant(payload.get("waiting_since")),
        "snoozed_until": fields.instant(payload.get("snoozed_until")),
        "state": _state(payload),
        "subject": _subject(payload, source),
        "channel": fields.word(source.get("type")),
        "origin": _origin(source, author),
        "priority": fields.word(payload.get("priority")),
        "agent_id": fields.reference(payload.get("admin_assignee_id")),
        "team_id": fields.reference(payload.get("team_assignee_id")),
        "tags": fields.tags(fields.member(payload, "tags")),
        "count_reopens": fields.count(statistics.get("count_reopens")),
        "sla_name": html_to_text(sla.get("sla_name")),
        "sla_status": fields.word(sla.get("sla_status")),
        "is_call": is_call(payload),
    }
    if author.get("type") in CONTACTS:
        row["contact_name"] = html_to_text(author.get("name"))
        row["contact_email"] = fields.email(author.get("email"))
    row |= _rating(fields.member(payload, "conversation_rating"))
    row |= {name: fields.instant(statistics.get(name)) for name in INSTANTS}
    row |= {f"{name}_seconds": fields.seconds(statistics.get(name)) for name in DURATIONS}
    for label, value in fields.member(payload, "custom_attributes").items():
        row[schema.attribute(label)] = fields.attribute(value)
    return row


def call_recogniser(signs: CallsInConversationsSetting) -> IsCall:
    """Tells whether a conversation is a call that the telephony integration wrote down."""
    types, tags, authors, patterns = (
        {found.casefold() for word in words if (found := single_line(word))}
        for words in (signs.source_types, signs.tags, signs.authors, signs.link_patterns)
    )

    def is_call(payload: Payload) -> bool:
        source = fields.member(payload, "source")
        author = fields.member(source, "author")
        named = fields.tags(fields.member(payload, "tags")) if tags else None
        return bool(
            _folded(source.get("type")) in types
            or authors & {_folded(author.get("name")), _folded(author.get("email"))}
            or tags & set(_folded(named).split(fields.TAG_SEPARATOR))
            or any(pattern in text for text in _texts(source) for pattern in patterns)
        )

    return is_call


def _texts(source: Payload) -> list[str]:
    texts = [source.get(key) for key in ("body", "url", "subject")]
    texts += [attachment.get("url") for attachment in fields.members(source, "attachments")]
    return [_folded(text) for text in texts if text]


def _folded(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _state(payload: Payload) -> str | None:
    """By `state`: the flag `open` stays true while a conversation is snoozed."""
    state = fields.word(payload.get("state"))
    if state or not isinstance(payload.get("open"), bool):
        return state
    return "open" if payload["open"] else "closed"


def _subject(payload: Payload, source: Payload) -> str | None:
    body = source.get("body")
    found = (
        html_to_text(payload.get("title"))
        or html_to_text(source.get("subject"))
        or html_to_text(body)
    )
    if found:
        return found
    has_more = (isinstance(body, str) and body.strip()) or fields.members(source, "attachments")
    return WORDLESS if has_more else None


def _origin(source: Payload, author: Payload) -> str | None:
    """Who began it; missing where a machine did, or where nothing says."""
    delivered = source.get("delivered_as")
    if is_bot_email(author.get("email")):
        return None
    if delivered:
        return ORIGINS.get(delivered) if isinstance(delivered, str) else None
    if author.get("type") == "admin":
        return "teammate"
    return "customer" if author.get("type") in CONTACTS else None


def is_bot_email(address: Any) -> bool:
    """Whether an address is that of Intercom's own operator."""
    return isinstance(address, str) and bool(BOT_EMAIL.fullmatch(address.strip().lower()))


def _rating(rating: Payload) -> dict[str, Any]:
    """A rating that was asked for and not given is none."""
    score = fields.count(rating.get("rating"))
    if score is None or not 1 <= score <= 5:
        return {}
    teammate = fields.member(rating, "teammate")
    # A bot or, from 2.17 on, a workflow may have been rated: that is nobody.
    is_person = teammate.get("type") == "admin"
    return {
        "rating": score,
        "rating_at": fields.instant(rating.get("created_at")),
        "rating_remark": html_to_text(rating.get("remark"), REMARK_LENGTH),
        "rated_agent_id": fields.reference(teammate.get("id")) if is_person else None,
    }
