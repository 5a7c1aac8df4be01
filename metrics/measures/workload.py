"""How much work there is, and how it is classified."""

from datetime import datetime
from functools import partial

import polars as pl

from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.schema import attribute
from metrics.model.values import flags, is_true, ones

IS_CLOSED = pl.col("state") == "closed"
IS_EXCLUDED = pl.col("excluded_by").is_not_null()

_conversations = partial(metric, table="conversations", dated_by="created_at")


def reasons(rules: Rules) -> tuple[str, str]:
    """The columns in which a conversation mentions reasons."""
    return attribute(rules.labels.reason), attribute(rules.labels.second_reason)


def mentions(rules: Rules, now: datetime | None = None) -> pl.Expr:
    """Every mention of a reason: more or fewer than rows."""
    reason, second_reason = reasons(rules)
    return pl.col(reason).append(pl.col(second_reason)).drop_nulls()


def _has_several_attributes(rules: Rules, now: datetime) -> pl.Expr:
    labels = (rules.labels.reason, rules.labels.second_reason, rules.labels.expansion)
    filled = [pl.col(attribute(label)).is_not_null().cast(pl.Int8) for label in labels]
    return ones(pl.sum_horizontal(filled) >= 2)


conversations = _conversations(
    "conversations",
    "count",
    value=ones(pl.col("created_at").is_not_null()),
    definition="Intercom, conversations by created_at",
    parts=mentions,
)

conversations_closed = _conversations(
    "conversations_closed",
    "count",
    value=ones(IS_CLOSED),
    better="higher",
    definition="Intercom, state of a conversation",
)

# Whenever they were created: beside what was created they say whether the backlog grows.
closes = _conversations(
    "closes",
    "count",
    dated_by="last_close_at",
    value=ones(pl.col("last_close_at").is_not_null()),
    better="higher",
    definition="Intercom, statistics.last_close_at",
)

conversations_resolved = _conversations(
    "conversations_resolved",
    "count",
    better="higher",
    value=lambda rules, now: ones(
        pl.col(attribute(rules.labels.status)) == rules.labels.resolved_value.strip()
    ),
    definition="attributes.status equals attributes.resolved_value",
    needs_label="status",
)

# Of the closed conversations that count for the goal, those with a reason.
classification_rate = _conversations(
    "classification_rate",
    "share",
    better="higher",
    value=lambda rules, now: flags(
        pl.col(attribute(rules.labels.reason)).is_not_null(), IS_CLOSED & ~IS_EXCLUDED
    ),
    definition="attributes.reason filled; classification.exclude leaves rows out",
    needs_label="reason",
)

conversations_merged = _conversations(
    "conversations_merged",
    "count",
    value=ones(is_true("is_merged")),
    definition="closed as a duplicate: merged.attribute, merged.tags",
)

complex_conversations = _conversations(
    "complex_conversations",
    "count",
    value=_has_several_attributes,
    definition="two or more of attributes.reason, second_reason, expansion filled; kind and status "
    "are there in any case and do not count",
)
