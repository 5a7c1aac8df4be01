"""Stocks: how much there is at the instant `now`, whatever the period."""

from datetime import datetime, timedelta
from functools import partial

import polars as pl

from metrics.measures.responsiveness import FIRST_CONTACT_AT
from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.filters import AI_AGENT
from metrics.model.schema import INSTANT
from metrics.model.values import age_band, first_word, ones, seconds_since

RECENT = timedelta(minutes=30)
AVAILABLE = ("available", "in_call", "after_call_work")
# Each band of age begins here and ends where the next begins.
AGES = {
    "<1h": timedelta(0),
    "1-4h": timedelta(hours=1),
    "4-24h": timedelta(hours=4),
    "1-3d": timedelta(days=1),
    "3-7d": timedelta(days=3),
    ">7d": timedelta(days=7),
}
# Channels on which we may write freely for so long after the customer did.
WINDOWED, WINDOW = ("whatsapp", "facebook", "instagram"), timedelta(hours=24)
# What is written is worked on for so long, by nobody.
SETTLING = timedelta(seconds=5)
IS_OPEN = pl.col("state") == "open"
# What the AI agent has for itself waits for nobody of ours.
IS_OURS = pl.col("handled_by") != AI_AGENT
IS_WITH_AI = IS_OPEN & ~IS_OURS
IS_WAITING_FOR_ANYBODY = IS_OPEN & IS_OURS & pl.col("agent_id").is_null()

CUSTOMER_WROTE_AT = pl.coalesce(
    "last_contact_reply_at",
    "first_contact_reply_at",
    pl.when(pl.col("origin") == "customer").then("created_at"),
)
WINDOW_UNTIL = pl.when(pl.col("channel").is_in(WINDOWED)).then(CUSTOMER_WROTE_AT + WINDOW)

_conversations = partial(metric, kind="stock", table="conversations")
_of_people = partial(_conversations, scope="person")


def waiting_seconds(now: datetime) -> pl.Expr:
    """Seconds that each row has been waiting for us; null where it is the customer's turn."""
    return seconds_since(pl.col("waiting_since"), now).clip(lower_bound=0)


def is_ai_stuck(seconds: float, now: datetime) -> pl.Expr:
    """Whether the customer wrote last and the AI agent has not answered for so many seconds.

    Its answers leave `waiting_since` as it is. One that has never answered has left the last word
    to the customer; else it has if nothing happened after that.
    """
    is_last = pl.col("updated_at") <= CUSTOMER_WROTE_AT + SETTLING
    return (
        IS_WITH_AI
        & pl.col("waiting_since").is_not_null()
        & (pl.col("ai_answer").is_null() | is_last)
        & (seconds_since(CUSTOMER_WROTE_AT, now) > seconds)
    )


def reply_seconds_left(rules: Rules, now: datetime) -> pl.Expr:
    """Seconds until the first response is late, negative when it is; null where none is due.

    The same start as `first_response_time`, and all hours: how much of the time was closed the
    vendor says only afterwards.
    """
    is_due = (
        IS_OPEN
        & IS_OURS
        & pl.col("first_admin_reply_at").is_null()
        & pl.col("waiting_since").is_not_null()
    )
    left = rules.first_response_seconds - seconds_since(FIRST_CONTACT_AT, now)
    return pl.when(is_due).then(left)


def reply_due(rules: Rules, now: datetime) -> pl.Expr:
    """overdue, nearly_due (a third of the target is left) or in_time; null for other rows."""
    left = reply_seconds_left(rules, now)
    return first_word(
        {
            "overdue": left < 0,
            "nearly_due": left <= rules.first_response_seconds / 3,
            "in_time": left.is_not_null(),
        }
    )


# Open conversations of a team that nobody has taken.
IS_IN_QUEUE = IS_WAITING_FOR_ANYBODY & pl.col("team_id").is_not_null()
queue = _conversations(
    "queue",
    value=ones(IS_IN_QUEUE),
    better="lower",
    definition="Intercom: state open, a team and no assignee, in scope, not with the AI agent",
)

# No data when nobody waits for us.
longest_wait = _conversations(
    "longest_wait",
    unit="seconds",
    better="lower",
    value=lambda rules, now: pl.when(IS_IN_QUEUE).then(waiting_seconds(now)),
    definition="Intercom: waiting_since of the queue; none after our own reply",
)

unrouted = _conversations(
    "unrouted",
    value=ones(IS_WAITING_FOR_ANYBODY & pl.col("team_id").is_null()),
    better="lower",
    definition="Intercom: state open, neither team nor assignee, not with the AI agent",
    scope="workspace",
)

with_ai_now = _conversations(
    "with_ai_now",
    value=ones(IS_WITH_AI),
    definition="Intercom: state open, ai_agent_participated, nobody assigned, not handed over",
    scope="workspace",
    of_ai_agent=True,
)

open_now = _of_people(
    "open_now",
    value=ones(IS_OPEN),
    better="lower",
    definition="Intercom, state = open; of one person over all teams",
)

snoozed_now = _of_people(
    "snoozed_now",
    value=ones(pl.col("state") == "snoozed"),
    definition="Intercom, state = snoozed; of one person over all teams",
)

backlog_age = _of_people(
    "backlog_age",
    value=ones(IS_OPEN),
    better="lower",
    definition="open now, by age since created_at",
    parts=lambda rules, now: age_band(IS_OPEN, AGES, now),
    part_names=tuple(AGES),
)

arrivals_recent = _conversations(
    "arrivals_recent",
    value=lambda rules, now: ones(pl.col("created_at") > pl.lit(now - RECENT, INSTANT)),
    definition="created in the last 30 minutes, across midnight too",
)

online_text = metric(
    "online_text",
    "stock",
    "agents",
    ones(~pl.col("away")),
    better="higher",
    definition="Intercom: members in scope with away_mode_enabled false",
)

online_voice = metric(
    "online_voice",
    "stock",
    "agents",
    ones(pl.col("voice_status").is_in(AVAILABLE)),
    better="higher",
    sources=("intercom", "aircall"),
    definition="Aircall availability: available, in_call or after_call_work",
)

# Open conversations that nobody has answered yet; the parts say how near the target is.
awaiting_first_response = _conversations(
    "awaiting_first_response",
    better="lower",
    value=lambda rules, now: ones(reply_seconds_left(rules, now).is_not_null()),
    definition="open, waiting for us, no first_admin_reply_at; targets.first_response_seconds",
    parts=reply_due,
    part_names=("overdue", "nearly_due", "in_time"),
)
