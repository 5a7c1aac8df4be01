"""The rows behind the numbers as JSON, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import pandas as pd

from callbacks.api.answers import Request, Row, to_json_values
from callbacks.api.schema import JOINED, columns
from callbacks.reports.query import (
    CallsQuery,
    ConversationsQuery,
    ParameterError,
    Position,
    TicketsQuery,
)
from layouts.formats import masked
from metrics.measures.tickets import is_overdue
from metrics.model import schema
from metrics.model.catalog import Table
from metrics.model.people import names
from metrics.model.selection import without_others_ratings
from metrics.query.drilldown import CellError, drill_down

AnyQuery = ConversationsQuery | CallsQuery | TicketsQuery
CREATED: Mapping[Table, str] = {
    "conversations": "created_at",
    "calls": "started_at",
    "tickets": "created_at",
}
VENDORS: Mapping[Table, str] = {
    "conversations": "intercom",
    "calls": "aircall",
    "tickets": "tickets",
}


@dataclass(frozen=True)
class Population:
    """A population, newest first (equal instants by id), small enough to be remembered.

    Attributes:
        seconds: When, in Unix seconds.
        values: What each row adds to the metric; None where no metric was asked for.
    """

    seconds: np.ndarray
    ids: np.ndarray
    values: np.ndarray | None

    def after(self, position: Position | None) -> int:
        """How many rows lie before the first one behind the position."""
        if position is None:
            return 0
        same = self.seconds == position.seconds
        behind = (self.seconds < position.seconds) | (same & (self.ids < position.id))
        return len(self.ids) - int(behind.sum())

    def position(self, number: int) -> Position:
        """Where the row of that number (from 0) lies."""
        return Position(int(self.seconds[number]), str(self.ids[number]))


def _sort_newest_first(
    rows: pd.DataFrame, dated_by: str, values: pd.Series | None = None
) -> Population:
    seconds = rows[dated_by].dt.as_unit("s").astype("int64").to_numpy()
    ids = rows["id"].to_numpy(dtype=object)
    order = np.lexsort((ids, seconds))[::-1]
    numbers = None if values is None else values.to_numpy(dtype="float64")[order]
    return Population(seconds[order], ids[order], numbers)


def _table_rows(frame: pd.DataFrame, table: str) -> list[Row]:
    shown = {name: to_json_values(frame[name]) for name in columns(table)}
    for name, separator in JOINED.items():
        if name in shown:
            shown[name] = [words.split(separator) if words else [] for words in shown[name]]
    return [dict(zip(shown, values, strict=True)) for values in zip(*shown.values(), strict=True)]


def _set_attributes(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The workspace's own attributes that are set, for each row."""
    labels_of_rows: list[dict[str, str]] = [{} for _ in range(len(frame))]
    for name in frame.columns:
        if str(name).startswith(schema.ATTRIBUTE_PREFIX):
            label = str(name).removeprefix(schema.ATTRIBUTE_PREFIX)
            for row, value in zip(labels_of_rows, to_json_values(frame[name]), strict=True):
                if value is not None and value.strip():
                    row[label] = value
    return labels_of_rows


def _pick_rows(table: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """The rows of these ids, in their order."""
    rows = table[table["id"].isin(list(ids))].drop_duplicates("id").set_index("id", drop=False)
    return rows.reindex([row_id for row_id in ids if row_id in rows.index])


def conversations(request: Request, query: ConversationsQuery) -> Row:
    """Conversations behind a metric, or all that were created in the period."""
    answer, frame, rows = _page(request, query, "conversations")
    people, tables = names(request.snapshot.tables), request.snapshot.tables
    teams = dict(zip(tables.teams["id"], tables.teams["name"], strict=True))
    links = request.backend.links(request.snapshot)
    for row, labels in zip(rows, _set_attributes(frame), strict=True):
        row["agent"] = _person_name(people, row["agent_id"])
        row["team"] = teams.get(row["team_id"])
        row["attributes"] = labels
        row["url"] = links.conversation(row["id"])
    return answer | {"conversations": rows}


def calls(request: Request, query: CallsQuery) -> Row:
    """Calls behind a metric, or all that started in the period and have ended."""
    answer, frame, rows = _page(request, query, "calls")
    people = names(request.snapshot.tables)
    for row, agent_id in zip(rows, to_json_values(frame["agent_id"]), strict=True):
        row["agent_id"] = agent_id
        row["agent"] = _person_name(people, agent_id)
        recorded = row["has_recording"]
        row["recording_url"] = f"/calls/{quote(row['id'], safe='')}/recording" if recorded else None
        if not request.scope.everything:
            row["digits"] = masked(row["digits"])
    return answer | {"calls": rows}


def tickets(request: Request, query: TicketsQuery) -> Row:
    """Tickets behind a metric, or all that were created in the period."""
    answer, frame, rows = _page(request, query, "tickets")
    people, tables = names(request.snapshot.tables), request.snapshot.tables
    teams = dict(zip(tables.teams["id"], tables.teams["name"], strict=True))
    links = request.backend.links(request.snapshot)
    late = is_overdue(frame, request.rules(query), tables.now)
    for row, overdue in zip(rows, late, strict=True):
        row["agent"] = _person_name(people, row["agent_id"])
        row["creator"] = _person_name(people, row["creator_id"])
        row["team"] = teams.get(row["team_id"])
        row["overdue"] = bool(overdue)
        row["url"] = links.ticket(row["id"])
    return answer | {"tickets": rows}


def _page(request: Request, query: AnyQuery, table: Table) -> tuple[Row, pd.DataFrame, list[Row]]:
    population = _population(request, query, table)
    start = population.after(query.cursor)
    end = min(start + query.limit, len(population.ids))
    frame = _pick_rows(getattr(request.snapshot.tables, table), population.ids[start:end])
    if table == "conversations" and request.scope.agent_id is not None:
        frame = without_others_ratings(frame, request.snapshot.tables, request.scope.agent_id)
    rows = _table_rows(frame, table)
    if population.values is not None:
        for row, value in zip(rows, population.values[start:end].tolist(), strict=True):
            row["value"] = value
    vendor = VENDORS[table]
    answer = request.dated(query, (vendor,)) | {
        "metric": query.metric,
        "total": len(population.ids) if request.is_read(vendor) else None,
        "next_cursor": population.position(end - 1).encode() if end < len(population.ids) else None,
    }
    return answer, frame, rows


def _population(request: Request, query: AnyQuery, table: Table) -> Population:
    view = request.view(query)

    def compute() -> Population:
        if query.metric is not None:
            try:
                behind = drill_down(query.metric, query.cells, view)
            except CellError as error:
                raise ParameterError("cell", str(error)) from error
            return _sort_newest_first(behind.rows, CREATED[table], behind.values)
        every = drill_down(table, (), view)
        return _sort_newest_first(every.rows, CREATED[table])

    # Refused before anything is computed.
    query.cells  # noqa: B018
    asked = query.model_copy(update={"limit": 1, "cursor": None})
    return request.cached(table, asked, compute=compute)


def _person_name(people: Mapping[str, tuple[str, str]], agent_id: str | None) -> str | None:
    return None if agent_id is None else people.get(agent_id, (None, ""))[0]
