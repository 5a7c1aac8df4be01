"""How people spent their days, in the state store: small totals, a document a day.

Presence itself goes with the cache after a few days. What is kept of it names people by id alone,
and goes with the history.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from metrics.live.timeline import STATES
from metrics.model.periods import Period, today
from metrics.model.tables import Tables
from metrics.planning.time_away import Spent, time_spent
from services.errors import ServiceError
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.storage.store import Store

log = logging.getLogger(__name__)

PREFIX = "presence/"
APART = timedelta(minutes=10)
# Readings that lie further apart say nothing about the time between them.
GAP_SECONDS, GAP_INTERVALS = 300, 3


def find_gap(interval_seconds: float) -> timedelta:
    return timedelta(seconds=max(GAP_SECONDS, GAP_INTERVALS * interval_seconds))


@dataclass(frozen=True)
class DayTotals:
    """Everything up to `until` is in them; None where nothing is."""

    until: datetime | None = None
    people: Mapping[str, Spent] = field(default_factory=dict)


class TimeTotals:
    """In the hands of the one collector that works.

    Each look adds what was read since the one before: a restart that finds no presence any more
    loses these minutes and no others.
    """

    def __init__(self, state: Store, settings: Settings) -> None:
        self._state = state
        self._rules = settings.rules()
        self._expire_seconds = settings.sync.history_days * 86400.0
        # So long after an instant it is known what was read of it.
        self._lag = find_gap(settings.sync.interval_seconds)
        self._added_to: datetime | None = None

    def note(self, snapshot: Snapshot) -> None:
        """Add what was read and is in no total yet; what has no room comes with the next look."""
        tables = snapshot.tables
        end = tables.now - self._lag
        # A clock that was set back adds nothing twice: each day knows how far it is.
        is_due = self._added_to is None or abs(end - self._added_to) >= APART
        if tables.presence.is_empty() or not is_due:
            return
        zone = self._rules.time_zone
        first = today(tables.presence["began_at"].min(), zone)  # type: ignore[arg-type]
        try:
            for day in Period(first, max(first, today(end, zone))).dates:
                self._add_day(tables, day, end)
        except ServiceError as error:
            log.warning("presence: its totals are not written: %s", error)
            return
        self._added_to = end

    def _add_day(self, tables: Tables, day: date, end: datetime) -> None:
        known = _parse(self._state.get(f"{PREFIX}{day}"))
        first, last = Period(day, day).bounds(self._rules.time_zone)
        start, end = max(known.until or first, first), min(end, last)
        if start >= end:
            return
        people = dict(known.people)
        for agent, spent in time_spent(tables, self._rules, day, start, end).items():
            people[agent] = people[agent] + spent if agent in people else spent
        content = _serialise(DayTotals(end, people))
        self._state.set(f"{PREFIX}{day}", content, self._expire_seconds)


def load_totals(state: Store, period: Period) -> dict[date, DayTotals]:
    """Of those days of which anything is known, in order."""
    kept = (date.fromisoformat(key.removeprefix(PREFIX)) for key in state.keys(PREFIX))
    inside = (day for day in kept if period.first_day <= day <= period.last_day)
    totals = {day: _parse(state.get(f"{PREFIX}{day}")) for day in inside}
    return {day: known for day, known in totals.items() if known.people}


def _serialise(totals: DayTotals) -> bytes:
    people = {
        agent: [
            [round(times[state]) for state in STATES] for times in (spent.in_hours, spent.in_day)
        ]
        for agent, spent in totals.people.items()
    }
    return orjson.dumps({"until": totals.until, "people": people})


def _parse(content: bytes | None) -> DayTotals:
    try:
        document = orjson.loads(content) if content else {}
        people = {
            str(a): Spent(*map(_read_times, sides)) for a, sides in document["people"].items()
        }
        return DayTotals(datetime.fromisoformat(document["until"]), people)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        # Nobody but us writes here; what is broken is as good as nothing.
        return DayTotals()


def _read_times(seconds: Any) -> dict[str, float]:
    return {state: float(n) for state, n in zip(STATES, seconds, strict=True)}
