"""From one value for each row to one number with its population."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import polars as pl

from metrics.model.catalog import Metric
from metrics.model.extent import Gap, Reason
from metrics.model.schema import SEPARATOR

# Of the normal distribution: 95 % lie within so many standard deviations.
Z95 = 1.959963984540054
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
        low: Lower end of a share's Wilson 95 % interval; `high` is the upper one.
        parts: Rows by band, outcome or reason.
        gap: Why nothing can be known of it; None where its rows are there.
    """

    value: float | None
    n: int
    unit: str
    mean: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    gap: Gap | None = None

    @property
    def reason(self) -> Reason | None:
        """Why there is no value; None where there is one."""
        return None if self.value is not None else self.gap or "no_rows"


def aggregate(metric: Metric) -> list[pl.Expr]:
    """What `read_summary` needs of the column that is called like the metric."""
    key = metric.key
    value = pl.col(key)
    aggregates = {f"{key}.n": value.count()}
    if metric.unit == "count":
        aggregates[f"{key}.value"] = value.sum()
    elif metric.kind == "stock":
        aggregates[f"{key}.value"] = value.max()
    elif metric.kind == "duration":
        # Of what is known: nulls make quantiles slow.
        known = value.drop_nulls()
        aggregates[f"{key}.value"] = known.quantile(0.5, "linear")
        aggregates[f"{key}.mean"] = value.mean()
        aggregates[f"{key}.p90"] = known.quantile(0.9, "linear")
    else:
        aggregates[f"{key}.value"] = value.mean()
    return [expression.alias(name) for name, expression in aggregates.items()]


def read_summary(
    metric: Metric, row: Mapping[str, Any], parts: Mapping[str, int] | None = None
) -> Summary:
    key = metric.key
    value, n = row[f"{key}.value"], row[f"{key}.n"]
    low = high = None
    if metric.kind == "share" and n:
        low, high = wilson(value, n)
    p90 = row.get(f"{key}.p90") if n >= P90_MINIMUM else None
    return Summary(value, n, metric.unit, row.get(f"{key}.mean"), p90, low, high, parts or {})


def summarise(metric: Metric, values: pl.Series) -> Summary:
    """The metric's number over one value for each row; null rows are not counted."""
    row = values.alias(metric.key).to_frame().select(aggregate(metric)).row(0, named=True)
    return read_summary(metric, row)


def count_parts(metric: Metric, counts: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Word -> rows, of the structs of polars' `value_counts`; each value of a list for itself."""
    known: Counter[str] = Counter()
    for line in counts:
        word, count = line.values()
        for value in () if word is None else str(word).split(SEPARATOR):
            known[value] += int(count)
    return dict.fromkeys(metric.part_names, 0) | known


def empty_summary(metric: Metric, gap: Gap | None = None) -> Summary:
    """Of no rows; where they cannot be known, nothing is 0."""
    is_zero = metric.unit == "count" and gap is None
    return Summary(0.0 if is_zero else None, 0, metric.unit, gap=gap)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `n` rows (1927, no continuity correction)."""
    z = Z95
    centre = share + z * z / (2 * n)
    margin = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)
