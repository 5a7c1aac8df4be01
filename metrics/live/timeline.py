"""The day of each agent: available, away, on a call, in after-call work, or not observed."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

import pandas as pd

from metrics.model.definitions import Rules
from metrics.model.people import members
from metrics.model.periods import Period
from metrics.model.schema import INSTANT
from metrics.model.tables import Tables

# First that holds. A call is exact, whatever was seen; away is what nobody says is available.
STATES = ("on_call", "after_call", "available", "away")
UNOBSERVED = "unobserved"
COLUMNS = ["agent_id", "name", "state", "start", "end"]

Interval = tuple[int, int]
Layers = dict[str, list[Interval]]


def timeline(tables: Tables, rules: Rules, day: date) -> pd.DataFrame:
    """What each member did on a local day, from its first instant to its end or to now.

    Calls come from the telephone's own instants: from the answer to the end, for the person who had
    it. Everything else comes from our own readings of both vendors, about once a minute: in
    after-call work if Aircall said so, available if either vendor said so, away if Intercom did and
    Aircall did not say available. Where nobody read anything, it is not observed, which is not
    away: the collector was not running, or the vendor did not answer.

    Returns:
        `agent_id`, `name`, `state` (of `STATES`, or `UNOBSERVED`), `start`, `end` (UTC), without
        gaps, in order; members by name. Nothing for days to come.
    """
    first, last = (pd.Timestamp(edge) for edge in Period(day, day).bounds(rules.time_zone))
    last = min(last, tables.now)
    people = members(tables, rules).sort_values(["name", "id"])
    if last <= first:
        people = people.iloc[:0]
    edges = int(first.timestamp()), int(last.timestamp())
    layers = _layers([*_seen(tables), *_calls(tables)], edges)
    lines = [
        (agent, name, state, start, end)
        for agent, name in zip(people["id"], people["name"], strict=True)
        for state, start, end in _cut(layers.get(str(agent), {}), edges)
    ]
    table = pd.DataFrame(lines, columns=COLUMNS)
    for edge in ("start", "end"):
        table[edge] = pd.to_datetime(table[edge], unit="s", utc=True).astype(INSTANT)
    return table


def hours_by_state(stretches: pd.DataFrame) -> pd.DataFrame:
    """Seconds of each agent in each state: `timeline` added up, states as columns, 0 for none."""
    states = [*STATES, UNOBSERVED]
    table = stretches.assign(seconds=(stretches["end"] - stretches["start"]).dt.total_seconds())
    added = table.groupby(["agent_id", "state"], sort=False)["seconds"].sum().unstack("state")
    return added.reindex(columns=states).fillna(0.0)


def _seen(tables: Tables) -> list[pd.DataFrame]:
    rows = tables.presence
    channel, word = rows["channel"].astype("str"), rows["state"].astype("str")
    chosen = {
        "available": (channel.eq("text") & word.eq("active"))
        | (channel.eq("voice") & word.eq("available")),
        "away": channel.eq("text") & word.eq("away"),
        "after_call": channel.eq("voice") & word.eq("after_call_work"),
    }
    return [
        _intervals(rows["id"], state, rows["began_at"], rows["until_at"])[mask]
        for state, mask in chosen.items()
    ]


def _calls(tables: Tables) -> list[pd.DataFrame]:
    calls = tables.calls
    running = calls["status"].ne("done").fillna(True)
    ends = calls["ended_at"].mask(calls["ended_at"].isna() & running, tables.now)
    return [_intervals(calls["agent_id"].astype("str"), "on_call", calls["answered_at"], ends)]


def _intervals(agents: pd.Series, state: str, starts: pd.Series, ends: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"agent": agents, "state": state, "start": starts, "end": ends})


def _layers(tables: list[pd.DataFrame], edges: Interval) -> dict[str, Layers]:
    """Agent -> state -> the stretches that touch the day, as unix seconds."""
    first, last = (pd.Timestamp(edge, unit="s", tz="UTC") for edge in edges)
    layers: dict[str, Layers] = {}
    for table in tables:
        inside = table[table["end"].gt(first) & table["start"].lt(last) & table["agent"].notna()]
        starts = inside["start"].astype(INSTANT).astype("int64")
        ends = inside["end"].astype(INSTANT).astype("int64")
        columns = (inside["agent"], inside["state"], starts, ends)
        for agent, state, start, end in zip(*columns, strict=True):
            layers.setdefault(str(agent), {}).setdefault(state, []).append((start, end))
    return layers


def _cut(layers: Layers, edges: Interval) -> list[tuple[str, int, int]]:
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
    return stretches


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
