"""Numbers on demand: one, all, or in groups. Screens, exports, alerts and the API ask here."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from metrics.measures import responsiveness, satisfaction, stocks, telephony, tickets, workload
from metrics.model.catalog import CATALOG, Metric
from metrics.model.definitions import Rules
from metrics.model.filters import EMPTY, UNASSIGNED, Filters
from metrics.model.people import members, names
from metrics.model.schema import attribute
from metrics.model.selection import chosen_people, select_rows
from metrics.model.summary import Summary, summarise, summarise_by
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.query.evaluation import measured, parts_of
from metrics.query.grouping import Grouping, GroupInput, columns_of, grouped

# The themes enter their measures into the catalogue when they are imported.
THEMES = (stocks, responsiveness, satisfaction, telephony, workload, tickets)
# What the table of agents tells of each, and the efficiency matrix of each point.
AGENT_METRICS = (
    "conversations",
    "conversations_closed",
    "first_response_time",
    "time_to_close",
    "csat_score",
    "classification_rate",
    "calls_answered",
    "talk_time",
)
MATRIX_METRICS = ("conversations", "time_to_close", "csat_score")


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


def evaluate(metric: Metric, view: View) -> Summary:
    """The metric's number."""
    return summarise(metric, measured(metric, view), parts_of(metric, view))


def values(metric: Metric, view: View) -> tuple[pd.DataFrame, pd.Series]:
    """The rows behind the number, and what each of them adds to it: the population only."""
    found = select_rows(metric, view)
    added = measured(metric, view)
    known = added.notna()
    return found[known], added[known]


def summary(view: View) -> dict[str, Summary]:
    """Every number of the catalogue."""
    return {key: evaluate(metric, view) for key, metric in CATALOG.items()}


def breakdown(metric: Metric, by: str, view: View) -> list[Group]:
    """The metric's number in groups.

    Args:
        by: day, hour, weekday_hour, agent, team, reason or `attr.<label>`. Of the first three
            every group is there, in order; of the others those with rows, most first.

    Raises:
        ValueError: The metric cannot be grouped so.
    """
    return breakdowns([metric], by, view)[metric.key]


def breakdowns(metrics: Iterable[Metric], by: str, view: View) -> dict[str, list[Group]]:
    """`breakdown` of several metrics; rows are selected and grouped once for those that share them.

    Raises:
        ValueError: One of the metrics cannot be grouped so.
    """
    by_person = by == "agent"
    shared: dict[object, Grouping] = {}
    told = {}
    for metric in metrics:
        same = _same_rows(metric)
        if same not in shared:
            shared[same] = _grouping(metric, by, view)
        added = measured(metric, view, by_person=by_person)
        told[metric.key] = _groups(metric, added, shared[same])
    return told


def _grouping(metric: Metric, by: str, view: View) -> Grouping:
    columns = columns_of(by, metric, view)
    return grouped(by, GroupInput.select(metric, view, by_person=by == "agent", columns=columns))


def missing_attributes(tables: Tables, rules: Rules) -> list[str]:
    """Labels that the settings name and no conversation carries."""
    labels = asdict(rules.labels)
    del labels["resolved_value"]
    return [label for label in labels.values() if attribute(label) not in tables.conversations]


def agents_table(view: View) -> pd.DataFrame:
    """One row per person: members, and whoever else has rows in the period.

    Returns:
        `agent_id`, `name`, `status` (member, outside, left, voice or unassigned), `open` and
        `snoozed` (now, over all teams); for each of `AGENT_METRICS` its value under its key (NA
        without data; durations are medians in seconds) and its population under `<key>_n`. By
        name; former members after the others, unassigned rows last.
    """
    held = ("open_now", "snoozed_now")
    keys = (*held, *AGENT_METRICS)
    told = _told(keys, "agent", view).drop(columns="label")
    populations = told[[f"{key}_n" for key in keys]].fillna(0)
    shown = _members(view.tables, view.filters, view.rules) | set(
        told.index[populations.gt(0).any(axis=1)]
    )
    known = names(view.tables, view.rules) | {UNASSIGNED: ("", "unassigned")}
    people = pd.DataFrame.from_dict(
        {agent: known.get(agent, ("", "left")) for agent in sorted(shown)},
        orient="index",
        columns=["name", "status"],
        dtype="str",
    )
    table = people.join(told)
    for column in table.columns.intersection([*populations, *(_counted(keys))]):
        table[column] = table[column].fillna(0).astype("int64")
    last = table["status"].map({"unassigned": 2, "left": 1}).fillna(0)
    order = pd.DataFrame({"last": last, "name": table["name"].str.casefold()})
    table = table.loc[order.sort_values(["last", "name"], kind="stable").index]
    table = table.rename(columns={"open_now": "open", "snoozed_now": "snoozed"})
    return table.drop(columns=[f"{key}_n" for key in held]).rename_axis("agent_id").reset_index()


def efficiency(view: View, by: str = "agent") -> pd.DataFrame:
    """The points of the efficiency matrix: who, or what, closed something.

    Args:
        by: agent or reason.

    Returns:
        `key`, `label`, `conversations`, `closed` (with a recorded time), `time_to_close` (median,
        seconds), `csat_score` (NA under `rules.csat_minimum` ratings) and `ratings`; most
        conversations first. Rows without a person or a reason are no point.
    """
    told = _told(MATRIX_METRICS, by, view)
    told = told.drop(index=UNASSIGNED if by == "agent" else EMPTY, errors="ignore")
    told = told[told["time_to_close"].notna() & told["conversations"].gt(0)]
    table = pd.DataFrame(
        {
            "label": told["label"],
            "conversations": told["conversations"].astype("int64"),
            "closed": told["time_to_close_n"].astype("int64"),
            "time_to_close": told["time_to_close"],
            "csat_score": told["csat_score"].where(told["csat_score_n"] >= view.rules.csat_minimum),
            "ratings": told["csat_score_n"].fillna(0).astype("int64"),
        }
    ).rename_axis("key")
    return table.reset_index().sort_values(
        ["conversations", "key"], ascending=[False, True], ignore_index=True
    )


def _members(tables: Tables, filters: Filters, rules: Rules) -> set[str]:
    inside = set(members(tables, rules)["id"])
    chosen = chosen_people(tables, filters)
    return inside if chosen is None else inside & chosen


def _counted(keys: Iterable[str]) -> list[str]:
    """The metrics of which a person without rows has none: 0, where others have no data."""
    return [key for key in keys if CATALOG[key].unit == "count"]


def _same_rows(metric: Metric) -> object:
    """Metrics with the same answer are about the same rows."""
    return metric.table, metric.dated_by, metric.scope


def _groups(metric: Metric, added: pd.Series, grouping: Grouping) -> list[Group]:
    numbers = summarise_by(metric, added.iloc[grouping.positions], grouping.sorted)
    labels = grouping.labels or {}
    if grouping.keys is not None:
        nothing = summarise(metric, added.iloc[:0])
        return [Group(key, key, numbers.get(key, nothing)) for key in grouping.keys]
    ordered = sorted(numbers.items(), key=lambda item: (-item[1].n, item[0]))
    return [Group(key, labels.get(key, key), number) for key, number in ordered]


def _told(keys: Iterable[str], by: str, view: View) -> pd.DataFrame:
    """Value and population of several metrics side by side, one line per group."""
    metrics = [CATALOG[key] for key in keys]
    columns: dict[str, Mapping[str, object]] = {"label": {}}
    for key, groups in breakdowns(metrics, by, view).items():
        columns["label"] = {g.key: g.label for g in groups} | dict(columns["label"])
        columns[key] = {g.key: g.summary.value for g in groups}
        columns[f"{key}_n"] = {g.key: g.summary.n for g in groups}
    lines = list(columns["label"])
    return pd.DataFrame(
        {
            name: pd.Series(
                [values.get(line) for line in lines],
                index=pd.Index(lines, dtype="str"),
                dtype="str" if name == "label" else "Float64",
            )
            for name, values in columns.items()
        }
    )
