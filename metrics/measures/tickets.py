"""Tickets of the second line: how many come, are resolved, stay open, and for how long.

They belong to the whole workspace: the teams of the settings are those that talk to customers, and
the second line is seldom one of them.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from metrics.model.catalog import Metric, metric
from metrics.model.definitions import Rules
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.periods import Period
from metrics.model.values import flags, ones, seconds_between

DAY = pd.Timedelta(days=1)
# Each band of age begins here and ends where the next begins.
AGES: Mapping[str, pd.Timedelta] = {
    "ticket_<1d": pd.Timedelta(0),
    "ticket_1-2d": DAY,
    "ticket_2-5d": 2 * DAY,
    "ticket_5-10d": 5 * DAY,
    "ticket_10-30d": 10 * DAY,
    "ticket_>30d": 30 * DAY,
}
STATES = ("submitted", "in_progress", "waiting_on_customer", "resolved")
# Where an open ticket stands to the days that are looked at.
IN_PERIOD, BACKLOG, LATER = "period", "backlog", "later"


CREATOR = "creator"


def is_open(tickets: pd.DataFrame) -> pd.Series:
    return tickets["is_open"].fillna(False).astype(bool)


def is_overdue(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Whether each is open and as old as `rules.ticket_age_seconds`, or older."""
    age = (now - tickets["created_at"]).dt.total_seconds()
    return is_open(tickets) & age.ge(rules.ticket_age_seconds)


def standing(tickets: pd.DataFrame, period: Period, rules: Rules) -> pd.Series:
    """Created in the period, before it (backlog) or after it."""
    first, end = period.bounds(rules.time_zone)
    words = pd.Series(IN_PERIOD, index=tickets.index, dtype="str")
    words = words.mask(tickets["created_at"].lt(first), BACKLOG)
    return words.mask(tickets["created_at"].ge(end), LATER)


def _plain(column: str, nothing: str = EMPTY) -> Callable[[pd.DataFrame, Period, Rules], pd.Series]:
    return lambda tickets, period, rules: tickets[column].astype("str").fillna(nothing)


# Group -> the word of each ticket.
TICKET_WORDS: Mapping[str, Callable[[pd.DataFrame, Period, Rules], pd.Series]] = {
    CREATOR: _plain("creator_id", UNASSIGNED),
    "standing": standing,
    "ticket_type": _plain("type_name"),
    **{
        name: _plain(name)
        for name in ("state_label", "platform", "severity", "company", "external_state")
    },
}


@metric(
    kind="count",
    table="tickets",
    dated_by="created_at",
    unit="count",
    definition="Intercom tickets in scope (backoffice.ticket_types), by created_at",
)
def tickets_created(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Tickets that were created."""
    return ones(tickets["created_at"].notna())


@metric(
    kind="count",
    table="tickets",
    dated_by="resolved_at",
    unit="count",
    better="higher",
    definition="Intercom: state resolved, or closed, by the last change to it",
)
def tickets_resolved(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Tickets that were resolved and are not open again."""
    return ones(tickets["resolved_at"].notna() & ~is_open(tickets))


@metric(
    kind="share",
    table="tickets",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="of the tickets created in the period, those that are not open now",
)
def ticket_completion(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the tickets created in the period, those that are resolved by now."""
    return flags(~is_open(tickets), tickets["created_at"].notna())


@metric(
    kind="duration",
    table="tickets",
    dated_by="resolved_at",
    unit="seconds",
    better="lower",
    definition="Intercom: created_at to the last resolution, all hours",
)
def ticket_resolution_time(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """From the creation of each resolved ticket to its last resolution."""
    return seconds_between(tickets["created_at"], tickets["resolved_at"]).where(~is_open(tickets))


def age_band(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    age = now - tickets["created_at"]
    words = pd.Series(next(iter(AGES)), index=tickets.index, dtype="str")
    for band, least in list(AGES.items())[1:]:
        words = words.mask(age.ge(least), band)
    return words.where(is_open(tickets))


@metric(
    kind="stock",
    table="tickets",
    unit="count",
    better="lower",
    definition="Intercom: neither resolved nor closed, whatever their age; by age",
    parts=age_band,
    part_names=tuple(AGES),
)
def tickets_open(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Tickets that are open now; the parts are bands of age."""
    return ones(is_open(tickets))


@metric(
    kind="stock",
    table="tickets",
    unit="count",
    better="lower",
    definition="open for backoffice.age_days or more",
)
def tickets_overdue(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Tickets that have been open for too long."""
    return ones(is_overdue(tickets, rules, now))


def _every(tickets: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return ones(tickets["created_at"].notna())


# Every ticket that was created in the period, whatever became of it: a list, no number of its own.
EVERY = Metric(
    "tickets",
    "count",
    "tickets",
    "created_at",
    "count",
    None,
    ("tickets",),
    "Intercom, ticket object",
    _every,
)
