"""The rows behind the numbers, page by page."""

from collections.abc import Mapping
from urllib.parse import quote

import pandas as pd

from callbacks.api.answers import Request
from callbacks.api.rows import Ordered, Row, attributes, chosen, listed, ordered, table_rows
from callbacks.reports.query import CallsQuery, ConversationsQuery, ParameterError, TicketsQuery
from layouts.formats import masked
from metrics.measures.tickets import is_overdue
from metrics.model.catalog import Table
from metrics.model.people import names
from metrics.model.selection import without_others_ratings
from metrics.query.drilldown import CellError, rows_behind

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


def conversations(request: Request, query: ConversationsQuery) -> Row:
    """Conversations behind a metric, or all that were created in the period."""
    answer, frame, rows = _page(request, query, "conversations")
    people, tables = names(request.snapshot.tables), request.snapshot.tables
    teams = dict(zip(tables.teams["id"], tables.teams["name"], strict=True))
    links = request.backend.links(request.snapshot)
    for row, labels in zip(rows, attributes(frame), strict=True):
        row["agent"] = _name(people, row["agent_id"])
        row["team"] = teams.get(row["team_id"])
        row["attributes"] = labels
        row["url"] = links.conversation(row["id"])
    return answer | {"conversations": rows}


def calls(request: Request, query: CallsQuery) -> Row:
    """Calls behind a metric, or all that started in the period and have ended."""
    answer, frame, rows = _page(request, query, "calls")
    people = names(request.snapshot.tables)
    for row, agent_id in zip(rows, listed(frame["agent_id"]), strict=True):
        row["agent_id"] = agent_id
        row["agent"] = _name(people, agent_id)
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
        row["agent"] = _name(people, row["agent_id"])
        row["creator"] = _name(people, row["creator_id"])
        row["team"] = teams.get(row["team_id"])
        row["overdue"] = bool(overdue)
        row["url"] = links.ticket(row["id"])
    return answer | {"tickets": rows}


def _page(request: Request, query: AnyQuery, table: Table) -> tuple[Row, pd.DataFrame, list[Row]]:
    population = _population(request, query, table)
    start = population.after(query.cursor)
    end = min(start + query.limit, len(population.ids))
    frame = chosen(getattr(request.snapshot.tables, table), population.ids[start:end])
    if table == "conversations" and request.scope.agent_id is not None:
        frame = without_others_ratings(frame, request.snapshot.tables, request.scope.agent_id)
    rows = table_rows(frame, table)
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


def _population(request: Request, query: AnyQuery, table: Table) -> Ordered:
    view = request.view(query)

    def compute() -> Ordered:
        if query.metric is not None:
            try:
                found = rows_behind(query.metric, query.cells, view)
            except CellError as error:
                raise ParameterError("cell", str(error)) from error
            return ordered(found.rows, CREATED[table], found.values)
        every = rows_behind(table, (), view)
        return ordered(every.rows, CREATED[table])

    # Refused before anything is computed.
    query.cells  # noqa: B018
    asked = query.model_copy(update={"limit": 1, "cursor": None})
    return request.remembered(table, asked, compute=compute)


def _name(people: Mapping[str, tuple[str, str]], agent_id: str | None) -> str | None:
    return None if agent_id is None else people.get(agent_id, (None, ""))[0]
