"""The analyst's panel: own rows for an analyst, anybody's for a manager."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.analyst.figures import (
    build_panel,
    build_team,
    list_choosable_people,
    list_pending_ids,
)
from callbacks.pages.analyst.query import (
    ROWS_MAXIMUM,
    AgentView,
    AnalystQuery,
    read_analyst,
    resolve_agent,
)
from callbacks.reports.first_start import describe_start
from callbacks.reports.parts import Parts, Place, answer, draw, read_shown
from callbacks.reports.query import ParameterError, parse_search
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.links import view
from layouts.pages.analyst import page as analyst
from layouts.pages.analyst.data import PAGE, PATH, Head
from layouts.roles import ANALYST, MANAGER, PAGES
from metrics.classification.suggestions import team_model
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import today
from services.accounts.accounts import Viewer
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

PLACES: tuple[Place, ...] = tuple((ids.panel(PAGE, key), "children") for key in ("head", "content"))
# Of the ids that a browser sends back.
SEEN_CHARACTERS = 6000


@dataclass(frozen=True)
class Drawn:
    parts: Parts
    pending: tuple[str, ...] = ()

    @classmethod
    def of(cls, head: list[Any], content: list[Any], pending: Iterable[str] = ()) -> "Drawn":
        return cls(draw(dict(zip(PLACES, (head, content), strict=True))), tuple(pending))


@dataclass(frozen=True)
class PanelRequest:
    backend: Backend
    snapshot: Snapshot
    viewer: Viewer
    search: str
    seen: tuple[str, ...]
    context: Context

    @property
    def key(self) -> Hashable:
        reader = self.viewer.role, self.viewer.agent_id
        style = self.context.theme, self.context.text.language
        edition = self.backend.edition(self.snapshot)
        return "analyst", edition, reader, style, self.search, self.seen


def register(app: Dash, backend: Backend) -> None:
    @role_callback(app, roles=PAGES[PATH].roles)(
        *[Output(*place) for place in PLACES],
        Output(ids.panel(PAGE, "version"), "data"),
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "version"), "data"),
    )
    def show_analyst(search: Any, _: Any, path: Any, shown: Any) -> tuple[Any, ...]:
        snapshot = backend.dataset.snapshot()
        search = search if isinstance(search, str) else ""
        version = backend.edition(snapshot)
        before = shown if isinstance(shown, dict) else {}
        if path != PATH or (before.get("version"), before.get("search")) == (version, search):
            raise PreventUpdate
        context = current_context(backend, PATH)
        marker: dict[str, Any] = {"version": version, "search": search, "seen": []}
        start = describe_start(snapshot, context)
        if snapshot is None or start is not None:
            return [], [start], marker
        viewer = current_viewer(backend)
        seen = _read_seen(before) if before.get("search") == search else ()
        panel_request = PanelRequest(backend, snapshot, viewer, search, seen, context)
        drawn = backend.dataset.cached(panel_request.key, lambda: _draw(panel_request))
        # What was pending stays remembered, so that it keeps its tick until the page is left.
        marker["seen"] = _keep_short(sorted({*seen, *drawn.pending}))
        shown = [before.get("version"), before.get("search"), *read_shown(before.get("parts"))]
        *values, (_, _, *marker["parts"]) = answer(drawn.parts, [version, search], shown, PLACES)
        return *values, marker

    _register_clientside(app)


def _register_clientside(app: Dash) -> None:
    address = Output(ids.URL, "search", allow_duplicate=True)
    app.clientside_callback(
        ClientsideFunction("analyst", "person"),
        address,
        Input(ids.panel(PAGE, "person"), "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("analyst", "find"),
        address,
        Input(ids.panel(PAGE, "search"), "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("analyst", "dates"),
        address,
        Input(ids.panel(PAGE, "apply-dates"), "n_clicks"),
        State(ids.panel(PAGE, "date-from"), "value"),
        State(ids.panel(PAGE, "date-to"), "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("analyst", "celebrate"),
        Output(ids.panel(PAGE, "celebrated"), "data"),
        Input(ids.panel(PAGE, "version"), "data"),
    )


def render(context: Context, search: str) -> Element:
    return analyst.page(context)


def _read_seen(before: dict[str, Any]) -> tuple[str, ...]:
    """What the browser says it was shown as pending; only own rows are ever looked up with it."""
    listed = before.get("seen")
    if not isinstance(listed, list):
        return ()
    return tuple(
        row_id for row_id in listed[:ROWS_MAXIMUM] if isinstance(row_id, str) and len(row_id) <= 100
    )


def _keep_short(seen: Iterable[str]) -> list[str]:
    kept, characters = [], 0
    for row_id in seen:
        characters += len(row_id) + len('"",')
        if characters > SEEN_CHARACTERS:
            break
        kept.append(row_id)
    return kept


def _draw(panel_request: PanelRequest) -> Drawn:
    context, snapshot, rules = (
        panel_request.context,
        panel_request.snapshot,
        panel_request.backend.rules,
    )
    query, choices, notices = _read_query(panel_request)
    agent_id = resolve_agent(query, panel_request.viewer)
    if agent_id is None and panel_request.viewer.role == ANALYST:
        return Drawn.of([], [analyst.nobody(context)])
    own = AgentView(snapshot, query, rules, agent_id or "", panel_request.backend.links(snapshot))
    notices += _build_history_notices(own, context)
    manager = panel_request.viewer.role == MANAGER
    head = Head(
        choices=choices,
        people=list_choosable_people(snapshot, own.period, agent_id, rules) if manager else [],
        agent_id=agent_id,
        preset=query.name,
        period=own.period,
        today=own.today,
        download=view("", choices),
    )
    above = analyst.head(head, context)
    if agent_id is None:
        table = build_team(snapshot, query, own.period, head, rules)
        return Drawn.of(above, [*notices, *analyst.team_content(table, context)])
    known = agent_id == UNASSIGNED or agent_id in own.names
    if not known and own.rows.is_empty():
        return Drawn.of(above, [analyst.unknown(choices, context)])
    model = panel_request.backend.dataset.cached(
        ("suggestions",), lambda: team_model(snapshot.tables, rules)
    )
    at = panel_request.backend.now()
    panel = build_panel(own, head, model, panel_request.seen, at, context)
    return Drawn.of(above, analyst.content(panel, context, notices), list_pending_ids(own))


def _read_query(
    panel_request: PanelRequest,
) -> tuple[AnalystQuery, dict[str, list[str]], list[Any]]:
    """What the address asks for; where it cannot be used, this week and a banner that says so."""
    try:
        query = read_analyst(panel_request.search)
        query.period(
            today(panel_request.snapshot.published_at, panel_request.backend.rules.time_zone)
        )
    except ParameterError as error:
        name = None if error.turned else error.name
        return AnalystQuery(), {}, [analyst.unusable(name, panel_request.context)]
    return query, parse_search(panel_request.search), []


def _build_history_notices(own: AgentView, context: Context) -> list[Any]:
    history, first = own.snapshot.history, own.snapshot.history.first_day
    whole = first is not None and first <= own.period.first_day
    if not history.complete:
        missing = None if whole else first
        return [analyst.arriving(history.loaded_days, history.total_days, missing, context)]
    if not whole and first is not None:
        return [analyst.beyond(first, context)]
    return []
