"""One thing by another: any group of `metrics.query.grouping` down, any other across.

The lines of a table are the most frequent groups; what is left over stands in one last line, so
that shares are always of everything. Rows without a value are parted from the others before
anything is counted, unless they are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.model.catalog import CATALOG, Metric
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.selection import select
from metrics.model.summary import Summary, summarise, summarise_by
from metrics.model.view import View
from metrics.query.grouping import Grouping, group_rows

# Groups that stand for having no value: of people and teams, and of everything else.
_NOBODY = frozenset({"agent", "team", "origin"})
Codes = npt.NDArray[np.int64]


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

    def codes(self, words: pd.Series) -> Codes:
        """The line of each word; -1 for those that are in none."""
        places = {key: place for place, key in enumerate(self.lines) if key is not None}
        others = len(self.keys) if self.folded else -1
        codes, known = pd.factorize(words)
        empty = nothing(self.by)
        lines = [places.get(str(w), -1 if w == empty else others) for w in known]
        # The last one is that of rows in no group, whose code is -1.
        line_codes: Codes = np.array([*lines, -1], dtype="int64")[codes]
        return line_codes


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


def frequent(words: pd.Series, by: str) -> list[str]:
    """Groups by how many rows they have, most first, equal ones by name; those with a value."""
    counts = words.astype("str").value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [str(word) for word, _ in ordered if word != nothing(by)]


def axis(metric: Metric, by: str, view: View, top: int, *, with_empty: bool = False) -> Axis:
    """The first `top` groups of the metric's rows, the others as one.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    grouping = group_rows(by, select(metric, view))
    if grouping.keys is not None:
        return Axis(by, grouping.keys)
    known = frequent(grouping.words, by)
    # One group alone is never called the others.
    shown = len(known) if len(known) == top + 1 else top
    empty = with_empty and bool(grouping.words.astype("str").eq(nothing(by)).any())
    labels = grouping.labels or {}
    return Axis(by, tuple(known[:shown]), max(0, len(known) - shown), empty, labels)


def crosstab(metric: Metric, down: Axis, across: Axis, view: View) -> Crosstab:
    """The metric in every cell of two axes.

    A row that stands in several groups (a call that was passed on) counts in each of their cells,
    and once in the totals.
    """
    selection = select(metric, view)
    lines, columns = group_rows(down.by, selection), group_rows(across.by, selection)
    added = selection.values
    pairs = _pairs(_coded(down, lines), _coded(across, columns))
    inside = added.iloc[np.unique(pairs["row"].to_numpy())]
    width = len(across.lines)
    numbers = summarise_by(
        metric,
        added.iloc[pairs["row"].to_numpy()],
        pairs["code_down"] * width + pairs["code_across"],
    )
    cells = {divmod(int(code), width): number for code, number in numbers.items() if number.n}

    def totals(side: str, count: int) -> list[Summary]:
        distinct = pairs.drop_duplicates(["row", side])
        by_place = summarise_by(metric, added.iloc[distinct["row"].to_numpy()], distinct[side])
        empty = summarise(metric, added.iloc[:0])
        return [by_place.get(str(place), empty) for place in range(count)]

    return Crosstab(
        metric,
        down,
        across,
        cells,
        totals("code_down", len(down.lines)),
        totals("code_across", width),
        summarise(metric, inside),
        int(added.notna().sum() - inside.notna().sum()),
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


def _pairs(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    if left.empty or right.empty or not left["row"].is_unique:
        return left.merge(right, on="row", suffixes=("_down", "_across"))
    # A row that has one line needs no join.
    down = np.full(max(left["row"].max(), right["row"].max()) + 1, -1)
    down[left["row"]] = left["code"]
    pairs = right.rename(columns={"code": "code_across"}).assign(code_down=down[right["row"]])
    return pairs[pairs["code_down"] >= 0]


def _coded(side: Axis, grouping: Grouping) -> pd.DataFrame:
    codes = side.codes(grouping.words)
    lines = pd.DataFrame({"row": grouping.positions, "code": codes})
    lines = lines[lines["code"] >= 0]
    return lines if lines["row"].is_unique else lines.drop_duplicates()
