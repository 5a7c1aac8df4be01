"""The page of cross-tabs: what its address asks for, in numbers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from callbacks.pages.crosstabs.figures import (
    COUNTED,
    LINES_AT_MOST,
    TOPS,
    CrosstabsQuery,
    build_axis,
    build_categories,
    build_cross,
    build_pairs,
    build_side,
)
from callbacks.reports.detail_columns import ColumnContext
from callbacks.reports.export_sheets import Sheets, report_sheets
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.crosstabs import page as crosstabs
from layouts.pages.crosstabs.data import Side
from metrics.model.schema import attribute
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab, crosstab
from services.files.workbook import Column, Kind, Sheet
from services.runtime.backend import Backend


def content(
    question: ReportView[CrosstabsQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    at = backend.now()
    report = question.query.report
    if report == "reasons":
        return crosstabs.pairs(build_pairs(question, at, context), context)
    if report == "categories":
        return crosstabs.categories(build_categories(question, at, context), context)
    return crosstabs.cross(build_cross(question, at, context), context)


SHARES = ("row", "column", "all")
# (line, column, number) -> what the cell says; line or column is None in a total.
Cell = Callable[[int | None, int | None, Summary | None], Any]


def build_pivot_sheets(scope: ColumnContext) -> list[Sheet]:
    """The table that the address asks for: counts, and beside them what its cells tell."""
    question, query, labels = scope.question, scope.question.query, scope.question.rules.labels
    if query.report == "reasons":
        return _build_count_sheet(attribute(labels.reason), attribute(labels.second_reason), scope)
    if query.report == "categories":
        return _build_count_sheet(
            attribute(labels.system_category), attribute(labels.registrations), scope
        )
    shown = build_cross(question, scope.backend.now(), scope.context)
    table, measured = shown.table, shown.measured
    if table is None:
        return []
    sheets = [_build_sheet(shown.down, shown.across, table, "number", _read_count, scope)]
    if query.measure in SHARES:
        share = _build_share(table, query.measure)
        sheets.append(_build_sheet(shown.down, shown.across, table, "share", share, scope))
    if measured is not None:
        kind: Kind = "seconds" if query.measure == "time" else "share"
        sheets.append(_build_sheet(shown.down, shown.across, measured, kind, _read_value, scope))
    return sheets


def _build_count_sheet(down_by: str, across_by: str, scope: ColumnContext) -> list[Sheet]:
    question, context = scope.question, scope.context
    if any(build_side(by, question, context).missing for by in (down_by, across_by)):
        return []
    top = min(TOPS[question.query.top], LINES_AT_MOST)
    axes = [build_axis(by, question, top, False) for by in (down_by, across_by)]
    table = crosstab(COUNTED, axes[0], axes[1], question.view)
    down, across = (build_side(side_axis.by, question, context, side_axis) for side_axis in axes)
    return [_build_sheet(down, across, table, "number", _read_count, scope)]


def _build_sheet(
    down: Side, across: Side, table: Crosstab, kind: Kind, cell: Cell, scope: ColumnContext
) -> Sheet:
    text = scope.context.text
    title = text("crosstabs.by", row=down.name, column=across.name)
    total = text("overview.total")
    columns = [
        Column(down.name, "text", 40),
        *[Column(words, kind, 14) for words in across.lines],
        Column(total, kind, 12),
    ]
    return Sheet(title, columns, list(_iterate_rows(down, across, table, cell, total)))


def _iterate_rows(
    down: Side, across: Side, table: Crosstab, cell: Cell, total: str
) -> Iterator[tuple[Any, ...]]:
    width = len(across.lines)
    for line, words in enumerate(down.lines):
        cells = [cell(line, column, table.cells.get((line, column))) for column in range(width)]
        yield (words, *cells, cell(line, None, table.down_totals[line]))
    totals = [cell(None, column, number) for column, number in enumerate(table.across_totals)]
    yield (total, *totals, cell(None, None, table.total))


def _read_count(line: int | None, column: int | None, number: Summary | None) -> int:
    return number.n if number else 0


def _read_value(line: int | None, column: int | None, number: Summary | None) -> float | None:
    return number.value if number else None


def _build_share(table: Crosstab, measure: str) -> Cell:
    def share(line: int | None, column: int | None, number: Summary | None) -> float | None:
        whole = table.total.n
        if measure == "row" and line is not None:
            whole = table.down_totals[line].n
        if measure == "column" and column is not None:
            whole = table.across_totals[column].n
        return (number.n if number else 0) / whole if whole else None

    return share


def _sheets(scope: ColumnContext) -> Sheets:
    return report_sheets(scope, before=build_pivot_sheets)


PAGE = ReportPage("/crosstabs", CrosstabsQuery, content, sheets=_sheets)
