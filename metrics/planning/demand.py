"""What arrives in each half-hour of the week, and how long it takes, by own history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.measures.telephony import TALK
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.derived import day_of, hour_of
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import select, select_conversations
from metrics.model.tables import Tables
from metrics.model.view import view_of_today
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


def counted_days(whole_days: Sequence[date], rules: Rules) -> list[date]:
    """The days that say what is usual: of the last weeks, whole and loaded, without holidays."""
    return [day for day in whole_days[-WEEKS * WEEKDAYS :] if day not in rules.holidays]


def call_demand(tables: Tables, rules: Rules, whole_days: Sequence[date]) -> Demand:
    """Offered calls of the main lines: those that were answered or lost.

    Calls outside the opening hours, and callers who hung up at once, ask for nobody. Work is the
    talk of answered calls, and the work after them where the readings of the telephone tell it.
    """
    days = counted_days(whole_days, rules)
    view = view_of_today(tables, rules)
    if days:
        view = view.with_period(Period(days[0], days[-1]))
    offered = select(CATALOG["loss_rate"], view)
    after = after_call_seconds(tables)
    calls = offered.query.filter(offered.value.is_not_null())
    return _demand(calls, "started_at", TALK + (after or 0.0), days, rules, after)


def conversation_demand(
    tables: Tables, rules: Rules, whole_days: Sequence[date], filters: Filters, seconds: float
) -> Demand:
    """Conversations that customers started, by teams and attributes; no other filter chooses here.

    Intercom tells nobody how long a person worked on one: `seconds` is that.
    """
    days = counted_days(whole_days, rules)
    chosen = Filters(filters.teams, (), "customer", filters.attributes)
    rows = select_conversations(view_of_today(tables, rules, chosen))
    return _demand(rows, "created_at", pl.lit(seconds), days, rules, None)


def after_call_seconds(tables: Tables) -> float | None:
    """Mean work after a call, by our readings of the telephone; None where they are too few.

    All calls that somebody talked share it, in and out, since the first reading of a telephone.
    """
    seen = tables.presence.filter(pl.col("channel") == "voice")
    worked = seen.filter(pl.col("state") == "after_call_work")
    if worked.is_empty():
        return None
    talked = pl.col("answered_at").is_not_null() & (pl.col("ended_at") >= seen["began_at"].min())
    count = tables.calls.select(talked.sum()).item()
    if count < AFTER_CALL_MINIMUM:
        return None
    seconds = (pl.col("until_at") - pl.col("began_at")).dt.total_seconds()
    return float(worked.select(seconds.sum()).item() / count)


def _demand(
    rows: pl.LazyFrame,
    instant: str,
    work: pl.Expr,
    days: Sequence[date],
    rules: Rules,
    after_call: float | None,
) -> Demand:
    minute = pl.col(instant).dt.convert_time_zone(rules.time_zone.key).dt.minute()
    half = hour_of(instant) * 2 + minute // 30
    found = rows.select(day=day_of(instant), half=half, work=work).filter(pl.col("day").is_in(days))
    lines = found.group_by("day", "half").agg(
        arrived=pl.len(), handled=pl.col("work").count(), seconds=pl.col("work").sum()
    )
    places = {day: place for place, day in enumerate(days)}
    arrived, handled, seconds = np.zeros((3, len(days), HALF_HOURS))
    for day, column, *numbers in lines.collect().iter_rows():
        cell = places[day], column
        arrived[cell], handled[cell], seconds[cell] = numbers
    weekdays = np.array([day.weekday() for day in days], dtype=np.int64)
    occurrences = np.bincount(weekdays, minlength=WEEKDAYS)
    mean, p90, counts, sums = np.zeros((4, WEEKDAYS, HALF_HOURS))
    for weekday in np.flatnonzero(occurrences):
        own = weekdays == weekday
        mean[weekday], p90[weekday] = (
            arrived[own].mean(axis=0),
            np.quantile(arrived[own], 0.9, axis=0),
        )
        counts[weekday], sums[weekday] = handled[own].sum(axis=0), seconds[own].sum(axis=0)
    whole = sums.sum() / counts.sum() if counts.any() else np.nan
    handling = np.full((WEEKDAYS, HALF_HOURS), whole)
    np.divide(sums, counts, out=handling, where=counts >= HANDLED_MINIMUM)
    return Demand(
        mean=mean,
        p90=p90,
        handling=handling,
        total=int(arrived.sum()),
        handled=int(counts.sum()),
        occurrences=tuple(map(int, occurrences)),
        days=(days[0], days[-1]) if days else None,
        after_call=after_call,
    )
