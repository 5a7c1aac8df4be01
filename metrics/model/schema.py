"""The canonical tables: columns and dtypes.

Instants end in `_at`, are UTC and exact to the second; durations are float seconds and say so;
ids are text, because vendors mix numbers and digits for the same thing. Everything may be missing
(NA) but `id` and the date a table is partitioned by. Custom attributes of conversations follow as
text columns named `attr.<label>`, so a label can never collide with a column of ours; values of a
list stand in one text, joined by `SEPARATOR`.
"""

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

# Whole tables lie in memory; the streaming engine fails on groups by labels of two columns (2.1).
pl.Config.set_engine_affinity("in-memory")

TEXT = pl.String()
LABEL = pl.Categorical()  # text that repeats, or mostly is missing: a quarter of the memory
INSTANT = pl.Datetime("ms", "UTC")
SECONDS = pl.Float64()
WHOLE = pl.Int64()
FLAG = pl.Boolean()
DataType = pl.DataType

ATTRIBUTE_PREFIX = "attr."
SEPARATOR = "\n"

CONVERSATIONS: Mapping[str, DataType] = {
    "id": TEXT,
    "created_at": INSTANT,
    "updated_at": INSTANT,
    "waiting_since": INSTANT,  # missing after our own reply: the customer's turn
    "snoozed_until": INSTANT,
    "state": LABEL,  # open | closed | snoozed; never the vendor's `open` flag
    "subject": TEXT,  # short, plain, at most 120 characters; the body itself is dropped
    "channel": LABEL,  # the vendor's source type: conversation, email, whatsapp, ...
    "origin": LABEL,  # customer | teammate | missing: neither of them
    "priority": LABEL,
    "agent_id": LABEL,  # Intercom admin id; missing = unassigned
    "team_id": LABEL,  # missing = in no team
    "contact_id": LABEL,  # the customer's; missing = of several, or of none
    "contact_name": LABEL,
    "contact_email": LABEL,  # lower case
    "tags": LABEL,  # labels joined by "\n"
    "rating": WHOLE,  # 1..5
    "rating_at": INSTANT,  # when the rating was asked for
    "rating_remark": TEXT,
    "rated": LABEL,  # who was: teammate | machine | nobody; missing = the vendor does not say
    "rated_agent_id": LABEL,  # the teammate who was rated; Intercom's own bot is one of them
    "first_contact_reply_at": INSTANT,
    "first_admin_reply_at": INSTANT,
    "first_close_at": INSTANT,
    "last_close_at": INSTANT,
    "first_assignment_at": INSTANT,
    "last_assignment_at": INSTANT,
    "last_contact_reply_at": INSTANT,
    "last_admin_reply_at": INSTANT,
    "time_to_admin_reply_seconds": SECONDS,  # the vendor's, without closed time
    "time_to_first_close_seconds": SECONDS,  # the vendor's, without closed time
    "time_to_last_close_seconds": SECONDS,  # the vendor's, without closed time
    "time_to_close_seconds": SECONDS,  # no published version has it; taken if one ever does
    "count_reopens": WHOLE,
    "sla_name": LABEL,
    "sla_status": LABEL,  # hit | missed | cancelled | active
    "is_call": FLAG,  # a call that the telephony integration wrote as a conversation
    "logged_digits": TEXT,  # the one number that whoever wrote a call down names; mostly missing
    "is_merged": FLAG,  # closed as a duplicate of another one
    "merged_into": LABEL,  # id of that other one, where the vendor names it
    "ai_participated": FLAG,  # the vendor's AI agent took part; missing = the version does not say
    "ai_state": LABEL,  # the vendor's word for how that ended; one word for both generations
    "ai_answer": LABEL,  # kind of its last answer; missing = it gave none
    "ai_rating": WHOLE,  # 1..5, of the AI agent, never a person's
    "ai_source": LABEL,  # title of what brought it in, such as a workflow
    "ai_content": LABEL,  # titles of what it answered from, joined by "\n"
    "handling_seconds": SECONDS,  # the vendor's, of people
}

# Tickets of the second line; what they are about stays with the vendor, but for a short subject.
TICKETS: Mapping[str, DataType] = {
    "id": TEXT,
    "number": TEXT,  # as people know it; the vendor is never asked by it
    "created_at": INSTANT,
    "updated_at": INSTANT,
    "resolved_at": INSTANT,  # missing while it is open
    "state": LABEL,  # submitted | in_progress | waiting_on_customer | resolved
    "state_label": LABEL,  # the workspace's own word for it
    "is_open": FLAG,  # neither resolved nor closed
    "type_id": LABEL,
    "type_name": LABEL,
    "category": LABEL,  # customer | back-office | tracker
    "subject": TEXT,  # short, plain
    "agent_id": LABEL,  # owner: Intercom admin id; missing = nobody
    "team_id": LABEL,
    "creator_id": LABEL,  # Intercom admin id; missing where a machine or a customer opened it
    "platform": LABEL,
    "severity": LABEL,
    "company": LABEL,
    "external_key": TEXT,
    "external_state": LABEL,  # of another system, from the newest comment that names it
    "conversation_ids": TEXT,  # linked conversations, joined by ","
}

CALLS: Mapping[str, DataType] = {
    "id": TEXT,
    "started_at": INSTANT,
    "answered_at": INSTANT,  # missing when nobody answered
    "ended_at": INSTANT,
    "status": LABEL,  # initial | answered | done
    "direction": LABEL,  # inbound | outbound
    "missed_call_reason": LABEL,  # usually missing when answered
    "has_voicemail": FLAG,
    "has_recording": FLAG,
    "digits": TEXT,  # normalised to + and digits; missing when anonymous
    "line_id": LABEL,
    "line_name": LABEL,
    "line_digits": LABEL,
    "contact_name": LABEL,
    "contact_email": LABEL,  # lower case
    "tags": LABEL,  # labels joined by "\n"
    "user_id": LABEL,  # Aircall user ids, names and e-mails (lower case)
    "user_name": LABEL,
    "user_email": LABEL,
    "transferred_by_id": LABEL,
    "transferred_by_name": LABEL,
    "transferred_by_email": LABEL,
    "transferred_to_id": LABEL,
    "transferred_to_name": LABEL,
    "transferred_to_email": LABEL,
}

# Added by `people.with_agents` when the tables are read, so that a person who is matched
# today is matched in the calls of last month too. Intercom admin ids.
CALL_AGENTS: Mapping[str, DataType] = {
    "agent_id": LABEL,
    "transferred_by_agent_id": LABEL,
    "transferred_to_agent_id": LABEL,
}

AGENTS: Mapping[str, DataType] = {
    "id": TEXT,  # Intercom admin id; "voice:<user id>" for Aircall users without a match
    "name": TEXT,
    "email": TEXT,  # lower case
    "voice_email": TEXT,  # lower case; differs from `email` only through the `people` setting
    "active": FLAG,  # in the vendor's present list; false = left, known from the roster
    "seated": FLAG,
    "bot": FLAG,
    "away": FLAG,  # Intercom's away mode; missing when not known
    "away_reason": TEXT,
    "away_since": INSTANT,  # first seen by ourselves
    "team_ids": TEXT,  # ids joined by ","
    "voice_id": TEXT,  # missing = no Aircall user with that e-mail
    "voice_status": TEXT,  # the vendor's availability word, unknown ones included
    "voice_since": INSTANT,  # first seen by ourselves
}

TEAMS: Mapping[str, DataType] = {
    "id": TEXT,
    "name": TEXT,  # the last one known, of a deleted team; empty where nobody knows it
    "active": FLAG,  # in the vendor's present list; false = deleted, missing = not known
}

# Stretches in which the same state of a person was read again and again.
PRESENCE: Mapping[str, DataType] = {
    "id": TEXT,  # the agent's
    "channel": LABEL,  # text | voice
    "state": LABEL,  # text: active | away; voice: the vendor's availability word
    "began_at": INSTANT,  # the reading that saw it first
    "until_at": INSTANT,  # the last that saw it; the first that saw another, if it came in time
}

TABLES: Mapping[str, Mapping[str, DataType]] = {
    "conversations": CONVERSATIONS,
    "calls": CALLS,
    "tickets": TICKETS,
    "agents": AGENTS,
    "teams": TEAMS,
    "presence": PRESENCE,
}


class SchemaError(ValueError):
    """A table does not have the agreed columns or types."""


def empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(TABLES[table]))


def conform(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame with all columns of the table, in order and in their types, attributes after them.

    Missing columns become null; attribute columns become labels.

    Raises:
        SchemaError: A value does not fit its column, or a column is none of the table's.
    """
    schema = TABLES[table]
    attributes = [name for name in frame.columns if name.startswith(ATTRIBUTE_PREFIX)]
    unknown = set(frame.columns) - set(schema) - set(attributes)
    if unknown:
        raise SchemaError(f"{table}: unknown columns {sorted(unknown)}")
    if attributes and table != "conversations":
        raise SchemaError(f"{table}: only conversations have attributes")
    types = dict(schema) | dict.fromkeys(attributes, LABEL)
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame
    ]
    try:
        return frame.with_columns(missing).select(
            pl.col(name).cast(dtype) for name, dtype in types.items()
        )
    except pl.exceptions.PolarsError as error:
        raise SchemaError(f"{table}: {error}") from error


def attribute(label: str) -> str:
    return ATTRIBUTE_PREFIX + label


@lru_cache(maxsize=4096)
def fold_label(label: str) -> str:
    """The same for labels that people take for the same: case, blanks around it and between."""
    return " ".join(label.split()).casefold()
