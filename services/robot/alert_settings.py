"""The rules as they hold now: those of config.yaml, changed by people, at this hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import yaml
from pydantic import ValidationError

from metrics.alerts.model import RULES, Limits, Rule, Severity
from services.errors import ConfigurationError
from services.robot.transitions import Policy
from services.settings.config import Settings
from services.settings.sections import AlertsSetting, GoalsSetting
from services.storage.store import Store

KEY = "robot/thresholds"
ATTEMPTS = 5
# The goals are what the staffing rules are measured by.
GOALS: Mapping[Rule, str] = {
    "staffing_text": "online_text",
    "staffing_voice": "online_voice",
}


@dataclass(frozen=True)
class Thresholds:
    """What holds now.

    Attributes:
        settings: With people's changes in the place of what config.yaml says.
        edited: What was changed, by rule: setting -> value.
        edited_by: Who changed a rule last.
    """

    settings: Settings
    edited: Mapping[str, Mapping[str, Any]] | None = None
    edited_by: Mapping[str, str] | None = None

    @property
    def alerts(self) -> AlertsSetting:
        """What the robot tells, and when."""
        return self.settings.alerts

    @property
    def off(self) -> frozenset[Rule]:
        """Rules that are switched off, here or in config.yaml."""
        return frozenset(rule for rule in RULES if not getattr(self.alerts, rule).enabled)

    def limits(self) -> Limits:
        """What the conditions need besides the rules."""
        alerts = self.alerts
        severities: dict[Rule, Severity] = {rule: getattr(alerts, rule).severity for rule in RULES}
        return Limits(
            queue_minimum=alerts.queue.minimum,
            stale_seconds=alerts.stale.minutes * 60,
            silent_seconds=alerts.wall_silent.minutes * 60,
            working_hours=alerts.working_hours,
            severities=severities,
        )

    def cooldown_minutes(self, rule: Rule) -> float:
        """How long a rule is silent after it spoke: its own time, or else the common one."""
        own: float | None = getattr(self.alerts, rule).cooldown_minutes
        return self.alerts.cooldown_minutes if own is None else own

    def policy(self, now: float, *, has_slack: bool, edits: bool) -> Policy:
        """What may be said at an instant (Unix seconds)."""
        return Policy(
            speaks=self.alerts.enabled and has_slack,
            is_quiet=is_quiet(self.alerts.quiet_hours, now, self.settings.zone),
            edits=edits,
            cooldowns={rule: self.cooldown_minutes(rule) * 60 for rule in RULES},
            off=self.off,
        )


def is_quiet(quiet_hours: list[str], now: float, zone: ZoneInfo) -> bool:
    """Whether only critical problems may speak, by the clock on the wall.

    A time that ends before it starts goes on after midnight; equal ends are the whole day.
    """
    clock = datetime.fromtimestamp(now, UTC).astimezone(zone).time().replace(tzinfo=None)
    for text in quiet_hours:
        first, _, last = text.partition("-")
        start = time.fromisoformat(first)
        end = time.max if last == "24:00" else time.fromisoformat(last)
        inside = start <= clock < end if start < end else clock >= start or clock < end
        if inside:
            return True
    return False


def thresholds(settings: Settings, state: Store) -> Thresholds:
    """The rules with what people changed; changes that no longer fit are left out."""
    return read(settings, state.get(KEY))


def read(settings: Settings, content: bytes | None) -> Thresholds:
    """The rules with the changes of that document."""
    document = _document(content)
    edited = document.get("rules", {})
    try:
        changed = _merged(settings, edited)
    except ConfigurationError:
        changed, edited = settings, {}
    return Thresholds(settings=changed, edited=edited, edited_by=document.get("by", {}))


def change(
    settings: Settings,
    state: Store,
    rule: Rule,
    values: Mapping[str, Any],
    *,
    by: str,
    is_on: bool | None = None,
) -> Thresholds:
    """Change a rule from the next evaluation on; a value of None is config.yaml's again.

    Args:
        settings: Of config.yaml.
        state: Where changes are kept.
        rule: Which one.
        values: Setting -> value, as in config.yaml; for staffing also `goal`.
        by: Who.
        is_on: Whether the rule is to work; None leaves that as it is.

    Raises:
        ConfigurationError: A value cannot be used; the message says why.
    """
    for _ in range(ATTEMPTS):
        before = state.get(KEY)
        document = _document(before)
        rules = document.setdefault("rules", {})
        switched = {} if is_on is None else {"enabled": _unless(settings, rule, is_on)}
        mine = {**rules.get(rule, {}), **values, **switched}
        rules[rule] = {name: value for name, value in mine.items() if value is not None}
        _merged(settings, rules)
        document.setdefault("by", {})[rule] = by
        content = orjson.dumps(document)
        if before is None:
            written = state.add(KEY, content)
        else:
            written = state.set_fenced(KEY, content, KEY, before)
        if written:
            return thresholds(settings, state)
    raise ConfigurationError("somebody else is changing the rules at this moment; try again")


def exported(now: Thresholds) -> str:
    """The rules as a part of config.yaml."""
    document = {
        "goals": {name: getattr(now.settings.goals, name) for name in GOALS.values()},
        # A cool-down that is nobody's own is the common one.
        "alerts": now.alerts.model_dump(exclude_none=True),
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _document(content: bytes | None) -> dict[str, Any]:
    try:
        document = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(document, dict):
        return {}
    # Before rules had a switch of their own, those that are off stood in a list.
    for rule in document.pop("off", ()):
        document.setdefault("rules", {}).setdefault(rule, {}).setdefault("enabled", False)
    return document


def _unless(settings: Settings, rule: Rule, is_on: bool) -> bool | None:
    """The switch as it is kept: nothing where config.yaml says the same."""
    return None if getattr(settings.alerts, rule).enabled == is_on else is_on


def _merged(settings: Settings, edited: Mapping[str, Mapping[str, Any]]) -> Settings:
    alerts = settings.alerts.model_dump()
    goals = settings.goals.model_dump()
    for rule, values in edited.items():
        if rule not in RULES:
            continue
        own = dict(values)
        if rule in GOALS and "goal" in own:
            goals[GOALS[rule]] = own.pop("goal")
        alerts[rule] = {**alerts[rule], **own}
    try:
        valid = {
            "alerts": AlertsSetting.model_validate(alerts),
            "goals": GoalsSetting.model_validate(goals),
        }
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"{path} = {first['input']!r}: {reason}") from error
    return settings.model_copy(update=valid)
