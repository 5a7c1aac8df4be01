"""The sheets of an export: what the page shows, row by row, and what its numbers mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import polars as pl

from callbacks.reports.detail_columns import ColumnContext, DetailColumn, list_columns
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.page_query import read_panel
from callbacks.reports.query import ParameterError
from callbacks.reports.report_view import VersionView
from callbacks.reports.row_lines import build_title
from callbacks.reports.why import build_why_sheet
from layouts.components.context import Context
from layouts.components.download import ROWS_AT_MOST
from layouts.components.typed_table import Cell, Table
from metrics.model.catalog import CATALOG, Metric
from metrics.model.catalog import Table as RowTable
from metrics.model.periods import Period
from metrics.model.schema import SEPARATOR, attribute
from metrics.model.summary import Summary
from metrics.query.drilldown import Drilldown
from services.files.workbook import Column, Kind, Sheet

TABLES: tuple[RowTable, ...] = ("conversations", "calls")
# Columns of the summary, with their characters.
SUMMARY = dict.fromkeys(
    ("metric", "value", "n", "mean", "p90", "low", "high", "before", "before_n"), 14.0
)
SUMMARY |= {"metric": 34, "unit": 14, "dated": 20, "key": 28}
MIXED = ("value", "mean", "p90", "low", "high", "before")
# Characters of a column.
WIDTHS = {"moment": 20, "day": 13, "seconds": 12, "share": 9, "number": 9, "link": 40}
WIDEST = 48
# Rows of a sheet are made in pieces, so that a long one does not stand in memory twice.
PIECE = 5_000


# The sheets of a file, and how many rows they list.
Sheets = tuple[list[Sheet], int]


class TooManyRowsError(Exception):
    """More rows than a file of ours takes."""


@dataclass(frozen=True)
class SheetRows:
    listing: Drilldown
    columns: Sequence[DetailColumn]


def check_count(count: int) -> None:
    """Refuse what would take too long."""
    if count > ROWS_AT_MOST:
        raise TooManyRowsError


def report_sheets(
    scope: ColumnContext,
    tables: Sequence[Sheet],
    *,
    keys: Sequence[str] = (),
    shown: SheetRows | None = None,
    is_summed_up: bool = True,
) -> Sheets:
    """The file of a report: what the page shows, all rows, and what the numbers mean.

    Args:
        tables: The page's own, in its order.
        keys: Of the definitions told besides those of the catalogue.
        shown: Rows that the page itself lists: they come first, and the values of every attribute
            among their columns are counted.
        is_summed_up: Whether the page begins with its numbers, and the file with them all.
    """
    text = scope.context.text
    rows = {table: _every_row(scope, table) for table in TABLES}
    if shown is not None:
        rows[shown.listing.metric.table] = shown
    count = sum(listed.listing.n for listed in rows.values())
    check_count(count)
    names = {"conversations": text("export.base"), "calls": text("export.calls")}
    lists = {
        table: build_rows_sheet(names[table], listed.listing, listed.columns, scope)
        for table, listed in rows.items()
    }
    title = text(f"{scope.context.path.strip('/')}.title")
    sheets = [build_summary_sheet(scope), *tables]
    if not is_summed_up:
        sheets = [*sheets[1:], sheets[0]]
    if shown is not None:
        sheets.insert(0, lists.pop(shown.listing.metric.table))
        labels = [column.label for column in rows["conversations"].columns if column.label]
        base = rows["conversations"].listing
        sheets += [build_attribute_sheet(label, base, scope) for label in labels if base.n]
    sheets += [*lists.values(), build_definitions_sheet(scope, title, [*CATALOG, *keys])]
    return sheets, count


def build_table_sheet(table: Table, context: Context) -> Sheet:
    """What the page draws, in types; instants in the operation's own zone."""
    columns = [(place, c) for place, c in enumerate(table.columns) if c.kind != "drawn"]
    zone = context.formats.zone

    def plain(cells: Sequence[Any]) -> list[Any]:
        values = [cells[place] for place, _ in columns]
        values = [value.value if isinstance(value, Cell) else value for value in values]
        return [
            value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value
            for value in values
        ]

    rows = [plain(cells) for cells in table.rows]
    total = None
    if table.total is not None:
        total = plain(table.total)
    elif any(column.sums for _, column in columns):
        total = [
            sum(row[place] or 0 for row in rows) if column.sums else None
            for place, (_, column) in enumerate(columns)
        ]
        total[0] = context.text("overview.total")
    lines = rows if total is None else [*rows, total]
    widths = [
        _measure(c.kind, c.title, [line[n] for line in lines]) for n, (_, c) in enumerate(columns)
    ]
    return Sheet(
        table.name,
        [
            Column(c.title, cast("Kind", c.kind), width)
            for (_, c), width in zip(columns, widths, strict=True)
        ],
        rows,
        total,
        [n for n, (place, _) in enumerate(columns) if place in table.charted],
    )


def _measure(kind: str, title: str, values: Sequence[Any]) -> float:
    """Characters that a column needs; long titles are written in several lines.

    Three beside the longest value: an indent, and what bold ones and a thousand's point take.
    """
    if kind in WIDTHS:
        return max(WIDTHS[kind], min(len(title) + 2, 18))
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    return max(5, min(len(title) + 2, 18), min(WIDEST, longest + 3))


def _every_row(scope: ColumnContext, table: RowTable) -> SheetRows:
    listed = list_rows(scope.question, table, ())
    ordered = arrange_rows(scope.question, listed, "", None)
    return SheetRows(ordered, list(list_columns(table, scope.question).values()))


def row_sheets(scope: ColumnContext, search: str) -> Sheets:
    """The rows behind a number, as the panel has them: found, and in the same order.

    Raises:
        ParameterError: The address opens no list, or one that cannot be.
        CellError: There are none of that kind.
        TooManyRowsError: There are more rows than a file takes.
    """
    panel = read_panel(search)
    if panel is None:
        raise ParameterError("rows", "required")
    cells = panel.cells
    if panel.why is not None:
        sheet = build_why_sheet(panel.rows, scope.question, scope.context)
        about = f"{sheet.name} {scope.context.text(f'metrics.{panel.rows}.label')}"
        definitions = build_definitions_sheet(scope, about, [panel.rows])
        return [sheet, definitions], len(list(sheet.rows))
    listed = list_rows(scope.question, panel.rows, cells)
    ordered = arrange_rows(scope.question, listed, panel.find, panel.order)
    shown = list(list_columns(listed.metric.table, scope.question).values())
    check_count(ordered.n)
    name, crumbs = build_title(listed.metric, cells, scope.question, scope.context)
    about = " · ".join([*crumbs[:-1], name])
    keys = [panel.rows]
    sheets = [
        build_rows_sheet(scope.context.text("export.rows"), ordered, shown, scope),
        build_definitions_sheet(scope, about, keys),
    ]
    return sheets, ordered.n


def build_summary_sheet(scope: ColumnContext) -> Sheet:
    text, question = scope.context.text, scope.question
    earlier = question.previous
    kinds: dict[str, Kind] = {"n": "count", "before_n": "count"}
    kinds |= dict.fromkeys(MIXED, "mixed")
    columns = [
        Column(text(f"export.{name}"), kinds.get(name, "text"), width)
        for name, width in SUMMARY.items()
    ]
    now = question.numbers(CATALOG.values())
    before = question.numbers(CATALOG.values(), earlier) if earlier else {}
    lines = [
        _build_summary_line(metric, now[key], before.get(key), scope)
        for key, metric in CATALOG.items()
    ]
    return Sheet(text("export.summary"), columns, lines)


def build_attribute_sheet(label: str, listing: Drilldown, scope: ColumnContext) -> Sheet:
    """How often each value of an attribute occurs, most frequent first; shares are of all rows."""
    text = scope.context.text
    words = pl.col(attribute(label)).cast(pl.String).fill_null(text("filters.empty_value"))
    values = listing.query.select(word=words.str.split(SEPARATOR)).explode(
        "word", empty_as_null=True
    )
    counts = values.group_by("word").len().collect().iter_rows()
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    columns = [
        Column(label, "text", 40),
        Column(text("export.count"), "count", 12),
        Column(text("export.part"), "share", 10),
    ]
    return Sheet(label, columns, [(word, n, n / listing.n) for word, n in ordered])


def build_rows_sheet(
    name: str, listing: Drilldown, columns: Sequence[DetailColumn], scope: ColumnContext
) -> Sheet:
    heads = [Column(c.title(scope.context), c.kind, c.width) for c in columns]
    return Sheet(name, heads, _iterate_rows(listing, columns, scope))


def build_definitions_sheet(scope: ColumnContext, about: str, keys: Sequence[str]) -> Sheet:
    question = scope.question
    at = scope.backend.now()
    return build_rules_sheet(
        question, question.previous, question.filter_words, about, keys, scope.context, at
    )


def build_rules_sheet(
    view: VersionView[Any],
    earlier: Period | None,
    filters: Sequence[str],
    about: str,
    keys: Sequence[str],
    context: Context,
    at: datetime,
) -> Sheet:
    """What a file was made of, and what its numbers mean."""
    text, formats = context.text, context.formats
    period = view.period

    def span(days: Any) -> str:
        return f"{formats.long_day(days.first_day)} – {formats.long_day(days.last_day)}"

    read = [s.as_of for s in view.snapshot.sources.values() if s.as_of is not None]
    facts = [
        ("list", about),
        ("period", span(period)),
        ("compared", span(earlier) if earlier else text("filters.no_comparison")),
        ("zone", str(view.rules.time_zone)),
        ("clock", text(f"passport.clock_{view.rules.clock}")),
        ("filters", "; ".join(filters) or text("passport.no_filters")),
        ("data", formats.full_moment(min(read, default=view.snapshot.published_at))),
        ("version", str(view.snapshot.version)),
        ("made", formats.full_moment(at)),
    ]
    lines = [(text(f"export.{key}"), words, "") for key, words in facts]
    lines += [
        (text(f"metrics.{key}.label"), text(f"metrics.{key}.definition"), key) for key in keys
    ]
    heads = [("what", 30), ("meaning", 110), ("key", 28)]
    columns = [Column(text(f"export.{name}"), "text", width) for name, width in heads]
    return Sheet(text("export.definitions"), columns, lines)


def _build_summary_line(
    metric: Metric, now: Summary, before: Summary | None, scope: ColumnContext
) -> tuple[Any, ...]:
    text = scope.context.text

    def typed(value: float | None) -> Any:
        return None if value is None else (metric.unit, value)

    return (
        text(f"metrics.{metric.key}.label"),
        ("text", text(f"gaps.{now.gap}")) if now.gap else typed(now.value),
        now.n,
        typed(now.mean),
        typed(now.p90),
        typed(now.low),
        typed(now.high),
        typed(before.value) if before and metric.dated_by else None,
        before.n if before and metric.dated_by else None,
        text(f"export.units.{metric.unit}"),
        text(f"details.columns.{metric.dated_by}" if metric.dated_by else "passport.now"),
        metric.key,
    )


def _iterate_rows(
    listing: Drilldown, columns: Sequence[DetailColumn], scope: ColumnContext
) -> Iterator[tuple[Any, ...]]:
    for first in range(0, listing.n, PIECE):
        yield from read_rows(listing.slice(first, PIECE), columns, scope)


def read_rows(
    listing: Drilldown, columns: Sequence[DetailColumn], scope: ColumnContext
) -> list[tuple[Any, ...]]:
    """The columns' values as plain Python values; None where there is none."""
    return listing.query.select(column.select(scope) for column in columns).collect().rows()
