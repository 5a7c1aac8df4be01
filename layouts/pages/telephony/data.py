"""What the page of the telephone draws, for one choice of calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.components.rows_panel import Call
from metrics.live.calls import AgentCalls, Caller, Owed, Peaks, Transfer
from metrics.model.extent import Gap
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab

PAGE = "telephony"
Heat = Literal["mean", "loss"]


@dataclass(frozen=True)
class Note:
    """Of what the page's numbers are, or what is wrong with the settings."""

    kind: str
    title: str
    words: str


@dataclass(frozen=True)
class LineChoice:
    """`id` is `main` for the main ones."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class LineCalls:
    id: str
    name: str
    metrics: Mapping[str, Summary]


@dataclass(frozen=True)
class Telephony:
    """Everything that the page draws below its filters.

    Attributes:
        gap: Why nothing can be told of calls that nobody took, under these filters.
        heat: What the week's cells tell: None is the count.
        week: Inbound calls by weekday and hour.
        week_loss: The share that was lost, in the same cells.
        happened: How often each weekday lies in the period.
        lost_hours: hour -> outcome -> lost calls.
        answers: Bars of the time to answer: (from, to or None, calls), in seconds.
        target: Seconds within which an answer is in time.
        credits: Participations in answered calls, which may be more than the calls.
        callers: Numbers with two or more calls.
        names: Agent id -> word, of everybody who is shown.
    """

    kpis: Sequence[Kpi]
    gap: Gap | None
    notes: Sequence[Note]
    lines: Sequence[LineChoice]
    has_main_lines: bool
    heat: Heat | None
    week: Crosstab
    week_loss: Crosstab
    happened: Sequence[int]
    peaks: Peaks
    outcomes: Mapping[str, int]
    answered: int
    contradictions: int
    inbound: int
    loss: Summary
    lost_hours: Mapping[int, Mapping[str, int]]
    answers: Sequence[tuple[int, int | None, int]]
    answer: Summary
    target: float
    in_time: int
    people: Crosstab
    names: Mapping[str, str]
    agents: Sequence[AgentCalls]
    credits: int
    line_rows: Sequence[LineCalls]
    transfers: Sequence[Transfer]
    callers: Sequence[Caller]
    owed: Sequence[Owed]
    recent: Sequence[Call]
    calls: int
    infos: Mapping[str, MetricInfo]
