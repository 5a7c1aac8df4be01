"""What a day adds to a number, so that days make weeks and years without their rows.

Everything follows from the metric's own expression: rows, their sum, and of durations the sketch.
Nothing here holds a word that a customer wrote, nor who it was.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from metrics.model import sketch
from metrics.model.catalog import CATALOG, Metric, Table
from metrics.model.derived import day_of
from metrics.model.filters import EMPTY, Filters
from metrics.model.selection import Selection, select
from metrics.model.sketch import Sketch
from metrics.model.summary import Summary, read_summary
from metrics.model.view import View
from metrics.query.grouping import GROUP, ROW, group_rows

EVERYBODY = "all"
# Table -> by what its days are cut; another slice, such as by a machine's name, is another word.
SLICES: Mapping[Table, tuple[str, ...]] = {
    "conversations": (EVERYBODY, "team", "agent", "reason", "channel"),
    "calls": (EVERYBODY, "team", "agent", "line"),
    "tickets": (EVERYBODY, "team", "agent"),
}
# Reasons that are none of the workspace's own words: somebody may have typed anything.
OTHER = "other"


@dataclass(frozen=True)
class Part:
    """The rows of one metric, in one group, of one day or of many."""

    n: int = 0
    total: float = 0.0
    spread: Sketch = field(default_factory=dict)

    def __add__(self, other: "Part") -> "Part":
        spread = Counter(self.spread) + Counter(other.spread)
        return Part(self.n + other.n, self.total + other.total, spread)

    def summarise(self, metric: Metric) -> Summary:
        mean = self.total / self.n if self.n else None
        row: dict[str, Any] = {"n": self.n, "value": self.total if metric.unit == "count" else mean}
        if metric.kind == "duration":
            median, p90 = (sketch.quantile(self.spread, share) for share in (0.5, 0.9))
            row |= {"value": median, "mean": mean, "p90": p90}
        return read_summary(metric, {f"{metric.key}.{name}": v for name, v in row.items()})


# Group -> metric -> what it adds. A metric without rows is missing.
Parts = dict[str, dict[str, Part]]


def additive_metrics(table: Table) -> list[Metric]:
    """Those that have days: a stock is now."""
    return [m for m in CATALOG.values() if m.table == table and m.dated_by is not None]


def cut_days(table: Table, by: str, view: View, reasons: Collection[str] = ()) -> dict[date, Parts]:
    """Every day of the view's period, also those without rows.

    What a group has is what the page tells under the filter of that name. `reasons` are the
    workspace's own words.
    """
    days: dict[date, Parts] = {day: {} for day in view.period.dates}
    for selections in _choose(table, by, view):
        for day, group, numbers in _count(selections, by, reasons):
            if numbers:
                days[day].setdefault(group, {}).update(numbers)
    return days


def _choose(table: Table, by: str, view: View) -> Iterator[list[Selection]]:
    """Metrics about the same rows together, for one pass over them."""
    views = [view]
    if by == "team" and table != "conversations":
        # A call is of a team by its people or by its line, which no group of rows can say.
        teams = view.rules.team_ids or view.tables.teams["id"]
        views = [view.with_filters(Filters(teams=(team,))) for team in teams]
    for one in views:
        passes: dict[object, list[Selection]] = {}
        for metric in additive_metrics(table):
            selection = select(metric, one, by_person=by == "agent")
            if selection.gap is None:
                passes.setdefault(selection.rows_key, []).append(selection)
        yield from passes.values()


def _count(
    selections: list[Selection], by: str, reasons: Collection[str]
) -> Iterator[tuple[date, str, dict[str, Part]]]:
    first = selections[0]
    query = first.query.with_columns(selection.value for selection in selections)
    if by == EVERYBODY or first.view.filters.teams:
        query = query.with_columns(pl.lit("".join(first.view.filters.teams) or by).alias(GROUP))
    else:
        grouped = group_rows(by, first).attach(query)
        query = grouped.with_columns(pl.col(GROUP).cast(pl.String))
    if by == "reason":
        is_known = pl.col(GROUP).is_in([*reasons, EMPTY])
        query = query.with_columns(pl.when(is_known).then(GROUP).otherwise(pl.lit(OTHER)))
        query = query.unique([ROW, GROUP], keep="first")
    numbers = [number for s in selections for number in _numbers(s.metric)]
    rows = query.group_by(day_of(first.dated_by).alias("day"), GROUP).agg(numbers).collect()
    for row in rows.iter_rows(named=True):
        parts = {s.metric.key: _read(s.metric, row) for s in selections}
        yield row["day"], row[GROUP], {key: part for key, part in parts.items() if part.n}


def _numbers(metric: Metric) -> Iterator[pl.Expr]:
    value = pl.col(metric.key)
    yield value.count().alias(f"{metric.key}.n")
    yield value.sum().alias(f"{metric.key}.total")
    if metric.kind == "duration":
        yield sketch.count_stretches(value).alias(f"{metric.key}.spread")


def _read(metric: Metric, row: Mapping[str, Any]) -> Part:
    runs = row.get(f"{metric.key}.spread") or ()
    spread = {run["value"]: run["len"] for run in runs}
    return Part(row[f"{metric.key}.n"], row[f"{metric.key}.total"], spread)


def add_up(parts: Iterable[Part]) -> Part:
    total = Part()
    for part in parts:
        total += part
    return total
