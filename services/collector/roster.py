"""The people table: who is there now, who left, and since when they are in their present state."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import pandas as pd

from metrics.model import schema
from services.storage.store import Store

log = logging.getLogger(__name__)

KEY = "roster"
STATES = {"away_since": ("away", "away_reason"), "voice_since": ("voice_status",)}
# How somebody is called whose name nobody knows any more; the screen finds words for it.
NAMELESS: tuple[str | None, str | None] = ("", None)


class Roster:
    """Names of everyone who was ever seen in Intercom, kept in the state store: id -> name, e-mail.

    People of the telephone only are not kept: their calls carry their names.
    """

    def __init__(self, state: Store) -> None:
        self._state = state
        self._known = _read(state)

    def remember(self, agents: pd.DataFrame) -> None:
        """Keep the names of these people; written only when something is new."""
        known = dict(self._known)
        for row in agents[["id", "name", "email"]].itertuples(index=False):
            if not row.id.startswith("voice:"):
                known[row.id] = (_text(row.name), _text(row.email))
        if known != self._known:
            self._state.set(KEY, orjson.dumps(known))
            self._known = known

    def with_leavers(self, agents: pd.DataFrame, mentioned: Iterable[str]) -> pd.DataFrame:
        """The people with those who are gone: remembered ones, and ids that nobody can name.

        Args:
            agents: Present people, as in `schema.AGENTS`.
            mentioned: Ids that conversations name.
        """
        absent = sorted((self._known.keys() | set(mentioned)) - set(agents["id"]))
        if not absent:
            return agents
        names = [self._known.get(agent, NAMELESS) for agent in absent]
        gone = pd.DataFrame(
            {
                "id": absent,
                "name": [name or "" for name, _ in names],
                "email": [email for _, email in names],
                "active": False,
                "bot": False,
            }
        )
        return pd.concat([agents, schema.conform(gone, "agents")], ignore_index=True)


def with_since(agents: pd.DataFrame, before: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """The people with `away_since` and `voice_since`: when we first saw their present state.

    Where the state itself is not known, neither is its beginning.

    Args:
        agents: Present people.
        before: The table published last; empty at the first start.
        now: When this state was read.
    """
    known = {row["id"]: row for row in before.to_dict("records")}
    rows = agents.to_dict("records")
    table = agents.copy()
    for since, columns in STATES.items():
        table[since] = [_since(row, known.get(row["id"]), since, columns, now) for row in rows]
    return schema.conform(table, "agents")


def _since(
    row: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    since: str,
    columns: tuple[str, ...],
    now: pd.Timestamp,
) -> object:
    if pd.isna(row[columns[0]]):
        return pd.NaT
    if earlier is None or any(_text(row[name]) != _text(earlier[name]) for name in columns):
        return now
    return earlier[since]


def _read(state: Store) -> dict[str, tuple[str | None, str | None]]:
    content = state.get(KEY)
    try:
        found = orjson.loads(content) if content else {}
        return {str(agent): (name, email) for agent, (name, email) in found.items()}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        log.warning("roster: unreadable, so it is written anew")
        return {}


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
