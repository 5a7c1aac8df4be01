"""Aircall's calls as rows of `schema.CALLS`."""

from typing import Any

from services.vendors import fields
from services.vendors.html_text import html_to_text
from services.vendors.http import Payload

PEOPLE = ("user", "transferred_by", "transferred_to")


def call_row(payload: Any) -> dict[str, Any]:
    """One row.

    Raises:
        BadResponseError: It is no call: without id or start.
    """
    call_id = fields.identity(payload, "call")
    line = fields.member(payload, "number")
    asset = payload.get("asset")
    row = {
        "id": call_id,
        "started_at": fields.required_instant(payload, "started_at", "call"),
        "answered_at": fields.instant(payload.get("answered_at")),
        "ended_at": fields.instant(payload.get("ended_at")),
        "status": fields.word(payload.get("status")),
        "direction": fields.word(payload.get("direction")),
        "missed_call_reason": fields.word(payload.get("missed_call_reason")),
        "has_voicemail": bool(payload.get("voicemail")) or _leads_to(asset, "voicemail"),
        "has_recording": bool(payload.get("recording")) or _leads_to(asset, "recording"),
        "digits": fields.digits(payload.get("raw_digits")),
        "line_id": fields.reference(line.get("id")),
        "line_name": html_to_text(line.get("name")),
        "line_digits": fields.digits(line.get("digits")),
        "tags": fields.tags(payload),
    }
    row |= _contact(fields.member(payload, "contact"))
    for side in PEOPLE:
        person = fields.member(payload, side)
        row[f"{side}_id"] = fields.reference(person.get("id"))
        row[f"{side}_name"] = html_to_text(person.get("name"))
        row[f"{side}_email"] = fields.email(person.get("email"))
    return row


def _contact(contact: Payload) -> dict[str, Any]:
    names = [html_to_text(contact.get(key)) for key in ("first_name", "last_name")]
    addresses = (fields.email(one.get("value")) for one in fields.members(contact, "emails"))
    return {
        "contact_name": " ".join(n for n in names if n)
        or html_to_text(contact.get("company_name")),
        "contact_email": next(filter(None, addresses), None),
    }


def _leads_to(asset: Any, kind: str) -> bool:
    """The permanent page says what it holds; the signed links beside it may have gone."""
    return isinstance(asset, str) and asset.rstrip("/").endswith(f"/{kind}")
