"""What each row of a version adds to a number, worked out once for all questions about it.

A measure looks at one row at a time, so its values for a choice of rows are those of the whole
table, chosen.
"""

import pandas as pd

from metrics.model.catalog import Metric
from metrics.model.selection import Mask, row_mask, select_rows, table_of
from metrics.model.view import View


def measured(metric: Metric, view: View, *, by_person: bool = False) -> pd.Series:
    """One value per row of `select_rows` with the same arguments."""
    if metric.table == "agents":
        return metric.measure(select_rows(metric, view), view.rules, view.tables.now)
    return _every_value(metric, view)[row_mask(metric, view, by_person=by_person)]


def parts_of(metric: Metric, view: View) -> pd.Series | None:
    """The words of the metric's parts for the same rows; None where it has none."""
    if metric.parts is None:
        return None
    if metric.table == "agents":
        return metric.parts(select_rows(metric, view), view.rules, view.tables.now)
    words = _every_part(metric, view)
    return words[_of_words(words, metric, view, row_mask(metric, view))]


def _of_words(words: pd.Series, metric: Metric, view: View, mask: Mask) -> Mask:
    """A row may have several words: reasons are mentions."""
    table = table_of(metric, view.tables)
    if words.index.equals(table.index):
        return mask
    found: Mask = mask[table.index.get_indexer(words.index)]
    return found


def _every_value(metric: Metric, view: View) -> pd.Series:
    tables, rules = view.tables, view.rules
    return tables.memory.get(
        ("measure", metric.key, rules.key),
        lambda: metric.measure(table_of(metric, tables), rules, tables.now),
    )


def _every_part(metric: Metric, view: View) -> pd.Series:
    assert metric.parts is not None
    tables, rules = view.tables, view.rules
    parts = metric.parts
    return tables.memory.get(
        ("parts", metric.key, rules.key),
        lambda: parts(table_of(metric, tables), rules, tables.now),
    )
