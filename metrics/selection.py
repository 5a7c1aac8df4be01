"""Which rows a number is about: scope, period, and what the reader chose."""

from collections.abc import Iterable

import pandas as pd

from metrics import schema
from metrics.catalog import Metric
from metrics.filters import UNASSIGNED, Filters
from metrics.people import in_teams, members
from metrics.periods import Period, within
from metrics.rules import Rules
from metrics.tables import Tables

CREDITED = tuple(schema.CALL_AGENTS)
# Who started it, in the telephone's words.
_DIRECTIONS = {"customer": "inbound", "teammate": "outbound"}


def rows(
    metric: Metric, tables: Tables, period: Period | None, filters: Filters, rules: Rules
) -> pd.DataFrame:
    """The rows that a metric may count: in scope, dated in the period, and chosen.

    Args:
        metric: Says the table and the date; stocks ignore the period.
        tables: One version.
        period: Local days; None only for stocks.
        filters: The reader's choice.
        rules: Scope and zone.
    """
    if metric.table == "agents":
        return _people(tables, filters, rules)
    if metric.table == "calls":
        found = _calls(tables, filters)
    else:
        found = conversations(tables, filters, rules, metric)
    if metric.dated_by is None:
        return found
    if period is None:
        raise ValueError(f"{metric.key} needs a period")
    return found[within(found[metric.dated_by], period, rules.time_zone)]


def conversations(
    tables: Tables, filters: Filters, rules: Rules, metric: Metric | None = None
) -> pd.DataFrame:
    """Conversations in scope that the filters choose, calls written as conversations left out.

    Args:
        tables: One version.
        filters: The reader's choice.
        rules: Scope.
        metric: For whom a row counts depends on it: ratings belong to who was rated, and what
            a person holds now counts over all teams.
    """
    table = tables.conversations
    keep = ~table["is_call"].fillna(False).astype(bool)
    if rules.team_ids:
        inside = table["team_id"].isin(rules.team_ids)
        if metric is not None and metric.key in ("open_now", "snoozed_now"):
            inside |= table["agent_id"].isin(members(tables, rules)["id"])
        keep &= inside
    if filters.teams:
        keep &= table["team_id"].isin(filters.teams)
    if filters.origin:
        keep &= table["origin"].eq(filters.origin)
    for label, values in filters.attributes.items():
        keep &= _has_value(table, label, values)
    if filters.agents:
        keep &= _chosen(agent_of(table, tables, metric), filters.agents)
    return table[keep]


def agent_of(table: pd.DataFrame, tables: Tables, metric: Metric | None) -> pd.Series:
    """For whom each conversation counts; missing = nobody.

    A rating counts for the teammate who was rated, if that is a person we know, else for the
    assignee. The bot is nobody's agent.
    """
    assigned = table["agent_id"].astype("str")
    bots = set(tables.agents.loc[tables.agents["bot"].fillna(False), "id"])
    if metric is not None and metric.dated_by == "rating_at":
        people = set(tables.agents["id"]) - bots
        rated = table["rated_agent_id"].astype("str")
        assigned = rated.where(rated.isin(people), assigned)
    return assigned.where(~assigned.isin(bots)) if bots else assigned


def credited(calls: pd.DataFrame) -> pd.DataFrame:
    """Each call once for each distinct person who answered, passed on or took over.

    Returns:
        `row` (the call's index) and `agent`; calls without anybody have one line with NA.
    """
    sides = pd.concat([calls[column].astype("str") for column in CREDITED], axis=1)
    long = sides.stack().rename("agent").reset_index(level=1, drop=True)
    long = long.dropna().rename_axis("row").reset_index().drop_duplicates(["row", "agent"])
    nobody = pd.DataFrame({"row": calls.index.difference(long["row"])})
    return pd.concat([long, nobody], ignore_index=True)


def attribute_values(table: pd.DataFrame, label: str) -> pd.Series:
    """The attribute of each row, trimmed; missing, blank and absent columns are NA."""
    column = schema.attribute(label)
    if column not in table:
        return pd.Series(pd.NA, index=table.index, dtype="str")
    values = table[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        trimmed = {word: word.strip() or None for word in values.cat.categories}
        return values.astype("str").map(trimmed).astype("str")
    words = values.astype("str").str.strip()
    return words.where(words.ne(""))


def is_filled(table: pd.DataFrame, label: str) -> pd.Series:
    """Whether the attribute of each row has something in it."""
    return attribute_values(table, label).notna()


def _people(tables: Tables, filters: Filters, rules: Rules) -> pd.DataFrame:
    found = members(tables, rules)
    if filters.teams:
        found = found[found["id"].isin(in_teams(found, filters.teams))]
    if filters.agents:
        found = found[found["id"].isin(filters.agents)]
    return found


def _calls(tables: Tables, filters: Filters) -> pd.DataFrame:
    calls = tables.calls[tables.calls["status"].eq("done")]
    if filters.attributes:
        # Only conversations carry attributes: no call has the value that was asked for.
        return calls.iloc[:0]
    if filters.origin:
        calls = calls[calls["direction"].eq(_DIRECTIONS[filters.origin])]
    if filters.teams:
        calls = calls[_credits(calls, in_teams(tables.agents, filters.teams))]
    if filters.agents:
        mask = _credits(calls, filters.agents)
        if UNASSIGNED in filters.agents:
            mask |= calls[list(CREDITED)].isna().all(axis=1)
        calls = calls[mask]
    return calls


def _credits(calls: pd.DataFrame, people: Iterable[str]) -> pd.Series:
    wanted = list(people)
    mask = pd.Series(False, index=calls.index)
    for column in CREDITED:
        mask |= calls[column].isin(wanted)
    return mask


def _chosen(agents: pd.Series, wanted: tuple[str, ...]) -> pd.Series:
    mask = agents.isin(wanted)
    return mask | agents.isna() if UNASSIGNED in wanted else mask


def _has_value(table: pd.DataFrame, label: str, values: tuple[str, ...]) -> pd.Series:
    words = attribute_values(table, label)
    mask = words.isin([value.strip() for value in values])
    return mask | words.isna() if "" in values else mask
