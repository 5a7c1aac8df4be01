"""Numbers on demand: one, all, or in groups. Screens, exports, alerts and the API ask here."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from metrics.measures import responsiveness, satisfaction, stocks, telephony, tickets, workload
from metrics.model.catalog import CATALOG, Metric
from metrics.model.selection import select
from metrics.model.summary import Summary, summarise, summarise_by
from metrics.model.view import View
from metrics.query.grouping import Grouping, group_rows

# The themes enter their measures into the catalogue when they are imported.
THEMES = (stocks, responsiveness, satisfaction, telephony, workload, tickets)


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
    selection = select(metric, view)
    return summarise(metric, selection.values, selection.parts)


def select_population(metric: Metric, view: View) -> tuple[pd.DataFrame, pd.Series]:
    """The rows behind the number, and what each of them adds to it: the population only."""
    selection = select(metric, view)
    counted = selection.values.notna()
    return selection.rows[counted], selection.values[counted]


def evaluate_all(view: View) -> dict[str, Summary]:
    return {key: evaluate(metric, view) for key, metric in CATALOG.items()}


def breakdown(metric: Metric, by: str, view: View) -> list[Group]:
    """The metric's number in groups.

    Of days and hours all, in order; of others those with rows, most first.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    return breakdowns([metric], by, view)[metric.key]


def breakdowns(metrics: Iterable[Metric], by: str, view: View) -> dict[str, list[Group]]:
    """`breakdown` of several metrics, which select and group shared rows once, with its errors."""
    by_person = by == "agent"
    shared: dict[object, Grouping] = {}
    groups = {}
    for metric in metrics:
        same = _same_rows(metric)
        selection = select(metric, view, by_person=by_person)
        if same not in shared:
            shared[same] = group_rows(by, selection)
        groups[metric.key] = _groups(metric, selection.values, shared[same])
    return groups


def _same_rows(metric: Metric) -> object:
    """Metrics with the same answer are about the same rows."""
    return metric.table, metric.dated_by, metric.scope


def _groups(metric: Metric, added: pd.Series, grouping: Grouping) -> list[Group]:
    numbers = summarise_by(metric, added.iloc[grouping.positions], grouping.sorted)
    labels = grouping.labels or {}
    if grouping.keys is not None:
        nothing = summarise(metric, added.iloc[:0])
        return [Group(key, key, numbers.get(key, nothing)) for key in grouping.keys]
    ordered = sorted(numbers.items(), key=lambda item: (-item[1].n, item[0]))
    return [Group(key, labels.get(key, key), number) for key, number in ordered]
