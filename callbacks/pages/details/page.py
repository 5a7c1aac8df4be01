"""The details: every row of a period with every attribute, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from dash import ClientsideFunction, Dash, Input, Output, State
from pydantic import Field

from callbacks.reports.detail_columns import ColumnContext, choose_columns, list_columns
from callbacks.reports.export_sheets import SheetRows, Sheets, read_rows, report_sheets
from callbacks.reports.filter_choices import fold_case
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.details import page as details
from metrics.model.catalog import Table
from metrics.query.drilldown import VALUE, Drilldown
from metrics.query.grouping import ROW
from services.files.workbook import Sheet
from services.runtime.backend import Backend

ROWS = 100


class DetailsQuery(PageQuery):
    of: Literal["calls"] | None = None
    column: tuple[str, ...] = Field(default=(), max_length=200)
    find: str = Field(default="", max_length=200)
    order: str | None = Field(default=None, max_length=300)
    page: int = Field(default=1, ge=1, le=1_000_000)

    @property
    def table(self) -> Table:
        return self.of or "conversations"

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """Key of the column, and whether the greatest comes first; None = newest first."""
        if not self.order:
            return None
        return self.order.removeprefix("-"), self.order.startswith("-")


def _arrange(scope: ColumnContext) -> Drilldown:
    """The rows that have the words looked for, in order; remembered for their version."""
    query = scope.question.query
    shown = query.model_copy(update={"page": 1, "column": ()}).key
    key = ("details", scope.context.text.language, shown)
    return scope.question.snapshot.memory.get(key, lambda: _sort(scope))


def _sort(scope: ColumnContext) -> Drilldown:
    query: DetailsQuery = scope.question.query
    listing = list_rows(scope.question, query.table, ())
    ordered = arrange_rows(scope.question, listing, query.find, None)
    name, descending = query.sorted_by or ("", False)
    column = list_columns(query.table, scope.question).get(name)
    if column is None:
        return ordered
    values = column.select(scope)
    if column.kind in ("text", "link"):
        values = fold_case(values)
    # Rows without a value come last either way; equal ones stay newest first.
    rows = ordered.query.select(ROW, VALUE, values.alias("key")).sort(
        "key", descending=descending, nulls_last=True, maintain_order=True
    )
    return replace(ordered, lines=rows.select(ROW, VALUE).collect())


def content(
    question: ReportView[DetailsQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    query = question.query
    scope = ColumnContext.build(question, backend, context)
    ordered = _arrange(scope)
    last = max(0, (ordered.n - 1) // ROWS)
    number = min(query.page - 1, last)
    first = number * ROWS
    shown = choose_columns(query.table, query.column, question)
    known = list_columns(query.table, question)
    return details.content(
        details.Details(
            table=query.table,
            columns=[
                details.Shown(column.key, column.title(context), column.kind) for column in shown
            ],
            rows=read_rows(ordered.slice(first, ROWS), shown, scope),
            first=first,
            total=ordered.n,
            last_page=last,
            find=query.find,
            sorted_by=query.sorted_by,
            known=[(key, column.title(context)) for key, column in known.items()],
            chosen=bool(query.column),
        ),
        context,
    )


def _build_sheets(scope: ColumnContext, tables: Sequence[Sheet]) -> Sheets:
    """The rows as the page has them come first, and its columns are the attributes counted."""
    query = scope.question.query
    shown = choose_columns(query.table, query.column, scope.question)
    return report_sheets(scope, tables, shown=SheetRows(_arrange(scope), shown))


def _register_choice(app: Dash, backend: Backend) -> None:
    app.clientside_callback(
        ClientsideFunction("details", "choose"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.panel("details", "find"), "value"),
        Input(ids.panel("details", "apply-columns"), "n_clicks"),
        State(ids.panel("details", "columns"), "value"),
        prevent_initial_call=True,
    )


PAGE = ReportPage(
    "/details", DetailsQuery, content, sheets=_build_sheets, more_callbacks=_register_choice
)
