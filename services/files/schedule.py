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
    """One cell that somebody changed.

    Attributes:
        agent_id: Whose.
        weekday: 0 = Monday.
        was: The shifts that were seen before.
        now: The shifts that are wanted.
    """

    agent_id: str
    weekday: int
    was: Day
    now: Day


@dataclass(frozen=True)
class Kept:
    """The schedule, and who changed it last.

    Attributes:
        schedule: Who works when.
        by: Who changed it last; empty where nobody did.
        at: When, in Unix seconds.
    """

    schedule: Schedule = field(default_factory=Schedule)
    by: str = ""
    at: float = 0.0


class TakenError(ServiceError):
    """Somebody else changed the same cells in the meantime.

    Attributes:
        cells: These cells, as they are now: (person, weekday, shifts).
        kept: The schedule as it is now.
    """

    def __init__(self, cells: Iterable[tuple[str, int, Day]], kept: Kept) -> None:
        super().__init__("somebody else changed these cells")
        self.cells = tuple(cells)
        self.kept = kept


def kept(state: Store) -> Kept:
    """The schedule as it is now."""
    return _read(state.get(KEY))


def change(state: Store, changes: Iterable[Change], *, by: str, at: float) -> Kept:
    """Change cells; all of them, or none.

    A cell that somebody else changed since it was seen is not written over. What others did to
    other cells stays as they left it.

    Args:
        state: Where it is kept.
        changes: The cells.
        by: Who.
        at: When, in Unix seconds.

    Raises:
        TakenError: Somebody else was faster.
    """
    wanted = list(changes)
    for _ in range(ATTEMPTS):
        before = state.get(KEY)
        found = _read(before)
        weeks = dict(found.schedule.weeks)
        taken = []
        for one in wanted:
            week = weeks.get(one.agent_id, OFF)
            if week[one.weekday] not in (one.was, one.now):
                taken.append((one.agent_id, one.weekday, week[one.weekday]))
            days = list(week)
            days[one.weekday] = one.now
            weeks[one.agent_id] = tuple(days)
        if taken:
            raise TakenError(taken, found)
        schedule = Schedule(weeks, found.schedule.version + 1)
        after = Kept(schedule, by, at)
        content = _content(after)
        if before is None:
            written_now = state.add(KEY, content)
        else:
            written_now = state.set_fenced(KEY, content, KEY, before)
        if written_now:
            return after
    raise TakenError((), kept(state))


def _content(found: Kept) -> bytes:
    weeks = {
        agent: [written(day) for day in week]
        for agent, week in found.schedule.weeks.items()
        if any(week)
    }
    document = {
        "version": found.schedule.version,
        "by": found.by,
        "at": found.at,
        "weeks": weeks,
    }
    return orjson.dumps(document)


def _read(content: bytes | None) -> Kept:
    try:
        document = orjson.loads(content) if content else {}
        weeks = {str(a): _week(days) for a, days in document.get("weeks", {}).items()}
        schedule = Schedule(weeks, int(document.get("version", 0)))
        return Kept(schedule, str(document.get("by", "")), float(document.get("at", 0)))
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        # Nobody but us writes here; what is broken is as good as nothing.
        return Kept()


def _week(days: Any) -> Week:
    read = tuple(_day(text) for text in days)
    return read if len(read) == WEEKDAYS else OFF


def _day(text: Any) -> Day:
    try:
        return read_day(str(text))
    except ShiftError:
        return ()


def changed(schedule: Schedule, wanted: Mapping[str, Week]) -> list[Change]:
    """The cells in which whole weeks differ from the schedule; people not named keep theirs."""
    found = []
    for agent, week in wanted.items():
        before = schedule.weeks.get(agent, OFF)
        for weekday, (was, now) in enumerate(zip(before, week, strict=True)):
            if was != now:
                found.append(Change(agent, weekday, was, now))
    return found
