"""What the alerts page is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from metrics.alerts.model import Directory, Notice, Rule
from metrics.model.severity import Severity

PAGE, PATH = "alerts", "/alerts"


@dataclass(frozen=True)
class AlertRow:
    """`events` are (at, what, value); a message sent in an `undelivered` span has not arrived, or
    not yet; `given_up` is why one never arrived. Times are Unix seconds.
    """

    id: str
    notice: Notice
    muted_until: float | None = None
    events: Sequence[tuple[float, str, float]] = ()
    given_up: str | None = None
    undelivered: Sequence[tuple[float, float]] = ()
    is_waiting: bool = False


@dataclass(frozen=True)
class RobotStatus:
    """`slack` is off, starting, ok, late or failed; `test` is sending, arrived or given_up, None
    where there was none lately; `delivered` and `decided` are of today.
    """

    is_running: bool
    evaluated_at: datetime | None
    enabled: bool
    slack: str
    slack_error: str | None = None
    delivered: int = 0
    decided: int = 0
    quiet_hours: Sequence[str] = ()
    test: str | None = None
    test_at: datetime | None = None
    test_reason: str | None = None


@dataclass(frozen=True)
class RuleRow:
    """Counts are of the last 14 days; a severity of None is that of the wait."""

    rule: Rule
    severity: Severity | None
    cooldown_minutes: float
    settings: Mapping[str, Any]
    is_on: bool
    is_edited: bool
    edited_by: str | None
    fixed: Mapping[str, str] = field(default_factory=dict)  # by setting, the place that fixes it
    fired: int = 0
    acknowledged: int = 0
    by_itself: int = 0
    median_seconds: float | None = None
    proposal: tuple[float, int, int] | None = None
    modes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class WeekMark:
    """Places are shares of the drawing's width."""

    start: float
    width: float
    severity: Severity
    words: str


@dataclass(frozen=True)
class Week:
    """The last seven days. Places and widths are shares of the drawing's width: `days` are (day,
    place), `open` the opening times as (place, width). The mean is of the problems that are over.
    """

    days: Sequence[tuple[date, float]]
    open: Sequence[tuple[float, float]]
    now: float
    marks: Mapping[Rule, Sequence[WeekMark]]
    count: int
    mean_seconds: float | None


@dataclass(frozen=True)
class OutgoingMessage:
    """`kind` is say, edit or test; `problems` is how many it tells of."""

    kind: str
    at: datetime
    attempts: int
    reason: str | None
    problems: int


@dataclass(frozen=True)
class HistoryFilter:
    """`who` is team:<id>, agent:<id> or source:<name>; None stands for all."""

    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rule: str | None = None
    who: str | None = None
    days: int = 28
    shown: int = 50
    people: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Alerts:
    at: datetime
    robot: RobotStatus
    directory: Directory
    live: Sequence[AlertRow]
    week: Week
    recent: Sequence[AlertRow]
    history: Sequence[AlertRow]
    match_count: int
    ever: bool
    filter: HistoryFilter
    waiting: Sequence[OutgoingMessage]
    given_up: Sequence[OutgoingMessage]
