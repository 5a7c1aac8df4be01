"""Tickets of the second line: how many come, are resolved, stay open, and for how long.

They belong to the whole workspace: the teams of the settings are those that talk to customers, and
the second line is seldom one of them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import polars as pl

from metrics.model.catalog import Metric, metric
from metrics.model.definitions import Rules
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.periods import Period
from metrics.model.schema import INSTANT
from metrics.model.values import (
    age_band,
    first_word,
    flags,
    is_true,
    ones,
    seconds_between,
    seconds_since,
)

DAY = timedelta(days=1)
# Each band of age begins here and ends where the next begins.
AGES = {
    "ticket_<1d": timedelta(0),
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

IS_OPEN = is_true("is_open")
EXISTS = ones(pl.col("created_at").is_not_null())
_tickets = partial(metric, table="tickets")


def is_overdue(rules: Rules, now: datetime) -> pl.Expr:
    """Whether each is open and as old as `rules.ticket_age_seconds`, or older."""
    return IS_OPEN & (seconds_since(pl.col("created_at"), now) >= rules.ticket_age_seconds)


def standing(period: Period, rules: Rules) -> pl.Expr:
    """Created in the period, before it (backlog) or after it."""
    first, end = (pl.lit(edge, INSTANT) for edge in period.bounds(rules.time_zone))
    return first_word(
        {
            BACKLOG: pl.col("created_at") < first,
            LATER: pl.col("created_at") >= end,
            IN_PERIOD: pl.lit(True),
        }
    )


def _plain(column: str, nothing: str = EMPTY) -> Callable[[Period, Rules], pl.Expr]:
    return lambda period, rules: pl.col(column).fill_null(nothing)


# Group -> the word of each ticket.
TICKET_WORDS: Mapping[str, Callable[[Period, Rules], pl.Expr]] = {
    CREATOR: _plain("creator_id", UNASSIGNED),
    "standing": standing,
    "ticket_type": _plain("type_name"),
    **{
        name: _plain(name)
        for name in ("state_label", "platform", "severity", "company", "external_state")
    },
}

tickets_created = _tickets(
    "tickets_created",
    "count",
    value=EXISTS,
    dated_by="created_at",
    definition="Intercom tickets in scope (backoffice.ticket_types), by created_at",
)

tickets_resolved = _tickets(
    "tickets_resolved",
    "count",
    value=ones(pl.col("resolved_at").is_not_null() & ~IS_OPEN),
    dated_by="resolved_at",
    better="higher",
    definition="Intercom: state resolved, or closed, by the last change to it",
)

# Of the tickets created in the period.
ticket_completion = _tickets(
    "ticket_completion",
    "share",
    value=flags(~IS_OPEN, pl.col("created_at").is_not_null()),
    dated_by="created_at",
    better="higher",
    definition="of the tickets created in the period, those that are not open now",
)

ticket_resolution_time = _tickets(
    "ticket_resolution_time",
    "duration",
    dated_by="resolved_at",
    better="lower",
    value=pl.when(~IS_OPEN).then(seconds_between(pl.col("created_at"), pl.col("resolved_at"))),
    definition="Intercom: created_at to the last resolution, all hours",
)

tickets_open = _tickets(
    "tickets_open",
    "stock",
    value=ones(IS_OPEN),
    better="lower",
    definition="Intercom: neither resolved nor closed, whatever their age; by age",
    parts=lambda rules, now: age_band(IS_OPEN, AGES, now),
    part_names=tuple(AGES),
)

tickets_overdue = _tickets(
    "tickets_overdue",
    "stock",
    value=lambda rules, now: ones(is_overdue(rules, now)),
    better="lower",
    definition="open for backoffice.age_days or more",
)

# Every ticket that was created in the period, whatever became of it: a list, no number of its own.
EVERY = Metric(
    "tickets",
    "count",
    "tickets",
    EXISTS,
    "Intercom, ticket object",
    "created_at",
    sources=("tickets",),
)
