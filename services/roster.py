"""The people table: who is there now, who left, and since when they are in their present state."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import pandas as pd

from metrics import schema
from services.store import Store

KEY = "roster"
STATES = {"away_since": ("away", "away_reason"), "voice_since": ("voice_status",)}


class Roster:
    """Names of everyone who was ever seen, kept in the state store: id -> name and e-mail."""

    def __init__(self, state: Store) -> None:
        self._state = state
        content = state.get(KEY)
        self._known: dict[str, list[str | None]] = orjson.loads(content) if content else {}

    def remember(self, agents: pd.DataFrame) -> None:
        """Keep the names of these people; written only when something is new."""
        known: dict[str, list[str | None]] = dict(self._known)
        for row in agents[["id", "name", "email"]].itertuples(index=False):
            known[row.id] = [_text(row.name), _text(row.email)]
        if known != self._known:
            self._known = known
            self._state.set(KEY, orjson.dumps(known))

    def with_leavers(self, agents: pd.DataFrame, mentioned: Iterable[str]) -> pd.DataFrame:
        """The people with those who are gone: remembered ones, and ids that nobody can name.

        Args:
            agents: Present people, as in `schema.AGENTS`.
            mentioned: Ids that conversations name.
        """
        present = set(agents["id"])
        absent = sorted((self._known.keys() | set(mentioned)) - present)
        nameless: list[str | None] = [None, None]
        gone = [
            {
                "id": agent,
                "name": self._known.get(agent, nameless)[0],
                "email": self._known.get(agent, nameless)[1],
                "active": False,
                "bot": False,
            }
            for agent in absent
        ]
        if not gone:
            return agents
        leavers = schema.conform(pd.DataFrame(gone), "agents")
        return pd.concat([agents, leavers], ignore_index=True)


def with_since(agents: pd.DataFrame, before: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """The people with `away_since` and `voice_since`: when we first saw their present state.

    Whoever is seen for the first time has been so for we do not know how long: NA.

    Args:
        agents: Present people.
        before: The table published last; empty at the first start.
        now: When this state was read.
    """
    known = before.set_index("id")
    table = agents.copy()
    for since, columns in STATES.items():
        table[since] = [
            _since(row, known, since, columns, now)
            for row in agents[["id", *columns]].to_dict("records")
        ]
    return schema.conform(table, "agents")


def _since(
    row: Mapping[str, object],
    known: pd.DataFrame,
    since: str,
    columns: tuple[str, ...],
    now: pd.Timestamp,
) -> object:
    if row["id"] not in known.index:
        return pd.NaT
    earlier = known.loc[row["id"]]
    same = all(_text(row[column]) == _text(earlier[column]) for column in columns)
    return earlier[since] if same else now


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
