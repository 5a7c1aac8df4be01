"""In which group each row of a number stands."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.measures import workload
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model.catalog import Metric
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.lines import line_names, line_of
from metrics.model.people import names
from metrics.model.periods import local_days
from metrics.model.schema import ATTRIBUTE_PREFIX, attribute
from metrics.model.selection import (
    CREDITED,
    agent_of,
    attribute_values,
    chosen_people,
    credited,
    select_rows,
)
from metrics.model.summary import Sorted
from metrics.model.view import View

HOURS, WEEKDAYS = range(24), range(7)
DATED = frozenset({"day", "hour", "week", "weekday", "weekday_hour"})
EMPTY_LABEL = {EMPTY: "—"}


class GroupError(ValueError):
    """These rows cannot be grouped so; the text says why."""


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
        """The lines sorted by their group."""
        return Sorted.of(self.words)


@dataclass(frozen=True)
class GroupInput:
    """Rows of one metric, to be grouped; they may be cut to the columns that tell the group."""

    metric: Metric
    rows: pd.DataFrame
    view: View

    @classmethod
    def select(
        cls,
        metric: Metric,
        view: View,
        *,
        by_person: bool = False,
        columns: Collection[str] | None = None,
    ) -> "GroupInput":
        """The metric's rows under a view, as `select_rows` gives them."""
        return cls(metric, select_rows(metric, view, by_person=by_person, columns=columns), view)

    @property
    def dates(self) -> pd.Series:
        """When each row counts.

        Raises:
            GroupError: The metric is a stock.
        """
        if self.metric.dated_by is None:
            raise GroupError(f"{self.metric.key} is a stock: it has no day or hour")
        return self.rows[self.metric.dated_by]


def grouped(by: str, asked: GroupInput) -> Grouping:
    """The rows in groups.

    Args:
        by: A key of `GROUPS`, or `attr.<label>`.

    Raises:
        GroupError: There is no such group, or these rows cannot be grouped so.
    """
    if by in GROUPS:
        return GROUPS[by](asked)
    if by.startswith(ATTRIBUTE_PREFIX):
        return _by_attribute(asked, by.removeprefix(ATTRIBUTE_PREFIX))
    raise GroupError(f"no group called {by}")


def columns_of(by: str, metric: Metric, view: View) -> list[str] | None:
    """The columns that a group is told by; None where they may be any.

    The rows of a `GroupInput` may be cut to these, if it is only to be grouped.
    """
    if metric.table not in ("conversations", "calls"):
        return None
    calls, labels = metric.table == "calls", view.rules.labels
    needed = {
        "agent": CREDITED if calls else ("agent_id", "rated_agent_id"),
        "team": CREDITED if calls else ("team_id",),
        "origin": ("direction",) if calls else ("origin",),
        "line": ("line_id", "line_name"),
        "reason": (attribute(labels.reason), attribute(labels.second_reason)),
        "state": ("state",),
        "channel": ("channel",),
    }
    if by in DATED:
        columns: tuple[str, ...] = (metric.dated_by,) if metric.dated_by else ()
    elif by.startswith(ATTRIBUTE_PREFIX):
        columns = (by,)
    elif by in needed:
        columns = needed[by]
    else:
        return None
    table = view.tables.calls if calls else view.tables.conversations
    return [column for column in columns if column in table]


def _by_day(asked: GroupInput) -> Grouping:
    period = asked.view.period
    day = local_days(asked.dates, asked.view.rules.time_zone) - pd.Timestamp(period.first_day)
    days = (period.first_day + timedelta(days=number) for number in range(period.days))
    return _numbered(day.dt.days, tuple(day.isoformat() for day in days))


def _by_hour(asked: GroupInput) -> Grouping:
    local = asked.dates.dt.tz_convert(asked.view.rules.time_zone)
    return _numbered(local.dt.hour, tuple(map(str, HOURS)))


def _by_weekday_hour(asked: GroupInput) -> Grouping:
    local = asked.dates.dt.tz_convert(asked.view.rules.time_zone)
    keys = tuple(f"{weekday}-{hour}" for weekday in WEEKDAYS for hour in HOURS)
    return _numbered(local.dt.day_of_week * len(HOURS) + local.dt.hour, keys)


def _by_week(asked: GroupInput) -> Grouping:
    """Weeks begin on Monday; the first and the last may be cut by the period."""
    period, zone = asked.view.period, asked.view.rules.time_zone
    first = period.first_day - timedelta(days=period.first_day.weekday())
    weeks = (period.last_day - first).days // 7 + 1
    passed = (local_days(asked.dates, zone) - pd.Timestamp(first)).dt.days // 7
    keys = tuple((first + timedelta(weeks=number)).isoformat() for number in range(weeks))
    return _numbered(passed, keys)


def _by_weekday(asked: GroupInput) -> Grouping:
    local = asked.dates.dt.tz_convert(asked.view.rules.time_zone)
    return _numbered(local.dt.day_of_week, tuple(map(str, WEEKDAYS)))


def _by_origin(asked: GroupInput) -> Grouping:
    """Who started it; a call that came in was started by a customer."""
    if asked.metric.table == "calls":
        side = {"inbound": "customer", "outbound": "teammate"}
        return _one_each(asked.rows["direction"].astype("str").map(side).fillna(UNASSIGNED))
    _refuse_others(asked, "origin")
    return _one_each(asked.rows["origin"].astype("str").fillna(UNASSIGNED))


def _by_agent(asked: GroupInput) -> Grouping:
    labels = {agent: name for agent, (name, _) in names(asked.view.tables).items() if name}
    if asked.metric.table == "calls":
        credits = credited(asked.rows, chosen_people(asked.view.tables, asked.view.filters))
        words = credits["agent"].fillna(UNASSIGNED)
        return Grouping(words, credits["row"].to_numpy(), labels=labels)
    if asked.metric.table == "agents":
        return _one_each(asked.rows["id"], labels)
    agents = agent_of(asked.rows, asked.view.tables, asked.metric)
    return _one_each(agents.fillna(UNASSIGNED), labels)


def _by_team(asked: GroupInput) -> Grouping:
    teams = asked.view.tables.teams.dropna(subset=["name"])
    labels = dict(zip(teams["id"], teams["name"], strict=True))
    labels |= {team.id: team.name for team in asked.view.rules.teams if team.name}
    if asked.metric.table in ("conversations", "tickets"):
        return _one_each(asked.rows["team_id"].astype("str").fillna(UNASSIGNED), labels)
    lines = _people_of(asked)
    own = asked.view.tables.agents.set_index("id")["team_ids"].astype("str")
    lines["team"] = lines["agent"].map(own).astype("str").str.split(",")
    lines = lines.explode("team")
    lines["team"] = lines["team"].astype("str").where(_is_shown(lines["team"], asked))
    lines = lines.drop_duplicates(["row", "team"])
    # Where somebody's team is known, the others need no line of their own beside it.
    known = lines["team"].notna().groupby(lines["row"]).transform("any")
    lines = lines[lines["team"].notna() | ~known]
    return Grouping(lines["team"].fillna(UNASSIGNED), lines["row"].to_numpy(), labels=labels)


def _people_of(asked: GroupInput) -> pd.DataFrame:
    if asked.metric.table == "calls":
        return credited(asked.rows, chosen_people(asked.view.tables, asked.view.filters))
    ids = asked.rows["id"].astype("str")
    return pd.DataFrame({"row": np.arange(len(ids)), "agent": ids.to_numpy()})


def _is_shown(teams: pd.Series, asked: GroupInput) -> pd.Series:
    """Whether each team is one of those in scope and chosen."""
    shown = teams.notna() & teams.ne("")
    for restriction in (asked.view.rules.team_ids, asked.view.filters.teams):
        if restriction:
            shown &= teams.isin(restriction)
    return shown


def _by_reason(asked: GroupInput) -> Grouping:
    """Conversations by each reason they mention, once even where the same is named twice."""
    _refuse_others(asked, "reason")
    numbered = asked.rows.reset_index(drop=True)
    mentioned = workload.mentions(numbered, asked.view.rules)
    without = numbered.index.difference(mentioned.index)
    lines = pd.concat([mentioned, pd.Series(EMPTY, index=without, dtype="str")])
    lines = lines.rename_axis("row").rename("reason").reset_index().drop_duplicates()
    return Grouping(lines["reason"], lines["row"].to_numpy(), labels=EMPTY_LABEL)


def _by_state(asked: GroupInput) -> Grouping:
    if asked.metric.table != "tickets":
        _refuse_others(asked, "state")
    return _one_each(asked.rows["state"].astype("str").fillna(EMPTY), EMPTY_LABEL)


def _by_channel(asked: GroupInput) -> Grouping:
    _refuse_others(asked, "channel")
    return _one_each(asked.rows["channel"].astype("str").fillna(EMPTY), EMPTY_LABEL)


def _by_line(asked: GroupInput) -> Grouping:
    _refuse_others(asked, "line", "calls")
    return _one_each(line_of(asked.rows), line_names(asked.rows))


def _by_caller(asked: GroupInput) -> Grouping:
    """Calls by the number at the other end, told by its first call: an address tells no number.

    Anonymous calls are in no group: nobody knows whether they are of one person.
    """
    _refuse_others(asked, "caller", "calls")
    ordered = asked.rows.sort_values(["started_at", "id"])
    first = ordered.groupby("digits")["id"].transform("first").reindex(asked.rows.index)
    return _one_each(first)


def _by_user(asked: GroupInput) -> Grouping:
    """Calls by the one person who had them: not by who passed them on or took them over."""
    _refuse_others(asked, "user", "calls")
    labels = {agent: name for agent, (name, _) in names(asked.view.tables).items() if name}
    return _one_each(asked.rows["agent_id"].astype("str").fillna(UNASSIGNED), labels)


def _by_giver(asked: GroupInput) -> Grouping:
    return _by_side(asked, "transferred_by")


def _by_taker(asked: GroupInput) -> Grouping:
    return _by_side(asked, "transferred_to")


def _by_side(asked: GroupInput, side: str) -> Grouping:
    """Transferred calls by who passed them on, or by whom they went to."""
    _refuse_others(asked, side, "calls")
    labels = {agent: name for agent, (name, _) in names(asked.view.tables).items() if name}
    words = asked.rows[f"{side}_agent_id"].astype("str").fillna(UNASSIGNED)
    return _one_each(words.where(asked.rows["transferred_by_agent_id"].notna()), labels)


def _by_ticket(name: str) -> Callable[[GroupInput], Grouping]:
    """Tickets by something that only they have."""

    def group(asked: GroupInput) -> Grouping:
        _refuse_others(asked, name, "tickets")
        words = TICKET_WORDS[name](asked.rows, asked.view.period, asked.view.rules)
        labels = EMPTY_LABEL
        if name == CREATOR:
            labels = {agent: called for agent, (called, _) in names(asked.view.tables).items()}
        return _one_each(words, labels)

    return group


def _by_attribute(asked: GroupInput, label: str) -> Grouping:
    _refuse_others(asked, label)
    return _one_each(attribute_values(asked.rows, label).fillna(EMPTY), EMPTY_LABEL)


def _refuse_others(asked: GroupInput, what: str, table: str = "conversations") -> None:
    if asked.metric.table != table:
        raise GroupError(f"{asked.metric.key} cannot be grouped by {what}: {table} can")


def _one_each(words: pd.Series, labels: dict[str, str] | None = None) -> Grouping:
    return Grouping(words, np.arange(len(words)), labels=labels)


def _numbered(numbers: pd.Series, keys: tuple[str, ...]) -> Grouping:
    """Groups that are told by their place in `keys`."""
    words = pd.Series(pd.Categorical.from_codes(numbers.to_numpy(dtype="int64"), list(keys)))
    return Grouping(words, np.arange(len(words)), keys)


GROUPS: dict[str, Callable[[GroupInput], Grouping]] = {
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
