"""What the web side may ask of the robot, and order: everything goes through the state store."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES
from metrics.model.periods import midnight, today
from metrics.model.severity import SEVERITY_ORDER, Severity
from services.robot import alert_settings as rules
from services.robot.alert_settings import ActiveSettings
from services.robot.history import History, Hygiene, count_remaining, hygiene
from services.robot.robot import ACKNOWLEDGE, MUTE, TEST
from services.robot.state import AlertState, Delivery, Incident, OutboxMessage
from services.robot.store import load_alert_state
from services.settings.decisions import Decisions
from services.snapshot.manifest import SourceStatus
from services.storage.command_queue import CommandQueue
from services.storage.store import Store

DAY_SECONDS = 86400.0
# A robot that has not looked for so many intervals is not there.
INTERVALS, GRACE_SECONDS = 3, 60.0


@dataclass(frozen=True)
class RuleView:
    """A rule as it holds; severity and cool-down are not in `settings`, a staffing goal is.

    A severity of None is that of the wait.
    """

    rule: Rule
    severity: Severity | None
    cooldown_minutes: float
    settings: Mapping[str, Any]
    is_on: bool
    edited: Mapping[str, Any]
    edited_by: str | None
    fixed: Mapping[str, str]  # by setting, the place that fixes it


@dataclass(frozen=True)
class AlertOverview:
    state: AlertState
    active: ActiveSettings
    is_running: bool

    @property
    def live(self) -> list[Incident]:
        """Incidents that go on, the worst and oldest first."""
        live = [incident for incident in self.state.incidents if incident.is_live]
        return sorted(live, key=lambda i: (SEVERITY_ORDER[i.problem.severity], i.fired_at))

    @property
    def waiting(self) -> tuple[OutboxMessage, ...]:
        return self.state.outbox

    @property
    def deliveries(self) -> list[Delivery]:
        """What arrived or was given up, the latest first."""
        return list(reversed(self.state.deliveries))

    @property
    def rules(self) -> list[RuleView]:
        return [_build_rule_view(self.active, rule) for rule in RULES]

    @property
    def slack(self) -> SourceStatus:
        slack = self.state.slack
        return SourceStatus(
            slack.state, _instant(slack.arrived_at), slack.error, _instant(slack.since)
        )


class AlertService:
    """Questions to the robot, and commands for it; everything lies in `state`."""

    def __init__(
        self, state: Store, decisions: Decisions, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = state
        self._decisions = decisions
        self._clock = clock
        self._commands = CommandQueue(state)
        self._history = History(state)

    def get_overview(self) -> AlertOverview:
        state = load_alert_state(self._store).at(self._clock())
        active = rules.load_active_settings(self._decisions)
        return AlertOverview(state, active, self._is_running(state))

    def list_incidents(self, days: float = 90) -> list[Incident]:
        """Those of the last days, the newest first; those that go on are among them."""
        since = self._clock() - days * DAY_SECONDS
        state = load_alert_state(self._store).at(self._clock())
        current = [i for i in state.incidents if i.fired_at >= since]
        ids = {incident.id for incident in current}
        over = [i for i in self._history.list_incidents(since) if i.id not in ids]
        return sorted([*current, *over], key=lambda i: i.fired_at, reverse=True)

    def hygiene(self, days: float = 14) -> dict[Rule, Hygiene]:
        return hygiene(self.list_incidents(days))

    def count_remaining(self, rule: Rule, threshold: float, days: float = 14) -> int:
        return count_remaining(self.list_incidents(days), rule, threshold)

    def delivered_today(self) -> tuple[int, int]:
        """Messages that arrived today, and all that were decided and are done or wait."""
        state = load_alert_state(self._store)
        now = datetime.fromtimestamp(self._clock(), UTC)
        zone = self._decisions.current.settings.zone
        start = midnight(today(now, zone), zone).timestamp()
        done = [d for d in state.deliveries if d.done_at >= start and d.kind != "edit"]
        waiting = sum(entry.kind != "edit" for entry in state.outbox)
        return sum(delivery.arrived for delivery in done), len(done) + waiting

    def acknowledge(self, incident_id: str, by: str) -> None:
        """Somebody takes a problem on: it is not repeated, and its end is told."""
        self._request(ACKNOWLEDGE, by, life=incident_id)

    def mute(self, incident_id: str, by: str, minutes: float = 30) -> None:
        self._request(MUTE, by, life=incident_id, minutes=minutes)

    def send_test(self, by: str) -> None:
        self._request(TEST, by)

    def change_rule(
        self, rule: Rule, values: Mapping[str, Any], *, by: str, is_on: bool | None = None
    ) -> RuleView:
        """As `alert_settings.change_rule`, with its errors."""
        changed = rules.change_rule(self._decisions, rule, values, by=by, is_on=is_on)
        return _build_rule_view(changed, rule)

    def export_yaml(self) -> str:
        return rules.export_yaml(rules.load_active_settings(self._decisions))

    def _request(self, kind: str, by: str, **values: Any) -> None:
        self._commands.put({"kind": kind, "by": by, **values}, self._clock())

    def _is_running(self, state: AlertState) -> bool:
        if state.evaluated_at is None:
            return False
        interval = self._decisions.current.settings.sync.interval_seconds
        patience = INTERVALS * interval + GRACE_SECONDS
        return abs(self._clock() - state.evaluated_at) <= patience


def _build_rule_view(active: ActiveSettings, rule: Rule) -> RuleView:
    settings, fixed = asdict(active.of(rule)), active.fixed or {}
    severity = settings.pop("severity", None)
    for name in ("cooldown_minutes", "enabled"):
        del settings[name]
    if rule in rules.GOALS:
        settings["goal"] = getattr(active.settings.goals, rules.GOALS[rule])
    return RuleView(
        rule=rule,
        severity=severity,
        cooldown_minutes=active.cooldown_minutes(rule),
        settings=settings,
        is_on=rule not in active.disabled_rules,
        edited=(active.edited or {}).get(rule, {}),
        edited_by=(active.edited_by or {}).get(rule),
        fixed={n: fixed[path] for n, path in rules.list_paths(rule).items() if path in fixed},
    )


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
