"""Presence against the schedule: what people were seen doing while they were to be there."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.live.timeline import STATES, UNOBSERVED, AgentDay, Stretch, timeline
from metrics.model.definitions import Rules
from metrics.model.periods import Period, today
from metrics.model.tables import Tables
from metrics.planning.schedule import DAY_MINUTES, HALF_HOURS, Schedule, shifts_of

# Who is seen so is there.
PRESENT = ("available", "on_call", "after_call")
# What only a reading tells; calls are known without one.
READ = ("available", "away", "after_call")
# So much of a half-hour must have been read to say who was there.
MINUTES_MINIMUM = 5

Days = Mapping[date, Sequence[AgentDay]]


@dataclass(frozen=True)
class Adherence:
    """How a person's shifts up to now were spent: seconds in each state, `UNOBSERVED` too."""

    agent_id: str
    states: Mapping[str, float]

    @property
    def scheduled(self) -> float:
        return sum(self.states.values())

    @property
    def observed(self) -> float:
        return sum(self.states[state] for state in STATES)

    @property
    def adherence(self) -> float | None:
        """The share of the observed time that they were there; None where nothing was observed."""
        there = sum(self.states[state] for state in PRESENT)
        return there / self.observed if self.observed else None


def observed(tables: Tables, rules: Rules, period: Period) -> Days:
    """What members did on the days of the period on which anybody was seen at all.

    Presence is kept for a few days: the others say nothing. Calls are known for ever; those of
    hours in which nobody was read are taken out, because who called then is known, and who only
    waited for calls is not.
    """
    seen, zone = tables.presence, rules.time_zone
    if seen.is_empty():
        return {}
    began, until = seen.select(pl.col("began_at").min(), pl.col("until_at").max()).row(0)
    first = max(period.first_day, today(began, zone))
    last = min(period.last_day, today(min(until, tables.now), zone))
    days = Period(first, last).dates if first <= last else ()
    return {day: _as_read(timeline(tables, rules, day)) for day in days}


def adherence(days: Days, schedule: Schedule, rules: Rules) -> list[Adherence]:
    """How people's scheduled time was spent, on the days that were observed.

    The least adherent first, then those nobody observed.
    """
    spent: dict[str, dict[str, float]] = {}
    for day, people in days.items():
        stretches = {person.agent_id: person.stretches for person in people}
        # The shifts of the night before go on in this day.
        for shift in shifts_of(schedule, Period(day - timedelta(days=1), day), rules):
            for stretch in stretches.get(shift.agent_id, ()):
                inside = min(stretch.end, shift.end) - max(stretch.start, shift.start)
                if inside > timedelta(0):
                    nothing = dict.fromkeys((*STATES, UNOBSERVED), 0.0)
                    states = spent.setdefault(shift.agent_id, nothing)
                    states[stretch.state] += inside.total_seconds()
    rows = (Adherence(agent, states) for agent, states in spent.items())
    return sorted(rows, key=lambda row: (row.adherence is None, row.adherence or 0, row.agent_id))


def online(days: Days, rules: Rules) -> npt.NDArray[np.float64]:
    """How many people were there in each of 48 half-hours, in the mean over the observed days.

    NaN for half-hours of which hardly anything was read.
    """
    there, counted = np.zeros(HALF_HOURS), np.zeros(HALF_HOURS)
    for day, people in days.items():
        stretches = [stretch for person in people for stretch in person.stretches]
        present = _by_minute([s for s in stretches if s.state in PRESENT], day, rules)
        is_read = _by_minute([s for s in stretches if s.state != UNOBSERVED], day, rules) > 0
        minutes = is_read.reshape(HALF_HOURS, -1).sum(axis=1)
        seen = (present * is_read).reshape(HALF_HOURS, -1).sum(axis=1)
        enough = minutes >= MINUTES_MINIMUM
        there += np.divide(seen, minutes, out=np.zeros(HALF_HOURS), where=enough)
        counted += enough
    mean: npt.NDArray[np.float64] = np.full(HALF_HOURS, np.nan)
    return np.divide(there, counted, out=mean, where=counted > 0)


def _as_read(people: Sequence[AgentDay]) -> list[AgentDay]:
    """The day with everything unobserved in which no state of anybody was read."""
    edges: list[datetime] = []
    read = (s for person in people for s in person.stretches if s.state in READ)
    for stretch in sorted(read, key=lambda stretch: stretch.start):
        if edges and stretch.start <= edges[-1]:
            edges[-1] = max(edges[-1], stretch.end)
        else:
            edges += stretch.start, stretch.end

    def cut(stretch: Stretch) -> Iterator[Stretch]:
        if stretch.state in READ:
            yield stretch
            return
        inside = edges[bisect_right(edges, stretch.start) : bisect_left(edges, stretch.end)]
        for start, end in pairwise([stretch.start, *inside, stretch.end]):
            is_read = bisect_right(edges, start) % 2
            yield Stretch(stretch.state if is_read else UNOBSERVED, start, end)

    return [
        replace(person, stretches=tuple(piece for s in person.stretches for piece in cut(s)))
        for person in people
    ]


def _by_minute(stretches: Sequence[Stretch], day: date, rules: Rules) -> npt.NDArray[np.float64]:
    """How many stretches hold the middle of each minute of the local clock."""
    midnight = datetime.combine(day, time(0))
    middles = np.arange(DAY_MINUTES) * 60 + 30
    changes = np.zeros(DAY_MINUTES + 1)
    for edge, step in (("start", 1), ("end", -1)):
        local = (
            getattr(s, edge).astimezone(rules.time_zone).replace(tzinfo=None) for s in stretches
        )
        places = np.searchsorted(middles, [(at - midnight).total_seconds() for at in local])
        changes += step * np.bincount(places, minlength=DAY_MINUTES + 1)
    counts: npt.NDArray[np.float64] = np.cumsum(changes[:DAY_MINUTES])
    return counts
