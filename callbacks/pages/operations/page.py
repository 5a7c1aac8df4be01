"""The operations wall: filled when its address changes, and when a new version arrives."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate
from flask import Flask, Response, jsonify, request

from callbacks.access.guard import page_for
from callbacks.access.refusals import json_error
from callbacks.access.roles import role_callback
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.operations.agents import Choices, draw_drawer
from callbacks.pages.operations.figures import build_wall
from callbacks.pages.operations.query import (
    OperationsQuery,
    OperationsView,
    is_kiosk,
    read_choices,
    read_operations,
)
from callbacks.reports.first_start import describe_start
from callbacks.reports.parts import Parts, Place, answer, digest, draw, read_shown
from callbacks.reports.query import ParameterError
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.links import view
from layouts.pages.operations import PAGE, PATH
from layouts.pages.operations import page as operations
from layouts.roles import PAGES, PEOPLE, ROLES
from services.accounts.accounts import Viewer
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

WORD = Route(path=f"{PATH}/word", endpoint="operations_word", roles=PAGES[PATH].roles)
NO_WORD = ""
AGES: Place = (ids.panel(PAGE, operations.AGES), "children")


def register(app: Dash, backend: Backend) -> None:
    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(*operations.PLACES[0]),
        Output(ids.panel(PAGE, "version"), "data"),
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "version"), "data"),
    )
    def show_wall(search: str | None, _: int | None, path: str | None, shown: Any) -> list[Any]:
        snapshot = backend.dataset.snapshot()
        address = view("", read_choices(search, "agent"))
        edition = backend.edition(snapshot)
        marker = [digest(edition.encode()), digest(address.encode()), NO_WORD]
        if path != PATH or marker[:2] == read_shown(shown)[:2]:
            raise PreventUpdate
        context = current_context(backend, PATH)
        if snapshot is None:
            starting = _fill_places(operations.only(describe_start(None, context)))
            return answer(starting, marker, shown, operations.PLACES[:1])
        parts = _find_parts(backend, snapshot, edition, address, context)
        marker[2] = _find_word(parts)
        return answer(parts, marker, shown, operations.PLACES[:1])

    @role_callback(app, roles=PEOPLE)(
        Output(ids.panel(PAGE, "choices"), "children"),
        Output(ids.panel(PAGE, "kiosk"), "href"),
        Output(ids.panel(PAGE, "choices-shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.panel(PAGE, "version"), "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "choices-shown"), "data"),
    )
    def show_choices(
        search: str | None, _: str | None, path: str | None, shown: str | None
    ) -> tuple[Any, ...]:
        snapshot = backend.dataset.snapshot()
        address = view("", read_choices(search, "agent"))
        if path != PATH or snapshot is None or address == shown:
            raise PreventUpdate
        return *_draw_choices(backend, snapshot, search, current_context(backend, PATH)), address

    # Not with every version: whoever reads the list would lose the place.
    @role_callback(app, roles=PEOPLE)(
        Output(ids.panel(PAGE, "drawer"), "children"),
        Output(ids.panel(PAGE, "drawer-shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.panel(PAGE, "version"), "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "drawer-shown"), "data"),
    )
    def show_drawer(
        search: str | None, _: str | None, path: str | None, shown: str | None
    ) -> tuple[Any, Any]:
        snapshot = backend.dataset.snapshot()
        address = view("", read_choices(search))
        if path != PATH or snapshot is None or address == shown:
            raise PreventUpdate
        question, _ = _build_view(backend, snapshot, current_viewer(backend), search)
        return draw_drawer(question, read_choices(search), current_context(backend, PATH)), address

    app.clientside_callback(
        ClientsideFunction("operations", "note"), Input(ids.panel(PAGE, "version"), "data")
    )
    app.clientside_callback(
        ClientsideFunction("operations", "team"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.panel(PAGE, "team"), "value"),
        prevent_initial_call=True,
    )


def add_word(server: Flask, backend: Backend) -> None:
    """Another word whenever the wall of an address would show something else than before.

    Walls ask for it every other second, and for what is drawn when it has changed.
    """

    def tell_word() -> Response:
        viewer, snapshot = current_viewer(backend), backend.dataset.snapshot()
        if page_for(PATH, viewer, backend) is None:
            return json_error(403, "forbidden", "not for this role")
        word = NO_WORD
        if snapshot is not None:
            edition = backend.edition(snapshot)
            address = view(
                "", read_choices(request.query_string.decode("ascii", "replace"), "agent")
            )
            context = current_context(backend, PATH)
            parts = _find_parts(backend, snapshot, edition, address, context)
            word = _find_word(parts)
        return jsonify(word)

    add_route(server, WORD, tell_word)


def _find_word(parts: Parts) -> str:
    inside = (inner for part in parts for inner in (part, *part.inside))
    return digest(" ".join(one.word for one in inside if one.place != AGES).encode())


def render(context: Context, search: str) -> Element:
    return operations.page(context, is_kiosk(search) or ROLES[context.role].is_screen)


def _find_parts(
    backend: Backend, snapshot: Snapshot, edition: str, address: str, context: Context
) -> Parts:
    viewer = current_viewer(backend)
    own = viewer.role, viewer.agent_id, context.theme, context.text.language
    question, problem = backend.dataset.cached(
        ("operations", edition, *own, address),
        lambda: _build_view(backend, snapshot, viewer, address),
    )
    at = backend.now()
    # Who comes later in the same version sees the lamp as it is by then.
    return backend.dataset.cached(
        ("operations", edition, *own, address, question.work.severity(at)),
        lambda: _draw(question, problem, read_choices(address), at, context),
    )


def _draw(
    question: OperationsView,
    problem: str | None,
    choices: Choices,
    at: datetime,
    context: Context,
) -> Parts:
    drawn = build_wall(question, choices, at, context)
    if problem is not None:
        drawn = replace(drawn, notice=operations.unusable(problem, context))
    return _fill_places(operations.parts(drawn, context))


def _fill_places(drawn: operations.Parts) -> Parts:
    return draw(dict(zip(operations.PLACES, drawn, strict=True)))


def _build_view(
    backend: Backend, snapshot: Snapshot, viewer: Viewer, search: str | None
) -> tuple[OperationsView, str | None]:
    """What the address asks for; where it cannot be used, the default and which parameter."""
    problem = None
    try:
        query = read_operations(search)
    except ParameterError as error:
        query = OperationsQuery(kiosk="1" if is_kiosk(search) else None)
        # Its own words are for machines: the reader gets those of the screen.
        problem = str(error).partition(":")[0]
    links = backend.links(snapshot)
    view = OperationsView(snapshot, query, backend.rules, viewer, backend.settings, links)
    return view, problem


def _draw_choices(
    backend: Backend, snapshot: Snapshot, search: str | None, context: Context
) -> tuple[Any, str]:
    question, _ = _build_view(backend, snapshot, current_viewer(backend), search)
    kept_choices = read_choices(search, "agent")
    teams = sorted(question.teams.items(), key=lambda item: item[1].casefold())
    drawn = operations.choices(kept_choices, question.query.period, teams, context)
    return drawn, view(PATH, kept_choices, kiosk="1")
