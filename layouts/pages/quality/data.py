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
    """One week or day; one that is not `inside` the period is there to compare with."""

    first: date
    csat: Summary
    inside: bool


@dataclass(frozen=True)
class Rated:
    """`adjusted` leaves the neutral ratings out; `negatives` are ratings of 1 and 2.

    `before` is its score in the period before, `pulled` what it carries of everyone's change.
    """

    key: str
    name: str
    csat: Summary
    adjusted: Summary
    negatives: int
    before: float | None
    pulled: float | None
    left: bool = False

    @property
    def change(self) -> float | None:
        now = self.csat.value
        return None if self.before is None or now is None else now - self.before

    @property
    def neutral(self) -> int:
        return self.csat.n - self.adjusted.n


@dataclass(frozen=True)
class Ranks:
    """`ranked` could be compared, of which the first `shown` are drawn; `few` have too few ratings
    to have a place.
    """

    by: str
    ranked: Sequence[Rated]
    shown: int
    few: Sequence[Rated]
    every: bool


@dataclass(frozen=True)
class Quality:
    """`notes` count ratings by their value; `csat_minimum` ratings are needed to have a place."""

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
    """`at` is when the rating was asked for; without a known workspace there is no `url`."""

    id: str
    rating: int
    words: str
    at: datetime
    agent: str
    reason: str
    url: str | None


@dataclass(frozen=True)
class Moment:
    """`what` is created, answered, first_close, last_close or rated; `seconds` since the moment
    before; `late` where these are more than agreed.
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
        match_count: Of these, how many have words, and those that are looked for in them.
        first: Place of the first of them, from 0.
        target: Agreed seconds of the first response.
    """

    bands: Sequence[tuple[str, int, str, bool]]
    ratings: int
    match_count: int
    listed: Sequence[tuple[Comment, str]]
    first: int
    turns: tuple[str | None, str | None]
    read: OpenComment | None
    find: str
    target: float
    info: MetricInfo
