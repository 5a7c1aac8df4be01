"""How the archive is, as its writer left it in the state store."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

import orjson

from services.storage.store import Store

KEY = "archive/status"
State = Literal["off", "starting", "ok", "late", "failed", "full", "read_only"]
# A writer that has not spoken for so long is not there.
SILENT_SECONDS = 900.0


@dataclass(frozen=True)
class ArchiveStatus:
    """Instants are Unix seconds.

    Attributes:
        as_of: The instant for which the last whole writing holds.
        since: When it came into this state.
        spoke_at: When the writer last said so.
        cause: `mongo.Cause` of what is wrong; `error` in words for a manager.
        first_day: The oldest day in the archive, YYYY-MM-DD.
        waiting: Days that are not written yet.
        epoch: Of the collector whose writer says so: one that was superseded is silent.
    """

    state: State = "starting"
    as_of: float | None = None
    since: float | None = None
    spoke_at: float = 0.0
    cause: str | None = None
    error: str | None = None
    first_day: str | None = None
    waiting: int = 0
    epoch: int = 0

    def instant(self, name: Literal["as_of", "since"]) -> datetime | None:
        seconds = getattr(self, name)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def save_status(state: Store, status: ArchiveStatus) -> None:
    state.set(KEY, orjson.dumps(status))


def load_status(state: Store, now: float) -> ArchiveStatus:
    content = state.get(KEY)
    try:
        status = ArchiveStatus(**orjson.loads(content)) if content else ArchiveStatus()
    except (orjson.JSONDecodeError, TypeError):
        return ArchiveStatus()
    if status.state not in get_args(State):
        return ArchiveStatus()
    is_silent = status.state == "ok" and abs(now - status.spoke_at) > SILENT_SECONDS
    return ArchiveStatus(**{**vars(status), "state": "late"}) if is_silent else status
