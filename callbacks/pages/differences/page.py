"""The page of differences: a vendor's exported file beside our rows. Nothing of it is kept."""

import threading
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import orjson
from dash import ClientsideFunction, Dash, Input, Output
from flask import Flask, Response, request
from pydantic import Field

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_viewer
from callbacks.reports.page_query import PageQuery
from callbacks.reports.query import ParameterError
from callbacks.reports.report_page import ReportPage, report_context
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.differences import page as layout
from layouts.pages.differences.page import PAGE as NAME
from layouts.pages.differences.page import PATH
from layouts.roles import PAGES
from metrics.query.reconciliation import Reconciliation, What, metric_of, reconcile
from services.files.workbook import Column, Sheet, write_workbook
from services.runtime.backend import Backend
from services.vendors.export_files import MOST_BYTES, ExportFileError, read_export

# Below it nothing but files is sent; a body of exactly the limit is refused.
FILES, LARGEST = f"{PATH}/file.", MOST_BYTES + 1
FILE = Route(
    path=f"{FILES}<kind>",
    endpoint="check_file",
    roles=PAGES[PATH].roles,
    methods=("POST",),
    by_hand=True,
)
# A file of 50 MB takes a processor for seconds; pages must go on answering.
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)


class DifferencesQuery(PageQuery):
    what: Literal["closes", "calls"] | None = None
    zone: str | None = Field(default=None, max_length=60)

    @property
    def listed(self) -> What:
        return self.what or "conversations"


DifferencesView = ReportView[DifferencesQuery]


def content(question: DifferencesView, context: Context, backend: Backend) -> Sequence[Element]:
    zones = _list_zones(question)
    return layout.content(
        layout.Check(question.query.listed, zones, _choose_zone(question)), context
    )


def _list_zones(question: DifferencesView) -> list[str]:
    """Of the file's days: the workspace's own first, as the vendor cuts its reports."""
    own = question.snapshot.meta.get("app_time_zone") if question.query.what != "calls" else None
    return list(dict.fromkeys(filter(None, (own, question.rules.time_zone.key, "UTC"))))


def _choose_zone(question: DifferencesView) -> str:
    zones = _list_zones(question)
    return question.query.zone if question.query.zone in zones else zones[0]


PAGE = ReportPage(
    PATH,
    DifferencesQuery,
    content,
    frame=layout.frame,
    more_callbacks=lambda app, backend: _register(app, backend),
)


def _register(app: Dash, backend: Backend) -> None:
    app.clientside_callback(
        ClientsideFunction("differences", "again"),
        Output(ids.panel(NAME, "result"), "title"),
        Input(ids.URL, "search"),
        prevent_initial_call=True,
    )


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, FILE, lambda kind: _answer(kind, backend))


def _answer(kind: str, backend: Backend) -> Response:
    """The result as a tree of elements (`json`), or as a workbook of the same."""
    if kind not in ("json", "xlsx"):
        return json_error(404, "not_found", "there is no such file")
    request.max_content_length = LARGEST
    search = request.query_string.decode("ascii", "replace")
    context = report_context(backend, PATH, search)
    file = unquote(request.headers.get("X-File-Name", ""))[:100]
    try:
        question = PAGE.question(search, backend)
        if question is None:
            return json_error(503, "starting", "no data has been collected yet")
        with _ONE_AT_A_TIME:
            found = _compare(request.get_data(cache=False), question, context)
    except ParameterError as error:
        return json_error(400, "invalid_parameter", str(error))
    except ExportFileError as error:
        return _write_tree(layout.refused(error.fault, error.known, context))
    actor = current_viewer(backend).actor
    backend.audit.note("export", actor, page=NAME, kind=kind, rows=len(found.differences))
    if kind == "json":
        return _write_tree(_draw(found, file, question, context, backend))
    period = question.period
    name = f"vigia-{NAME}-{period.first_day}-{period.last_day}.xlsx"
    answer = Response(
        write_workbook(_build_sheets(found, file, question, context)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def _compare(content: bytes, question: DifferencesView, context: Context) -> Reconciliation:
    what, zone = question.query.listed, ZoneInfo(_choose_zone(question))
    rows = read_export(content, what, zone, day_first=context.text.language == "pt-BR")
    vendor = metric_of(what).sources[0]
    source = question.snapshot.sources.get(vendor)
    return reconcile(rows, what, question.view, zone, source.as_of if source else None)


def _write_tree(tree: Any) -> Response:
    return Response(orjson.dumps({"tree": tree}), mimetype="application/json")


def _draw(
    found: Reconciliation,
    file: str,
    question: DifferencesView,
    context: Context,
    backend: Backend,
) -> list[Element]:
    links, urls, labels = backend.links(question.snapshot), {}, {}
    if found.what != "calls":
        shown = [one.id for one in found.differences[: layout.ROWS_SHOWN]]
        urls = {one: links.conversation(one) for one in shown}
        rows = question.tables.conversations
        known = rows.filter(rows["id"].is_in(shown)).select("id", "subject").drop_nulls()
        labels = dict(known.iter_rows())
    return layout.result(found, file, urls, labels, context)


def _build_sheets(
    found: Reconciliation, file: str, question: DifferencesView, context: Context
) -> list[Sheet]:
    text, zone = context.text, question.rules.time_zone

    def title(key: str) -> str:
        return text(f"differences.head.{key}")

    def local(at: Any) -> Any:
        return at.astimezone(zone).replace(tzinfo=None) if at is not None else None

    period = context.formats.span(question.period.first_day, question.period.last_day)
    steps = [
        (text(f"differences.file_count.{found.what}"), found.file, file),
        *(
            (
                text(f"differences.cause.{cause}"),
                -n if side == "file" else n,
                text(f"differences.why_cause.{cause}"),
            )
            for side, cause, n in found.causes
        ),
        (text(f"differences.own_count.{found.what}"), found.own, period),
        (text("differences.rest"), found.unexplained, ""),
    ]
    rows = (
        (
            text(f"differences.cause.{one.cause}"),
            one.id,
            text(f"differences.side.{one.side}"),
            local(one.file_at),
            local(one.own_at),
            one.line or None,
        )
        for one in found.differences
    )
    return [
        Sheet(
            text("differences.result"),
            [
                Column(title("step"), "text", 52),
                Column(title("n"), "number", 12),
                Column(title("explained"), "text", 90),
            ],
            steps,
        ),
        Sheet(
            text("differences.rows"),
            [
                Column(title("cause"), "text", 44),
                Column(title("id"), "text", 22),
                Column(title("where"), "text", 16),
                Column(title("file_at"), "moment", 19),
                Column(title("own_at"), "moment", 19),
                Column(title("line"), "number", 10),
            ],
            rows,
        ),
    ]
