"""One thing by another: any group of `metrics.query.grouping` down, any other across.

The lines of a table are the most frequent groups; what is left over stands in one last line, so
that shares are always of everything. Rows without a value are parted from the others before
anything is counted, unless they are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from metrics.model.catalog import CATALOG, Metric
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.selection import Selection, select
from metrics.model.summary import Summary, aggregate, empty_summary, read_summary
from metrics.model.view import View
from metrics.query.grouping import GROUP, ROW, Grouping, group_rows

# Groups that stand for having no value: of people and teams, and of everything else.
_NOBODY = frozenset({"agent", "team"})
DOWN, ACROSS = "down", "across"


@dataclass(frozen=True)
class Axis:
    """The lines of one side of a table: `keys`, then the others as one, then rows without a value.

    Attributes:
        folded: How many more share the last line; 0 = there is no such line.
        labels: Group -> what people call it, where that is not the group itself.
    """

    by: str
    keys: tuple[str, ...]
    folded: int = 0
    with_empty: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[str | None, ...]:
        """The keys of the lines; None stands for the others together."""
        empty = (nothing(self.by),) if self.with_empty else ()
        return (*self.keys, *((None,) if self.folded else ()), *empty)

    def place(self, word: pl.Expr, grouping: Grouping) -> pl.Expr:
        """The line of each group that was attached; null for those that are in none."""
        if grouping.keys is not None:
            return word
        places = {key: place for place, key in enumerate(self.lines) if key is not None}
        others = len(self.keys) if self.folded else None
        # Without a line of its own, having no value is not one of the others.
        mapping = {nothing(self.by): None} | places
        return word.replace_strict(mapping, default=others, return_dtype=pl.Int64)


@dataclass(frozen=True)
class Crosstab:
    """Cells by (line, column), none empty; `left_out` are rows without one of the two values."""

    metric: Metric
    down: Axis
    across: Axis
    cells: Mapping[tuple[int, int], Summary]
    down_totals: Sequence[Summary]
    across_totals: Sequence[Summary]
    total: Summary
    left_out: int

    @cached_property
    def largest(self) -> float:
        return max((cell.value or 0 for cell in self.cells.values()), default=0)

    def n(self, line: int, column: int) -> int:
        cell = self.cells.get((line, column))
        return cell.n if cell else 0


def nothing(by: str) -> str:
    """The group of rows without a value."""
    return UNASSIGNED if by in _NOBODY else EMPTY


def frequent(grouping: Grouping, query: pl.LazyFrame, by: str) -> list[str]:
    """Groups by how many rows they have, most first, equal ones by name; those with a value."""
    counts = grouping.attach(query).group_by(pl.col(GROUP).cast(pl.String)).len().collect()
    ordered = sorted(counts.iter_rows(), key=lambda item: (-item[1], item[0]))
    return [word for word, _ in ordered if word != nothing(by)]


def axis(metric: Metric, by: str, view: View, top: int, *, with_empty: bool = False) -> Axis:
    """The first `top` groups of the metric's rows, the others as one.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    selection = select(metric, view)
    grouping = group_rows(by, selection)
    if grouping.keys is not None:
        return Axis(by, grouping.keys)
    known = frequent(grouping, selection.query, by)
    # One group alone is never called the others.
    shown = len(known) if len(known) == top + 1 else top
    empty = with_empty and _has_empty(grouping, selection.query, by)
    return Axis(by, tuple(known[:shown]), max(0, len(known) - shown), empty, grouping.labels)


def crosstab(metric: Metric, down: Axis, across: Axis, view: View) -> Crosstab:
    """The metric in every cell of two axes.

    A row that stands in several groups (a call that was passed on) counts in each of their cells,
    and once in the totals.
    """
    selection = select(metric, view)
    groupings = [group_rows(line.by, selection) for line in (down, across)]
    pairs = _pairs(selection, down, across, groupings)
    may_repeat = any(grouping.lines for grouping in groupings)

    def once(*columns: str) -> pl.DataFrame:
        return pairs.unique(columns) if may_repeat else pairs

    cells = {
        (line, column): number
        for (line, column), number in _summarise_by(
            [DOWN, ACROSS], metric, once(ROW, DOWN, ACROSS)
        ).items()
    }

    def totals(side: str, count: int) -> list[Summary]:
        numbers = _summarise_by([side], metric, once(ROW, side))
        empty = empty_summary(metric)
        return [numbers.get((place,), empty) for place in range(count)]

    inside = once(ROW).select(aggregate(metric)).row(0, named=True)
    whole = selection.query.select(selection.value.count()).collect().item()
    total = read_summary(metric, inside)
    return Crosstab(
        metric,
        down,
        across,
        {cell: number for cell, number in cells.items() if number.n},
        totals(DOWN, len(down.lines)),
        totals(ACROSS, len(across.lines)),
        total,
        whole - total.n,
    )


def table_of(
    by: tuple[str, str],
    view: View,
    *,
    metric: Metric = CATALOG["conversations"],
    top: tuple[int, int] = (10, 8),
    with_empty: bool = False,
) -> Crosstab:
    """The usual table of a metric: down and across, each cut to its most frequent groups."""
    down, across = (
        axis(metric, group, view, count, with_empty=with_empty)
        for group, count in zip(by, top, strict=True)
    )
    return crosstab(metric, down, across, view)


def _pairs(
    selection: Selection, down: Axis, across: Axis, groupings: list[Grouping]
) -> pl.DataFrame:
    """Row, line, column and value, for each cell that a row lies in."""
    query = selection.query.with_columns(selection.value).with_row_index(ROW)
    for side, line, grouping in zip((DOWN, ACROSS), (down, across), groupings, strict=True):
        query = grouping.attach(query, side)
        query = query.with_columns(line.place(pl.col(side), grouping).alias(side))
    pairs = query.select(ROW, DOWN, ACROSS, selection.metric.key).drop_nulls([DOWN, ACROSS])
    return pairs.collect()


def _summarise_by(
    sides: list[str], metric: Metric, pairs: pl.DataFrame
) -> dict[tuple[int, ...], Summary]:
    rows = pairs.group_by(sides).agg(aggregate(metric)).iter_rows(named=True)
    return {tuple(row[side] for side in sides): read_summary(metric, row) for row in rows}


def _has_empty(grouping: Grouping, query: pl.LazyFrame, by: str) -> bool:
    is_empty = pl.col(GROUP).cast(pl.String) == nothing(by)
    return bool(grouping.attach(query).select(is_empty.any()).collect().item())
