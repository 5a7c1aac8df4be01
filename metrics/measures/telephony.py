"""How calls were met. All rows are done; dated by the moment the call started."""

from datetime import datetime
from functools import partial

import polars as pl

from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.values import flags, ones, seconds_between

CALL = "Aircall, call object"
# What became of a missed call: the first that fits.
OUTCOMES = (
    "out_of_hours",
    "break",
    "short_abandon",
    "voicemail",
    "abandoned",
    "not_answered",
    "unknown",
    "other",
)
# Callers who wanted us and did not get us.
LOST = ("voicemail", "abandoned", "not_answered")

STARTED_AT, ANSWERED_AT, ENDED_AT = map(pl.col, ("started_at", "answered_at", "ended_at"))
IS_INBOUND = pl.col("direction") == "inbound"
IS_OUTBOUND = pl.col("direction") == "outbound"
IS_MISSED = pl.col("outcome").is_not_null()
IS_ANSWERED = IS_INBOUND & ANSWERED_AT.is_not_null()
# Answered, and yet it carries a reason for having been missed.
IS_CONTRADICTORY = IS_ANSWERED & pl.col("missed_call_reason").is_not_null()
IS_LOST = pl.col("outcome").is_in(LOST).fill_null(value=False)
TALK = seconds_between(ANSWERED_AT, ENDED_AT)

_calls = partial(metric, table="calls", dated_by="started_at", definition=CALL)
_of_lines = partial(_calls, of_line=True)


def _service_level(rules: Rules, now: datetime) -> pl.Expr:
    """Whoever gave up, or left a voicemail, before the target had passed counts neither way."""
    target = rules.service_level_seconds
    waited = pl.when(IS_ANSWERED).then(seconds_between(STARTED_AT, ANSWERED_AT))
    gave_up = IS_LOST & (seconds_between(STARTED_AT, ENDED_AT) > target)
    return flags(waited <= target, waited.is_not_null() | gave_up)


calls_inbound = _of_lines("calls_inbound", "count", value=ones(IS_INBOUND))

calls_answered = _calls(
    "calls_answered",
    "count",
    value=ones(IS_ANSWERED),
    better="higher",
    definition=CALL + ": inbound with answered_at",
)

calls_missed = _of_lines(
    "calls_missed",
    "count",
    value=ones(IS_MISSED),
    better="lower",
    definition=CALL + ": inbound without answered_at; without missed_call_reason: unknown",
    parts=pl.col("outcome"),
    part_names=OUTCOMES,
)

# Missed calls of which the vendor names a person: they rang there. All others are nobody's.
calls_rung = _calls(
    "calls_rung",
    "count",
    value=ones(IS_MISSED & pl.col("agent_id").is_not_null()),
    better="lower",
    definition=CALL + ": inbound without answered_at, with user",
)

# Of the inbound calls that were answered or lost on the main lines, those that were lost.
loss_rate = _of_lines(
    "loss_rate",
    "share",
    better="lower",
    value=flags(IS_LOST, (IS_ANSWERED | IS_LOST) & pl.col("on_main_line")),
    definition="lost / (answered + lost), on telephony.main_lines",
)

calls_outbound = _calls("calls_outbound", "count", value=ones(IS_OUTBOUND))

calls_outbound_answered = _calls(
    "calls_outbound_answered",
    "count",
    better="higher",
    value=ones(IS_OUTBOUND & ANSWERED_AT.is_not_null()),
    definition=CALL + ": outbound with answered_at",
)

# The time in the menu counts.
time_to_answer = _calls(
    "time_to_answer",
    "duration",
    better="lower",
    value=pl.when(IS_ANSWERED).then(seconds_between(STARTED_AT, ANSWERED_AT)),
    definition=CALL + ": answered_at less started_at; time in the IVR counts",
)

talk_time = _calls(
    "talk_time",
    "duration",
    value=pl.when(IS_ANSWERED).then(TALK),
    definition=CALL + ": ended_at less answered_at; the vendor's duration includes ringing",
)

talk_time_outbound = _calls(
    "talk_time_outbound",
    "duration",
    value=pl.when(IS_OUTBOUND).then(TALK),
    definition=CALL + ": ended_at less answered_at; the vendor's duration includes ringing",
)

# Of the callers who were answered, or lost after the target, those answered within it.
service_level = _of_lines(
    "service_level",
    "share",
    value=_service_level,
    better="higher",
    definition="answered within targets.service_level_seconds / (answered + lost after that time)",
)
