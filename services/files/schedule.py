"""The shift schedule as people keep it: one document in the state store, changed cell by cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from metrics.planning.schedule import WEEKDAYS, Day, Schedule, ShiftError, Week, read_day, written
from services.errors import ServiceError
from services.storage.store import Store

KEY = "schedule/week"
ATTEMPTS = 5
OFF: Week = ((),) * WEEKDAYS


@dataclass(frozen=True)
class Change:
    agent_id: str
    weekday: int  # 0 = Monday
    was: Day  # as it was seen before
    now: Day


@dataclass(frozen=True)
class SavedSchedule:
    schedule: Schedule = field(default_factory=Schedule)
    by: str = ""  # empty where nobody changed it
    at: float = 0.0  # Unix seconds


class TakenError(ServiceError):
    """Others changed `cells` meanwhile to (person, weekday, shifts); `saved` is the whole."""

    def __init__(self, cells: Iterable[tuple[str, int, Day]], saved: SavedSchedule) -> None:
        super().__init__("somebody else changed these cells")
        self.cells = tuple(cells)
        self.saved = saved


def load_schedule(state: Store) -> SavedSchedule:
    return _parse(state.get(KEY))


def change_schedule(
    state: Store, changes: Iterable[Change], *, by: str, at: float
) -> SavedSchedule:
    """All of them, or none; TakenError where somebody else was faster.

    A cell that somebody else changed since it was seen is not written over. What others did to
    other cells stays as they left it.
    """
    wanted = list(changes)
    for _ in range(ATTEMPTS):
        before = state.get(KEY)
        saved = _parse(before)
        weeks = dict(saved.schedule.weeks)
        taken = []
        for change in wanted:
            week = weeks.get(change.agent_id, OFF)
            if week[change.weekday] not in (change.was, change.now):
                taken.append((change.agent_id, change.weekday, week[change.weekday]))
            days = list(week)
            days[change.weekday] = change.now
            weeks[change.agent_id] = tuple(days)
        if taken:
            raise TakenError(taken, saved)
        after = SavedSchedule(Schedule(weeks, saved.schedule.version + 1), by, at)
        content = _serialise(after)
        if before is None:
            is_written = state.add(KEY, content)
        else:
            is_written = state.set_fenced(KEY, content, KEY, before)
        if is_written:
            return after
    raise TakenError((), load_schedule(state))


def _serialise(saved: SavedSchedule) -> bytes:
    weeks = {
        agent: [written(day) for day in week]
        for agent, week in saved.schedule.weeks.items()
        if any(week)
    }
    document = {"version": saved.schedule.version, "by": saved.by, "at": saved.at, "weeks": weeks}
    return orjson.dumps(document)


def _parse(content: bytes | None) -> SavedSchedule:
    try:
        document = orjson.loads(content) if content else {}
        weeks = {str(a): _parse_week(days) for a, days in document.get("weeks", {}).items()}
        schedule = Schedule(weeks, int(document.get("version", 0)))
        return SavedSchedule(schedule, str(document.get("by", "")), float(document.get("at", 0)))
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        # Nobody but us writes here; what is broken is as good as nothing.
        return SavedSchedule()


def _parse_week(days: Any) -> Week:
    week = tuple(_parse_day(text) for text in days)
    return week if len(week) == WEEKDAYS else OFF


def _parse_day(text: Any) -> Day:
    try:
        return read_day(str(text))
    except ShiftError:
        return ()


def find_changes(schedule: Schedule, wanted: Mapping[str, Week]) -> list[Change]:
    """People who are not named keep theirs."""
    changes = []
    for agent, week in wanted.items():
        before = schedule.weeks.get(agent, OFF)
        for weekday, (was, now) in enumerate(zip(before, week, strict=True)):
            if was != now:
                changes.append(Change(agent, weekday, was, now))
    return changes
