"""The fair target: whether each person took the calls that their own shifts would let expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import Period, today
from metrics.model.selection import chosen_people
from metrics.model.view import View
from metrics.planning.schedule import Schedule, shifts_of
from metrics.query.report import breakdown

Basis = Literal["shifts", "hours"]


@dataclass(frozen=True)
class FairPerson:
    """Somebody with a shift; `share` is calls / expected, None where none are expected."""

    agent_id: str
    calls: int
    shifts: int
    hours: float
    expected: float

    @property
    def difference(self) -> float:
        return self.calls - self.expected

    @property
    def share(self) -> float | None:
        return self.calls / self.expected if self.expected > 0 else None


@dataclass(frozen=True, eq=False)
class FairTarget:
    """Answered calls against shifts.

    Attributes:
        people: Most calls over the expected first.
        others: The calls of those without a shift, most first; of nobody under `UNASSIGNED`.
        calls: Calls credited to the people with a shift: a transferred call may count for two.
        per_shift: None without shifts, as `per_hour`.
        days: The days that counted; holidays among them have no shifts.
    """

    people: tuple[FairPerson, ...]
    others: Mapping[str, int]
    calls: int
    shifts: int
    hours: float
    per_shift: float | None
    per_hour: float | None
    days: Period | None
    holidays: tuple[date, ...] = ()


def fair_target(
    view: View,
    schedule: Schedule,
    *,
    transfers: bool = False,
    basis: Basis = "shifts",
    first_day: date | None = None,
) -> FairTarget:
    """Answered calls of scheduled people over their shifts, and what that makes for each of them.

    Only shifts that have begun count, and only days that are loaded: days to come, and days whose
    calls are not known, would make everybody look idle. Calls of holidays count like any others.

    Args:
        view: Which calls; its people are those who are told.
        transfers: Whether a call counts for who passed it on and who took it over too; else only
            for who had it.
        basis: Whether each shift lets expect as much as any other, or each hour of them.
        first_day: First day of the loaded history; None = nothing is known of it.
    """
    period = _known(view, first_day)
    counts = _calls(view.with_period(period or view.period), transfers)
    seconds = _shift_seconds(view, schedule, period)
    calls = sum(counts.get(agent, 0) for agent in seconds)
    shifts, hours = sum(map(len, seconds.values())), sum(map(sum, seconds.values())) / 3600
    per_shift, per_hour = (calls / whole if whole else None for whole in (shifts, hours))
    people = []
    for agent, own in seconds.items():
        own_hours = sum(own) / 3600
        by_basis = len(own) * (per_shift or 0) if basis == "shifts" else own_hours * (per_hour or 0)
        people.append(FairPerson(agent, counts.get(agent, 0), len(own), own_hours, by_basis))
    holidays = view.rules.holidays.intersection(period.dates) if period else ()
    return FairTarget(
        people=tuple(sorted(people, key=lambda person: (-person.difference, person.agent_id))),
        others={agent: count for agent, count in counts.items() if agent not in seconds},
        calls=calls,
        shifts=shifts,
        hours=hours,
        per_shift=per_shift,
        per_hour=per_hour,
        days=period,
        holidays=tuple(sorted(holidays)),
    )


def _known(view: View, first_day: date | None) -> Period | None:
    """The days of the period that are loaded and have begun."""
    first = max(view.period.first_day, first_day or view.period.first_day)
    last = min(view.period.last_day, today(view.tables.now, view.rules.time_zone))
    return Period(first, last) if first <= last else None


def _shift_seconds(view: View, schedule: Schedule, period: Period | None) -> dict[str, list[float]]:
    """Person -> how long each shift is that has begun."""
    chosen = chosen_people(view)
    seconds: dict[str, list[float]] = {}
    for shift in shifts_of(schedule, period, view.rules) if period else ():
        if shift.start <= view.tables.now and (chosen is None or shift.agent_id in chosen):
            seconds.setdefault(shift.agent_id, []).append(shift.seconds)
    return seconds


def _calls(view: View, transfers: bool) -> dict[str, int]:
    """Person -> answered calls, most first."""
    chosen = chosen_people(view)
    groups = breakdown(CATALOG["calls_answered"], "agent" if transfers else "user", view)
    counts = {group.key: group.summary.n for group in groups if group.summary.n}
    told = [agent for agent in counts if chosen is None or agent in chosen]
    told.sort(key=lambda agent: (-counts[agent], agent == UNASSIGNED, agent))
    return {agent: counts[agent] for agent in told}
