"""The rows behind a number: of a whole metric, or of one of its cells.

Screens, exports and the API ask here, so that a list always has as many rows as the number that
was clicked. Beside the catalogue a few tables have rows of their own (`LISTS`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.measures import tickets, workload
from metrics.model.catalog import CATALOG, Metric
from metrics.model.definitions import Rules
from metrics.model.selection import Selection, select
from metrics.model.values import ones
from metrics.model.view import View
from metrics.query.crosstab import frequent, nothing
from metrics.query.grouping import Grouping, group_rows

PART, VALUE, REASON, OTHER_REASONS = "part", "value", "reason", "other_reasons"
# Before the name of a group: all but its first so many, and all that have a value.
OTHERS, FILLED = "others.", "filled."
TOP_REASONS = "top_reasons"
Mask = npt.NDArray[np.bool_]


class CellError(ValueError):
    """There are no such rows; the text says why."""


@dataclass(frozen=True)
class Cell:
    """One mark of a figure.

    Attributes:
        by: A group of `grouping`; or `part` (a band or outcome), `value` (`1`, or a range such as
            `300..600` whose end is not included), `other_reasons` (those after the first so many),
            `others.<group>` (the same of any group), `filled.<group>` (`1`: with a value).
    """

    by: str
    key: str

    @classmethod
    def parse(cls, text: str) -> "Cell":
        """The cell of `<by>:<key>`; a colon in the label of an attribute is written %3A.

        Raises:
            CellError: There is no colon.
        """
        by, colon, key = text.partition(":")
        if not colon or not by:
            raise CellError("not of the form <by>:<key>")
        return cls(by.replace("%3A", ":").replace("%25", "%"), key)

    def __str__(self) -> str:
        return f"{escaped(self.by)}:{self.key}"


def escaped(by: str) -> str:
    return by.replace("%", "%25").replace(":", "%3A")


@dataclass(frozen=True, eq=False)
class Drilldown:
    """The rows of a number; `values` is what each adds, NA for rows that only a part names."""

    metric: Metric
    rows: pd.DataFrame
    values: pd.Series

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def total(self) -> float:
        """The sum of what they add: mentions may be more than conversations."""
        return float(self.values.sum())


def _passed_on(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return ones(calls["transferred_by_agent_id"].notna())


def _every_call(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return ones(calls["started_at"].notna())


def _mentions(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return _counted(workload.mentions(table.reset_index(drop=True), rules), table)


# What a list may be of, besides the catalogue.
LISTS: dict[str, Metric] = {
    TOP_REASONS: Metric(
        TOP_REASONS,
        "count",
        "conversations",
        "created_at",
        "count",
        None,
        ("intercom",),
        "attributes.reason, attributes.second_reason",
        _mentions,
    ),
    "calls": Metric(
        "calls",
        "count",
        "calls",
        "started_at",
        "count",
        None,
        ("aircall",),
        "Aircall, call object",
        _every_call,
    ),
    tickets.EVERY.key: tickets.EVERY,
    "transfers": Metric(
        "transfers",
        "count",
        "calls",
        "started_at",
        "count",
        None,
        ("aircall",),
        "Aircall, call object: transferred_by",
        _passed_on,
    ),
}


def listed_metric(key: str) -> Metric:
    """Raises CellError where there is no such metric or list, or it has no rows."""
    metric = CATALOG.get(key) or LISTS.get(key)
    if metric is None or metric.table == "agents":
        raise CellError(f"{key} has no rows")
    return metric


def drill_down(key: str, cells: Sequence[Cell], view: View) -> Drilldown:
    """The rows that a number of the catalogue, or of `LISTS`, counts.

    Without cells the whole number; of several, the rows that lie in all of them.

    Raises:
        CellError: There is no such metric or group.
    """
    metric = listed_metric(key)
    by_person = any(cell.by == "agent" for cell in cells)
    selection = select(metric, view, by_person=by_person)
    rows, values = selection.rows, selection.values
    if key == TOP_REASONS:
        cells, values = _mentioned(cells, rows, view.rules)
    inside: Mask = np.ones(len(rows), dtype=bool)
    for cell in cells:
        inside &= _inside(cell, selection, values)
    if not any(cell.by == PART for cell in cells):
        inside &= values.notna().to_numpy()
    return Drilldown(metric, rows[inside], values[inside])


def _inside(cell: Cell, selection: Selection, values: pd.Series) -> Mask:
    if cell.by == PART:
        return _in_part(cell.key, selection)
    if cell.by == VALUE:
        return _in_range(cell.key, values)
    if cell.by.startswith((OTHERS, FILLED)):
        return _in_several(cell, selection)
    grouping = _grouped(cell.by, selection)
    if grouping.keys is not None and cell.key not in grouping.keys:
        raise CellError(f"{cell.key} is no {cell.by} of this period")
    inside: Mask = np.zeros(len(selection.rows), dtype=bool)
    lines = grouping.words.astype("str").eq(cell.key).fillna(False).to_numpy(dtype=bool)
    inside[grouping.positions[lines]] = True
    return inside


def _in_several(cell: Cell, selection: Selection) -> Mask:
    """Rows of the groups that have no line of their own in a table, or of all that are a value."""
    by = cell.by.removeprefix(OTHERS).removeprefix(FILLED)
    words = _grouped(by, selection).words.astype("str")
    inside = words.notna() & words.ne(nothing(by))
    if cell.by.startswith(OTHERS):
        inside &= ~words.isin(_first_groups(by, cell.key, selection))
    mask: Mask = np.zeros(len(selection.rows), dtype=bool)
    mask[_grouped(by, selection).positions[inside.to_numpy(dtype=bool)]] = True
    return mask


def _first_groups(by: str, count: str, selection: Selection) -> list[str]:
    """The lines of a table, whatever it tells of them: they are chosen by conversations."""
    if not count.isdecimal():
        raise CellError(f"{count} is no number of groups")
    metric = selection.metric
    if metric.table == "conversations":
        metric = CATALOG["conversations"]
    whole = select(metric, selection.view)
    return frequent(_grouped(by, whole).words, by)[: int(count)]


def _grouped(by: str, selection: Selection) -> Grouping:
    try:
        return group_rows(by, selection)
    except ValueError as error:
        raise CellError(str(error)) from error


def _in_part(word: str, selection: Selection) -> Mask:
    metric = selection.metric
    if metric.parts is None:
        raise CellError(f"{metric.key} has no parts")
    words = selection.parts
    if words is None or not words.index.equals(selection.rows.index):
        raise CellError(f"the parts of {metric.key} are no rows")
    mask: Mask = words.eq(word).fillna(False).to_numpy(dtype=bool)
    return mask


def _in_range(text: str, values: pd.Series) -> Mask:
    low, ranged, high = text.partition("..")
    try:
        bounds = [float(end) if end else None for end in (low, high)]
    except ValueError as error:
        raise CellError(f"{text} is no value and no range") from error
    if not ranged:
        mask: Mask = values.eq(bounds[0]).fillna(False).to_numpy(dtype=bool)
        return mask
    inside = values.notna()
    if bounds[0] is not None:
        inside &= values.ge(bounds[0]).fillna(False)
    if bounds[1] is not None:
        inside &= values.lt(bounds[1]).fillna(False)
    return np.asarray(inside, dtype=bool)


def _mentioned(
    cells: Sequence[Cell], rows: pd.DataFrame, rules: Rules
) -> tuple[list[Cell], pd.Series]:
    """Mentions are counted, not conversations: of the reasons that the cells name, only those."""
    mentions = workload.mentions(rows.reset_index(drop=True), rules)
    others = []
    for cell in cells:
        if cell.by == REASON:
            mentions = mentions[mentions.eq(cell.key)]
        elif cell.by == OTHER_REASONS:
            mentions = mentions[~mentions.isin(_first_reasons(mentions, cell.key))]
        else:
            others.append(cell)
    return others, _counted(mentions, rows)


def _first_reasons(mentions: pd.Series, count: str) -> list[str]:
    """The most mentioned, in the order of `workload.top_reasons`."""
    if not count.isdecimal():
        raise CellError(f"{count} is no number of reasons")
    counts = mentions.value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [str(reason) for reason, _ in ordered[: int(count)]]


def _counted(mentions: pd.Series, table: pd.DataFrame) -> pd.Series:
    """How often each row is among the mentions, whose index numbers them; NA where it is not."""
    counts = np.bincount(mentions.index.to_numpy(dtype="int64"), minlength=len(table))
    values = pd.Series(counts, index=table.index, dtype="Float64")
    return values.where(values.gt(0))
