"""Lives that are over, kept for a while: one document for each UTC day on which they began."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from metrics.alerts.model import RULES, Rule
from services.robot.state import LIVES, Life
from services.storage.store import Store

PREFIX = "robot/history/"
DAYS, LONGEST = 90, 2000
# A day of storm must not push out all the others.
PER_DAY = 500
COUNTING: tuple[Rule, ...] = ("queue", "overload", "spike")
# Less is chance.
AVOIDED_MINIMUM = 2


@dataclass(frozen=True)
class Hygiene:
    """What a rule has been good for.

    Attributes:
        fired: How often it fired.
        acknowledged: How often somebody took it on.
        by_itself: How often it ended without that.
        median_seconds: How long it lasted; None where nothing has ended.
    """

    fired: int
    acknowledged: int
    by_itself: int
    median_seconds: float | None


class History:
    """The lives of the last 90 days, 2,000 of them at most."""

    def __init__(self, state: Store) -> None:
        self._state = state

    def keep(self, lives: Iterable[Life], now: float) -> None:
        """Put them in; done twice, it is as done once."""
        by_day: dict[str, list[Life]] = {}
        for life in lives:
            by_day.setdefault(_day(life.fired_at), []).append(life)
        for day, added in by_day.items():
            if self._add(PREFIX + day, added):
                self._trim(now)

    def lives(self, since: float = 0) -> list[Life]:
        """Those that began since then, the newest first."""
        found: list[Life] = []
        for key in reversed(self._state.keys(PREFIX)):
            day = key.removeprefix(PREFIX)
            if day < _day(since):
                break
            found += [
                life for life in reversed(_lives(self._state.get(key))) if life.fired_at >= since
            ]
        return found[:LONGEST]

    def _add(self, key: str, added: list[Life]) -> bool:
        """Add to a day's document; whether it is a new one."""
        ids = {life.id for life in added}
        while True:
            before = self._state.get(key)
            there = [life for life in _lives(before) if life.id not in ids]
            kept = sorted([*there, *added], key=lambda life: (life.fired_at, life.id))
            content = LIVES.dump_json(tuple(kept[-PER_DAY:]))
            if before is None:
                if self._state.add(key, content):
                    return True
            elif self._state.set_fenced(key, content, key, before):
                return False

    def _trim(self, now: float) -> None:
        first = _day((datetime.fromtimestamp(now, UTC) - timedelta(days=DAYS)).timestamp())
        total = 0
        for key in reversed(self._state.keys(PREFIX)):
            day = key.removeprefix(PREFIX)
            if day < first or total >= LONGEST:
                self._state.delete(key)
            else:
                total += len(_lives(self._state.get(key)))


def hygiene(lives: Iterable[Life]) -> dict[Rule, Hygiene]:
    """What each rule has been good for."""
    by_rule: dict[Rule, list[Life]] = {rule: [] for rule in RULES}
    for life in lives:
        by_rule[life.problem.rule].append(life)
    return {rule: _judged(mine) for rule, mine in by_rule.items()}


def would_remain(lives: Iterable[Life], rule: Rule, threshold: float) -> int:
    """How many lives of a rule reached another threshold, and would have fired under it too."""
    return sum(life.problem.rule == rule and life.peak >= threshold for life in lives)


@dataclass(frozen=True)
class Proposal:
    """Another threshold, and what it would have spared.

    Attributes:
        threshold: From there on.
        avoided: So many problems would not have fired.
        fired: Of so many.
    """

    threshold: float
    avoided: int
    fired: int


def proposal(lives: Iterable[Life], rule: Rule, threshold: float) -> Proposal | None:
    """A higher threshold that keeps every problem somebody took on; None where it says nothing.

    Only of rules that count: a goal or a time limit is a promise, not a matter of noise.

    Args:
        lives: Of all rules.
        rule: Of which it is.
        threshold: The present one.
    """
    mine = [life for life in lives if life.problem.rule == rule]
    taken = [life.peak for life in mine if life.acknowledged_by is not None]
    if rule not in COUNTING or not taken:
        return None
    higher = min(taken)
    avoided = sum(life.peak < higher for life in mine)
    if higher <= threshold or avoided < AVOIDED_MINIMUM:
        return None
    return Proposal(higher, avoided, len(mine))


def _judged(lives: list[Life]) -> Hygiene:
    over = [life for life in lives if not life.is_live]
    taken = sum(life.acknowledged_by is not None for life in lives)
    alone = sum(life.acknowledged_by is None and life.ending == "resolved" for life in over)
    lasted = [life.seconds(life.fired_at) for life in over]
    return Hygiene(len(lives), taken, alone, statistics.median(lasted) if lasted else None)


def _lives(content: bytes | None) -> tuple[Life, ...]:
    try:
        return LIVES.validate_json(content) if content else ()
    except ValidationError:
        return ()


def _day(instant: float) -> str:
    return datetime.fromtimestamp(max(0.0, instant), UTC).date().isoformat()
