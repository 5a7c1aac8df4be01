"""How much work there is, and how it is classified."""

import pandas as pd

from metrics.model.catalog import CATALOG, metric
from metrics.model.definitions import Rules
from metrics.model.periods import Period
from metrics.model.schema import attribute
from metrics.model.selection import attribute_values, is_filled, select
from metrics.model.values import flags, ones
from metrics.model.view import View


def mentions(table: pd.DataFrame, rules: Rules) -> pd.Series:
    """Every mention of a reason; the index names the conversation, up to twice."""
    labels = (rules.labels.reason, rules.labels.second_reason)
    return pd.concat([attribute_values(table, label).dropna().astype("str") for label in labels])


def reason_words(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    return mentions(table, rules)


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    definition="Intercom, conversations by created_at",
    parts=reason_words,
)
def conversations(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations created in the period."""
    return ones(table["created_at"].notna())


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    better="higher",
    definition="Intercom, state of a conversation",
)
def conversations_closed(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the conversations created in the period, those that are closed now."""
    return ones(table["state"].eq("closed"))


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    better="higher",
    definition="attributes.status equals attributes.resolved_value",
    needs_label="status",
)
def conversations_resolved(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the conversations created in the period, those whose status says resolved."""
    status = attribute_values(table, rules.labels.status)
    return ones(status.eq(rules.labels.resolved_value.strip()))


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="attributes.reason filled; classification.exclude leaves rows out",
    needs_label="reason",
)
def classification_rate(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the closed conversations that count for the goal, those with a reason."""
    eligible = table["state"].eq("closed") & ~is_excluded(table, rules)
    return flags(is_filled(table, rules.labels.reason), eligible)


def is_merged(table: pd.DataFrame) -> pd.Series:
    """Whether each was closed as a duplicate of another one, by the signs of the settings."""
    if "is_merged" not in table:
        return pd.Series(False, index=table.index)
    return table["is_merged"].fillna(False).astype(bool)


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    definition="closed as a duplicate: merged.attribute, merged.tags",
)
def conversations_merged(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that were closed as duplicates of another one."""
    return ones(is_merged(table))


def is_excluded(table: pd.DataFrame, rules: Rules) -> pd.Series:
    """Whether `classification.exclude` leaves a row out, or it was closed as a duplicate.

    Values compare without regard to case.
    """
    out = is_merged(table)
    for label, values in rules.classification_exclude.items():
        if attribute(label) in table:
            words = attribute_values(table, label).str.casefold()
            out |= words.isin([value.strip().casefold() for value in values])
    return out


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    definition="two or more of attributes.reason, second_reason, expansion filled; kind and status "
    "are there in any case and do not count",
)
def complex_conversations(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations with two or more of reason, second reason and expansion filled."""
    labels = rules.labels
    chosen = (labels.reason, labels.second_reason, labels.expansion)
    filled = sum(is_filled(table, label).astype("int64") for label in chosen)
    return ones(filled >= 2)


def top_reasons(view: View, before: Period | None = None) -> pd.DataFrame:
    """Mentions of reason and second reason together, with those of another period beside them.

    Args:
        before: The period to compare with; the same number of days just before when absent.

    Returns:
        `reason`, `mentions`, `share` (of all mentions of the period), `previous_mentions` and
        `previous_share` (NA where a period mentions nothing); the most mentioned first, equal ones
        by name. A conversation that names the same reason twice mentions it twice.
    """
    now = _mentions(view)
    then = _mentions(view.with_period(before or view.period.previous))
    table = pd.DataFrame({"mentions": now, "previous_mentions": then}).fillna(0).astype("int64")
    for name in ("mentions", "previous_mentions"):
        total = table[name].sum()
        table[name.replace("mentions", "share")] = table[name] / (total or float("nan"))
    table = table.rename_axis("reason").reset_index()
    table = table.sort_values(["mentions", "reason"], ascending=[False, True], ignore_index=True)
    return table[["reason", "mentions", "share", "previous_mentions", "previous_share"]]


def _mentions(view: View) -> pd.Series:
    rules, tables = view.rules, view.tables
    labels = (rules.labels.reason, rules.labels.second_reason)
    columns = [column for label in labels if (column := attribute(label)) in tables.conversations]
    rows = select(CATALOG["conversations"], view).columns(*columns)
    return mentions(rows, rules).value_counts()
