"""What the times page draws, for one choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from metrics.model.summary import Summary
from metrics.query.distribution import Bucket

PAGE = "times"


@dataclass(frozen=True)
class Spread:
    """`within` is the key of the share within its target, which is in seconds."""

    key: str
    buckets: Sequence[Bucket]
    summary: Summary
    within: str
    share: Summary
    target: float


@dataclass(frozen=True)
class Group:
    """`key` is empty for the total."""

    key: str
    name: str
    metrics: Mapping[str, Summary]
    left: bool = False


@dataclass(frozen=True)
class Case:
    """`due` is overdue, nearly_due or in_time, and empty where nothing runs; `seconds` is how long
    it took, or waits; the clock started at `since`.
    """

    id: str
    subject: str
    about: Sequence[str]
    at: datetime
    seconds: float
    url: str | None
    since: datetime | None = None
    due_at: datetime | None = None
    due: str = ""


@dataclass(frozen=True)
class Times:
    """Everything that the page draws below its filters.

    Attributes:
        by: agent, team or reason.
        groups: All of them, of which the first `shown` are drawn.
        label: Label of the reason; empty where the data has it or nobody asks.
        reopened: First and last close of those that were opened again, and their price.
        cases: How many of `slowest` and of `due` are drawn.
        due: Open conversations without a first response, soonest first; the first of them.
        due_parts: All of them, by how near their target is.
        target: Agreed seconds of the first response.
    """

    kpis: Sequence[Kpi]
    spreads: Sequence[Spread]
    by: str
    groups: Sequence[Group]
    shown: int
    every: bool
    total: Group
    label: str
    hours: Mapping[int, Summary]
    slow_key: str
    slowest: Sequence[Case]
    cases: int
    reopened: tuple[Summary, Summary]
    price: Summary
    reopen_rate: Summary
    backlog: Mapping[str, int]
    sla: Mapping[str, int]
    sla_rate: Summary
    due: Sequence[Case]
    due_parts: Mapping[str, int]
    target: float
    at: datetime
    infos: Mapping[str, MetricInfo]
