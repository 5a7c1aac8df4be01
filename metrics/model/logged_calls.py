"""Calls that a telephone integration wrote down as conversations: they count as calls alone.

Most carry a mark. An integration without one is known by the pair: a conversation that somebody of
ours, or a machine, began with one telephone number in it and nobody answered, held by the person
who had exactly one call with that number, in its minutes; and no other conversation fits that call.
"""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.tables import Tables
from metrics.model.values import is_true

# It is written when the call begins, or soon after its end.
BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=10)


def is_recognised(tables: Tables, rules: Rules) -> pl.Expr:
    """Whether each conversation looks like a call, whatever people decided."""
    marked, paired = is_true("is_call"), list(pair_calls(tables, rules))
    return marked | pl.col("id").is_in(paired) if paired else marked


def is_logged_call(tables: Tables, rules: Rules) -> pl.Expr:
    """Whether each conversation counts as a call alone."""
    recognised = is_recognised(tables, rules)
    decided = sorted(tables.not_calls)
    return recognised & ~pl.col("id").is_in(decided) if decided else recognised


def pair_calls(tables: Tables, rules: Rules) -> Mapping[str, str]:
    """Id of the conversation without a mark -> id of its call; none where two would fit."""
    return tables.memory.get(("paired calls", rules.row_key), lambda: _find_pairs(tables, rules))


def _find_pairs(tables: Tables, rules: Rules) -> dict[str, str]:
    found = tables.conversations.filter(~is_true("is_call") & pl.col("logged_digits").is_not_null())
    if found.is_empty():
        return {}
    texts = found.lazy().select(
        "created_at",
        text="id",
        digits="logged_digits",
        agent=pl.col("agent_id").cast(pl.String),
    )
    calls = tables.derived("calls", rules).lazy().drop_nulls("digits")
    people = calls.explode("credited", empty_as_null=True).select(
        "digits",
        call="id",
        agent=pl.col("credited").cast(pl.String),
        first=pl.col("started_at") - BEFORE,
        last=pl.coalesce("ended_at", "started_at") + AFTER,
    )
    is_only = (pl.len().over("text") == 1) & (pl.len().over("call") == 1)
    pairs = (
        texts.join(people, on=["digits", "agent"])
        .filter(pl.col("created_at").is_between("first", "last"))
        .filter(is_only)
    )
    return dict(pairs.select("text", "call").collect().iter_rows())
