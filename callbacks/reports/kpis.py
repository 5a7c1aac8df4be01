"""Numbers of a sheet: the value, what it was before, and what is usual, for any metric."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import pandas as pd

from callbacks.reports.metric_info import is_late, number_info
from callbacks.reports.report_view import Q, ReportView
from layouts.components.context import Context
from layouts.components.kpi import Kpi
from metrics.model.catalog import CATALOG, Metric
from metrics.model.summary import Summary
from metrics.model.values import number_or_none
from metrics.query.usual import Range, Verdict, usual_range, weekday_band


def build_kpis(
    question: ReportView[Q], keys: Iterable[str], at: datetime, context: Context
) -> list[Kpi]:
    """Stocks have no days and are none of `keys`."""
    metrics = [CATALOG[key] for key in keys]
    daily = question.groups_of(metrics, "day", question.history)
    return [build_kpi(question, metric, daily[metric.key], at, context) for metric in metrics]


def build_kpi(
    question: ReportView[Q],
    metric: Metric,
    daily: Mapping[str, Summary],
    at: datetime,
    context: Context,
) -> Kpi:
    """`daily` are its numbers of each day of the history."""
    period, previous = question.period, question.previous
    now = question.number(metric, period)
    before = question.number(metric, previous) if previous else None
    days = pd.DatetimeIndex([pd.Timestamp(day) for day in daily])
    values = pd.Series([s.value for s in daily.values()], index=days, dtype="Float64")
    weights = pd.Series([float(s.n) for s in daily.values()], index=days)
    if metric.kind == "count":
        weights = pd.Series(1.0, index=days)
    band = weekday_band(values, question.whole_days)
    shown = slice(pd.Timestamp(period.first_day), pd.Timestamp(period.last_day))
    earlier = days[(days < pd.Timestamp(period.first_day)) & days.isin(question.whole_days)]
    usual = usual_range(values[earlier], weights[earlier], period.days)
    return Kpi(
        metric=metric,
        now=now,
        before=before,
        daily=_to_floats(values.loc[shown]),
        low=_to_floats(band["low"].loc[shown]),
        high=_to_floats(band["high"].loc[shown]),
        verdict=_judge(usual, values.loc[shown], weights.loc[shown]),
        info=number_info(
            metric,
            now,
            before,
            period,
            question.rules.clock,
            question.filter_words,
            question.snapshot,
            at,
            context,
        ),
        late=is_late(metric, question.snapshot),
        compared=question.query.compare != "none",
    )


def _judge(usual: Range | None, values: pd.Series, weights: pd.Series) -> Verdict | None:
    known = values.notna()
    weight = weights.where(known, 0)
    if usual is None or not weight.sum():
        return None
    mean = float((values.fillna(0).astype("float64") * weight).sum() / weight.sum())
    return usual.verdict(mean)


def _to_floats(values: pd.Series) -> list[float | None]:
    return [number_or_none(value) for value in values]
