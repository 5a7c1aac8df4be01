"""Recognising conversations that were closed as duplicates, and what they were merged into."""

from collections.abc import Callable
from typing import Any

from services.settings.sections import MergedSetting
from services.vendors import fields
from services.vendors.html_text import single_line
from services.vendors.http import Payload

TRUE = ("true", "1", "yes", "sim")

AsMerged = Callable[[Payload], dict[str, Any]]


def merged_recogniser(setting: MergedSetting) -> AsMerged:
    """Gives the columns `is_merged` and `merged_into` of a conversation.

    Only what the vendor says counts: the configured attribute, or the one conversation it is
    linked to. What happened at about the same time proves nothing.
    """
    pieces = {found.casefold() for word in setting.tags if (found := single_line(word))}

    def as_merged(payload: Payload) -> dict[str, Any]:
        is_closed = payload.get("state") == "closed" or (
            payload.get("state") is None and payload.get("open") is False
        )
        attributes = fields.member(payload, "custom_attributes")
        is_said = (fields.attribute(attributes.get(setting.attribute)) or "").casefold() in TRUE
        if not is_closed or not (is_said or _is_tagged(payload, pieces)):
            return {"is_merged": False}
        return {"is_merged": True, "merged_into": _destination(payload, attributes, setting)}

    return as_merged


def _is_tagged(payload: Payload, pieces: set[str]) -> bool:
    names = (fields.tags(fields.member(payload, "tags")) or "").casefold() if pieces else ""
    return any(piece in names for piece in pieces)


def _destination(payload: Payload, attributes: Payload, setting: MergedSetting) -> str | None:
    own = fields.identity(payload, "conversation")
    if setting.destination:
        named = single_line(fields.attribute(attributes.get(setting.destination)))
        # A whole link ends in the id.
        found = named.rstrip("/").rpartition("/")[2] if named else None
        if found and found != own:
            return found
    linked = fields.members(fields.member(payload, "linked_objects"), "data")
    ids = {fields.reference(one.get("id")) for one in linked if one.get("type") == "conversation"}
    ids -= {own, None}
    return ids.pop() if len(ids) == 1 else None
