"""From one value per row to one number with its population."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from metrics.catalog import Metric

# Under this many rows a ninetieth percentile is one row's accident.
P90_MINIMUM = 20


@dataclass(frozen=True)
class Summary:
    """A number and what it rests on.

    Attributes:
        value: None when no row carries it; counts and sums may be 0.
        n: Rows in the population.
        unit: count, share (0..1), seconds or points.
        mean: Of a duration, beside its median.
        p90: Of a duration, linear interpolation; None under `P90_MINIMUM` rows.
        low: Lower end of a share's Wilson 95 % interval.
        high: Upper end of it.
        parts: Rows by band, outcome or reason.
    """

    value: float | None
    n: int
    unit: str
    mean: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, int] = field(default_factory=dict)


def summarise(metric: Metric, values: pd.Series, parts: pd.Series | None = None) -> Summary:
    """The metric's number over one value per row; NA rows are not counted.

    Args:
        metric: Says how the values are put together.
        values: What its measure gave.
        parts: What its `parts` gave for the same rows, if it has any. Words may also name rows
            outside the population, such as SLAs that are still running.
    """
    known = values.notna()
    numbers = values[known].to_numpy(dtype="float64")
    n = len(numbers)
    counted = {} if parts is None else _counts(parts)
    if metric.kind == "count" or (metric.kind == "stock" and metric.unit == "count"):
        return Summary(float(numbers.sum()), n, metric.unit, parts=counted)
    if not n:
        return Summary(None, 0, metric.unit, parts=counted)
    if metric.kind == "stock":
        return Summary(float(numbers.max()), n, metric.unit, parts=counted)
    mean = float(numbers.mean())
    if metric.kind == "share":
        low, high = wilson(mean, n)
        return Summary(mean, n, metric.unit, low=low, high=high, parts=counted)
    if metric.kind == "mean":
        return Summary(mean, n, metric.unit, parts=counted)
    median = float(np.median(numbers))
    p90 = float(np.quantile(numbers, 0.9)) if n >= P90_MINIMUM else None
    return Summary(median, n, metric.unit, mean=mean, p90=p90, parts=counted)


def summarise_by(metric: Metric, values: pd.Series, groups: pd.Series) -> dict[str, Summary]:
    """The metric's number for each group of rows; rows without a group are left out.

    Args:
        metric: Says how the values are put together.
        values: What its measure gave.
        groups: One word per row, with the same index.
    """
    words = groups.astype("str")
    return {
        str(word): summarise(metric, values.loc[rows])
        for word, rows in words.groupby(words).groups.items()
    }


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `n` rows (1927, no continuity correction)."""
    z = 1.959963984540054
    centre = share + z * z / (2 * n)
    margin = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, float((centre - margin) / scale)), min(1.0, float((centre + margin) / scale))


def _counts(words: pd.Series) -> dict[str, int]:
    return {str(word): int(count) for word, count in words.dropna().value_counts().items() if count}
