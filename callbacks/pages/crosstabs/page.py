"""The page of cross-tabs: what its address asks for, in numbers."""

from collections.abc import Sequence

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
from callbacks.reports.export_sheets import Sheets, build_table_sheet, report_sheets
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.crosstabs import page as crosstabs
from layouts.pages.crosstabs.table import pair_counts
from metrics.model.schema import attribute
from metrics.query.crosstab import crosstab
from services.files.workbook import Sheet
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


def _build_pair_sheets(scope: ColumnContext) -> list[Sheet]:
    """Every reason by every second reason, of which the page shows one line."""
    question, context = scope.question, scope.context
    labels = question.rules.labels
    sides = [attribute(label) for label in (labels.reason, labels.second_reason)]
    if any(build_side(by, question, context).missing for by in sides):
        return []
    top = min(TOPS[question.query.top], LINES_AT_MOST)
    axes = [build_axis(by, question, top, False) for by in sides]
    table = crosstab(COUNTED, axes[0], axes[1], question.view)
    down, across = (build_side(axis.by, question, context, axis) for axis in axes)
    return [build_table_sheet(pair_counts(table, down, across, context), context)]


def _build_sheets(scope: ColumnContext, tables: Sequence[Sheet]) -> Sheets:
    pairs = _build_pair_sheets(scope) if scope.question.query.report == "reasons" else []
    is_summed_up = scope.question.query.report == "categories"
    return report_sheets(scope, [*pairs, *tables], is_summed_up=is_summed_up)


PAGE = ReportPage("/crosstabs", CrosstabsQuery, content, sheets=_build_sheets)
