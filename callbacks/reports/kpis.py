"""Numbers of a sheet: the value, what it was before, and what is usual, for any metric."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from callbacks.reports.metric_info import is_late, missing_label, number_info
from callbacks.reports.report_view import Q, ReportView
from layouts.components.context import Context
from layouts.components.kpi import Kpi
from metrics.model.catalog import CATALOG, Metric
from metrics.model.summary import Summary
from metrics.query.usual import judge, weekday_bands, weigh


def build_kpis(
    question: ReportView[Q], keys: Iterable[str], at: datetime, context: Context
) -> list[Kpi]:
    """Stocks have no days and are none of `keys`."""
    metrics = [CATALOG[key] for key in keys]
    daily = question.groups_of(metrics, "day", question.history)
    now = question.numbers(metrics)
    before = question.numbers(metrics, question.previous) if question.previous else {}
    return [
        _build_kpi(
            question,
            metric,
            now[metric.key],
            before.get(metric.key),
            daily[metric.key],
            at,
            context,
        )
        for metric in metrics
    ]


def _build_kpi(
    question: ReportView[Q],
    metric: Metric,
    now: Summary,
    before: Summary | None,
    daily: Mapping[str, Summary],
    at: datetime,
    context: Context,
) -> Kpi:
    """`daily` are its numbers of each day of the history."""
    days = list(daily.values())
    first = (question.period.first_day - question.history.first_day).days
    bands = weekday_bands(*weigh(metric, days[:first]))
    shown = [bands[place % 7] for place in range(question.period.days)]
    inside = days[first : first + question.period.days]
    running = (question.today - question.period.first_day).days
    return Kpi(
        metric=metric,
        now=now,
        before=before,
        daily=[day.value for day in inside],
        low=[band.low if band else None for band in shown],
        high=[band.high if band else None for band in shown],
        judgement=judge(metric, daily, question.view),
        info=number_info(
            metric,
            now,
            before,
            question.period,
            question.filter_words,
            question.snapshot,
            question.rules,
            at,
            context,
        ),
        late=is_late(metric, question.snapshot),
        missing_label=missing_label(metric, question.snapshot, question.rules),
        compared=question.query.compare != "none",
        until=question.previous.until if question.previous else None,
        running=running if 0 <= running < question.period.days else None,
        unknown=sum(day.gap == "no_history" for day in inside),
    )
