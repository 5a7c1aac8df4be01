"""Stocks: how much there is at the instant `now`, whatever the period."""

import pandas as pd

from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.values import ones

RECENT = pd.Timedelta(minutes=30)
AVAILABLE = ("available", "in_call", "after_call_work")
# Each band of age begins here and ends where the next begins.
AGES = {
    "<1h": pd.Timedelta(0),
    "1-4h": pd.Timedelta(hours=1),
    "4-24h": pd.Timedelta(hours=4),
    "1-3d": pd.Timedelta(days=1),
    "3-7d": pd.Timedelta(days=3),
    ">7d": pd.Timedelta(days=7),
}


def is_waiting_for_anybody(rows: pd.DataFrame) -> pd.Series:
    return rows["state"].eq("open") & rows["agent_id"].isna()


def waiting_seconds(rows: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """Seconds that each row has been waiting for us; NA where it is the customer's turn."""
    return (now - rows["waiting_since"]).dt.total_seconds().astype("Float64").clip(lower=0)


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="Intercom: state open, no assignee, in scope",
)
def queue(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Open conversations that nobody has taken."""
    return ones(is_waiting_for_anybody(rows))


@metric(
    kind="stock",
    table="conversations",
    unit="seconds",
    better="lower",
    definition="Intercom: waiting_since of the queue; none after our own reply",
)
def longest_wait(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """The longest wait of the queue; no data when nobody waits for us."""
    return waiting_seconds(rows, now).where(is_waiting_for_anybody(rows))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="Intercom: state open, neither team nor assignee",
    scope="workspace",
)
def unrouted(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Open conversations that no team has either."""
    return ones(is_waiting_for_anybody(rows) & rows["team_id"].isna())


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="Intercom, state = open; of one person over all teams",
    scope="person",
)
def open_now(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are open now, whatever their age."""
    return ones(rows["state"].eq("open"))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    definition="Intercom, state = snoozed; of one person over all teams",
    scope="person",
)
def snoozed_now(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are snoozed now, whatever their age."""
    return ones(rows["state"].eq("snoozed"))


def age_band(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    age = now - rows["created_at"]
    words = pd.Series("<1h", index=rows.index, dtype="str")
    for band, least in list(AGES.items())[1:]:
        words = words.mask(age.ge(least), band)
    return words.where(rows["state"].eq("open"))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="open now, by age since created_at",
    parts=age_band,
    part_names=tuple(AGES),
    scope="person",
)
def backlog_age(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are open now; the parts are bands of age."""
    return open_now(rows, rules, now)


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    definition="created in the last 30 minutes, across midnight too",
)
def arrivals_recent(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations created in the last 30 minutes."""
    return ones(rows["created_at"].gt(now - RECENT))


@metric(
    kind="stock",
    table="agents",
    unit="count",
    better="higher",
    definition="Intercom: members in scope with away_mode_enabled false",
)
def online_text(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Members who are available in Intercom."""
    return ones(rows["away"].eq(False))


@metric(
    kind="stock",
    table="agents",
    unit="count",
    better="higher",
    sources=("intercom", "aircall"),
    definition="Aircall availability: available, in_call or after_call_work",
)
def online_voice(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Members who are available, on a call or in after-call work in Aircall."""
    return ones(rows["voice_status"].isin(AVAILABLE))


def reply_seconds_left(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Seconds until the first response is late, negative when it is; NA where none is due.

    The same start as `first_response_time`, and all hours: how much of the time was closed the
    vendor says only afterwards.
    """
    start = rows["first_contact_reply_at"].fillna(rows["created_at"])
    passed = (now - start).dt.total_seconds().astype("Float64")
    due = (
        rows["state"].eq("open")
        & rows["first_admin_reply_at"].isna()
        & rows["waiting_since"].notna()
    )
    return (rules.first_response_seconds - passed).where(due.fillna(False).astype(bool))


def reply_due(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """overdue, nearly_due (a third of the target is left) or in_time; missing for other rows."""
    left = reply_seconds_left(rows, rules, now)
    words = pd.Series("in_time", index=rows.index, dtype="str")
    words = words.mask(left.le(rules.first_response_seconds / 3).fillna(False), "nearly_due")
    return words.mask(left.lt(0).fillna(False), "overdue").where(left.notna())


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="open, waiting for us, no first_admin_reply_at; targets.first_response_seconds",
    parts=reply_due,
    part_names=("overdue", "nearly_due", "in_time"),
)
def awaiting_first_response(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Open conversations that nobody has answered yet; the parts say how near the target is."""
    return ones(reply_seconds_left(rows, rules, now).notna())
