"""Queues by their formulas: Erlang B, Erlang C, and Erlang A with callers who give up.

All three take that people arrive at random at one rate, that the rate and the time one case takes
hold for the whole stretch, and that whoever is free takes the oldest one. Erlang C knows nobody who
gives up: for short targets it asks for more people than Erlang A, for long ones for fewer, because
who has left was not taken in time. Rates are per second, times in seconds, loads
in erlangs (the people kept busy if nobody ever waited).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# More people than any team of one kind has; a search ends here.
MOST_PEOPLE = 5000
# States that weigh less than this power of e of all others are left out.
NEGLIGIBLE = -46.0
# The wait is integrated piece by piece, each with so many points.
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_MOST_PIECES = 400

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """Arrivals per second, and seconds of work for each."""

    rate: float
    handling: float

    @property
    def load(self) -> float:
        return self.rate * self.handling


@dataclass(frozen=True)
class Outcome:
    """What a number of people makes of a flow.

    Attributes:
        waits: Share of those who do not get somebody at once.
        in_time: Share of all who get somebody within the target.
        mean_wait: Seconds, over all, those who gave up included.
        occupancy: Share of their time that people are busy.
        gives_up: Share of those who leave before anybody took them; 0 in Erlang C.
    """

    waits: float
    in_time: float
    mean_wait: float
    occupancy: float
    gives_up: float = 0.0


@dataclass(frozen=True)
class Target:
    """At least a `share` (0..1) of all in `seconds`, and people `occupancy` (0..1) busy at most."""

    share: float
    seconds: float
    occupancy: float = 1.0


def erlang_b(load: float, people: int) -> float:
    """Share of a load that finds all people busy, where nobody can wait.

    By the recursion over the people, which neither overflows nor cancels.
    """
    if load < 0 or people < 0:
        raise ValueError("neither load nor people can be negative")
    blocked = 1.0
    for number in range(1, people + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, people: int) -> float | None:
    """Share of a load that has to wait, where everybody does; None where the queue only grows."""
    blocked = erlang_b(load, people)
    if load >= people:
        return None
    return people * blocked / (people - load * (1 - blocked))


def patient(flow: Flow, people: int, seconds: float) -> Outcome | None:
    """What becomes of a flow where nobody gives up (Erlang C); None where it is unstable."""
    waits = erlang_c(flow.load, people)
    if waits is None:
        return None
    if not flow.load:
        return Outcome(0.0, 1.0, 0.0, 0.0)
    spare = (people - flow.load) / flow.handling
    return Outcome(
        waits=waits,
        in_time=1 - waits * math.exp(-spare * seconds),
        mean_wait=waits / spare,
        occupancy=flow.load / people,
    )


def impatient(flow: Flow, people: int, seconds: float, patience: float) -> Outcome:
    """What becomes of a flow where callers give up (Erlang A, M/M/n+M); it is always stable.

    The patience is the mean of exponentially spread seconds; without people everybody gives up.
    """
    if patience <= 0:
        raise ValueError("patience must be positive")
    if not flow.load:
        return Outcome(0.0, 1.0, 0.0, 0.0)
    if not people:
        return Outcome(1.0, 0.0, patience, 1.0, 1.0)
    # Against the state in which all but one are busy: the states below it, and those above.
    below = -math.log(erlang_b(flow.load, people - 1))
    above, queue = _log_above(flow, people, patience)
    whole = float(np.logaddexp(below, above))
    mean_wait = math.exp(queue - whole) / flow.rate
    gives_up = min(1.0, mean_wait / patience)
    taken = math.exp(below - whole) + _taken(flow, people, seconds, patience, whole)
    return Outcome(
        waits=math.exp(above - whole),
        in_time=min(1.0, taken),
        mean_wait=mean_wait,
        occupancy=min(1.0, flow.load * (1 - gives_up) / people),
        gives_up=gives_up,
    )


def least_people(flow: Flow, target: Target, patience: float | None = None) -> int | None:
    """The fewest people who reach the target without being busier than is allowed.

    Patience as in `impatient`, None = nobody gives up. None where not even `MOST_PEOPLE` do.
    """
    if not flow.load:
        return 0

    def reaches(people: int) -> bool:
        outcome = (
            patient(flow, people, target.seconds)
            if patience is None
            else impatient(flow, people, target.seconds, patience)
        )
        return (
            outcome is not None
            and outcome.in_time >= target.share
            and outcome.occupancy <= target.occupancy
        )

    low = 0
    high = max(1, math.ceil(flow.load))
    while not reaches(high):
        if high >= MOST_PEOPLE:
            return None
        low, high = high, min(MOST_PEOPLE, high + max(1, high // 2))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def with_shrinkage(people: int, shrinkage: float) -> int:
    """How many must be scheduled where that share of their time is breaks, training, illness."""
    # Against 7.000000001, which would call an eighth.
    return math.ceil(people / (1 - shrinkage) - 1e-9)


def _log_above(flow: Flow, people: int, patience: float) -> tuple[float, float]:
    """Logarithms of the odds of all states in which everybody is busy, and of their queues."""
    service = people / flow.handling
    total = queue = -math.inf
    last, place = 0.0, 0
    while True:
        waiting = np.arange(place, place + 1024)
        leaving = service + waiting / patience
        logs = last + np.cumsum(math.log(flow.rate) - np.log(leaving))
        top = float(logs.max())
        odds = np.exp(logs - top)
        total = float(np.logaddexp(total, top + math.log(odds.sum())))
        queue = float(np.logaddexp(queue, top + math.log((odds * waiting).sum())))
        last, place = float(logs[-1]), place + 1024
        if last < total + NEGLIGIBLE and leaving[-1] > flow.rate:
            return total, queue


def _taken(flow: Flow, people: int, seconds: float, patience: float, whole: float) -> float:
    """Share that waits and is taken in time: the density of the wait, over who is still there."""
    service = people / flow.handling
    pieces = min(_MOST_PIECES, max(4, math.ceil(seconds * service / 4)))
    width = seconds / pieces
    starts = np.arange(pieces)[:, None] * width
    at: Numbers = starts + (np.asarray(_POINTS)[None, :] + 1) / 2 * width
    stayed = flow.rate * patience * -np.expm1(-at / patience)
    logs = math.log(flow.rate) + stayed - service * at - at / patience - whole
    return float((np.exp(logs) * np.asarray(_WEIGHTS)[None, :]).sum() * width / 2)
