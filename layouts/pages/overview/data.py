"""What the overview draws, for one choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from metrics.query.agents import AgentRow, Point

PAGE = "overview"


@dataclass(frozen=True)
class Reason:
    """A reason with its mentions, now and before; `name` None stands for all the others."""

    name: str | None
    mentions: int
    share: float
    previous_mentions: int | None
    previous_share: float | None
    others: int = 0


@dataclass(frozen=True)
class VolumeBar:
    """One day or hour of a volume chart.

    Attributes:
        at: The day, or the hour of the day.
        low: Lower edge of the usual band; None where it is unknown.
        partial: Whether it is still running, so that it cannot be compared yet.
    """

    at: date | int
    count: float
    low: float | None = None
    usual: float | None = None
    high: float | None = None
    partial: bool = False

    @property
    def outside(self) -> bool:
        """Whether the count is worth a ring: whole, and outside the usual band."""
        if self.partial or self.low is None or self.high is None:
            return False
        return not self.low <= self.count <= self.high


@dataclass(frozen=True)
class Overview:
    """Everything that the page draws below its filters.

    Attributes:
        news: (icon, strong, words): what is worth a word.
        reasons: The most mentioned first.
        mentions: All mentions of the period; shares are of them.
        reason_label: Label of the attribute.
        reason_missing: Whether the data does not have it.
        by_reason: Whether the matrix shows reasons instead of people.
        origins: origin -> conversations.
        total: The table's last line.
        csat_minimum: Ratings needed before anybody is ranked.
        goal: Classification goal, 0..1.
        participations: Credits of answered calls; more than calls where calls were transferred.
    """

    kpis: Sequence[Kpi]
    highlights: Sequence[tuple[str, str, str]]
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
    participations: int
    infos: Mapping[str, MetricInfo]
