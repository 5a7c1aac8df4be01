"""The telephone: per person, passed on, calling again and again, to be called back, busiest."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from metrics.live.current import callback_debt
from metrics.measures import telephony
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period, local_days, midnight
from metrics.model.selection import select
from metrics.model.values import number_or_none, seconds_between, word
from metrics.model.view import View
from metrics.query.drilldown import LISTS
from metrics.query.grouping import group_rows
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


@dataclass(frozen=True)
class Transfer:
    """Calls that one person passed on to another; `UNASSIGNED` where the vendor does not say."""

    giver: str
    taker: str
    calls: int


@dataclass(frozen=True)
class AgentCalls:
    """What a person did at the telephone; `talked` counts calls with a talk, in and out."""

    id: str
    answered: int
    outbound: int
    outbound_answered: int
    talked: int
    talk_seconds: float
    talk_mean: float | None
    time_to_answer: float | None
    passed: tuple[Transfer, ...]

    @property
    def passed_on(self) -> int:
        return sum(transfer.calls for transfer in self.passed)


@dataclass(frozen=True)
class Caller:
    """A number that called more than once; `id` is that of its first call, `name` the latest."""

    id: str
    digits: str
    name: str
    calls: int
    lost: int
    talk_mean: float | None
    last_at: datetime


@dataclass(frozen=True)
class Owed:
    """Somebody to call back; `waits` in seconds since the first of the lost calls still owed."""

    id: str
    digits: str
    name: str
    since: datetime
    waits: float
    missed: int
    line: str


def agent_calls(view: View) -> list[AgentCalls]:
    """The people who had calls, most answered first."""
    groups = breakdowns([CATALOG[key] for key in AGENT_KEYS], "agent", view)
    numbers = {key: {group.key: group.summary for group in groups[key]} for key in AGENT_KEYS}
    passed: dict[str, list[Transfer]] = {}
    for transfer in transfers(view):
        passed.setdefault(transfer.giver, []).append(transfer)
    agents = {a for by_agent in numbers.values() for a, number in by_agent.items() if number.n}
    rows = []
    for agent in agents | set(passed):
        own = {key: numbers[key][agent] for key in AGENT_KEYS if agent in numbers[key]}
        answered, outbound, taken = (own[key].n if key in own else 0 for key in AGENT_KEYS[:3])
        talks = [own[key] for key in ("talk_time", "talk_time_outbound") if key in own]
        talks = [talk for talk in talks if talk.n]
        talked = sum(talk.n for talk in talks)
        seconds = sum(((talk.mean or 0) * talk.n for talk in talks), start=0.0)
        rows.append(
            AgentCalls(
                id=agent,
                answered=answered,
                outbound=outbound,
                outbound_answered=taken,
                talked=talked,
                talk_seconds=seconds,
                talk_mean=seconds / talked if talked else None,
                time_to_answer=own["time_to_answer"].value if "time_to_answer" in own else None,
                passed=tuple(passed.get(agent, ())),
            )
        )
    return sorted(rows, key=lambda row: (-row.answered, -row.outbound, row.id))


def transfers(view: View) -> list[Transfer]:
    """Calls that were passed on, by pair; most first."""
    selection = select(LISTS["transfers"], view)
    sides = [group_rows(by, selection).words for by in ("transferred_by", "transferred_to")]
    pairs = pd.DataFrame(dict(zip(("giver", "taker"), sides, strict=True))).dropna()
    counts = pairs.value_counts()
    rows = [Transfer(str(giver), str(taker), int(n)) for (giver, taker), n in counts.items()]
    return sorted(rows, key=lambda transfer: (-transfer.calls, transfer.giver, transfer.taker))


def recurring_callers(view: View) -> list[Caller]:
    """Numbers with two or more calls in the period; anonymous ones are never put together.

    Most calls first, then the latest.
    """
    selection = select(LISTS["calls"], view)
    calls = selection.columns(*CALLER_COLUMNS)
    calls = calls.assign(
        caller=group_rows("caller", selection).words.to_numpy(),
        lost=telephony.lost(calls, view.rules, view.tables.now),
        talk=seconds_between(calls["answered_at"], calls["ended_at"]),
    )
    calls = calls.dropna(subset=["caller"]).sort_values(["started_at", "id"])
    by_caller = calls.groupby("caller")
    table = pd.DataFrame(
        {
            "digits": by_caller["digits"].first(),
            "contact_name": by_caller["contact_name"].last(),
            "calls": by_caller.size(),
            "lost": by_caller["lost"].sum(),
            "talk_mean": by_caller["talk"].mean(),
            "last_at": by_caller["started_at"].max(),
        }
    )
    table = table[table["calls"] >= 2].reset_index()
    table = table.sort_values(["calls", "last_at", "caller"], ascending=[False, False, True])
    return [
        Caller(
            id=str(row["caller"]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            calls=int(row["calls"]),
            lost=int(row["lost"]),
            talk_mean=number_or_none(row["talk_mean"]),
            last_at=row["last_at"].to_pydatetime(),
        )
        for row in table.to_dict("records")
    ]


def lost_by_hour(view: View) -> pd.DataFrame:
    """Lost calls per local hour of their start: one line per hour, one column per outcome."""
    selection = select(CATALOG["calls_missed"], view)
    words = telephony.outcome(selection.columns(*CALLER_COLUMNS), view.rules, view.tables.now)
    hours = selection.dates.dt.tz_convert(view.rules.time_zone).dt.hour
    counts = pd.crosstab(hours.to_numpy(), words.to_numpy(dtype="object"))
    return counts.reindex(index=range(24), columns=telephony.LOST, fill_value=0)


@dataclass(frozen=True)
class Peaks:
    """The hour and the weekday (0 = Monday) that ring most, each with its mean number of calls."""

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


def peaks(view: View, days_by_weekday: list[int]) -> Peaks:
    """The busiest hour and weekday of the inbound calls, by the `occurrences` of the weekdays."""
    selection = select(CATALOG["calls_inbound"], view)
    starts = selection.dates[selection.columns("direction")["direction"].eq("inbound")]
    days = sum(days_by_weekday)
    if not len(starts) or not days:
        return Peaks()
    zone = view.rules.time_zone
    hours = np.bincount(starts.dt.tz_convert(zone).dt.hour, minlength=24)
    weekdays = np.bincount(local_days(starts, zone).dt.day_of_week, minlength=7)
    means = [
        count / often if often else 0
        for count, often in zip(weekdays, days_by_weekday, strict=True)
    ]
    hour, weekday = int(hours.argmax()), int(np.argmax(means))
    return Peaks((hour, float(hours[hour] / days)), (weekday, float(means[weekday])))


def owed(view: View) -> list[Owed]:
    """Callers we lost in the period whom nobody has talked to since, the oldest first."""
    selection = select(LISTS["calls"], view)
    calls = selection.columns("id")["id"]
    callers = dict(zip(calls, group_rows("caller", selection).words, strict=True))
    start = pd.Timestamp(midnight(view.period.first_day, view.rules.time_zone))
    now = view.tables.now
    return [
        Owed(
            id=str(callers[row["last_call_id"]]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            since=row["since"].to_pydatetime(),
            waits=float((now - row["since"]).total_seconds()),
            missed=int(row["missed"]),
            line=word(row["line_name"]),
        )
        for row in callback_debt(view.tables, view.rules, start).to_dict("records")
        if row["last_call_id"] in callers
    ]
