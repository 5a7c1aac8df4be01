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
    """How a duration is spread.

    Attributes:
        within: Key of the share within its target.
        target: Seconds agreed.
    """

    key: str
    buckets: Sequence[Bucket]
    summary: Summary
    within: str
    share: Summary
    target: float


@dataclass(frozen=True)
class Group:
    """The times of a person, a team or a reason.

    Attributes:
        key: Of its cell; empty for the total.
    """

    key: str
    name: str
    metrics: Mapping[str, Summary]
    left: bool = False


@dataclass(frozen=True)
class Case:
    """One conversation of a list.

    Attributes:
        subject: Its first words.
        about: Agent, team and reason.
        at: When it was created.
        seconds: How long it took, or waits.
        url: In Intercom; None as long as the workspace is not known.
        since: When the clock started.
        due_at: When the first response is late.
        due: overdue, nearly_due or in_time; empty where nothing runs.
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
        spreads: First response and time to close.
        by: agent, team or reason.
        groups: The lines of the table, the slowest first.
        hidden: Lines that are not drawn.
        label: Label of the reason; empty where the data has it or nobody asks.
        hours: First response by hour of arrival.
        slow_key: Metric of the slowest cases.
        slowest: These, the longest first.
        reopened: First and last close of those that were opened again, and their price.
        backlog: Band of age -> open conversations now.
        sla: State of the vendor's SLA -> conversations.
        sla_rate: Share that was hit.
        due: Open conversations without a first response, soonest first; only the first of them.
        due_parts: All of them, by how near their target is.
        target: Agreed seconds of the first response.
    """

    kpis: Sequence[Kpi]
    spreads: Sequence[Spread]
    by: str
    groups: Sequence[Group]
    hidden: int
    every: bool
    total: Group
    label: str
    hours: Mapping[int, Summary]
    slow_key: str
    slowest: Sequence[Case]
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
