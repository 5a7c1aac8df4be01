"""Every attribute of a row as a column: of the page of details, and of the exported sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.report_view import ReportView
from callbacks.reports.row_lines import classify_calls
from layouts.components.context import Context
from metrics.live.current import team_names
from metrics.measures import responsiveness, telephony, tickets
from metrics.model import people, schema
from metrics.model.catalog import CATALOG, Table
from metrics.model.filters import UNASSIGNED
from metrics.model.selection import agent_of, attribute_values
from metrics.model.values import seconds_between
from services.files.workbook import Kind
from services.runtime.backend import Backend
from services.settings.links import IntercomLinks


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

    def person(self, ids: pd.Series) -> pd.Series:
        """Names of people; rows without one stay empty."""
        known = ids.astype("str")
        words = {i: name_person(i, self.names, self.context) for i in known.dropna().unique()}
        return known.map(words)

    def words(self, prefix: str, keys: pd.Series) -> pd.Series:
        """Words of ours for the vendor's; unknown ones stay as they come."""
        text = self.context.text
        known = keys.astype("str")
        translated = {
            key: text(f"{prefix}.{key}") if text.has(f"{prefix}.{key}") else key
            for key in known.dropna().unique()
        }
        return known.map(translated)


@dataclass(frozen=True)
class DetailColumn:
    """`label` is None where our words name the column; `width` is in characters."""

    key: str
    kind: Kind
    read: Callable[[pd.DataFrame, ColumnContext], pd.Series] = field(repr=False)
    label: str | None = None
    width: float = 18

    def title(self, context: Context) -> str:
        return self.label or context.text(f"details.columns.{self.key}")


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
    for name in map(str, question.tables.conversations.columns):
        if name.startswith(schema.ATTRIBUTE_PREFIX):
            columns[name] = build_attribute_column(name.removeprefix(schema.ATTRIBUTE_PREFIX))
    return columns


def build_attribute_column(label: str) -> DetailColumn:
    return DetailColumn(
        schema.attribute(label), "text", lambda rows, _: attribute_values(rows, label), label, 24
    )


def choose_columns(
    table: Table, wanted: tuple[str, ...], question: ReportView[Any]
) -> list[DetailColumn]:
    """The columns that the address names, in the order of the table; else the usual ones."""
    known = list_columns(table, question)
    labels = question.rules.labels
    usual = [*DEFAULTS[table], *map(schema.attribute, (labels.reason, labels.status))]
    names = [name for name in wanted if name in known] or usual
    return [column for key, column in known.items() if key in names]


def _read_column(name: str) -> Callable[[pd.DataFrame, ColumnContext], pd.Series]:
    return lambda rows, _: rows[name]


def _read_local_time(name: str) -> Callable[[pd.DataFrame, ColumnContext], pd.Series]:
    """Instants in the operation's own zone; that they are local is what a sheet can say."""

    def read(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
        return rows[name].dt.tz_convert(scope.question.rules.time_zone).dt.tz_localize(None)

    return read


def _read_metric(key: str) -> Callable[[pd.DataFrame, ColumnContext], pd.Series]:
    def read(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
        return CATALOG[key].measure(rows, scope.question.rules, scope.question.tables.now)

    return read


def _read_agent(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return scope.person(agent_of(rows, scope.question.tables, None).fillna(UNASSIGNED))


def _read_person(name: str) -> Callable[[pd.DataFrame, ColumnContext], pd.Series]:
    return lambda rows, scope: scope.person(rows[name])


def _read_team(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    ids = rows["team_id"].astype("str").fillna(UNASSIGNED)
    return ids.map({team: name_team(team, scope.teams, scope.context) for team in ids.unique()})


def _read_words(name: str, prefix: str) -> Callable[[pd.DataFrame, ColumnContext], pd.Series]:
    return lambda rows, scope: scope.words(prefix, rows[name])


def _read_tags(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return rows["tags"].astype("str").str.replace("\n", ", ")


def _read_merged(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    words = pd.Series(scope.context.text("details.merged"), index=rows.index, dtype="str")
    return words.where(rows["is_merged"].fillna(False).astype(bool))


def _link_conversation(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return rows["id"].map(scope.links.conversation)


def _link_ticket(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return rows["id"].map(scope.links.ticket)


def _link_first_conversation(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    first = rows["conversation_ids"].astype("str").str.split(",").str[0]
    return first.map(scope.links.conversation, na_action="ignore")


def _measure_ticket_age(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    """Until now, or until it was resolved."""
    end = rows["resolved_at"].where(~tickets.is_open(rows)).fillna(scope.question.tables.now)
    return seconds_between(rows["created_at"], end)


def _read_overdue(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    late = tickets.is_overdue(rows, scope.question.rules, scope.question.tables.now)
    words = pd.Series(scope.context.text("details.overdue"), index=rows.index, dtype="str")
    return words.where(late)


def _link_recording(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    paths = rows["id"].map(
        lambda row_id: f"{scope.server}/calls/{quote(str(row_id), safe='')}/recording"
    )
    return paths.where(rows["has_recording"].fillna(False).astype(bool))


def _read_outcome(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    words = telephony.outcome(rows, scope.question.rules, scope.question.tables.now)
    return scope.words("metrics.parts", words)


def _measure_talk(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return seconds_between(rows["answered_at"], rows["ended_at"])


def _measure_answer(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return seconds_between(rows["started_at"], rows["answered_at"])


def _measure_first_close(rows: pd.DataFrame, scope: ColumnContext) -> pd.Series:
    return responsiveness.time_to_first_close(rows, scope.question.rules, scope.question.tables.now)


_CONVERSATIONS = (
    DetailColumn("created_at", "moment", _read_local_time("created_at"), width=19),
    DetailColumn("subject", "text", _read_column("subject"), width=44),
    DetailColumn("contact_name", "text", _read_column("contact_name"), width=26),
    DetailColumn("contact_email", "text", _read_column("contact_email"), width=28),
    DetailColumn("agent", "text", _read_agent, width=24),
    DetailColumn("team", "text", _read_team),
    DetailColumn("state", "text", _read_words("state", "rows.state"), width=10),
    DetailColumn("origin", "text", _read_words("origin", "overview.origin")),
    DetailColumn("channel", "text", _read_column("channel"), width=14),
    DetailColumn("first_response_time", "seconds", _read_metric("first_response_time"), width=12),
    DetailColumn("time_to_first_close", "seconds", _measure_first_close, width=12),
    DetailColumn("time_to_close", "seconds", _read_metric("time_to_close"), width=12),
    DetailColumn("count_reopens", "number", _read_column("count_reopens"), width=11),
    DetailColumn("rating", "number", _read_column("rating"), width=8),
    DetailColumn("rating_at", "moment", _read_local_time("rating_at"), width=19),
    DetailColumn("rated_agent", "text", _read_person("rated_agent_id"), width=24),
    DetailColumn("rating_remark", "text", _read_column("rating_remark"), width=44),
    DetailColumn("last_close_at", "moment", _read_local_time("last_close_at"), width=19),
    DetailColumn("updated_at", "moment", _read_local_time("updated_at"), width=19),
    DetailColumn("sla_name", "text", _read_column("sla_name")),
    DetailColumn("sla_status", "text", _read_words("sla_status", "metrics.parts"), width=12),
    DetailColumn("priority", "text", _read_column("priority"), width=12),
    DetailColumn("tags", "text", _read_tags, width=28),
    DetailColumn("is_merged", "text", _read_merged, width=12),
    DetailColumn("merged_into", "text", _read_column("merged_into"), width=16),
    DetailColumn("id", "text", _read_column("id"), width=16),
    DetailColumn("link", "link", _link_conversation, width=40),
)
_TICKETS = (
    DetailColumn("number", "text", _read_column("number"), width=12),
    DetailColumn("subject", "text", _read_column("subject"), width=44),
    DetailColumn("ticket_overdue", "text", _read_overdue, width=12),
    DetailColumn("created_at", "moment", _read_local_time("created_at"), width=19),
    DetailColumn("resolved_at", "moment", _read_local_time("resolved_at"), width=19),
    DetailColumn("ticket_age", "seconds", _measure_ticket_age, width=12),
    DetailColumn("state", "text", _read_words("state", "rows.state"), width=16),
    DetailColumn("state_label", "text", _read_column("state_label"), width=20),
    DetailColumn("external_state", "text", _read_column("external_state"), width=20),
    DetailColumn("ticket_type", "text", _read_column("type_name"), width=20),
    DetailColumn("owner", "text", _read_agent, width=24),
    DetailColumn("creator", "text", _read_person("creator_id"), width=24),
    DetailColumn("team", "text", _read_team),
    DetailColumn("platform", "text", _read_column("platform")),
    DetailColumn("severity", "text", _read_column("severity"), width=14),
    DetailColumn("company", "text", _read_column("company"), width=26),
    DetailColumn("external_key", "text", _read_column("external_key"), width=14),
    DetailColumn("updated_at", "moment", _read_local_time("updated_at"), width=19),
    DetailColumn("conversation_ids", "text", _read_column("conversation_ids"), width=20),
    DetailColumn("id", "text", _read_column("id"), width=16),
    DetailColumn("ticket_link", "link", _link_ticket, width=40),
    DetailColumn("conversation_link", "link", _link_first_conversation, width=40),
)
_CALLS = (
    DetailColumn("started_at", "moment", _read_local_time("started_at"), width=19),
    DetailColumn("contact_name", "text", _read_column("contact_name"), width=26),
    DetailColumn("digits", "text", _read_column("digits")),
    DetailColumn(
        "call_kind", "text", lambda rows, scope: scope.words("rows.call", classify_calls(rows))
    ),
    DetailColumn("outcome", "text", _read_outcome),
    DetailColumn("agent", "text", _read_person("agent_id"), width=24),
    DetailColumn("transferred_by", "text", _read_person("transferred_by_agent_id"), width=24),
    DetailColumn("transferred_to", "text", _read_person("transferred_to_agent_id"), width=24),
    DetailColumn("line_name", "text", _read_column("line_name")),
    DetailColumn("time_to_answer", "seconds", _measure_answer, width=12),
    DetailColumn("talk", "seconds", _measure_talk, width=12),
    DetailColumn("ended_at", "moment", _read_local_time("ended_at"), width=19),
    DetailColumn("tags", "text", _read_tags, width=28),
    DetailColumn("id", "text", _read_column("id"), width=14),
    DetailColumn("recording", "link", _link_recording, width=30),
)
