"""What a manager does on the alerts page; every word of it comes from outside and is checked."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from callbacks.access.session import current_viewer
from layouts.components.context import Context
from metrics.alerts.model import RULES, Rule
from services.errors import ConfigurationError
from services.runtime.backend import Backend

LONGEST = 40
MUTE_MINUTES = 30
Action = Callable[[Mapping[str, Any], Context, Backend], str | None]


def act(data: Any, context: Context, backend: Backend) -> str | None:
    """Do it; what there is to say about it. None: it was nothing of this page."""
    action = ACTIONS.get(str(data.get("act"))) if isinstance(data, dict) else None
    return action(data, context, backend) if action is not None else None


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
    text = context.text
    try:
        value = _value(name, _word(data, "value"))
        before = {view.rule: view for view in backend.alerts.get_overview().rules}[rule]
        if name not in {*before.settings, "severity", "cooldown_minutes"}:
            return None
        backend.alerts.change_rule(rule, {name: value}, by=_by())
        _note(backend, rule=rule, setting=name, value=value)
    except (ConfigurationError, ValueError):
        key = f"alerts.allowed.{name}"
        allowed = text(key) if text.has(key) else ""
        return text("alerts.said.refused", allowed=allowed)
    return text("alerts.said.set", rule=text(f"alerts.rule.{rule}"))


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
