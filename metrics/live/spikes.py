"""Unusual arrivals: too many in a short while, or too many for this weekday and hour."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.live.trends import WEEKS
from metrics.model.definitions import Rules
from metrics.model.people import members
from metrics.model.periods import midnight
from metrics.model.schema import INSTANT
from metrics.model.selection import agent_of, select_conversations
from metrics.model.tables import Tables
from metrics.model.view import view_of_today
from metrics.query.usual import WEEKDAYS_MINIMUM

Instants = npt.NDArray[np.int64]
HOUR = 3600
# What nobody has seen in so many weeks is rare, not impossible: half an arrival in all of them.
PRIOR = 0.5
NEGLIGIBLE = 1e-15


# What is compared with lies in so many days, whatever the clock was put to in between.
HISTORY = timedelta(weeks=WEEKS, days=3)


@dataclass(frozen=True, eq=False)
class Group:
    """The arrivals of a team or agent (`kind`), oldest first: `id` and `time` (Unix seconds)."""

    kind: str
    id: str
    rows: pl.DataFrame

    @cached_property
    def times(self) -> Instants:
        return self.rows["time"].to_numpy()


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
    now, window = np.array([int(tables.now.timestamp())]), rules.spike_minutes * 60
    is_adaptive = rules.spike_mode == "adaptive"
    since = tables.now - timedelta(seconds=window) - (HISTORY if is_adaptive else timedelta(0))
    for group in _groups(tables, rules, since, with_teams=is_adaptive):
        count = int(arrivals_until(group.times, now, window)[0])
        if count < rules.spike_conversations:
            continue
        if not is_adaptive:
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
    begin = tables.now - timedelta(days=days)
    start, window = int(begin.timestamp()), rules.spike_minutes * 60
    fired = {"fixed": 0, "adaptive": 0}
    since = begin - timedelta(seconds=window) - HISTORY
    for group in _groups(tables, rules, since, with_teams=True):
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


def arrivals_until(times: Instants, moments: Instants, seconds: int) -> Instants:
    """How many of the ascending `times` lie in the seconds up to each moment."""
    before = np.searchsorted(times, moments - seconds, side="right")
    return np.asarray(np.searchsorted(times, moments, side="right") - before)


def expectations(
    times: Instants, moments: Instants, seconds: int, rules: Rules, first_day: date | None
) -> Instants:
    """Arrivals to be expected in the seconds up to each moment, by the same hour of past weeks.

    The same local time of day counts, whatever the clock was put to in between. A window shorter
    than an hour gets its part of the hour, which is less noisy than the window itself.

    Returns:
        One rate per moment; NaN with fewer than `WEEKDAYS_MINIMUM` weeks of history.
    """
    wide = max(seconds, HOUR)
    zone = rules.time_zone.key
    local = pl.from_epoch(pl.Series(moments)).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    reached = midnight(first_day, rules.time_zone).timestamp() if first_day else math.inf
    total = np.zeros(len(moments))
    weeks = np.zeros(len(moments))
    for week in range(1, WEEKS + 1):
        ends = _find_instants(local - timedelta(weeks=week), zone)
        known = ends - wide >= reached
        total += np.where(known, arrivals_until(times, ends, wide), 0)
        weeks += known
    with np.errstate(divide="ignore"):
        rates = (total + PRIOR) / weeks * seconds / wide
    return np.where(weeks >= WEEKDAYS_MINIMUM, rates, np.nan)


# The same few counts and rates come again and again.
@lru_cache(maxsize=10_000)
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


def _find_instants(local: pl.Series, zone: str) -> Instants:
    """Local times as Unix seconds: the first of two, and where the clock jumped, the full hour."""
    found = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if found.null_count():
        landed = local.dt.truncate("1h") + timedelta(hours=1)
        known = landed.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        found = found.fill_null(known)
    return found.dt.epoch("s").to_numpy()


def _groups(tables: Tables, rules: Rules, after: datetime, *, with_teams: bool) -> Iterator[Group]:
    agent = agent_of(tables)
    is_member = agent.is_in(members(tables, rules)["id"].to_list())
    rows = (
        select_conversations(view_of_today(tables, rules))
        .filter(pl.col("created_at") > pl.lit(after, INSTANT))
        .select(
            "id",
            time=pl.col("created_at").dt.epoch("s"),
            agent=pl.when(is_member).then(agent),
            team="team_id",
        )
        .sort("time")
        .collect()
    )
    for kind in ("agent", "team") if with_teams else ("agent",):
        parts = rows.drop_nulls(kind).partition_by(kind, as_dict=True)
        yield from (Group(kind, str(key), parts[key,]) for key in sorted(key for (key,) in parts))


def _stretches(
    firing: npt.NDArray[np.bool_], times: Instants, moments: Instants, seconds: int, rules: Rules
) -> int:
    """How many separate spikes there were: one is over when the count falls below the limit."""
    just_before = arrivals_until(times, moments - 1, seconds) >= rules.spike_conversations
    went_on = np.concatenate(([False], firing[:-1])) & just_before
    return int((firing & ~went_on).sum())
