"""The filter bar's own callbacks, the same on every report page."""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.reports.filter_choices import search_labels, search_values
from callbacks.reports.query import ParameterError
from callbacks.reports.report_page import Reports, find_view
from layouts import ids
from layouts.components import filter_bar
from layouts.roles import REPORT_READERS
from services.runtime.backend import Backend


def _id(key: str) -> str:
    return ids.panel(ids.FILTERS, key)


def register(app: Dash, backend: Backend, reports: Reports) -> None:
    app.clientside_callback(
        ClientsideFunction("filters", "choose"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(_id("choose-team"), "value"),
        Input(_id("choose-agent"), "value"),
        Input(_id("choose-shift"), "value"),
        Input(_id("choose-handled_by"), "value"),
        Input(_id("apply-dates"), "n_clicks"),
        State(_id("date-from"), "value"),
        State(_id("date-to"), "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("filters", "chooseValues"),
        Output(_id("label"), "data"),
        Input(_id("apply-values"), "n_clicks"),
        State(_id("values"), "value"),
        State(_id("values"), "options"),
        State(_id("label"), "data"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("address", "carry"),
        Output(ids.carrying(ALL, ALL), "href"),
        Input(ids.URL, "search"),
        State(ids.carrying(ALL, ALL), "id"),
    )

    # Asked for when somebody opens the chip: most visits never do.
    @role_callback(app, roles=REPORT_READERS)(
        Output(_id("attributes"), "children"),
        Input(_id("filter-add"), "n_clicks"),
        Input(_id("find"), "value"),
        Input(_id("label"), "data"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def show_attributes(
        _: int | None,
        wanted: str | None,
        stored: list[str] | None,
        path: str | None,
        search: str | None,
    ) -> Any:
        context = current_context(backend, path or "/")
        try:
            question = find_view(reports, path, search, backend)
        except ParameterError:
            question = None
        if question is None:
            return filter_bar.labels((), context)
        label, typed = stored if isinstance(stored, list) and len(stored) == 2 else ("", "")
        words = wanted if isinstance(wanted, str) and wanted != typed else ""
        if not isinstance(label, str) or not label:
            return filter_bar.labels(search_labels(question, words), context)
        shown, hidden = search_values(question, label, words)
        return filter_bar.values(label, shown, hidden, context)
