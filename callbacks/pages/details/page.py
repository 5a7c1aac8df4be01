"""The details: every row of a period with every attribute, a page at a time."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State
from pydantic import Field

from callbacks.reports.detail_columns import ColumnContext, choose_columns, list_columns
from callbacks.reports.export_sheets import SheetRows, Sheets, read_values, report_sheets
from callbacks.reports.listing import Listing, Positions, arrange_rows, list_rows, take_rows
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.details import page as details
from metrics.model.catalog import Table
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


def _arrange(scope: ColumnContext, listing: Listing) -> Positions:
    """The rows that have the words looked for, in order; remembered for their version."""
    query = scope.question.query
    shown = query.model_copy(update={"page": 1, "column": ()}).key
    key = ("details", scope.context.text.language, shown)
    return scope.question.snapshot.memory.get(key, lambda: _sort(scope, listing))


def _sort(scope: ColumnContext, listing: Listing) -> Positions:
    query: DetailsQuery = scope.question.query
    places = arrange_rows(scope.question, listing, query.find, None)
    if query.sorted_by is None:
        return places
    name, descending = query.sorted_by
    column = list_columns(query.table, scope.question).get(name)
    if column is None:
        return places
    ranks = _rank_values(column.read(take_rows(scope.question, listing, places), scope))
    # Rows without a value come last either way; equal ones stay newest first.
    keys = np.where(np.isnan(ranks), np.inf, -ranks if descending else ranks)
    return places[np.argsort(keys, kind="stable")]


def _rank_values(values: pd.Series) -> Any:
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values):
        words = values.astype("str").str.casefold()
        return words.rank(method="dense").to_numpy(dtype="float64", na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.rank(method="dense").to_numpy(dtype="float64", na_value=np.nan)
    return values.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)


def content(
    question: ReportView[DetailsQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    query = question.query
    scope = ColumnContext.build(question, backend, context)
    listing = list_rows(question, query.table, ())
    places = _arrange(scope, listing)
    last = max(0, (len(places) - 1) // ROWS)
    number = min(query.page - 1, last)
    first = number * ROWS
    frame = take_rows(question, listing, places[first : first + ROWS])
    shown = choose_columns(query.table, query.column, question)
    known = list_columns(query.table, question)
    return details.content(
        details.Details(
            table=query.table,
            columns=[
                details.Shown(column.key, column.title(context), column.kind) for column in shown
            ],
            rows=list(zip(*(read_values(c, frame, scope) for c in shown), strict=True)),
            first=first,
            total=len(places),
            last_page=last,
            find=query.find,
            sorted_by=query.sorted_by,
            known=[(key, column.title(context)) for key, column in known.items()],
            chosen=bool(query.column),
        ),
        context,
    )


def _sheets(scope: ColumnContext) -> Sheets:
    """The rows as the page has them come first, and its columns are the attributes counted."""
    query = scope.question.query
    listed = list_rows(scope.question, query.table, ())
    shown = choose_columns(query.table, query.column, scope.question)
    return report_sheets(scope, shown=SheetRows(listed, _arrange(scope, listed), shown))


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
    "/details", DetailsQuery, content, sheets=_sheets, more_callbacks=_register_choice
)
