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


def seeded_rng(*seed: object) -> random.Random:
    """One for each purpose, so that one does not disturb another."""
    return random.Random(":".join(map(str, seed)))  # noqa: S311  nothing here is secret


class LogNormal:
    """Durations around a median, with the long tail that waiting times have."""

    def __init__(self, median: float, sigma: float) -> None:
        self._quantiles = [median * math.exp(sigma * quantile) for quantile in _QUANTILES]

    def draw(self, rng: random.Random) -> float:
        """By table look-up, since tens of thousands are drawn at the start."""
        return self._quantiles[int(rng.random() * STEPS)]


class WeightedChoice(Generic[T]):
    """`table` holds each value as often as it is drawn."""

    def __init__(self, weighted: Sequence[tuple[T, float]]) -> None:
        self.values = [value for value, _ in weighted]
        total = sum(weight for _, weight in weighted)
        self.table: list[T] = []
        filled = 0.0
        for value, weight in weighted:
            filled += weight / total * STEPS
            self.table += [value] * (round(filled) - len(self.table))

    def draw(self, rng: random.Random) -> T:
        return self.table[int(rng.random() * len(self.table))]


def poisson(rng: random.Random, expected: float) -> int:
    """How many come when so many are expected; by the normal approximation where they are many."""
    if expected > 30:
        return max(0, round(rng.gauss(expected, math.sqrt(expected))))
    limit, product, number = math.exp(-expected), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number
