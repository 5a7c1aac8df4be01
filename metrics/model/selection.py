"""Which rows a number is about: scope, period, and what the reader chose, as one predicate."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from metrics.model import schema
from metrics.model.catalog import Metric, Scope, build
from metrics.model.customers import with_next_contact
from metrics.model.definitions import Rules
from metrics.model.derived import bots_of, day_of
from metrics.model.extent import Extent, Gap, join_extents
from metrics.model.filters import AUTOMATED, EMPTY, UNASSIGNED
from metrics.model.lines import on_lines, on_lines_of
from metrics.model.logged_calls import is_logged_call, is_recognised
from metrics.model.office_hours import is_in_shifts
from metrics.model.people import in_teams, members
from metrics.model.periods import Period, today
from metrics.model.tables import Tables
from metrics.model.view import View

RATING = ("rating", "rating_at", "rating_remark", "rated", "rated_agent_id")
# What comes with the first answer, and with the last close.
ANSWERED = ("first_admin_reply_at", "time_to_admin_reply_seconds", "sla_status")
CLOSED = ("time_to_last_close_seconds", "time_to_close_seconds", "count_reopens")
CREDITED = tuple(schema.CALL_AGENTS)
# Who started it, in the telephone's words.
DIRECTIONS = {"customer": "inbound", "teammate": "outbound"}
NOBODY, EVERYBODY = pl.lit(False), pl.lit(True)


class GroupError(ValueError):
    """These rows cannot be grouped so; the text says why."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The rows that a metric may count under a view: in scope, dated in the period, and chosen.

    Where the number is told person by person, what each of them holds counts over all teams, as it
    does when people are chosen.
    """

    metric: Metric
    view: View
    by_person: bool = False

    @property
    def table(self) -> pl.DataFrame:
        tables, rules = self.view.tables, self.view.rules
        if self.metric.of_customers:
            return with_next_contact(tables, rules)
        return tables.derived(self.metric.table, rules)

    @property
    def unanswerable(self) -> Gap | None:
        """Why the number has no value under these filters: they cannot act on it."""
        metric, filters = self.metric, self.view.filters
        if filters.attributes and metric.table in ("calls", "tickets"):
            return "no_attributes"
        if filters.handled_by and metric.table in ("calls", "tickets"):
            return "no_ai_agent"
        if metric.of_ai_agent and is_ai_agent_untold(self.view.tables):
            return "old_version"
        is_call = metric.table == "calls"
        if filters.origin and (
            metric.table == "tickets" or (is_call and filters.origin == AUTOMATED)
        ):
            return "no_origin"
        if not metric.of_line or not (self.by_person or filters.agents or filters.teams):
            return None
        has_lines = set(filters.teams) & set(self.view.rules.team_lines.values())
        return None if has_lines and not (self.by_person or filters.agents) else "no_person"

    @cached_property
    def predicate(self) -> pl.Expr:
        metric, view = self.metric, self.view
        if self.unanswerable is not None:
            return NOBODY
        chosen = _choose(metric, view, by_person=self.by_person)
        if metric.dated_by is None:
            return chosen
        period = self.known
        if period is None:
            return NOBODY
        inside = day_of(metric.dated_by).is_between(period.first_day, period.last_day)
        if period.until is not None:
            _, end = period.bounds(view.rules.time_zone)
            inside &= pl.col(metric.dated_by) < pl.lit(end, schema.INSTANT)
        return chosen & inside

    @cached_property
    def extent(self) -> Extent:
        """How far the sources of the number were read."""
        extents = self.view.tables.extents
        return join_extents(extents.get(source, Extent()) for source in self.metric.sources)

    @cached_property
    def gap(self) -> Gap | None:
        """Why nothing of the number can be known; None where something can."""
        if self.unanswerable is not None:
            return self.unanswerable
        if self.metric.dated_by is None:
            return None if self.extent.state == "read" else self.extent.state
        return self.gap_between(self.view.period.first_day, self.view.period.last_day)

    def gap_between(self, first: date, last: date) -> Gap | None:
        now = today(self.view.tables.now, self.view.rules.time_zone)
        return self.extent.find_gap(first, last, now)

    @cached_property
    def known(self) -> Period | None:
        """What is loaded of the period, for what is dated; of earlier days some rows are there."""
        period, first = self.view.period, self.extent.first_day
        if self.gap or first is None or self.metric.dated_by is None:
            return None
        return replace(period, first_day=max(period.first_day, first))

    @property
    def query(self) -> pl.LazyFrame:
        """The rows, with all columns: select those that are needed."""
        rows = self.table.lazy().filter(self.predicate)
        then = self._seen_at
        return rows if then is None else rows.with_columns(_forget_later(then, self.view))

    @property
    def _seen_at(self) -> pl.Expr | None:
        """Until when what became of a conversation is known; None = all is."""
        period = self.view.period
        if self.metric.table != "conversations":
            return None
        if period.until is not None:
            return pl.lit(period.bounds(self.view.rules.time_zone)[1], schema.INSTANT)
        if period.as_before is None or self.metric.dated_by != "created_at":
            return None
        weeks = ((period.as_before - day_of("created_at")).dt.total_days() + 6) // 7
        return pl.lit(self.view.tables.now, schema.INSTANT) - pl.duration(days=7 * weeks.clip(0))

    @property
    def value(self) -> pl.Expr:
        return value_of(self.metric, self.view).alias(self.metric.key)

    @property
    def counted(self) -> pl.DataFrame:
        """The rows of the population, and what each adds in a column called like the metric."""
        query = self.query.with_columns(self.value).drop_nulls(self.metric.key)
        return query.collect()

    @property
    def dated_by(self) -> str:
        """Raises GroupError for a stock, which has no dates."""
        if self.metric.dated_by is None:
            raise GroupError(f"{self.metric.key} is a stock: it has no day or hour")
        return self.metric.dated_by

    @property
    def rows_key(self) -> object:
        """The same for metrics that are about the same rows."""
        metric = self.metric
        of_line = metric.of_line and bool(self.view.filters.teams)
        rows = metric.table, metric.dated_by, metric.scope, self.by_person, self.known
        return *rows, of_line, metric.of_customers


def _forget_later(then: pl.Expr, view: View) -> list[pl.Expr]:
    """What of conversations had not been answered, closed or rated before `then`."""
    first_close, last_close = pl.col("first_close_at"), pl.col("last_close_at")
    close = pl.when(last_close < then).then(last_close).when(first_close < then).then(first_close)
    was_open = (last_close >= then) & ~(first_close < then).fill_null(value=False)
    status = {schema.attribute(view.rules.labels.status)}
    unknown = (
        (pl.col("first_admin_reply_at") >= then, ANSWERED),
        (first_close >= then, ("first_close_at", "time_to_first_close_seconds")),
        (last_close >= then, CLOSED),
        (pl.col("rating_at") >= then, ("rating",)),
        (was_open, status & set(view.tables.derived("conversations", view.rules).columns)),
    )
    return [
        close.alias("last_close_at"),
        pl.when(was_open).then(pl.lit("open", schema.LABEL)).otherwise("state").alias("state"),
        *(
            pl.when(~is_later.fill_null(value=False)).then(pl.col(name)).alias(name)
            for is_later, names in unknown
            for name in names
        ),
    ]


def select(metric: Metric, view: View, *, by_person: bool = False) -> Selection:
    return Selection(metric, view, by_person and (metric.scope == "person" or metric.of_line))


def value_of(metric: Metric, view: View) -> pl.Expr:
    return build(metric.value, view.rules, view.tables.now)


def select_conversations(view: View, scope: Scope = "teams") -> pl.LazyFrame:
    """Conversations in scope that the filters choose, of any day; none that a call wrote."""
    table = view.tables.derived("conversations", view.rules)
    return table.lazy().filter(_choose_conversations(view, None, scope, by_person=False))


def _choose(metric: Metric, view: View, *, by_person: bool) -> pl.Expr:
    if metric.table == "agents":
        return _choose_people(view)
    if metric.table == "calls":
        return _choose_calls(view, of_line=metric.of_line)
    if metric.table == "tickets":
        return _choose_tickets(view)
    return _choose_conversations(view, metric, metric.scope, by_person=by_person)


def _choose_shifts(instant: str, view: View) -> pl.Expr:
    shifts = view.filters.shifts
    return is_in_shifts(pl.col(instant), shifts, view.rules) if shifts else EVERYBODY


def _choose_conversations(
    view: View, metric: Metric | None, scope: Scope, *, by_person: bool
) -> pl.Expr:
    tables, filters, rules = view.tables, view.filters, view.rules
    if scope == "recognised":
        chosen = is_recognised(tables, rules)
    else:
        chosen = ~is_logged_call(tables, rules)
    chosen &= _choose_shifts("created_at", view)
    if rules.team_ids and scope in ("teams", "teams_or_none", "person"):
        in_teams_of_ours = pl.col("team_id").is_in(list(rules.team_ids))
        inside = in_teams_of_ours.fill_null(scope == "teams_or_none")
        if scope == "person" and (by_person or filters.agents):
            held = pl.col("agent_id").is_in(members(tables, rules)["id"].to_list())
            inside |= held.fill_null(value=False)
        chosen &= inside
    if filters.teams:
        chosen &= pl.col("team_id").is_in(list(filters.teams))
    if filters.origin:
        chosen &= pl.col("origin") == filters.origin
    if filters.handled_by:
        chosen &= pl.col("handled_by").is_in(filters.handled_by)
    columns = tables.derived("conversations", rules).columns
    for label, values in filters.attributes.items():
        column = schema.attribute(label)
        words = pl.col(column) if column in columns else pl.lit(None, schema.LABEL)
        wanted = {value.strip() for value in values}
        # A list has a value if one of its own is.
        wanted |= {
            w for w in list_joined(tables, rules, column) if wanted & {*w.split(schema.SEPARATOR)}
        }
        chosen &= _is_any(words, wanted, EMPTY)
    if filters.agents:
        chosen &= _is_any(agent_of(tables, metric), filters.agents, UNASSIGNED)
    return chosen


def is_ai_agent_untold(tables: Tables) -> bool:
    """Whether the vendor's version says of no conversation if its AI agent took part."""
    told = tables.conversations["ai_participated"]
    return bool(told.len()) and told.null_count() == told.len()


def absent_labels(tables: Tables, rules: Rules) -> dict[str, str]:
    """Setting -> label, of those that no conversation carries; none where no day is read whole.

    Whatever counts them is 0, and says nothing of the work.
    """
    is_read = tables.extents.get("intercom", Extent()).first_day is not None
    if tables.conversations.is_empty() or not is_read:
        return {}
    labels = {key: label for key, label in vars(rules.labels).items() if key != "resolved_value"}
    columns = tables.conversations.columns
    return {key: label for key, label in labels.items() if schema.attribute(label) not in columns}


def list_joined(tables: Tables, rules: Rules, column: str) -> tuple[str, ...]:
    """The texts of an attribute's column that stand for several values."""

    def find() -> tuple[str, ...]:
        frame = tables.derived("conversations", rules)
        if column not in frame.columns:
            return ()
        words = frame[column].drop_nulls().unique().cast(pl.String).to_list()
        return tuple(word for word in words if schema.SEPARATOR in word)

    return tables.memory.get(("joined", column, rules.row_key), find)


def agent_of(tables: Tables, metric: Metric | None = None) -> pl.Expr:
    """For whom each conversation or ticket counts; null = nobody.

    A rating counts for the teammate who was rated; one of a machine, or of nobody, for nobody, and
    one of which the vendor does not say whose it is for the assignee. The bot is nobody's agent.
    """
    return _agent_of(tables, of_rating=metric is not None and metric.dated_by == "rating_at")


def _agent_of(tables: Tables, *, of_rating: bool) -> pl.Expr:
    assigned = pl.col("agent_id")
    bots = bots_of(tables.agents)
    if of_rating:
        is_said = pl.col("rated").is_not_null() | pl.col("rated_agent_id").is_not_null()
        assigned = pl.when(is_said).then(pl.col("rated_agent_id")).otherwise(assigned)
    return pl.when(~assigned.is_in(bots)).then(assigned) if bots else assigned


def without_others_ratings(table: pl.DataFrame, tables: Tables, agent_id: str) -> pl.DataFrame:
    """Conversations as one person may read them: ratings that count for others are missing."""
    is_own = _agent_of(tables, of_rating=True) == agent_id
    return table.with_columns(pl.when(is_own).then(pl.col(name)).alias(name) for name in RATING)


def credit(calls: pl.LazyFrame, people: Collection[str] | None = None) -> pl.LazyFrame:
    """Each call once for each distinct person who answered, passed on or took over, as `agent`.

    A call without anybody has one line with null, which `UNASSIGNED` among the people stands for.
    People of None are all.
    """
    lines = calls.with_columns(agent=pl.col("credited")).explode("agent", empty_as_null=True)
    if people is not None:
        lines = lines.filter(_is_any(pl.col("agent"), list(people), UNASSIGNED))
    return lines


def chosen_people(view: View) -> set[str] | None:
    """The people that the filters choose, by name or by team; None = everyone."""
    filters = view.filters
    chosen = set(filters.agents) if filters.agents else None
    if not filters.teams:
        return chosen
    inside = in_teams(view.tables.agents, filters.teams)
    return inside if chosen is None else inside & chosen


def _choose_people(view: View) -> pl.Expr:
    filters = view.filters
    people = set(members(view.tables, view.rules)["id"])
    if filters.teams:
        people &= in_teams(view.tables.agents, filters.teams)
    if filters.agents:
        people &= set(filters.agents)
    return pl.col("id").is_in(list(people))


def _choose_calls(view: View, *, of_line: bool) -> pl.Expr:
    tables, filters = view.tables, view.filters
    chosen = (pl.col("status") == "done") & _choose_shifts("started_at", view)
    if filters.lines:
        chosen &= on_lines(tables.calls, filters.lines, view.rules)
    if filters.origin:
        chosen &= pl.col("direction") == DIRECTIONS[filters.origin]
    if filters.teams and of_line:
        on_line = on_lines_of(tables.calls, filters.teams, view.rules)
        chosen &= NOBODY if on_line is None else on_line
    elif filters.teams:
        chosen &= _credits(in_teams(tables.agents, filters.teams))
    if filters.agents:
        is_chosen = _credits(filters.agents)
        if UNASSIGNED in filters.agents:
            is_chosen |= pl.all_horizontal(pl.col(column).is_null() for column in CREDITED)
        chosen &= is_chosen
    return chosen


def _choose_tickets(view: View) -> pl.Expr:
    """Tickets of the whole workspace; one without a team of its own is in those of its owner."""
    tables, filters = view.tables, view.filters
    chosen = _choose_shifts("created_at", view)
    if filters.teams:
        owned = pl.col("agent_id").is_in(list(in_teams(tables.agents, filters.teams)))
        in_team = pl.col("team_id").is_in(list(filters.teams))
        chosen &= in_team.fill_null(owned.fill_null(value=False))
    if filters.agents:
        chosen &= _is_any(_agent_of(tables, of_rating=False), filters.agents, UNASSIGNED)
    for column, values in filters.tickets.items():
        chosen &= _is_any(pl.col(column), values, EMPTY)
    return chosen


def _credits(people: Collection[str]) -> pl.Expr:
    wanted = list(people)
    return pl.any_horizontal(
        pl.col(column).is_in(wanted).fill_null(value=False) for column in CREDITED
    )


def _is_any(words: pl.Expr, wanted: Collection[str], nothing: str) -> pl.Expr:
    """Whether each is one of those; `nothing` among them stands for null."""
    return words.is_in(list(wanted)).fill_null(nothing in wanted)
