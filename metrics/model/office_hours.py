"""Whether the office was open at an instant, by the local opening times."""

from datetime import UTC, date, datetime, time

import pandas as pd

from metrics.model.definitions import Rules


def is_open(instants: pd.Series, rules: Rules) -> pd.Series:
    """Whether each instant lies in the opening times of its local day; holidays are closed.

    The first minute is open, the closing minute is not; a missing instant is not open.
    """
    local = instants.dt.tz_convert(rules.time_zone)
    seconds = local.dt.hour * 3600 + local.dt.minute * 60 + local.dt.second
    weekday = local.dt.day_of_week
    open_now = pd.Series(False, index=instants.index)
    for day, openings in enumerate(rules.office_hours):
        for start, end in openings:
            last = 86400 if end == time.max else _seconds(end)
            open_now |= weekday.eq(day) & seconds.ge(_seconds(start)) & seconds.lt(last)
    if rules.holidays:
        open_now &= ~local.dt.date.isin(rules.holidays)
    return open_now & instants.notna()


def is_open_at(instant: datetime, rules: Rules) -> bool:
    return bool(is_open(pd.Series(pd.to_datetime([instant], utc=True)), rules).iloc[0])


def openings(day: date, rules: Rules) -> list[tuple[datetime, datetime]]:
    """The opening times of a local day as instants; none on a holiday."""
    if day in rules.holidays:
        return []

    def instant(clock: time) -> datetime:
        # 24:00 is written as the last moment of the day.
        ends_day = clock == time.max
        whole = date.fromordinal(day.toordinal() + ends_day)
        local = datetime.combine(whole, time(0) if ends_day else clock, rules.time_zone)
        return local.astimezone(UTC)

    return [(instant(start), instant(end)) for start, end in rules.office_hours[day.weekday()]]


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
