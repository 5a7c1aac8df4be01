"""From one value per row to one number with its population."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.model.catalog import Metric

# Under this many rows a ninetieth percentile is one row's accident.
P90_MINIMUM = 20

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """A number and what it rests on.

    Attributes:
        value: None when no row carries it; counts and sums may be 0.
        n: Rows in the population.
        unit: count, share (0..1), seconds or points.
        mean: Of a duration, beside its median.
        p90: Of a duration, linear interpolation; None under `P90_MINIMUM` rows.
        low: Lower end of a share's Wilson 95 % interval; `high` is the upper one.
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

    Parts, of the same rows, may also name some outside the population, such as SLAs still running.
    """
    counted = {} if parts is None else _counts(metric, parts)
    return _summary(metric, _numbers(values), counted)


@dataclass(frozen=True, eq=False)
class Sorted:
    """Rows sorted by their group, so that several metrics share the work.

    Group i has the rows `order[starts[i]:starts[i + 1]]`; those before are in no group.
    """

    words: Sequence[object]
    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(cls, groups: pd.Series) -> "Sorted":
        """One word per row; rows without one are in no group."""
        codes, words = pd.factorize(groups)
        order = np.argsort(codes, kind="stable")
        return cls(list(words), order, np.searchsorted(codes[order], np.arange(len(words) + 1)))


def summarise_by(
    metric: Metric, values: pd.Series, groups: pd.Series | Sorted
) -> dict[str, Summary]:
    """The metric's number for each group of rows; rows without a group are left out.

    The groups are one word per value, in the same order, or these sorted.
    """
    shared = groups if isinstance(groups, Sorted) else Sorted.of(groups)
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)[shared.order]
    summaries = {}
    for place, word in enumerate(shared.words):
        group = numbers[shared.starts[place] : shared.starts[place + 1]]
        summaries[str(word)] = _summary(metric, group[~np.isnan(group)], {})
    return summaries


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `n` rows (1927, no continuity correction)."""
    z = 1.959963984540054
    centre = share + z * z / (2 * n)
    margin = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, float((centre - margin) / scale)), min(1.0, float((centre + margin) / scale))


def _numbers(values: pd.Series) -> Numbers:
    numbers: Any = values.dropna().to_numpy(dtype="float64")
    return numbers  # type: ignore[no-any-return]


def _summary(metric: Metric, numbers: Numbers, parts: Mapping[str, int]) -> Summary:
    n, unit = len(numbers), metric.unit
    if unit == "count":
        return Summary(float(numbers.sum()), n, unit, parts=parts)
    if not n:
        return Summary(None, 0, unit, parts=parts)
    if metric.kind == "stock":
        return Summary(float(numbers.max()), n, unit, parts=parts)
    mean = float(numbers.mean())
    if metric.kind == "mean":
        return Summary(mean, n, unit, parts=parts)
    if metric.kind == "share":
        low, high = wilson(mean, n)
        return Summary(mean, n, unit, low=low, high=high, parts=parts)
    median, p90 = np.quantile(numbers, [0.5, 0.9])
    shown = float(p90) if n >= P90_MINIMUM else None
    return Summary(float(median), n, unit, mean=mean, p90=shown, parts=parts)


def _counts(metric: Metric, words: pd.Series) -> dict[str, int]:
    counts = words.dropna().value_counts()
    known = {str(word): int(count) for word, count in counts.items() if count}
    return dict.fromkeys(metric.part_names, 0) | known
