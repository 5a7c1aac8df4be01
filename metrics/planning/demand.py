"""What arrives in each half-hour of the week, and how long it takes, by own history."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import select, select_conversations
from metrics.model.tables import Tables
from metrics.model.values import seconds_between
from metrics.model.view import EVERYTHING, View, view_of_today
from metrics.planning.schedule import HALF_HOURS, WEEKDAYS

# So many of a weekday say what it usually brings.
OCCURRENCES_MINIMUM = 4
# So many calls of one half-hour say how long its calls take; else all of them do.
HANDLED_MINIMUM = 20
# So many calls say how long the work after each takes.
AFTER_CALL_MINIMUM = 20
# Weeks that are looked back: long enough for a habit, short enough to be the present one.
WEEKS = 12

Grid = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Demand:
    """What arrives in a week; grids are 7 × 48, Monday first.

    Attributes:
        mean: Arrivals of each half-hour, over its occurrences.
        p90: Its ninetieth percentile over the same.
        handling: Seconds of work for each arrival: of the half-hour's own calls where there are
            `HANDLED_MINIMUM` of them, else of all; NaN where nothing is known.
        handled: Rows that the handling rests on.
        occurrences: How often each weekday was counted.
        days: First and last day that were counted; None without any.
        after_call: Seconds of work after each call that `handling` has in it; None = not known.
    """

    mean: Grid
    p90: Grid
    handling: Grid
    total: int
    handled: int
    occurrences: tuple[int, ...]
    days: tuple[date, date] | None
    after_call: float | None = None

    @property
    def is_short(self) -> tuple[bool, ...]:
        return tuple(count < OCCURRENCES_MINIMUM for count in self.occurrences)


def counted_days(whole_days: pd.DatetimeIndex, rules: Rules) -> pd.DatetimeIndex:
    """The days that say what is usual: of the last weeks, whole and loaded, without holidays."""
    recent = whole_days[-WEEKS * WEEKDAYS :]
    return recent[[day.date() not in rules.holidays for day in recent]]


def call_demand(tables: Tables, rules: Rules, whole_days: pd.DatetimeIndex) -> Demand:
    """Offered calls of the main lines: those that were answered or lost.

    Calls outside the opening hours, and callers who hung up at once, ask for nobody. Work is the
    talk of answered calls, and the work after them where the readings of the telephone tell it.
    """
    days = counted_days(whole_days, rules)
    metric = CATALOG["loss_rate"]
    calls = _in_days(tables, rules, days)
    offered = calls[metric.measure(calls, rules, tables.now).notna()]
    talk = seconds_between(offered["answered_at"], offered["ended_at"])
    after = after_call_seconds(tables)
    work = talk.astype("Float64") + (after or 0.0)
    return _demand(offered["started_at"], work, days, rules, after)


def conversation_demand(
    tables: Tables, rules: Rules, whole_days: pd.DatetimeIndex, filters: Filters, seconds: float
) -> Demand:
    """Conversations that customers started, by teams and attributes; no other filter chooses here.

    Intercom tells nobody how long a person worked on one: `seconds` is that.
    """
    days = counted_days(whole_days, rules)
    chosen = Filters(filters.teams, (), "customer", filters.attributes)
    rows = select_conversations(view_of_today(tables, rules, chosen))
    work = pd.Series(seconds, index=rows.index, dtype="Float64")
    return _demand(rows["created_at"], work, days, rules, None)


def after_call_seconds(tables: Tables) -> float | None:
    """Mean work after a call, by our readings of the telephone; None where they are too few.

    All calls that somebody talked share it, in and out, since the first reading of a telephone.
    """
    seen = tables.presence[tables.presence["channel"].eq("voice")]
    if seen.empty:
        return None
    since = seen["began_at"].min()
    calls = tables.calls
    talked = calls["answered_at"].notna() & calls["ended_at"].ge(since)
    worked = seen[seen["state"].eq("after_call_work")]
    count = int(talked.sum())
    if count < AFTER_CALL_MINIMUM or worked.empty:
        return None
    return float((worked["until_at"] - worked["began_at"]).dt.total_seconds().sum() / count)


def _in_days(tables: Tables, rules: Rules, days: pd.DatetimeIndex) -> pd.DataFrame:
    metric = CATALOG["loss_rate"]
    if days.empty:
        return tables.calls.iloc[:0]
    period = Period(days[0].date(), days[-1].date())
    return select(metric, View(tables, period, EVERYTHING, rules)).rows


def _demand(
    arrived: pd.Series,
    work: pd.Series,
    days: pd.DatetimeIndex,
    rules: Rules,
    after_call: float | None,
) -> Demand:
    local = arrived.dt.tz_convert(rules.time_zone).dt.tz_localize(None)
    places = days.get_indexer(pd.DatetimeIndex(local.dt.normalize()).as_unit(days.unit))
    inside = places >= 0
    halves = (local.dt.hour * 2 + local.dt.minute // 30).to_numpy(dtype="int64")[inside]
    counts = np.zeros((len(days), HALF_HOURS))
    np.add.at(counts, (places[inside], halves), 1)
    weekdays = days.day_of_week.to_numpy()
    occurrences = np.bincount(weekdays, minlength=WEEKDAYS)
    mean, p90 = np.zeros((WEEKDAYS, HALF_HOURS)), np.zeros((WEEKDAYS, HALF_HOURS))
    for weekday in np.flatnonzero(occurrences):
        own = counts[weekdays == weekday]
        mean[weekday], p90[weekday] = own.mean(axis=0), np.quantile(own, 0.9, axis=0)
    seconds = work.to_numpy(dtype="float64", na_value=np.nan)[inside]
    handling, handled = _handling(weekdays[places[inside]], halves, seconds)
    return Demand(
        mean=mean,
        p90=p90,
        handling=handling,
        total=int(inside.sum()),
        handled=handled,
        occurrences=tuple(int(count) for count in occurrences),
        days=(days[0].date(), days[-1].date()) if len(days) else None,
        after_call=after_call,
    )


def _handling(
    weekdays: npt.NDArray[np.int64], halves: npt.NDArray[np.int64], seconds: Grid
) -> tuple[Grid, int]:
    known = ~np.isnan(seconds)
    cells = weekdays[known] * HALF_HOURS + halves[known]
    size = WEEKDAYS * HALF_HOURS
    counts = np.bincount(cells, minlength=size)
    sums = np.bincount(cells, weights=seconds[known], minlength=size)
    whole = float(sums.sum() / counts.sum()) if counts.sum() else np.nan
    own = np.divide(sums, counts, out=np.full(size, whole), where=counts >= HANDLED_MINIMUM)
    return own.reshape(WEEKDAYS, HALF_HOURS), int(known.sum())
