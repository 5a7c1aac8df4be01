"""What is usual: the range that a number kept in earlier stretches of the same length.

A period is compared with every stretch of as many days that lies wholly before it. Their tenth to
ninetieth percentile is the usual range; outside it a change is worth a word, inside it is noise.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.model.derived import day_of, hour_of
from metrics.model.periods import Period

# Fewer stretches than this say nothing about what is usual.
STRETCHES_MINIMUM = 10
# Fewer Mondays than this say nothing about Mondays.
WEEKDAYS_MINIMUM = 4

Verdict = Literal["above", "within", "below"]
Values = Sequence[float | None]


@dataclass(frozen=True)
class Range:
    """The usual range of a number: tenth and ninetieth percentile, in its own unit."""

    low: float
    high: float

    def verdict(self, value: float) -> Verdict:
        """Where a value lies; the edges are still usual."""
        if value > self.high:
            return "above"
        return "below" if value < self.low else "within"


@dataclass(frozen=True)
class Band:
    """Tenth percentile, median and ninetieth."""

    low: float
    usual: float
    high: float


def stretch_values(daily: Values, weights: Sequence[float], days: int) -> list[float]:
    """The mean per day over every stretch of that many days, weighted by the rows of each day.

    Args:
        daily: One value per day, in order; None where the day has none.
        weights: Rows behind each day's value; ones for counts, which weigh every day alike.

    Returns:
        One value per day from the first whole stretch on; stretches without any row are left out.
    """
    if len(daily) < days:
        return []
    values = np.array([np.nan if value is None else value for value in daily], dtype="float64")
    known = ~np.isnan(values)
    weight = np.where(known, np.asarray(weights, dtype="float64"), 0.0)
    total = np.where(known, values, 0.0) * weight
    sums, weighing = (_rolling_sums(numbers, days) for numbers in (total, weight))
    return [float(s / w) for s, w in zip(sums, weighing, strict=True) if w > 0]


def usual_range(daily: Values, weights: Sequence[float], days: int) -> Range | None:
    """The usual range of a stretch of that many days; None where the history is too short.

    Values and weights as in `stretch_values`, of the days before the period in question.
    """
    stretches = stretch_values(daily, weights, days)
    if len(stretches) < STRETCHES_MINIMUM:
        return None
    low, high = np.quantile(stretches, [0.1, 0.9])
    return Range(float(low), float(high))


def weekday_band(
    days: Sequence[date], daily: Values, known_days: Collection[date]
) -> list[Band | None]:
    """The usual band of each day: what the same weekday was on other days.

    Only the known days, whole and loaded, tell the usual; None for weekdays with fewer than
    `WEEKDAYS_MINIMUM` values.
    """
    known = set(known_days)
    by_weekday: dict[int, list[float]] = {}
    for day, value in zip(days, daily, strict=True):
        if value is not None and day in known:
            by_weekday.setdefault(day.weekday(), []).append(value)
    bands = {weekday: usual_band(values) for weekday, values in by_weekday.items()}
    return [bands.get(day.weekday()) for day in days]


def usual_band(values: Sequence[float]) -> Band | None:
    if len(values) < WEEKDAYS_MINIMUM:
        return None
    low, usual, high = np.quantile(values, [0.1, 0.5, 0.9])
    return Band(float(low), float(usual), float(high))


def counts_by_day_and_hour(
    rows: pl.LazyFrame, instant: str, period: Period
) -> npt.NDArray[np.int64]:
    """Rows dated in the period: one line for each of its days, one column for each local hour."""
    day, hour = day_of(instant), hour_of(instant)
    rows = rows.filter(day.is_between(period.first_day, period.last_day))
    place = (day - period.first_day).dt.total_days() * 24 + hour
    places = rows.select(place).collect().to_series().to_numpy()
    return np.bincount(places, minlength=period.days * 24).reshape(period.days, 24)


def _rolling_sums(numbers: npt.NDArray[np.float64], days: int) -> npt.NDArray[np.float64]:
    windows = np.lib.stride_tricks.sliding_window_view(numbers, days)
    return np.asarray(windows.sum(axis=1))
