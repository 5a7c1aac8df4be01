"""The alert rules: for each its settings, its condition, and what the robot has to know of it.

A rule is added here, with its default in config.yaml and its words in `layouts/text/*/alerts.yaml`;
settings, page, messages and API derive from `RULES`. The settings are read by processes that never
look at a table, so nothing heavy is imported: what a condition looks at comes with `Situation`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

from annotated_types import Ge, Gt, Le, Lt

from metrics.alerts.model import Problem, Rule, Screen
from metrics.model.severity import Severity, wait_severity

if TYPE_CHECKING:
    from metrics.alerts.evaluation import Situation
    from metrics.live.current import PresenceRow

ALL = "all"
NO_TEAM = "none"
BAD = ("late", "failed")
# So many conversations are told by name.
TICKETS = 20
# A screen asks for news every minute; who did within two and a half is there.
SPEAKING_SECONDS = 150.0


@dataclass(frozen=True)
class RuleSettings:
    """What every rule has; a cool-down of None is the common one."""

    enabled: bool = True
    cooldown_minutes: Annotated[float | None, Ge(0)] = None


@dataclass(frozen=True)
class ChosenSeveritySettings(RuleSettings):
    """Of a rule whose severity people choose; where it has none, the wait decides."""

    severity: Severity = "warning"


S = TypeVar("S", bound=RuleSettings)


@dataclass(frozen=True)
class AlertRule(Generic[S]):
    """One rule.

    Attributes:
        key: Its name in settings, texts, API and stored documents.
        settings: Their fields are its thresholds, with what is allowed and the default.
        condition: The problems that hold; one that does not fire goes on, but does not begin.
        sources: The vendors it reads: late ones make it unknown, and only an answer of the last
            one proves an end. Empty: it reads none.
        tables: Where holes in these make it unknown.
        needs_working_hours: Whether it is nobody's fault while nobody is expected to be there.
        goal: The key under `goals` that is its threshold.
        less_is_worse: Whether its peak is the least value.
        proposes: The setting for which a higher value may be proposed: a count that may be noise,
            where a goal or a time limit is a promise.
        clear_evaluations: So often in a row it must not hold before it is over.
    """

    key: Rule
    settings: type[S]
    condition: Callable[["Situation", S], Iterator[Problem]]
    sources: tuple[str, ...] = ("intercom",)
    tables: frozenset[str] = frozenset({"agents", "teams", "conversations"})
    needs_working_hours: bool = False
    goal: str | None = None
    less_is_worse: bool = False
    proposes: str | None = None
    clear_evaluations: int = 1

    @property
    def numbers(self) -> tuple[str, ...]:
        common = {field.name for field in fields(RuleSettings)}
        own = [field for field in fields(self.settings) if field.name not in common]
        names = tuple(field.name for field in own if isinstance(field.default, int | float))
        return (*names, "goal") if self.goal else names


@dataclass(frozen=True)
class QueueSettings(RuleSettings):
    minimum: Annotated[int, Ge(1)] = 1
    minimum_wait_minutes: Annotated[float, Ge(0)] = 0
    limit_minutes: Annotated[float, Gt(0)] = 15
    cooldown_minutes: Annotated[float | None, Ge(0)] = 10


def find_queues(now: "Situation", settings: QueueSettings) -> Iterator[Problem]:
    """Teams with a queue; one below the minimum does not fire, but is not over until it is empty.

    What has no team is a queue of its own.

    `value` counts the whole queue, as the wall does. With a minimum wait the rule fires on those
    who have waited for that long.
    """
    least = now.rules.queue_minimum_wait_seconds
    for team, waiting in now.queue_by_team():
        waits = [row.waiting_seconds for row in waiting if row.waiting_seconds is not None]
        # The longest wait comes first.
        since = waiting[0].waiting_since
        yield Problem(
            rule="queue",
            key=f"queue:team:{team}",
            severity=wait_severity(max(waits, default=None), now.rules.queue_limit_seconds),
            value=len(waiting),
            threshold=settings.minimum,
            limit_seconds=now.rules.queue_limit_seconds,
            since=since.timestamp() if since else None,
            team_id=team,
            team=waiting[0].team or "",
            tickets=tuple(row.id for row in waiting[:TICKETS]),
            hands=now.next_agents(team),
            facts={"oldest_seconds": max(waits)} if waits else {},
            fires=(sum(s >= least for s in waits) if least else len(waiting)) >= settings.minimum,
        )


QUEUE = AlertRule("queue", QueueSettings, find_queues, proposes="minimum")


@dataclass(frozen=True)
class OverloadSettings(ChosenSeveritySettings):
    open: Annotated[int, Ge(1)] = 10


def find_overload(now: "Situation", settings: OverloadSettings) -> Iterator[Problem]:
    for held in now.open_by_member():
        if len(held.ids) >= now.rules.overload_open:
            yield Problem(
                rule="overload",
                key=f"overload:agent:{held.agent_id}",
                severity=settings.severity,
                value=len(held.ids),
                threshold=now.rules.overload_open,
                agent_id=held.agent_id,
                agent=now.member_names[held.agent_id],
                tickets=tuple(held.ids[:TICKETS]),
                facts={"ours": held.ours},
            )


# A count that flickers around its limit is one problem.
OVERLOAD = AlertRule(
    "overload", OverloadSettings, find_overload, proposes="open", clear_evaluations=2
)


@dataclass(frozen=True)
class OrphanedSettings(ChosenSeveritySettings):
    minutes: Annotated[float, Gt(0)] = 15


def find_orphaned(now: "Situation", settings: OrphanedSettings) -> Iterator[Problem]:
    """What waits for us, longer than the limit, with somebody who will not answer."""
    for held in now.waiting.orphaned:
        yield Problem(
            rule="orphaned",
            key=f"orphaned:agent:{held.agent_id}",
            severity=now.rules.orphaned_severity,
            value=len(held.ids),
            threshold=1,
            since=held.waiting_since.timestamp(),
            agent_id=held.agent_id,
            agent=held.name,
            tickets=tuple(held.ids[:TICKETS]),
        )


ORPHANED = AlertRule("orphaned", OrphanedSettings, find_orphaned)


@dataclass(frozen=True)
class AiStuckSettings(ChosenSeveritySettings):
    minutes: Annotated[float, Gt(0)] = 15


def find_ai_stuck(now: "Situation", settings: AiStuckSettings) -> Iterator[Problem]:
    """Customers who wrote last, and whom the AI agent has kept for longer than the limit."""
    stuck = now.ai_stuck(settings.minutes * 60)
    if stuck and stuck[0].waiting_since is not None:
        yield Problem(
            rule="ai_stuck",
            key=f"ai_stuck:{ALL}",
            severity=settings.severity,
            value=len(stuck),
            threshold=1,
            since=stuck[0].waiting_since.timestamp(),
            tickets=tuple(row.id for row in stuck[:TICKETS]),
        )


AI_STUCK = AlertRule("ai_stuck", AiStuckSettings, find_ai_stuck)


@dataclass(frozen=True)
class SpikeSettings(ChosenSeveritySettings):
    mode: Literal["fixed", "adaptive"] = "fixed"
    conversations: Annotated[int, Ge(1)] = 3
    minutes: Annotated[int, Ge(1), Le(1440)] = 30
    probability: Annotated[float, Gt(0), Lt(1)] = 0.01


def find_spikes(now: "Situation", settings: SpikeSettings) -> Iterator[Problem]:
    """Persons, and in the adaptive mode teams, with unusual arrivals."""
    for spike in now.spikes():
        group, is_team = spike.group, spike.group.kind == "team"
        recent = group.rows.tail(spike.count).sort("time", "id")
        facts = {"minutes": float(now.rules.spike_minutes)}
        if spike.expected is not None:
            facts["expected"] = round(spike.expected, 1)
        yield Problem(
            rule="spike",
            key=f"spike:{group.kind}:{group.id}",
            severity=settings.severity,
            value=spike.count,
            threshold=now.rules.spike_conversations,
            since=float(recent["time"][0]),
            team_id=group.id if is_team else None,
            team=now.team_names.get(group.id, "") if is_team else "",
            agent_id=None if is_team else group.id,
            agent="" if is_team else now.member_names[group.id],
            tickets=tuple(recent["id"].head(TICKETS)),
            facts=facts,
        )


SPIKE = AlertRule("spike", SpikeSettings, find_spikes, proposes="conversations")


@dataclass(frozen=True)
class StaffingSettings(ChosenSeveritySettings):
    """Its threshold is a goal."""


def find_missing_on_chat(now: "Situation", settings: StaffingSettings) -> Iterator[Problem]:
    """Fewer people than the goal for conversations: in all, and in teams with a goal of their own.

    Who is away in Intercom while on a call works: the call explains it.
    """
    if all(person.text == "unknown" for person in now.presence):
        return
    reachable = set(now.tables.agents.drop_nulls("voice_id")["id"])
    goals: list[tuple[str | None, int | None]] = [
        (None, now.rules.goal_online_text),
        *((team.id, team.online_text) for team in now.rules.teams),
    ]
    for team, goal in goals:
        inside = set(now.member_names) if team is None else now.agents_in(team)
        people = [person for person in now.presence if person.agent_id in inside]
        absent = [p for p in people if p.text != "active" and not p.explained]
        present = len(people) - len(absent)
        if goal is not None and present < goal:
            # Where telephony is doubtful, any of those who are away may be on a call.
            at_most = sum(p.text == "away" and p.agent_id in reachable for p in absent)
            yield _missing_people(
                "staffing_text", now, settings, present, goal, absent, team,
                facts={"calls_at_most": float(at_most)},
            )  # fmt: skip


def find_missing_on_phone(now: "Situation", settings: StaffingSettings) -> Iterator[Problem]:
    with_phone = [person for person in now.presence if person.voice is not None]
    if not with_phone and now.tables.agents["voice_id"].is_not_null().any():
        # People have a telephone, and nobody says how any of them is: that is not "0 online".
        return
    absent = [person for person in with_phone if not person.takes_calls]
    present, goal = len(with_phone) - len(absent), now.rules.goal_online_voice
    if present < goal:
        yield _missing_people("staffing_voice", now, settings, present, goal, absent)


def _missing_people(
    rule: Rule,
    now: "Situation",
    settings: StaffingSettings,
    present: int,
    goal: int,
    absent: "list[PresenceRow]",
    team: str | None = None,
    facts: Mapping[str, float] | None = None,
) -> Problem:
    held = now.open_by_anybody
    return Problem(
        rule=rule,
        key=f"{rule}:team:{team}" if team else f"{rule}:{ALL}",
        severity=settings.severity,
        value=present,
        threshold=goal,
        team_id=team,
        team=now.team_names.get(team, "") if team else "",
        hands=tuple((person.agent_id, held.get(person.agent_id, 0)) for person in absent),
        facts=facts or {},
    )


STAFFING_TEXT = AlertRule(
    "staffing_text",
    StaffingSettings,
    find_missing_on_chat,
    tables=frozenset({"agents", "teams"}),
    needs_working_hours=True,
    goal="online_text",
    less_is_worse=True,
)
STAFFING_VOICE = AlertRule(
    "staffing_voice",
    StaffingSettings,
    find_missing_on_phone,
    sources=("intercom", "aircall"),
    tables=frozenset({"agents", "teams"}),
    needs_working_hours=True,
    goal="online_voice",
    less_is_worse=True,
)


@dataclass(frozen=True)
class StaleSettings(ChosenSeveritySettings):
    minutes: Annotated[float, Gt(0)] = 5


def find_stale_sources(now: "Situation", settings: StaleSettings) -> Iterator[Problem]:
    """Sources without good data for too long; one that is late for less does not fire yet."""
    longest = settings.minutes * 60
    for name, health in sorted(now.sources.items()):
        if name == "tickets" and now.source_state("intercom") in BAD:
            # It is the same vendor's trouble: one message is enough.
            continue
        if health.state in BAD and health.bad_since is not None:
            seconds = max(0.0, now.instant - health.bad_since)
            yield Problem(
                rule="stale",
                key=f"stale:source:{name}",
                severity=settings.severity,
                value=seconds,
                threshold=longest,
                unit="seconds",
                since=health.bad_since,
                source=name,
                facts={} if health.as_of is None else {"as_of": health.as_of},
                fires=seconds > longest,
            )


STALE = AlertRule("stale", StaleSettings, find_stale_sources, sources=(), tables=frozenset())


@dataclass(frozen=True)
class WallSilentSettings(ChosenSeveritySettings):
    minutes: Annotated[float, Gt(0)] = 5


def find_silent_screens(now: "Situation", settings: WallSilentSettings) -> Iterator[Problem]:
    """Screens without a sign of life; one that never gave any does not count.

    One that was switched off for the night has until the limit after the office opens, and all
    have after a restart of who listens; what is told is the whole silence.
    """
    longest = settings.minutes * 60
    expected = max(now.listening_since, now.opened_at())
    for screen in now.screens:
        if screen.is_revoked or screen.seen_at is None:
            continue
        seconds = now.instant - screen.seen_at
        if seconds > min(SPEAKING_SECONDS, longest):
            yield Problem(
                rule="wall_silent",
                key=screen_key(screen),
                severity=settings.severity,
                value=seconds,
                threshold=longest,
                unit="seconds",
                since=screen.seen_at,
                screen_id=screen.id,
                screen=screen.name,
                fires=now.instant - max(screen.seen_at, expected) > longest,
            )


def screen_key(screen: Screen) -> str:
    return f"wall_silent:screen:{screen.id}"


WALL_SILENT = AlertRule(
    "wall_silent",
    WallSilentSettings,
    find_silent_screens,
    sources=(),
    tables=frozenset(),
    needs_working_hours=True,
)

RULES: Mapping[Rule, AlertRule[Any]] = {
    rule.key: rule
    for rule in (
        QUEUE,
        ORPHANED,
        AI_STUCK,
        OVERLOAD,
        SPIKE,
        STAFFING_TEXT,
        STAFFING_VOICE,
        STALE,
        WALL_SILENT,
    )
}
