"""Tables of the telephone: per person, passed on, calling again and again, the busiest times."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from metrics.live import current as now
from metrics.measures import telephony
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period, local_days
from metrics.model.selection import select
from metrics.model.values import seconds_between
from metrics.model.view import View
from metrics.query.drilldown import LISTS
from metrics.query.grouping import grouped
from metrics.query.report import breakdowns

# What the outcome of a call, and its caller, are told by.
CALLER_COLUMNS = (
    "id",
    "digits",
    "contact_name",
    "direction",
    "started_at",
    "answered_at",
    "ended_at",
    "missed_call_reason",
    "has_voicemail",
)
AGENT_KEYS = (
    "calls_answered",
    "calls_outbound",
    "calls_outbound_answered",
    "talk_time",
    "talk_time_outbound",
    "time_to_answer",
)


def agent_calls(view: View) -> pd.DataFrame:
    """What each person did at the telephone; a call counts for everyone who took part in it.

    Returns:
        `agent_id`, `calls_answered`, `calls_outbound`, `calls_outbound_answered`, `talked` (calls
        with a talk), `talk_seconds` (their sum, in and out), `talk_mean` (NA without any),
        `time_to_answer` (median, NA without any) and `passed_on`; most answered first.
    """
    told = breakdowns(
        [CATALOG[key] for key in AGENT_KEYS],
        "agent",
        view,
    )
    numbers = {key: {group.key: group.summary for group in groups} for key, groups in told.items()}
    given = transfers(view).groupby("giver")["calls"].sum()
    agents = sorted(
        {a for groups in numbers.values() for a, s in groups.items() if s.n}
        | set(given.index.astype("str"))
    )

    def counts(key: str) -> pd.Series:
        return pd.Series([_n(numbers[key].get(a)) for a in agents], dtype="int64")

    talks = [
        [s for key in ("talk_time", "talk_time_outbound") if (s := numbers[key].get(a)) and s.n]
        for a in agents
    ]
    waits = [numbers["time_to_answer"].get(a) for a in agents]
    seconds = pd.Series([sum((s.mean or 0) * s.n for s in of) for of in talks], dtype="float64")
    talked = pd.Series([sum(s.n for s in of) for of in talks], dtype="int64")
    table = pd.DataFrame(
        {
            "agent_id": pd.Series(agents, dtype="str"),
            **{key: counts(key) for key in AGENT_KEYS[:3]},
            "talked": talked,
            "talk_seconds": seconds,
            "talk_mean": (seconds / talked.where(talked.gt(0))).astype("Float64"),
            "time_to_answer": pd.Series([s.value if s else None for s in waits], dtype="Float64"),
            "passed_on": pd.Series([int(given.get(a, 0)) for a in agents], dtype="int64"),
        }
    )
    order = ["calls_answered", "calls_outbound", "agent_id"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def transfers(view: View) -> pd.DataFrame:
    """Calls that were passed on: from whom, to whom, how many; most first.

    Returns:
        `giver` and `taker` (agent ids; `UNASSIGNED` where the vendor does not say) and `calls`.
    """
    selection = select(LISTS["transfers"], view)
    sides = [grouped(by, selection).words for by in ("transferred_by", "transferred_to")]
    pairs = pd.DataFrame(dict(zip(("giver", "taker"), sides, strict=True))).dropna()
    table = pairs.groupby(["giver", "taker"], observed=True).size().rename("calls").reset_index()
    return table.sort_values(
        ["calls", "giver", "taker"], ascending=[False, True, True], ignore_index=True
    )


def recurring_callers(view: View) -> pd.DataFrame:
    """Numbers with two or more calls in the period; anonymous ones are never put together.

    Returns:
        `caller` (a group of `grouping`), `digits`, `contact_name` (the latest known, or
        NA), `calls`, `lost`, `talk_mean` (seconds over the answered ones; NA without any) and
        `last_at`; most calls first, then the latest.
    """
    selection = select(LISTS["calls"], view)
    calls = selection.columns(*CALLER_COLUMNS)
    calls = calls.assign(
        caller=grouped("caller", selection).words.to_numpy(),
        lost=telephony.lost(calls, view.rules, view.tables.now),
        talk=seconds_between(calls["answered_at"], calls["ended_at"]),
    )
    calls = calls.dropna(subset=["caller"]).sort_values(["started_at", "id"])
    found = calls.groupby("caller")
    table = pd.DataFrame(
        {
            "digits": found["digits"].first(),
            "contact_name": found["contact_name"].last(),
            "calls": found.size(),
            "lost": found["lost"].sum(),
            "talk_mean": found["talk"].mean(),
            "last_at": found["started_at"].max(),
        }
    )
    table = table[table["calls"] >= 2].reset_index()
    return table.sort_values(
        ["calls", "last_at", "caller"], ascending=[False, False, True], ignore_index=True
    )


def lost_by_hour(view: View) -> pd.DataFrame:
    """Lost calls per local hour of their start: one line per hour, one column per outcome."""
    selection = select(CATALOG["calls_missed"], view)
    words = telephony.outcome(selection.columns(*CALLER_COLUMNS), view.rules, view.tables.now)
    hours = selection.dates.dt.tz_convert(view.rules.time_zone).dt.hour
    counts = pd.crosstab(hours.to_numpy(), words.to_numpy(dtype="object"))
    return counts.reindex(index=range(24), columns=telephony.LOST, fill_value=0)


@dataclass(frozen=True)
class Peaks:
    """When the telephone rings most.

    Attributes:
        hour: The hour of the day with most calls, and how many a day it has in the mean.
        weekday: The weekday (0 = Monday) with most calls on each of its days, and how many.
    """

    hour: tuple[int, float] | None = None
    weekday: tuple[int, float] | None = None


def occurrences(period: Period, first: date | None, last: date) -> list[int]:
    """How often each weekday, Monday first, lies in the loaded and begun part of the period."""
    counts = [0] * 7
    for number in range(period.days):
        day = period.first_day + timedelta(days=number)
        if day <= last and (first is None or day >= first):
            counts[day.weekday()] += 1
    return counts


def peaks(view: View, happened: list[int]) -> Peaks:
    """The busiest hour and weekday of the inbound calls, by how often each occurs.

    Args:
        view: Which calls.
        happened: `occurrences` of the period.
    """
    selection = select(CATALOG["calls_inbound"], view)
    found = selection.dates[selection.columns("direction")["direction"].eq("inbound")]
    days = sum(happened)
    if not len(found) or not days:
        return Peaks()
    zone = view.rules.time_zone
    hours = np.bincount(found.dt.tz_convert(zone).dt.hour, minlength=24)
    weekdays = np.bincount(local_days(found, zone).dt.day_of_week, minlength=7)
    means = [count / often if often else 0 for count, often in zip(weekdays, happened, strict=True)]
    hour, weekday = int(hours.argmax()), int(np.argmax(means))
    return Peaks((hour, float(hours[hour] / days)), (weekday, float(means[weekday])))


def _n(summary: object) -> int:
    return int(getattr(summary, "n", 0))


def owed(view: View, start: pd.Timestamp) -> pd.DataFrame:
    """Callers we lost in the period whom nobody has talked to since, the oldest first.

    Args:
        view: Which calls may be owed.
        start: Begin of the period.

    Returns:
        As `now.callback_debt`, with `caller` (a group of `grouping`).
    """
    selection = select(LISTS["calls"], view)
    callers = dict(
        zip(selection.columns("id")["id"], grouped("caller", selection).words, strict=True),
    )
    table = now.callback_debt(view.tables, view.rules, start)
    known = np.array([call in callers for call in table["last_call_id"]], dtype=bool)
    table = table[known]
    found = pd.Series([callers[call] for call in table["last_call_id"]], table.index, dtype="str")
    return table.assign(caller=found).reset_index(drop=True)
