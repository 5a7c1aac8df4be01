"""The history of the analyst's panel as a file: same rows and same person as on the screen."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, Response, request

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.analyst.query import AgentView, read_analyst, resolve_agent
from callbacks.reports.query import ParameterError
from layouts.components.context import Context
from layouts.pages.analyst.data import PATH
from layouts.roles import PAGES
from metrics.live.current import team_names
from services.files.workbook import Column, Kind, Sheet, write_csv, write_workbook
from services.runtime.backend import Backend

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS: Mapping[str, tuple[Kind, float]] = {
    "id": ("text", 16),
    "created": ("moment", 19),
    "closed": ("moment", 19),
    "subject": ("text", 48),
    "team": ("text", 18),
    "reason": ("text", 30),
    "standing": ("text", 16),
    "rating": ("number", 8),
    "remark": ("text", 48),
    "link": ("link", 60),
}


def set_up(server: Flask, backend: Backend) -> None:
    for kind in KINDS:
        route = Route(
            path=f"{PATH}/export.{kind}",
            endpoint=f"analyst_export_{kind}",
            roles=PAGES[PATH].roles,
            by_hand=True,
        )
        add_route(server, route, lambda kind=kind: _export(kind, backend))


def _export(kind: str, backend: Backend) -> Response:
    viewer = current_viewer(backend)
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        return json_error(503, "unavailable", "the first data has not arrived yet")
    try:
        query = read_analyst(request.query_string.decode("utf-8", "replace"))
        agent_id = resolve_agent(query, viewer)
        if agent_id is None:
            return json_error(404, "not_found", "nobody is chosen")
        own = AgentView(snapshot, query, backend.rules, agent_id, backend.links(snapshot))
        period = own.period
    except ParameterError as error:
        return json_error(400, "bad_request", str(error))
    context = current_context(backend, PATH)
    content = _build_file(kind, own, context)
    backend.audit.note("export", viewer.actor, page="analyst", whose=own.agent_id)
    file = f"vigia-{_slugify(own.name or agent_id)}-{period.first_day}-{period.last_day}.{kind}"
    response = Response(content, 200, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _build_file(kind: str, own: AgentView, context: Context) -> bytes:
    text = context.text
    columns = [
        Column(text(f"analyst.export.{name}"), kind_of, width)
        for name, (kind_of, width) in COLUMNS.items()
    ]
    sheet = Sheet(text("analyst.history.title"), columns, _iterate_lines(own, context))
    if kind == "csv":
        return write_csv(sheet, text.language == "pt-BR")
    return write_workbook([sheet])


def _iterate_lines(own: AgentView, context: Context) -> Iterator[list[Any]]:
    teams = team_names(own.snapshot.tables, own.rules)
    for row in own.history().iter_rows(named=True):
        yield [
            row["id"],
            _to_local_time(row["created_at"], context),
            _to_local_time(row["last_close_at"], context) if row["state"] == "closed" else None,
            row["subject"] or "",
            teams.get(row["team_id"], ""),
            row["reason"] or "",
            context.text(f"analyst.standing.{row['standing']}"),
            row["rating"],
            row["rating_remark"] or "",
            own.links.conversation(row["id"]) or "",
        ]


def _to_local_time(instant: datetime | None, context: Context) -> datetime | None:
    """The reader's own time without a zone: spreadsheets know none."""
    return instant and instant.astimezone(context.formats.zone).replace(tzinfo=None)


def _slugify(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "analista"
