"""When the invented team works and when its customers write: local hours of the days.

The office is open from nine to six, Monday to Friday. A demonstration is opened at any hour,
though, and a team that sleeps shows nothing: so the world gets an extra shift around the hour of
its start, on the same kind of day (working days or weekends), through all of its history. The
present day therefore looks like the same weekday of other weeks. `strict` leaves it out.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Sao_Paulo")
OPENS, CLOSES = 9, 18
MINUTE, HOUR, DAY = 60, 3600, 86400
WEEKEND = (5, 6)
# Relative number of arrivals by local hour; customers rest a little at lunch.
BY_HOUR = (
    *(0.03, 0.02, 0.02, 0.02, 0.02, 0.03, 0.05, 0.14, 0.45, 0.95, 1.0, 0.97),
    *(0.6, 0.68, 0.95, 1.0, 0.92, 0.74, 0.3, 0.18, 0.13, 0.1, 0.07, 0.04),
)
BY_WEEKDAY = (1.14, 1.05, 1.0, 0.97, 0.86, 0.16, 0.09)
EXTRA_SHIFT = 0.6
# How long the extra shift has been on at the start, and how long it goes on.
EXTRA_BEFORE, EXTRA_AFTER = 4, 6
EXTENSION = 4
# The windows reach so far beyond the start; a demonstration ends long before.
AHEAD_DAYS = 400


def to_local(instant: float) -> datetime:
    return datetime.fromtimestamp(instant, ZONE)


def midnight(day: date) -> int:
    """Unix seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp())


class Hours:
    """Its history reaches `days` back from the start; `strict`: nine to six only."""

    def __init__(self, start: float, days: int, *, strict: bool = False) -> None:
        local_start = to_local(start)
        self._extra = None if strict else _find_extra_shift(local_start)
        self._extra_on_weekends = local_start.weekday() in WEEKEND
        first = local_start.date() - timedelta(days=days + 30)
        dates = [first + timedelta(days=n) for n in range(days + 30 + AHEAD_DAYS)]
        self._windows = _merge_windows([w for day in dates for w in self._windows_of(day)])
        self._starts = [begin for begin, _ in self._windows]
        self._before = [0]
        for begin, end in self._windows:
            self._before.append(self._before[-1] + end - begin)

    def is_open(self, instant: float) -> bool:
        window = bisect_right(self._starts, instant) - 1
        return window >= 0 and instant < self._windows[window][1]

    def worked_seconds(self, begin: float, end: float) -> int:
        return max(0, int(self._working_position(end) - self._working_position(begin)))

    def add_working_time(self, instant: float, seconds: float) -> int:
        """When so many working seconds will have passed."""
        position = self._working_position(instant) + max(0.0, seconds)
        window = min(bisect_right(self._before, position) - 1, len(self._starts) - 1)
        return int(self._starts[window] + position - self._before[window])

    def list_windows(self, day: date) -> list[tuple[int, int]]:
        """Those that begin on that local day."""
        begin = midnight(day)
        first, last = (bisect_left(self._starts, at) for at in (begin, begin + DAY))
        return self._windows[first:last]

    def arrival_weights(self, day: date) -> list[float]:
        """Relative number of arrivals in each of the 24 hours of a local day."""
        factor = BY_WEEKDAY[day.weekday()]
        arrival_weights = [factor * weight for weight in BY_HOUR]
        for owner in (day - timedelta(days=1), day):
            for begin, end in self._extra_windows_of(owner):
                for hour in range(24):
                    at = midnight(day) + hour * HOUR
                    if begin <= at < end:
                        is_edge = at == begin or at + HOUR == end
                        share = EXTRA_SHIFT * (0.6 if is_edge else 1.0)
                        arrival_weights[hour] = max(arrival_weights[hour], share)
        return arrival_weights

    def _working_position(self, instant: float) -> float:
        """Since the beginning of all windows."""
        window = bisect_right(self._starts, instant) - 1
        if window < 0:
            return 0
        begin, end = self._windows[window]
        return self._before[window] + min(instant, end) - begin

    def _windows_of(self, day: date) -> list[tuple[int, int]]:
        begin = midnight(day)
        office = [(begin + OPENS * HOUR, begin + CLOSES * HOUR)]
        return (office if day.weekday() not in WEEKEND else []) + self._extra_windows_of(day)

    def _extra_windows_of(self, day: date) -> list[tuple[int, int]]:
        if self._extra is None or (day.weekday() in WEEKEND) != self._extra_on_weekends:
            return []
        begin = midnight(day)
        return [(begin + self._extra[0] * HOUR, begin + self._extra[1] * HOUR)]


def _find_extra_shift(start: datetime) -> tuple[int, int] | None:
    """Hours from midnight, which may lie before it or beyond the day; None within the office's."""
    hour = start.hour
    if start.weekday() in WEEKEND or not OPENS <= hour < CLOSES:
        return hour - EXTRA_BEFORE, hour + EXTRA_AFTER
    return (CLOSES, hour + EXTENSION) if hour + EXTENSION > CLOSES else None


def _merge_windows(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(windows):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
