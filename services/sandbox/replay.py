"""An export of a real operation, moved to the present by whole weeks and served as it is.

Whole weeks keep weekdays and hours. Conversations and calls may be of different years, so each
file is moved by weeks of its own. Nothing happens here any more: the clock moves, the rows do not.
"""

import gzip
import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.sandbox import Payload
from services.sandbox.team import people
from services.sandbox.team.conversation import Conversation
from services.sandbox.team.conversation_index import ConversationIndex
from services.sandbox.team.directory import Directory, build_admin, build_app, build_user
from services.sandbox.team.phone import API
from services.sandbox.team.rng import WeightedChoice, seeded_rng

WEEK = 7 * 86400
# No instant lies before 1973; no duration is so long.
EARLIEST = 100_000_000
OTHER_INSTANTS = ("waiting_since", "snoozed_until")


class ReplayWorld:
    """Serves conversations.jsonl, calls.jsonl (or .gz) and directory.json; any may miss."""

    def __init__(self, folder: Path, start: float, seed: int) -> None:
        self.now = start
        self.index = ConversationIndex()
        conversations = read_rows(folder, "conversations", ("id", "created_at"))
        calls = read_rows(folder, "calls", ("id", "started_at"))
        self.weeks = {
            "conversations": move_to_present(conversations, start),
            "calls": move_to_present(calls, start),
        }
        for row in conversations:
            row["id"] = str(row["id"])
        self.index.fill(conversations)
        self._calls = sorted(calls, key=lambda call: (call["started_at"], call["id"]))
        self._starts = [call["started_at"] for call in self._calls]
        self._by_id = {str(call["id"]): call for call in self._calls}
        names = read_directory(folder)
        self.directory: Directory = ReplayDirectory(names, conversations, self._calls, seed)

    @property
    def conversations(self) -> list[Payload]:
        return self.index.list_between("created_at", None, None)

    @property
    def calls(self) -> list[Payload]:
        return self.list_calls()

    def advance(self, now: float) -> None:
        self.now = max(self.now, now)

    def delete(self, object_id: str) -> None:
        call = self._by_id.pop(object_id, None)
        if call is None:
            self.index.remove(object_id, int(self.now))
            return
        position = self._calls.index(call)
        del self._calls[position], self._starts[position]

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """An export says nothing of events."""
        return None

    def list_calls(self, since: float = 0.0, until: float | None = None) -> list[Payload]:
        end = len(self._starts) if until is None else bisect_right(self._starts, until)
        return self._calls[bisect_left(self._starts, since) : end]

    def get_call(self, call_id: int) -> Payload | None:
        return self._by_id.get(str(call_id))

    def build_call(self, call: Payload, *, with_contact: bool = True) -> Payload:
        return call if with_contact or not call.get("contact") else {**call, "contact": None}


def move_to_present(rows: list[Payload], now: float) -> int:
    """So that the last instant lies just behind now; by how many whole weeks."""
    latest = max((_find_latest(row) for row in rows), default=None)
    if latest is None:
        return 0
    weeks = int((now - latest) // WEEK)
    for row in rows:
        _shift_instants(row, weeks * WEEK)
    return weeks


def _is_instant(key: str, value: Any) -> bool:
    is_named = key.endswith("_at") or key in OTHER_INSTANTS
    return is_named and isinstance(value, int) and value > EARLIEST


def _find_latest(row: Any) -> int:
    """The last event of a row; when a snoozed conversation will wake up is none."""
    if isinstance(row, list):
        return max(map(_find_latest, row), default=0)
    if not isinstance(row, dict):
        return 0
    return max(
        (
            (value if key != "snoozed_until" else 0)
            if _is_instant(key, value)
            else _find_latest(value)
            for key, value in row.items()
        ),
        default=0,
    )


def _shift_instants(row: Any, seconds: int) -> None:
    if isinstance(row, list):
        for item in row:
            _shift_instants(item, seconds)
    elif isinstance(row, dict):
        for key, value in row.items():
            if _is_instant(key, value):
                row[key] = value + seconds
            elif isinstance(value, dict | list):
                _shift_instants(value, seconds)


HALF_HOUR = 1800
AVAILABILITIES = WeightedChoice(
    [
        *(("available", 7), ("in_call", 2), ("after_call_work", 1)),
        *(("do_not_disturb", 1), ("offline", 3)),
    ]
)


class ReplayDirectory:
    """What `names` (directory.json) leaves out is taken from the rows; presence is invented."""

    def __init__(
        self, names: Payload, conversations: list[Payload], calls: list[Payload], seed: int
    ) -> None:
        self._seed = seed
        self._teams = [_fill_team(team) for team in names.get("teams") or []]
        self._admins = names.get("admins") or _list_assignees(conversations)
        users, numbers = names.get("aircall_users"), names.get("aircall_numbers")
        self._users = _merge_rows(users or [], (call.get("user") for call in calls))
        self._numbers = _merge_rows(numbers or [], (call.get("number") for call in calls))

    def get_me(self) -> Payload:
        """Somebody from outside, who holds the token."""
        name = people.MANAGER_NAME
        manager = build_admin(people.MANAGER_ID, name, people.build_email(name))
        return {**manager, "email_verified": True, "app": build_app()}

    def list_admins(self, now: float) -> list[Payload]:
        members = {
            admin_id: team["id"] for team in self._teams for admin_id in map(str, team["admin_ids"])
        }
        bot = build_admin(people.BOT_ID, "Fin", f"operator+{people.APP_ID}@intercom.io")
        return [bot] + [
            {
                **build_admin(
                    row["id"],
                    row.get("name") or f"Pessoa {row['id']}",
                    row.get("email") or f"a{row['id']}@example.com",
                    has_inbox_seat=True,
                    away_mode_enabled=self._draw("admin", row["id"], now) < 0.35,
                ),
                "team_ids": row.get("team_ids")
                or ([int(members[str(row["id"])])] if str(row["id"]) in members else []),
            }
            for row in self._admins
        ]

    def list_teams(self) -> list[Payload]:
        return self._teams

    def list_users(self, now: float) -> list[Payload]:
        return [
            build_user(
                row["id"],
                row.get("name") or f"Pessoa {row['id']}",
                row.get("email") or f"u{row['id']}@example.com",
                available=self._draw_availability(row["id"], now) == "available",
            )
            for row in self._users
        ]

    def get_availabilities(self, now: float) -> dict[int, str]:
        """Invented, and the same for half an hour."""
        return {row["id"]: self._draw_availability(row["id"], now) for row in self._users}

    def list_numbers(self, now: float) -> list[Payload]:
        return [
            {
                "direct_link": f"{API}/v1/numbers/{row['id']}",
                "digits": "",
                "country": "BR",
                "time_zone": "America/Sao_Paulo",
                "open": True,
                "availability_status": "open",
                "is_ivr": False,
                "live_recording_activated": False,
                **row,
            }
            for row in self._numbers
        ]

    def list_voice_teams(self) -> list[Payload]:
        return []

    def _draw_availability(self, user_id: int, now: float) -> str:
        position = int(self._draw("user", user_id, now) * len(AVAILABILITIES.table))
        return AVAILABILITIES.table[position]

    def _draw(self, kind: str, object_id: object, now: float) -> float:
        return seeded_rng(self._seed, kind, object_id, int(now) // HALF_HOUR).random()


def _fill_team(row: Payload) -> Payload:
    defaults = {"type": "team", "admin_ids": [], "admin_priority_level": {}}
    more = {"assignment_limit": None, "distribution_method": "manual"}
    return {**defaults, **more, **row, "id": str(row["id"])}


def _list_assignees(conversations: Iterable[Payload]) -> list[Payload]:
    admin_ids = {row.get("admin_assignee_id") for row in conversations}
    return [{"id": admin_id} for admin_id in sorted(filter(None, admin_ids), key=str)]


def _merge_rows(directory_rows: list[Payload], embedded_rows: Iterable[Any]) -> list[Payload]:
    """Those of the directory first; what a row says completes them."""
    by_id = {row["id"]: dict(row) for row in directory_rows}
    for row in embedded_rows:
        if isinstance(row, dict) and row.get("id") is not None:
            known = by_id.setdefault(row["id"], {"id": row["id"]})
            if len(known) < len(row):
                by_id[row["id"]] = {**row, **known}
    return list(by_id.values())


class ExportError(Exception):
    """Says which file and line."""


def read_rows(folder: Path, name: str, required: tuple[str, ...]) -> list[Payload]:
    """Empty where there is no file; ExportError where a line is no object, or lacks a member."""
    rows: list[Payload] = []
    for path in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"):
        if path.is_file():
            for number, line in _read_lines(path):
                rows.append(_parse_row(line, path, number, required))
            break
    return rows


def read_directory(folder: Path) -> Payload:
    """Empty where there is no file."""
    path = folder / "directory.json"
    if not path.is_file():
        return {}
    try:
        names = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ExportError(f"{path}: not JSON ({error})") from error
    if not isinstance(names, dict):
        raise ExportError(f"{path}: not an object")
    return names


def _read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ExportError(f"{path}: cannot be read ({error})") from error


def _parse_row(line: bytes, path: Path, number: int, required: tuple[str, ...]) -> Payload:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ExportError(f"{path}, line {number}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise ExportError(f"{path}, line {number}: not an object")
    for key in required:
        if row.get(key) in (None, ""):
            raise ExportError(f"{path}, line {number}: {key} is missing")
    return row
