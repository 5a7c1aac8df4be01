"""What each number and figure of a page is made of, in words: the same lines on every page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.live_time import data_age
from layouts.components.metric_info import MetricInfo
from layouts.elements import Element, html
from layouts.pages.differences.page import PATH, link
from layouts.roles import PAGES
from metrics.model.catalog import Metric, Source
from metrics.model.definitions import Rules
from metrics.model.periods import Period
from metrics.model.selection import absent_labels
from metrics.model.summary import Summary
from services.snapshot.dataset import Snapshot


def number_info(
    metric: Metric,
    now: Summary,
    before: Summary | None,
    period: Period | None,
    filters: Sequence[str],
    snapshot: Snapshot,
    rules: Rules,
    at: datetime,
    context: Context,
) -> MetricInfo:
    """`before` is the number of the previous period, if that is whole; stocks have no `period`."""
    text, formats = context.text, context.formats
    rows = text("passport.rows", n=formats.count(now.n))
    lines: list[tuple[str, str | Element]] = [(text("passport.population"), rows)]
    if now.parts:
        known = [(part, n) for part, n in now.parts.items() if text.has(f"metrics.parts.{part}")]
        words = ", ".join(
            f"{text(f'metrics.parts.{part}')} {formats.count(n)}" for part, n in known
        )
        if words:
            lines.append((text("passport.parts"), words))
    if now.low is not None and now.high is not None:
        low, high = formats.decimal(now.low * 100), formats.decimal(now.high * 100)
        lines.append(
            (text("passport.interval"), text("passport.interval_words", low=low, high=high))
        )
    if period is not None:
        lines.append(_build_period_line(period, context))
    else:
        lines.append((text("passport.period"), text("passport.now")))
    if metric.unit == "seconds" and metric.table == "conversations" and period is not None:
        lines.append((text("passport.clock"), text(f"passport.clock_{rules.clock}")))
    lines.append((text("passport.filters"), "; ".join(filters) or text("passport.no_filters")))
    if metric.table == "calls" and rules.team_ids and not filters:
        lines.append((text("passport.scope"), text("passport.whole_company")))
    if before is not None and before.value is not None:
        value = formats.value(before.value, before.unit)
        words = text("passport.before_words", value=value, n=formats.count(before.n))
        lines.append((text("passport.before"), words))
    lines.append((text("passport.data"), _describe_data(metric.sources, snapshot, at, context)))
    if text.has(key := f"differences.metric.{metric.key}"):
        lines.append(
            (text("passport.differs"), _explain_difference(metric.key, text(key), context))
        )
    if label := missing_label(metric, snapshot, rules):
        words = text("states.label_missing", label=label, setting=metric.needs_label or "")
        lines.append((text("passport.label"), words))
    # Only pages of numbers list rows; their readers have an address with choices.
    listed = now.n if context.lists_rows and metric.table != "agents" else None
    return MetricInfo(metric.key, tuple(lines), listed)


def _explain_difference(key: str, words: str, context: Context) -> str | Element:
    if not PAGES[PATH].is_open_to(context.role, sees_wall=True):
        return words
    return html.Span([words, " ", link(key, context.text("passport.differs_more"))])


def missing_label(metric: Metric, snapshot: Snapshot, rules: Rules) -> str | None:
    """The label that it counts by, where no conversation carries it."""
    return absent_labels(snapshot.tables, rules).get(metric.needs_label or "")


def is_late(metric: Metric, snapshot: Snapshot) -> bool:
    states = [snapshot.sources[s].state for s in metric.sources if s in snapshot.sources]
    return any(state in ("late", "failed") for state in states)


def _describe_data(
    sources: Sequence[Source], snapshot: Snapshot, at: datetime, context: Context
) -> Element:
    known = [snapshot.sources[s].as_of for s in sources if s in snapshot.sources]
    instants = [instant for instant in known if instant is not None]
    oldest = min(instants, default=snapshot.published_at)
    return data_age(sources, oldest, snapshot.version, at, context)


def figure_info(
    key: str,
    n: int,
    question: ReportView[Any],
    at: datetime,
    context: Context,
    *,
    sources: Sequence[Source] = ("intercom",),
    timed: bool = False,
    listed: str | None = "conversations",
) -> MetricInfo:
    """What a figure of many numbers is made of.

    Args:
        key: Of its words in `metrics`.
        n: Rows it rests on.
        timed: Whether it shows durations, which depend on the clock.
        listed: Key of the list of its rows; None where there is none.
    """
    text, formats = context.text, context.formats
    rows = text("passport.rows", n=formats.count(n))
    lines: list[tuple[str, str | Element]] = [(text("passport.population"), rows)]
    lines.append(_build_period_line(question.period, context))
    if timed:
        clock = question.rules.clock
        lines.append((text("passport.clock"), text(f"passport.clock_{clock}")))
    chosen = "; ".join(question.filter_words) or text("passport.no_filters")
    lines.append((text("passport.filters"), chosen))
    lines.append((text("passport.data"), _describe_data(sources, question.snapshot, at, context)))
    return MetricInfo(key, tuple(lines), n if listed else None, listed)


def _build_period_line(period: Period, context: Context) -> tuple[str, str]:
    text, formats = context.text, context.formats
    span = formats.span(period.first_day, period.last_day)
    zone = formats.zone.key.rpartition("/")[2].replace("_", " ")
    return text("passport.period"), text("passport.period_words", span=span, zone=zone)
