"""How durations are spread: a few buckets whose edges people know by heart."""

from dataclasses import dataclass

import polars as pl

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


def buckets(seconds: pl.Series) -> list[Bucket]:
    """How many rows each bucket has; empty ones at both ends are left out, null rows too."""
    known = seconds.drop_nulls().sort()
    below = [known.search_sorted(edge, side="left") for edge in EDGES]
    counts = [end - start for start, end in zip(below, [*below[1:], len(known)], strict=True)]
    used = [place for place, count in enumerate(counts) if count]
    if not used:
        return []
    ends = (*EDGES[1:], None)
    return [
        Bucket(EDGES[place], ends[place], counts[place]) for place in range(used[0], used[-1] + 1)
    ]
