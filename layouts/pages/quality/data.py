"""What the quality page draws, for one choice of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from metrics.measures.satisfaction import Focus
from metrics.model.summary import Summary

PAGE = "quality"


@dataclass(frozen=True)
class TrendPoint:
    """The score of one week or day.

    Attributes:
        first: Its first day.
        inside: Whether it belongs to the period; the others are there to compare with.
    """

    first: date
    csat: Summary
    inside: bool


@dataclass(frozen=True)
class Rated:
    """A person or a reason with what was said about it.

    Attributes:
        negatives: Ratings of 1 and 2.
    """

    key: str
    name: str
    csat: Summary
    negatives: int
    left: bool = False


@dataclass(frozen=True)
class Ranks:
    """People or reasons in the order of the reader's choice.

    Attributes:
        by: agent or reason.
        hidden: How many more could be compared, and are not drawn.
        few: Those with too few ratings to have a place.
    """

    by: str
    shown: Sequence[Rated]
    hidden: int
    hidden_ratings: int
    few: Sequence[Rated]
    every: bool


@dataclass(frozen=True)
class Quality:
    """Everything that the page draws below its filters, but the comments.

    Attributes:
        notes: Rating -> how many.
        agents: The people who were rated.
        focus: What stands first.
        csat_minimum: Ratings needed to have a place.
        closed: Closed conversations of the period.
        reason_label: Label of the attribute.
        reason_missing: Whether the data does not have it.
    """

    kpis: Mapping[str, Kpi]
    notes: Mapping[int, int]
    trend: Sequence[TrendPoint]
    by_day: bool
    reasons: Ranks
    agents: Ranks
    focus: Focus
    csat_minimum: int
    closed: int
    reason_label: str
    reason_missing: bool
    infos: Mapping[str, MetricInfo]


@dataclass(frozen=True)
class Comment:
    """What one customer wrote.

    Attributes:
        rating: 1 to 5.
        at: When the rating was asked for.
        reason: Reason of contact; empty where there is none.
        url: The conversation in Intercom; None as long as the workspace is not known.
    """

    id: str
    rating: int
    words: str
    at: datetime
    agent: str
    reason: str
    url: str | None


@dataclass(frozen=True)
class Moment:
    """Something that happened to a conversation.

    Attributes:
        what: created, answered, first_close, last_close or rated.
        seconds: Since the moment before; None for the first.
        late: Whether that took longer than agreed.
    """

    what: str
    at: datetime
    seconds: float | None
    late: bool = False


@dataclass(frozen=True)
class OpenComment:
    """The comment that is being read.

    Attributes:
        first_response: Seconds; None where nobody answered.
        close: Seconds to the last close; None while it is open.
        reopens: How often it was opened again; None where that is not known.
        place: Its place among those that are listed, from 0.
        alike: Bad ratings of the same reason.
        alike_late: Of these, those whose first response was late.
    """

    comment: Comment
    team: str
    first_response: float | None
    close: float | None
    reopens: int | None
    moments: Sequence[Moment]
    place: int
    before: str | None
    after: str | None
    alike: int
    alike_late: int


@dataclass(frozen=True)
class Comments:
    """The comment reader.

    Attributes:
        bands: (key, ratings, address, chosen), in order.
        found: Of these, how many have words, and those that are looked for in them.
        listed: One page, with their addresses.
        first: Place of the first of them, from 0.
        turns: Addresses of the page before and after.
        read: The one that is read; None where there is none.
        target: Agreed seconds of the first response.
    """

    bands: Sequence[tuple[str, int, str, bool]]
    ratings: int
    found: int
    listed: Sequence[tuple[Comment, str]]
    first: int
    turns: tuple[str | None, str | None]
    read: OpenComment | None
    find: str
    target: float
    info: MetricInfo
