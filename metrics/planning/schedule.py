"""The shift schedule: which people are to be there on which weekday, and from when to when.

A schedule is a week that repeats itself. It is laid over local days, so that a day on which the
clock is put forward or back has shorter or longer shifts, as its people have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.model.definitions import Rules
from metrics.model.periods import Period

WEEKDAYS = 7
HALF_HOURS = 48
HALF_HOUR_SECONDS = 1800
DAY_MINUTES = 1440
# More pieces than anybody's day has.
MOST_SHIFTS = 6
LONGEST_CELL = 120
# How people write that somebody is off; in small letters.
OFF_WORDS = frozenset({"", "-", "–", "—", "folga", "off", "livre", "day off"})
SHIFT = re.compile(
    r"([0-9]{1,2})(?:[:hH]([0-9]{2})?)?\s*(?:-|–|—|às|as|a|to|até)\s*([0-9]{1,2})(?:[:hH]([0-9]{2})?)?[hH]?"
)

Problem = Literal["unreadable", "no_such_time", "empty", "overlap", "too_many", "too_long"]
Cover = npt.NDArray[np.float64]


class ShiftError(ValueError):
    """A cell of the schedule cannot be used; `piece` is the part of it that is meant."""

    def __init__(self, problem: Problem, piece: str) -> None:
        super().__init__(f"{problem}: {piece}")
        self.problem: Problem = problem
        self.piece = piece


@dataclass(frozen=True, order=True)
class Shift:
    """From when to when, in minutes of the day it begins on; past 1440 it ends on the next one."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


@dataclass(frozen=True)
class ScheduledShift:
    """A shift of a person on a local day, the one it begins on; `start` and `end` are in UTC."""

    agent_id: str
    day: date
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


Day = tuple[Shift, ...]
Week = tuple[Day, ...]


@dataclass(frozen=True)
class Schedule:
    """Person -> seven days, Monday first; version 0 = nobody made one yet."""

    weeks: Mapping[str, Week] = field(default_factory=dict)
    version: int = 0

    @property
    def people(self) -> frozenset[str]:
        return frozenset(agent for agent, week in self.weeks.items() if any(week))


def read_day(text: str) -> Day:
    """The shifts of a cell such as `09:00-18:00`, `8h-12h; 13h-17h`, `22:00-06:00` or `folga`.

    A shift that ends before it begins goes on after midnight; `24:00` is the end of the day.

    Raises:
        ShiftError: It cannot be read, there is no such time, or two shifts overlap.
    """
    plain = " ".join(text.split())
    if len(plain) > LONGEST_CELL:
        raise ShiftError("too_long", plain[:20] + "…")
    if plain.casefold() in OFF_WORDS:
        return ()
    pieces = [piece.strip() for piece in re.split(r"[;,/|]| e ", plain) if piece.strip()]
    if len(pieces) > MOST_SHIFTS:
        raise ShiftError("too_many", plain)
    shifts = sorted(_shift(piece) for piece in pieces)
    for earlier, later in pairwise(shifts):
        if later.start < earlier.end:
            raise ShiftError("overlap", f"{earlier}; {later}")
    if shifts and shifts[-1].end - DAY_MINUTES > shifts[0].start:
        raise ShiftError("overlap", f"{shifts[-1]}; {shifts[0]}")
    return tuple(shifts)


def written(day: Day) -> str:
    """The shifts of a day as `read_day` reads them; nothing for a day off."""
    return "; ".join(map(str, day))


def shifts_of(schedule: Schedule, period: Period, rules: Rules) -> list[ScheduledShift]:
    """Those that begin on a day of the period, in the order of the days; holidays have none."""
    shifts = []
    for day in period.dates:
        if day in rules.holidays:
            continue
        for agent, week in schedule.weeks.items():
            for shift in week[day.weekday()]:
                start, end = (_instant(day, at, rules) for at in (shift.start, shift.end))
                # Where the clock leaps over a whole shift nothing of it is left.
                if end > start:
                    shifts.append(ScheduledShift(agent, day, start, end))
    return shifts


def cover(schedule: Schedule) -> Cover:
    """How many people are scheduled in each half-hour of the week: 7 × 48, Monday first.

    Somebody who is there for part of it counts for that part. Sunday's night goes on in Monday.
    """
    minutes = np.zeros(WEEKDAYS * DAY_MINUTES)
    for week in schedule.weeks.values():
        for weekday, day in enumerate(week):
            for shift in day:
                first = weekday * DAY_MINUTES + shift.start
                places = np.arange(first, first + shift.end - shift.start) % len(minutes)
                minutes[places] += 1
    people: Cover = minutes.reshape(WEEKDAYS, HALF_HOURS, -1).mean(axis=2)
    return people


def weekly_minutes(week: Week) -> int:
    return sum(shift.end - shift.start for day in week for shift in day)


def _instant(day: date, minutes: int, rules: Rules) -> datetime:
    """The instant at which the clock on the wall shows that many minutes of the day."""
    whole, rest = divmod(minutes, DAY_MINUTES)
    clock = time(rest // 60, rest % 60)
    local = datetime.combine(day + timedelta(days=whole), clock, rules.time_zone)
    # Compared and subtracted in UTC: within one zone Python looks at the clocks alone.
    return local.astimezone(UTC)


def _shift(piece: str) -> Shift:
    match = SHIFT.fullmatch(piece)
    if not match:
        raise ShiftError("unreadable", piece)
    start, end = _minutes(match[1], match[2], piece), _minutes(match[3], match[4], piece)
    if start == DAY_MINUTES:
        raise ShiftError("no_such_time", piece)
    if start == end:
        raise ShiftError("empty", piece)
    return Shift(start, end if end > start else end + DAY_MINUTES)


def _minutes(hour: str, minute: str | None, piece: str) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise ShiftError("no_such_time", piece)
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    shown = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{shown // 60:02d}:{shown % 60:02d}"
