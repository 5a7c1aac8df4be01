"""An export of a real operation, moved to the present by whole weeks and served as it is.

Whole weeks keep weekdays and hours. Conversations and calls may be of different years, so each
file is moved by weeks of its own. Nothing happens here any more: the clock moves, the rows do not.
"""

from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import Any

from services.sandbox import export
from services.sandbox.conversation import Conversation
from services.sandbox.directory import Directory
from services.sandbox.replay_directory import ReplayDirectory
from services.sandbox.shelf import Shelf

Payload = dict[str, Any]
WEEK = 7 * 86400
# No instant lies before 1973; no duration is so long.
EARLIEST = 100_000_000
OTHER_INSTANTS = ("waiting_since", "snoozed_until")


class ReplayWorld:
    """What an export holds.

    Args:
        folder: With conversations.jsonl, calls.jsonl (or .gz) and directory.json; any may miss.
        start: When it is opened; Unix seconds.
        seed: Of the invented presence of its people.

    Raises:
        ExportError: A file is not what it should be.
    """

    def __init__(self, folder: Path, start: float, seed: int) -> None:
        self.now = start
        self.shelf = Shelf()
        conversations = export.rows(folder, "conversations", ("id", "created_at"))
        calls = export.rows(folder, "calls", ("id", "started_at"))
        self.weeks = {"conversations": move(conversations, start), "calls": move(calls, start)}
        for row in conversations:
            row["id"] = str(row["id"])
        self.shelf.fill(conversations)
        self._calls = sorted(calls, key=lambda call: (call["started_at"], call["id"]))
        self._starts = [call["started_at"] for call in self._calls]
        self._by_id = {str(call["id"]): call for call in self._calls}
        names = export.directory(folder)
        self.directory: Directory = ReplayDirectory(names, conversations, self._calls, seed)

    @property
    def conversations(self) -> list[Payload]:
        """Intercom's objects, oldest creation first."""
        return self.shelf.between("created_at", None, None)

    @property
    def calls(self) -> list[Payload]:
        """Aircall's objects, oldest first."""
        return self.begun()

    def advance(self, now: float) -> None:
        """Move the clock."""
        self.now = max(self.now, now)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation.

        Raises:
            KeyError: There is none of that id.
        """
        self.shelf.remove(conversation_id, int(self.now))

    def story(self, conversation_id: str) -> Conversation | None:
        """An export does not tell."""
        return None

    def begun(self, since: float = 0.0, until: float | None = None) -> list[Payload]:
        """Calls that began between two instants, both included; oldest first."""
        end = len(self._starts) if until is None else bisect_right(self._starts, until)
        return self._calls[bisect_left(self._starts, since) : end]

    def call(self, call_id: int) -> Payload | None:
        """The call of that id."""
        return self._by_id.get(str(call_id))

    def call_payload(self, call: Payload, *, with_contact: bool = True) -> Payload:
        """A call as it is."""
        return call if with_contact or not call.get("contact") else {**call, "contact": None}


def move(rows: list[Payload], now: float) -> int:
    """Move all instants by the same whole number of weeks, so that the last lies just behind now.

    Returns:
        How many weeks.
    """
    latest = max((_latest(row) for row in rows), default=None)
    if latest is None:
        return 0
    weeks = int((now - latest) // WEEK)
    for row in rows:
        _shift(row, weeks * WEEK)
    return weeks


def _is_instant(key: str, value: Any) -> bool:
    is_named = key.endswith("_at") or key in OTHER_INSTANTS
    return is_named and isinstance(value, int) and value > EARLIEST


def _latest(row: Any) -> int:
    """The last thing that has happened; when somebody will wake up has not."""
    if isinstance(row, list):
        return max(map(_latest, row), default=0)
    if not isinstance(row, dict):
        return 0
    return max(
        (
            (value if key != "snoozed_until" else 0) if _is_instant(key, value) else _latest(value)
            for key, value in row.items()
        ),
        default=0,
    )


def _shift(row: Any, seconds: int) -> None:
    if isinstance(row, list):
        for one in row:
            _shift(one, seconds)
    elif isinstance(row, dict):
        for key, value in row.items():
            if _is_instant(key, value):
                row[key] = value + seconds
            elif isinstance(value, dict | list):
                _shift(value, seconds)
