"""What is usual of a number: what the whole weeks before a period tell, and what differs from it.

Each week is weighed so that its weekdays count as often as in the period: of a period of three days
only its three weekdays do. A difference is worth a word where it lies outside what these weeks let
expect, beyond the number's own 95 % interval, and is large enough to matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.model.catalog import Metric
from metrics.model.derived import day_of, hour_of
from metrics.model.periods import Period, today
from metrics.model.selection import select
from metrics.model.summary import Z95, Summary, wilson
from metrics.model.view import View

# Fewer weeks say nothing about what is usual; those further back tell of another season.
WEEKS_MINIMUM, WEEKS = 6, 12
# Fewer Mondays than this say nothing about Mondays.
WEEKDAYS_MINIMUM = 4
# A number that rests on fewer rows is an accident.
ROWS_MINIMUM = 10
# What is less matters to nobody: a part of a count or duration, points of a share, stars of a mean.
PART_MINIMUM, SHARE_MINIMUM, STARS_MINIMUM = 0.05, 0.01, 0.05

# Where a period lies; or why nobody can say: it still runs, its weeks or its rows are too few.
Verdict = Literal["above", "within", "below", "running", "few_weeks", "few_rows"]
Numbers = npt.NDArray[np.float64]
Values = Sequence[float | None] | npt.NDArray[np.int64] | Numbers


@dataclass(frozen=True)
class Band:
    """What may be expected, and the least and the most that would still be usual."""

    low: float
    usual: float
    high: float

    def verdict(self, value: float) -> Verdict:
        """The edges are still usual."""
        if value > self.high:
            return "above"
        return "below" if value < self.low else "within"


@dataclass(frozen=True)
class Judgement:
    """`change` is what lies between a number and the usual: a part of it, points, or stars."""

    verdict: Verdict
    change: float = 0


def judge(metric: Metric, daily: Mapping[str, Summary], view: View) -> Judgement:
    """Where the period lies against the weeks before it.

    Only whole days are looked at. `daily` has the number of every day, by its date and in order,
    from the first one that is loaded to the end of the period.
    """
    first, last = view.period.first_day, view.period.last_day
    last = min(last, today(view.tables.now, view.rules.time_zone) - timedelta(days=1))
    if last < first:
        return Judgement("running")
    view = view.with_period(Period(first, last))
    before = [number for day, number in daily.items() if day < first.isoformat()]
    inside = [daily[day.isoformat()] for day in view.period.dates]
    band = usual_band(*weigh(metric, before), view.period.days)
    if band is None:
        return Judgement("few_weeks")
    n = sum(number.n for number in inside)
    if min(n, sum(number.n for number in before)) < ROWS_MINIMUM:
        return Judgement("few_rows")
    value = float(_average(*weigh(metric, inside)))
    verdict = band.verdict(value)
    difference = value - band.usual
    if verdict == "within" or abs(difference) < _least(metric, band.usual):
        return Judgement("within")
    low, high = _interval(metric, value, n, view)
    if low <= band.usual <= high:
        return Judgement("within")
    is_part = metric.kind not in ("share", "mean") and band.usual
    return Judgement(verdict, difference / band.usual if is_part else difference)


def weigh(metric: Metric, days: Sequence[Summary]) -> tuple[Values, Values]:
    """The value of each day, and what it weighs: its rows, but days of counts weigh alike."""
    is_count = metric.kind == "count"
    return [day.value for day in days], [1.0 if is_count else float(day.n) for day in days]


def usual_band(before: Values, weights: Values, days: int) -> Band | None:
    """The mean per day, or per row, that a stretch of so many days may have; None: too few weeks.

    Args:
        before: One value per day up to the stretch, in order; None where the day has none.
        weights: Rows behind each; ones for counts, which weigh every day alike.
    """
    return _predict(before, weights, count_weekdays(days), max(1, days // 7))


def weekday_bands(before: Values, weights: Values) -> list[Band | None]:
    """The same of each of the next seven days, by its own weekday."""
    return [_predict(before, weights, often, 1) for often in np.eye(7)]


def count_bands(weeks: Numbers, stretch: int, among: int) -> list[Band] | None:
    """What a stretch of so many weeks may bring to bars side by side; None: too few weeks.

    Counts play in proportion to their root, all bars of a chart alike: together they tell more of
    it than a few weeks of one.

    Args:
        weeks: For each week what it would have brought to each bar in such a stretch.
        among: How many bars are looked at: in 19 of 20 charts none lies outside by chance.
    """
    count = len(weeks)
    if count < WEEKS_MINIMUM:
        return None
    usual = weeks.mean(axis=0)
    squares = ((weeks - usual) ** 2).sum(axis=0)[usual > 0] / usual[usual > 0]
    freedom = (count - 1) * max(1, len(squares))
    # Chance alone makes counts play like this: a calmer while is no promise.
    play = max(1.0, float(squares.sum()) / freedom / stretch)
    margin = _student(1 - 0.025 / among, freedom) * np.sqrt(play * usual * (1 + stretch / count))
    margin = np.maximum(margin, PART_MINIMUM * usual)
    edges = np.stack([np.maximum(0, usual - margin), usual, usual + margin], axis=1)
    return [Band(*edge) for edge in edges.tolist()]


def stands_out(count: float, band: Band | None) -> bool:
    """Whether a bar is news beside its usual."""
    if band is None or min(count, band.usual) < ROWS_MINIMUM or band.low <= count <= band.high:
        return False
    return abs(count - band.usual) > Z95 * sqrt(count)


def count_weekdays(days: int) -> Numbers:
    """How often each of the seven days from the first one on is part of so many days."""
    return np.bincount(np.arange(days) % 7, minlength=7).astype("float64")


def cut_weeks(counts: npt.NDArray[np.int64]) -> Numbers:
    """Weeks, their days, and the rest: of the last whole weeks of lines that are a day each."""
    weeks = min(len(counts) // 7, WEEKS)
    return counts[len(counts) - 7 * weeks :].reshape(weeks, 7, *counts.shape[1:]).astype("float64")


def counts_by_day_and_hour(
    rows: pl.LazyFrame, instant: str, period: Period
) -> npt.NDArray[np.int64]:
    """Rows dated in the period: one line for each of its days, one column for each local hour."""
    day, hour = day_of(instant), hour_of(instant)
    rows = rows.filter(day.is_between(period.first_day, period.last_day))
    place = (day - period.first_day).dt.total_days() * 24 + hour
    places = rows.select(place).collect().to_series().to_numpy()
    return np.bincount(places, minlength=period.days * 24).reshape(period.days, 24)


def _average(values: Values, weights: Values, axis: int | None = None) -> Numbers:
    """NaN where nothing is known."""
    value = np.array(values, dtype="float64")
    weight = np.where(np.isnan(value), 0.0, np.array(weights, dtype="float64"))
    with np.errstate(invalid="ignore"):
        return np.asarray((np.nan_to_num(value) * weight).sum(axis) / weight.sum(axis))


def _predict(before: Values, weights: Values, often: Numbers, stretch: int) -> Band | None:
    """The 95 % prediction interval of the mean of so many weeks, from those before.

    Each of them is the mean of its weekdays, which count as `often`. Weeks that resemble the one
    before them tell less than as many that do not.
    """
    count = min(len(before) // 7, WEEKS)
    recent = (
        np.array(days[len(days) - 7 * count :], dtype="float64") for days in (before, weights)
    )
    value, weight = (days.reshape(count, 7) for days in recent)
    weeks = _average(value, weight * often, axis=1)
    weeks = weeks[~np.isnan(weeks)]
    if len(weeks) < WEEKS_MINIMUM:
        return None
    usual, count = float(weeks.mean()), len(weeks)
    echo = _measure_echo(weeks - usual)
    repeated = _repeat(count, echo)
    # Alike weeks spread less than those of a longer while.
    variance = float(weeks.var(ddof=1)) / max(0.1, 1 - (repeated - 1) / (count - 1))
    error = sqrt(variance * (_repeat(stretch, echo) / stretch + repeated / count))
    margin = _student(0.975, count - 1) * error
    return Band(max(0.0, usual - margin), usual, usual + margin)


def _measure_echo(difference: Numbers) -> float:
    """Autocorrelation from one week to the next, without the bias of few weeks; 0 to 0.9."""
    total = float((difference**2).sum())
    if not total:
        return 0.0
    echo = float((difference[1:] * difference[:-1]).sum()) / total
    return min(0.9, max(0.0, echo + (1 + 4 * echo) / len(difference)))


def _repeat(weeks: int, echo: float) -> float:
    """By how much the variance of the mean of so many weeks grows with their autocorrelation."""
    return 1 + 2 * sum((1 - lag / weeks) * echo**lag for lag in range(1, weeks))


def _student(probability: float, freedom: int) -> float:
    """Student's quantile, by the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _least(metric: Metric, usual: float) -> float:
    """The practical minimum of its kind."""
    if metric.kind == "share":
        return SHARE_MINIMUM
    return STARS_MINIMUM if metric.kind == "mean" else PART_MINIMUM * usual


def _interval(metric: Metric, value: float, n: int, view: View) -> tuple[float, float]:
    """The number's own 95 % interval: Poisson's, Wilson's, that of a mean or that of a median."""
    if metric.kind == "share":
        return wilson(value, n)
    if metric.kind == "count":
        margin = Z95 * sqrt(value / view.period.days)
        return value - margin, value + margin
    selection = select(metric, view)
    rows = selection.query.select(selection.value).collect().to_series().drop_nulls()
    if metric.kind == "mean":
        margin = Z95 * float(rows.std() or 0) / sqrt(n)  # type: ignore[arg-type]
        return value - margin, value + margin
    # The ranks around the middle one. Days have medians of their own, of which `value` is the mean:
    # it plays in the same proportion.
    sides = (0.5, *(0.5 + side * Z95 / (2 * sqrt(len(rows))) for side in (-1, 1)))
    middle, low, high = (float(rows.quantile(side, "linear") or 0) for side in sides)
    return (value * low / middle, value * high / middle) if middle else (value, value)
