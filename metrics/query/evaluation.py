"""What each row of a version adds to a number, worked out once for all questions about it.

A measure looks at one row at a time, so its values for a choice of rows are those of the whole
table, chosen.
"""

import pandas as pd

from metrics.model.catalog import Metric
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import Mask, chosen_rows, rows, table_of
from metrics.model.tables import Tables


def measured(
    metric: Metric,
    tables: Tables,
    period: Period | None,
    filters: Filters,
    rules: Rules,
    *,
    by_person: bool = False,
) -> pd.Series:
    """One value per row of `selection.rows` with the same arguments."""
    if metric.table == "agents":
        return metric.measure(rows(metric, tables, period, filters, rules), rules, tables.now)
    mask = chosen_rows(metric, tables, period, filters, rules, by_person=by_person)
    return _every_value(metric, tables, rules)[mask]


def parts_of(
    metric: Metric, tables: Tables, period: Period | None, filters: Filters, rules: Rules
) -> pd.Series | None:
    """The words of the metric's parts for the same rows; None where it has none."""
    if metric.parts is None:
        return None
    if metric.table == "agents":
        return metric.parts(rows(metric, tables, period, filters, rules), rules, tables.now)
    words = _every_part(metric, tables, rules)
    return words[
        _of_words(words, metric, tables, chosen_rows(metric, tables, period, filters, rules))
    ]


def _of_words(words: pd.Series, metric: Metric, tables: Tables, mask: Mask) -> Mask:
    """A row may have several words: reasons are mentions."""
    table = table_of(metric, tables)
    if words.index.equals(table.index):
        return mask
    found: Mask = mask[table.index.get_indexer(words.index)]
    return found


def _every_value(metric: Metric, tables: Tables, rules: Rules) -> pd.Series:
    return tables.memory.get(
        ("measure", metric.key, rules.key),
        lambda: metric.measure(table_of(metric, tables), rules, tables.now),
    )


def _every_part(metric: Metric, tables: Tables, rules: Rules) -> pd.Series:
    assert metric.parts is not None
    parts = metric.parts
    return tables.memory.get(
        ("parts", metric.key, rules.key),
        lambda: parts(table_of(metric, tables), rules, tables.now),
    )
