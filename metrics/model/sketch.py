"""A histogram of durations whose stretches grow by one percent each: quantiles without the rows.

Whatever lies in a stretch is told within `ACCURACY`. Two sketches become that of all their rows by
adding counts, in any order, so that days make weeks, months and years. Polars counts the stretches
in the pass that sums, which no library of sketches does: those take one value after the other.
"""

import math
from collections.abc import Mapping

import polars as pl

ACCURACY = 0.005
GROWTH = (1 + ACCURACY) / (1 - ACCURACY)
# The stretch of what lasted no time at all; that of a tenth of a millisecond is far above it.
NOTHING = -(2**15)

# Stretch -> rows in it.
Sketch = Mapping[int, int]


def stretch_of(value: pl.Expr) -> pl.Expr:
    place = (value.log() / math.log(GROWTH)).ceil()
    return pl.when(value > 0).then(place).when(value == 0).then(NOTHING).cast(pl.Int16)


def count_stretches(value: pl.Expr) -> pl.Expr:
    """Of one group: a list of structs of `len` and `value`, lowest first."""
    return stretch_of(value).drop_nulls().sort().rle().implode()


def quantile(sketch: Sketch, share: float) -> float | None:
    """Linear between the two rows beside it, as Polars has it; None of no rows."""
    rank = share * (sum(sketch.values()) - 1)
    if rank < 0:
        return None
    low, high = _value_at(sketch, math.floor(rank)), _value_at(sketch, math.ceil(rank))
    return low + (high - low) * (rank % 1)


def _value_at(sketch: Sketch, rank: int) -> float:
    seen = 0
    for place in sorted(sketch):
        seen += sketch[place]
        if seen > rank:
            break
    return 0.0 if place == NOTHING else 2 * GROWTH**place / (GROWTH + 1)
