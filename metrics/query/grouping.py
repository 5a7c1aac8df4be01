"""In which group each row of a number stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.measures import workload
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.lines import line_names, line_of
from metrics.model.people import names
from metrics.model.periods import local_days
from metrics.model.schema import ATTRIBUTE_PREFIX, attribute
from metrics.model.selection import (
    CREDITED,
    GroupError,
    Selection,
    agent_of,
    attribute_values,
    chosen_people,
    credited,
)
from metrics.model.summary import Sorted

HOURS, WEEKDAYS = range(24), range(7)
EMPTY_LABEL = {EMPTY: "—"}


@dataclass(frozen=True)
class Grouping:
    """Rows in groups.

    Attributes:
        words: The group of each line; NA = in none.
        positions: The row of each line: a row may stand in several groups.
        keys: All groups, in order, also those without rows; None = those that have rows.
        labels: Group -> what people call it, where that is not the group itself.
    """

    words: pd.Series
    positions: npt.NDArray[np.int64]
    keys: tuple[str, ...] | None = None
    labels: dict[str, str] | None = None

    @cached_property
    def sorted(self) -> Sorted:
        return Sorted.of(self.words)


def group_rows(by: str, selection: Selection) -> Grouping:
    """The rows by a key of `GROUPS`, or by `attr.<label>`.

    Raises:
        GroupError: There is no such group, or these rows cannot be grouped so.
    """
    if by in GROUPS:
        return GROUPS[by](selection)
    if by.startswith(ATTRIBUTE_PREFIX):
        return _by_attribute(selection, by.removeprefix(ATTRIBUTE_PREFIX))
    raise GroupError(f"no group called {by}")


def _by_day(selection: Selection) -> Grouping:
    period = selection.view.period
    local = local_days(selection.dates, selection.view.rules.time_zone)
    day = local - pd.Timestamp(period.first_day)
    days = (period.first_day + timedelta(days=number) for number in range(period.days))
    return _numbered(day.dt.days, tuple(day.isoformat() for day in days))


def _by_hour(selection: Selection) -> Grouping:
    local = selection.dates.dt.tz_convert(selection.view.rules.time_zone)
    return _numbered(local.dt.hour, tuple(map(str, HOURS)))


def _by_weekday_hour(selection: Selection) -> Grouping:
    local = selection.dates.dt.tz_convert(selection.view.rules.time_zone)
    keys = tuple(f"{weekday}-{hour}" for weekday in WEEKDAYS for hour in HOURS)
    return _numbered(local.dt.day_of_week * len(HOURS) + local.dt.hour, keys)


def _by_week(selection: Selection) -> Grouping:
    """Weeks begin on Monday; the first and the last may be cut by the period."""
    period, zone = selection.view.period, selection.view.rules.time_zone
    first = period.first_day - timedelta(days=period.first_day.weekday())
    weeks = (period.last_day - first).days // 7 + 1
    passed = (local_days(selection.dates, zone) - pd.Timestamp(first)).dt.days // 7
    keys = tuple((first + timedelta(weeks=number)).isoformat() for number in range(weeks))
    return _numbered(passed, keys)


def _by_weekday(selection: Selection) -> Grouping:
    local = selection.dates.dt.tz_convert(selection.view.rules.time_zone)
    return _numbered(local.dt.day_of_week, tuple(map(str, WEEKDAYS)))


def _by_origin(selection: Selection) -> Grouping:
    if selection.metric.table == "calls":
        side = {"inbound": "customer", "outbound": "teammate"}
        return _one_each(_words(selection, "direction").map(side).fillna(UNASSIGNED))
    _refuse_others(selection, "origin")
    return _one_each(_words(selection, "origin").fillna(UNASSIGNED))


def _by_agent(selection: Selection) -> Grouping:
    labels = {agent: name for agent, (name, _) in names(selection.view.tables).items() if name}
    if selection.metric.table == "calls":
        credits = credited(selection.columns(*CREDITED), chosen_people(selection.view))
        words = credits["agent"].fillna(UNASSIGNED)
        return Grouping(words, credits["row"].to_numpy(), labels=labels)
    if selection.metric.table == "agents":
        return _one_each(selection.columns("id")["id"], labels)
    agents = agent_of(
        selection.columns("agent_id", "rated_agent_id"), selection.view.tables, selection.metric
    )
    return _one_each(agents.fillna(UNASSIGNED), labels)


def _by_team(selection: Selection) -> Grouping:
    teams = selection.view.tables.teams.dropna(subset=["name"])
    labels = dict(zip(teams["id"], teams["name"], strict=True))
    labels |= {team.id: team.name for team in selection.view.rules.teams if team.name}
    if selection.metric.table in ("conversations", "tickets"):
        return _one_each(_words(selection, "team_id").fillna(UNASSIGNED), labels)
    lines = _people_of(selection)
    own = selection.view.tables.agents.set_index("id")["team_ids"].astype("str")
    lines["team"] = lines["agent"].map(own).astype("str").str.split(",")
    lines = lines.explode("team")
    lines["team"] = lines["team"].astype("str").where(_is_shown(lines["team"], selection))
    lines = lines.drop_duplicates(["row", "team"])
    # Where somebody's team is known, the others need no line of their own beside it.
    known = lines["team"].notna().groupby(lines["row"]).transform("any")
    lines = lines[lines["team"].notna() | ~known]
    return Grouping(lines["team"].fillna(UNASSIGNED), lines["row"].to_numpy(), labels=labels)


def _people_of(selection: Selection) -> pd.DataFrame:
    if selection.metric.table == "calls":
        return credited(selection.columns(*CREDITED), chosen_people(selection.view))
    ids = _words(selection, "id")
    return pd.DataFrame({"row": np.arange(len(ids)), "agent": ids.to_numpy()})


def _is_shown(teams: pd.Series, selection: Selection) -> pd.Series:
    shown = teams.notna() & teams.ne("")
    for restriction in (selection.view.rules.team_ids, selection.view.filters.teams):
        if restriction:
            shown &= teams.isin(restriction)
    return shown


def _by_reason(selection: Selection) -> Grouping:
    """Conversations by each reason they mention, once even where the same is named twice."""
    _refuse_others(selection, "reason")
    labels = selection.view.rules.labels
    columns = attribute(labels.reason), attribute(labels.second_reason)
    numbered = selection.columns(*columns).reset_index(drop=True)
    mentioned = workload.mentions(numbered, selection.view.rules)
    without = numbered.index.difference(mentioned.index)
    lines = pd.concat([mentioned, pd.Series(EMPTY, index=without, dtype="str")])
    lines = lines.rename_axis("row").rename("reason").reset_index().drop_duplicates()
    return Grouping(lines["reason"], lines["row"].to_numpy(), labels=EMPTY_LABEL)


def _by_state(selection: Selection) -> Grouping:
    if selection.metric.table != "tickets":
        _refuse_others(selection, "state")
    return _one_each(_words(selection, "state").fillna(EMPTY), EMPTY_LABEL)


def _by_channel(selection: Selection) -> Grouping:
    _refuse_others(selection, "channel")
    return _one_each(_words(selection, "channel").fillna(EMPTY), EMPTY_LABEL)


def _by_line(selection: Selection) -> Grouping:
    _refuse_others(selection, "line", "calls")
    calls = selection.columns("line_id", "line_name")
    return _one_each(line_of(calls), line_names(calls))


def _by_caller(selection: Selection) -> Grouping:
    """Calls by the number at the other end, told by its first call: an address tells no number.

    Anonymous calls are in no group: nobody knows whether they are of one person.
    """
    _refuse_others(selection, "caller", "calls")
    calls = selection.columns("id", "digits", "started_at")
    ordered = calls.sort_values(["started_at", "id"])
    first = ordered.groupby("digits")["id"].transform("first").reindex(calls.index)
    return _one_each(first)


def _by_user(selection: Selection) -> Grouping:
    """Calls by the one person who had them: not by who passed them on or took them over."""
    _refuse_others(selection, "user", "calls")
    labels = {agent: name for agent, (name, _) in names(selection.view.tables).items() if name}
    return _one_each(_words(selection, "agent_id").fillna(UNASSIGNED), labels)


def _by_giver(selection: Selection) -> Grouping:
    return _by_side(selection, "transferred_by")


def _by_taker(selection: Selection) -> Grouping:
    return _by_side(selection, "transferred_to")


def _by_side(selection: Selection, side: str) -> Grouping:
    _refuse_others(selection, side, "calls")
    labels = {agent: name for agent, (name, _) in names(selection.view.tables).items() if name}
    words = _words(selection, f"{side}_agent_id").fillna(UNASSIGNED)
    transferred = _words(selection, "transferred_by_agent_id").notna()
    return _one_each(words.where(transferred), labels)


def _by_ticket(name: str) -> Callable[[Selection], Grouping]:
    def group(selection: Selection) -> Grouping:
        _refuse_others(selection, name, "tickets")
        words = TICKET_WORDS[name](selection.rows, selection.view.period, selection.view.rules)
        labels = EMPTY_LABEL
        if name == CREATOR:
            labels = {agent: called for agent, (called, _) in names(selection.view.tables).items()}
        return _one_each(words, labels)

    return group


def _by_attribute(selection: Selection, label: str) -> Grouping:
    _refuse_others(selection, label)
    words = attribute_values(selection.columns(attribute(label)), label)
    return _one_each(words.fillna(EMPTY), EMPTY_LABEL)


def _refuse_others(selection: Selection, what: str, table: str = "conversations") -> None:
    if selection.metric.table != table:
        raise GroupError(f"{selection.metric.key} cannot be grouped by {what}: {table} can")


def _words(selection: Selection, column: str) -> pd.Series:
    return selection.columns(column)[column].astype("str")


def _one_each(words: pd.Series, labels: dict[str, str] | None = None) -> Grouping:
    return Grouping(words, np.arange(len(words)), labels=labels)


def _numbered(numbers: pd.Series, keys: tuple[str, ...]) -> Grouping:
    """Groups that are told by their place in `keys`."""
    words = pd.Series(pd.Categorical.from_codes(numbers.to_numpy(dtype="int64"), list(keys)))
    return Grouping(words, np.arange(len(words)), keys)


GROUPS: dict[str, Callable[[Selection], Grouping]] = {
    "day": _by_day,
    "hour": _by_hour,
    "week": _by_week,
    "weekday": _by_weekday,
    "weekday_hour": _by_weekday_hour,
    "origin": _by_origin,
    "agent": _by_agent,
    "team": _by_team,
    "reason": _by_reason,
    "state": _by_state,
    "channel": _by_channel,
    "line": _by_line,
    "caller": _by_caller,
    "user": _by_user,
    "transferred_by": _by_giver,
    "transferred_to": _by_taker,
    **{name: _by_ticket(name) for name in TICKET_WORDS},
}
