"""What the alerts page is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from metrics.alerts.model import Directory, Notice, Rule, Severity

PAGE, PATH = "alerts", "/alerts"


@dataclass(frozen=True)
class AlertRow:
    """One problem, live or over.

    Attributes:
        notice: What it is and how it stands.
        muted_until: Until when nobody wants to hear of it; Unix seconds.
        events: When, what, and the value at that time.
        given_up: Why a message about it never arrived.
        undelivered: Spans of Unix seconds; what was sent in them has not arrived, or not yet.
        is_waiting: Whether a message about it waits for Slack.
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
    """How the robot and Slack are.

    Attributes:
        is_running: Whether somebody evaluates the rules.
        evaluated_at: When somebody did last.
        enabled: Whether anything is sent at all.
        slack: off, starting, ok, late or failed.
        slack_error: Slack's word for what is wrong.
        delivered: Messages that arrived today.
        decided: All of today's.
        quiet_hours: When only critical problems speak.
        test: How the latest test message stands: sending, arrived, given_up; None = none lately.
        test_at: When that was.
        test_reason: Why it was given up, or is not there yet.
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
    """A rule, and what it has been good for in 14 days."""

    rule: Rule
    severity: Severity
    cooldown_minutes: float
    settings: Mapping[str, Any]
    is_on: bool
    is_edited: bool
    edited_by: str | None
    fired: int = 0
    acknowledged: int = 0
    by_itself: int = 0
    median_seconds: float | None = None
    proposal: tuple[float, int, int] | None = None
    modes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class WeekMark:
    """A problem in the week's drawing; places are shares of its width."""

    start: float
    width: float
    severity: Severity
    words: str


@dataclass(frozen=True)
class Week:
    """The last seven days.

    Attributes:
        days: Each with the place where it begins.
        open: Opening times: place and width.
        now: The place of this moment.
        marks: By rule.
        count: Problems.
        mean_seconds: How long those lasted that are over.
    """

    days: Sequence[tuple[date, float]]
    open: Sequence[tuple[float, float]]
    now: float
    marks: Mapping[Rule, Sequence[WeekMark]]
    count: int
    mean_seconds: float | None


@dataclass(frozen=True)
class OutgoingMessage:
    """A message that waits, or was given up.

    Attributes:
        kind: say, edit or test.
        at: When it was decided, or given up.
        attempts: How often it was sent.
        reason: Slack's word, or what went wrong last.
        problems: Of how many problems it tells.
    """

    kind: str
    at: datetime
    attempts: int
    reason: str | None
    problems: int


@dataclass(frozen=True)
class HistoryFilter:
    """What the address chooses of the history.

    Attributes:
        choices: As the address has them.
        rule: One rule; None = all.
        who: team:<id>, agent:<id> or source:<name>; None = all.
        days: How far back.
        shown: How many rows.
        people: What can be chosen: value and words.
    """

    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rule: str | None = None
    who: str | None = None
    days: int = 28
    shown: int = 50
    people: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Alerts:
    """Everything but the rules."""

    at: datetime
    robot: RobotStatus
    directory: Directory
    conversation_url: str
    live: Sequence[AlertRow]
    week: Week
    recent: Sequence[AlertRow]
    history: Sequence[AlertRow]
    match_count: int
    ever: bool
    filter: HistoryFilter
    waiting: Sequence[OutgoingMessage]
    given_up: Sequence[OutgoingMessage]
