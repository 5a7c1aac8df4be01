"""What the page of cross-tabs draws, for one choice of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.components.share_bars import BarLine, StackedLine
from metrics.query.crosstab import Crosstab

PAGE = "crosstabs"
CONVERSATIONS = "conversations"
Report = Literal["reasons", "categories"]
Show = Literal["heat", "table"]
Measure = Literal["row", "column", "all", "time", "csat"]
# What may be chosen: its words, its address, and whether it is.
Choices = Sequence[tuple[str, str, bool]]
MetricInfos = Mapping[str, MetricInfo]


@dataclass(frozen=True)
class Side:
    """One side of a table.

    Attributes:
        by: A group of `metrics.query.crosstab`.
        name: What people call it.
        missing: Whether no conversation of the workspace has it.
        lines: Words of its lines.
        cells: The cell of each line, for the rows behind it.
        keys: Its groups; None stands for the others.
        filled: The cell of all its lines; nothing where rows without a value are among them.
    """

    by: str
    name: str
    missing: bool = False
    lines: Sequence[str] = ()
    cells: Sequence[str] = ()
    keys: Sequence[str | None] = ()
    filled: str = ""


@dataclass(frozen=True)
class Cross:
    """Any attribute by any attribute.

    Attributes:
        ready: The usual tables, as links.
        down: The lines.
        across: The columns.
        downs: What may stand down.
        acrosses: What may stand across.
        swapped: The address with both changed about.
        tops: How many lines.
        widths: How many columns.
        empties: With or without rows that lack a value.
        table: Conversations; None where a side is missing.
        measured: Time or CSAT in the same cells, where that is asked for.
        show: heat, table, or None for bars.
        measure: What the cells tell.
        csat_minimum: Ratings needed before a share is coloured.
        infos: Of the panels.
    """

    ready: Choices
    down: Side
    across: Side
    downs: Choices
    acrosses: Choices
    swapped: str
    tops: Choices
    widths: Choices
    empties: Choices
    table: Crosstab | None
    measured: Crosstab | None
    show: Show | None
    measure: Measure | None
    csat_minimum: int
    infos: MetricInfos


@dataclass(frozen=True)
class Pairs:
    """Reason by second reason, from one value of the one to all of the other.

    Attributes:
        first: The side that a value is chosen of.
        second: The side that is told.
        values: (value, address, chosen) in the order of `left`.
        left: Conversations of each value of the first side, with both reasons.
        right: Of the chosen value, conversations by the other side.
        chosen: The chosen value.
        n: Conversations with both reasons.
        back: Whether it goes from the second reason to the first.
        tops: How many lines.
        infos: Of the panels.
    """

    first: Side
    second: Side
    values: Choices
    left: Sequence[BarLine]
    right: Sequence[BarLine]
    chosen: str
    n: int
    back: bool
    tops: Choices
    infos: MetricInfos


@dataclass(frozen=True)
class Spread:
    """Conversations by the values of one group.

    Attributes:
        side: The group.
        lines: Its values, most first; others and rows without a value last.
        n: All conversations: shares are of them.
        values: How many values there are.
    """

    side: Side
    lines: Sequence[BarLine]
    n: int
    values: int


@dataclass(frozen=True)
class Categories:
    """Categories and registrations.

    Attributes:
        kpis: The sheet.
        leading: (label, value, cases) of the main category and the busiest area; None without.
        spread: The distribution of one attribute.
        ofs: Whose distribution may be shown.
        tops: How many lines.
        category: The category's side.
        registrations: The registrations' side.
        stacked: Registrations within each category; None where one of the two is missing.
        parts: (place among the colours, name) of the registrations.
        both: Conversations with both.
        area: Conversations by area, with their median time to close; None where it is missing.
        details: The address of the rows, with the same filters.
        infos: Of the panels.
    """

    kpis: Sequence[Kpi]
    leading: Sequence[tuple[str, tuple[str, int] | None]]
    spread: Spread
    ofs: Choices
    tops: Choices
    category: Side
    registrations: Side
    stacked: Sequence[StackedLine] | None
    parts: Sequence[tuple[int, str]]
    both: int
    area: Spread
    details: str
    infos: MetricInfos
