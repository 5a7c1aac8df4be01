"""The rows behind a number: of a whole metric, or of one of its cells.

Screens, exports and the API ask here, so that a list always has as many rows as the number that
was clicked. Beside the catalogue a few tables have rows of their own (`LISTS`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from metrics.measures import telephony, tickets
from metrics.measures.workload import reasons
from metrics.model.catalog import CATALOG, Metric, build
from metrics.model.schema import SEPARATOR
from metrics.model.selection import Selection, list_joined, select, value_of
from metrics.model.values import as_float, ones
from metrics.model.view import View
from metrics.query.crosstab import frequent, nothing
from metrics.query.grouping import GROUP, ROW, Grouping, group_rows
from metrics.query.reasons import count_mentions

PART, VALUE, REASON, OTHER_REASONS = "part", "value", "reason", "other_reasons"
# Before the name of a group: all but its first so many, all that have a value, all but the named.
OTHERS, FILLED, BESIDES = "others.", "filled.", "besides."
TOP_REASONS = "top_reasons"
RECOGNISED_CALLS = "recognised_calls"


class CellError(ValueError):
    """There are no such rows; the text says why."""


@dataclass(frozen=True)
class Cell:
    """One mark of a figure.

    Attributes:
        by: A group of `grouping`; or `part` (a band or outcome), `value` (`1`, or a range such as
            `300..600` whose end is not included), `other_reasons` (those after the first so many),
            `others.<group>` (the same of any group), `filled.<group>` (`1`: with a value),
            `besides.<group>` (those in any but the groups of a JSON list).
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


def besides(by: str, keys: Sequence[str]) -> Cell:
    return Cell(BESIDES + by, json.dumps(keys, ensure_ascii=False))


def escaped(by: str) -> str:
    return by.replace("%", "%25").replace(":", "%3A")


@dataclass(frozen=True, eq=False)
class Drilldown:
    """The rows of a number, in an order; lists of 200,000 cost what is read of them.

    Attributes:
        table: All rows of the metric's table, those too that are not of the number.
        lines: For each row of the number its place in the table (`ROW`) and what it adds (`VALUE`;
            null for rows that only a part names).
    """

    metric: Metric
    table: pl.DataFrame
    lines: pl.DataFrame

    @property
    def query(self) -> pl.LazyFrame:
        """The rows with all columns, those of `lines` too: select those that are needed."""
        rows = self.table.lazy().select(pl.all().gather(self.lines[ROW]))
        return rows.with_columns(self.lines)

    @property
    def rows(self) -> pl.DataFrame:
        return self.query.collect()

    @property
    def values(self) -> pl.Series:
        return self.lines[VALUE]

    @property
    def n(self) -> int:
        return len(self.lines)

    @property
    def total(self) -> float:
        """The sum of what they add: mentions may be more than conversations."""
        return float(self.values.sum())

    def filter(self, wanted: pl.Expr) -> "Drilldown":
        return replace(self, lines=self.query.filter(wanted).select(ROW, VALUE).collect())

    def slice(self, first: int, count: int) -> "Drilldown":
        return replace(self, lines=self.lines.slice(first, count))


# What a list may be of, besides the catalogue.
LISTS: dict[str, Metric] = {
    TOP_REASONS: Metric(
        TOP_REASONS,
        "count",
        "conversations",
        ones(pl.col("created_at").is_not_null()),  # in its place `_count_mentions`
        "attributes.reason, attributes.second_reason",
        "created_at",
        sources=("intercom",),
    ),
    "calls": Metric(
        "calls",
        "count",
        "calls",
        ones(pl.col("started_at").is_not_null()),
        "Aircall, call object",
        "started_at",
        sources=("aircall",),
    ),
    RECOGNISED_CALLS: Metric(
        RECOGNISED_CALLS,
        "count",
        "conversations",
        ones(pl.col("created_at").is_not_null()),
        "calls_in_conversations, or number, person and time of exactly one call",
        "created_at",
        sources=("intercom",),
        scope="recognised",
    ),
    tickets.EVERY.key: tickets.EVERY,
    "call_contradictions": Metric(
        "call_contradictions",
        "count",
        "calls",
        ones(telephony.IS_CONTRADICTORY),
        "Aircall, call object: inbound with answered_at and missed_call_reason",
        "started_at",
        sources=("aircall",),
    ),
    "transfers": Metric(
        "transfers",
        "count",
        "calls",
        ones(pl.col("transferred_by_agent_id").is_not_null()),
        "Aircall, call object: transferred_by",
        "started_at",
        sources=("aircall",),
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
    value = value_of(metric, view)
    if key == TOP_REASONS:
        value = _mentioned(cells, view)
        cells = [cell for cell in cells if cell.by not in (REASON, OTHER_REASONS)]
    selected = selection.table.lazy().with_row_index(ROW).filter(selection.predicate)
    query = selected.with_columns(value.alias(VALUE))
    if not any(cell.by == PART for cell in cells):
        query = query.drop_nulls(VALUE)
    for cell in cells:
        query = _choose_cell(cell, selection, selected, query)
    return Drilldown(metric, selection.table, query.select(ROW, VALUE).sort(ROW).collect())


def _choose_cell(
    cell: Cell, selection: Selection, selected: pl.LazyFrame, query: pl.LazyFrame
) -> pl.LazyFrame:
    if cell.by == PART:
        return query.filter(_in_part(cell.key, selection))
    if cell.by == VALUE:
        return query.filter(_in_range(cell.key, pl.col(VALUE)))
    by = cell.by.removeprefix(OTHERS).removeprefix(FILLED).removeprefix(BESIDES)
    grouping = _grouped(by, selection)
    word = pl.col(GROUP).cast(pl.String)
    if cell.by.startswith(OTHERS):
        first = _first_groups(by, cell.key, selection)
        is_chosen = (word != nothing(by)) & ~word.is_in(first)
    elif cell.by.startswith(FILLED):
        is_chosen = word != nothing(by)
    elif cell.by.startswith(BESIDES):
        is_chosen = ~word.is_in(grouping.words(_read_keys(cell.key)))
    elif grouping.keys is None:
        is_chosen = word == cell.key
    elif cell.key in grouping.keys:
        is_chosen = pl.col(GROUP) == grouping.keys.index(cell.key)
    else:
        raise CellError(f"{cell.key} is no {cell.by} of this period")
    lines = grouping.attach(selected).filter(is_chosen)
    return query.join(lines.select(ROW).unique(), on=ROW, how="semi")


def _read_keys(text: str) -> list[str]:
    try:
        keys = json.loads(text)
    except ValueError as error:
        raise CellError(f"{text} is no list of groups") from error
    if not isinstance(keys, list):
        raise CellError(f"{text} is no list of groups")
    return list(map(str, keys))


def _first_groups(by: str, count: str, selection: Selection) -> list[str]:
    """The lines of a table, whatever it tells of them: they are chosen by conversations."""
    if not count.isdecimal():
        raise CellError(f"{count} is no number of groups")
    metric = selection.metric
    if metric.table == "conversations":
        metric = CATALOG["conversations"]
    whole = select(metric, selection.view)
    return frequent(_grouped(by, whole), whole.query, by)[: int(count)]


def _grouped(by: str, selection: Selection) -> Grouping:
    try:
        return group_rows(by, selection)
    except ValueError as error:
        raise CellError(str(error)) from error


def _in_part(word: str, selection: Selection) -> pl.Expr:
    metric, view = selection.metric, selection.view
    if metric.parts is None:
        raise CellError(f"{metric.key} has no parts")
    if not metric.part_names:
        raise CellError(f"the parts of {metric.key} are no rows")
    return build(metric.parts, view.rules, view.tables.now).cast(pl.String) == word


def _in_range(text: str, value: pl.Expr) -> pl.Expr:
    low, ranged, high = text.partition("..")
    try:
        bounds = [float(end) if end else None for end in (low, high)]
    except ValueError as error:
        raise CellError(f"{text} is no value and no range") from error
    if not ranged:
        return value == bounds[0]
    inside = value.is_not_null()
    if bounds[0] is not None:
        inside &= value >= bounds[0]
    if bounds[1] is not None:
        inside &= value < bounds[1]
    return inside


def _mentioned(cells: Sequence[Cell], view: View) -> pl.Expr:
    """Mentions are counted, not conversations: of the reasons that the cells name, only those."""
    wanted: set[str] | None = None
    for cell in cells:
        if cell.by == REASON:
            chosen = {cell.key}
        elif cell.by == OTHER_REASONS:
            chosen = _other_reasons(cell.key, view)
        else:
            continue
        wanted = chosen if wanted is None else wanted & chosen
    return _count_mentions(view, wanted)


def _other_reasons(count: str, view: View) -> set[str]:
    """All but the most mentioned, in the order of `top_reasons`."""
    if not count.isdecimal():
        raise CellError(f"{count} is no number of reasons")
    ordered = sorted(count_mentions(view).items(), key=lambda item: (-item[1], item[0]))
    return {reason for reason, _ in ordered[int(count) :]}


def _count_mentions(view: View, wanted: set[str] | None) -> pl.Expr:
    """How often each row mentions one of the reasons; of None, any. Null where it does not."""
    counts = []
    for column in reasons(view.rules):
        word = pl.col(column)
        fits = word.is_not_null() if wanted is None else word.is_in(sorted(wanted))
        count = as_float(fits.fill_null(value=False))
        if lists := list_joined(view.tables, view.rules, column):
            values = {text: set(text.split(SEPARATOR)) for text in lists}
            numbers = {
                t: float(len(v if wanted is None else v & wanted)) for t, v in values.items()
            }
            count = word.cast(pl.String).replace_strict(numbers, default=count)
        counts.append(count)
    total = pl.sum_horizontal(counts)
    return pl.when(total > 0).then(total)
