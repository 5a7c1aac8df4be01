"""The overview's numbers for one choice of rows: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from callbacks.reports.filter_choices import name_person
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.pages.overview.data import REASONS_SHOWN, Reason, VolumeBar
from metrics.live.calls import owed
from metrics.model import people
from metrics.model.catalog import CATALOG, Source
from metrics.model.filters import UNASSIGNED, Origin
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.query import news
from metrics.query.agents import AGENT_METRICS, AgentRow, Point, agent_rows, efficiency
from metrics.query.drilldown import TOP_REASONS
from metrics.query.news import News
from metrics.query.reasons import top_reasons
from metrics.query.usual import (
    Band,
    count_bands,
    count_weekdays,
    counts_by_day_and_hour,
    cut_weeks,
    stands_out,
)


class OverviewQuery(PageQuery):
    matrix: Literal["reason"] | None = None


OverviewView = ReportView[OverviewQuery]


def count_volume(question: OverviewView) -> npt.NDArray[np.int64]:
    """Conversations of each day and hour of the whole history, under the page's filters."""
    history = question.view.with_period(question.history)
    query = select(CATALOG["conversations"], history).query
    return counts_by_day_and_hour(query, "created_at", question.history)


def rank_reasons(question: OverviewView) -> tuple[list[Reason], int]:
    """The reasons with their change, the most mentioned first, and all mentions."""
    compared = question.previous is not None
    reasons = [
        Reason(
            row.reason,
            row.mentions,
            row.share or 0,
            row.previous_mentions if compared else None,
            (row.previous_share or 0) if compared else None,
        )
        for row in top_reasons(question.view, question.previous)
        if row.mentions
    ]
    return reasons, sum(reason.mentions for reason in reasons)


def build_day_bars(
    question: OverviewView, counted: npt.NDArray[np.int64], closes: Sequence[float | None]
) -> list[VolumeBar]:
    """Each day beside the usual of its weekday before the period; `closes` are of its days."""
    period, start = question.period, (question.period.first_day - question.history.first_day).days
    bands = count_bands(cut_weeks(counted[:start]).sum(axis=2), 1, among=period.days)
    first = question.first_day or date.max
    bars = []
    for place, day in enumerate(period.dates):
        if first <= day <= question.today:
            count, band = float(counted[start + place].sum()), bands[place % 7] if bands else None
            bar = _build_bar(day, count, band, partial=day == question.today)
            bars.append(replace(bar, closes=closes[place] or 0))
    return bars


def build_hour_bars(question: OverviewView, counted: npt.NDArray[np.int64]) -> list[VolumeBar]:
    """Each hour of the day, its whole days beside their usual; hours without any are cut."""
    period, start = question.period, (question.period.first_day - question.history.first_day).days
    used = np.flatnonzero(counted.sum(axis=0))
    if not len(used):
        return []
    days = min(period.days, max(0, (question.today - period.first_day).days))
    counts = counted[start : start + period.days].sum(axis=0)
    whole = counted[start : start + days].sum(axis=0)
    hours = range(int(used[0]), int(used[-1]) + 1)
    weeks = (cut_weeks(counted[:start]) * count_weekdays(days)[:, np.newaxis]).sum(axis=1)
    bands = count_bands(weeks, max(1, days // 7), among=len(hours)) if days else None
    return [
        replace(
            _build_bar(hour, float(whole[hour]), bands[hour] if bands else None),
            count=float(counts[hour]),
            usual=None,
        )
        for hour in hours
    ]


def _build_bar(
    at: date | int, count: float, band: Band | None, *, partial: bool = False
) -> VolumeBar:
    is_news = not partial and stands_out(count, band)
    if band is None:
        return VolumeBar(at, count, partial=partial)
    return VolumeBar(at, count, band.low, band.usual, band.high, partial, is_news)


def build_points(question: OverviewView, context: Context) -> list[Point]:
    if question.query.matrix:
        return efficiency(question.view, "reason")[:REASONS_SHOWN]
    names = people.names(question.tables)
    return [
        replace(point, name=name_person(point.key, names, context))
        for point in efficiency(question.view)
    ]


def build_agents(
    question: OverviewView, numbers: Mapping[str, Summary], context: Context
) -> tuple[list[AgentRow], AgentRow]:
    names = people.names(question.tables)
    rows = [
        replace(row, name=name_person(row.id, names, context)) for row in agent_rows(question.view)
    ]
    rows.sort(key=lambda row: (row.id == UNASSIGNED, row.status == "left", row.name.casefold()))
    total = AgentRow(
        id="",
        name=context.text("overview.total"),
        status="total",
        metrics={key: numbers[key] for key in AGENT_METRICS},
        open=int(numbers["open_now"].value or 0),
    )
    return rows, total


def count_origins(question: OverviewView) -> dict[str, int]:
    groups = question.groups(CATALOG["conversations"], "origin")
    return {key: groups[key].n if key in groups else 0 for key in get_args(Origin)}


def build_infos(
    question: OverviewView, numbers: Mapping[str, Summary], at: datetime, context: Context
) -> dict[str, MetricInfo]:
    n = numbers["conversations"].n
    both: tuple[Source, ...] = ("intercom", "aircall")

    def of(key: str, rows: int = n, **more: Any) -> MetricInfo:
        return figure_info(key, rows, question, at, context, **more)

    infos = [
        of(TOP_REASONS, numbers[TOP_REASONS].n, listed=TOP_REASONS),
        of("daily"),
        of("hourly"),
        of("origin"),
        of("efficiency", timed=True),
        of("agents_table", timed=True, sources=both),
    ]
    return {info.key: info for info in infos}


def find_highlights(
    question: OverviewView,
    numbers: Mapping[str, Summary],
    sheet: Sequence[Kpi],
    agents: Sequence[AgentRow],
) -> list[tuple[News, str]]:
    """What is worth a word, each with the name of its person or reason."""
    rules, csat = question.rules, CATALOG["csat_score"]
    judged = {kpi.metric.key: kpi.judgement for kpi in sheet if kpi.judgement is not None}
    rated = {
        row.id: row.metrics[csat.key]
        for row in agents
        if row.status == "member" and csat.key in row.metrics
    }
    found = [
        *news.find_missed(numbers, rules),
        *news.find_unusual(judged, numbers),
        *news.find_backlog(numbers["conversations"], numbers["closes"]),
        *news.find_ai_agent(numbers, rules),
        *news.find_debt(len(owed(question.view))),
        *news.find_weak("agent", rated, numbers[csat.key], rules),
        *news.find_weak("reason", question.groups(csat, "reason"), numbers[csat.key], rules),
    ]
    if question.previous is not None:
        found += news.find_shifts(top_reasons(question.view, question.previous))
    names = {row.id: row.name for row in agents}
    return [(one, names.get(one.group, one.group)) for one in news.choose_news(found)]
