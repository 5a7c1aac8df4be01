"""Vendors' payloads become the canonical tables; foreign names end here."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import polars as pl

from metrics.model import schema
from services.settings.sections import (
    BackofficeSetting,
    CallsInConversationsSetting,
    MergedSetting,
    PersonSetting,
)
from services.vendors import aircall_rows, fields, intercom_rows
from services.vendors.html_text import html_to_text
from services.vendors.http import Payload
from services.vendors.intercom_rows import AttributeTypes

Row = dict[str, Any]

# What the telephone knows of a person; the address is what both vendors have.
TELEPHONE = ["voice_email", "voice_id", "voice_status"]


def conversations_table(
    payloads: Iterable[Payload],
    signs: CallsInConversationsSetting,
    merged: MergedSetting | None = None,
    types: AttributeTypes | None = None,
) -> pl.DataFrame:
    """`schema.CONVERSATIONS` with attributes; of one that comes twice, the last updated is kept."""
    is_call = intercom_rows.build_call_check(signs)
    read_merge = intercom_rows.build_merge_reader(merged or MergedSetting())
    types = types or AttributeTypes()
    rows = [
        intercom_rows.build_conversation_row(payload, is_call, types) | read_merge(payload)
        for payload in payloads
    ]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _build_table(rows, "conversations")


def calls_table(payloads: Iterable[Payload]) -> pl.DataFrame:
    """`schema.CALLS`; of one that comes twice, the later is kept."""
    return _build_table([aircall_rows.build_call_row(payload) for payload in payloads], "calls")


def tickets_table(payloads: Iterable[Payload], setting: BackofficeSetting) -> pl.DataFrame:
    """`schema.TICKETS`; of one that comes twice, the last updated is kept."""
    rows = [intercom_rows.build_ticket_row(payload, setting) for payload in payloads]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _build_table(rows, "tickets")


def teams_table(payloads: Iterable[Payload]) -> pl.DataFrame:
    rows = [
        {
            "id": fields.require_id(team, "team"),
            "name": html_to_text(team.get("name")),
            "active": True,
        }
        for team in payloads
    ]
    return _build_table(rows, "teams")


def agents_table(
    admins: Iterable[Payload],
    users: Iterable[Payload],
    availabilities: Mapping[str, str],
    people: Iterable[PersonSetting],
    reasons: Iterable[Payload] = (),
) -> pl.DataFrame:
    """Everyone of both vendors as in `schema.AGENTS`, matched by e-mail.

    One row for each of Intercom's admins, and one for each Aircall user that is none of them;
    `*_since` is left to the collector. `availabilities` are by Aircall's user id; `people` are
    those who have two e-mails.
    """
    aliases = {p.intercom.strip().lower(): p.aircall.strip().lower() for p in people}
    labels = {fields.parse_id(r.get("id")): html_to_text(r.get("label")) for r in reasons}
    rows = [intercom_rows.build_admin_row(admin, labels) for admin in admins]
    for row in rows:
        row["voice_email"] = _find_voice_email(row["email"], aliases)
    own = _build_frame(rows)
    voice = _build_frame([aircall_rows.build_user_row(user, availabilities) for user in users])
    lines = voice.dropna(subset="voice_email").drop_duplicates("voice_email")[TELEPHONE]
    matched = own.drop(columns=TELEPHONE[1:]).merge(lines, how="left", on="voice_email")
    unmatched = voice[~voice["voice_id"].isin(matched["voice_id"])]
    everyone = pd.concat([matched, unmatched]).astype("object")
    return _build_table(everyone.where(everyone.notna(), None).to_dict("records"), "agents")


def _build_frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema.AGENTS), dtype="object")


def _find_voice_email(address: str | None, aliases: Mapping[str, str]) -> str | None:
    """An address that the settings give to somebody else is no longer one's own."""
    if address is None or address in aliases.values():
        return aliases.get(address or "")
    return aliases.get(address, address)


def _build_table(rows: list[Row], name: str) -> pl.DataFrame:
    """Ids are unique, the last one wins; instants come as Unix seconds."""
    rows = list({row["id"]: row for row in rows}.values())
    types = dict(schema.TABLES[name])
    types |= {key: schema.LABEL for row in rows for key in row if key not in types}
    instants = [key for key, dtype in types.items() if dtype == schema.INSTANT]
    frame = pl.DataFrame(rows, types | dict.fromkeys(instants, pl.Int64()))
    return frame.with_columns((pl.col(instants) * 1000).cast(schema.INSTANT))
