"""Local days and the instants between which they lie."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Step = Literal["week", "month"]


@dataclass(frozen=True)
class Period:
    """Local days, both ends included; the last one `until` a clock time where one is given.

    Conversations created before `as_before` are seen as they were whole weeks ago, when they were
    as old as those created from that day on: of the newest some are not answered or closed yet.
    """

    first_day: date
    last_day: date
    until: time | None = None
    as_before: date | None = None

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("the last day lies before the first")

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.first_day + timedelta(days=n) for n in range(self.days))

    @property
    def previous(self) -> "Period":
        return Period(
            self.first_day - timedelta(days=self.days), self.first_day - timedelta(days=1)
        )

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First instant, and the first instant that is no longer part of the period (UTC)."""
        start = midnight(self.first_day, zone)
        if self.until is None:
            return start, midnight(self.last_day + timedelta(days=1), zone)
        return start, datetime.combine(self.last_day, self.until, zone).astimezone(UTC)


def from_unix(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the local day starts, in UTC.

    Where the clock jumps over midnight, the day starts when the jump lands: `zoneinfo` maps the
    missing 00:00 onto the same instant.
    """
    utc = ZoneInfo("UTC")
    return datetime.combine(day, time(0), zone).astimezone(utc)


def today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def last_days(count: int, now: datetime, zone: ZoneInfo) -> Period:
    """The last `count` local days, today included."""
    end = today(now, zone)
    return Period(end - timedelta(days=count - 1), end)


def list_stretches(step: Step, first: date, last: date) -> list[Period]:
    """The weeks (from Monday) or months from the one of `first` to that of `last`, whole."""
    begin, found = begin_of(step, first), []
    while begin <= last:
        after = begin_of(step, begin + timedelta(days=7 if step == "week" else 31))
        found.append(Period(begin, after - timedelta(days=1)))
        begin = after
    return found


def begin_of(step: Step, day: date) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def year_before(period: Period) -> Period:
    """The same weekdays 52 weeks earlier; of a month, from its first day on, the same days."""
    first, last = period.first_day, period.last_day
    if first.day > 1 or (first.year, first.month) != (last.year, last.month) or period.days == 1:
        return Period(first - timedelta(weeks=52), last - timedelta(weeks=52))
    begin = first.replace(year=first.year - 1)
    end = begin_of("month", begin + timedelta(days=31)) - timedelta(days=1)
    is_whole = (last + timedelta(days=1)).day == 1
    return Period(begin, end if is_whole else end.replace(day=min(last.day, end.day)))


def is_complete(period: Period, first_day: date | None) -> bool:
    """Whether the history, loaded from `first_day` on (None = not yet), covers the whole period."""
    return first_day is not None and first_day <= period.first_day


def same_before(period: Period) -> Period:
    """The same days of an earlier stretch, so that like is compared with like.

    Days from the first of a month on, all in one month: the same days of the month before (all of
    it, where the period is a whole month). Any other days: as many weeks earlier as are needed so
    that nothing overlaps, so that the weekdays are the same.
    """
    first, last = period.first_day, period.last_day
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and period.days > 1:
        end = first - timedelta(days=1)
        whole = (last + timedelta(days=1)).day == 1
        return Period(end.replace(day=1), end if whole else end.replace(day=min(last.day, end.day)))
    back = timedelta(weeks=-(-period.days // 7))
    return Period(first - back, last - back)


def comparable(
    period: Period, before: Period, first_day: date | None, now: datetime, zone: ZoneInfo
) -> Period | None:
    """What of the days `before` can stand beside the period; None where they are not all loaded.

    A period that includes today is compared up to the same clock time: days that are not over, or
    have not begun, have no rows that the earlier ones would have.
    """
    if not is_complete(before, first_day):
        return None
    day = today(now, zone)
    if not period.first_day <= day <= period.last_day:
        return before
    last = before.last_day
    if day < period.last_day:
        last = min(last, before.first_day + (day - period.first_day))
    return Period(before.first_day, last, now.astimezone(zone).time())
