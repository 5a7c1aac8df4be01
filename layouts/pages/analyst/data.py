"""What the analyst's panel draws, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from layouts.components.metric_info import MetricInfo
from layouts.links import Choices
from metrics.classification.goals import Day, Goal, Pace
from metrics.classification.suggestions import Growth
from metrics.model.periods import Period
from metrics.model.summary import Summary
from metrics.query.usual import Verdict

PAGE, PATH = "analyst", "/analyst"


@dataclass(frozen=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True)
class Head:
    """`people` is empty for an analyst; `agent_id` is None for the whole team; `download` is the
    address's query string for the files, None without files.
    """

    choices: Choices
    people: Sequence[Person]
    agent_id: str | None
    preset: str | None
    period: Period
    today: date
    download: str | None


@dataclass(frozen=True)
class Row:
    """One conversation of the lists.

    Attributes:
        url: Where it opens; empty as long as the workspace is not known.
        closed_at: UTC; None when Intercom has no record of it.
        standing: pending, classified, excluded, open or snoozed.
    """

    id: str
    url: str
    subject: str
    team: str
    created_at: datetime
    closed_at: datetime | None
    reason: str
    standing: str
    excluded: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Pending:
    """What is still to classify.

    Attributes:
        order: oldest or easiest.
        learnt: Whether the team's words suffice for suggestions at all.
        done: Those that were pending when the page was opened, and are classified now.
        excluded: Label of a rule -> how many conversations it leaves out.
    """

    rows: Sequence[Row]
    total: int
    order: str
    learnt: bool
    done: Sequence[Row]
    excluded: Mapping[str, int]
    excluded_rows: Sequence[Row] | None


@dataclass(frozen=True)
class History:
    """The conversations of the period, and what was chosen among them.

    Attributes:
        reason: Of the filter; empty = without one; None = any.
        standing: Of the filter; None = any.
    """

    rows: Sequence[Row]
    total: int
    everything: int
    reason: str | None
    standing: str | None
    search: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Comment:
    rating: int
    words: str
    at: datetime
    url: str


@dataclass(frozen=True)
class Quality:
    """Own ratings of the window.

    Attributes:
        adjusted: CSAT without the neutral ones.
        before: The score of as many days before; None where they are not loaded.
        team: The team's score; None where the group is too small.
        minimum: Ratings under which no share is shown.
    """

    score: Summary
    adjusted: Summary
    before: Summary | None
    team: float | None
    minimum: int
    comments: Sequence[Comment]
    total_comments: int
    infos: tuple[MetricInfo, MetricInfo]


@dataclass(frozen=True)
class Comparison:
    """An own number beside its own past and the team's.

    Attributes:
        before: That of as many days before; None where they are not loaded.
        team: The team's; None where it may not be told.
        verdict: Where it lies against its own past; None where that is too short.
    """

    key: str
    better: Literal["higher", "lower"] | None
    now: Summary
    before: Summary | None
    team: float | None
    verdict: Verdict | None
    info: MetricInfo


@dataclass(frozen=True)
class Call:
    """One call of the short list; `talk_seconds` is None while it lasts and where nobody talked."""

    id: str
    started_at: datetime
    answered_at: datetime | None
    key: str
    other: str
    talk_seconds: float | None
    has_recording: bool


@dataclass(frozen=True)
class Calls:
    rows: Sequence[Call]
    total: int
    answered: int
    numbers: Sequence[Comparison]
    connected: bool


@dataclass(frozen=True)
class Panel:
    """Everything that the panel draws for one person and period.

    Attributes:
        name: Of the person; empty when nobody knows it any more.
        days: Goal of each day of the period, oldest first.
        pace: Where the period ends as it goes; None where that is a guess.
        window: The days of ratings, times and calls.
        growth: A catch-all reason that grows, for a manager.
        reason_missing: Whether no conversation carries it.
    """

    head: Head
    name: str
    left: bool
    own: bool
    goal: Goal
    days: Sequence[Day]
    pace: Pace | None
    streak: int
    pending: Pending
    history: History
    window: Period
    quality: Quality
    times: Sequence[Comparison]
    calls: Calls
    growth: Growth | None
    reason_label: str
    reason_missing: bool
    now: datetime


@dataclass(frozen=True)
class TeamLine:
    """`status` is member, outside, left, voice or unassigned."""

    id: str
    name: str
    status: str
    goal: Goal


@dataclass(frozen=True)
class Team:
    """For a manager who has chosen nobody; `lines` begin with who misses most."""

    head: Head
    lines: Sequence[TeamLine]
    total: Goal
    growth: Growth | None
    reason_label: str
    reason_missing: bool
