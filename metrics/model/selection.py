"""Which rows a number is about: scope, period, and what the reader chose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.model import schema
from metrics.model.catalog import Metric
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.lines import on_lines
from metrics.model.people import in_teams, members
from metrics.model.periods import within
from metrics.model.tables import Tables
from metrics.model.view import View

RATING = ("rating", "rating_at", "rating_remark", "rated_agent_id")
CREDITED = tuple(schema.CALL_AGENTS)
Mask = npt.NDArray[np.bool_]
# Who started it, in the telephone's words.
_DIRECTIONS = {"customer": "inbound", "teammate": "outbound"}


class GroupError(ValueError):
    """These rows cannot be grouped so; the text says why."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The rows that a metric may count under a view: in scope, dated in the period, and chosen.

    They are selected once; value, parts, groups and the rows behind a click are asked of them.
    The mask has one flag for each row of the metric's whole table.
    """

    metric: Metric
    view: View
    mask: Mask

    @property
    def table(self) -> pd.DataFrame:
        table: pd.DataFrame = getattr(self.view.tables, self.metric.table)
        return table

    @cached_property
    def rows(self) -> pd.DataFrame:
        return self.table[self.mask]

    def columns(self, *names: str) -> pd.DataFrame:
        """The rows with those of these columns that there are.

        All columns of 200,000 rows take a tenth of a second.
        """
        table = self.table
        return table[[name for name in names if name in table]][self.mask]

    @property
    def dates(self) -> pd.Series:
        """Raises GroupError for a stock, which has no dates."""
        if self.metric.dated_by is None:
            raise GroupError(f"{self.metric.key} is a stock: it has no day or hour")
        return self.table[self.metric.dated_by][self.mask]

    @cached_property
    def values(self) -> pd.Series:
        """What each row adds; NA for rows outside the population.

        A measure looks at one row at a time, so it is worked out once for all rows of a version.
        """
        tables, rules = self.view.tables, self.view.rules
        values = tables.memory.get(
            ("measure", self.metric.key, rules.key),
            lambda: self.metric.measure(self.table, rules, tables.now),
        )
        return values[self.mask]

    @cached_property
    def parts(self) -> pd.Series | None:
        """The words of the metric's parts; a row may have several: reasons are mentions."""
        tables, rules, parts = self.view.tables, self.view.rules, self.metric.parts
        if parts is None:
            return None
        words = tables.memory.get(
            ("parts", self.metric.key, rules.key), lambda: parts(self.table, rules, tables.now)
        )
        if words.index.equals(self.table.index):
            return words[self.mask]
        return words[self.mask[self.table.index.get_indexer(words.index)]]


def select(metric: Metric, view: View, *, by_person: bool = False) -> Selection:
    """The rows of a metric under a view; the halves of the mask are remembered for the version.

    Where the number is told person by person, what each of them holds counts over all teams, as it
    does when people are chosen.
    """
    tables, rules = view.tables, view.rules
    by_person = by_person and metric.scope == "person"
    # Ratings belong to who was rated.
    about = metric.table, metric.scope, metric.dated_by == "rating_at", by_person
    agreed = rules.team_ids, rules.main_lines

    def choose() -> Mask:
        if metric.table == "agents":
            return np.asarray(tables.agents.index.isin(_people(view).index), dtype=bool)
        if metric.table == "calls":
            return _plain_mask(_calls(view))
        if metric.table == "tickets":
            return _plain_mask(_tickets(view))
        return _plain_mask(_conversations(view, metric, by_person=by_person))

    mask = tables.memory.get(("chosen", about, view.filters.key, agreed), choose)
    if metric.dated_by is None:
        return Selection(metric, view, mask)
    dates, zone = getattr(tables, metric.table)[metric.dated_by], rules.time_zone
    dated = tables.memory.get(
        ("dated", metric.table, metric.dated_by, view.period, zone.key),
        lambda: _plain_mask(within(dates, view.period, zone)),
    )
    return Selection(metric, view, mask & dated)


def select_conversations(view: View) -> pd.DataFrame:
    """Conversations in scope that the filters choose, of any day; none that a call wrote."""
    return view.tables.conversations[_conversations(view, None)]


def _conversations(view: View, metric: Metric | None, *, by_person: bool = False) -> pd.Series:
    tables, filters, rules = view.tables, view.filters, view.rules
    table = tables.conversations
    keep = ~table["is_call"].fillna(False).astype(bool)
    scope = metric.scope if metric else "teams"
    if rules.team_ids and scope != "workspace":
        inside = table["team_id"].isin(rules.team_ids)
        if scope == "person" and (by_person or filters.agents):
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
    return keep


def agent_of(table: pd.DataFrame, tables: Tables, metric: Metric | None) -> pd.Series:
    """For whom each conversation counts; missing = nobody.

    A rating counts for the teammate who was rated, if that is a person we know, else for the
    assignee. The bot is nobody's agent.
    """
    return _agents(table, tables, of_rating=metric is not None and metric.dated_by == "rating_at")


def _agents(table: pd.DataFrame, tables: Tables, *, of_rating: bool) -> pd.Series:
    assigned = table["agent_id"].astype("str")
    bots = set(tables.agents.loc[tables.agents["bot"].fillna(False), "id"])
    if of_rating:
        people = set(tables.agents["id"]) - bots
        rated = table["rated_agent_id"].astype("str")
        assigned = rated.where(rated.isin(people), assigned)
    return assigned.where(~assigned.isin(bots)) if bots else assigned


def without_others_ratings(table: pd.DataFrame, tables: Tables, agent_id: str) -> pd.DataFrame:
    """Conversations as one person may read them: ratings that count for others are missing."""
    others = _agents(table, tables, of_rating=True).ne(agent_id).fillna(True).astype(bool)
    return table.assign(**{name: table[name].mask(others) for name in RATING})


def credited(calls: pd.DataFrame, people: Collection[str] | None = None) -> pd.DataFrame:
    """Each call once for each distinct person who answered, passed on or took over.

    As `row` (the call's position) and `agent`; a call without anybody has one line with NA, which
    `UNASSIGNED` among the people stands for. People of None are all.
    """
    sides = [_plain(calls[side]) for side in CREDITED]
    codes, known = pd.factorize(pd.concat(sides, ignore_index=True))
    # A row and a person as one number, so that each pair is found once; -1 is nobody.
    width = len(known) + 1
    row = np.tile(np.arange(len(calls)), len(sides))
    pairs = np.unique(row[codes >= 0] * width + codes[codes >= 0])
    nobody = np.setdiff1d(np.arange(len(calls)), pairs // width)
    agents = pd.array([*known, None], dtype="str").take(pairs % width)
    nothing = pd.array([None], dtype="str").take(np.zeros(len(nobody), dtype="int64"))
    lines = pd.DataFrame(
        {
            "row": np.concatenate([pairs // width, nobody]),
            "agent": pd.concat([pd.Series(agents), pd.Series(nothing)], ignore_index=True),
        }
    )
    if people is not None:
        lines = lines[lines["agent"].fillna(UNASSIGNED).isin(people)]
    return lines.reset_index(drop=True)


def chosen_people(view: View) -> set[str] | None:
    """The people that the filters choose, by name or by team; None = everyone."""
    filters = view.filters
    chosen = set(filters.agents) if filters.agents else None
    if not filters.teams:
        return chosen
    inside = in_teams(view.tables.agents, filters.teams)
    return inside if chosen is None else inside & chosen


def _plain(words: pd.Series) -> pd.Series:
    return words.astype("str").reset_index(drop=True)


def attribute_values(table: pd.DataFrame, label: str) -> pd.Series:
    """The attribute of each row, trimmed; missing, blank and absent columns are NA."""
    column = schema.attribute(label)
    if column not in table:
        return pd.Series(pd.NA, index=table.index, dtype="str")
    values = table[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        trimmed = [str(word).strip() or None for word in values.cat.categories]
        words = pd.array([*trimmed, None], dtype="str")
        return pd.Series(words.take(values.cat.codes.to_numpy()), index=values.index)
    words = values.astype("str").str.strip()
    return words.where(words.ne(""))


def is_filled(table: pd.DataFrame, label: str) -> pd.Series:
    return attribute_values(table, label).notna()


def _people(view: View) -> pd.DataFrame:
    filters = view.filters
    people = members(view.tables, view.rules)
    if filters.teams:
        people = people[people["id"].isin(in_teams(people, filters.teams))]
    if filters.agents:
        people = people[people["id"].isin(filters.agents)]
    return people


def _calls(view: View) -> pd.Series:
    tables, filters = view.tables, view.filters
    calls = tables.calls
    if filters.attributes:
        # Only conversations carry attributes: no call has the value that was asked for.
        return pd.Series(False, index=calls.index)
    keep = calls["status"].eq("done")
    if filters.lines:
        keep &= on_lines(calls, filters.lines, view.rules)
    if filters.origin:
        keep &= calls["direction"].eq(_DIRECTIONS[filters.origin])
    if filters.teams:
        keep &= _credits(calls, in_teams(tables.agents, filters.teams))
    if filters.agents:
        chosen = _credits(calls, filters.agents)
        if UNASSIGNED in filters.agents:
            chosen |= calls[list(CREDITED)].isna().all(axis=1)
        keep &= chosen
    return keep


def _plain_mask(keep: pd.Series) -> Mask:
    plain: Mask = keep.fillna(False).to_numpy(dtype=bool)
    return plain


def _tickets(view: View) -> pd.Series:
    """Tickets of the whole workspace; one without a team of its own is in those of its owner."""
    tables, filters = view.tables, view.filters
    table = tables.tickets
    keep = pd.Series(True, index=table.index)
    if filters.attributes or filters.origin:
        # Only conversations have those: no ticket has the value that was asked for.
        return ~keep
    if filters.teams:
        owned = table["agent_id"].isin(in_teams(tables.agents, filters.teams))
        keep &= table["team_id"].isin(filters.teams) | (table["team_id"].isna() & owned)
    if filters.agents:
        keep &= _chosen(_agents(table, tables, of_rating=False), filters.agents)
    for column, values in filters.tickets.items():
        words = table[column].astype("str")
        keep &= words.isin(values) | (words.isna() if EMPTY in values else False)
    return keep


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
