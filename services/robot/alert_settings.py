"""The rules as they hold now: those of config.yaml, changed by people, at this hour."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES, RuleSettings
from services.robot.transitions import Policy
from services.settings.config import Settings
from services.settings.decisions import Decision, Decisions
from services.settings.sections import AlertsSetting

# A goal that is the threshold of a rule, by the rule.
GOALS: Mapping[Rule, str] = {key: rule.goal for key, rule in RULES.items() if rule.goal}


@dataclass(frozen=True)
class ActiveSettings:
    """The settings that hold now, and what of them people changed, by rule."""

    settings: Settings
    edited: Mapping[str, Mapping[str, Any]] | None = None
    edited_by: Mapping[str, str] | None = None
    fixed: Mapping[str, str] | None = None  # by path, the place that fixes it

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


def load_active_settings(decisions: Decisions) -> ActiveSettings:
    """The rules with what people changed."""
    configuration = decisions.load()
    edited: dict[str, dict[str, Any]] = {}
    latest: dict[str, Decision] = {}
    for rule in RULES:
        own = {name: configuration.decisions.get(path) for name, path in list_paths(rule).items()}
        kept = {name: decision for name, decision in own.items() if decision is not None}
        if kept:
            edited[rule] = {name: decision.value for name, decision in kept.items()}
            latest[rule] = max(kept.values(), key=lambda decision: decision.at or 0)
    return ActiveSettings(
        settings=configuration.settings,
        edited=edited,
        edited_by={rule: decision.by for rule, decision in latest.items()},
        fixed=decisions.fixed,
    )


def list_paths(rule: Rule) -> dict[str, str]:
    """Where each setting of a rule stands in config.yaml; `goal` is a goal of the operation."""
    paths = {own.name: f"alerts.{rule}.{own.name}" for own in fields(RULES[rule].settings)}
    return paths | ({"goal": f"goals.{GOALS[rule]}"} if rule in GOALS else {})


def change_rule(
    decisions: Decisions,
    rule: Rule,
    values: Mapping[str, Any],
    *,
    by: str,
    is_on: bool | None = None,
) -> ActiveSettings:
    """Change a rule from the next evaluation on; a value of None is what holds without it again.

    The values are those of config.yaml, for staffing also `goal`; `is_on` of None is no change.

    Raises:
        RefusedSettingsError: A value cannot be used; the message says why.
    """
    paths = list_paths(rule)
    own = values if is_on is None else {**values, "enabled": is_on}
    named = {paths.get(name, f"alerts.{rule}.{name}"): value for name, value in own.items()}
    kept = {path: value for path, value in named.items() if value is not None}
    reset = tuple(path for path, value in named.items() if value is None)
    decisions.change(kept, by=by, reset=reset, how="alerts")
    return load_active_settings(decisions)


def export_yaml(active: ActiveSettings) -> str:
    document = {
        "goals": {name: getattr(active.settings.goals, name) for name in GOALS.values()},
        # A cool-down that is nobody's own is the common one.
        "alerts": active.alerts.model_dump(exclude_none=True),
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
