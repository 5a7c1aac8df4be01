"""What a watch over the day tells: counts since an instant, and how the queue has been today."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from metrics.measures.stocks import IS_OURS
from metrics.measures.workload import IS_CLOSED
from metrics.model.catalog import Metric
from metrics.model.derived import day_of
from metrics.model.periods import Period, today
from metrics.model.schema import INSTANT
from metrics.model.selection import agent_of, select, select_conversations
from metrics.model.summary import Summary, empty_summary, summarise
from metrics.model.tables import Tables
from metrics.model.view import View


@dataclass(frozen=True)
class Wait:
    seconds: float
    since: datetime


def evaluate_since(metric: Metric, view: View, start: datetime) -> Summary:
    """The metric's number over the rows dated from `start` on, up to the end of today.

    The metric is dated; its parts are not told, and the view's period is not looked at.
    """
    zone = view.rules.time_zone
    days = Period(today(start, zone), max(today(start, zone), today(view.tables.now, zone)))
    selection = select(metric, view.with_period(days))
    if selection.gap is not None:
        return empty_summary(metric, selection.gap)
    is_since = pl.col(selection.dated_by) >= pl.lit(start, INSTANT)
    return summarise(
        metric, selection.query.filter(is_since).select(selection.value).collect()[metric.key]
    )


def quiet_since(view: View) -> datetime | None:
    """The instant at which the last conversation left the queue; None if none ever did.

    A conversation leaves it with its first assignment. Unassigned ones leave it when they are
    closed, and wait for the customer from our last reply on.
    """
    ended = _assigned_closed_or_answered_at(view.tables)
    past = ended.filter(ended <= pl.lit(view.tables.now, INSTANT))
    last: datetime | None = (
        select_conversations(view).filter(IS_OURS).select(past.max()).collect().item()
    )
    return last


def longest_wait_of(day: date, view: View) -> Wait | None:
    """The longest wait that a conversation of that day had in the queue, if any has left it.

    It lasts from the creation to the first assignment or reply. What we started ourselves never
    waited for us.
    """
    created = pl.col("created_at")
    ended = pl.min_horizontal(_assigned_closed_or_answered_at(view.tables), "first_admin_reply_at")
    is_started_by_us = pl.col("origin") == "teammate"
    waits = (
        select_conversations(view)
        .filter((day_of("created_at") == day) & IS_OURS & ~is_started_by_us)
        .select((ended - created).dt.total_seconds().alias("seconds"), created)
        .drop_nulls("seconds")
        .sort("seconds", descending=True, maintain_order=True)
        .first()
        .collect()
    )
    return next((Wait(max(0.0, float(seconds)), at) for seconds, at in waits.iter_rows()), None)


def _assigned_closed_or_answered_at(tables: Tables) -> pl.Expr:
    """When each row left the queue; null for those that are in it."""
    answered = pl.when(pl.col("waiting_since").is_null()).then("last_admin_reply_at")
    return (
        pl.when(agent_of(tables).is_not_null())
        .then("first_assignment_at")
        .when(IS_CLOSED)
        .then("last_close_at")
        .otherwise(answered)
    )
