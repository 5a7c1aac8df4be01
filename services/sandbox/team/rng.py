"""Chance that is cheap and the same for the same seed."""

import math
import random
from collections.abc import Sequence
from statistics import NormalDist
from typing import Generic, TypeVar

T = TypeVar("T")

STEPS = 1024
_BELL = NormalDist()
_QUANTILES = [_BELL.inv_cdf((step + 0.5) / STEPS) for step in range(STEPS)]


def generator(*seed: object) -> random.Random:
    """A generator of its own for each purpose, so that one does not disturb another."""
    return random.Random(":".join(map(str, seed)))  # noqa: S311  nothing here is secret


class Spread:
    """Durations around a median, with the long tail that waiting times have."""

    def __init__(self, median: float, sigma: float) -> None:
        self._values = [median * math.exp(sigma * quantile) for quantile in _QUANTILES]

    def draw(self, chance: random.Random) -> float:
        """One of them; a table look-up, since tens of thousands are drawn at the start."""
        return self._values[int(chance.random() * STEPS)]


class Urn(Generic[T]):
    """Things that are drawn more or less often.

    Attributes:
        things: Each once.
        table: Each as often as it is drawn.
    """

    def __init__(self, weighted: Sequence[tuple[T, float]]) -> None:
        self.things = [thing for thing, _ in weighted]
        total = sum(weight for _, weight in weighted)
        self.table: list[T] = []
        carried = 0.0
        for thing, weight in weighted:
            carried += weight / total * STEPS
            self.table += [thing] * (round(carried) - len(self.table))

    def draw(self, chance: random.Random) -> T:
        """One of them."""
        return self.table[int(chance.random() * len(self.table))]


def count(chance: random.Random, expected: float) -> int:
    """How many come when so many are expected."""
    if expected > 30:
        return max(0, round(chance.gauss(expected, math.sqrt(expected))))
    limit, product, found = math.exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        found += 1
    return found
