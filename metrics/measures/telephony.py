"""How calls were met. All rows are done; dated by the moment the call started."""

import numpy as np
import pandas as pd

from metrics.model.catalog import CATALOG, metric
from metrics.model.definitions import Rules
from metrics.model.lines import on_main_lines
from metrics.model.office_hours import is_open
from metrics.model.selection import chosen_people, credited, select
from metrics.model.values import flags, ones, seconds_between
from metrics.model.view import View

CALL = "Aircall, call object"
OUTCOMES = (
    "out_of_hours",
    "break",
    "short_abandon",
    "voicemail",
    "abandoned",
    "not_answered",
    "other",
)
# Callers who wanted us and did not get us.
LOST = ("voicemail", "abandoned", "not_answered")


def _is(calls: pd.DataFrame, direction: str) -> pd.Series:
    return calls["direction"].eq(direction)


def _missed(calls: pd.DataFrame) -> pd.Series:
    return _is(calls, "inbound") & calls["missed_call_reason"].notna()


def _answered(calls: pd.DataFrame) -> pd.Series:
    return _is(calls, "inbound") & calls["missed_call_reason"].isna()


def outcome(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """What became of each missed inbound call; missing for all others. The first that fits:

    out_of_hours, or break where our own office was open; short_abandon; voicemail, where one was
    left; abandoned; not_answered; other.
    """
    reason = calls["missed_call_reason"].astype("str")
    closed = reason.eq("out_of_opening_hours")
    ours = is_open(calls["started_at"], rules) if closed.any() else closed
    fits = {
        "break": closed & ours,
        "out_of_hours": closed & ~ours,
        "short_abandon": reason.eq("short_abandoned"),
        "voicemail": calls["has_voicemail"].fillna(False).astype(bool),
        "abandoned": reason.isin(["abandoned_in_ivr", "abandoned_in_classic"]),
        "not_answered": reason.isin(["agents_did_not_answer", "no_available_agent"]),
    }
    masks = [mask.fillna(False).to_numpy(dtype=bool) for mask in fits.values()]
    first = np.select(masks, range(len(fits)), len(fits))
    first[~_missed(calls).to_numpy(dtype=bool)] = -1
    words = pd.array([*fits, "other", None], dtype="str")
    return pd.Series(words.take(first), index=calls.index)


def lost(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return outcome(calls, rules, now).isin(LOST)


@metric(kind="count", table="calls", dated_by="started_at", unit="count", definition=CALL)
def calls_inbound(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Calls that came in."""
    return ones(_is(calls, "inbound"))


@metric(
    kind="count",
    table="calls",
    dated_by="started_at",
    unit="count",
    better="higher",
    definition=CALL + ": inbound without missed_call_reason",
)
def calls_answered(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Inbound calls that a person took."""
    return ones(_answered(calls))


@metric(
    kind="count",
    table="calls",
    dated_by="started_at",
    unit="count",
    better="lower",
    definition=CALL + ": inbound with missed_call_reason",
    parts=outcome,
    part_names=OUTCOMES,
)
def calls_missed(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Inbound calls that nobody took; the parts are outcomes."""
    return ones(_missed(calls))


@metric(
    kind="share",
    table="calls",
    dated_by="started_at",
    unit="share",
    better="lower",
    definition="lost / (answered + lost), on telephony.main_lines",
)
def loss_rate(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the inbound calls that were answered or lost on the main lines, those that were lost."""
    is_lost = lost(calls, rules, now)
    return flags(is_lost, (_answered(calls) | is_lost) & on_main_lines(calls, rules))


@metric(kind="count", table="calls", dated_by="started_at", unit="count", definition=CALL)
def calls_outbound(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Calls that went out."""
    return ones(_is(calls, "outbound"))


@metric(
    kind="count",
    table="calls",
    dated_by="started_at",
    unit="count",
    better="higher",
    definition=CALL + ": outbound with answered_at",
)
def calls_outbound_answered(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Outbound calls that somebody took."""
    return ones(_is(calls, "outbound") & calls["answered_at"].notna())


@metric(
    kind="duration",
    table="calls",
    dated_by="started_at",
    unit="seconds",
    better="lower",
    definition=CALL + ": answered_at less started_at; time in the IVR counts",
)
def time_to_answer(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """How long answered inbound callers waited, the time in the menu included."""
    return seconds_between(calls["started_at"], calls["answered_at"]).where(_answered(calls))


@metric(
    kind="duration",
    table="calls",
    dated_by="started_at",
    unit="seconds",
    definition=CALL + ": ended_at less answered_at; the vendor's duration includes ringing",
)
def talk_time(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """How long answered inbound calls were talked."""
    return seconds_between(calls["answered_at"], calls["ended_at"]).where(_answered(calls))


@metric(
    kind="duration",
    table="calls",
    dated_by="started_at",
    unit="seconds",
    definition=CALL + ": ended_at less answered_at; the vendor's duration includes ringing",
)
def talk_time_outbound(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """How long answered outbound calls were talked."""
    return seconds_between(calls["answered_at"], calls["ended_at"]).where(_is(calls, "outbound"))


@metric(
    kind="share",
    table="calls",
    dated_by="started_at",
    unit="share",
    better="higher",
    definition="answered within targets.service_level_seconds / (answered + lost after that time)",
)
def service_level(calls: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the callers who were answered, or lost after the target, those answered within it.

    Whoever gave up, or left a voicemail, before the target had passed counts neither way.
    """
    target = rules.service_level_seconds
    waited = seconds_between(calls["started_at"], calls["answered_at"]).where(_answered(calls))
    held_on = seconds_between(calls["started_at"], calls["ended_at"])
    gave_up = lost(calls, rules, now) & held_on.gt(target)
    return flags(waited.le(target), waited.notna() | gave_up)


def calls_per_agent(view: View) -> pd.DataFrame:
    """Answered inbound calls, credited once to each distinct person who took part.

    Under a filter only the people it chooses are credited: the others' part in these calls is not
    what they did.

    Returns:
        `agent_id` (NA for calls without anybody) and `calls`, most first. The sum may exceed the
        number of calls: a transferred call counts for who passed it on and for who took it over.
    """
    calls = select(CATALOG["calls_answered"], view).rows
    people = credited(calls[_answered(calls)], chosen_people(view))
    counts = people["agent"].value_counts(dropna=False)
    table = counts.rename_axis("agent_id").rename("calls").reset_index()
    return table.sort_values(["calls", "agent_id"], ascending=[False, True], ignore_index=True)
