"""What the web side may ask of the robot, and order: everything goes through the state store."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from metrics.alerts.model import RULES, Rule, Severity
from metrics.model.periods import midnight, today
from services.robot import alert_settings as rules
from services.robot.alert_settings import Thresholds
from services.robot.history import History, Hygiene, hygiene, would_remain
from services.robot.robot import ACKNOWLEDGE, MUTE, TEST
from services.robot.state import Book, Delivery, Life, Order
from services.robot.store import read
from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from services.storage.command_queue import CommandQueue
from services.storage.store import Store

DAY_SECONDS = 86400.0
# A robot that has not looked for so many intervals is not there.
INTERVALS, GRACE_SECONDS = 3, 60.0


@dataclass(frozen=True)
class RuleView:
    """A rule as it holds.

    Attributes:
        rule: Its word.
        severity: How bad its problems are.
        cooldown_minutes: How long it is silent after it spoke.
        settings: Its other settings; for staffing the `goal`.
        is_on: Whether it works.
        edited: What people changed: setting -> value.
        edited_by: Who did last.
    """

    rule: Rule
    severity: Severity
    cooldown_minutes: float
    settings: Mapping[str, Any]
    is_on: bool
    edited: Mapping[str, Any]
    edited_by: str | None


@dataclass(frozen=True)
class Sheet:
    """The robot at one moment: one reading of the store.

    Attributes:
        book: Lives, orders, messages, deliveries.
        thresholds: The rules.
        is_running: Whether somebody watches.
    """

    book: Book
    thresholds: Thresholds
    is_running: bool

    @property
    def live(self) -> list[Life]:
        """Problems that go on, the worst and oldest first."""
        worst = {"critical": 0, "warning": 1, "info": 2}
        lives = [life for life in self.book.lives if life.is_live]
        return sorted(lives, key=lambda life: (worst[life.problem.severity], life.fired_at))

    @property
    def waiting(self) -> tuple[Order, ...]:
        """What is decided and has not arrived yet."""
        return self.book.orders

    @property
    def deliveries(self) -> list[Delivery]:
        """What arrived or was given up, the latest first."""
        return list(reversed(self.book.deliveries))

    @property
    def rules(self) -> list[RuleView]:
        """All rules."""
        return [_view(self.thresholds, rule) for rule in RULES]

    @property
    def slack(self) -> SourceStatus:
        """Slack as a source, beside the vendors."""
        slack = self.book.slack
        return SourceStatus(
            slack.state, _instant(slack.arrived_at), slack.error, _instant(slack.since)
        )


class Desk:
    """Questions and orders.

    Args:
        state: Where the robot keeps its book.
        settings: Of config.yaml.
        clock: Unix seconds.
    """

    def __init__(
        self, state: Store, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self._state = state
        self._settings = settings
        self._clock = clock
        self._inbox = CommandQueue(state)
        self._history = History(state)

    def sheet(self) -> Sheet:
        """The robot as it is now."""
        book = read(self._state)
        return Sheet(book, rules.thresholds(self._settings, self._state), self._is_running(book))

    def history(self, days: float = 90) -> list[Life]:
        """Lives that began in the last days, the newest first; those that go on are among them."""
        since = self._clock() - days * DAY_SECONDS
        book = [life for life in read(self._state).lives if life.fired_at >= since]
        ids = {life.id for life in book}
        over = [life for life in self._history.lives(since) if life.id not in ids]
        return sorted([*book, *over], key=lambda life: life.fired_at, reverse=True)

    def hygiene(self, days: float = 14) -> dict[Rule, Hygiene]:
        """What each rule has been good for in the last days."""
        return hygiene(self.history(days))

    def would_remain(self, rule: Rule, threshold: float, days: float = 14) -> int:
        """How many of a rule's problems would have fired under another threshold too."""
        return would_remain(self.history(days), rule, threshold)

    def delivered_today(self) -> tuple[int, int]:
        """Messages that arrived today, and all that were decided and are done or wait."""
        book = read(self._state)
        now = datetime.fromtimestamp(self._clock(), UTC)
        start = midnight(today(now, self._settings.zone), self._settings.zone).timestamp()
        done = [one for one in book.deliveries if one.done_at >= start and one.kind != "edit"]
        waiting = sum(order.kind != "edit" for order in book.orders)
        return sum(one.arrived for one in done), len(done) + waiting

    def acknowledge(self, life: str, by: str) -> None:
        """Somebody takes a problem on: it is not repeated, and its end is told."""
        self._ask(ACKNOWLEDGE, by, life=life)

    def mute(self, life: str, by: str, minutes: float = 30) -> None:
        """Somebody does not want to hear of a problem for a while."""
        self._ask(MUTE, by, life=life, minutes=minutes)

    def send_test(self, by: str) -> None:
        """Somebody wants to see whether messages arrive."""
        self._ask(TEST, by)

    def change(
        self, rule: Rule, values: Mapping[str, Any], *, by: str, is_on: bool | None = None
    ) -> RuleView:
        """Change a rule from the next evaluation on; a value of None is config.yaml's again.

        Raises:
            ConfigurationError: A value cannot be used; the message says why.
        """
        changed = rules.change(self._settings, self._state, rule, values, by=by, is_on=is_on)
        return _view(changed, rule)

    def exported(self) -> str:
        """The rules as they hold, as a part of config.yaml."""
        return rules.exported(rules.thresholds(self._settings, self._state))

    def _ask(self, kind: str, by: str, **values: Any) -> None:
        self._inbox.put({"kind": kind, "by": by, **values}, self._clock())

    def _is_running(self, book: Book) -> bool:
        if book.evaluated_at is None:
            return False
        patience = INTERVALS * self._settings.sync.interval_seconds + GRACE_SECONDS
        return abs(self._clock() - book.evaluated_at) <= patience


def _view(holding: Thresholds, rule: Rule) -> RuleView:
    settings: dict[str, Any] = getattr(holding.alerts, rule).model_dump()
    severity = settings.pop("severity")
    for name in ("cooldown_minutes", "enabled"):
        del settings[name]
    if rule in rules.GOALS:
        settings["goal"] = getattr(holding.settings.goals, rules.GOALS[rule])
    return RuleView(
        rule=rule,
        severity=severity,
        cooldown_minutes=holding.cooldown_minutes(rule),
        settings=settings,
        is_on=rule not in holding.off,
        edited=(holding.edited or {}).get(rule, {}),
        edited_by=(holding.edited_by or {}).get(rule),
    )


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
