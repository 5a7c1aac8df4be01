"""Every attribute of a row as a column: of the page of details, and of the exported sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import polars as pl

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.report_view import ReportView
from callbacks.reports.row_lines import CALL_KIND
from layouts.components.context import Context
from metrics.live.current import team_names
from metrics.measures import ai_agent, responsiveness, telephony, tickets
from metrics.model import people, schema
from metrics.model.catalog import CATALOG, Table
from metrics.model.filters import UNASSIGNED
from metrics.model.selection import agent_of, value_of
from metrics.model.values import is_true, seconds_between
from services.files.workbook import Kind
from services.runtime.backend import Backend
from services.settings.links import IntercomLinks

TYPES: Mapping[Kind, pl.DataType] = {
    "moment": pl.Datetime("ms"),
    "count": pl.Int64(),
    "plain": pl.Float64(),
    "flag": pl.Boolean(),
    "day": pl.Date(),
    "seconds": pl.Float64(),
    "text": pl.String(),
    "link": pl.String(),
}
# How attributes write what is no word. A nought in front belongs to a name, and no sheet holds
# more digits.
FORMS: Mapping[Kind, str] = {
    "flag": "^(true|false)$",
    "plain": r"^-?(0|[1-9]\d{0,14})(\.\d+)?$",
    "day": r"^\d{4}-\d\d-\d\d$",
}


@dataclass(frozen=True)
class ColumnContext:
    question: ReportView[Any]
    backend: Backend
    context: Context
    names: Mapping[str, tuple[str, str]]
    teams: Mapping[str, str]
    # Before addresses of this server: a file knows no server.
    server: str = ""

    @classmethod
    def build(
        cls, question: ReportView[Any], backend: Backend, context: Context, server: str = ""
    ) -> "ColumnContext":
        names = people.names(question.tables)
        teams = team_names(question.tables, question.rules)
        return cls(question, backend, context, names, teams, server)

    @property
    def links(self) -> IntercomLinks:
        return self.backend.links(self.question.snapshot)

    def person(self, ids: pl.Expr) -> pl.Expr:
        """Names of people; rows without one stay empty."""
        return _map_words(ids, lambda agent: name_person(agent, self.names, self.context))

    def words(self, prefix: str, keys: pl.Expr) -> pl.Expr:
        """Words of ours for the vendor's; unknown ones stay as they come."""
        text = self.context.text
        return _map_words(
            keys, lambda key: text(f"{prefix}.{key}") if text.has(f"{prefix}.{key}") else key
        )

    def mark(self, is_marked: pl.Expr, word: str) -> pl.Expr:
        return pl.when(is_marked).then(pl.lit(self.context.text(word)))


Read = Callable[[ColumnContext], pl.Expr]


def _map_words(words: pl.Expr, change: Callable[[str], str | None]) -> pl.Expr:
    def change_each(values: pl.Series) -> pl.Series:
        known = {value: change(value) for value in values.unique().drop_nulls()}
        return values.replace_strict(known, default=None, return_dtype=pl.String)

    return words.cast(pl.String).map_batches(change_each, return_dtype=pl.String)


@dataclass(frozen=True)
class DetailColumn:
    """One column of a sheet.

    Attributes:
        read: What to tell of each row; None where that is the table's column of that name.
        label: None where our words name the column.
        width: In characters.
    """

    key: str
    kind: Kind
    read: Read | None = field(default=None, repr=False)
    label: str | None = None
    width: float = 18

    def title(self, context: Context) -> str:
        return self.label or context.text(f"details.columns.{self.key}")

    def select(self, scope: ColumnContext) -> pl.Expr:
        """Its values, called like it; instants in the operation's own zone, as sheets know none."""
        values = self.read(scope) if self.read else pl.col(self.key)
        if self.kind == "moment":
            zone = scope.question.rules.time_zone.key
            values = values.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        return values.cast(TYPES[self.kind]).alias(self.key)


DEFAULTS: Mapping[Table, tuple[str, ...]] = {
    "conversations": (
        "created_at",
        "subject",
        "contact_name",
        "agent",
        "team",
        "state",
        "first_response_time",
        "time_to_close",
        "rating",
    ),
    "calls": (
        "started_at",
        "contact_name",
        "digits",
        "call_kind",
        "outcome",
        "agent",
        "line_name",
        "time_to_answer",
        "talk",
    ),
}


def list_columns(table: Table, question: ReportView[Any]) -> dict[str, DetailColumn]:
    """All columns of a table, the workspace's own attributes after ours."""
    if table == "calls":
        return {column.key: column for column in _CALLS}
    if table == "tickets":
        return {column.key: column for column in _TICKETS}
    columns = {column.key: column for column in _CONVERSATIONS}
    for name in question.tables.conversations.columns:
        if name.startswith(schema.ATTRIBUTE_PREFIX):
            label = name.removeprefix(schema.ATTRIBUTE_PREFIX)
            columns[name] = build_attribute_column(label, question)
    return columns


def build_attribute_column(label: str, question: ReportView[Any]) -> DetailColumn:
    """Values that are all numbers, days, or true and false are such; others stay words."""
    name = schema.attribute(label)
    values = question.tables.conversations.get_column(name, default=None)
    kind = question.snapshot.memory.get(("attribute", name), lambda: _find_kind(values))
    words = pl.col(name).cast(pl.String).str.replace_all(schema.SEPARATOR, ", ", literal=True)
    typed = {"flag": words == "true", "day": words.str.to_date("%Y-%m-%d", strict=False)}
    return DetailColumn(name, kind, lambda _: typed.get(kind, words), label=label, width=24)


def _find_kind(values: pl.Series | None) -> Kind:
    known = pl.Series() if values is None else values.unique().drop_nulls().cast(pl.String)
    fits = (kind for kind, form in FORMS.items() if len(known) and known.str.contains(form).all())
    return next(fits, "text")


def choose_columns(
    table: Table, wanted: tuple[str, ...], question: ReportView[Any]
) -> list[DetailColumn]:
    """The columns that the address names, in the order of the table; else the usual ones."""
    known = list_columns(table, question)
    labels = question.rules.labels
    usual = [*DEFAULTS[table], *map(schema.attribute, (labels.reason, labels.status))]
    names = [name for name in wanted if name in known] or usual
    return [column for key, column in known.items() if key in names]


def _read_metric(key: str) -> Read:
    return lambda scope: value_of(CATALOG[key], scope.question.view)


def _read_agent(scope: ColumnContext) -> pl.Expr:
    return scope.person(agent_of(scope.question.tables).fill_null(UNASSIGNED))


def _read_person(name: str) -> Read:
    return lambda scope: scope.person(pl.col(name))


def _read_team(scope: ColumnContext) -> pl.Expr:
    ids = pl.col("team_id").fill_null(UNASSIGNED)
    return _map_words(ids, lambda team: name_team(team, scope.teams, scope.context))


def _read_words(name: str, prefix: str) -> Read:
    return lambda scope: scope.words(prefix, pl.col(name))


def _read_list(name: str) -> Read:
    words = pl.col(name).cast(pl.String).str.replace_all(schema.SEPARATOR, ", ", literal=True)
    return lambda _: words


def _read_ai_state(scope: ColumnContext) -> pl.Expr:
    return scope.words("metrics.parts", ai_agent.how_it_ended())


def _link_first_conversation(scope: ColumnContext) -> pl.Expr:
    first = pl.col("conversation_ids").str.split(",").list.first()
    return _map_words(first, scope.links.conversation)


def _measure_ticket_age(scope: ColumnContext) -> pl.Expr:
    """Until now, or until it was resolved."""
    now = pl.lit(scope.question.tables.now, schema.INSTANT)
    end = pl.when(tickets.IS_OPEN).then(now).otherwise(pl.coalesce("resolved_at", now))
    return seconds_between(pl.col("created_at"), end)


def _read_overdue(scope: ColumnContext) -> pl.Expr:
    is_late = tickets.is_overdue(scope.question.rules, scope.question.tables.now)
    return scope.mark(is_late, "details.overdue")


def _link_recording(scope: ColumnContext) -> pl.Expr:
    recorded = pl.when(is_true("has_recording")).then(pl.col("id"))
    return _map_words(
        recorded, lambda call: f"{scope.server}/calls/{quote(call, safe='')}/recording"
    )


def _measure_first_close(scope: ColumnContext) -> pl.Expr:
    return responsiveness.FIRST_CLOSE(scope.question.rules, scope.question.tables.now)


_CONVERSATIONS = (
    DetailColumn("created_at", "moment", width=19),
    DetailColumn("subject", "text", width=44),
    DetailColumn("contact_name", "text", width=26),
    DetailColumn("contact_email", "text", width=28),
    DetailColumn("agent", "text", _read_agent, width=24),
    DetailColumn("team", "text", _read_team),
    DetailColumn("state", "text", _read_words("state", "rows.state"), width=10),
    DetailColumn("origin", "text", _read_words("origin", "filters.origin")),
    DetailColumn("handled_by", "text", _read_words("handled_by", "metrics.parts"), width=16),
    DetailColumn("ai_state", "text", _read_ai_state, width=22),
    DetailColumn("ai_rating", "count", width=8),
    DetailColumn("ai_source", "text"),
    DetailColumn("ai_content", "text", _read_list("ai_content"), width=28),
    DetailColumn("channel", "text", width=14),
    DetailColumn("first_response_time", "seconds", _read_metric("first_response_time"), width=12),
    DetailColumn("time_to_first_close", "seconds", _measure_first_close, width=12),
    DetailColumn("time_to_close", "seconds", _read_metric("time_to_close"), width=12),
    DetailColumn("count_reopens", "count", width=11),
    DetailColumn("rating", "count", width=8),
    DetailColumn("rating_at", "moment", width=19),
    DetailColumn("rated_agent", "text", _read_person("rated_agent_id"), width=24),
    DetailColumn("rating_remark", "text", width=44),
    DetailColumn("last_close_at", "moment", width=19),
    DetailColumn("updated_at", "moment", width=19),
    DetailColumn("sla_name", "text"),
    DetailColumn("sla_status", "text", _read_words("sla_status", "metrics.parts"), width=12),
    DetailColumn("priority", "text", width=12),
    DetailColumn("tags", "text", _read_list("tags"), width=28),
    DetailColumn(
        "is_merged",
        "text",
        lambda scope: scope.mark(is_true("is_merged"), "details.merged"),
        width=12,
    ),
    DetailColumn("merged_into", "text", width=16),
    DetailColumn("id", "text", width=16),
    DetailColumn(
        "link", "link", lambda scope: _map_words(pl.col("id"), scope.links.conversation), width=40
    ),
)
_TICKETS = (
    DetailColumn("number", "text", width=12),
    DetailColumn("subject", "text", width=44),
    DetailColumn("ticket_overdue", "text", _read_overdue, width=12),
    DetailColumn("created_at", "moment", width=19),
    DetailColumn("resolved_at", "moment", width=19),
    DetailColumn("ticket_age", "seconds", _measure_ticket_age, width=12),
    DetailColumn("state", "text", _read_words("state", "rows.state"), width=16),
    DetailColumn("state_label", "text", width=20),
    DetailColumn("external_state", "text", width=20),
    DetailColumn("ticket_type", "text", lambda _: pl.col("type_name"), width=20),
    DetailColumn("owner", "text", _read_agent, width=24),
    DetailColumn("creator", "text", _read_person("creator_id"), width=24),
    DetailColumn("team", "text", _read_team),
    DetailColumn("platform", "text"),
    DetailColumn("severity", "text", width=14),
    DetailColumn("company", "text", width=26),
    DetailColumn("external_key", "text", width=14),
    DetailColumn("updated_at", "moment", width=19),
    DetailColumn("conversation_ids", "text", width=20),
    DetailColumn("id", "text", width=16),
    DetailColumn(
        "ticket_link", "link", lambda scope: _map_words(pl.col("id"), scope.links.ticket), width=40
    ),
    DetailColumn("conversation_link", "link", _link_first_conversation, width=40),
)
_CALLS = (
    DetailColumn("started_at", "moment", width=19),
    DetailColumn("contact_name", "text", width=26),
    DetailColumn("digits", "text"),
    DetailColumn("call_kind", "text", lambda scope: scope.words("rows.call", CALL_KIND)),
    DetailColumn("outcome", "text", _read_words("outcome", "metrics.parts")),
    DetailColumn("agent", "text", _read_person("agent_id"), width=24),
    DetailColumn("transferred_by", "text", _read_person("transferred_by_agent_id"), width=24),
    DetailColumn("transferred_to", "text", _read_person("transferred_to_agent_id"), width=24),
    DetailColumn("line_name", "text"),
    DetailColumn(
        "time_to_answer",
        "seconds",
        lambda _: seconds_between(telephony.STARTED_AT, telephony.ANSWERED_AT),
        width=12,
    ),
    DetailColumn("talk", "seconds", lambda _: telephony.TALK, width=12),
    DetailColumn("ended_at", "moment", width=19),
    DetailColumn("tags", "text", _read_list("tags"), width=28),
    DetailColumn("id", "text", width=14),
    DetailColumn("recording", "link", _link_recording, width=30),
)
