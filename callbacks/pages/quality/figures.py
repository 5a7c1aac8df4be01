"""The numbers of the quality page for one choice of rows."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from callbacks.reports.filter_choices import name_person
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.query import NoQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.quality.data import Ranks, Rated, TrendPoint
from metrics.measures.satisfaction import Focus, focused, negatives
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY
from metrics.model.periods import Period
from metrics.model.selection import select
from metrics.query.decomposition import Decomposition

Band = Literal["positive", "neutral", "negative"]


class QualityQuery(PageQuery):
    focus: Literal["best", "pulled", "negatives", "volume"] | None = None
    trend: Literal["day"] | None = None
    every: Literal["reason", "agent"] | None = None

    @property
    def order(self) -> Focus:
        return self.focus or "worst"


class ReaderQuery(NoQuery):
    """Which comment is read; the rest of the page does not depend on it."""

    band: Literal["positive", "neutral", "all"] | None = None
    comment: str | None = Field(default=None, max_length=200)
    find: str = Field(default="", alias="comments_find", max_length=200)
    page: int = Field(default=1, alias="comments_page", ge=1, le=1_000_000)

    @property
    def part(self) -> Band | None:
        if self.band == "all":
            return None
        return self.band or "negative"


# Of people or reasons; the rest is one line until somebody asks for it.
SHOWN = 12
# Whole weeks before the period, to see it among others.
WEEKS_BEFORE = 7

QualityView = ReportView[QualityQuery]


def count_ratings(question: QualityView) -> dict[int, int]:
    """How often each rating was given, the best first."""
    selection = select(CATALOG["csat_average"], question.view)
    counts = dict(selection.query.group_by(selection.value).len().collect().iter_rows())
    return {note: counts.get(note, 0) for note in range(5, 0, -1)}


def build_trend(question: QualityView) -> list[TrendPoint]:
    """The score of each week, those before the period included, or of each day."""
    metric, period = CATALOG["csat_score"], question.period
    if question.query.trend == "day":
        days = question.groups(metric, "day")
        return [TrendPoint(date.fromisoformat(day), csat, True) for day, csat in days.items()]
    stretches = []
    earlier = _find_earlier_weeks(question)
    for stretch, inside in ((earlier, False), (period, True)):
        if stretch is not None:
            weeks = question.groups(metric, "week", stretch)
            stretches += [
                TrendPoint(date.fromisoformat(w), csat, inside) for w, csat in weeks.items()
            ]
    return stretches


def _find_earlier_weeks(question: QualityView) -> Period | None:
    """Whole weeks before the first one of the period, as far as they are loaded."""
    first = question.period.first_day
    monday = first - timedelta(days=first.weekday())
    loaded = question.snapshot.history.first_day or monday
    start = monday - timedelta(weeks=WEEKS_BEFORE)
    while start < loaded:
        start += timedelta(weeks=1)
    return Period(start, monday - timedelta(days=1)) if start < monday else None


def build_ranks(
    question: QualityView, by: str, moved: Decomposition | None, context: Context
) -> Ranks:
    keys = ("csat_score", "csat_adjusted", "dsat_score")
    scores, adjusted, bad = question.groups_of([CATALOG[key] for key in keys], by).values()
    parts = {part.keys[0]: part for part in moved.parts.get(by, ())} if moved else {}
    pulled = {key: part.total for key, part in parts.items()}
    order = focused(scores, bad, question.query.order, question.rules, pulled)
    names = people.names(question.tables, question.rules) if by == "agent" else {}

    def rated(key: str) -> Rated:
        name = name_person(key, names, context) if by == "agent" else key
        return Rated(
            key=key,
            name=context.text("rows.no_reason") if by == "reason" and key == EMPTY else name,
            csat=scores[key],
            adjusted=adjusted[key],
            negatives=negatives(bad.get(key)),
            before=parts[key].before.value if key in parts else None,
            pulled=pulled.get(key),
            left=names.get(key, ("", ""))[1] == "left",
        )

    every = question.query.every == by
    few = sorted((rated(key) for key in order.few), key=lambda rank: (-rank.csat.n, rank.name))
    ranked = [rated(key) for key in order.ranked]
    return Ranks(by, ranked, len(ranked) if every else SHOWN, few, every)


def build_infos(
    question: QualityView, n: int, at: datetime, context: Context
) -> dict[str, MetricInfo]:
    keys: Sequence[str] = ("csat_trend", "csat_by_reason", "csat_by_agent")
    return {key: figure_info(key, n, question, at, context, listed="csat_score") for key in keys}
