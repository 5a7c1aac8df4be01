"""In which group each row of a number stands."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from metrics.measures import workload
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model.derived import day_of, hour_of
from metrics.model.extent import Gap
from metrics.model.filters import AUTOMATED, EMPTY, UNASSIGNED
from metrics.model.lines import line_names, line_of
from metrics.model.people import names
from metrics.model.periods import Period, list_stretches
from metrics.model.schema import ATTRIBUTE_PREFIX, LABEL, SEPARATOR, attribute
from metrics.model.selection import (
    DIRECTIONS,
    GroupError,
    Selection,
    agent_of,
    chosen_people,
    credit,
    list_joined,
)
from metrics.model.values import is_true

HOURS, WEEKDAYS = range(24), range(7)
EMPTY_LABEL = {EMPTY: "—"}
# The columns that a grouping attaches and needs.
GROUP, ROW = "group", "row"


@dataclass(frozen=True)
class Grouping:
    """Rows in groups.

    Attributes:
        word: The group of each row; null = in none. With `keys` the place among them.
        lines: Instead, where a row may stand in several groups: makes of numbered rows one line
            for each of their groups, in the column `GROUP`.
        keys: All groups, in order, also those without rows; None = those that have rows.
        labels: Group -> what people call it, where that is not the group itself.
        gaps: Group -> why nothing can be known of it.
    """

    word: pl.Expr | None = None
    lines: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None
    keys: tuple[str, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)

    def attach(self, query: pl.LazyFrame, name: str = GROUP) -> pl.LazyFrame:
        """The rows with their group, once for each of them; rows in no group go.

        The rows have to be numbered in `ROW` where they may stand in several groups.
        """
        if self.lines is None:
            assert self.word is not None
            return query.with_columns(self.word.alias(name)).drop_nulls(name)
        if ROW not in query.collect_schema():
            query = query.with_row_index(ROW)
        return self.lines(query).rename({GROUP: name}).drop_nulls(name)

    def name(self, word: object) -> str:
        """The key of a group, by the word that was attached."""
        return self.keys[int(str(word))] if self.keys is not None else str(word)

    def words(self, keys: Collection[str]) -> list[str]:
        """What was attached for these groups, as text."""
        if self.keys is None:
            return list(keys)
        return [str(place) for place, key in enumerate(self.keys) if key in keys]


def group_rows(by: str, selection: Selection) -> Grouping:
    """The grouping by a key of `GROUPS`, or by `attr.<label>`.

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
    place = (day_of(selection.dated_by) - period.first_day).dt.total_days()
    return _group_stretches(place, [Period(day, day) for day in period.dates], selection)


def _group_stretches(place: pl.Expr, stretches: Sequence[Period], selection: Selection) -> Grouping:
    """Each is called like its first day."""
    gaps = {
        stretch.first_day.isoformat(): gap
        for stretch in stretches
        if (gap := selection.gap_between(stretch.first_day, stretch.last_day))
    }
    return Grouping(place, keys=tuple(s.first_day.isoformat() for s in stretches), gaps=gaps)


def _by_hour(selection: Selection) -> Grouping:
    return Grouping(hour_of(selection.dated_by), keys=tuple(map(str, HOURS)))


def _weekday(selection: Selection) -> pl.Expr:
    return day_of(selection.dated_by).dt.weekday().cast(pl.Int32) - 1


def _by_weekday_hour(selection: Selection) -> Grouping:
    keys = tuple(f"{weekday}-{hour}" for weekday in WEEKDAYS for hour in HOURS)
    return Grouping(_weekday(selection) * len(HOURS) + hour_of(selection.dated_by), keys=keys)


def _by_week(selection: Selection) -> Grouping:
    """Weeks begin on Monday; the first and the last may be cut by the period, and so may months."""
    weeks = list_stretches("week", selection.view.period.first_day, selection.view.period.last_day)
    place = (day_of(selection.dated_by) - weeks[0].first_day).dt.total_days() // len(WEEKDAYS)
    return _group_stretches(place, weeks, selection)


def _by_month(selection: Selection) -> Grouping:
    first, last = selection.view.period.first_day, selection.view.period.last_day
    dated = day_of(selection.dated_by).dt
    place = (dated.year() - first.year) * 12 + dated.month().cast(pl.Int32) - first.month
    return _group_stretches(place, list_stretches("month", first, last), selection)


def _by_weekday(selection: Selection) -> Grouping:
    return Grouping(_weekday(selection), keys=tuple(map(str, WEEKDAYS)))


def _by_origin(selection: Selection) -> Grouping:
    if selection.metric.table == "calls":
        sides = {direction: origin for origin, direction in DIRECTIONS.items()}
        direction = pl.col("direction").cast(pl.String)
        return Grouping(direction.replace_strict(sides, default=AUTOMATED))
    _refuse_others(selection, "origin")
    return Grouping(pl.col("origin"))


def _by_handler(selection: Selection) -> Grouping:
    _refuse_others(selection, "handled_by")
    return Grouping(pl.col("handled_by"))


def _by_agent(selection: Selection) -> Grouping:
    labels = _people_labels(selection)
    table = selection.metric.table
    if table == "calls":
        return Grouping(lines=lambda query: _credited_lines(query, selection), labels=labels)
    if table == "agents":
        return Grouping(pl.col("id"), labels=labels)
    agents = agent_of(selection.view.tables, selection.metric)
    return Grouping(agents.fill_null(UNASSIGNED), labels=labels)


def _credited_lines(query: pl.LazyFrame, selection: Selection) -> pl.LazyFrame:
    lines = credit(query, chosen_people(selection.view))
    return lines.with_columns(pl.col("agent").fill_null(UNASSIGNED).alias(GROUP))


def _by_team(selection: Selection) -> Grouping:
    view = selection.view
    teams = view.tables.teams.drop_nulls("name")
    labels = dict(teams.select("id", "name").iter_rows())
    labels |= {team.id: team.name for team in view.rules.teams if team.name}
    if selection.metric.table in ("conversations", "tickets"):
        return Grouping(pl.col("team_id").fill_null(UNASSIGNED), labels=labels)
    return Grouping(lines=lambda query: _team_lines(query, selection), labels=labels)


def _team_lines(query: pl.LazyFrame, selection: Selection) -> pl.LazyFrame:
    """Calls and people by the teams of their people.

    Where somebody's team is known, the others need no line of their own beside it.
    """
    view = selection.view
    shown = pl.col(GROUP) != ""
    for restriction in (view.rules.team_ids, view.filters.teams):
        if restriction:
            shown &= pl.col(GROUP).is_in(list(restriction))
    teams = view.tables.agents.lazy().select(
        pl.col("id").alias("agent"), pl.col("team_ids").str.split(",").alias(GROUP)
    )
    if selection.metric.table == "calls":
        people = credit(query, chosen_people(view)).with_columns(pl.col("agent").cast(pl.String))
    else:
        people = query.with_columns(agent="id")
    lines = people.join(teams, on="agent", how="left").explode(GROUP, empty_as_null=True)
    lines = lines.with_columns(pl.when(shown).then(pl.col(GROUP)).alias(GROUP))
    lines = lines.unique([ROW, GROUP], keep="first", maintain_order=True)
    is_known = pl.col(GROUP).is_not_null()
    lines = lines.filter(is_known | ~is_known.any().over(ROW))
    return lines.with_columns(pl.col(GROUP).fill_null(UNASSIGNED))


def _by_reason(selection: Selection) -> Grouping:
    """Conversations by each reason they mention, once even where the same is named twice."""
    _refuse_others(selection, "reason")
    view = selection.view
    columns = workload.reasons(view.rules)
    reason, second_reason = map(pl.col, columns)

    def attach_reasons(query: pl.LazyFrame) -> pl.LazyFrame:
        first = pl.coalesce(reason, second_reason, pl.lit(EMPTY, LABEL)).alias(GROUP)
        second = query.filter(reason != second_reason).with_columns(second_reason.alias(GROUP))
        lines = pl.concat([query.with_columns(first), second])
        if not any(list_joined(view.tables, view.rules, column) for column in columns):
            return lines
        return _split_lists(lines).unique([ROW, GROUP], keep="first", maintain_order=True)

    return Grouping(lines=attach_reasons, labels=EMPTY_LABEL)


def _by_state(selection: Selection) -> Grouping:
    if selection.metric.table != "tickets":
        _refuse_others(selection, "state")
    return _by_column("state")


def _by_channel(selection: Selection) -> Grouping:
    _refuse_others(selection, "channel")
    return _by_column("channel")


def _by_ai_source(selection: Selection) -> Grouping:
    """What the AI agent took part in, by what brought it in."""
    _refuse_others(selection, "ai_source")
    word = pl.when(is_true("ai_participated")).then(pl.col("ai_source").fill_null(EMPTY))
    return Grouping(word, labels=EMPTY_LABEL)


def _by_ai_content(selection: Selection) -> Grouping:
    """By each of the contents that the AI agent answered from."""
    _refuse_others(selection, "ai_content")
    return Grouping(lines=lambda q: _split_lists(q.with_columns(pl.col("ai_content").alias(GROUP))))


def _by_line(selection: Selection) -> Grouping:
    _refuse_others(selection, "line", "calls")
    calls = selection.query.select("line_id", "line_name").collect()
    return Grouping(line_of(), labels=line_names(calls))


def _by_caller(selection: Selection) -> Grouping:
    """Calls by the number at the other end, told by its first call: an address tells no number.

    Anonymous calls are in no group: nobody knows whether they are of one person.
    """
    _refuse_others(selection, "caller", "calls")
    first = pl.col("id").sort_by("started_at", "id").first().over("digits")
    return Grouping(pl.when(pl.col("digits").is_not_null()).then(first))


def _by_user(selection: Selection) -> Grouping:
    """Calls by the one person who had them: not by who passed them on or took them over."""
    _refuse_others(selection, "user", "calls")
    return Grouping(pl.col("agent_id").fill_null(UNASSIGNED), labels=_people_labels(selection))


def _by_side(side: str) -> Callable[[Selection], Grouping]:
    def group(selection: Selection) -> Grouping:
        _refuse_others(selection, side, "calls")
        words = pl.col(f"{side}_agent_id").fill_null(UNASSIGNED)
        is_transferred = pl.col("transferred_by_agent_id").is_not_null()
        return Grouping(pl.when(is_transferred).then(words), labels=_people_labels(selection))

    return group


def _by_ticket(name: str) -> Callable[[Selection], Grouping]:
    def group(selection: Selection) -> Grouping:
        _refuse_others(selection, name, "tickets")
        word = TICKET_WORDS[name](selection.view.period, selection.view.rules)
        known = names(selection.view.tables)
        people = {agent: called for agent, (called, _) in known.items()}
        return Grouping(word, labels=people if name == CREATOR else EMPTY_LABEL)

    return group


def _by_attribute(selection: Selection, label: str) -> Grouping:
    _refuse_others(selection, label)
    column = attribute(label)
    if column not in selection.table:
        return Grouping(pl.lit(EMPTY, LABEL), labels=EMPTY_LABEL)
    if not list_joined(selection.view.tables, selection.view.rules, column):
        return _by_column(column)

    def attach_values(query: pl.LazyFrame) -> pl.LazyFrame:
        return _split_lists(query.with_columns(pl.col(column).fill_null(EMPTY).alias(GROUP)))

    return Grouping(lines=attach_values, labels=EMPTY_LABEL)


def _split_lists(lines: pl.LazyFrame) -> pl.LazyFrame:
    """A line for each value of a list."""
    values = pl.col(GROUP).cast(pl.String).str.split(SEPARATOR)
    return lines.with_columns(values).explode(GROUP, empty_as_null=True)


def _by_column(column: str) -> Grouping:
    return Grouping(pl.col(column).fill_null(EMPTY), labels=EMPTY_LABEL)


def _people_labels(selection: Selection) -> dict[str, str]:
    return {agent: name for agent, (name, _) in names(selection.view.tables).items() if name}


def _refuse_others(selection: Selection, what: str, table: str = "conversations") -> None:
    if selection.metric.table != table:
        raise GroupError(f"{selection.metric.key} cannot be grouped by {what}: {table} can")


GROUPS: dict[str, Callable[[Selection], Grouping]] = {
    "day": _by_day,
    "hour": _by_hour,
    "week": _by_week,
    "month": _by_month,
    "weekday": _by_weekday,
    "weekday_hour": _by_weekday_hour,
    "origin": _by_origin,
    "handled_by": _by_handler,
    "agent": _by_agent,
    "team": _by_team,
    "reason": _by_reason,
    "state": _by_state,
    "channel": _by_channel,
    "ai_source": _by_ai_source,
    "ai_content": _by_ai_content,
    "line": _by_line,
    "caller": _by_caller,
    "user": _by_user,
    "transferred_by": _by_side("transferred_by"),
    "transferred_to": _by_side("transferred_to"),
    **{name: _by_ticket(name) for name in TICKET_WORDS},
}
