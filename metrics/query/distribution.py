"""How durations are spread: a few buckets whose edges people know by heart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Each bucket is a few times as wide as the one before: waits differ by orders of magnitude.
EDGES = (0, 60, 300, 900, 1800, 3600, 14400, 28800, 86400, 259200, 604800)


@dataclass(frozen=True)
class Bucket:
    """Rows that last from `low` to just below `high` seconds; a `high` of None is no end."""

    low: int
    high: int | None
    count: int

    @property
    def key(self) -> str:
        """The range as `metrics.query.drilldown` reads it: `300..900`."""
        return f"{self.low}..{'' if self.high is None else self.high}"


def buckets(seconds: pd.Series) -> list[Bucket]:
    """How many rows each bucket has; empty ones at both ends are left out, NA rows too."""
    known = seconds.dropna().to_numpy(dtype="float64")
    places = np.searchsorted(EDGES, known, side="right") - 1
    counts = np.bincount(places[places >= 0], minlength=len(EDGES))
    used = np.flatnonzero(counts)
    if not len(used):
        return []
    ends = (*EDGES[1:], None)
    return [
        Bucket(EDGES[place], ends[place], int(counts[place]))
        for place in range(int(used[0]), int(used[-1]) + 1)
    ]
