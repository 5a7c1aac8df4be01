"""The analyst's panel as a file: the history first, same rows and same person as on the screen."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, Response, request

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_context, current_viewer
from callbacks.pages.analyst.figures import build_team, list_calls
from callbacks.pages.analyst.query import NUMBERS, AgentView, read_analyst, resolve_agent
from callbacks.reports.export_sheets import build_rules_sheet, build_table_sheet
from callbacks.reports.query import ParameterError
from layouts.components import typed_table
from layouts.components.context import Context
from layouts.pages.analyst.data import PATH, Head
from layouts.pages.analyst.page import TEAM, team_content
from layouts.roles import MANAGER, PAGES
from metrics.classification.goals import goals_by_day
from metrics.live.current import team_names
from metrics.model.catalog import CATALOG
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
    "rating": ("count", 8),
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
        if agent_id is None and (viewer.role != MANAGER or kind == "csv"):
            return json_error(404, "not_found", "nobody is chosen")
        own = AgentView(snapshot, query, backend.rules, agent_id or "", backend.links(snapshot))
        period = own.period
    except ParameterError as error:
        return json_error(400, "bad_request", str(error))
    context = current_context(backend, PATH)
    content = _build_file(kind, own, context, backend)
    backend.audit.note("export", viewer.actor, page="analyst", whose=own.agent_id)
    whose = _slugify(own.name or own.agent_id or TEAM)
    file = f"vigia-{whose}-{period.first_day}-{period.last_day}.{kind}"
    response = Response(content, 200, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _build_file(kind: str, own: AgentView, context: Context, backend: Backend) -> bytes:
    text, at = context.text, backend.now()
    if not own.agent_id:
        return write_workbook([*_build_team_sheets(own, context), _build_rules(own, context, at)])
    columns = [
        Column(text(f"analyst.export.{name}"), kind_of, width)
        for name, (kind_of, width) in COLUMNS.items()
    ]
    history = Sheet(text("analyst.history.title"), columns, _iterate_lines(own, context))
    if kind == "csv":
        return write_csv(history, text.language == "pt-BR")
    tables = (_list_pending(own, context), _list_days(own, context), _list_calls(own, context))
    sheets = [build_table_sheet(table, context) for table in tables]
    numbers = _compare_numbers(own, context)
    return write_workbook([history, *sheets, numbers, _build_rules(own, context, at)])


def _build_team_sheets(own: AgentView, context: Context) -> list[Sheet]:
    head = Head({}, [], None, None, own.period, own.today, None)
    team = build_team(own.snapshot, own.query, own.period, head, own.rules)
    drawn = team_content(team, context)
    return [build_table_sheet(table, context) for table in typed_table.find_tables(drawn)]


def _build_rules(own: AgentView, context: Context, at: datetime) -> Sheet:
    filters = [own.name] if own.name else []
    keys = ("classification_rate", *NUMBERS)
    about = context.text(f"analyst.title_{context.role}")
    return build_rules_sheet(own, own.window_before, filters, about, keys, context, at)


def _list_pending(own: AgentView, context: Context) -> typed_table.Table:
    text, teams = context.text, team_names(own.snapshot.tables, own.rules)
    kinds: dict[str, typed_table.Kind] = {"id": "text", "created": "moment", "closed": "moment"}
    kinds |= {"subject": "text", "team": "text", "link": "link"}
    columns = [
        typed_table.Column(text(f"analyst.export.{name}"), kind) for name, kind in kinds.items()
    ]
    rows = [
        (
            *(row["id"], row["created_at"], row["last_close_at"], row["subject"]),
            *(teams.get(row["team_id"], ""), own.links.conversation(row["id"])),
        )
        for row in own.pending().iter_rows(named=True)
    ]
    return typed_table.Table(text("analyst.pending.title"), columns, rows)


def _list_days(own: AgentView, context: Context) -> typed_table.Table:
    text = context.text
    counts = ("total", "classified", "pending")
    columns = [
        typed_table.Column(text("overview.table.day"), "day"),
        *[typed_table.Column(text(f"analyst.team.{name}"), sums=True) for name in counts],
        typed_table.Column(text("metrics.classification_rate.short"), "share"),
    ]
    rows = [
        (day, goal.eligible, goal.classified, goal.pending, goal.rate)
        for day, goal in goals_by_day(own.view)
    ]
    return typed_table.Table(text("analyst.jump.goal"), columns, rows)


def _list_calls(own: AgentView, context: Context) -> typed_table.Table:
    text = context.text
    columns = [
        typed_table.Column(text("details.columns.started_at"), "moment"),
        typed_table.Column(text("details.columns.call_kind"), "text"),
        typed_table.Column(text("details.columns.talk"), "seconds", sums=True),
    ]
    rows = [
        (call.started_at, text(f"analyst.calls.{call.key}", name=call.other), call.talk_seconds)
        for call in list_calls(own)
    ]
    return typed_table.Table(text("export.calls"), columns, rows)


def _compare_numbers(own: AgentView, context: Context) -> Sheet:
    """Each of the window beside its own past; the team's stand on the page where they may."""
    text = context.text
    columns = [Column(text("export.metric"), "text", 34), Column(text("export.value"), "mixed", 14)]
    columns += [Column("n", "count", 8), Column(text("export.before"), "mixed", 14)]
    rows = []
    for key in NUMBERS:
        now, before, unit = own.number(key), own.number_before(key), CATALOG[key].unit
        values = [
            None if number is None or number.value is None else (unit, number.value)
            for number in (now, before)
        ]
        rows.append((text(f"metrics.{key}.label"), values[0], now.n, values[1]))
    return Sheet(text("export.summary"), columns, rows)


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
