"""What the API tells of staffing: the fair target, and the people of each half-hour of the week."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, create_model

from callbacks.api.answers import Request, Row, format_instant
from callbacks.api.schema import Answer, Dated, Day, Model, Seconds, Share
from callbacks.pages.staffing import figures
from callbacks.pages.staffing.query import Assuming, Crediting
from callbacks.reports.query import Query, SummaryQuery
from callbacks.reports.report_view import list_whole_days
from metrics.model import people
from metrics.model.filters import UNASSIGNED
from metrics.planning import fair_target as planning
from metrics.planning.schedule import HALF_HOURS, WEEKDAYS, Schedule, cover
from metrics.planning.staffing import Plan
from services.files.schedule import load_schedule

OF_CALLS = ("aircall",)
Vendors: Any = {"calls": "aircall", "conversations": "intercom"}


class FairTargetQuery(SummaryQuery, Crediting):
    """Parameters of the fair target."""


class StaffingRequest(Query, Assuming):
    """Parameters of the people of a week, which rests on the last twelve weeks."""


class Counted(Model):
    """The days that counted: loaded ones that have begun."""

    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")


class FairPerson(Model):
    """Somebody with a shift."""

    id: str
    name: str
    status: Literal["member", "outside", "left", "voice"]
    calls: int
    shifts: int
    hours: float
    expected: float
    difference: float
    share: float | None = Field(description="Calls over the expected ones.")


class OtherPerson(Model):
    """Somebody who took calls and has no shift in these days."""

    id: str | None = Field(description="null: nobody is known to have had these calls.")
    name: str | None
    calls: int


class FairTarget(Dated):
    """Answered calls against shifts; `null` and empty lists where Aircall is not read."""

    basis: Literal["shifts", "hours"]
    transfers: bool
    calls: int | None = Field(description="Credited to people with a shift.")
    shifts: int
    hours: float
    per_shift: float | None
    per_hour: float | None
    counted: Counted | None
    holidays: list[Day] = Field(description="Without shifts.")
    people: list[FairPerson]
    others: list[OtherPerson]


class AwayDay(Model):
    """One person on one local day; what nobody observed is in no number."""

    day: Day
    id: str
    name: str
    away_seconds: Seconds = Field(description="In opening times.")
    observed_seconds: Seconds = Field(description="In opening times.")
    whole_day: dict[str, Seconds] = Field(description="Seconds in each state.")


class TimeAway(Dated):
    """How long people were away, by readings a minute apart, kept for as long as the history."""

    until: datetime | None = Field(description="Nothing after that is counted yet.")
    people: list[AwayDay]


class HalfHour(Model):
    """One half-hour of the week."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    starts: str = Field(pattern=r"^\d{2}:\d{2}$", description="By the local clock.")
    arrivals: float | None = Field(description="As assumed; null without such days.")
    handling_seconds: Seconds | None = Field(description="One person's work for each.")
    there: int | None = Field(description="The fewest people who have to be there.")
    needed: int | None = Field(description="On the schedule for that; null: out of reach.")
    scheduled: float
    in_time: Share | None = Field(
        description="What the scheduled people reach; null where they are unstable, or idle."
    )
    mean_wait_seconds: Seconds | None
    occupancy: Share | None
    gives_up: Share | None = Field(description="With `patience` only.")
    unstable: bool = Field(description="As much work arrives as the scheduled people do, or more.")


class StreamAnswer(Model):
    """One kind of work."""

    arrived: int = Field(description="In the history that it rests on.")
    occurrences: list[int] = Field(description="How often each weekday was counted, Monday first.")
    after_call_seconds: Seconds | None = Field(description="In the handling; null: not known.")
    half_hours: list[HalfHour] = Field(description="Of those in which anything happens.")


Staffing = create_model(
    "Staffing",
    __base__=Answer,
    __doc__="The people of each half-hour of a week.",
    schedule_version=(int, Field(description="Rises with every change of the schedule.")),
    streams=(dict[str, StreamAnswer], ...),
)


def fair_target(request: Request, query: FairTargetQuery) -> Row:
    schedule = load_schedule(request.backend.state).schedule
    read = request.is_read("aircall")
    view = request.view(query)
    target = planning.fair_target(
        view,
        schedule,
        transfers=query.transfers is not None,
        basis=query.basis,
        first_day=request.snapshot.history.first_day,
    )
    names = people.names(view.tables, view.rules)
    days = target.days
    return request.dated(query, OF_CALLS) | {
        "basis": query.basis,
        "transfers": query.transfers is not None,
        "calls": target.calls if read else None,
        "shifts": target.shifts,
        "hours": target.hours,
        "per_shift": target.per_shift if read else None,
        "per_hour": target.per_hour if read else None,
        "counted": {"from": str(days.first_day), "to": str(days.last_day)} if days else None,
        "holidays": [str(day) for day in target.holidays],
        "people": [_fair_person(person, names) for person in target.people if read],
        "others": [
            {"id": None, "name": None, "calls": calls}
            if agent == UNASSIGNED
            else {"id": agent, "name": names.get(agent, ("",))[0] or agent, "calls": calls}
            for agent, calls in target.others.items()
            if read
        ],
    }


def _fair_person(person: planning.FairPerson, names: Mapping[str, tuple[str, str]]) -> Row:
    name, status = names.get(person.agent_id, ("", "left"))
    return {
        "id": person.agent_id,
        "name": name or person.agent_id,
        "status": status,
        "calls": person.calls,
        "shifts": person.shifts,
        "hours": person.hours,
        "expected": person.expected,
        "difference": person.difference,
        "share": person.share,
    }


def time_away(request: Request, query: SummaryQuery) -> Row:
    view = request.view(query)
    away = figures.list_time_away(view, request.backend.state)
    return request.dated(query) | {
        "until": format_instant(away.until),
        "people": [
            {
                "day": str(day),
                "id": agent,
                "name": name,
                "away_seconds": spent.away,
                "observed_seconds": spent.observed,
                "whole_day": spent.in_day,
            }
            for day in away.days
            for agent, name in away.people
            if (spent := away.spent.get((agent, day)))
        ],
    }


def staffing(request: Request, query: StaffingRequest) -> Row:
    schedule = load_schedule(request.backend.state).schedule

    def compute() -> Row:
        return {"streams": _streams(request, query, schedule)}

    sources = [Vendors[name] for name in Vendors if query.stream in (name, "both")]
    answer = request.cached("staffing", query, schedule.version, compute=compute)
    return request.envelope(sources) | {"schedule_version": schedule.version} | answer


def _streams(request: Request, query: StaffingRequest, schedule: Schedule) -> Row:
    rules, tables = request.backend.rules, request.snapshot.tables
    days = list_whole_days(request.snapshot, rules)
    works = figures.compute_works(
        query, tables, rules, days, request.filters(query), cover(schedule)
    )
    return {
        name: {
            "arrived": work.demand.total,
            "occurrences": list(work.demand.occurrences),
            "after_call_seconds": work.demand.after_call,
            "half_hours": [
                _half_hour(work.plan, weekday, half, work.demand.occurrences[weekday] > 0)
                for weekday in range(WEEKDAYS)
                for half in range(HALF_HOURS)
                if work.plan.arrivals[weekday, half] or work.plan.scheduled[weekday, half]
            ],
        }
        for name, work in works.items()
    }


def _half_hour(plan: Plan, weekday: int, half: int, known: bool) -> Row:
    flow = plan.flow(weekday, half)
    there, needed = int(plan.there[weekday, half]), int(plan.needed[weekday, half])
    outcome = plan.outcome_with_patience(weekday, half) or plan.outcome(weekday, half)
    shown = outcome if flow.load else None
    return {
        "weekday": weekday,
        "starts": f"{half // 2:02d}:{half % 2 * 30:02d}",
        "arrivals": float(plan.arrivals[weekday, half]) if known else None,
        "handling_seconds": plan.work(weekday, half),
        "there": there if known and there >= 0 else None,
        "needed": needed if known and needed >= 0 else None,
        "scheduled": float(plan.scheduled[weekday, half]),
        "in_time": min(1.0, shown.in_time) if shown else None,
        "mean_wait_seconds": shown.mean_wait if shown else None,
        "occupancy": min(1.0, shown.occupancy) if shown else None,
        "gives_up": shown.gives_up if shown and plan.assumptions.patience else None,
        "unstable": bool(flow.load) and outcome is None,
    }
