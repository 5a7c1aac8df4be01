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
        measured: Time or CSAT in the same cells, where that is asked for.
        show: heat, table, or None for bars.
        csat_minimum: Ratings needed before a share is coloured.
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
        values: (value, address, chosen) in the order of `left`.
        back: Whether it goes from the second reason to the first.
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
    """`lines` begin with the most frequent; others and rows without a value stand last."""

    side: Side
    lines: Sequence[BarLine]
    n: int
    values: int


@dataclass(frozen=True)
class Categories:
    """Categories and registrations.

    Attributes:
        leading: (label, value, cases) of the main category and the busiest area; None without.
        stacked: Registrations within each category; None where one of the two is missing.
        parts: (place among the colours, name) of the registrations.
        area: Conversations by area, with their median time to close; None where it is missing.
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
