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
from layouts.components.kpi import Kpi, change_words
from layouts.components.metric_info import MetricInfo
from layouts.pages.overview.data import REASONS_SHOWN, Reason, VolumeBar
from metrics.model import people
from metrics.model.catalog import CATALOG, Source
from metrics.model.filters import UNASSIGNED, Origin
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.query.agents import AGENT_METRICS, AgentRow, Point, agent_rows, efficiency
from metrics.query.drilldown import TOP_REASONS
from metrics.query.reasons import top_reasons
from metrics.query.usual import counts_by_day_and_hour, stands_out, usual_band, weekday_bands


class OverviewQuery(PageQuery):
    matrix: Literal["reason"] | None = None


# A reason's share of all mentions must move by this much, over this many mentions, to be news.
NEWS_SHARE, NEWS_MENTIONS = 0.01, 30
# Points of a share, or a part of anything else: less is not worth a line at the top.
NEWS_MOVED = 0.02
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


def build_day_bars(question: OverviewView, counted: npt.NDArray[np.int64]) -> list[VolumeBar]:
    """Each day beside the usual of its weekday before the period; none stands out by chance."""
    period, start = question.period, (question.period.first_day - question.history.first_day).days
    daily = counted.sum(axis=1)
    bands = weekday_bands(daily[:start], np.ones(start), among=period.days)
    first = question.first_day or date.max
    closes = question.groups(CATALOG["closes"], "day", question.history)
    bars = []
    for place, day in enumerate(period.dates):
        if day > question.today:
            break
        if day < first:
            continue
        count, band, is_partial = (
            float(daily[start + place]),
            bands[place % 7],
            day == question.today,
        )
        bars.append(
            VolumeBar(
                at=day,
                count=count,
                low=band.low if band else None,
                usual=band.usual if band else None,
                high=band.high if band else None,
                partial=is_partial,
                stands_out=not is_partial and stands_out(count, 1, band),
                closes=closes[day.isoformat()].value or 0,
            )
        )
    return bars


def build_hour_bars(question: OverviewView, counted: npt.NDArray[np.int64]) -> list[VolumeBar]:
    """Volume per hour of the day, its whole days beside the usual; hours without any are cut."""
    period, start = question.period, (question.period.first_day - question.history.first_day).days
    used = np.flatnonzero(counted.sum(axis=0))
    if not len(used):
        return []
    days = min(period.days, max(0, (question.today - period.first_day).days))
    counts = counted[start : start + period.days].sum(axis=0)
    whole, before = counted[start : start + days].sum(axis=0), counted[:start]
    hours = range(int(used[0]), int(used[-1]) + 1)
    bars = []
    for hour in hours:
        band = usual_band(before[:, hour], np.ones(start), days, len(hours)) if days else None
        low, high = (band.low * days, band.high * days) if band else (None, None)
        is_news = stands_out(float(whole[hour]), days, band)
        bars.append(VolumeBar(hour, float(counts[hour]), low, None, high, stands_out=is_news))
    return bars


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
    sheet: Sequence[Kpi], top: Sequence[Reason], context: Context
) -> list[tuple[str, str, str]]:
    """What is worth a word: the reason that moved most, and numbers outside their usual range."""
    text, formats = context.text, context.formats
    highlights = []
    moved = [
        r for r in top if r.name and r.previous_share is not None and r.mentions >= NEWS_MENTIONS
    ]
    if moved:
        most = max(moved, key=lambda reason: abs(reason.share - (reason.previous_share or 0)))
        difference = most.share - (most.previous_share or 0)
        if abs(difference) >= NEWS_SHARE:
            key = "reason_up" if difference > 0 else "reason_down"
            words = text(f"overview.news.{key}", points=formats.decimal(abs(difference) * 100))
            arrow = "arrow-up-right" if difference > 0 else "arrow-down"
            highlights.append((arrow, most.name or "", words))
    for kpi in sheet:
        line = _find_kpi_highlight(kpi, context)
        if line:
            highlights.append(line)
    return highlights[:3]


def _find_kpi_highlight(kpi: Kpi, context: Context) -> tuple[str, str, str] | None:
    now, before = kpi.now.value, kpi.before.value if kpi.before else None
    if now is None or before is None or now == before:
        return None
    side = "above" if now > before else "below"
    worse = kpi.metric.better == ("lower" if side == "above" else "higher")
    change = change_words(kpi.metric.unit, now, before, context)
    moved = (
        abs(now - before) if kpi.metric.unit == "share" else abs(now / before - 1) if before else 1
    )
    if kpi.verdict != side or not worse or change is None or moved < NEWS_MOVED:
        return None
    label = context.text(f"metrics.{kpi.metric.key}.label")
    return "exclamation-triangle-fill", label, context.text(f"overview.news.{side}", change=change)
