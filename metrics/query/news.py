"""What is worth a word of a period, from all that the product counts.

Each piece of news has a reason that its words tell, and says how many customers it concerns: the
most come first, one piece of each kind, so that one bad week does not hide everything else. What is
neither good nor bad, such as a reason that is named less, comes last.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.summary import Z95, Summary
from metrics.query.reasons import ReasonRow
from metrics.query.usual import PART_MINIMUM, ROWS_MINIMUM, SHARE_MINIMUM, Judgement

Kind = Literal[
    "target", "goal", "usual", "backlog", "debt", "agent", "reason", "ai_agent", "mentions"
]
NEWS_MAXIMUM = 3
# Of what has to be done in so many seconds one in five may take longer.
IN_TIME = 0.8
# The shares of conversations and calls that are in time, with the `Rules` field that says when.
TARGETS = {
    "first_response_within_target": "first_response_seconds",
    "close_within_target": "close_seconds",
    "service_level": "service_level_seconds",
}


@dataclass(frozen=True)
class News:
    """One piece of news.

    Attributes:
        key: The metric of the rows behind it.
        concerns: Customers, by conversations, calls or ratings.
        value: Of the number, or of the group; `beside` is what it is held against: seconds of a
            target, a goal, everybody's share, the share before; of `usual` the change against it.
        n: Rows behind the number.
        cells: Which of the rows, as in an address.
        group: The person or reason.
    """

    kind: Kind
    key: str
    concerns: float
    value: float = 0
    beside: float = 0
    n: int = 0
    cells: tuple[str, ...] = ()
    group: str = ""

    @property
    def is_bad(self) -> bool:
        return self.kind != "mentions"


def choose_news(found: Iterable[News]) -> list[News]:
    """The greatest of each kind, those that concern most first, three at most."""
    greatest: dict[Kind, News] = {}
    for news in sorted(found, key=_place):
        greatest.setdefault(news.kind, news)
    return list(greatest.values())[:NEWS_MAXIMUM]


def _place(news: News) -> tuple[bool, float, str, str]:
    return not news.is_bad, -news.concerns, news.key, news.group


def find_missed(numbers: Mapping[str, Summary], rules: Rules) -> Iterator[News]:
    """Shares whose whole interval lies below what was agreed."""
    agreed: dict[str, tuple[Kind, float, float]] = {
        key: ("target", IN_TIME, getattr(rules, seconds)) for key, seconds in TARGETS.items()
    }
    goal = rules.goal_classification
    agreed["classification_rate"] = ("goal", goal, goal)
    for key, (kind, least, beside) in agreed.items():
        number = numbers[key]
        if number.value is None or number.high is None or number.n < ROWS_MINIMUM:
            continue
        if number.high < least:
            late = (1 - number.value) * number.n
            yield News(kind, key, late, number.value, beside, number.n, ("value:0",))


def find_unusual(judged: Mapping[str, Judgement], numbers: Mapping[str, Summary]) -> Iterator[News]:
    """Numbers that are worse than usual, and arrivals that are more."""
    for key, judgement in judged.items():
        metric, n = CATALOG[key], numbers[key].n
        worse = "below" if metric.better == "higher" else "above"
        is_arrivals = key == "conversations"
        if judgement.verdict != worse or (metric.better is None and not is_arrivals):
            continue
        change = abs(judgement.change)
        if metric.kind not in ("share", "mean"):
            change = abs(1 - 1 / (1 + judgement.change)) if judgement.change > -1 else 1
        yield News("usual", key, n * change, beside=judgement.change, n=n)


def find_backlog(arrived: Summary, closed: Summary) -> Iterator[News]:
    """More arrived than was closed, by more than chance and by a part that matters."""
    came, gone = arrived.value or 0, closed.value or 0
    growth = came - gone
    if min(came, gone) >= ROWS_MINIMUM and growth > max(
        Z95 * sqrt(came + gone), PART_MINIMUM * came
    ):
        yield News("backlog", "open_now", growth, growth, came, int(came))


def find_debt(callers: int) -> Iterator[News]:
    if callers:
        yield News("debt", "callback_debt", callers, callers, n=callers)


def find_weak(
    kind: Literal["agent", "reason"],
    scores: Mapping[str, Summary],
    everybody: Summary,
    rules: Rules,
) -> Iterator[News]:
    """People or reasons with a CSAT whose whole interval lies below everybody's."""
    enough = rules.csat_minimum
    ranked = {
        key: score
        for key, score in scores.items()
        if key not in (EMPTY, UNASSIGNED) and score.value is not None and score.n >= enough
    }
    if everybody.value is None or len(ranked) < 2:
        return
    for key, score in ranked.items():
        assert score.value is not None
        if score.high is not None and score.high < everybody.value:
            lost = score.n * (everybody.value - score.value)
            cell = f"{kind}:{key}"
            yield News(
                kind, "csat_score", lost, score.value, everybody.value, score.n, (cell,), key
            )


def find_ai_agent(numbers: Mapping[str, Summary], rules: Rules) -> Iterator[News]:
    """The AI agent, where customers are less content with it than with people, beyond chance."""
    own, people = numbers["ai_csat_score"], numbers["csat_score"]
    if own.value is None or own.high is None or people.low is None or people.value is None:
        return
    if min(own.n, people.n) >= rules.csat_minimum and own.high < people.low:
        lost = own.n * (people.value - own.value)
        yield News("ai_agent", "ai_csat_score", lost, own.value, people.value, own.n, ("value:0",))


def find_shifts(rows: Iterable[ReasonRow]) -> Iterator[News]:
    """Reasons whose part of all mentions moved, by more than chance and by a point."""
    rows = list(rows)
    total, before = sum(row.mentions for row in rows), sum(row.previous_mentions for row in rows)
    if not total or not before:
        return
    z = NormalDist().inv_cdf(1 - 0.025 / len(rows))
    for row in rows:
        if min(row.mentions, row.previous_mentions) < ROWS_MINIMUM:
            continue
        share, previous = row.share or 0, row.previous_share or 0
        pooled = (row.mentions + row.previous_mentions) / (total + before)
        margin = z * sqrt(pooled * (1 - pooled) * (1 / total + 1 / before))
        if abs(share - previous) > max(margin, SHARE_MINIMUM):
            concerns = abs(share - previous) * total
            cells = (f"reason:{row.reason}",)
            yield News(
                "mentions", "top_reasons", concerns, share, previous, total, cells, row.reason
            )
