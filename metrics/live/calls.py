"""The telephone: per person, passed on, calling again and again, to be called back, busiest."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from metrics.live.current import callback_debt
from metrics.measures.telephony import IS_INBOUND, IS_LOST, LOST, TALK
from metrics.model.catalog import CATALOG
from metrics.model.derived import hour_of
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import Period, midnight
from metrics.model.selection import select
from metrics.model.view import View
from metrics.query.drilldown import LISTS
from metrics.query.report import breakdowns
from metrics.query.usual import counts_by_day_and_hour

AGENT_KEYS = (
    "calls_answered",
    "calls_outbound",
    "calls_outbound_answered",
    "calls_rung",
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
    """What a person did at the telephone.

    `rung` counts calls that rang there and were missed, `talked` those with a talk, in and out.
    """

    id: str
    answered: int
    outbound: int
    outbound_answered: int
    rung: int
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
        counts = (own[key].n if key in own else 0 for key in AGENT_KEYS[:4])
        answered, outbound, taken, rung = counts
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
                rung=rung,
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
    pairs = (
        selection.query.filter(selection.value.is_not_null())
        .group_by(
            giver=pl.col("transferred_by_agent_id").cast(pl.String),
            taker=pl.col("transferred_to_agent_id").cast(pl.String).fill_null(UNASSIGNED),
        )
        .agg(calls=pl.len())
        .sort("calls", "giver", "taker", descending=[True, False, False])
    )
    return [Transfer(**row) for row in pairs.collect().iter_rows(named=True)]


def recurring_callers(view: View) -> list[Caller]:
    """Numbers with two or more calls in the period; anonymous ones are never put together.

    Most calls first, then the latest.
    """
    callers = (
        select(LISTS["calls"], view)
        .query.drop_nulls("digits")
        .sort("started_at", "id")
        .group_by("digits")
        .agg(
            id=pl.col("id").first(),
            name=pl.col("contact_name").drop_nulls().last().fill_null(""),
            calls=pl.len(),
            lost=IS_LOST.sum(),
            talk_mean=TALK.mean(),
            last_at=pl.col("started_at").last(),
        )
        .filter(pl.col("calls") >= 2)
        .sort("calls", "last_at", "id", descending=[True, True, False])
    )
    return [Caller(**row) for row in callers.collect().iter_rows(named=True)]


def lost_by_hour(view: View) -> dict[int, dict[str, int]]:
    """Lost calls of each local hour, by the hour of their start, by outcome."""
    lost = select(CATALOG["calls_missed"], view).query.filter(IS_LOST)
    counts = {hour: dict.fromkeys(LOST, 0) for hour in range(24)}
    counted = lost.group_by(hour_of("started_at").alias("hour"), "outcome").len().collect()
    for hour, outcome, calls in counted.iter_rows():
        counts[hour][outcome] = calls
    return counts


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
    days = sum(days_by_weekday)
    inbound = select(CATALOG["calls_inbound"], view).query.filter(IS_INBOUND)
    counts = counts_by_day_and_hour(inbound, "started_at", view.period)
    if not counts.any() or not days:
        return Peaks()
    hours = counts.sum(axis=0)
    weekdays = [
        counts[(weekday - view.period.first_day.weekday()) % 7 :: 7].sum() for weekday in range(7)
    ]
    means = [
        count / often if often else 0
        for count, often in zip(weekdays, days_by_weekday, strict=True)
    ]
    hour, weekday = int(hours.argmax()), int(np.argmax(means))
    return Peaks((hour, float(hours[hour] / days)), (weekday, float(means[weekday])))


def owed(view: View) -> list[Owed]:
    """Callers we lost in the period whom nobody has talked to since, the oldest first."""
    now = view.tables.now
    start = midnight(view.period.first_day, view.rules.time_zone)
    debts = callback_debt(view.tables, view.rules, start)
    calls = (
        select(CATALOG["calls_missed"], view)
        .query.filter(pl.col("digits").is_in([debt.digits for debt in debts]))
        .sort("started_at", "id")
        .group_by("digits")
        .agg("id")
    )
    chosen = dict(calls.collect().iter_rows())
    return [
        Owed(
            id=chosen[debt.digits][0],
            digits=debt.digits,
            name=debt.contact_name or "",
            since=debt.since,
            waits=(now - debt.since).total_seconds(),
            missed=debt.missed,
            line=debt.line_name or "",
        )
        for debt in debts
        if debt.last_call_id in chosen.get(debt.digits, ())
    ]
