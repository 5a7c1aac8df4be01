"""The details: every row of a period with every attribute, a page at a time."""

from collections.abc import Sequence

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.pages.details.query import DetailsQuery
from callbacks.reports import report_page
from callbacks.reports.detail_columns import ColumnContext, chosen_columns, columns
from callbacks.reports.export_sheets import plain_values
from callbacks.reports.listing import frame_of, listing
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.pages.details import page as details
from services.runtime.backend import Backend

ROWS = 100


def content(
    question: ReportView[DetailsQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """The table below the filters."""
    query = question.query
    scope = ColumnContext.build(question, backend, context)
    found = listing(question, query.table, ())
    places = query.places(scope, found)
    last = max(0, (len(places) - 1) // ROWS)
    number = min(query.page - 1, last)
    first = number * ROWS
    frame = frame_of(question, found, places[first : first + ROWS])
    shown = chosen_columns(query.table, query.column, question)
    known = columns(query.table, question)
    return details.content(
        details.Details(
            table=query.table,
            columns=[
                details.Shown(column.key, column.title(context), column.kind) for column in shown
            ],
            rows=list(zip(*(plain_values(c, frame, scope) for c in shown), strict=True)),
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


PAGE = report_page.add_report_page("/details", DetailsQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    report_page.register(app, backend, PAGE)
    app.clientside_callback(
        ClientsideFunction("details", "choose"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.panel("details", "find"), "value"),
        Input(ids.panel("details", "apply-columns"), "n_clicks"),
        State(ids.panel("details", "columns"), "value"),
        prevent_initial_call=True,
    )
