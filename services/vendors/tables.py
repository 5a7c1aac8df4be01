"""Vendors' payloads become the canonical tables; foreign names end here."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

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

# What numpy takes for no instant.
MISSING = np.iinfo("int64").min


def conversations_table(
    payloads: Iterable[Payload],
    signs: CallsInConversationsSetting,
    merged: MergedSetting | None = None,
) -> pd.DataFrame:
    """`schema.CONVERSATIONS` with attributes; of one that comes twice, the last updated is kept."""
    is_call = intercom_rows.build_call_check(signs)
    read_merge = intercom_rows.build_merge_reader(merged or MergedSetting())
    rows = [
        intercom_rows.build_conversation_row(payload, is_call) | read_merge(payload)
        for payload in payloads
    ]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _build_table(rows, "conversations")


def calls_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    """`schema.CALLS`; of one that comes twice, the later is kept."""
    return _build_table([aircall_rows.build_call_row(payload) for payload in payloads], "calls")


def tickets_table(payloads: Iterable[Payload], setting: BackofficeSetting) -> pd.DataFrame:
    """`schema.TICKETS`; of one that comes twice, the last updated is kept."""
    rows = [intercom_rows.build_ticket_row(payload, setting) for payload in payloads]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _build_table(rows, "tickets")


def teams_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    rows = [
        {"id": fields.require_id(team, "team"), "name": html_to_text(team.get("name"))}
        for team in payloads
    ]
    return _build_table(rows, "teams")


def agents_table(
    admins: Iterable[Payload],
    users: Iterable[Payload],
    availabilities: Mapping[str, str],
    people: Iterable[PersonSetting],
    reasons: Iterable[Payload] = (),
) -> pd.DataFrame:
    """Everyone of both vendors as in `schema.AGENTS`, matched by e-mail.

    One row for each of Intercom's admins, and one for each Aircall user that is none of them;
    `*_since` is left to the collector. `availabilities` are by Aircall's user id; `people` are
    those who have two e-mails.
    """
    aliases = {p.intercom.strip().lower(): p.aircall.strip().lower() for p in people}
    labels = {fields.parse_id(r.get("id")): html_to_text(r.get("label")) for r in reasons}
    users = list(users)
    by_email: dict[str, Payload] = {}
    for user in users:
        if address := fields.parse_email(user.get("email")):
            by_email.setdefault(address, user)
    rows, matched = [], set()
    for admin in admins:
        row = intercom_rows.build_admin_row(admin, labels)
        row["voice_email"] = _find_voice_email(row["email"], aliases)
        own_user = by_email.get(row["voice_email"] or "")
        if own_user is not None:
            row |= aircall_rows.build_telephone_columns(own_user, availabilities)
            matched.add(row["voice_id"])
        rows.append(row)
    rows += [
        aircall_rows.build_user_row(user, availabilities)
        for user in users
        if fields.require_id(user, "user") not in matched
    ]
    return _build_table(rows, "agents")


def _find_voice_email(address: str | None, aliases: Mapping[str, str]) -> str | None:
    """An address that the settings give to somebody else is no longer one's own."""
    if address is None or address in aliases.values():
        return aliases.get(address or "")
    return aliases.get(address, address)


def _build_table(rows: list[dict[str, Any]], name: str) -> pd.DataFrame:
    """Ids are unique, the last one wins."""
    rows = list({row["id"]: row for row in rows}.values())
    types = dict(schema.TABLES[name])
    types |= {key: schema.LABEL for row in rows for key in row if key not in types}
    # Every page read comes by here: with `schema.conform` it would take three times as long.
    return pd.DataFrame(
        {
            name: _build_column([row.get(name) for row in rows], dtype)
            for name, dtype in types.items()
        }
    )


def _build_column(values: list[Any], dtype: str) -> Any:
    if dtype == schema.LABEL:
        labels = sorted({value for value in values if value is not None})
        codes = {label: code for code, label in enumerate(labels)}
        return pd.Categorical.from_codes(
            [codes.get(value, -1) for value in values],
            dtype=pd.CategoricalDtype(pd.Index(labels, dtype="str")),
        )
    if dtype == schema.INSTANT:
        seconds = np.array([MISSING if value is None else value for value in values], dtype="int64")
        return pd.DatetimeIndex(seconds.view("datetime64[s]"), tz="UTC")
    if dtype == schema.SECONDS:
        return np.array([np.nan if value is None else value for value in values], dtype="float64")
    return pd.array(values, dtype=dtype)
