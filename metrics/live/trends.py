"""The course of a day against what is usual for the weekday."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.model.derived import day_of
from metrics.model.periods import Period, midnight
from metrics.model.selection import select_conversations
from metrics.model.view import View
from metrics.query.usual import WEEKDAYS_MINIMUM, Band

HALF_HOUR, HALF_HOURS = timedelta(minutes=30), 48
# A weekday's band looks back this many weeks: longer, and it tells of another season.
WEEKS = 12


@dataclass(frozen=True)
class HalfHour:
    """Arrivals of a local half hour, which begins at `start` ("HH:MM").

    Attributes:
        count: None for half hours that have not begun, and for those that the clock skips.
        band: Of earlier weekdays; None under `WEEKDAYS_MINIMUM` of them.
    """

    start: str
    count: int | None
    band: Band | None


def arrivals(view: View, day: date, *, first_day: date | None = None) -> list[HalfHour]:
    """Conversations per local half hour of a day, with the usual band of the same weekday.

    Without `first_day`, that of the loaded history, there is no band yet. On days when the clock is
    put back, the half hours that happen twice are added up.
    """
    days = [day, *_same_weekdays(day, first_day)]
    local = pl.col("created_at").dt.convert_time_zone(view.rules.time_zone.key)
    slot = local.dt.hour().cast(pl.Int32) * 2 + local.dt.minute() // 30
    came = select_conversations(view).filter(day_of("created_at").is_in(days))
    counted = came.group_by(day_of("created_at"), slot.alias("slot")).len().collect()
    counts = np.zeros((len(days), HALF_HOURS), dtype="int64")
    for came_on, place, number in counted.iter_rows():
        counts[days.index(came_on), place] = number
    bands: list[Band | None] = [None] * HALF_HOURS
    if len(days) > WEEKDAYS_MINIMUM:
        edges = np.quantile(counts[1:], [0.1, 0.5, 0.9], axis=0)
        bands = [Band(*edge) for edge in edges.T.tolist()]
    begun = _list_begun(view, day)
    return [
        HalfHour(
            start=f"{place // 2:02d}:{place % 2 * 30:02d}",
            count=int(counts[0, place]) if place in begun else None,
            band=bands[place],
        )
        for place in range(HALF_HOURS)
    ]


def usual_until(
    view: View, day: date, *, first_day: date | None = None
) -> tuple[float, float] | None:
    """The usual number of arrivals by this time of the day: tenth and ninetieth percentile.

    None while there are fewer than `WEEKDAYS_MINIMUM` of the same weekday.
    """
    zone = view.rules.time_zone
    passed = int((view.tables.now - midnight(day, zone)).total_seconds())
    days = _same_weekdays(day, first_day)
    starts = np.array([int(midnight(past, zone).timestamp()) for past in days])
    if len(starts) < WEEKDAYS_MINIMUM:
        return None
    time = pl.col("created_at").dt.epoch("s")
    came = select_conversations(view).select(time.filter(time >= starts.min()).sort()).collect()
    edges = np.searchsorted(came.to_series().to_numpy(), [starts, starts + passed])
    low, high = np.quantile(edges[1] - edges[0], [0.1, 0.9])
    return float(low), float(high)


def _same_weekdays(day: date, first_day: date | None) -> list[date]:
    earlier = (day - timedelta(weeks=number) for number in range(1, WEEKS + 1))
    return [past for past in earlier if first_day is not None and past >= first_day]


def _list_begun(view: View, day: date) -> set[int]:
    """The places of the half hours of the day that have begun."""
    zone = view.rules.time_zone
    start, end = Period(day, day).bounds(zone)
    last = min(end - timedelta(seconds=1), view.tables.now)
    passed = range(int((last - start) / HALF_HOUR) + 1) if last >= start else ()
    begun = (start + number * HALF_HOUR for number in passed)
    return {local.hour * 2 + local.minute // 30 for local in (b.astimezone(zone) for b in begun)}
