"""The rules as they hold now: those of config.yaml, changed by people, at this hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import yaml
from pydantic import ValidationError

from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES, RuleSettings
from services.errors import ConfigurationError
from services.robot.transitions import Policy
from services.settings.config import Settings
from services.settings.sections import AlertsSetting, GoalsSetting
from services.storage.store import Store

KEY = "robot/thresholds"
ATTEMPTS = 5
# A goal that is the threshold of a rule, by the rule.
GOALS: Mapping[Rule, str] = {key: rule.goal for key, rule in RULES.items() if rule.goal}


@dataclass(frozen=True)
class ActiveSettings:
    """The settings that hold now: config.yaml's, with people's changes (by rule) in their place."""

    settings: Settings
    edited: Mapping[str, Mapping[str, Any]] | None = None
    edited_by: Mapping[str, str] | None = None

    @property
    def alerts(self) -> AlertsSetting:
        return self.settings.alerts

    @property
    def disabled_rules(self) -> frozenset[Rule]:
        return frozenset(rule for rule in RULES if not self.of(rule).enabled)

    def of(self, rule: Rule) -> RuleSettings:
        settings: RuleSettings = self.alerts.get_rule(RULES[rule])
        return settings

    def cooldown_minutes(self, rule: Rule) -> float:
        own = self.of(rule).cooldown_minutes
        return self.alerts.cooldown_minutes if own is None else own

    def policy(self, now: float, *, has_slack: bool, can_edit: bool) -> Policy:
        """What may be said at an instant (Unix seconds)."""
        return Policy(
            is_enabled=self.alerts.enabled and has_slack,
            is_quiet=is_quiet(self.alerts.quiet_hours, now, self.settings.zone),
            can_edit=can_edit,
            cooldowns={rule: self.cooldown_minutes(rule) * 60 for rule in RULES},
            disabled=self.disabled_rules,
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


def load_active_settings(settings: Settings, state: Store) -> ActiveSettings:
    """The rules with what people changed; changes that no longer fit are left out."""
    return apply_edits(settings, state.get(KEY))


def apply_edits(settings: Settings, content: bytes | None) -> ActiveSettings:
    document = _parse_document(content)
    edited = document.get("rules", {})
    try:
        changed = _merge_edits(settings, edited)
    except ConfigurationError:
        changed, edited = settings, {}
    return ActiveSettings(settings=changed, edited=edited, edited_by=document.get("by", {}))


def change_rule(
    settings: Settings,
    state: Store,
    rule: Rule,
    values: Mapping[str, Any],
    *,
    by: str,
    is_on: bool | None = None,
) -> ActiveSettings:
    """Change a rule from the next evaluation on; a value of None is config.yaml's again.

    The values are those of config.yaml, for staffing also `goal`; `is_on` of None is no change.

    Raises:
        ConfigurationError: A value cannot be used; the message says why.
    """
    for _ in range(ATTEMPTS):
        before = state.get(KEY)
        document = _parse_document(before)
        rules = document.setdefault("rules", {})
        switched = {} if is_on is None else {"enabled": _switch_value(settings, rule, is_on)}
        own = {**rules.get(rule, {}), **values, **switched}
        rules[rule] = {name: value for name, value in own.items() if value is not None}
        _merge_edits(settings, rules)
        document.setdefault("by", {})[rule] = by
        content = orjson.dumps(document)
        if before is None:
            written = state.add(KEY, content)
        else:
            written = state.set_fenced(KEY, content, KEY, before)
        if written:
            return load_active_settings(settings, state)
    raise ConfigurationError("somebody else is changing the rules at this moment; try again")


def export_yaml(active: ActiveSettings) -> str:
    document = {
        "goals": {name: getattr(active.settings.goals, name) for name in GOALS.values()},
        # A cool-down that is nobody's own is the common one.
        "alerts": active.alerts.model_dump(exclude_none=True),
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _parse_document(content: bytes | None) -> dict[str, Any]:
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


def _switch_value(settings: Settings, rule: Rule, is_on: bool) -> bool | None:
    """The switch as it is kept: nothing where config.yaml says the same."""
    return None if settings.alerts.get_rule(RULES[rule]).enabled == is_on else is_on


def _merge_edits(settings: Settings, edited: Mapping[str, Mapping[str, Any]]) -> Settings:
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
