"""The alerts page: what goes on, what holds, what was, and what a manager does about it."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.pages.alerts.actions import act
from callbacks.pages.alerts.figures import alerts, rule_rows
from callbacks.pages.alerts.query import read_alerts
from layouts import ids
from layouts.components.context import Context
from layouts.components.shell import MANAGER
from layouts.pages.alerts import page as layout
from layouts.pages.alerts.data import PAGE, PATH
from layouts.pages.alerts.rules import rules
from services.runtime.backend import Backend

# How often the page asks again after somebody did something, until the collector has done it.
LOOKS = 6


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""

    @role_callback(app, roles={MANAGER})(
        *[Output(ids.panel(PAGE, place), "children") for place in layout.PLACES],
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        Input(ids.panel(PAGE, "soon"), "n_intervals"),
        State(ids.URL, "pathname"),
    )
    def show_alerts(search: str | None, _: Any, __: Any, path: str | None) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * len(layout.PLACES)
        context = current_context(backend, PATH)
        query, problem = read_alerts(search)
        drawn = list(layout.parts(alerts(backend, search, query, context), context))
        if problem is not None:
            drawn[2] = [layout.unusable(problem, context), *drawn[2]]
        return tuple(drawn)

    @role_callback(app, roles={MANAGER})(
        Output(ids.panel(PAGE, "rules"), "children"), Input(ids.panel(PAGE, "done"), "data")
    )
    def show_rules(_: Any) -> Component:
        return rules(rule_rows(backend), current_context(backend, PATH))

    @role_callback(app, roles={MANAGER})(
        Output(ids.panel(PAGE, "done"), "data"),
        Output(ids.panel(PAGE, "soon"), "n_intervals"),
        Output(ids.panel(PAGE, "soon"), "max_intervals"),
        Output(ids.panel(PAGE, "download"), "data"),
        Input(ids.panel(PAGE, "action"), "data"),
        prevent_initial_call=True,
    )
    def do(data: Any) -> tuple[Any, Any, Any, Any]:
        if isinstance(data, dict) and data.get("act") == "export":
            file = {"content": backend.alerts.export_yaml(), "filename": "vigia-alerts.yaml"}
            return no_update, no_update, no_update, file
        said = act(data, current_context(backend, PATH), backend)
        if said is None:
            return (no_update,) * 4
        return {"said": said, "at": data.get("at")}, 0, LOOKS, no_update

    app.clientside_callback(
        ClientsideFunction("actions", "tell"),
        Output(ids.panel(PAGE, "said"), "title"),
        Input(ids.panel(PAGE, "done"), "data"),
        prevent_initial_call=True,
    )


def render(context: Context, search: str) -> Component:
    """The page's frame."""
    return layout.page(context)
