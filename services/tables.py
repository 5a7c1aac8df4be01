"""Vendors' payloads become the canonical tables; foreign names end here."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from metrics import schema
from services.config import CallsInConversationsSetting, PersonSetting
from services.errors import BadResponseError
from services.http import Payload
from services.plain import plain

ORIGINS = {"customer_initiated": "customer", "admin_initiated": "teammate"}
TAG_SEPARATOR = "\n"
VALUE_LENGTH = 300


def conversations_table(
    payloads: Iterable[Payload], signs: CallsInConversationsSetting
) -> pd.DataFrame:
    """Conversations as in `schema.CONVERSATIONS`, with their attributes.

    Args:
        payloads: Conversations of any version from 2.9 to 2.16.
        signs: By which a call that was written as a conversation is recognised.

    Raises:
        BadResponseError: Something is not a conversation at all.
    """
    is_call = _call_recogniser(signs)
    return _table([_conversation(p, is_call) for p in payloads], "conversations")


def calls_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    """Calls as in `schema.CALLS`.

    Raises:
        BadResponseError: Something is not a call at all.
    """
    return _table([_call(payload) for payload in payloads], "calls")


def teams_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    """Teams as in `schema.TEAMS`."""
    rows = [{"id": _id(p, "team"), "name": plain(p.get("name"))} for p in payloads]
    return _table(rows, "teams")


def agents_table(
    admins: Iterable[Payload],
    users: Iterable[Payload],
    availabilities: Mapping[str, str],
    people: Iterable[PersonSetting],
    reasons: Iterable[Payload] = (),
) -> pd.DataFrame:
    """Everyone of both vendors as in `schema.AGENTS`; `*_since` is left to the collector.

    Args:
        admins: Intercom's present list.
        users: Aircall's users.
        availabilities: Aircall user id -> availability.
        people: Who has two e-mails.
        reasons: Intercom's reasons for being away.
    """
    aliases = {p.intercom.strip().lower(): p.aircall.strip().lower() for p in people}
    words = {str(r["id"]): plain(r.get("label")) for r in reasons if r.get("id") is not None}
    by_email = {email: user for user in users if (email := _email(user.get("email")))}
    rows, matched = [], set()
    for admin in admins:
        row = _agent(admin, aliases, words)
        user = by_email.get(row["voice_email"]) if row["voice_email"] else None
        if user is not None:
            matched.add(row["voice_email"])
            row |= _voice(user, availabilities)
        rows.append(row)
    for email, user in by_email.items():
        if email not in matched:
            rows.append(_voice_only(user, email, availabilities))
    return _table(rows, "agents")


def _table(rows: list[dict[str, Any]], name: str) -> pd.DataFrame:
    """Rows of plain values as the canonical table; ids are unique, the last one wins."""
    types = schema.TABLES[name]
    columns: dict[str, Any] = {}
    for column, dtype in types.items():
        values = [row.get(column) for row in rows]
        if dtype == schema.INSTANT:
            seconds = pd.array(values, dtype="Int64")
            columns[column] = pd.to_datetime(pd.Series(seconds), unit="s", utc=True)
        else:
            plain_types = {schema.LABEL: "str", schema.SECONDS: "Float64"}
            columns[column] = pd.Series(values, dtype=plain_types.get(dtype, dtype))
    for label in dict.fromkeys(key for row in rows for key in row if key not in types):
        columns[label] = pd.Series([row.get(label) for row in rows], dtype="str")
    frame = schema.conform(pd.DataFrame(columns), name)
    return frame.drop_duplicates("id", keep="last").reset_index(drop=True)


def _conversation(payload: Payload, is_call: Callable[[Payload], bool]) -> dict[str, Any]:
    source = _object(payload, "source")
    author = _object(source, "author")
    statistics = _object(payload, "statistics")
    rating = _object(payload, "conversation_rating")
    score = rating.get("rating")
    sla = _object(payload, "sla_applied")
    row = {
        "id": _id(payload, "conversation"),
        "created_at": _required_instant(payload, "created_at", "conversation"),
        "updated_at": _instant(payload.get("updated_at")),
        "waiting_since": _instant(payload.get("waiting_since")),
        "snoozed_until": _instant(payload.get("snoozed_until")),
        "state": _word(payload.get("state")) or ("open" if payload.get("open") else "closed"),
        "subject": plain(payload.get("title"))
        or plain(source.get("subject"))
        or plain(source.get("body")),
        "channel": _word(source.get("type")),
        "origin": _origin(source, author),
        "priority": _word(payload.get("priority")),
        "agent_id": _reference(payload.get("admin_assignee_id")),
        "team_id": _reference(payload.get("team_assignee_id")),
        "contact_name": plain(author.get("name")) if author.get("type") != "admin" else None,
        "contact_email": _email(author.get("email")) if author.get("type") != "admin" else None,
        "tags": _tags(_object(payload, "tags").get("tags")),
        "rating": score if _is_score(score) else None,
        "rating_at": _instant(rating.get("created_at")) if _is_score(score) else None,
        "rating_remark": plain(rating.get("remark"), 1000) if _is_score(score) else None,
        "rated_agent_id": _rated(rating) if _is_score(score) else None,
        "count_reopens": _count(statistics.get("count_reopens")),
        "sla_name": plain(sla.get("sla_name")),
        "sla_status": _word(sla.get("sla_status")),
        "is_call": is_call(payload),
    }
    for name in _STATISTIC_INSTANTS:
        row[name] = _instant(statistics.get(name))
    for name in _STATISTIC_SECONDS:
        row[f"{name}_seconds"] = _number(statistics.get(name))
    for label, value in _object(payload, "custom_attributes").items():
        row[schema.attribute(str(label))] = _attribute(value)
    return row


_STATISTIC_INSTANTS = (
    "first_contact_reply_at",
    "first_admin_reply_at",
    "first_close_at",
    "last_close_at",
    "first_assignment_at",
    "last_assignment_at",
    "last_contact_reply_at",
    "last_admin_reply_at",
)
_STATISTIC_SECONDS = (
    "time_to_admin_reply",
    "time_to_first_close",
    "time_to_last_close",
    "time_to_close",
)


def _call(payload: Payload) -> dict[str, Any]:
    line = _object(payload, "number")
    contact = _object(payload, "contact")
    names = (contact.get("first_name"), contact.get("last_name"))
    emails = contact.get("emails")
    first = emails[0] if isinstance(emails, list) and emails else None
    row = {
        "id": _id(payload, "call"),
        "started_at": _required_instant(payload, "started_at", "call"),
        "answered_at": _instant(payload.get("answered_at")),
        "ended_at": _instant(payload.get("ended_at")),
        "status": _word(payload.get("status")),
        "direction": _word(payload.get("direction")),
        "missed_call_reason": _word(payload.get("missed_call_reason")),
        "has_voicemail": bool(payload.get("voicemail")),
        "has_recording": bool(payload.get("recording")),
        "digits": digits(payload.get("raw_digits")),
        "line_id": _reference(line.get("id")),
        "line_name": plain(line.get("name")),
        "line_digits": digits(line.get("digits")),
        "contact_name": plain(" ".join(str(n) for n in names if n))
        or plain(contact.get("company_name")),
        "contact_email": _email(first.get("value")) if isinstance(first, dict) else None,
        "tags": _tags(payload.get("tags")),
    }
    for side in ("user", "transferred_by", "transferred_to"):
        person = _object(payload, side)
        row[f"{side}_id"] = _reference(person.get("id"))
        row[f"{side}_name"] = plain(person.get("name"))
        row[f"{side}_email"] = _email(person.get("email"))
    return row


def digits(text: object) -> str | None:
    """A number as "+" and digits, however it was written; None for anonymous callers."""
    if not isinstance(text, str):
        return None
    found = re.sub(r"\D", "", text)
    return f"+{found}" if found else None


def _agent(
    admin: Payload, aliases: Mapping[str, str], reasons: Mapping[str, str | None]
) -> dict[str, Any]:
    email = _email(admin.get("email"))
    reason = admin.get("away_status_reason_id")
    teams = admin.get("team_ids")
    away = admin.get("away_mode_enabled")
    return {
        "id": _id(admin, "admin"),
        "name": plain(admin.get("name")) or email,
        "email": email,
        "voice_email": aliases.get(email, email) if email else None,
        "active": True,
        "seated": bool(admin.get("has_inbox_seat", True)),
        "bot": _is_bot(admin, email),
        "away": away if isinstance(away, bool) else None,
        "away_reason": reasons.get(str(reason)) if away and reason is not None else None,
        "team_ids": ",".join(str(t) for t in teams) if isinstance(teams, list) else "",
    }


def _voice(user: Payload, availabilities: Mapping[str, str]) -> dict[str, Any]:
    user_id = _id(user, "user")
    return {"voice_id": user_id, "voice_status": _word(availabilities.get(user_id))}


def _voice_only(user: Payload, email: str, availabilities: Mapping[str, str]) -> dict[str, Any]:
    """Somebody of the telephone whom Intercom does not know."""
    return {
        "id": f"voice:{_id(user, 'user')}",
        "name": plain(user.get("name")) or email,
        "email": email,
        "voice_email": email,
        "active": True,
        "seated": False,
        "bot": False,
        "team_ids": "",
    } | _voice(user, availabilities)


def _is_bot(admin: Payload, email: str | None) -> bool:
    """Intercom's own operator: an address of theirs and no seat."""
    theirs = bool(email) and bool(re.fullmatch(r"operator\+.*@intercom\.io", str(email)))
    return theirs and not admin.get("has_inbox_seat")


def _call_recogniser(signs: CallsInConversationsSetting) -> Callable[[Payload], bool]:
    types = {word.casefold() for word in signs.source_types}
    tags = {word.casefold() for word in signs.tags}
    authors = {word.casefold() for word in signs.authors}

    def is_call(payload: Payload) -> bool:
        source = _object(payload, "source")
        author = _object(source, "author")
        if str(source.get("type") or "").casefold() in types:
            return True
        if authors & {str(author.get(key) or "").casefold() for key in ("name", "email")}:
            return True
        named = _tags(_object(payload, "tags").get("tags")) or ""
        if tags & {tag.casefold() for tag in named.split(TAG_SEPARATOR)}:
            return True
        texts = [str(source.get(key) or "") for key in ("body", "url", "subject")]
        attachments = source.get("attachments")
        if isinstance(attachments, list):
            texts += [str(a.get("url") or "") for a in attachments if isinstance(a, dict)]
        return any(pattern in text for pattern in signs.link_patterns for text in texts)

    return is_call


def _origin(source: Payload, author: Payload) -> str | None:
    delivered = ORIGINS.get(str(source.get("delivered_as")))
    if delivered or source.get("delivered_as"):
        return delivered
    if author.get("type") == "admin":
        return "teammate"
    return "customer" if author.get("type") in ("user", "lead", "contact") else None


def _rated(rating: Payload) -> str | None:
    teammate = _object(rating, "teammate")
    # From 2.17 on, a workflow may have been rated: that is nobody.
    if teammate.get("type") not in (None, "admin", "teammate"):
        return None
    return _reference(teammate.get("id"))


def _is_score(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5


def _object(payload: Mapping[str, Any], key: str) -> Payload:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def _id(payload: Any, kind: str) -> str:
    value = payload.get("id") if isinstance(payload, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise BadResponseError(f"a {kind} without an id")
    return str(value)


def _reference(value: Any) -> str | None:
    """An id that may be missing; null up to 2.15 and 0 from 2.16 on both mean nobody."""
    return None if value in (None, "", 0, "0") or isinstance(value, bool) else str(value)


def _required_instant(payload: Payload, key: str, kind: str) -> int:
    instant = _instant(payload.get(key))
    if instant is None:
        raise BadResponseError(f"a {kind} without {key}")
    return instant


def _instant(value: Any) -> int | None:
    """Unix seconds; web-hooks before 2.15 write ISO 8601."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if 0 < value < 32_503_680_000 else None
    if isinstance(value, str) and value.isdigit():
        return _instant(int(value))
    try:
        return int(datetime.fromisoformat(value).timestamp()) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    valid = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return float(value) if valid else None


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _email(value: Any) -> str | None:
    return value.strip().lower() or None if isinstance(value, str) else None


def _tags(value: Any) -> str | None:
    if not isinstance(value, list):
        return None
    names = [plain(tag.get("name")) for tag in value if isinstance(tag, dict)]
    return TAG_SEPARATOR.join(name for name in names if name) or None


def _attribute(value: Any) -> str | None:
    """An attribute's value as text; a date, list or object in its plainest form."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return plain(value, VALUE_LENGTH)
    if isinstance(value, list):
        return ", ".join(part for part in map(_attribute, value) if part) or None
    if isinstance(value, dict):
        inner = value.get("value", value.get("label"))
        return _attribute(inner) if inner is not None else json.dumps(value)[:VALUE_LENGTH]
    return str(value)
