"""The settings page: what managers decide, and its callbacks."""

from typing import Any
from urllib.parse import parse_qs

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.pages.settings.actions import act
from callbacks.pages.settings.figures import list_changes, list_fields, list_tokens
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.settings import page as layout
from layouts.pages.settings.data import CHANGES, GROUPS, PAGE, PATH, TOKENS, Wrong
from layouts.roles import PAGES
from services.runtime.backend import Backend


def register(app: Dash, backend: Backend) -> None:
    def panel(key: str) -> str:
        return ids.panel(PAGE, key)

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(panel("group"), "children"),
        Input(ids.URL, "search"),
        Input(panel("done"), "data"),
        State(ids.URL, "pathname"),
    )
    def show_group(search: str | None, done: Any, path: str | None) -> Any:
        if path != PATH:
            return no_update
        return _draw_group(search, done, current_context(backend, PATH), backend)

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(panel("done"), "data"),
        Output(panel("preview"), "children"),
        Output(panel("draft"), "data"),
        Output(panel("download"), "data"),
        Input(panel("action"), "data"),
        State(panel("draft"), "data"),
        prevent_initial_call=True,
    )
    def do(data: Any, draft: Any) -> tuple[Any, ...]:
        context = current_context(backend, PATH)
        done = act(data, draft, context, backend)
        if done is None:
            return (no_update,) * 4
        if done.file is not None:
            return no_update, no_update, no_update, done.file
        wrong = done.wrong and {"path": done.wrong.path, "words": done.wrong.words}
        told = {"said": done.said, "at": data.get("at"), "wrong": wrong}
        shown = layout.preview(done.preview, context) if done.preview else None
        return told, shown, done.draft, no_update

    app.clientside_callback(
        ClientsideFunction("actions", "tell"),
        Output(panel("said"), "title"),
        Input(panel("done"), "data"),
        prevent_initial_call=True,
    )


def _draw_group(search: str | None, done: Any, context: Context, backend: Backend) -> Element:
    asked = parse_qs((search or "").lstrip("?")).get("group", [""])[0]
    if asked == TOKENS:
        return layout.groups(asked, layout.tokens(list_tokens(backend), context), context)
    if asked == CHANGES:
        return layout.groups(asked, layout.changes(list_changes(backend), context), context)
    group = asked if asked in GROUPS else next(iter(GROUPS))
    shown = list_fields(backend, group, _read_wrong(done), context)
    return layout.groups(group, layout.fields(group, shown, context), context)


def _read_wrong(done: Any) -> Wrong | None:
    wrong = done.get("wrong") if isinstance(done, dict) else None
    if not isinstance(wrong, dict):
        return None
    return Wrong(str(wrong.get("path"))[:200], str(wrong.get("words"))[:500])


def render(context: Context, search: str) -> Element:
    return layout.page(context)
