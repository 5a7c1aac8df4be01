"""What people export from the vendors' screens, with every way to differ from the API.

Days are cut in UTC, as a vendor on another continent does; team, line and state are columns.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from services.sandbox import Payload
from services.sandbox.team.hours import midnight, to_local
from services.sandbox.team.world_protocol import AnyWorld

DAYS = 7
HOUR, YEAR = 3600, 365 * 86400
# What a careless reader takes for a formula, a tag, or another line or column.
HOSTILE = ('=HYPERLINK("http://example.com")', "<img src=x>", 'a "quoted" one', "two\nlines; more")
# In what the telephony integration writes into a conversation.
RECORDING = "assets.aircall.io"
GONE, UNREAD, OLD = "215900000000001", "215900000000002", "215900000000003"
CONVERSATIONS, CALLS = "conversations.csv", "calls.csv"


def write_exports(world: AnyWorld, tickets: Iterable[Payload], folder: Path, left_out: int) -> None:
    """Of the last seven days, today included, as two files; `left_out` is a team not exported."""
    folder.mkdir(parents=True, exist_ok=True)
    today = to_local(world.now).date()
    days = today - timedelta(days=DAYS - 1), today
    _write(folder / CONVERSATIONS, ";", _list_conversations(world, tickets, days, left_out))
    _write(folder / CALLS, ",", _list_calls(world, days))


def _write(path: Path, delimiter: str, rows: list[dict[str, Any]]) -> None:
    # With the mark by which a spreadsheet knows UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _list_conversations(
    world: AnyWorld, tickets: Iterable[Payload], days: tuple[date, date], left_out: int
) -> list[dict[str, Any]]:
    exported_at = world.now - HOUR
    rows, logged, closed, rated, older = [], [], [], [], []
    for payload in world.conversations:
        created, facts = payload["created_at"], payload["statistics"] or {}
        rating = payload["conversation_rating"] or {}
        if _is_within(created, days):
            if RECORDING in ((payload["source"] or {}).get("body") or ""):
                logged.append(_conversation(payload["id"], created, payload))
            elif created <= exported_at and _is_reported(payload, left_out):
                rows.append(_conversation(payload["id"], created, payload))
        # Far from any midnight, and of a team that is exported.
        elif payload["team_assignee_id"] == left_out or created > midnight(days[0]) - 86400:
            continue
        elif _is_within(facts.get("last_close_at"), days):
            closed.append(_conversation(payload["id"], facts["last_close_at"], payload))
        elif _is_within(rating.get("created_at"), days):
            rated.append(_conversation(payload["id"], rating["created_at"], payload))
        elif not _is_within(facts.get("first_contact_reply_at"), days):
            older.append(_conversation(payload["id"], created, payload))
    middle = midnight(days[0] + timedelta(days=2)) + 12 * HOUR
    rows += rows[:2] + logged[:2] + closed[:3] + rated[:2] + older[-2:]
    own = [ticket for ticket in tickets if ticket["category"] == "Back-office"]
    rows += [_conversation(str(ticket["id"]), middle) for ticket in own[-1:]]
    rows += [_conversation(GONE, middle), _conversation(UNREAD, world.now + HOUR)]
    rows += [_conversation(OLD, world.now - 2 * YEAR), _conversation("2,159E+14", middle)]
    for row, words in zip(rows, HOSTILE, strict=False):
        row["Título"] = words
    return rows


def _is_reported(payload: Payload, left_out: int) -> bool:
    """What the vendor's report counts: neither duplicates nor what nobody asked for."""
    source = payload["source"] or {}
    delivered, facts = source.get("delivered_as"), payload["statistics"] or {}
    is_asked = delivered == "customer_initiated" or facts.get("first_contact_reply_at") is not None
    tags = [tag["name"].casefold() for tag in payload["tags"]["tags"]]
    is_duplicate = payload["custom_attributes"].get("Merged") or any("duplic" in t for t in tags)
    is_merged = is_duplicate and payload["state"] == "closed"
    return is_asked and not is_merged and payload["team_assignee_id"] != left_out


def _conversation(number: str, at: float, payload: Payload | None = None) -> dict[str, Any]:
    known = payload or {}
    return {
        "Título": known.get("title") or "",
        "ID da conversa": number,
        "Estado": known.get("state", ""),
        "Time": known.get("team_assignee_id") or "",
        "Criada em": datetime.fromtimestamp(at, UTC).strftime("%d/%m/%Y %H:%M:%S"),
    }


def _list_calls(world: AnyWorld, days: tuple[date, date]) -> list[dict[str, Any]]:
    """Under the identifier that the telephone shows, which the API does not have."""
    payloads = [call for call in world.calls if _is_within(call["started_at"], days)]
    lines = sorted({call["number"]["name"] for call in payloads})
    exported_at = world.now - HOUR
    rows = [
        _call(call["sid"], call["started_at"], call)
        for call in payloads
        if call["number"]["name"] != lines[0]
        and (call["started_at"] <= exported_at or call["status"] != "done")
    ]
    middle = midnight(days[0] + timedelta(days=2)) + 12 * HOUR
    rows += [*rows[:2], _call("CA1", middle + 1), _call("CA2", world.now + HOUR)]
    return [*rows, _call("CA3", world.now - 2 * YEAR), {**_call("CA4", 0), "datetime (UTC)": "?"}]


def _call(sid: str, at: float, payload: Payload | None = None) -> dict[str, Any]:
    known = payload or {"direction": "inbound", "raw_digits": "+15550100", "number": {}}
    sides = [known["raw_digits"], known["number"].get("digits", "")]
    if known["direction"] == "outbound":
        sides.reverse()
    return {
        "Call ID (UUID)": sid,
        "line": known["number"].get("name", ""),
        "datetime (UTC)": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "direction": known["direction"],
        "from": sides[0],
        "to": sides[1],
    }


def _is_within(at: float | None, days: tuple[date, date]) -> bool:
    return at is not None and days[0] <= datetime.fromtimestamp(at, UTC).date() <= days[1]
