"""The analyst's panel: own rows for an analyst, anybody's for a manager."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks.analyst_figures import Own, panel
from callbacks.analyst_query import AnalystQuery, read_analyst
from callbacks.api_query import ParameterError
from callbacks.roles import role_callback
from callbacks.session import current_context, current_viewer
from layouts import analyst, ids
from layouts.components import states
from layouts.context import Context
from layouts.shell import ANALYST, MANAGER
from metrics import people
from services.accounts import Viewer
from services.backend import Backend
from services.dataset import Snapshot

PATH = "/analyst"
PAGE = analyst.PAGE


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""

    @role_callback(app, roles={MANAGER, ANALYST})(
        Output(ids.panel(PAGE, "content"), "children"),
        Output(ids.panel(PAGE, "version"), "data"),
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "version"), "data"),
    )
    def show_analyst(
        search: str | None, _: int | None, path: str | None, shown: str | None
    ) -> tuple[Any, Any]:
        snapshot = backend.dataset.snapshot()
        marker = f"{snapshot.version if snapshot else 0} {search or ''}"
        if path != PATH or marker == shown:
            return no_update, no_update
        context = current_context(backend, PATH)
        if snapshot is None:
            return states.starting(context), marker
        viewer = current_viewer(backend)
        key = (
            "analyst",
            viewer.role,
            viewer.agent_id,
            context.theme,
            context.text.language,
            search,
        )
        content = backend.dataset.cached(
            key, lambda: _content(backend, snapshot, viewer, search, context)
        )
        return content, marker

    app.clientside_callback(
        ClientsideFunction("filters", "person"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.panel(PAGE, "person"), "value"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )


def render(context: Context, search: str) -> Component:
    """The page's frame."""
    return analyst.page(context)


def _content(
    backend: Backend, snapshot: Snapshot, viewer: Viewer, search: str | None, context: Context
) -> list[Component]:
    notice = None
    try:
        query = read_analyst(search)
        Own(snapshot, query, "", backend.rules, "").period  # noqa: B018
    except ParameterError as error:
        query, notice = AnalystQuery(), analyst.unusable(str(error), context)
    agent_id = whose(query, snapshot, viewer, backend)
    if agent_id is None:
        return [analyst.nobody(context)]
    own = Own(snapshot, query, agent_id, backend.rules, backend.settings.intercom.conversation_url)
    choices = parse_qs((search or "").removeprefix("?"), max_num_fields=50)
    is_own = viewer.role == ANALYST
    found = panel(own, choices, is_own, datetime.now(UTC), context)
    shown = analyst.content(found, context)
    return [notice, *shown] if notice is not None else shown


def whose(query: AnalystQuery, snapshot: Snapshot, viewer: Viewer, backend: Backend) -> str | None:
    """Whose panel this is: an analyst's own whatever was asked for, a manager's choice."""
    if viewer.role == ANALYST:
        return viewer.agent_id
    if query.agent:
        return query.agent[0]
    members = people.members(snapshot.tables, backend.rules)
    ordered = members.sort_values("name", key=lambda names: names.str.casefold())
    return str(ordered["id"].iloc[0]) if len(ordered) else None
