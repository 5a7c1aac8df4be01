"""How fast conversations are answered and closed.

Two clocks, never mixed: all hours, from the timestamps; office hours, Intercom's own statistics,
which leave out closed time. `rules.clock` chooses.
"""

import pandas as pd

from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.values import flags, seconds_between


def _in_time(seconds: pd.Series, target: float) -> pd.Series:
    return flags(seconds.le(target), seconds.notna())


def _closed(rows: pd.DataFrame) -> pd.Series:
    return rows["state"].eq("closed")


@metric(
    kind="duration",
    table="conversations",
    dated_by="created_at",
    unit="seconds",
    better="lower",
    definition="Intercom, statistics of a conversation: first_admin_reply_at, time_to_admin_reply",
)
def first_response_time(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """From the customer's first message to the first reply of a person.

    All hours: `first_admin_reply_at` less `first_contact_reply_at`, or `created_at` where the
    customer never wrote. Office hours: Intercom's `time_to_admin_reply`.
    """
    if rules.clock == "office":
        return rows["time_to_admin_reply_seconds"].astype("Float64")
    start = rows["first_contact_reply_at"].fillna(rows["created_at"])
    return seconds_between(start, rows["first_admin_reply_at"])


def close_word(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """recorded, unrecorded (closed without a record of it) or still_open (snoozed ones too)."""
    words = pd.Series("still_open", index=rows.index, dtype="str")
    words = words.mask(_closed(rows), "unrecorded")
    return words.mask(time_to_close(rows, rules, now).notna(), "recorded")


@metric(
    kind="duration",
    table="conversations",
    dated_by="created_at",
    unit="seconds",
    better="lower",
    definition="Intercom, statistics of a conversation: last_close_at, time_to_last_close",
    parts=close_word,
    part_names=("recorded", "unrecorded", "still_open"),
)
def time_to_close(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """From creation to the last close, of conversations that are closed now.

    All hours: `time_to_close` where a version provides one, else `last_close_at` less
    `created_at`. Office hours: `time_to_last_close`. Closed without a record of it: NA.
    """
    if rules.clock == "office":
        seconds = rows["time_to_last_close_seconds"].astype("Float64")
    else:
        ready = rows["time_to_close_seconds"].astype("Float64")
        seconds = ready.fillna(seconds_between(rows["created_at"], rows["last_close_at"]))
    return seconds.where(_closed(rows))


@metric(
    kind="duration",
    table="conversations",
    dated_by="created_at",
    unit="seconds",
    better="lower",
    definition="Intercom, statistics of a conversation: first_close_at, time_to_first_close",
)
def time_to_first_close(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """From creation to the first close; the gap to `time_to_close` is the price of reopening."""
    if rules.clock == "office":
        return rows["time_to_first_close_seconds"].astype("Float64")
    return seconds_between(rows["created_at"], rows["first_close_at"])


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="targets.first_response_seconds; a value on the target is in time",
)
def first_response_within_target(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the conversations that have a first response time, those within the target."""
    return _in_time(first_response_time(rows, rules, now), rules.first_response_seconds)


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="targets.close_seconds; a value on the target is in time",
)
def close_within_target(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the conversations that have a time to close, those within the target."""
    return _in_time(time_to_close(rows, rules, now), rules.close_seconds)


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="lower",
    definition="Intercom, statistics of a conversation: count_reopens",
)
def reopen_rate(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the closed conversations, those that were opened again; NA where Intercom does not say."""
    return flags(rows["count_reopens"].gt(0), _closed(rows) & rows["count_reopens"].notna())


@metric(
    kind="duration",
    table="conversations",
    dated_by="created_at",
    unit="seconds",
    better="lower",
    definition="time_to_close less time_to_first_close, where count_reopens > 0",
)
def reopen_price(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the conversations that were opened again and are closed: from first to last close."""
    price = time_to_close(rows, rules, now) - time_to_first_close(rows, rules, now)
    reopened = rows["count_reopens"].gt(0).fillna(False).astype(bool)
    return price.where(price.ge(0).fillna(False) & reopened)


def sla_word(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """hit, missed, active or cancelled; missing where no SLA applies."""
    return rows["sla_status"].astype("str")


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="Intercom, sla_applied.sla_status; active and cancelled stay apart",
    parts=sla_word,
    part_names=("hit", "missed", "active", "cancelled"),
)
def sla_hit_rate(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the SLAs that were hit or missed, those that were hit."""
    status = rows["sla_status"]
    return flags(status.eq("hit"), status.isin(["hit", "missed"]))


def reopened_closes(
    rows: pd.DataFrame, rules: Rules, now: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """First and last close, in seconds since creation, of the rows that have a `reopen_price`."""
    reopened = rows[reopen_price(rows, rules, now).notna()]
    return time_to_first_close(reopened, rules, now), time_to_close(reopened, rules, now)
