"""What the staffing page draws: the needed people, the scheduled ones, and what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from layouts.components.metric_info import MetricInfo
from metrics.planning.adherence import Adherence
from metrics.planning.demand import Demand, Grid
from metrics.planning.fair_target import FairPerson, FairTarget
from metrics.planning.staffing import Plan, Whole
from metrics.planning.time_away import Spent

PAGE, PATH = "staffing", "/staffing"
Stream = Literal["calls", "conversations"]
Heat = Literal["needed", "scheduled", "gap"]


@dataclass(frozen=True, eq=False)
class Work:
    demand: Demand
    plan: Plan
    target_seconds: float


@dataclass(frozen=True)
class FairLine(FairPerson):
    name: str
    is_gone: bool


@dataclass(frozen=True)
class PresenceLine(Adherence):
    name: str


@dataclass(frozen=True)
class TimeAway:
    """What people were seen doing on the days of which totals were kept.

    Attributes:
        people: (id, name), by name.
        spent: (id, day) -> what is known of them.
        until: Nothing after that is in the totals yet.
    """

    days: Sequence[date] = ()
    people: Sequence[tuple[str, str]] = ()
    spent: Mapping[tuple[str, date], Spent] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, eq=False)
class Staffing:
    """Everything on the page.

    Attributes:
        scheduled: People on the schedule in each half-hour, 7 × 48.
        needed: People needed for all kinds together; -1 where nobody can reach the target.
        level: mean or p90.
        online: People seen there in each half-hour of that weekday; NaN where nobody was read.
        others: (person, calls) without a shift.
        transfers: Whether passed-on calls count for everybody.
        basis: What calls are expected by: shifts or hours.
    """

    works: Mapping[Stream, Work]
    scheduled: Grid
    needed: Whole
    has_schedule: bool
    has_calls: bool
    stream: str
    heat: Heat
    level: str
    day: int
    online: Grid
    online_days: int
    fair: FairTarget
    fair_lines: Sequence[FairLine]
    others: Sequence[tuple[str, str, int]]
    transfers: bool
    basis: str
    presence: Sequence[PresenceLine]
    presence_days: Sequence[date]
    away: TimeAway
    infos: Mapping[str, MetricInfo]

    @property
    def main(self) -> Work:
        """The kind of work whose numbers stand beside the people."""
        return next(iter(self.works.values()))

    def is_known(self, weekday: int) -> bool:
        """Whether any day of that name was counted; else nobody knows what it needs."""
        return all(work.demand.occurrences[weekday] for work in self.works.values())

    @property
    def halves(self) -> range:
        """Those of the day in which anybody is needed or scheduled, on any weekday."""
        used = ((self.needed != 0) | (self.scheduled > 0)).any(axis=0).nonzero()[0]
        return range(int(used[0]), int(used[-1]) + 1) if len(used) else range(0)

    @property
    def day_halves(self) -> range:
        """The same of the weekday that is drawn: from its first half-hour with anything on."""
        day = self.day
        arrive = sum(work.plan.arrivals[day] for work in self.works.values()) > 0
        used = arrive | (self.needed[day] != 0) | (self.scheduled[day] > 0) | (self.online > 0)
        places = used.nonzero()[0]
        return range(int(places[0]), int(places[-1]) + 1) if len(places) else range(0)


@dataclass(frozen=True)
class ScheduleRow:
    """One person in the grid.

    Attributes:
        status: member, outside, left or voice; empty where nobody remembers them.
        saved: The shifts of seven days as they are kept, as text.
    """

    agent_id: str
    name: str
    status: str
    saved: Sequence[str]
    shown: Sequence[str]
    minutes: int


@dataclass(frozen=True)
class Roster:
    """`version` is 0 while there is none yet; `file` names one that was read and not saved."""

    rows: Sequence[ScheduleRow] = field(default_factory=tuple)
    version: int = 0
    by: str = ""
    at: datetime | None = None
    file: str = ""
