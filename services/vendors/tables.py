"""Vendors' payloads become the canonical tables; foreign names end here."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from metrics.model import schema
from services.settings.sections import (
    BackofficeSetting,
    CallsInConversationsSetting,
    MergedSetting,
    PersonSetting,
)
from services.vendors import fields
from services.vendors.agent_rows import agent_rows
from services.vendors.call_rows import call_row
from services.vendors.conversation_rows import call_recogniser, conversation_row
from services.vendors.html_text import html_to_text
from services.vendors.http import Payload
from services.vendors.merged_rows import merged_recogniser
from services.vendors.ticket_rows import ticket_row

# What a column is made of before `schema.conform` gives it its type.
_RAW = {schema.LABEL: "str", schema.SECONDS: "Float64", schema.INSTANT: "Int64"}


def conversations_table(
    payloads: Iterable[Payload],
    signs: CallsInConversationsSetting,
    merged: MergedSetting | None = None,
) -> pd.DataFrame:
    """Conversations as in `schema.CONVERSATIONS`, with their attributes.

    Of a conversation that comes twice, the row that was updated last is kept.

    Args:
        payloads: Conversations of any version from 2.9 to 2.16.
        signs: By which a call that was written as a conversation is recognised.
        merged: By which one that was closed as a duplicate is.

    Raises:
        BadResponseError: Something is not a conversation at all.
    """
    is_call, as_merged = call_recogniser(signs), merged_recogniser(merged or MergedSetting())
    rows = [conversation_row(payload, is_call) | as_merged(payload) for payload in payloads]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _table(rows, "conversations")


def calls_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    """Calls as in `schema.CALLS`; of one that comes twice, the later is kept.

    Raises:
        BadResponseError: Something is not a call at all.
    """
    return _table([call_row(payload) for payload in payloads], "calls")


def tickets_table(payloads: Iterable[Payload], setting: BackofficeSetting) -> pd.DataFrame:
    """Tickets as in `schema.TICKETS`; of one that comes twice, the row updated last is kept.

    Args:
        payloads: Tickets of any version from 2.9 to 2.16.
        setting: Labels of their attributes, and the words before another system's state.

    Raises:
        BadResponseError: Something is not a ticket at all.
    """
    rows = [ticket_row(payload, setting) for payload in payloads]
    rows.sort(key=lambda row: row["updated_at"] or 0)
    return _table(rows, "tickets")


def teams_table(payloads: Iterable[Payload]) -> pd.DataFrame:
    """Teams as in `schema.TEAMS`."""
    rows = [
        {"id": fields.identity(p, "team"), "name": html_to_text(p.get("name"))} for p in payloads
    ]
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
    return _table(agent_rows(admins, list(users), availabilities, people, reasons), "agents")


def _table(rows: list[dict[str, Any]], name: str) -> pd.DataFrame:
    """Rows of plain values as the canonical table; ids are unique, the last one wins."""
    rows = list({row["id"]: row for row in rows}.values())
    types = schema.TABLES[name]
    columns = {}
    for column, dtype in types.items():
        values = pd.Series([row.get(column) for row in rows], dtype=_RAW.get(dtype, dtype))
        if dtype == schema.INSTANT:
            values = pd.to_datetime(values, unit="s", utc=True)
        columns[column] = values
    for label in dict.fromkeys(key for row in rows for key in row if key not in types):
        columns[label] = pd.Series([row.get(label) for row in rows], dtype="str")
    return schema.conform(pd.DataFrame(columns), name)
