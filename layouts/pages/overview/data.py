"""What the overview draws, for one choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from metrics.model.filters import UNASSIGNED
from metrics.query.agents import AgentRow, Point
from metrics.query.news import News

PAGE = "overview"
# The rest is one line on the page, and files have each.
REASONS_SHOWN = 10


@dataclass(frozen=True)
class Reason:
    """`name` is None for all the others together."""

    name: str | None
    mentions: int
    share: float
    previous_mentions: int | None
    previous_share: float | None
    others: int = 0


@dataclass(frozen=True)
class VolumeBar:
    """`at` is a day, or an hour of the day; a `partial` one still runs: it is not compared.

    `low` to `high` is usual; `stands_out` is what is news beside it. `closes` were closed on the
    day, whenever they were created.
    """

    at: date | int
    count: float
    low: float | None = None
    usual: float | None = None
    high: float | None = None
    partial: bool = False
    stands_out: bool = False
    closes: float = 0


@dataclass(frozen=True)
class Overview:
    """Everything that the page draws below its filters.

    Attributes:
        highlights: What is worth a word, each with the name of its person or reason.
        reasons: The most mentioned first.
        mentions: All mentions of the period; shares are of them.
        csat_minimum: Ratings needed before anybody is ranked.
        goal: Classification goal, 0..1.
    """

    kpis: Sequence[Kpi]
    highlights: Sequence[tuple[News, str]]
    reasons: Sequence[Reason]
    mentions: int
    reason_label: str
    reason_missing: bool
    days: Sequence[VolumeBar]
    hours: Sequence[VolumeBar]
    points: Sequence[Point]
    by_reason: bool
    origins: Mapping[str, int]
    agents: Sequence[AgentRow]
    total: AgentRow
    csat_minimum: int
    goal: float
    infos: Mapping[str, MetricInfo]

    @property
    def participations(self) -> int:
        """Credits of answered calls; more than calls where calls were transferred."""
        people = [row.metrics for row in self.agents if row.id != UNASSIGNED]
        return sum(own["calls_answered"].n for own in people if "calls_answered" in own)
