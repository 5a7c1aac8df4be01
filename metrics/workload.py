"""How much work there is, and how it is classified."""

import pandas as pd

from metrics.catalog import CATALOG, metric
from metrics.filters import Filters
from metrics.periods import Period
from metrics.rules import Rules
from metrics.schema import attribute
from metrics.selection import attribute_values, is_filled, rows
from metrics.tables import Tables

RECENT = pd.Timedelta(minutes=30)
AGES = (
    ("<1h", pd.Timedelta(0)),
    ("1-4h", pd.Timedelta(hours=1)),
    ("4-24h", pd.Timedelta(hours=4)),
    ("1-3d", pd.Timedelta(days=1)),
    ("3-7d", pd.Timedelta(days=3)),
    (">7d", pd.Timedelta(days=7)),
)


def _ones(mask: pd.Series) -> pd.Series:
    return pd.Series(1.0, index=mask.index, dtype="Float64").where(mask)


@metric(
    kind="count",
    table="conversations",
    dated_by="created_at",
    unit="count",
    definition="Intercom, conversations by created_at",
)
def conversations(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations created in the period."""
    return pd.Series(1.0, index=table.index, dtype="Float64")


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
    return _ones(table["state"].eq("closed"))


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
    return _ones(status.eq(rules.labels.resolved_value.strip()))


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
    return is_filled(table, rules.labels.reason).astype("Float64").where(eligible)


def is_excluded(table: pd.DataFrame, rules: Rules) -> pd.Series:
    """Whether `classification.exclude` leaves a row out; values compare without regard to case."""
    out = pd.Series(False, index=table.index)
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
    definition="two or more of reason, second_reason, expansion, system_category, registrations, "
    "area filled; kind and status are always filled and do not count",
)
def complex_conversations(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations with two or more of the telling attributes filled."""
    labels = rules.labels
    chosen = (
        labels.reason,
        labels.second_reason,
        labels.expansion,
        labels.system_category,
        labels.registrations,
        labels.area,
    )
    filled = pd.Series(0, index=table.index)
    for label in chosen:
        filled += is_filled(table, label).astype(int)
    return _ones(filled.ge(2))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    definition="created in the last 30 minutes, across midnight too",
)
def arrivals_recent(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations created in the last 30 minutes."""
    created = table["created_at"]
    return _ones(created.gt(now - RECENT) & created.le(now))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    definition="Intercom, state = open",
    better="lower",
)
def open_now(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are open now, whatever their age."""
    return _ones(table["state"].eq("open"))


@metric(kind="stock", table="conversations", unit="count", definition="Intercom, state = snoozed")
def snoozed_now(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are snoozed now, whatever their age."""
    return _ones(table["state"].eq("snoozed"))


def age_words(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """The age band of each open row: <1h, 1-4h, 4-24h, 1-3d, 3-7d or >7d."""
    age = now - table["created_at"]
    words = pd.Series(AGES[0][0], index=table.index, dtype="str")
    for word, least in AGES[1:]:
        words = words.mask(age.ge(least), word)
    return words.where(table["state"].eq("open"))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="open now, by age since created_at",
    parts=age_words,
)
def backlog_age(table: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Conversations that are open now; the parts are bands of age."""
    return _ones(table["state"].eq("open"))


def top_reasons(tables: Tables, period: Period, filters: Filters, rules: Rules) -> pd.DataFrame:
    """Mentions of reason and second reason together, with the period before beside them.

    Returns:
        `reason`, `mentions`, `share` (of all mentions of the period), `previous_mentions` and
        `previous_share`; the most mentioned first, equal ones by name. A conversation that names
        the same reason twice mentions it twice, as the original report counted.
    """
    now, before = (_mentions(tables, days, filters, rules) for days in (period, period.previous))
    table = pd.DataFrame({"mentions": now, "previous_mentions": before}).fillna(0).astype("int64")
    table.index.name = "reason"
    for name in ("mentions", "previous_mentions"):
        total = table[name].sum()
        share = name.replace("mentions", "share")
        table[share] = table[name] / total if total else 0.0
    table = table.reset_index().sort_values(["mentions", "reason"], ascending=[False, True])
    columns = ["reason", "mentions", "share", "previous_mentions", "previous_share"]
    return table[columns].reset_index(drop=True)


def mentions(table: pd.DataFrame, rules: Rules) -> pd.Series:
    """Every mention of a reason; the index names the conversation, up to twice."""
    labels = (rules.labels.reason, rules.labels.second_reason)
    return pd.concat([attribute_values(table, label).dropna() for label in labels])


def _mentions(tables: Tables, period: Period, filters: Filters, rules: Rules) -> pd.Series:
    found = mentions(rows(CATALOG["conversations"], tables, period, filters, rules), rules)
    return found.astype("str").value_counts()
