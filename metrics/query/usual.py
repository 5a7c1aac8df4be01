"""What is usual: the range that a number kept in earlier stretches of the same length.

A period is compared with every stretch of as many days that lies wholly before it. Their tenth to
ninetieth percentile is the usual range; outside it a change is worth a word, inside it is noise.
"""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from metrics.model.periods import Period, within

# Fewer stretches than this say nothing about what is usual.
STRETCHES_MINIMUM = 10
# Fewer Mondays than this say nothing about Mondays.
WEEKDAYS_MINIMUM = 4

Verdict = Literal["above", "within", "below"]


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


def stretch_values(daily: pd.Series, weights: pd.Series, days: int) -> pd.Series:
    """The mean per day over every stretch of that many days, weighted by the rows of each day.

    Args:
        daily: One value per day, in order; NA where the day has none.
        weights: Rows behind each day's value; ones for counts, which weigh every day alike.

    Returns:
        One value per day from the first whole stretch on, dated by the stretch's last day;
        stretches without any row are left out.
    """
    known = daily.notna()
    weight = weights.where(known, 0).astype("float64")
    total = (daily.fillna(0).astype("float64") * weight).rolling(days).sum()
    return (total / weight.rolling(days).sum()).replace([np.inf, -np.inf], np.nan).dropna()


def usual_range(daily: pd.Series, weights: pd.Series, days: int) -> Range | None:
    """The usual range of a stretch of that many days; None where the history is too short.

    Values and weights as in `stretch_values`, of the days before the period in question.
    """
    stretches = stretch_values(daily, weights, days)
    if len(stretches) < STRETCHES_MINIMUM:
        return None
    low, high = np.quantile(stretches.to_numpy(dtype="float64"), [0.1, 0.9])
    return Range(float(low), float(high))


def weekday_band(daily: pd.Series, known_days: pd.Index) -> pd.DataFrame:
    """The usual band of each day: what the same weekday was on other days.

    `daily` is indexed by day without a zone; only the known days, whole and loaded, tell the usual.

    Returns:
        `low`, `usual` and `high` (tenth percentile, median, ninetieth) with the index of `daily`;
        NA for weekdays with fewer than `WEEKDAYS_MINIMUM` values.
    """
    values = daily.astype("Float64")
    known = values[values.index.isin(known_days)].dropna()
    groups = known.groupby(pd.DatetimeIndex(known.index).day_of_week)
    enough = groups.size() >= WEEKDAYS_MINIMUM
    weekdays = pd.DatetimeIndex(daily.index).day_of_week
    band = pd.DataFrame(index=daily.index)
    for name, quantile in (("low", 0.1), ("usual", 0.5), ("high", 0.9)):
        by_weekday = groups.quantile(quantile).where(enough)
        band[name] = by_weekday.reindex(weekdays).to_numpy(dtype="float64", na_value=np.nan)
    return band


def counts_by_day_and_hour(instants: pd.Series, period: Period, zone: ZoneInfo) -> pd.DataFrame:
    """One line per day of the period (midnight without a zone), one column per hour 0 to 23."""
    days = pd.date_range(period.first_day, period.last_day, freq="D", unit="s")
    local = instants[within(instants, period, zone)].dt.tz_convert(zone).dt.tz_localize(None)
    table = pd.crosstab(local.dt.normalize(), local.dt.hour)
    return table.reindex(index=days, columns=range(24), fill_value=0)
