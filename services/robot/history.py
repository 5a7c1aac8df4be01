"""Incidents that are over, kept for a while: one document for each UTC day on which they began."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES
from services.robot.state import Incident, dump_incidents, parse_incidents
from services.storage.store import Store

PREFIX = "robot/history/"
DAYS, LONGEST = 90, 2000
# A day of storm must not push out all the others.
PER_DAY = 500
# Less is chance.
AVOIDED_MINIMUM = 2


@dataclass(frozen=True)
class Hygiene:
    """What a rule has been good for: `by_itself` have ended without being acknowledged."""

    fired: int
    acknowledged: int
    by_itself: int
    median_seconds: float | None


class History:
    """The incidents of the last 90 days, 2,000 of them at most."""

    def __init__(self, state: Store) -> None:
        self._state = state

    def add(self, incidents: Iterable[Incident], now: float) -> None:
        """Put them in; done twice, it is as done once."""
        by_day: dict[str, list[Incident]] = {}
        for incident in incidents:
            by_day.setdefault(_day(incident.fired_at), []).append(incident)
        for day, added in by_day.items():
            if self._add(PREFIX + day, added):
                self._trim(now)

    def list_incidents(self, since: float = 0) -> list[Incident]:
        """Those that began since then, the newest first."""
        incidents: list[Incident] = []
        for key in reversed(self._state.keys(PREFIX)):
            day = key.removeprefix(PREFIX)
            if day < _day(since):
                break
            incidents += [
                incident
                for incident in reversed(_parse(self._state.get(key)))
                if incident.fired_at >= since
            ]
        return incidents[:LONGEST]

    def _add(self, key: str, added: list[Incident]) -> bool:
        """Add to a day's document; whether it is a new one."""
        ids = {incident.id for incident in added}
        while True:
            before = self._state.get(key)
            there = [incident for incident in _parse(before) if incident.id not in ids]
            incidents = sorted(
                [*there, *added], key=lambda incident: (incident.fired_at, incident.id)
            )
            content = dump_incidents(incidents[-PER_DAY:])
            if before is None:
                if self._state.add(key, content):
                    return True
            elif self._state.set_fenced(key, content, key, before):
                return False

    def _trim(self, now: float) -> None:
        first = _day((datetime.fromtimestamp(now, UTC) - timedelta(days=DAYS)).timestamp())
        total = 0
        for key in reversed(self._state.keys(PREFIX)):
            day = key.removeprefix(PREFIX)
            if day < first or total >= LONGEST:
                self._state.delete(key)
            else:
                total += len(_parse(self._state.get(key)))


def hygiene(incidents: Iterable[Incident]) -> dict[Rule, Hygiene]:
    by_rule: dict[Rule, list[Incident]] = {rule: [] for rule in RULES}
    for incident in incidents:
        by_rule[incident.problem.rule].append(incident)
    return {rule: _summarise(own) for rule, own in by_rule.items()}


def count_remaining(incidents: Iterable[Incident], rule: Rule, threshold: float) -> int:
    return sum(
        incident.problem.rule == rule and incident.peak >= threshold for incident in incidents
    )


@dataclass(frozen=True)
class Proposal:
    """Another threshold, and how many of the `fired` problems it would have `avoided`."""

    threshold: float
    avoided: int
    fired: int


def propose_threshold(
    incidents: Iterable[Incident], rule: Rule, threshold: float
) -> Proposal | None:
    """A higher threshold that keeps every problem somebody took on; None where it says nothing.

    Only of rules that count: a goal or a time limit is a promise, not a matter of noise.
    """
    own = [incident for incident in incidents if incident.problem.rule == rule]
    taken = [incident.peak for incident in own if incident.acknowledged_by is not None]
    if RULES[rule].proposes is None or not taken:
        return None
    higher = min(taken)
    avoided = sum(incident.peak < higher for incident in own)
    if higher <= threshold or avoided < AVOIDED_MINIMUM:
        return None
    return Proposal(higher, avoided, len(own))


def _summarise(incidents: list[Incident]) -> Hygiene:
    over = [incident for incident in incidents if not incident.is_live]
    taken = sum(incident.acknowledged_by is not None for incident in incidents)
    alone = sum(
        incident.acknowledged_by is None and incident.ending == "resolved" for incident in over
    )
    lasted = [incident.duration_seconds(incident.fired_at) for incident in over]
    return Hygiene(len(incidents), taken, alone, statistics.median(lasted) if lasted else None)


def _parse(content: bytes | None) -> tuple[Incident, ...]:
    try:
        return parse_incidents(content) if content else ()
    except ValidationError:
        return ()


def _day(instant: float) -> str:
    return datetime.fromtimestamp(max(0.0, instant), UTC).date().isoformat()
