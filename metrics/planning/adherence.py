"""Presence against the schedule: what people were seen doing while they were to be there."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.live.timeline import STATES, UNOBSERVED, timeline
from metrics.model.definitions import Rules
from metrics.model.periods import Period
from metrics.model.schema import INSTANT
from metrics.model.tables import Tables
from metrics.planning.schedule import DAY_MINUTES, HALF_HOURS, Schedule, shifts_of

# Who is seen so is there.
PRESENT = ("available", "on_call", "after_call")
# What only a reading tells; calls are known without one.
READ = ("available", "away", "after_call")
# So much of a half-hour must have been read to say who was there.
MINUTES_MINIMUM = 5

Stretches = Mapping[date, pd.DataFrame]


def observed(tables: Tables, rules: Rules, period: Period) -> Stretches:
    """What members did on the days of the period on which anybody was seen at all.

    Presence is kept for a few days: the others say nothing. Calls are known for ever; those of
    hours in which nobody was read are taken out, because who called then is known, and who only
    waited for calls is not.
    """
    seen = tables.presence
    if seen.empty:
        return {}
    zone = rules.time_zone
    first = max(period.first_day, seen["began_at"].min().tz_convert(zone).date())
    until = min(seen["until_at"].max(), tables.now)
    last = min(period.last_day, until.tz_convert(zone).date())
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: _as_read(timeline(tables, rules, day)) for day in days}


def adherence(stretches: Stretches, schedule: Schedule, rules: Rules) -> pd.DataFrame:
    """How people's scheduled time was spent, on the days that were observed.

    Returns:
        `agent_id`, `scheduled` (seconds of shifts up to now), one column of seconds for each state
        of `metrics.live.timeline` and for `unobserved`, `observed` (their sum without it), and
        `adherence`: the share of the observed time that they were available, on a call or in
        after-call work; NA where nothing was observed. The least adherent first, then those
        nobody observed.
    """
    columns = [*STATES, UNOBSERVED]
    pieces = [_inside(table, schedule, rules, day) for day, table in stretches.items()]
    seconds = (
        pd.concat(pieces) if pieces else pd.DataFrame(columns=["agent_id", "state", "seconds"])
    )
    sums = seconds.groupby(["agent_id", "state"])["seconds"].sum().unstack("state")
    sums = sums.reindex(columns=columns).fillna(0.0).astype("float64")
    table = sums.assign(scheduled=sums.sum(axis=1), observed=sums[list(STATES)].sum(axis=1))
    there = table[list(PRESENT)].sum(axis=1)
    share = there / table["observed"].where(table["observed"].gt(0))
    table = table.assign(adherence=share.astype("Float64")).reset_index()
    order = ["agent_id", "scheduled", *columns, "observed", "adherence"]
    return table[order].sort_values(["adherence", "agent_id"], ignore_index=True)


def online(stretches: Stretches, rules: Rules) -> npt.NDArray[np.float64]:
    """How many people were there in each of 48 half-hours, in the mean over the observed days.

    NaN for half-hours of which hardly anything was read.
    """
    there, days = np.zeros(HALF_HOURS), np.zeros(HALF_HOURS)
    for day, table in stretches.items():
        present = _by_minute(table[table["state"].isin(PRESENT)], day, rules)
        is_read = _by_minute(table[table["state"].ne(UNOBSERVED)], day, rules) > 0
        minutes = is_read.reshape(HALF_HOURS, -1).sum(axis=1)
        people = (present * is_read).reshape(HALF_HOURS, -1).sum(axis=1)
        enough = minutes >= MINUTES_MINIMUM
        there += np.divide(people, minutes, out=np.zeros(HALF_HOURS), where=enough)
        days += enough
    mean: npt.NDArray[np.float64] = np.full(HALF_HOURS, np.nan)
    return np.divide(there, days, out=mean, where=days > 0)


def _as_read(table: pd.DataFrame) -> pd.DataFrame:
    """The stretches with everything unobserved in which no state of anybody was read."""
    if table.empty:
        return table
    pieces = table.merge(_parted(table), how="cross")
    start = pieces[["start", "first"]].max(axis=1)
    end = pieces[["end", "last"]].min(axis=1)
    state = pieces["state"].where(pieces["is_read"], UNOBSERVED)
    cut = pieces.assign(start=start, end=end, state=state)[end.gt(start)]
    return cut[list(table.columns)].reset_index(drop=True)


def _parted(table: pd.DataFrame) -> pd.DataFrame:
    """The day in spans in which somebody's state was read, and in which nobody's was."""
    read = table[table["state"].isin(READ)].sort_values("start")
    spans: list[tuple[pd.Timestamp, pd.Timestamp, bool]] = []
    at = table["start"].min()
    for start, end in zip(read["start"], read["end"], strict=True):
        if start > at:
            spans.append((at, start, False))
        if end > at:
            spans.append((max(start, at), end, True))
            at = end
    if at < table["end"].max():
        spans.append((at, table["end"].max(), False))
    parted = pd.DataFrame(spans, columns=["first", "last", "is_read"])
    return parted.assign(first=parted["first"].astype(INSTANT), last=parted["last"].astype(INSTANT))


def _inside(table: pd.DataFrame, schedule: Schedule, rules: Rules, day: date) -> pd.DataFrame:
    """The stretches of a day that lie in shifts, those of the night before included."""
    shifts = shifts_of(schedule, Period(day - timedelta(days=1), day), rules)
    pairs = table.merge(shifts, on="agent_id", suffixes=("", "_shift"))
    start = pairs[["start", "start_shift"]].max(axis=1)
    end = pairs[["end", "end_shift"]].min(axis=1)
    seconds = (end - start).dt.total_seconds()
    return pairs.assign(seconds=seconds)[seconds.gt(0)][["agent_id", "state", "seconds"]]


def _by_minute(table: pd.DataFrame, day: date, rules: Rules) -> npt.NDArray[np.float64]:
    """How many stretches hold the middle of each minute of the local clock."""
    middles = np.arange(DAY_MINUTES) * 60 + 30
    changes = np.zeros(DAY_MINUTES)
    for edge, step in (("start", 1), ("end", -1)):
        local = table[edge].dt.tz_convert(rules.time_zone).dt.tz_localize(None)
        seconds = (local - pd.Timestamp(day)).dt.total_seconds().to_numpy()
        places = np.searchsorted(middles, seconds)
        changes += step * np.bincount(places, minlength=DAY_MINUTES + 1)[:DAY_MINUTES]
    counts: npt.NDArray[np.float64] = np.cumsum(changes)
    return counts
