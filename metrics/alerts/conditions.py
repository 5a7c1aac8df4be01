"""The conditions under which the watch calls a person, for the instant `tables.now`."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta

import pandas as pd

from metrics.alerts.model import (
    RULES,
    Ending,
    Evaluation,
    Limits,
    Problem,
    Rule,
    Screen,
    SourceHealth,
)
from metrics.live import current as now
from metrics.live.spikes import spikes
from metrics.measures.stocks import AVAILABLE
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.office_hours import is_open_at, openings
from metrics.model.people import in_teams, members
from metrics.model.periods import today
from metrics.model.selection import agent_of, select
from metrics.model.tables import Tables
from metrics.model.view import view_of_today

EVERYTHING = Filters()
NO_TEAM = "none"
ALL = "all"
# So many conversations and people are told by name.
TICKETS, HANDS = 20, 3
BAD = ("late", "failed")
REVOKED: Ending = "revoked"
VOICE: tuple[Rule, ...] = ("staffing_voice",)
TEXT: tuple[Rule, ...] = ("queue", "overload", "spike", "staffing_text", *VOICE)
# What is nobody's fault while nobody is expected to be there.
IN_HOURS: tuple[Rule, ...] = ("staffing_text", *VOICE, "wall_silent")


def evaluate(
    tables: Tables,
    rules: Rules,
    limits: Limits,
    sources: Mapping[str, SourceHealth],
    *,
    first_day: date | None = None,
    missing: frozenset[str] = frozenset(),
    screens: Collection[Screen] = (),
    listening_since: float = 0.0,
) -> Evaluation:
    """All conditions over one version.

    Args:
        tables: One version.
        rules: Scope, goals, thresholds, opening hours.
        limits: The other thresholds.
        sources: How `intercom` and `aircall` are; an absent one is off.
        first_day: First day of the loaded history.
        missing: Tables of which a part is missing for the moment.
        screens: Those that show the wall.
        listening_since: From when on a screen that spoke would have been heard; Unix seconds.
    """
    unknown = _unknown(sources, missing)
    idle = _idle(tables, rules, limits, sources)
    is_voice_sure = _state(sources, "aircall") in ("ok", "off")
    conditions: dict[Rule, Callable[[], Iterator[Problem]]] = {
        "queue": lambda: queue(tables, rules, limits),
        "overload": lambda: overload(tables, rules, limits),
        "spike": lambda: spike(tables, rules, limits, first_day),
        "staffing_text": lambda: staffing_text(tables, rules, limits),
        "staffing_voice": lambda: staffing_voice(tables, rules, limits),
        "stale": lambda: stale(sources, limits, tables.now.timestamp()),
        "wall_silent": lambda: wall_silent(screens, tables.now, rules, limits, listening_since),
    }
    found = []
    for rule in RULES:
        if rule not in unknown and rule not in idle:
            found += list(conditions[rule]())
    doubtful = frozenset(p.key for p in found if not is_voice_sure and may_be_on_a_call(p))
    waiting = frozenset(f"stale:source:{name}" for name in sources if _is_starting(sources, name))
    problems = tuple(problem for problem in found if problem.key not in doubtful)
    gone = {screen_key(screen): REVOKED for screen in screens if screen.is_revoked}
    return Evaluation(problems, unknown | doubtful | waiting, {**gone, **idle})


def queue(tables: Tables, rules: Rules, limits: Limits) -> Iterator[Problem]:
    """Teams with a queue; one below the minimum does not fire, but is not over until it is empty.

    `value` counts the whole queue, as the wall does. With a minimum wait the rule fires on those
    who have waited for that long.
    """
    waiting = now.queue(view_of_today(tables, rules))
    if waiting.empty:
        return
    least = rules.queue_minimum_wait_seconds
    hands = _hands(tables, rules)
    for team, mine in waiting.groupby(waiting["team_id"].astype("str").fillna(NO_TEAM)):
        long = mine["waiting_seconds"].ge(least).fillna(False) if least else mine["id"].notna()
        oldest = mine["waiting_seconds"].max()
        since = mine["waiting_since"].min()
        yield Problem(
            rule="queue",
            key=f"queue:team:{team}",
            severity=limits.severities["queue"],
            value=len(mine),
            threshold=limits.queue_minimum,
            since=None if pd.isna(since) else since.timestamp(),
            team_id=str(team),
            team=_name(mine["team"].iloc[0]),
            tickets=tuple(mine["id"].head(TICKETS)),
            hands=_of_team(hands, tables, str(team)),
            facts={} if pd.isna(oldest) else {"oldest_seconds": float(oldest)},
            fires=int(long.sum()) >= limits.queue_minimum,
        )


def overload(tables: Tables, rules: Rules, limits: Limits) -> Iterator[Problem]:
    """Members with too many open conversations, over all teams."""
    held = select(CATALOG["open_now"], view_of_today(tables, rules), by_person=True).rows
    held = held[held["state"].eq("open")].sort_values(["waiting_since", "id"])
    people = members(tables, rules).set_index("id")["name"]
    agents = agent_of(held, tables, None)
    for agent, mine in held.groupby(agents.where(agents.isin(people.index))):
        if len(mine) >= rules.overload_open:
            yield Problem(
                rule="overload",
                key=f"overload:agent:{agent}",
                severity=limits.severities["overload"],
                value=len(mine),
                threshold=rules.overload_open,
                agent_id=str(agent),
                agent=_name(people[agent]),
                tickets=tuple(mine["id"].head(TICKETS)),
                facts={"ours": int(mine["waiting_since"].notna().sum())},
            )


def spike(
    tables: Tables, rules: Rules, limits: Limits, first_day: date | None = None
) -> Iterator[Problem]:
    """Persons, and in the adaptive mode teams, with unusual arrivals."""
    agents = members(tables, rules).set_index("id")["name"]
    teams = now.team_names(tables, rules)
    for found in spikes(tables, rules, first_day):
        group, is_team = found.group, found.group.kind == "team"
        recent = group.rows.tail(found.count)
        facts = {"minutes": float(rules.spike_minutes)}
        if found.expected is not None:
            facts["expected"] = round(found.expected, 1)
        yield Problem(
            rule="spike",
            key=f"spike:{group.kind}:{group.id}",
            severity=limits.severities["spike"],
            value=found.count,
            threshold=rules.spike_conversations,
            since=recent["created_at"].min().timestamp(),
            team_id=group.id if is_team else None,
            team=teams.get(group.id, "") if is_team else "",
            agent_id=None if is_team else group.id,
            agent="" if is_team else _name(agents[group.id]),
            tickets=tuple(recent["id"].head(TICKETS)),
            facts=facts,
        )


def staffing_text(tables: Tables, rules: Rules, limits: Limits) -> Iterator[Problem]:
    """Fewer people than the goal for conversations: in all, and in teams with a goal of their own.

    Who is away in Intercom while on a call works: the call explains it.
    """
    people = now.presence(tables, rules)
    if people["text"].eq("unknown").all():
        return
    there = people["text"].eq("active") | people["explained"]
    reachable = people["agent_id"].isin(tables.agents.loc[tables.agents["voice_id"].notna(), "id"])
    away = people["text"].eq("away")
    goals: list[tuple[str | None, int | None]] = [
        (None, rules.goal_online_text),
        *((team.id, team.online_text) for team in rules.teams),
    ]
    for team, goal in goals:
        inside = people["agent_id"].notna()
        if team is not None:
            inside &= people["agent_id"].isin(in_teams(tables.agents, (team,)))
        present = int((there & inside).sum())
        if goal is not None and present < goal:
            # Where telephony is doubtful, any of those who are away may be on a call.
            facts = {"calls_at_most": float((away & reachable & ~there & inside).sum())}
            absent = people[inside & ~there]
            yield _staffing(
                "staffing_text", tables, rules, limits, present, goal, team, absent, facts
            )


def staffing_voice(tables: Tables, rules: Rules, limits: Limits) -> Iterator[Problem]:
    """Fewer people than the goal for calls."""
    people = now.presence(tables, rules)
    there = people["voice"].isin(AVAILABLE)
    present, goal = int(there.sum()), rules.goal_online_voice
    if present < goal:
        absent = people[people["voice"].notna() & ~there]
        yield _staffing("staffing_voice", tables, rules, limits, present, goal, None, absent, {})


def stale(sources: Mapping[str, SourceHealth], limits: Limits, instant: float) -> Iterator[Problem]:
    """Sources without good data for too long; one that is late for less does not fire yet."""
    for name, health in sorted(sources.items()):
        if name == "tickets" and _state(sources, "intercom") in BAD:
            # It is the same vendor's trouble: one telling is enough.
            continue
        if health.state in BAD and health.bad_since is not None:
            seconds = max(0.0, instant - health.bad_since)
            facts = {} if health.as_of is None else {"as_of": health.as_of}
            yield Problem(
                rule="stale",
                key=f"stale:source:{name}",
                severity=limits.severities["stale"],
                value=seconds,
                threshold=limits.stale_seconds,
                unit="seconds",
                since=health.bad_since,
                source=name,
                facts=facts,
                fires=seconds > limits.stale_seconds,
            )


def _staffing(
    rule: Rule,
    tables: Tables,
    rules: Rules,
    limits: Limits,
    present: int,
    goal: int,
    team: str | None,
    absent: pd.DataFrame,
    facts: Mapping[str, float],
) -> Problem:
    held = tables.conversations
    held = held[held["state"].eq("open")]["agent_id"].astype("str").value_counts()
    return Problem(
        rule=rule,
        key=f"{rule}:team:{team}" if team else f"{rule}:{ALL}",
        severity=limits.severities[rule],
        value=present,
        threshold=goal,
        team_id=team,
        team=now.team_names(tables, rules).get(team, "") if team else "",
        hands=tuple((str(one), int(held.get(one, 0))) for one in absent["agent_id"]),
        facts=facts,
    )


def _unknown(sources: Mapping[str, SourceHealth], missing: frozenset[str]) -> frozenset[str]:
    """The rules whose source is late, failed or has not answered yet, or has holes."""
    found: set[str] = set()
    if _state(sources, "intercom") != "ok" or missing & {"agents", "teams"}:
        found.update(TEXT)
    if "conversations" in missing:
        found.update({"queue", "overload", "spike"})
    if _state(sources, "aircall") not in ("ok", "off"):
        found.update(VOICE)
    return frozenset(found)


def _idle(
    tables: Tables, rules: Rules, limits: Limits, sources: Mapping[str, SourceHealth]
) -> dict[str, Ending]:
    """The rules that look at nothing now, and what ends their problems."""
    hours = limits.working_hours
    is_watched = hours == "always" or (
        hours == "office" and is_open_at(tables.now.to_pydatetime(), rules)
    )
    found: dict[str, Ending] = {} if is_watched else dict.fromkeys(IN_HOURS, "hours")
    if _state(sources, "aircall") == "off":
        found |= dict.fromkeys(VOICE, "off")
    return found


def may_be_on_a_call(problem: Problem) -> bool:
    """Whether a goal for conversations would be met if those who are away were on calls."""
    calls = problem.facts.get("calls_at_most", 0)
    met = problem.value + calls >= problem.threshold
    return problem.rule == "staffing_text" and calls > 0 and met


def _state(sources: Mapping[str, SourceHealth], name: str) -> str:
    return sources[name].state if name in sources else "off"


def _is_starting(sources: Mapping[str, SourceHealth], name: str) -> bool:
    return sources[name].state == "starting"


def _hands(tables: Tables, rules: Rules) -> pd.DataFrame:
    people = now.presence(tables, rules)
    return now.next_hands(people, now.load(view_of_today(tables, rules), tables.now))


def _of_team(hands: pd.DataFrame, tables: Tables, team: str) -> tuple[tuple[str, int], ...]:
    """Who of the team could take the next case; of all, where the team has nobody free."""
    mine = hands[hands["agent_id"].isin(in_teams(tables.agents, (team,)))]
    best = (hands if mine.empty else mine).head(HANDS)
    return tuple(zip(best["agent_id"].astype(str), best["open"].astype(int), strict=True))


def _name(word: object) -> str:
    return word if isinstance(word, str) else ""


# A screen asks for news every minute; who did within two and a half is there.
SPEAKING_SECONDS = 150.0


def wall_silent(
    screens: Collection[Screen],
    now: pd.Timestamp,
    rules: Rules,
    limits: Limits,
    listening_since: float = 0.0,
) -> Iterator[Problem]:
    """Screens without a sign of life; one that never gave any does not count.

    One that was switched off for the night has until the limit after the office opens, and all
    have after a restart of who listens; what is told is the whole silence.

    Args:
        screens: With and without a link.
        now: Of the version.
        rules: Opening hours.
        limits: How long a screen may be silent, and when it is watched.
        listening_since: From when on one that spoke would have been heard; Unix seconds.
    """
    instant = now.timestamp()
    expected = max(listening_since, _opened_at(now, rules, limits))
    for screen in screens:
        if screen.is_revoked or screen.seen_at is None:
            continue
        seconds = instant - screen.seen_at
        if seconds > min(SPEAKING_SECONDS, limits.silent_seconds):
            yield Problem(
                rule="wall_silent",
                key=screen_key(screen),
                severity=limits.severities["wall_silent"],
                value=seconds,
                threshold=limits.silent_seconds,
                unit="seconds",
                since=screen.seen_at,
                screen_id=screen.id,
                screen=screen.name,
                fires=instant - max(screen.seen_at, expected) > limits.silent_seconds,
            )


def screen_key(screen: Screen) -> str:
    """The key of a screen's problem."""
    return f"wall_silent:screen:{screen.id}"


def _opened_at(now: pd.Timestamp, rules: Rules, limits: Limits) -> float:
    """When the opening time began that goes on; where hours do not matter, long ago."""
    if limits.working_hours == "always":
        return 0.0
    moment = now.to_pydatetime()
    day = today(now, rules.time_zone)
    days = (day - timedelta(days=1), day)
    mark_sending = [
        start for one in days for start, end in openings(one, rules) if start <= moment < end
    ]
    return max((start.timestamp() for start in mark_sending), default=0.0)
