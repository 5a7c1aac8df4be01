"""The day of each agent: available, away, on a call, in after-call work, or not observed."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.people import members
from metrics.model.periods import Period, from_unix
from metrics.model.schema import INSTANT
from metrics.model.tables import Tables

# First that holds. A call is exact, whatever was seen; away is what nobody says is available.
STATES = ("on_call", "after_call", "available", "away")
UNOBSERVED = "unobserved"

Interval = tuple[int, int]
Layers = dict[str, list[Interval]]


@dataclass(frozen=True)
class Stretch:
    state: str
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class AgentDay:
    """What a member did on a day; the stretches are in order, without gaps."""

    agent_id: str
    name: str
    stretches: tuple[Stretch, ...]

    @cached_property
    def seconds(self) -> Mapping[str, float]:
        """In each of `STATES`, and `UNOBSERVED`."""
        added = dict.fromkeys((*STATES, UNOBSERVED), 0.0)
        for stretch in self.stretches:
            added[stretch.state] += stretch.seconds
        return added

    def between(self, first: datetime, last: datetime) -> "AgentDay":
        cut = (replace(s, start=max(s.start, first), end=min(s.end, last)) for s in self.stretches)
        return replace(self, stretches=tuple(s for s in cut if s.start < s.end))


def timeline(tables: Tables, rules: Rules, day: date) -> list[AgentDay]:
    """What each member did on a local day, from its first instant to its end or to now, by name.

    Calls come from the telephone's own instants: from the answer to the end, for the person who had
    it. Everything else comes from our own readings of both vendors, about once a minute: in
    after-call work if Aircall said so, available if either vendor said so, away if Intercom did and
    Aircall did not say available. Where nobody read anything, it is not observed, which is not
    away: the collector was not running, or the vendor did not answer. Nothing for days to come.
    """
    first, last = Period(day, day).bounds(rules.time_zone)
    last = min(last, tables.now)
    if last <= first:
        return []
    edges = int(first.timestamp()), int(last.timestamp())
    layers = _layers(tables, edges)
    people = members(tables, rules).select("id", "name").sort("name", "id", nulls_last=True)
    return [
        AgentDay(agent, name or "", _cut(layers.get(agent, {}), edges))
        for agent, name in people.iter_rows()
    ]


def _layers(tables: Tables, edges: Interval) -> dict[str, Layers]:
    """Agent -> state -> the stretches that touch the day, as unix seconds."""
    first, last = edges
    is_text, is_voice = (pl.col("channel") == channel for channel in ("text", "voice"))
    word, ended = pl.col("state"), pl.col("ended_at")
    is_available = (is_text & (word == "active")) | (is_voice & (word == "available"))
    state = (
        pl.when(is_available)
        .then(pl.lit("available"))
        .when(is_text & (word == "away"))
        .then(pl.lit("away"))
        .when(is_voice & (word == "after_call_work"))
        .then(pl.lit("after_call"))
    )
    is_running = ended.is_null() & (pl.col("status") != "done").fill_null(value=True)
    end = pl.when(is_running).then(pl.lit(tables.now, INSTANT)).otherwise(ended)
    seen = tables.presence.lazy().select(agent="id", state=state, start="began_at", end="until_at")
    called = tables.calls.lazy().select(
        agent="agent_id", state=pl.lit("on_call"), start="answered_at", end=end
    )
    layers: dict[str, Layers] = {}
    for rows in pl.collect_all(
        query.with_columns(pl.col("start", "end").dt.epoch("s"))
        .filter(pl.col("end") > first, pl.col("start") < last)
        .drop_nulls()
        for query in (seen, called)
    ):
        for agent, name, *stretch in rows.iter_rows():
            layers.setdefault(agent, {}).setdefault(name, []).append(tuple(stretch))
    return layers


def _cut(layers: Layers, edges: Interval) -> tuple[Stretch, ...]:
    first, last = edges
    inside = (edge for intervals in layers.values() for interval in intervals for edge in interval)
    places = sorted({first, last, *(edge for edge in inside if first < edge < last)})
    joined = {state: _joined(intervals) for state, intervals in layers.items()}
    stretches: list[tuple[str, int, int]] = []
    for start, end in pairwise(places):
        state = next((name for name in STATES if _holds(joined.get(name, []), start)), UNOBSERVED)
        if stretches and stretches[-1][0] == state:
            start = stretches.pop()[1]
        stretches.append((state, start, end))
    return tuple(
        Stretch(state, from_unix(start), from_unix(end)) for state, start, end in stretches
    )


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _holds(intervals: Sequence[Interval], at: int) -> bool:
    """Whether an instant lies in one of the intervals, which are in order and apart."""
    place = bisect_right(intervals, at, key=lambda interval: interval[0]) - 1
    return place >= 0 and at < intervals[place][1]
