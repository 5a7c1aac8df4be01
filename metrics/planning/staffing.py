"""How many people each half-hour of the week asks for, and what the scheduled ones make of it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from metrics.planning.demand import Grid
from metrics.planning.erlang import (
    Flow,
    Outcome,
    Target,
    impatient,
    least_people,
    patient,
    with_shrinkage,
)
from metrics.planning.schedule import HALF_HOUR_SECONDS, HALF_HOURS, WEEKDAYS

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Assumptions:
    """What is assumed of the weeks to come, and what is wanted.

    Attributes:
        target: Share in time, what is in time, and how busy people may be.
        volume: How many more arrive than before (0.1 = a tenth more).
        handling: How much longer each takes.
        shrinkage: Share of scheduled time that is not there for customers.
        at_once: How many cases one person works on at a time.
        patience: Mean seconds after which callers give up; None = they never do.
    """

    target: Target
    volume: float = 0.0
    handling: float = 0.0
    shrinkage: float = 0.0
    at_once: float = 1.0
    patience: float | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """A week of half-hours, Monday first; grids are 7 × 48.

    Attributes:
        arrivals: In each half-hour, as assumed.
        handling: Seconds of one person's work for each; NaN where nothing is known.
        scheduled: People on the schedule.
        assumptions: What was assumed.
    """

    arrivals: Grid
    handling: Grid
    scheduled: Grid
    assumptions: Assumptions
    _known: dict[tuple[float, float], int] = field(default_factory=dict, repr=False)

    def flow(self, weekday: int, half: int) -> Flow:
        """What arrives in a half-hour."""
        rate, work = self.arrivals[weekday, half], self.handling[weekday, half]
        return Flow(float(rate) / HALF_HOUR_SECONDS, 0.0 if np.isnan(work) else float(work))

    @cached_property
    def there(self) -> Whole:
        """The fewest people who have to be there; what nobody can reach is -1."""
        found = np.zeros((WEEKDAYS, HALF_HOURS), dtype=np.int64)
        for weekday in range(WEEKDAYS):
            for half in range(HALF_HOURS):
                flow = self.flow(weekday, half)
                if flow.load:
                    found[weekday, half] = self._least(flow)
        return found

    @cached_property
    def needed(self) -> Whole:
        """How many have to be on the schedule for that; -1 where nobody can reach it."""
        away = self.assumptions.shrinkage
        found = [-1 if n < 0 else with_shrinkage(int(n), away) for n in self.there.flat]
        return np.array(found, dtype=np.int64).reshape(WEEKDAYS, HALF_HOURS)

    @property
    def gap(self) -> Grid:
        """Scheduled people above (below: negative) those who are needed."""
        return self.scheduled - self.needed

    def present(self, weekday: int, half: int) -> int:
        """Of the scheduled people, those who can be counted on to be there."""
        there = self.scheduled[weekday, half] * (1 - self.assumptions.shrinkage)
        return int(there + 1e-9)

    def outcome(self, weekday: int, half: int) -> Outcome | None:
        """What the scheduled people make of a half-hour where nobody gives up; None = unstable."""
        people = self.present(weekday, half)
        return patient(self.flow(weekday, half), people, self.assumptions.target.seconds)

    def outcome_with_patience(self, weekday: int, half: int) -> Outcome | None:
        """The same where callers give up; None where no patience is assumed."""
        patience = self.assumptions.patience
        if patience is None:
            return None
        people = self.present(weekday, half)
        flow = self.flow(weekday, half)
        return impatient(flow, people, self.assumptions.target.seconds, patience)

    def _least(self, flow: Flow) -> int:
        key = (flow.rate, flow.handling)
        if key not in self._known:
            found = least_people(flow, self.assumptions.target, self.assumptions.patience)
            self._known[key] = -1 if found is None else found
        return self._known[key]


def plan(arrivals: Grid, handling: Grid, scheduled: Grid, assumptions: Assumptions) -> Plan:
    """The week under assumptions.

    Args:
        arrivals: In each half-hour, by history.
        handling: Seconds of work for each, by history.
        scheduled: People on the schedule in each half-hour.
        assumptions: What is assumed of them.
    """
    return Plan(
        arrivals * (1 + assumptions.volume),
        handling * (1 + assumptions.handling) / assumptions.at_once,
        scheduled,
        assumptions,
    )
