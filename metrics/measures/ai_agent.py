"""What the vendor's AI agent takes on: how it ends, how it is rated, what it hands to people."""

from functools import partial

import polars as pl

from metrics.measures.satisfaction import BANDS, band
from metrics.model.catalog import metric
from metrics.model.filters import AI_AGENT, BOTH
from metrics.model.values import as_float, first_word, flags, is_true, ones, seconds_between

AI = "Intercom, ai_agent (API 2.11 and later): "
# How it ends; a customer who left (`abandoned`, before 2.15) is neither resolved nor handed over.
STATES = {
    "ai_confirmed": "confirmed_resolution",
    "ai_assumed": "assumed_resolution",
    "ai_escalated": "escalated",
    "ai_negative_feedback": "negative_feedback",
    "ai_procedure_handoff": "procedure_handoff",
    "ai_abandoned": "abandoned",
}
HANDLERS = ("people", AI_AGENT, BOTH)

STATE, RATING = pl.col("ai_state"), pl.col("ai_rating")
IS_INVOLVED = is_true("ai_participated")
IS_RESOLVED = STATE.is_in(["confirmed_resolution", "assumed_resolution"])
IS_HANDED_OVER = pl.col("handled_by") == BOTH
IS_RATED = RATING.is_between(1, 5)
# Since when it waited for a person: once one had it, and the customer had written.
HANDED_OVER_AT = pl.when(pl.col("first_assignment_at").is_not_null()).then(
    pl.max_horizontal("first_assignment_at", "first_contact_reply_at")
)

# What it resolves seldom comes to a team.
_of_ai = partial(
    metric,
    table="conversations",
    dated_by="created_at",
    scope="teams_or_none",
    of_ai_agent=True,
)
_rating = partial(
    _of_ai,
    better="higher",
    definition=AI + "rating, of conversations by created_at; people's ratings stay apart",
    parts=band(RATING),
    part_names=BANDS,
)


def how_it_ended() -> pl.Expr:
    """The part of each row that it took part in; `ai_other` are words that nobody knows yet."""
    states = {part: IS_INVOLVED & STATE.is_in([state]) for part, state in STATES.items()}
    return first_word({**states, "ai_none": IS_INVOLVED & STATE.is_null(), "ai_other": IS_INVOLVED})


ai_involved = _of_ai(
    "ai_involved",
    "share",
    value=flags(IS_INVOLVED, pl.col("ai_participated").is_not_null()),
    definition=AI + "ai_agent_participated, of conversations by created_at",
    parts=pl.col("handled_by"),
    part_names=HANDLERS,
)

ai_resolved = _of_ai(
    "ai_resolved",
    "share",
    better="higher",
    value=flags(IS_RESOLVED, IS_INVOLVED),
    definition=AI + "resolution_state confirmed_resolution or assumed_resolution, of the involved",
    parts=how_it_ended(),
    part_names=(*STATES, "ai_none", "ai_other"),
)

ai_handed_over = _of_ai(
    "ai_handed_over",
    "count",
    value=ones(IS_HANDED_OVER),
    definition=AI + "a person replied or is assigned, or resolution_state says it was handed over",
)

ai_csat_score = _rating("ai_csat_score", "share", value=flags(RATING >= 4, IS_RATED))

ai_csat_average = _rating("ai_csat_average", "mean", value=pl.when(IS_RATED).then(as_float(RATING)))

response_after_handover = _of_ai(
    "response_after_handover",
    "duration",
    better="lower",
    value=pl.when(IS_HANDED_OVER).then(
        seconds_between(HANDED_OVER_AT, pl.col("first_admin_reply_at"))
    ),
    definition="Intercom, statistics: first_admin_reply_at less the later of first_assignment_at "
    "and first_contact_reply_at, of what the AI agent handed over",
)
