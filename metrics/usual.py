"""What is usual: the range that a number kept in earlier stretches of the same length.

A period is compared with every stretch of as many days that lies wholly before it. Their tenth to
ninetieth percentile is the usual range; outside it a change is worth a word, inside it is noise.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

# Fewer stretches than this say nothing about what is usual.
STRETCHES_MINIMUM = 10

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
        days: Length of a stretch.

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

    Args:
        daily: One value per day before the period, in order.
        weights: Rows behind each day's value; ones for counts.
        days: Length of the period in question.
    """
    stretches = stretch_values(daily, weights, days)
    if len(stretches) < STRETCHES_MINIMUM:
        return None
    low, high = np.quantile(stretches.to_numpy(dtype="float64"), [0.1, 0.9])
    return Range(float(low), float(high))
