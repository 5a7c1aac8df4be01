"""How fast conversations are answered and closed.

Two clocks, never mixed: all hours, from the timestamps; office hours, Intercom's own statistics,
which leave out closed time. `rules.clock` chooses.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import polars as pl

from metrics.measures.workload import IS_CLOSED
from metrics.model.catalog import metric
from metrics.model.customers import AGAIN, IS_KNOWN
from metrics.model.definitions import Rules
from metrics.model.schema import INSTANT
from metrics.model.values import first_word, flags, seconds_between

STATISTICS = "Intercom, statistics of a conversation: "
CREATED_AT = pl.col("created_at")
IS_REOPENED = pl.col("count_reopens") > 0
# Where the customer never wrote, the clock starts with the conversation.
FIRST_CONTACT_AT = pl.coalesce("first_contact_reply_at", "created_at")

_conversations = partial(metric, table="conversations", dated_by="created_at")


def by_clock(all_hours: pl.Expr, office_hours: pl.Expr) -> Callable[[Rules, datetime], pl.Expr]:
    return lambda rules, now: office_hours if rules.clock == "office" else all_hours


FIRST_RESPONSE = by_clock(
    seconds_between(FIRST_CONTACT_AT, pl.col("first_admin_reply_at")),
    pl.col("time_to_admin_reply_seconds"),
)

# Of conversations that are closed now; closed without a record of it: null.
CLOSE = by_clock(
    pl.when(IS_CLOSED).then(
        pl.coalesce("time_to_close_seconds", seconds_between(CREATED_AT, pl.col("last_close_at")))
    ),
    pl.when(IS_CLOSED).then(pl.col("time_to_last_close_seconds")),
)

FIRST_CLOSE = by_clock(
    seconds_between(CREATED_AT, pl.col("first_close_at")), pl.col("time_to_first_close_seconds")
)


def close_word(rules: Rules, now: datetime) -> pl.Expr:
    """recorded, unrecorded (closed without a record of it) or still_open (snoozed ones too)."""
    return first_word(
        {
            "recorded": CLOSE(rules, now).is_not_null(),
            "unrecorded": IS_CLOSED,
            "still_open": pl.lit(True),
        }
    )


def reopening(rules: Rules, now: datetime) -> pl.Expr:
    seconds = CLOSE(rules, now) - FIRST_CLOSE(rules, now)
    return pl.when((seconds >= 0) & IS_REOPENED).then(seconds)


first_response_time = _conversations(
    "first_response_time",
    "duration",
    value=FIRST_RESPONSE,
    better="lower",
    definition=STATISTICS + "first_admin_reply_at, time_to_admin_reply",
)

time_to_close = _conversations(
    "time_to_close",
    "duration",
    value=CLOSE,
    better="lower",
    definition=STATISTICS + "last_close_at, time_to_last_close",
    parts=close_word,
    part_names=("recorded", "unrecorded", "still_open"),
)

# The gap to `time_to_close` is the price of reopening.
time_to_first_close = _conversations(
    "time_to_first_close",
    "duration",
    value=FIRST_CLOSE,
    better="lower",
    definition=STATISTICS + "first_close_at, time_to_first_close",
)

first_response_within_target = _conversations(
    "first_response_within_target",
    "share",
    better="higher",
    value=lambda rules, now: _in_time(FIRST_RESPONSE(rules, now), rules.first_response_seconds),
    definition="targets.first_response_seconds; a value on the target is in time",
)

close_within_target = _conversations(
    "close_within_target",
    "share",
    better="higher",
    value=lambda rules, now: _in_time(CLOSE(rules, now), rules.close_seconds),
    definition="targets.close_seconds; a value on the target is in time",
)

# Of the closed conversations; null where Intercom does not say.
reopen_rate = _conversations(
    "reopen_rate",
    "share",
    better="lower",
    value=flags(IS_REOPENED, IS_CLOSED & pl.col("count_reopens").is_not_null()),
    definition=STATISTICS + "count_reopens",
)

# Of those that were opened again and are closed: from the first close to the last.
reopen_price = _conversations(
    "reopen_price",
    "duration",
    value=reopening,
    better="lower",
    definition="time_to_close less time_to_first_close, where count_reopens > 0",
)


def _never_again(rules: Rules, now: datetime) -> pl.Expr:
    """Null until the time has passed in which a customer may come again."""
    until = pl.col("last_close_at") + pl.duration(seconds=rules.repeat_contact_seconds)
    is_over = (until <= pl.lit(now, INSTANT)).fill_null(value=False)
    return flags(
        ~(pl.col(AGAIN) <= until).fill_null(value=False), IS_CLOSED & pl.col(IS_KNOWN) & is_over
    )


first_contact_resolution = metric(
    "first_contact_resolution",
    "share",
    "conversations",
    _never_again,
    "closed, by last_close_at: no conversation or call of the same contact id, e-mail or phone "
    "about the same reason within repeat_contact_days; calls have no reason, and count as any",
    dated_by="last_close_at",
    better="higher",
    of_customers=True,
)

sla_hit_rate = _conversations(
    "sla_hit_rate",
    "share",
    better="higher",
    value=flags(pl.col("sla_status") == "hit", pl.col("sla_status").is_in(["hit", "missed"])),
    definition="Intercom, sla_applied.sla_status; active and cancelled stay apart",
    parts=pl.col("sla_status"),
    part_names=("hit", "missed", "active", "cancelled"),
)


def _in_time(seconds: pl.Expr, target: float) -> pl.Expr:
    return flags(seconds <= target, seconds.is_not_null())
