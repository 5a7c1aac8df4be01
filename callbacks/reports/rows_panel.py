"""The list of rows beside a report page: opened, searched and turned by the address."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.access.session import current_viewer
from callbacks.reports import row_lines
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.page_query import PanelQuery, build_page_search, read_panel
from callbacks.reports.query import FIRST_DAY, LAST_DAY, ParameterError
from callbacks.reports.report_page import Reports, find_view, report_context
from callbacks.reports.report_view import ReportView
from callbacks.reports.why import build_why
from layouts import ids
from layouts.components import rows_panel as layout
from layouts.components import why_panel
from layouts.components.context import Context
from layouts.roles import REPORT_READERS
from metrics.model.periods import Period
from metrics.model.summary import summarise
from metrics.model.view import EVERYTHING, View
from metrics.query.drilldown import (
    RECOGNISED_CALLS,
    TOP_REASONS,
    VALUE,
    Cell,
    CellError,
    Drilldown,
    drill_down,
)
from services.runtime.backend import Backend
from services.snapshot.call_decisions import Decision, decide

ROWS = 50


def register(app: Dash, backend: Backend, reports: Reports) -> None:
    @role_callback(app, roles=REPORT_READERS)(
        Output(ids.SIDE_PANEL, "children"),
        Output(ids.panel(ids.ROWS, "shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.FRAME, "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(ids.ROWS, "shown"), "data"),
    )
    def show_panel(search: str | None, _: Any, path: str | None, shown: Any) -> tuple[Any, Any]:
        context = report_context(backend, path or "/", search)
        try:
            panel = read_panel(search)
            if panel is None:
                return None, None
            question = find_view(reports, path, search, backend)
            if question is None:
                return None, None
            asked = [panel.rows, panel.why, *panel.cell]
            marker = [question.snapshot.version, build_page_search(search), *asked]
            if marker == shown:
                raise PreventUpdate
            if panel.why is not None:
                why = build_why(panel.rows, panel.why, question, context)
                drawn = why_panel.panel(why, context) if why else why_panel.nothing(context)
                return drawn, marker
            return layout.panel(_build_head(panel, question, context), context), marker
        except (ParameterError, CellError):
            return layout.refused(context), [search]

    @role_callback(app, roles=REPORT_READERS)(
        Output(ids.panel(ids.ROWS, "list"), "children"),
        Input(ids.URL, "search"),
        Input(ids.panel(ids.ROWS, "done"), "data"),
        State(ids.URL, "pathname"),
    )
    def show_rows(search: str | None, _: Any, path: str | None) -> Any:
        try:
            panel, question = read_panel(search), find_view(reports, path, search, backend)
            if panel is None or question is None or panel.why is not None:
                return no_update
            listing = list_rows(question, panel.rows, panel.cells)
        except (ParameterError, CellError):
            return no_update
        return _draw_rows(
            panel, listing, question, backend, report_context(backend, path or "/", search)
        )

    @role_callback(app, roles=REPORT_READERS)(
        Output(ids.panel(ids.ROWS, "done"), "data"),
        Input(ids.panel(ids.ROWS, "action"), "data"),
        State(ids.URL, "pathname"),
        prevent_initial_call=True,
    )
    def decide_row(data: Any, path: str | None) -> Any:
        return _decide(data, report_context(backend, path or "/", ""), backend)

    app.clientside_callback(
        ClientsideFunction("actions", "tell"),
        Output(ids.panel(ids.ROWS, "said"), "title"),
        Input(ids.panel(ids.ROWS, "done"), "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("rows", "look"),
        Output(ids.panel(ids.ROWS, "list"), "title"),
        Input(ids.panel(ids.ROWS, "find"), "value"),
        Input(ids.panel(ids.ROWS, "order"), "value"),
        prevent_initial_call=True,
    )


def _decide(data: Any, context: Context, backend: Backend) -> Any:
    """What a person says of a conversation that looks like a call; all else is nothing of ours."""
    fields = data if isinstance(data, dict) else {}
    act, conversation = fields.get("act"), str(fields.get("name"))
    snapshot = backend.dataset.snapshot()
    if act not in ("conversation", "call") or snapshot is None:
        return no_update
    period = Period(FIRST_DAY, LAST_DAY)
    view = View(snapshot.tables, period, EVERYTHING, backend.rules)
    if conversation not in drill_down(RECOGNISED_CALLS, (), view).rows["id"]:
        return no_update
    who = current_viewer().actor
    # What cannot be noted is not done either.
    backend.audit.note("logged_call", who, did=act, name=conversation)
    decision = Decision(who, backend.clock()) if act == "conversation" else None
    decide(backend.state, conversation, decision)
    return {"said": context.text(f"rows.decided.{act}"), "at": fields.get("at")}


def _build_head(panel: PanelQuery, question: ReportView[Any], context: Context) -> layout.Head:
    text, formats = context.text, context.formats
    cells = panel.cells
    listing = list_rows(question, panel.rows, cells)
    title, crumbs = row_lines.build_title(listing.metric, cells, question, context)
    mentions = panel.rows == TOP_REASONS
    count = listing.total if mentions else listing.n
    unit = text.plural("rows.mentions" if mentions else f"rows.unit.{listing.metric.table}", count)
    return layout.Head(
        crumbs=crumbs,
        title=title,
        count=formats.count(count),
        unit=unit,
        notes=_build_notes(listing, mentions, context),
        parts=_build_parts(panel, cells, listing, question, context),
        find=panel.find,
        order=panel.order,
        has_values=listing.metric.unit in ("seconds", "points"),
        export=f"/exports{context.path}/rows.xlsx",
    )


def _build_notes(listing: Drilldown, mentions: bool, context: Context) -> list[str]:
    text, formats = context.text, context.formats
    if mentions:
        conversations = text.plural("rows.in_conversations", listing.n, n=formats.count(listing.n))
        twice = int(listing.total) - listing.n
        return [conversations, *([text("rows.twice", n=formats.count(twice))] if twice else [])]
    if listing.metric.unit == "count":
        return []
    summary = summarise(listing.metric, listing.values)
    if summary.value is None:
        return []
    value = formats.value(summary.value, summary.unit)
    if listing.metric.kind == "duration":
        value = text("rows.median", value=value)
    return [f"{text(f'metrics.{listing.metric.key}.label')} {value}"]


def _build_parts(
    panel: PanelQuery,
    cells: tuple[Cell, ...],
    listing: Drilldown,
    question: ReportView[Any],
    context: Context,
) -> list[tuple[str, str, bool]]:
    """Of a share: all its rows, those that count for it, and the others."""
    if listing.metric.kind != "share":
        return []
    others = [cell for cell in cells if cell.by != VALUE]
    chosen = next((cell.key for cell in cells if cell.by == VALUE), None)
    every = list_rows(question, panel.rows, others)
    counts = {None: every.n, "1": int(every.total), "0": every.n - int(every.total)}
    parts = []
    for key, count in counts.items():
        name = row_lines.name_side(listing.metric, key, context)
        added = [f"{VALUE}:{key}"] if key is not None else []
        href = context.rows(panel.rows, *map(str, others), *added)
        parts.append((f"{name} {context.formats.count(count)}", href, chosen == key))
    return parts


def _draw_rows(
    panel: PanelQuery,
    listing: Drilldown,
    question: ReportView[Any],
    backend: Backend,
    context: Context,
) -> list[Any]:
    memory_key = ("order", panel.rows, panel.cell, panel.find, panel.order, question.query.key)
    ordered = question.snapshot.memory.get(
        memory_key, lambda: arrange_rows(question, listing, panel.find, panel.order)
    )
    last = max(0, (ordered.n - 1) // ROWS)
    number = min(panel.page - 1, last)
    first = number * ROWS
    lines = row_lines.build_lines(question, ordered.slice(first, ROWS), backend, context)

    def turned(page: int) -> str | None:
        if not 0 <= page <= last:
            return None
        kept_choices = {"rows_find": panel.find or None, "rows_order": panel.order}
        return context.view(
            rows=panel.rows,
            cell=panel.cell,
            rows_page=str(page + 1) if page else None,
            **kept_choices,
        )

    return layout.rows(lines, first, ordered.n, (turned(number - 1), turned(number + 1)), context)
