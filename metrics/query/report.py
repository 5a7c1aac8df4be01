"""Numbers on demand: one, many, or in groups. Screens, exports, alerts and the API ask here.

Metrics about the same rows are worked out in one pass over their table, and what was worked out is
remembered with the tables.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import polars as pl

from metrics.measures import (
    ai_agent,
    responsiveness,
    satisfaction,
    stocks,
    telephony,
    tickets,
    workload,
)
from metrics.model.catalog import CATALOG, Metric, build
from metrics.model.selection import Selection, select
from metrics.model.summary import Summary, aggregate, count_parts, empty_summary, read_summary
from metrics.model.view import View
from metrics.query.grouping import GROUP, Grouping, group_rows

# The themes enter their metrics into the catalogue when they are imported.
THEMES = (stocks, responsiveness, satisfaction, ai_agent, telephony, workload, tickets)
T = TypeVar("T")
Summaries = dict[str, Summary]


@dataclass(frozen=True)
class Group:
    """One group of a breakdown.

    Attributes:
        key: Day (YYYY-MM-DD), hour (0..23), "weekday-hour" (0 = Monday), id or value.
        label: The same in words where the data has them; else the key.
    """

    key: str
    label: str
    summary: Summary


def evaluate(metric: Metric, view: View) -> Summary:
    return evaluate_many([metric], view)[metric.key]


def evaluate_all(view: View) -> Summaries:
    return evaluate_many(CATALOG.values(), view)


def evaluate_many(metrics: Iterable[Metric], view: View) -> Summaries:
    selections = [select(metric, view) for metric in metrics]
    absent = {s.metric.key: empty_summary(s.metric, s.gap) for s in selections if s.gap}
    present = [selection for selection in selections if not selection.gap]
    found = absent | _ask("summary", present, _evaluate, view)
    return {selection.metric.key: found[selection.metric.key] for selection in selections}


def breakdown(metric: Metric, by: str, view: View) -> list[Group]:
    """The metric's number in groups.

    Of days and hours all, in order, without a number where nothing is known of them; of others
    those with rows, most first.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    return breakdowns([metric], by, view)[metric.key]


def breakdowns(metrics: Iterable[Metric], by: str, view: View) -> dict[str, list[Group]]:
    """`breakdown` of several metrics, with its errors."""
    by_person = by == "agent"
    selections = [select(metric, view, by_person=by_person) for metric in metrics]
    return _ask(by, selections, partial(_break_down, by=by), view)


def reopened_closes(view: View) -> tuple[Summary, Summary]:
    """Time to the first close and to the last, of the rows that have a `reopen_price`."""
    reopened = select(CATALOG["reopen_price"], view)
    metrics = responsiveness.time_to_first_close, responsiveness.time_to_close
    query = reopened.query.filter(reopened.value.is_not_null())
    query = query.with_columns(select(metric, view).value for metric in metrics)
    row = (
        query.select(column for metric in metrics for column in aggregate(metric))
        .collect()
        .row(0, named=True)
    )
    first, last = (read_summary(metric, row) for metric in metrics)
    return first, last


def _ask(
    what: str,
    selections: Sequence[Selection],
    compute: Callable[[Sequence[Selection]], dict[str, T]],
    view: View,
) -> dict[str, T]:
    """By metric; what nobody asked before is computed, in one pass for those of the same rows."""
    choice = view.period, view.filters.key, view.rules.key
    known: dict[str, T] = view.tables.memory.get((what, choice), dict)
    passes: dict[object, list[Selection]] = {}
    for selection in selections:
        if selection.metric.key not in known:
            passes.setdefault(selection.rows_key, []).append(selection)
    for together in passes.values():
        known |= compute(together)
    return {selection.metric.key: known[selection.metric.key] for selection in selections}


def _evaluate(selections: Sequence[Selection]) -> Summaries:
    view, metrics = selections[0].view, [selection.metric for selection in selections]
    columns = [selection.value for selection in selections]
    numbers = [column for metric in metrics for column in aggregate(metric)]
    for metric in metrics:
        if metric.parts is not None:
            words = build(metric.parts, view.rules, view.tables.now).drop_nulls()
            name = f"{metric.key}.parts"
            columns.append(words.value_counts(sort=True).implode().alias(name))
            numbers.append(pl.col(name).first())
    values = selections[0].query.select(columns).collect()
    # At once and not lazily: a shared `drop_nulls` makes each quantile sort all rows.
    row = values.select(numbers).row(0, named=True)
    return {
        metric.key: read_summary(
            metric, row, count_parts(metric, row.get(f"{metric.key}.parts") or ())
        )
        for metric in metrics
    }


def _break_down(selections: Sequence[Selection], by: str) -> dict[str, list[Group]]:
    grouping = group_rows(by, selections[0])
    query = selections[0].query.with_columns(selection.value for selection in selections)
    metrics = [selection.metric for selection in selections]
    columns = [column for metric in metrics for column in aggregate(metric)]
    rows = grouping.attach(query).group_by(GROUP).agg(columns).collect()
    return {s.metric.key: _read_groups(s, grouping, rows) for s in selections}


def _read_groups(selection: Selection, grouping: Grouping, rows: pl.DataFrame) -> list[Group]:
    metric = selection.metric
    numbers = {
        grouping.name(row[GROUP]): read_summary(metric, row) for row in rows.iter_rows(named=True)
    }
    if grouping.keys is not None:
        return [
            Group(key, key, numbers[key])
            if key in numbers
            else Group(key, key, empty_summary(metric, selection.gap or grouping.gaps.get(key)))
            for key in grouping.keys
        ]
    ordered = sorted(numbers.items(), key=lambda item: (-item[1].n, item[0]))
    return [Group(key, grouping.labels.get(key, key), number) for key, number in ordered]
