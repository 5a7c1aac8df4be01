"""The day of each agent: available, away, on a call, in after-call work, or not observed."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.people import members
from metrics.model.periods import Period
from metrics.model.schema import INSTANT
from metrics.model.tables import Tables

# First that holds. A call is exact, whatever was seen; away is what nobody says is available.
STATES = ("on_call", "after_call", "available", "away")
UNOBSERVED = "unobserved"

Interval = tuple[datetime, datetime]
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
    edges = first, min(last, tables.now)
    if edges[1] <= first:
        return []
    layers = _layers(tables, edges)
    people = members(tables, rules).select("id", "name").sort("name", "id", nulls_last=True)
    return [
        AgentDay(agent, name or "", _cut(layers.get(agent, {}), edges))
        for agent, name in people.iter_rows()
    ]


def _layers(tables: Tables, edges: Interval) -> dict[str, Layers]:
    """Agent -> state -> the stretches that touch the day."""
    first, last = (pl.lit(edge, INSTANT) for edge in edges)
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
    for query in (seen, called):
        rows = query.filter(pl.col("end") > first, pl.col("start") < last).drop_nulls().collect()
        for agent, name, start, end in rows.iter_rows():
            layers.setdefault(agent, {}).setdefault(name, []).append((start, end))
    return layers


def _cut(layers: Layers, edges: Interval) -> tuple[Stretch, ...]:
    first, last = edges
    inside = {
        name: [(max(start, first), min(end, last)) for start, end in intervals]
        for name, intervals in layers.items()
    }
    ends = {edge for intervals in inside.values() for interval in intervals for edge in interval}
    places = sorted(ends | {first, last})
    states = [UNOBSERVED] * (len(places) - 1)
    # What comes first among the states is painted over the others.
    for name in reversed(STATES):
        for start, end in inside.get(name, ()):
            begin, stop = bisect_left(places, start), bisect_left(places, end)
            states[begin:stop] = [name] * (stop - begin)
    stretches: list[Stretch] = []
    for name, (start, end) in zip(states, pairwise(places), strict=True):
        if stretches and stretches[-1].state == name:
            start = stretches.pop().start
        stretches.append(Stretch(name, start, end))
    return tuple(stretches)
