"""Where the queue is heading: what the rest of the day would make of it, told by earlier days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.measures.stocks import IS_OURS, IS_WAITING_FOR_ANYBODY
from metrics.model.definitions import Rules
from metrics.model.office_hours import is_open_at, openings
from metrics.model.periods import today
from metrics.model.selection import select_conversations
from metrics.model.view import View
from metrics.query.usual import WEEKDAYS_MINIMUM

WEEKS = 12
STEP = timedelta(minutes=30)


@dataclass(frozen=True)
class Projection:
    """The queue at closing time: tenth to ninetieth percentile of `days` earlier days."""

    closing: datetime
    low: int
    high: int
    days: int


def queue_at_closing(view: View, *, first_day: date | None = None) -> Projection | None:
    """Where the queue would stand at closing time if the rest of today went as on earlier days.

    Each day of the same weekday in the last `WEEKS` weeks is played over today's queue: half hour
    by half hour, from the present time of day to closing time, its arrivals are added and what left
    the queue is taken off, never below none. The tenth to ninetieth percentile of the ends is told.

    It assumes that today goes on like the same weekday before: as many arrivals, and a team that
    takes as many as it took then. Arrivals and taking stay together, because a day of many arrivals
    is one of much taking too. On quiet days nobody could take more than there was, so a queue that
    is longer than usual may be worked off faster than is told. Who comes back to the queue after an
    assignment is not foreseen, because the vendor keeps only the first one.

    Args:
        view: Of a version whose source is fresh.
        first_day: First day of the loaded history; None = it is not whole yet.

    Returns:
        None outside the opening times, in the last half hour of them, and with fewer than
        `WEEKDAYS_MINIMUM` earlier days on which the office was open.
    """
    rules = view.rules
    now = view.tables.now
    day = today(now, rules.time_zone)
    hours = openings(day, rules)
    if not hours or not is_open_at(now, rules):
        return None
    closing = max(end for _, end in hours)
    if closing - now < STEP:
        return None
    past_edges = [_edges(now, past, rules) for past in _comparable(day, first_day, rules)]
    if len(past_edges) < WEEKDAYS_MINIMUM:
        return None
    waiting, came, left = _moves(view, int(min(edges[0] for edges in past_edges)))
    ends = []
    for edges in past_edges:
        changes = np.diff(np.searchsorted(came, edges)) - np.diff(np.searchsorted(left, edges))
        ends.append(_play(waiting, changes.tolist()))
    low, high = np.quantile(ends, [0.1, 0.9])
    return Projection(closing, int(np.floor(low)), int(np.ceil(high)), len(ends))


def _moves(view: View, since: int) -> tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Who waits now; and, in order, when who came and left since then; unix seconds.

    One leaves the queue with the first assignment, or unassigned with the last close. Where an
    assigned one has no date of it, somebody had it from the beginning.
    """
    created = pl.col("created_at")
    gone = pl.when(pl.col("state") != "open").then(pl.coalesce("last_close_at", "updated_at"))
    taken = pl.coalesce("first_assignment_at", created)
    left = pl.when(pl.col("agent_id").is_not_null()).then(taken).otherwise(gone)
    moments = [
        instant.dt.epoch("s").alias(name) for name, instant in (("came", created), ("left", left))
    ]
    rows = (
        select_conversations(view)
        .filter(IS_OURS)
        .select(
            IS_WAITING_FOR_ANYBODY.sum().alias("waiting"),
            *(moment.filter(moment >= since).sort().implode() for moment in moments),
        )
    )
    row = rows.collect()
    return row["waiting"].item(), row["came"].item().to_numpy(), row["left"].item().to_numpy()


def _comparable(day: date, first_day: date | None, rules: Rules) -> list[date]:
    """The same weekday of earlier weeks, where it is loaded and the office was open."""
    earlier = (day - timedelta(weeks=number) for number in range(1, WEEKS + 1))
    known = (past for past in earlier if first_day is not None and past >= first_day)
    return [past for past in known if openings(past, rules)]


def _edges(now: datetime, day: date, rules: Rules) -> npt.NDArray[np.int64]:
    """The half hours from the present time of day on to that day's closing, as unix seconds."""
    clock = now.astimezone(rules.time_zone).timetz()
    begin = int(datetime.combine(day, clock).timestamp())
    end = int(max(end for _, end in openings(day, rules)).timestamp())
    return np.array([*range(begin, end, int(STEP.total_seconds())), end])


def _play(waiting: int, changes: Sequence[int]) -> int:
    for change in changes:
        waiting = max(0, waiting + change)
    return waiting
