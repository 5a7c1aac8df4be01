"""The small tables of the snapshot, agents and teams, made of what both vendors tell."""

from collections.abc import Callable, Collection

import pandas as pd

from metrics.model import schema
from services.collector.aircall_source import AircallSource
from services.collector.intercom_source import IntercomSource
from services.collector.roster import Roster, with_since
from services.settings.sections import PersonSetting
from services.snapshot.manifest import WHOLE, PartitionId
from services.storage.store import Store
from services.vendors.tables import agents_table, teams_table

AGENTS, TEAMS = ("agents", WHOLE), ("teams", WHOLE)

Frames = dict[PartitionId, pd.DataFrame]


class AgentTables:
    """Who is there, who left, and in which teams they are.

    Args:
        text: Where admins and teams come from.
        voice: Where the telephone's users come from, if there is a telephone.
        aliases: Who has two e-mails.
        state: Where the roster lies.
        clock: Unix seconds.
    """

    def __init__(
        self,
        text: IntercomSource,
        voice: AircallSource | None,
        aliases: Collection[PersonSetting],
        state: Store,
        clock: Callable[[], float],
    ) -> None:
        self._text = text
        self._voice = voice
        self._aliases = aliases
        self._roster = Roster(state)
        self._clock = clock
        self._mentioned: set[str] = set()
        self._published: Frames = {
            AGENTS: schema.empty("agents"),
            TEAMS: schema.empty("teams"),
        }

    def mention(self, conversations: pd.DataFrame) -> None:
        """Somebody may be named there whom nobody remembers."""
        for column in ("agent_id", "rated_agent_id"):
            self._mentioned.update(conversations[column].dropna().unique())

    def published(self, frames: Frames) -> None:
        """These are what was published last."""
        self._published |= frames

    @property
    def agents(self) -> pd.DataFrame:
        """The people as they were published last."""
        return self._published[AGENTS]

    def changes(self, lost: Collection[PartitionId]) -> Frames:
        """The tables that differ from what was published last, or that are lost."""
        if not self._text.admins:
            return {}
        frames = {AGENTS: self._agents(), TEAMS: teams_table(self._text.teams)}
        return {
            name: rows
            for name, rows in frames.items()
            if name in lost or not rows.equals(self._published[name])
        }

    def _agents(self) -> pd.DataFrame:
        users = self._voice.users if self._voice else []
        words = self._voice.availabilities if self._voice else {}
        present = agents_table(self._text.admins, users, words, self._aliases, self._text.reasons)
        now = pd.Timestamp(int(self._clock()), unit="s", tz="UTC")
        present = with_since(present, self._published[AGENTS], now)
        self._roster.remember(present)
        return self._roster.with_leavers(present, self._mentioned)
