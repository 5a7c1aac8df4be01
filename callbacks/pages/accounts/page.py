"""The accounts page: people, machines and the audit, for managers."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.accounts.actions import Done, act
from callbacks.pages.accounts.figures import (
    list_people,
    list_tokens,
    list_unmatched_admins,
    read_trail,
)
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.accounts import page as layout
from layouts.pages.accounts.page import PAGE, PATH, trail
from layouts.roles import PAGES
from services.runtime.backend import Backend


def register(app: Dash, backend: Backend) -> None:
    def panel(key: str) -> str:
        return ids.panel(PAGE, key)

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(panel("people"), "children"),
        Output(panel("unmatched"), "children"),
        Output(panel("tokens"), "children"),
        Input(panel("done"), "data"),
        State(ids.URL, "pathname"),
    )
    def show_accounts(_: Any, path: str | None) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * 3
        context = current_context(backend, PATH)
        people = list_people(backend, current_viewer(backend).email)
        return (
            layout.people(people, context),
            layout.unmatched(list_unmatched_admins(backend), context),
            layout.tokens(list_tokens(backend), context),
        )

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(panel("trail"), "children"),
        Input(ids.URL, "search"),
        Input(panel("done"), "data"),
        State(ids.URL, "pathname"),
    )
    def show_trail(search: str | None, _: Any, path: str | None) -> Any:
        if path != PATH:
            return no_update
        shown, context = read_trail(backend, search, current_context(backend, PATH))
        return trail(shown, context)

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(panel("done"), "data"),
        Output(panel("told"), "children"),
        Output(panel("add-email"), "value"),
        Output(panel("add-name"), "value"),
        Output(panel("token-name"), "value"),
        Input(panel("action"), "data"),
        Input(panel("add-button"), "n_clicks"),
        Input(panel("token-button"), "n_clicks"),
        State(panel("add-email"), "value"),
        State(panel("add-name"), "value"),
        State(panel("add-role"), "value"),
        State(panel("token-name"), "value"),
        State(panel("token-reach"), "value"),
        prevent_initial_call=True,
    )
    def do(data: Any, _: Any, __: Any, *typed: Any) -> tuple[Any, ...]:
        email, name, role, machine, reach = typed
        pressed = ctx.triggered_id
        if pressed == panel("add-button"):
            data = {"act": "add", "email": email, "name": name, "value": role}
        elif pressed == panel("token-button"):
            data = {"act": "token", "name": machine, "value": reach}
        elif not isinstance(data, dict) or data.get("act") in ("add", "token"):
            data = None
        context = current_context(backend, PATH)
        done = act(data, current_viewer(backend).email, context, backend)
        if done is None:
            return (no_update,) * 5
        return (
            {"said": done.said, "at": done.at},
            layout.secret_notice(done.said, done.secret, context) if done.secret else None,
            *_clear_fields(done, pressed == panel("add-button")),
        )

    app.clientside_callback(
        ClientsideFunction("actions", "tell"),
        Output(panel("said"), "title"),
        Input(panel("done"), "data"),
        prevent_initial_call=True,
    )


def _clear_fields(done: Done, adds: bool) -> tuple[Any, Any, Any]:
    """The fields of what was made; those of what was refused stay as they are."""
    if not done.secret or done.act not in ("add", "token"):
        return no_update, no_update, no_update
    return ("", "", no_update) if adds else (no_update, no_update, "")


def render(context: Context, search: str) -> Element:
    return layout.page(context)
