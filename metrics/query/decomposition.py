"""Why a number moved: its change between two views as the sum of what each group carries.

A count moves by the difference of each group. A mean (a share is one of ones and zeros) moves
because groups weigh more or less, and because the groups themselves move: Kitagawa's decomposition
(1955). With w the part of a group in all rows, r its mean, R that of all, 0 before and 1 now:

    rate = (w0 + w1) / 2 * (r1 - r0)
    mix = (w1 - w0) * ((r0 + r1) / 2 - (R0 + R1) / 2)

All parts add up to R1 - R0. What is subtracted from the mix adds up to nothing, and lets a group
that grows pull towards its own mean. A group without rows on one side has no rate of its own there:
its part is mix. A median is no sum of its groups, so of durations it is the mean that is parted.

A row in several groups (two reasons, a call of two people) counts in equal parts in each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from metrics.model.catalog import Metric, Table
from metrics.model.selection import Selection, select
from metrics.model.summary import Summary
from metrics.model.view import View
from metrics.query import report
from metrics.query.drilldown import VALUE
from metrics.query.grouping import GROUP, ROW, Grouping, group_rows

# What each table's rows are parted by, what is asked first before the others.
DIMENSIONS: Mapping[Table, tuple[str, ...]] = {
    "conversations": ("reason", "team", "agent", "hour", "weekday", "channel", "origin"),
    "calls": ("line", "team", "agent", "hour", "weekday"),
    "tickets": ("ticket_type", "agent", "creator", "weekday"),
}
# What belongs to a line belongs to no person and to nobody's team.
OF_PEOPLE = ("team", "agent")
# So many groups stand alone, the others as one; fewer rows than this in both periods are few.
SHOWN, FEW = 8, 5
SIDE, DIMENSION, WEIGHT = "side", "dimension", "weight"
BEFORE, NOW = 0, 1


@dataclass(frozen=True)
class Side:
    """A group in one period.

    Attributes:
        rows: All that stand in it, as the list behind it has them.
        value: Their mean; None without rows.
        weight: The same rows, those of several groups only in part; `total` is the sum of their
            values, parted likewise.
    """

    rows: int = 0
    value: float | None = None
    weight: float = 0.0
    total: float = 0.0

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight else None


NOTHING = Side()


@dataclass(frozen=True)
class Part:
    """What a group carries of the change, in the unit of the metric.

    Attributes:
        keys: Its key in `metrics.query.grouping`; of a line that stands for several groups, of all.
    """

    keys: tuple[str, ...]
    label: str
    before: Side
    now: Side
    mix: float
    rate: float

    @property
    def total(self) -> float:
        return self.mix + self.rate


@dataclass(frozen=True)
class Decomposition:
    """The change of a metric, parted in each of several ways.

    Attributes:
        parts: Group of `metrics.query.grouping` -> all its groups, the largest part first.
        overlapping: Those in which a row may stand in several groups.
    """

    metric: Metric
    before: Summary
    now: Summary
    parts: Mapping[str, Sequence[Part]]
    overlapping: frozenset[str] = frozenset()

    @property
    def ends(self) -> tuple[float, float]:
        """What is parted, before and now: of durations the mean, of all others the value."""
        return _parted(self.metric, self.before), _parted(self.metric, self.now)

    @property
    def change(self) -> float:
        before, now = self.ends
        return now - before


def decompose(
    metric: Metric, before: View, now: View, ways: Iterable[str] | None = None
) -> Decomposition | None:
    """The change from one view to the other, which differ in nothing but their period.

    Ways in which all rows stand in one group say nothing, and are left out. None: one of the two
    has no value, or the metric has no period.
    """
    if metric.dated_by is None or metric.table not in DIMENSIONS:
        return None
    earlier, present = (report.evaluate(metric, view) for view in (before, now))
    if earlier.value is None or present.value is None:
        return None
    selections = [select(metric, view) for view in (before, now)]
    groupings = {by: group_rows(by, selections[NOW]) for by in ways or _list_ways(metric)}
    parts = {
        by: _part_change(metric, groupings[by], groups)
        for by, groups in _read_sides(selections, groupings).items()
        if len(groups) > 1
    }
    overlapping = frozenset(by for by in parts if groupings[by].lines is not None)
    return Decomposition(metric, earlier, present, parts, overlapping)


def shorten(found: Decomposition, by: str, before: View, now: View) -> list[Part]:
    """Few enough parts to be read: the others are one, at the end.

    Where there is no room for all, groups with few rows stand back. One alone is never the others.
    """
    parts = found.parts[by]
    if len(parts) <= SHOWN + 1:
        return list(parts)
    # In their order, those with few rows after all others.
    ranked = sorted(parts, key=lambda part: max(part.before.rows, part.now.rows) < FEW)
    first = {part.keys for part in ranked[:SHOWN]}
    kept = [part for part in parts if part.keys in first]
    others = [part for part in parts if part.keys not in first]
    keys = tuple(part.keys[0] for part in others)
    sides = _read_pool(keys, by, [select(found.metric, view) for view in (before, now)])
    mix, rate = sum(part.mix for part in others), sum(part.rate for part in others)
    return [*kept, Part(keys, "", *sides, mix, rate)]


def _list_ways(metric: Metric) -> list[str]:
    ways = DIMENSIONS[metric.table]
    return [way for way in ways if not metric.of_line or way not in OF_PEOPLE]


def _parted(metric: Metric, number: Summary) -> float:
    return (number.mean if metric.kind == "duration" else number.value) or 0.0


def _read_sides(
    selections: Sequence[Selection], groupings: Mapping[str, Grouping]
) -> dict[str, dict[str, tuple[Side, Side]]]:
    """Way -> group -> before and now, in one pass over the tables."""
    counted = [
        _count_groups(_lines(selection, grouping), by, side)
        for by, grouping in groupings.items()
        for side, selection in enumerate(selections)
    ]
    found: dict[str, dict[str, list[Side]]] = {by: {} for by in groupings}
    for by, side, word, *numbers in pl.concat(counted).collect().iter_rows():
        key = groupings[by].name(word)
        found[by].setdefault(key, [NOTHING, NOTHING])[side] = Side(*numbers)
    return {
        by: {key: (sides[BEFORE], sides[NOW]) for key, sides in groups.items()}
        for by, groups in found.items()
    }


def _lines(selection: Selection, grouping: Grouping) -> pl.LazyFrame:
    """The rows of the population, once for each of their groups, with what they weigh there."""
    query = selection.query.with_columns(selection.value.alias(VALUE)).drop_nulls(VALUE)
    lines = grouping.attach(query).with_columns(pl.col(GROUP).cast(pl.String))
    weight = pl.lit(1.0) if grouping.lines is None else 1 / pl.len().over(ROW)
    return lines.with_columns(weight.alias(WEIGHT))


def _count_groups(lines: pl.LazyFrame, by: str, side: int) -> pl.LazyFrame:
    value, weight = pl.col(VALUE), pl.col(WEIGHT)
    return (
        lines.group_by(GROUP)
        .agg(
            value.len().cast(pl.Int64).alias("rows"),
            value.mean().alias("value"),
            weight.sum().alias("weight"),
            (value * weight).sum().alias("total"),
        )
        .select(pl.lit(by).alias(DIMENSION), pl.lit(side).alias(SIDE), pl.all())
    )


def _part_change(
    metric: Metric, grouping: Grouping, groups: Mapping[str, tuple[Side, Side]]
) -> list[Part]:
    before, now = (_sum_up(sides[n] for sides in groups.values()) for n in (BEFORE, NOW))
    # Of a count one of the two may have no rows at all.
    centre = ((before.mean or 0.0) + (now.mean or 0.0)) / 2
    parts = []
    for key, (was, present) in groups.items():
        mix, rate = present.total - was.total, 0.0
        if metric.kind != "count":
            w0, w1 = was.weight / before.weight, present.weight / now.weight
            r0, r1 = (side.mean for side in (was, present))
            r0, r1 = (r1 or 0.0) if r0 is None else r0, (r0 or 0.0) if r1 is None else r1
            rate = (w0 + w1) / 2 * (r1 - r0)
            mix = (w1 - w0) * ((r0 + r1) / 2 - centre)
        parts.append(Part((key,), grouping.labels.get(key, key), was, present, mix, rate))
    return sorted(parts, key=lambda part: (-abs(part.total), part.keys))


def _sum_up(sides: Iterable[Side]) -> Side:
    known = list(sides)
    return Side(weight=sum(s.weight for s in known), total=sum(s.total for s in known))


def _read_pool(keys: Sequence[str], by: str, selections: Sequence[Selection]) -> tuple[Side, Side]:
    """Several groups as one: a row that stands in two of them is one row."""
    grouping = group_rows(by, selections[NOW])
    words = grouping.words(keys)
    weight = pl.col(WEIGHT).sum().over(ROW) if grouping.lines is not None else pl.col(WEIGHT)
    counted = []
    for side, selection in enumerate(selections):
        lines = _lines(selection, grouping).filter(pl.col(GROUP).is_in(words))
        lines = lines.with_columns(weight.alias(WEIGHT), pl.lit("").alias(GROUP))
        if grouping.lines is not None:
            lines = lines.unique(ROW)
        counted.append(_count_groups(lines, by, side))
    sides = [NOTHING, NOTHING]
    for _, side, _, *numbers in pl.concat(counted).collect().iter_rows():
        sides[side] = Side(*numbers)
    return sides[BEFORE], sides[NOW]
