"""The rows behind the numbers as JSON, page by page."""

from collections.abc import Mapping
from urllib.parse import quote

import polars as pl
import polars.selectors as cs

from callbacks.api.answers import INSTANT_FORMAT, Request, Row
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
from metrics.query.drilldown import VALUE, CellError, drill_down
from metrics.query.grouping import ROW

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


def _set_attributes(frame: pl.DataFrame) -> list[dict[str, str]]:
    """The workspace's own attributes that are set, for each row."""
    prefix = schema.ATTRIBUTE_PREFIX
    return [
        {
            name.removeprefix(prefix): word.replace(schema.SEPARATOR, ", ")
            for name, word in row.items()
            if name.startswith(prefix) and word and word.strip()
        }
        for row in frame.iter_rows(named=True)
    ]


def conversations(request: Request, query: ConversationsQuery) -> Row:
    """Conversations behind a metric, or all that were created in the period."""
    answer, frame, rows = _page(request, query, "conversations")
    people, tables = names(request.snapshot.tables), request.snapshot.tables
    teams = dict(tables.teams.select("id", "name").iter_rows())
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
    for row, agent_id in zip(rows, frame["agent_id"], strict=True):
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
    teams = dict(tables.teams.select("id", "name").iter_rows())
    links = request.backend.links(request.snapshot)
    late = frame.select(is_overdue(request.rules(query), tables.now)).to_series()
    for row, overdue in zip(rows, late, strict=True):
        row["agent"] = _person_name(people, row["agent_id"])
        row["creator"] = _person_name(people, row["creator_id"])
        row["team"] = teams.get(row["team_id"])
        row["overdue"] = bool(overdue)
        row["url"] = links.ticket(row["id"])
    return answer | {"tickets": rows}


def _page(request: Request, query: AnyQuery, table: Table) -> tuple[Row, pl.DataFrame, list[Row]]:
    lines, tables = _newest_first(request, query, table), request.snapshot.tables
    start = _count_before(query.cursor, lines)
    page = lines.slice(start, query.limit)
    frame: pl.DataFrame = getattr(tables, table)[page[ROW]]
    if table == "conversations" and request.scope.agent_id is not None:
        frame = without_others_ratings(frame, tables, request.scope.agent_id)
    rows = _to_json(frame, table)
    if query.metric is not None:
        for row, value in zip(rows, page[VALUE], strict=True):
            row["value"] = value
    cursor = None
    if start + len(page) < len(lines):
        cursor = Position(page["seconds"][-1], page["id"][-1]).encode()
    vendor = VENDORS[table]
    answer = request.dated(query, (vendor,)) | {
        "metric": query.metric,
        "total": len(lines) if request.is_read(vendor) else None,
        "next_cursor": cursor,
    }
    return answer, frame, rows


def _newest_first(request: Request, query: AnyQuery, table: Table) -> pl.DataFrame:
    """The lines of the rows asked for with `seconds` (Unix) and `id`, equal seconds by id."""
    view = request.view(query)

    def compute() -> pl.DataFrame:
        try:
            behind = drill_down(query.metric or table, query.cells, view)
        except CellError as error:
            raise ParameterError("cell", str(error)) from error
        seconds = pl.col(CREATED[table]).dt.epoch("s").alias("seconds")
        rows = behind.query.select(ROW, VALUE, seconds, "id")
        return rows.sort("seconds", "id", descending=True).collect()

    # Refused before anything is computed.
    query.cells  # noqa: B018
    asked = query.model_copy(update={"limit": 1, "cursor": None})
    return request.cached(table, asked, compute=compute)


def _count_before(position: Position | None, lines: pl.DataFrame) -> int:
    """How many rows lie before the first one behind the position."""
    if position is None:
        return 0
    seconds, row_id = pl.col("seconds"), pl.col("id")
    behind = (seconds < position.seconds) | ((seconds == position.seconds) & (row_id < position.id))
    return len(lines) - int(lines.select(behind.sum()).item())


def _to_json(frame: pl.DataFrame, table: str) -> list[Row]:
    told = frame.select(columns(table)).with_columns(cs.datetime().dt.strftime(INSTANT_FORMAT))
    rows = told.rows(named=True)
    for name in JOINED.keys() & told.columns:
        for row in rows:
            row[name] = row[name].split(JOINED[name]) if row[name] else []
    return rows


def _person_name(people: Mapping[str, tuple[str, str]], agent_id: str | None) -> str | None:
    return None if agent_id is None else people.get(agent_id, (None, ""))[0]
