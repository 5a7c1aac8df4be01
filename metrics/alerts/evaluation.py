"""What all rules say of one version, and what their conditions look at."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

import polars as pl

from metrics.alerts.model import (
    Ending,
    Evaluation,
    Problem,
    Rule,
    Screen,
    SourceHealth,
    WorkingHours,
)
from metrics.alerts.rules import NO_TEAM, RULES, RuleSettings, screen_key
from metrics.live import current
from metrics.live.current import LoadRow, PresenceRow, QueueRow
from metrics.live.spikes import Spike, spikes
from metrics.live.waiting import WaitingWork, waiting_work
from metrics.measures.stocks import IS_OPEN
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.office_hours import is_open_at, openings
from metrics.model.people import in_teams
from metrics.model.periods import today
from metrics.model.selection import agent_of, select
from metrics.model.tables import Tables
from metrics.model.view import view_of_today

# So many people who could help are told by name.
HELPERS = 3
REVOKED: Ending = "revoked"


@dataclass(frozen=True)
class Held:
    """What somebody holds, the longest wait first; `ours` of them wait for us."""

    agent_id: str
    ids: list[str]
    ours: int


@dataclass(frozen=True)
class Situation:
    """One version at the instant `tables.now`, as the conditions look at it.

    Attributes:
        sources: How `intercom` and `aircall` are; an absent one is off.
        missing: Tables of which a part is missing for the moment.
        screens: Those that show the wall, with and without a link.
        listening_since: From when on a screen that spoke would have been heard; Unix seconds.
    """

    tables: Tables
    rules: Rules
    sources: Mapping[str, SourceHealth] = field(default_factory=dict)
    working_hours: WorkingHours = "office"
    first_day: date | None = None
    missing: frozenset[str] = frozenset()
    screens: Collection[Screen] = ()
    listening_since: float = 0.0

    @property
    def instant(self) -> float:
        """Unix seconds."""
        return float(self.tables.now.timestamp())

    def source_state(self, name: str) -> str:
        return self.sources[name].state if name in self.sources else "off"

    @cached_property
    def presence(self) -> list[PresenceRow]:
        return current.presence(self.tables, self.rules)

    @cached_property
    def member_names(self) -> Mapping[str, str]:
        """Agent id -> name of everybody in scope."""
        return {person.agent_id: person.name for person in self.presence}

    @cached_property
    def team_names(self) -> Mapping[str, str]:
        return current.team_names(self.tables, self.rules)

    def agents_in(self, team: str) -> Collection[str]:
        return in_teams(self.tables.agents, (team,))

    @cached_property
    def waiting(self) -> WaitingWork:
        return waiting_work(view_of_today(self.tables, self.rules))

    def ai_stuck(self, seconds: float) -> list[QueueRow]:
        return current.ai_stuck(view_of_today(self.tables, self.rules), seconds)

    def queue_by_team(self) -> Iterator[tuple[str, list[QueueRow]]]:
        """What nobody has taken by team id; `none` for conversations without a team."""
        by_team = sorted(self.waiting.untaken, key=_team_of)
        yield from ((team, list(rows)) for team, rows in groupby(by_team, _team_of))

    def open_by_member(self) -> list[Held]:
        """Open conversations of each member, over all teams."""
        view, agent = view_of_today(self.tables, self.rules), agent_of(self.tables)
        held = (
            select(CATALOG["open_now"], view, by_person=True)
            .query.filter(IS_OPEN & agent.is_in(list(self.member_names)))
            .sort("waiting_since", "id", nulls_last=True)
            .group_by(agent.cast(pl.String).alias("agent_id"))
            .agg(ids="id", ours=pl.col("waiting_since").count())
            .sort("agent_id")
        )
        return [Held(**row) for row in held.collect().iter_rows(named=True)]

    @cached_property
    def open_by_anybody(self) -> Mapping[str, int]:
        """Agent id -> open conversations, of whatever team or kind."""
        held = self.tables.conversations.lazy().filter(IS_OPEN)
        counts = held.group_by(pl.col("agent_id").cast(pl.String)).len()
        return dict(counts.collect().iter_rows())

    def spikes(self) -> Iterator[Spike]:
        return spikes(self.tables, self.rules, self.first_day)

    def next_agents(self, team: str) -> tuple[tuple[str, int], ...]:
        """Who of the team could take the next case; of all, where the team has nobody free."""
        inside = self.agents_in(team)
        free = [row for row in self._free_agents if row.agent_id in inside]
        return tuple((row.agent_id, row.open) for row in (free or self._free_agents)[:HELPERS])

    @cached_property
    def _free_agents(self) -> list[LoadRow]:
        load = current.load(view_of_today(self.tables, self.rules), self.tables.now)
        return current.next_hands(load)

    def are_people_expected(self) -> bool:
        if self.working_hours == "office":
            return is_open_at(self.tables.now, self.rules)
        return self.working_hours == "always"

    def opened_at(self) -> float:
        """When the opening time began that goes on; where hours do not matter, long ago."""
        if self.working_hours == "always":
            return 0.0
        moment = self.tables.now
        day = today(self.tables.now, self.rules.time_zone)
        starts = [
            start.timestamp()
            for day in (day - timedelta(days=1), day)
            for start, end in openings(day, self.rules)
            if start <= moment < end
        ]
        return max(starts, default=0.0)


def _team_of(row: QueueRow) -> str:
    return row.team_id or NO_TEAM


def evaluate(situation: Situation, settings: Callable[[Rule], RuleSettings]) -> Evaluation:
    sources = situation.sources
    unknown = frozenset(key for key in RULES if _is_unknown(key, situation))
    idle = _find_idle(situation)
    problems: list[Problem] = []
    for key, rule in RULES.items():
        if key not in unknown and key not in idle:
            problems += rule.condition(situation, settings(key))
    is_voice_sure = situation.source_state("aircall") in ("ok", "off")
    doubtful = frozenset(p.key for p in problems if not is_voice_sure and may_be_on_a_call(p))
    starting = frozenset(f"stale:source:{s}" for s in sources if sources[s].state == "starting")
    revoked = {screen_key(s): REVOKED for s in situation.screens if s.is_revoked}
    return Evaluation(
        problems=tuple(problem for problem in problems if problem.key not in doubtful),
        unknown=unknown | doubtful | starting,
        idle={**revoked, **idle},
    )


def may_be_on_a_call(problem: Problem) -> bool:
    """Whether a goal for conversations would be met if those who are away were on calls."""
    calls = problem.facts.get("calls_at_most", 0)
    return calls > 0 and problem.value + calls >= problem.threshold


def _is_unknown(key: Rule, situation: Situation) -> bool:
    """Whether a source of the rule is late, failed or has not answered yet, or has holes."""
    rule = RULES[key]
    # Without Intercom there is nothing; telephony may be off.
    usable = {"intercom": ("ok",)}
    return bool(rule.tables & situation.missing) or any(
        situation.source_state(name) not in usable.get(name, ("ok", "off")) for name in rule.sources
    )


def _find_idle(situation: Situation) -> dict[Rule, Ending]:
    idle: dict[Rule, Ending] = {}
    if not situation.are_people_expected():
        idle = {key: "hours" for key, rule in RULES.items() if rule.needs_working_hours}
    for key, rule in RULES.items():
        if any(situation.source_state(name) == "off" for name in rule.sources[1:]):
            idle[key] = "off"
    return idle
