"""The course of a day, and of days, against what is usual for the weekday."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.model.definitions import Rules
from metrics.model.periods import Period, local_days, midnight, today, within
from metrics.model.selection import select_conversations
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.query.usual import WEEKDAYS_MINIMUM, weekday_band

HALF_HOURS = 48
# A weekday's band looks back this many weeks: longer, and it tells of another season.
WEEKS = 12


def arrivals(view: View, day: date, *, first_day: date | None = None) -> pd.DataFrame:
    """Conversations per local half hour of a day, with the usual band of the same weekday.

    Without `first_day`, that of the loaded history, there is no band yet.

    Returns:
        `start` (local, "HH:MM"), `count` (NA for half hours that have not begun, and for those
        that the clock skips), and `low`, `usual`, `high` (tenth percentile, median, ninetieth of
        earlier weekdays; NA under `WEEKDAYS_MINIMUM` of them). On days when the clock is put back,
        the half hours that happen twice are added up.
    """
    tables, rules = view.tables, view.rules
    days = [day, *_same_weekdays(day, first_day)]
    created = select_conversations(view)["created_at"]
    counts = np.array([_per_half_hour(created, local_day, rules) for local_day in days])
    table = pd.DataFrame(
        {
            "start": [f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in range(HALF_HOURS)],
            "count": pd.Series(counts[0], dtype="Int64").where(_has_begun(day, tables, rules)),
        }
    )
    return table.assign(**_band(counts[1:]))


def daily(view: View, *, first_day: date | None = None) -> pd.DataFrame:
    """Conversations per local day of the period, with the usual band of each weekday.

    Returns:
        `day` (midnight without a zone), `count` (NA for days to come), `low`, `usual`, `high` as
        in `usual.weekday_band` over all loaded days that are over, and `partial` (still running).
    """
    period, zone = view.period, view.rules.time_zone
    now = today(view.tables.now, zone)
    known = Period(min(first_day or period.first_day, period.first_day), period.last_day)
    created = select_conversations(view)["created_at"]
    per_day = local_days(created[within(created, known, zone)], zone).value_counts()
    days = pd.date_range(known.first_day, known.last_day, freq="D", unit="s")
    counts = per_day.reindex(days, fill_value=0)
    whole = days[(days >= pd.Timestamp(first_day or date.max)) & (days < pd.Timestamp(now))]
    table = weekday_band(counts, whole)
    table.insert(0, "count", counts.astype("Int64").where(days <= pd.Timestamp(now)))
    table["partial"] = days == pd.Timestamp(now)
    return table.loc[str(period.first_day) :].rename_axis("day").reset_index()


def usual_until(
    view: View, day: date, *, first_day: date | None = None
) -> tuple[float, float] | None:
    """The usual number of arrivals by this time of the day: tenth and ninetieth percentile.

    None while there are fewer than `WEEKDAYS_MINIMUM` of the same weekday.
    """
    zone = view.rules.time_zone
    created = select_conversations(view)["created_at"]
    passed = view.tables.now - midnight(day, zone)
    totals = []
    for earlier in _same_weekdays(day, first_day):
        start = midnight(earlier, zone)
        totals.append(int((created.ge(start) & created.lt(start + passed)).sum()))
    if len(totals) < WEEKDAYS_MINIMUM:
        return None
    low, high = np.quantile(totals, [0.1, 0.9])
    return float(low), float(high)


def _same_weekdays(day: date, first_day: date | None) -> list[date]:
    earlier = (day - timedelta(weeks=number) for number in range(1, WEEKS + 1))
    return [past for past in earlier if first_day is not None and past >= first_day]


def _per_half_hour(created: pd.Series, day: date, rules: Rules) -> np.ndarray:
    inside = created[within(created, Period(day, day), rules.time_zone)]
    return np.bincount(_slots(inside.dt.tz_convert(rules.time_zone).dt), minlength=HALF_HOURS)


def _has_begun(day: date, tables: Tables, rules: Rules) -> np.ndarray:
    start, end = Period(day, day).bounds(rules.time_zone)
    last = min(pd.Timestamp(end) - pd.Timedelta(seconds=1), tables.now)
    half_hours = pd.date_range(start, last, freq="30min").tz_convert(rules.time_zone)
    return np.isin(np.arange(HALF_HOURS), _slots(half_hours))


def _slots(local: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(local.hour * 2 + local.minute // 30, dtype="int64")


def _band(earlier: np.ndarray) -> dict[str, np.ndarray]:
    if len(earlier) < WEEKDAYS_MINIMUM:
        nothing = np.full(HALF_HOURS, np.nan)
        return {"low": nothing, "usual": nothing, "high": nothing}
    low, usual, high = np.quantile(earlier, [0.1, 0.5, 0.9], axis=0)
    return {"low": low, "usual": usual, "high": high}
