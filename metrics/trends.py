"""The day's course against what is usual for its weekday."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.filters import Filters
from metrics.periods import midnight
from metrics.rules import Rules
from metrics.selection import conversations
from metrics.tables import Tables
from metrics.usual import WEEKDAYS_MINIMUM

HALF_HOURS = 48
# A weekday's band looks back this many weeks: longer, and it tells of another season.
WEEKS = 12


def arrivals(
    tables: Tables, rules: Rules, day: date, filters: Filters, first_day: date | None
) -> pd.DataFrame:
    """Conversations per local half hour of a day, with the usual band of the same weekday.

    Args:
        tables: One version.
        rules: Scope and zone.
        day: The local day.
        filters: The reader's choice.
        first_day: First day of the loaded history; None = no band yet.

    Returns:
        `start` (local, "HH:MM"), `count`, and `low`, `usual`, `high` (tenth percentile, median,
        ninetieth of earlier weekdays; NA under `WEEKDAYS_MINIMUM` of them). On days when the clock
        is put back, the half hours that happen twice are added up.
    """
    rows = conversations(tables, filters, rules)
    created = rows["created_at"]
    days = [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    known = [earlier for earlier in days if first_day is not None and earlier >= first_day]
    oldest = min([*known, day])
    zone = rules.time_zone
    inside = created.ge(midnight(oldest, zone)) & created.lt(
        midnight(day + timedelta(days=1), zone)
    )
    local = created[inside].dt.tz_convert(zone)
    slots = local.dt.hour * 2 + local.dt.minute // 30
    counts = pd.crosstab(local.dt.date, slots).reindex(columns=range(HALF_HOURS), fill_value=0)
    earlier = counts.reindex(known, fill_value=0)
    table = pd.DataFrame(
        {
            "start": [f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in range(HALF_HOURS)],
            "count": counts.reindex([day], fill_value=0).iloc[0].to_numpy(),
        }
    )
    enough = len(known) >= WEEKDAYS_MINIMUM
    for name, quantile in (("low", 0.1), ("usual", 0.5), ("high", 0.9)):
        band = np.quantile(earlier.to_numpy(), quantile, axis=0) if enough else np.nan
        table[name] = band
    return table


def usual_until(
    tables: Tables, rules: Rules, day: date, filters: Filters, first_day: date | None
) -> tuple[float, float] | None:
    """The usual number of arrivals by this time of the day: tenth and ninetieth percentile.

    None while there are fewer than `WEEKDAYS_MINIMUM` of the same weekday.
    """
    created = conversations(tables, filters, rules)["created_at"]
    zone = rules.time_zone
    now = tables.now.to_pydatetime()
    passed = now - midnight(day, zone)
    totals = []
    for week in range(1, WEEKS + 1):
        earlier = day - timedelta(weeks=week)
        if first_day is None or earlier < first_day:
            break
        start = midnight(earlier, zone)
        totals.append(int((created.ge(start) & created.lt(start + passed)).sum()))
    if len(totals) < WEEKDAYS_MINIMUM:
        return None
    low, high = np.quantile(totals, [0.1, 0.9])
    return float(low), float(high)
