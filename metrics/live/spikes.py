"""Unusual arrivals: too many in a short while, or too many for this weekday and hour."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.live.trends import WEEKS
from metrics.model.definitions import Rules
from metrics.model.people import members
from metrics.model.periods import midnight
from metrics.model.selection import agent_of, select_conversations
from metrics.model.tables import Tables
from metrics.model.view import view_of_today
from metrics.query.usual import WEEKDAYS_MINIMUM

HOUR = 3600
# What nobody has seen in so many weeks is rare, not impossible: half an arrival in all of them.
PRIOR = 0.5
NEGLIGIBLE = 1e-15


@dataclass(frozen=True)
class Group:
    """The arrivals of a team or agent (`kind`), oldest first; `times` are Unix seconds."""

    kind: str
    id: str
    rows: pd.DataFrame
    times: np.ndarray


@dataclass(frozen=True)
class Spike:
    group: Group
    count: int
    expected: float | None


def spikes(tables: Tables, rules: Rules, first_day: date | None = None) -> Iterator[Spike]:
    """The groups that have a spike at `tables.now`.

    The fixed mode looks at persons. The adaptive one looks at persons and teams, each against the
    same weekday and hour of its own weeks; without enough of them, persons are counted as in the
    fixed mode. It never tells fewer arrivals than the fixed mode asks for: one conversation in an
    hour that never had any is improbable, and no news.
    """
    now = np.array([int(tables.now.timestamp())])
    window = rules.spike_minutes * 60
    for group in _groups(tables, rules, rules.spike_mode == "adaptive"):
        count = int(arrivals_until(group.times, now, window)[0])
        if count < rules.spike_conversations:
            continue
        if rules.spike_mode == "fixed":
            yield Spike(group, count, None)
            continue
        expected = float(expectations(group.times, now, window, rules, first_day)[0])
        if math.isnan(expected):
            if group.kind == "agent":
                yield Spike(group, count, None)
        elif poisson_tail(count, expected) < rules.spike_probability:
            yield Spike(group, count, expected)


def would_have_fired(
    tables: Tables, rules: Rules, first_day: date | None = None, days: int = 14
) -> dict[str, int]:
    """How often each mode would have fired in the last days: `fixed` and `adaptive`.

    A spike that goes on is one. Conversations count for those who have them now, whoever had them
    then.
    """
    start = int(tables.now.timestamp()) - days * 86400
    window = rules.spike_minutes * 60
    fired = {"fixed": 0, "adaptive": 0}
    for group in _groups(tables, rules, with_teams=True):
        moments = group.times[group.times > start]
        counts = arrivals_until(group.times, moments, window)
        many = counts >= rules.spike_conversations
        if not many.any():
            continue
        expected = expectations(group.times, moments[many], window, rules, first_day)
        improbable = np.zeros(len(moments), dtype=bool)
        improbable[many] = [
            group.kind == "agent"
            if math.isnan(rate)
            else poisson_tail(int(count), rate) < rules.spike_probability
            for count, rate in zip(counts[many], expected, strict=True)
        ]
        if group.kind == "agent":
            fired["fixed"] += _stretches(many, group.times, moments, window, rules)
        fired["adaptive"] += _stretches(improbable, group.times, moments, window, rules)
    return fired


def arrivals_until(times: np.ndarray, moments: np.ndarray, seconds: int) -> np.ndarray:
    """How many of the ascending `times` lie in the seconds up to each moment."""
    before = np.searchsorted(times, moments - seconds, side="right")
    return np.asarray(np.searchsorted(times, moments, side="right") - before)


def expectations(
    times: np.ndarray, moments: np.ndarray, seconds: int, rules: Rules, first_day: date | None
) -> np.ndarray:
    """Arrivals to be expected in the seconds up to each moment, by the same hour of past weeks.

    The same local time of day counts, whatever the clock was put to in between. A window shorter
    than an hour gets its part of the hour, which is less noisy than the window itself.

    Returns:
        One rate per moment; NaN with fewer than `WEEKDAYS_MINIMUM` weeks of history.
    """
    wide = max(seconds, HOUR)
    local = pd.DatetimeIndex(pd.to_datetime(moments, unit="s", utc=True))
    local = local.tz_convert(rules.time_zone).tz_localize(None)
    reached = midnight(first_day, rules.time_zone).timestamp() if first_day else math.inf
    total = np.zeros(len(moments))
    weeks = np.zeros(len(moments))
    for week in range(1, WEEKS + 1):
        earlier = (local - pd.Timedelta(weeks=week)).tz_localize(
            rules.time_zone, ambiguous=np.ones(len(local), dtype=bool), nonexistent="shift_forward"
        )
        ends = earlier.as_unit("s").asi8
        known = ends - wide >= reached
        total += np.where(known, arrivals_until(times, ends, wide), 0)
        weeks += known
    with np.errstate(divide="ignore"):
        rates = (total + PRIOR) / weeks * seconds / wide
    return np.where(weeks >= WEEKDAYS_MINIMUM, rates, np.nan)


def poisson_tail(count: int, rate: float) -> float:
    """How probable so many arrivals, or more, are where `rate` are expected."""
    if count <= 0:
        return 1.0
    tail, number = 0.0, count
    while True:
        term = math.exp(number * math.log(rate) - rate - math.lgamma(number + 1))
        tail += term
        number += 1
        if number > rate and term < NEGLIGIBLE:
            return min(1.0, tail)


def _groups(tables: Tables, rules: Rules, with_teams: bool) -> Iterator[Group]:
    rows = select_conversations(view_of_today(tables, rules)).sort_values(["created_at", "id"])
    agents = agent_of(rows, tables, None)
    people = set(members(tables, rules)["id"])
    yield from _grouped("agent", rows, agents.where(agents.isin(people)))
    if with_teams:
        yield from _grouped("team", rows, rows["team_id"].astype("str"))


def _grouped(kind: str, rows: pd.DataFrame, ids: pd.Series) -> Iterator[Group]:
    for group_id, own in rows.groupby(ids, sort=True):
        yield Group(
            kind, str(group_id), own, own["created_at"].dt.as_unit("s").astype("int64").to_numpy()
        )


def _stretches(
    firing: np.ndarray, times: np.ndarray, moments: np.ndarray, seconds: int, rules: Rules
) -> int:
    """How many separate spikes there were: one is over when the count falls below the limit."""
    just_before = arrivals_until(times, moments - 1, seconds) >= rules.spike_conversations
    went_on = np.concatenate(([False], firing[:-1])) & just_before
    return int((firing & ~went_on).sum())
