"""The alerts page: what goes on, what holds, what was, and what a manager does about it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.alerts.figures import alerts, rule_rows
from callbacks.pages.alerts.query import read_alerts
from callbacks.reports.first_start import describe_start
from callbacks.reports.parts import answer, draw
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.alerts import page as layout
from layouts.pages.alerts.data import PAGE, PATH
from layouts.pages.alerts.rules import rules
from layouts.roles import PAGES
from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES
from services.errors import ConfigurationError
from services.runtime.backend import Backend
from services.settings.decisions import RefusedSettingsError

# How often the page asks again after somebody did something, until the collector has done it.
LOOKS = 6


def register(app: Dash, backend: Backend) -> None:
    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(ids.panel(PAGE, "notices"), "children"),
        Output(ids.panel(PAGE, "shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        Input(ids.panel(PAGE, "soon"), "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "shown"), "data"),
    )
    def show_alerts(search: str | None, _: Any, __: Any, path: str | None, shown: Any) -> list[Any]:
        if path != PATH:
            raise PreventUpdate
        context = current_context(backend, PATH)
        query, problem = read_alerts(search)
        drawn = list(layout.parts(alerts(backend, search, query, context), context))
        if problem is not None:
            drawn[2] = [layout.unusable(problem, context), *drawn[2]]
        start = describe_start(backend.dataset.snapshot(), context, dated=False)
        if start is not None:
            drawn[layout.PLACES.index("live")] = start
        places = [(ids.panel(PAGE, place), "children") for place in layout.PLACES]
        parts = draw(dict(zip(places, drawn, strict=True)))
        return answer(parts, (), shown, [places[layout.PLACES.index("notices")]])

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(ids.panel(PAGE, "rules"), "children"), Input(ids.panel(PAGE, "done"), "data")
    )
    def show_rules(_: Any) -> Element:
        return rules(rule_rows(backend), current_context(backend, PATH))

    @role_callback(app, roles=PAGES[PATH].roles)(
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


def render(context: Context, search: str) -> Element:
    return layout.page(context)


LONGEST = 40
MUTE_MINUTES = 30
Action = Callable[[Mapping[str, Any], Context, Backend], str | None]


def act(data: Any, context: Context, backend: Backend) -> str | None:
    """Do it; what there is to say about it. None: it was nothing of this page."""
    action = ACTIONS.get(str(data.get("act"))) if isinstance(data, dict) else None
    try:
        return action(data, context, backend) if action is not None else None
    except (ConfigurationError, ValueError) as error:
        problem = error.problems[0] if isinstance(error, RefusedSettingsError) else None
        if problem and problem.kind == "fixed":
            return context.text("alerts.said.fixed", place=problem.params["place"])
        key = f"alerts.allowed.{_word(data, 'name')}"
        allowed = context.text(key) if context.text.has(key) else ""
        return context.text("alerts.said.refused", allowed=allowed)


def _by() -> str:
    return current_viewer().display_name


def _acknowledge(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
    incident = _word(data, "life")
    if not incident:
        return None
    backend.alerts.acknowledge(incident, _by())
    return context.text("alerts.said.acknowledge")


def _mute(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
    incident = _word(data, "life")
    if not incident:
        return None
    backend.alerts.mute(incident, _by(), MUTE_MINUTES)
    return context.text("alerts.said.mute")


def _test(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
    if backend.alerts.get_overview().slack.state == "off":
        return context.text("alerts.reason.slack_is_off")
    backend.alerts.send_test(_by())
    return context.text("alerts.said.test")


def _set(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
    rule, name = _rule(data), _word(data, "name")
    if rule is None or not name:
        return None
    value = _value(name, _word(data, "value"))
    before = {view.rule: view for view in backend.alerts.get_overview().rules}[rule]
    chosen = {"severity"} if before.severity else set()
    if name not in {*before.settings, *chosen, "cooldown_minutes"}:
        return None
    backend.alerts.change_rule(rule, {name: value}, by=_by())
    _note(backend, rule=rule, setting=name, value=value)
    return context.text("alerts.said.set", rule=context.text(f"alerts.rule.{rule}"))


def _value(name: str, words: str) -> Any:
    """The value as config.yaml would have it."""
    if name in ("severity", "mode"):
        return words
    number = float(words.replace(" ", "").replace("%", "").replace(",", "."))
    if not math.isfinite(number):
        raise ValueError("not a number of anything")
    if name == "probability":
        return number / 100
    return int(number) if number.is_integer() else number


def _switched(is_on: bool) -> Action:
    def switch(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
        rule = _rule(data)
        if rule is None:
            return None
        backend.alerts.change_rule(rule, {}, by=_by(), is_on=is_on)
        _note(backend, rule=rule, did="on" if is_on else "off")
        key = "alerts.said.on" if is_on else "alerts.said.off"
        return context.text(key, rule=context.text(f"alerts.rule.{rule}"))

    return switch


def _reset(data: Mapping[str, Any], context: Context, backend: Backend) -> str | None:
    rule = _rule(data)
    if rule is None:
        return None
    edited = {view.rule: view.edited for view in backend.alerts.get_overview().rules}[rule]
    backend.alerts.change_rule(rule, dict.fromkeys(edited), by=_by())
    _note(backend, rule=rule, did="reset")
    return context.text("alerts.said.reset", rule=context.text(f"alerts.rule.{rule}"))


def _note(backend: Backend, **about: Any) -> None:
    backend.audit.note("rule", current_viewer().actor, **about)


def _rule(data: Mapping[str, Any]) -> Rule | None:
    word = _word(data, "rule")
    return next((rule for rule in RULES if rule == word), None)


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""


ACTIONS: Mapping[str, Action] = {
    "acknowledge": _acknowledge,
    "mute": _mute,
    "test": _test,
    "set": _set,
    "on": _switched(True),
    "off": _switched(False),
    "reset": _reset,
}
