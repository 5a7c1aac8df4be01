"""What the AI agent's page draws, for one choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from metrics.model.summary import Summary
from metrics.query.ai_agent import HandOver, Worth

PAGE = "ai"


@dataclass(frozen=True)
class TrendPoint:
    """One week or day."""

    first: date
    involved: Summary
    resolved: Summary


@dataclass(frozen=True)
class Group:
    """`metrics` are None where it has no row of theirs."""

    key: str
    name: str
    metrics: Mapping[str, Summary | None]

    @property
    def involved(self) -> int:
        resolved = self.metrics["ai_resolved"]
        return resolved.n if resolved else 0

    def value(self, key: str) -> float | None:
        number = self.metrics[key]
        return None if number is None else number.value

    def n(self, key: str) -> int:
        number = self.metrics[key]
        return number.n if number else 0


@dataclass(frozen=True)
class AiAgent:
    """`by` is what `groups` are: reason, team, channel or hour."""

    kpis: Sequence[Kpi]
    numbers: Mapping[str, Summary]
    trend: Sequence[TrendPoint]
    by: str
    groups: Sequence[Group]
    sources: Sequence[Group]
    contents: Sequence[Group]
    hand_overs: Sequence[HandOver]
    worth: Worth
    infos: Mapping[str, MetricInfo]
