"""What the page of the telephone draws, for one choice of calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.components.rows_panel import Call
from metrics.live.calls_tables import Peaks
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab

PAGE = "telephony"
Heat = Literal["mean", "loss"]


@dataclass(frozen=True)
class LineChoice:
    """A line that can be chosen: its id (`main` for the main ones), its name, and whether it is."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class AgentCalls:
    """One line of the table of people; `passed` tells to whom they passed calls on."""

    id: str
    name: str
    answered: int
    outbound: int
    outbound_answered: int
    talked: int
    talk_seconds: float
    talk_mean: float | None
    time_to_answer: float | None
    passed_on: int
    passed: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class LineCalls:
    id: str
    name: str
    metrics: Mapping[str, Summary]


@dataclass(frozen=True)
class Transfer:
    """Calls that one person passed on to another; `none` where the vendor does not say."""

    giver: str
    taker: str
    giver_name: str
    taker_name: str
    calls: int


@dataclass(frozen=True)
class Caller:
    """A number that called more than once; `id` is that of its first call."""

    id: str
    digits: str
    name: str
    calls: int
    lost: int
    talk_mean: float | None
    last_at: datetime


@dataclass(frozen=True)
class Owed:
    """Somebody who is still to be called back."""

    id: str
    digits: str
    name: str
    since: datetime
    waits: float
    missed: int
    line: str


@dataclass(frozen=True)
class Telephony:
    """Everything that the page draws below its filters.

    Attributes:
        lines: The lines to choose from, the main ones first.
        has_main_lines: Whether the settings name any.
        heat: What the week's cells tell: None is the count.
        week: Inbound calls by weekday and hour.
        week_loss: The share that was lost, in the same cells.
        happened: How often each weekday lies in the period.
        peaks: The busiest hour and weekday.
        outcomes: Outcome -> missed calls.
        lost_hours: hour -> outcome -> lost calls.
        answers: Bars of the time to answer: (from, to or None, calls), in seconds.
        target: Seconds within which an answer is in time.
        in_time: Calls answered within it.
        people: Hours of the day by person, answered calls.
        credits: Participations in answered calls, which may be more than the calls.
        callers: Numbers with two or more calls.
        recent: The newest calls.
        agent_names: Words of the lines of `people`.
    """

    kpis: Sequence[Kpi]
    lines: Sequence[LineChoice]
    has_main_lines: bool
    heat: Heat | None
    week: Crosstab
    week_loss: Crosstab
    happened: Sequence[int]
    peaks: Peaks
    outcomes: Mapping[str, int]
    answered: int
    inbound: int
    loss: Summary
    lost_hours: Mapping[int, Mapping[str, int]]
    answers: Sequence[tuple[int, int | None, int]]
    answer: Summary
    target: float
    in_time: int
    people: Crosstab
    agent_names: Sequence[str]
    agents: Sequence[AgentCalls]
    credits: int
    line_rows: Sequence[LineCalls]
    transfers: Sequence[Transfer]
    callers: Sequence[Caller]
    owed: Sequence[Owed]
    recent: Sequence[Call]
    calls: int
    infos: Mapping[str, MetricInfo]
