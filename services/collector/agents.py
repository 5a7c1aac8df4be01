"""The tables of agents and teams: who is there, who left, and since when in which state."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl

from metrics.model import schema
from services.collector.aircall_source import AircallSource
from services.collector.intercom_source import IntercomSource
from services.errors import ServiceError
from services.settings.sections import PersonSetting
from services.snapshot.manifest import WHOLE, PartitionId
from services.storage.store import Store
from services.vendors.tables import agents_table, teams_table

log = logging.getLogger(__name__)

AGENTS, TEAMS = ("agents", WHOLE), ("teams", WHOLE)
ROSTER_KEY = "roster"
# Before the ids of teams in the roster; no person's id has a colon.
TEAM = "team:"
# Since when -> the columns that make the state.
STATES = {"away_since": ("away", "away_reason"), "voice_since": ("voice_status",)}
# How somebody is called whose name nobody knows any more; the screen finds words for it.
NAMELESS: tuple[str | None, str | None] = ("", None)

Frames = dict[PartitionId, pl.DataFrame]


class AgentTables:
    """`aliases` are those who have two e-mails."""

    def __init__(
        self,
        intercom: IntercomSource,
        aircall: AircallSource | None,
        aliases: Collection[PersonSetting],
        state: Store,
        clock: Callable[[], float],
    ) -> None:
        self._intercom = intercom
        self._aircall = aircall
        self._aliases = aliases
        self._roster = Roster(state)
        self._clock = clock
        self._referenced: set[str] = set()
        self._referenced_teams: set[str] = set()
        self._published: Frames = {AGENTS: schema.empty("agents"), TEAMS: schema.empty("teams")}

    def note_referenced(self, conversations: pl.DataFrame) -> None:
        """Conversations may name people and teams that are gone, and that the roster never knew."""
        self._referenced_teams.update(conversations["team_id"].drop_nulls().unique())
        for column in ("agent_id", "rated_agent_id"):
            self._referenced.update(conversations[column].drop_nulls().unique())

    def mark_published(self, frames: Frames) -> None:
        self._published |= frames

    @property
    def agents(self) -> pl.DataFrame:
        """As published last."""
        return self._published[AGENTS]

    def find_changes(self, lost: Collection[PartitionId]) -> Frames:
        """The tables that differ from what was published last, or that are lost."""
        if not self._intercom.admins:
            return {}
        frames = {AGENTS: self._build_agents(), TEAMS: self._build_teams()}
        return {
            name: rows
            for name, rows in frames.items()
            if name in lost or not rows.equals(self._published[name])
        }

    def _build_agents(self) -> pl.DataFrame:
        users = self._aircall.users if self._aircall else []
        availabilities = self._aircall.availabilities if self._aircall else {}
        present = agents_table(
            self._intercom.admins, users, availabilities, self._aliases, self._intercom.reasons
        )
        now = datetime.fromtimestamp(int(self._clock()), UTC)
        present = add_since_columns(present, self._published[AGENTS], now)
        self._roster.remember(present)
        return self._roster.add_leavers(present, self._referenced)

    def _build_teams(self) -> pl.DataFrame:
        teams = teams_table(self._intercom.teams)
        self._roster.remember_teams(teams)
        return self._roster.add_deleted_teams(teams, self._referenced_teams)


class Roster:
    """Names of all people and teams ever seen in Intercom, in the state store: id -> name, e-mail.

    People of the telephone only are not kept: their calls carry their names.
    """

    def __init__(self, state: Store) -> None:
        self._state = state
        self._known = _load_roster(state)
        self._is_written = True

    def remember(self, agents: pl.DataFrame) -> None:
        people = agents.filter(~pl.col("id").str.starts_with("voice:"))
        rows = people.select("id", "name", "email").iter_rows()
        self._note({agent: (name, address) for agent, name, address in rows})

    def remember_teams(self, teams: pl.DataFrame) -> None:
        rows = teams.select("id", "name").iter_rows()
        self._note({TEAM + team: (name, None) for team, name in rows})

    def _note(self, names: Mapping[str, tuple[str | None, str | None]]) -> None:
        """Written only when something is new; what has no room is written with the next look."""
        known = {**self._known, **names}
        if known != self._known or not self._is_written:
            self._known = known
            try:
                self._state.set(ROSTER_KEY, orjson.dumps(known))
            except ServiceError as error:
                log.warning("roster: not written: %s", error)
                self._is_written = False
            else:
                self._is_written = True

    def add_leavers(self, agents: pl.DataFrame, referenced: Iterable[str]) -> pl.DataFrame:
        """Adds those who are gone: remembered ones, and ids that nobody can name."""
        people = {agent for agent in self._known if not agent.startswith(TEAM)}
        absent = sorted((people | set(referenced)) - set(agents["id"]))
        if not absent:
            return agents
        names = [self._known.get(agent, NAMELESS) for agent in absent]
        gone = pl.DataFrame(
            {
                "id": absent,
                "name": [name or "" for name, _ in names],
                "email": [email for _, email in names],
                "active": False,
                "bot": False,
            }
        )
        return pl.concat([agents, schema.conform(gone, "agents")])

    def add_deleted_teams(self, teams: pl.DataFrame, referenced: Iterable[str]) -> pl.DataFrame:
        """Adds those that conversations name; where no list of teams is to be had, none is gone."""
        absent = sorted(set(referenced) - set(teams["id"])) if len(teams) else []
        if not absent:
            return teams
        names = [self._known.get(TEAM + team, NAMELESS)[0] or "" for team in absent]
        gone = pl.DataFrame({"id": absent, "name": names, "active": False})
        return pl.concat([teams, schema.conform(gone, "teams")])


def add_since_columns(agents: pl.DataFrame, before: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Adds `away_since` and `voice_since`: when we first saw their present state.

    Where the state itself is not known, neither is its beginning. `before` was published last.
    """
    known = {row["id"]: row for row in before.iter_rows(named=True)}
    rows = agents.rows(named=True)
    for row in rows:
        earlier = known.get(row["id"])
        row |= {since: _find_since(row, earlier, since, now) for since in STATES}
    return pl.DataFrame(rows, agents.schema)


def _find_since(
    row: Mapping[str, Any], earlier: Mapping[str, Any] | None, since: str, now: datetime
) -> datetime | None:
    columns = STATES[since]
    if row[columns[0]] is None:
        return None
    if earlier is None or any(row[name] != earlier[name] for name in columns):
        return now
    began: datetime | None = earlier[since]
    return began


def _load_roster(state: Store) -> dict[str, tuple[str | None, str | None]]:
    content = state.get(ROSTER_KEY)
    try:
        roster = orjson.loads(content) if content else {}
        return {str(agent): (name, email) for agent, (name, email) in roster.items()}
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        log.warning("roster: unreadable, so it is written anew")
        return {}
