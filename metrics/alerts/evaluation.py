"""What all rules say of one version, and what their conditions look at."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

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
from metrics.live.spikes import Spike, spikes
from metrics.measures.stocks import AVAILABLE
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.office_hours import is_open_at, openings
from metrics.model.people import in_teams, members
from metrics.model.periods import today
from metrics.model.selection import agent_of, select
from metrics.model.tables import Tables
from metrics.model.view import view_of_today

# So many people who could help are told by name.
HELPERS = 3
REVOKED: Ending = "revoked"


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
    def presence(self) -> pd.DataFrame:
        return current.presence(self.tables, self.rules)

    @cached_property
    def member_names(self) -> pd.Series:
        """Agent id -> name of everybody in scope."""
        return members(self.tables, self.rules).set_index("id")["name"]

    @cached_property
    def team_names(self) -> Mapping[str, str]:
        return current.team_names(self.tables, self.rules)

    @property
    def is_available_for_calls(self) -> pd.Series:
        """By row of `presence`."""
        return self.presence["voice"].isin(AVAILABLE)

    def agents_in(self, team: str) -> Collection[str]:
        return in_teams(self.tables.agents, (team,))

    def queue_by_team(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The queue by team id; `none` for conversations without a team."""
        waiting = current.queue(view_of_today(self.tables, self.rules))
        if not waiting.empty:
            for team, rows in waiting.groupby(waiting["team_id"].astype("str").fillna(NO_TEAM)):
                yield str(team), rows

    def open_by_member(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Open conversations by agent id, over all teams, those that wait longest first."""
        view = view_of_today(self.tables, self.rules)
        held = select(CATALOG["open_now"], view, by_person=True).rows
        held = held[held["state"].eq("open")].sort_values(["waiting_since", "id"])
        agents = agent_of(held, self.tables, None)
        for agent, rows in held.groupby(agents.where(agents.isin(self.member_names.index))):
            yield str(agent), rows

    def spikes(self) -> Iterator[Spike]:
        return spikes(self.tables, self.rules, self.first_day)

    def next_agents(self, team: str) -> tuple[tuple[str, int], ...]:
        """Who of the team could take the next case; of all, where the team has nobody free."""
        free = self._free_agents[self._free_agents["agent_id"].isin(self.agents_in(team))]
        best = (self._free_agents if free.empty else free).head(HELPERS)
        return tuple(zip(best["agent_id"].astype(str), best["open"].astype(int), strict=True))

    @cached_property
    def _free_agents(self) -> pd.DataFrame:
        load = current.load(view_of_today(self.tables, self.rules), self.tables.now)
        return current.next_hands(self.presence, load)

    def are_people_expected(self) -> bool:
        if self.working_hours == "office":
            return is_open_at(self.tables.now.to_pydatetime(), self.rules)
        return self.working_hours == "always"

    def opened_at(self) -> float:
        """When the opening time began that goes on; where hours do not matter, long ago."""
        if self.working_hours == "always":
            return 0.0
        moment = self.tables.now.to_pydatetime()
        day = today(self.tables.now, self.rules.time_zone)
        starts = [
            start.timestamp()
            for day in (day - timedelta(days=1), day)
            for start, end in openings(day, self.rules)
            if start <= moment < end
        ]
        return max(starts, default=0.0)


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
