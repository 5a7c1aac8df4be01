"""Numbers on demand: one, all, or in groups. Screens, exports, alerts and the API ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from metrics import now, responsiveness, satisfaction, telephony, workload
from metrics.catalog import CATALOG, Metric
from metrics.filters import UNASSIGNED, Filters
from metrics.periods import Period, local_days
from metrics.rules import Rules
from metrics.schema import ATTRIBUTE_PREFIX, attribute
from metrics.selection import agent_of, attribute_values, credited, rows
from metrics.summary import Summary, summarise, summarise_by
from metrics.tables import Tables

# The themes enter their measures into the catalogue when they are imported.
THEMES = (now, responsiveness, satisfaction, telephony, workload)


@dataclass(frozen=True)
class Group:
    """One group of a breakdown.

    Attributes:
        key: Day (YYYY-MM-DD), hour (0..23), "weekday-hour" (0 = Monday), id or value.
        label: The same in words where the data has them; else the key.
        summary: The number.
    """

    key: str
    label: str
    summary: Summary


def evaluate(
    metric: Metric, tables: Tables, period: Period, filters: Filters, rules: Rules
) -> Summary:
    """The metric's number."""
    found = rows(metric, tables, period, filters, rules)
    return _summary(metric, found, tables, rules)


def values(
    metric: Metric, tables: Tables, period: Period, filters: Filters, rules: Rules
) -> tuple[pd.DataFrame, pd.Series]:
    """The rows behind the number, and what each of them adds to it: the population only."""
    found = rows(metric, tables, period, filters, rules)
    measured = metric.measure(found, rules, tables.now)
    known = measured.notna()
    return found[known], measured[known]


def summary(
    tables: Tables, period: Period, filters: Filters, rules: Rules
) -> Mapping[str, Summary]:
    """Every number of the catalogue; rows are selected once for all metrics that share them."""
    chosen: dict[object, pd.DataFrame] = {}
    numbers = {}
    for key, metric in CATALOG.items():
        shared = (metric.table, metric.dated_by, metric.key in ("open_now", "snoozed_now"))
        if shared not in chosen:
            chosen[shared] = rows(metric, tables, period, filters, rules)
        numbers[key] = _summary(metric, chosen[shared], tables, rules)
    return numbers


def breakdown(
    metric: Metric, by: str, tables: Tables, period: Period, filters: Filters, rules: Rules
) -> list[Group]:
    """The metric's number in groups.

    Args:
        metric: What is counted.
        by: day, hour, weekday_hour, agent, team, reason or `attr.<label>`.
        tables: One version.
        period: Every day of it has its group, also without rows; so have all hours.
        filters: The reader's choice.
        rules: Zone, scope, labels.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    found = rows(metric, tables, period, filters, rules)
    measured = metric.measure(found, rules, tables.now)
    if by in ("day", "hour", "weekday_hour"):
        return _over_time(metric, by, found, measured, period, rules)
    groups, measured = _groups(metric, by, found, measured, tables, rules)
    numbers = summarise_by(metric, measured, groups)
    labels = _labels(by, tables)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1].n, item[0]))
    return [Group(key, labels.get(key, key), number) for key, number in ordered]


def missing_attributes(tables: Tables, rules: Rules) -> list[str]:
    """Labels that the settings name and no conversation carries."""
    labels = rules.labels
    named = (labels.reason, labels.second_reason, labels.kind, labels.status, labels.category)
    return [label for label in named if attribute(label) not in tables.conversations]


def _summary(metric: Metric, found: pd.DataFrame, tables: Tables, rules: Rules) -> Summary:
    parts = metric.parts(found, rules, tables.now) if metric.parts else None
    return summarise(metric, metric.measure(found, rules, tables.now), parts)


def _over_time(
    metric: Metric,
    by: str,
    found: pd.DataFrame,
    measured: pd.Series,
    period: Period,
    rules: Rules,
) -> list[Group]:
    if metric.dated_by is None:
        raise ValueError(f"{metric.key} is a stock: it has no day or hour")
    instants = found[metric.dated_by]
    local = instants.dt.tz_convert(rules.time_zone)
    if by == "day":
        words = local_days(instants, rules.time_zone).dt.strftime("%Y-%m-%d")
        first = period.first_day
        keys = [(first + timedelta(days=n)).isoformat() for n in range(period.days)]
    elif by == "hour":
        words = local.dt.hour.astype("str")
        keys = [str(hour) for hour in range(24)]
    else:
        words = local.dt.dayofweek.astype("str") + "-" + local.dt.hour.astype("str")
        keys = [f"{day}-{hour}" for day in range(7) for hour in range(24)]
    numbers = summarise_by(metric, measured, words)
    nothing = summarise(metric, measured.iloc[:0])
    return [Group(key, key, numbers.get(key, nothing)) for key in keys]


def _groups(
    metric: Metric,
    by: str,
    found: pd.DataFrame,
    measured: pd.Series,
    tables: Tables,
    rules: Rules,
) -> tuple[pd.Series, pd.Series]:
    """One word per value; a row may stand in several groups, then its value is repeated."""
    if by == "agent":
        if metric.table == "calls":
            credits = credited(found)
            return (
                credits["agent"].astype("str").fillna(UNASSIGNED),
                measured.reindex(credits["row"]).reset_index(drop=True),
            )
        if metric.table == "agents":
            return found["id"].astype("str"), measured
        return agent_of(found, tables, metric).fillna(UNASSIGNED), measured
    if by == "team":
        return _by_team(metric, found, measured, tables)
    if metric.table != "conversations":
        raise ValueError(f"{metric.key} cannot be grouped by {by}: only conversations have it")
    if by == "reason":
        found_mentions = workload.mentions(found, rules)
        words = found_mentions.reset_index(drop=True)
        return words, measured.reindex(found_mentions.index).reset_index(drop=True)
    if by.startswith(ATTRIBUTE_PREFIX):
        return attribute_values(found, by.removeprefix(ATTRIBUTE_PREFIX)).fillna(""), measured
    raise ValueError(f"no group called {by}")


def _by_team(
    metric: Metric, found: pd.DataFrame, measured: pd.Series, tables: Tables
) -> tuple[pd.Series, pd.Series]:
    if metric.table == "conversations":
        return found["team_id"].astype("str").fillna(UNASSIGNED), measured
    teams = tables.agents.set_index("id")["team_ids"].astype("str")
    if metric.table == "agents":
        people = pd.DataFrame({"row": found.index, "agent": found["id"].astype("str")})
    else:
        people = credited(found)
    joined = people["agent"].astype("str").map(teams).fillna("")
    long = people.assign(team=joined.astype("str").str.split(",")).explode("team")
    long["team"] = long["team"].replace("", UNASSIGNED).fillna(UNASSIGNED)
    long = long.drop_duplicates(["row", "team"])
    # Somebody's team is known: nobody's row needs no line of its own beside it.
    known = long["team"].ne(UNASSIGNED).groupby(long["row"]).transform("any")
    long = long[long["team"].ne(UNASSIGNED) | ~known]
    return long["team"].reset_index(drop=True), measured.reindex(long["row"]).reset_index(drop=True)


def _labels(by: str, tables: Tables) -> dict[str, str]:
    if by not in ("agent", "team"):
        return {}
    table = tables.agents if by == "agent" else tables.teams
    known = table[table["name"].notna()]
    return dict(zip(known["id"].astype("str"), known["name"].astype("str"), strict=True))
