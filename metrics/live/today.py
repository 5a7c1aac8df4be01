"""What a watch over the day tells: counts since an instant, and how the queue has been today."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from metrics.model.catalog import Metric
from metrics.model.periods import Period, today, within
from metrics.model.selection import agent_of, select_conversations
from metrics.model.summary import Summary, summarise
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.query.report import select_population


@dataclass(frozen=True)
class Wait:
    seconds: float
    since: pd.Timestamp


def evaluate_since(metric: Metric, view: View, start: pd.Timestamp) -> Summary:
    """The metric's number over the rows dated from `start` on, up to the end of today.

    The metric is dated; its parts are not told, and the view's period is not looked at.
    """
    zone = view.rules.time_zone
    days = Period(today(start, zone), max(today(start, zone), today(view.tables.now, zone)))
    rows, values = select_population(metric, view.with_period(days))
    assert metric.dated_by is not None
    return summarise(metric, values[rows[metric.dated_by].ge(start)])


def quiet_since(view: View) -> pd.Timestamp | None:
    """The instant at which the last conversation left the queue; None if none ever did.

    A conversation leaves it with its first assignment. Unassigned ones leave it when they are
    closed, and wait for the customer from our last reply on.
    """
    ended = _assigned_closed_or_answered_at(select_conversations(view), view.tables)
    ended = ended[ended.le(view.tables.now)]
    return None if ended.empty else ended.max()


def longest_wait_of(day: date, view: View) -> Wait | None:
    """The longest wait that a conversation of that day had in the queue, if any has left it.

    It lasts from the creation to the first assignment or reply. What we started ourselves never
    waited for us.
    """
    rows = select_conversations(view)
    rows = rows[within(rows["created_at"], Period(day, day), view.rules.time_zone)]
    rows = rows[rows["origin"].ne("teammate").fillna(True)]
    ended = pd.concat(
        [_assigned_closed_or_answered_at(rows, view.tables), rows["first_admin_reply_at"]], axis=1
    ).min(axis=1)
    waited = (ended - rows["created_at"]).dt.total_seconds().dropna()
    if waited.empty:
        return None
    longest = waited.idxmax()
    return Wait(max(0.0, float(waited[longest])), rows.at[longest, "created_at"])


def _assigned_closed_or_answered_at(rows: pd.DataFrame, tables: Tables) -> pd.Series:
    """When each row left the queue; NaT for those that are in it."""
    taken = agent_of(rows, tables, None).notna()
    answered = rows["last_admin_reply_at"].where(rows["waiting_since"].isna())
    unassigned = rows["last_close_at"].where(rows["state"].eq("closed"), answered)
    return rows["first_assignment_at"].where(taken, unassigned)
