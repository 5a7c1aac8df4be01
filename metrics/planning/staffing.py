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

    Handling is seconds of one person's work for each arrival; NaN where nothing is known.
    """

    arrivals: Grid
    handling: Grid
    scheduled: Grid
    assumptions: Assumptions
    _known: dict[tuple[float, float], int] = field(default_factory=dict, repr=False)

    def work(self, weekday: int, half: int) -> float | None:
        """Seconds for each arrival; None where nothing is known."""
        seconds = float(self.handling[weekday, half])
        return None if np.isnan(seconds) else seconds

    def flow(self, weekday: int, half: int) -> Flow:
        rate = float(self.arrivals[weekday, half]) / HALF_HOUR_SECONDS
        return Flow(rate, self.work(weekday, half) or 0.0)

    @cached_property
    def there(self) -> Whole:
        """The fewest people who have to be there; what nobody can reach is -1."""
        there = np.zeros((WEEKDAYS, HALF_HOURS), dtype=np.int64)
        for weekday in range(WEEKDAYS):
            for half in range(HALF_HOURS):
                flow = self.flow(weekday, half)
                if flow.load:
                    there[weekday, half] = self._least(flow)
        return there

    @cached_property
    def needed(self) -> Whole:
        """How many have to be on the schedule for that; -1 where nobody can reach it."""
        away = self.assumptions.shrinkage
        needed = [-1 if n < 0 else with_shrinkage(int(n), away) for n in self.there.flat]
        return np.array(needed, dtype=np.int64).reshape(WEEKDAYS, HALF_HOURS)

    def present(self, weekday: int, half: int) -> int:
        """Of the scheduled people, those who can be counted on to be there."""
        there = self.scheduled[weekday, half] * (1 - self.assumptions.shrinkage)
        return int(there + 1e-9)

    def outcome(self, weekday: int, half: int) -> Outcome | None:
        """What the scheduled people make of a half-hour where nobody gives up; None = unstable."""
        people = self.present(weekday, half)
        return patient(self.flow(weekday, half), people, self.assumptions.target.seconds)

    def outcome_with_patience(self, weekday: int, half: int) -> Outcome | None:
        patience = self.assumptions.patience
        if patience is None:
            return None
        people = self.present(weekday, half)
        flow = self.flow(weekday, half)
        return impatient(flow, people, self.assumptions.target.seconds, patience)

    def _least(self, flow: Flow) -> int:
        key = (flow.rate, flow.handling)
        if key not in self._known:
            least = least_people(flow, self.assumptions.target, self.assumptions.patience)
            self._known[key] = -1 if least is None else least
        return self._known[key]


def plan(arrivals: Grid, handling: Grid, scheduled: Grid, assumptions: Assumptions) -> Plan:
    """The week under assumptions; arrivals and handling (seconds) are those of the past."""
    return Plan(
        arrivals * (1 + assumptions.volume),
        handling * (1 + assumptions.handling) / assumptions.at_once,
        scheduled,
        assumptions,
    )
