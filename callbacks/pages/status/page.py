"""The status page: how everything is, device links for televisions, and emptying the cache."""

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate
from flask import request

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.status.figures import build_status
from callbacks.reports.parts import answer, draw
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.status import page as layout
from layouts.pages.status.page import PAGE, PATH, new_link
from layouts.roles import PAGES
from services.runtime.backend import Backend
from services.storage.command_queue import CLEAR_CACHE

# How often the page asks again after the cache was emptied: two minutes.
LOOKS = 60
LONGEST = 80


def register(app: Dash, backend: Backend) -> None:
    places = [(ids.panel(PAGE, place), "children") for place in layout.PLACES]

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(*places[0]),
        Output(ids.panel(PAGE, "shown"), "data"),
        Input(ids.REFRESH, "n_intervals"),
        Input(ids.panel(PAGE, "soon"), "n_intervals"),
        Input(ids.panel(PAGE, "done"), "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "shown"), "data"),
    )
    def show_status(_: Any, __: Any, ___: Any, path: str | None, shown: Any) -> list[Any]:
        if path != PATH:
            raise PreventUpdate
        drawn = layout.parts(build_status(backend), current_context(backend, PATH))
        return answer(draw(dict(zip(places, drawn, strict=True))), (), shown, places[:1])

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(ids.panel(PAGE, "done"), "data"),
        Output(ids.panel(PAGE, "soon"), "n_intervals"),
        Output(ids.panel(PAGE, "soon"), "max_intervals"),
        Output(ids.panel(PAGE, "link"), "children"),
        Output(ids.panel(PAGE, "device-name"), "value"),
        Input(ids.panel(PAGE, "action"), "data"),
        prevent_initial_call=True,
    )
    def do(data: Any) -> tuple[Any, ...]:
        fields = data if isinstance(data, dict) else {}
        action = ACTIONS.get(str(fields.get("act")))
        if action is None:
            return (no_update,) * 5
        return action(fields, current_context(backend, PATH), backend)

    app.clientside_callback(
        ClientsideFunction("actions", "tell"),
        Output(ids.panel(PAGE, "said"), "title"),
        Input(ids.panel(PAGE, "done"), "data"),
        prevent_initial_call=True,
    )


def render(context: Context, search: str) -> Element:
    return layout.page(context)


def _clear_cache(fields: Mapping[str, Any], context: Context, backend: Backend) -> tuple[Any, ...]:
    # What cannot be noted is not done either.
    backend.audit.note("cache", _who())
    backend.commands.put({"kind": CLEAR_CACHE, "by": _who()}, backend.clock())
    message = context.text("status.said.clear")
    return {"said": message, "at": fields.get("at")}, 0, LOOKS, no_update, no_update


def _add_device(fields: Mapping[str, Any], context: Context, backend: Backend) -> tuple[Any, ...]:
    words = fields.get("value")
    name = " ".join(words.split())[:LONGEST] if isinstance(words, str) else ""
    name = name or "TV"
    backend.audit.note("device", _who(), did="made", name=name)
    server = backend.settings.server
    scheme = "https" if server.behind_tls else request.scheme
    origin = server.public_url or f"{scheme}://{request.host}"
    word = backend.sessions.add_device(name)
    place = f"{origin.partition('://')[2]}/tv"
    code = backend.wall_codes.make(word)
    drawn = new_link(name, f"{origin}/wall/{word}", place, code, context)
    return {"said": "", "at": fields.get("at")}, no_update, no_update, drawn, ""


def _revoke_device(
    fields: Mapping[str, Any], context: Context, backend: Backend
) -> tuple[Any, ...]:
    device = fields.get("device")
    names = backend.sessions.name_devices()
    if not isinstance(device, str) or device not in names:
        return (no_update,) * 5
    backend.audit.note("device", _who(), did="revoked", name=names[device])
    backend.sessions.revoke_device(device)
    backend.heartbeats.forget(device)
    message = context.text("status.said.revoke", name=names[device])
    # A link that still stands there is worth nothing any more.
    return {"said": message, "at": fields.get("at")}, no_update, no_update, None, no_update


def _who() -> str:
    return current_viewer().actor


ACTIONS = {"clear": _clear_cache, "device": _add_device, "revoke": _revoke_device}
