"""Aircall's calls and users as canonical rows."""

from collections.abc import Mapping
from typing import Any

from services.vendors import fields
from services.vendors.html_text import html_to_text
from services.vendors.http import Payload

Row = dict[str, Any]
PEOPLE = ("user", "transferred_by", "transferred_to")


def build_call_row(payload: Any) -> Row:
    """A row of `schema.CALLS`; BadResponseError without id or start."""
    call_id = fields.require_id(payload, "call")
    line = fields.get_object(payload, "number")
    asset = payload.get("asset")
    row = {
        "id": call_id,
        "started_at": fields.require_instant(payload, "started_at", "call"),
        "answered_at": fields.parse_instant(payload.get("answered_at")),
        "ended_at": fields.parse_instant(payload.get("ended_at")),
        "status": fields.parse_word(payload.get("status")),
        "direction": fields.parse_word(payload.get("direction")),
        "missed_call_reason": fields.parse_word(payload.get("missed_call_reason")),
        "has_voicemail": bool(payload.get("voicemail")) or _leads_to(asset, "voicemail"),
        "has_recording": bool(payload.get("recording")) or _leads_to(asset, "recording"),
        "digits": fields.parse_phone_number(payload.get("raw_digits")),
        "line_id": fields.parse_id(line.get("id")),
        "line_name": html_to_text(line.get("name")),
        "line_digits": fields.parse_phone_number(line.get("digits")),
        "tags": fields.join_tags(payload),
    }
    row |= _read_contact(fields.get_object(payload, "contact"))
    for side in PEOPLE:
        person = fields.get_object(payload, side)
        row[f"{side}_id"] = fields.parse_id(person.get("id"))
        row[f"{side}_name"] = html_to_text(person.get("name"))
        row[f"{side}_email"] = fields.parse_email(person.get("email"))
    return row


def _read_contact(contact: Payload) -> Row:
    names = [html_to_text(contact.get(key)) for key in ("first_name", "last_name")]
    name = " ".join(name for name in names if name)
    emails = fields.list_objects(contact, "emails")
    addresses = (fields.parse_email(email.get("value")) for email in emails)
    return {
        "contact_name": name or html_to_text(contact.get("company_name")),
        "contact_email": next(filter(None, addresses), None),
    }


def _leads_to(asset: Any, kind: str) -> bool:
    """The permanent page says what it holds; the signed links beside it may have gone."""
    return isinstance(asset, str) and asset.rstrip("/").endswith(f"/{kind}")


def build_telephone_columns(user: Payload, availabilities: Mapping[str, str]) -> Row:
    """The columns of `schema.AGENTS` that only the telephone knows."""
    user_id = fields.require_id(user, "user")
    return {"voice_id": user_id, "voice_status": fields.parse_word(availabilities.get(user_id))}


def build_user_row(user: Payload, availabilities: Mapping[str, str]) -> Row:
    """A row of `schema.AGENTS` of somebody of the telephone whom Intercom does not know."""
    address = fields.parse_email(user.get("email"))
    return {
        "id": f"voice:{fields.require_id(user, 'user')}",
        "name": html_to_text(user.get("name")) or address,
        "email": address,
        "voice_email": address,
        "active": True,
        "seated": False,
        "bot": False,
        "team_ids": "",
    } | build_telephone_columns(user, availabilities)
