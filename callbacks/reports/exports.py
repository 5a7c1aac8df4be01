"""Files of exactly what a page shows: made in memory, for managers, and noted."""

import threading
from collections.abc import Sequence
from urllib.parse import quote

from flask import Flask, Response, request

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_viewer
from callbacks.reports.detail_columns import ColumnContext
from callbacks.reports.export_sheets import TooManyRowsError, row_sheets
from callbacks.reports.query import ParameterError
from callbacks.reports.report_page import ReportPage, Reports, add_filter_words, report_context
from layouts.components.download import ROWS_AT_MOST
from layouts.roles import REPORT_READERS
from metrics.query.drilldown import CellError
from services.files.workbook import Sheet, write_csv, write_workbook
from services.runtime.backend import Backend

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
PAGE_FILE = Route(
    path="/exports/<page>.<kind>", endpoint="export_page", roles=REPORT_READERS, by_hand=True
)
PART_FILE = Route(
    path="/exports/<page>/<part>.<kind>", endpoint="export_part", roles=REPORT_READERS, by_hand=True
)
# The part that is no panel: the rows behind a number.
ROWS = "rows"
# Making one takes a processor for seconds; pages must go on answering.
_AT_ONCE = threading.BoundedSemaphore(2)


def set_up(server: Flask, backend: Backend, reports: Reports) -> None:
    for route in (PAGE_FILE, PART_FILE):
        add_route(
            server,
            route,
            lambda page, kind, part="": _answer(page, kind, part, reports, backend),
        )


def _answer(name: str, kind: str, part: str, reports: Reports, backend: Backend) -> Response:
    viewer = current_viewer(backend)
    page = reports.get(f"/{name}")
    if page is None or kind not in TYPES:
        return json_error(404, "not_found", "there is no such file")
    search = request.query_string.decode()
    try:
        scope = _column_context(page, search, backend)
        if scope is None:
            return json_error(503, "starting", "no data has been collected yet")
        with _AT_ONCE:
            if part == ROWS:
                sheets, count = row_sheets(scope, search)
            else:
                sheets, count = page.build_part(part, scope) if part else page.build_sheets(scope)
            if part and len(sheets) < 2:
                return json_error(404, "not_found", "no table stands there")
            content = _file(sheets, kind, scope)
    except (ParameterError, CellError) as error:
        return json_error(400, "invalid_parameter", str(error))
    except TooManyRowsError:
        return json_error(413, "too_many_rows", f"at most {ROWS_AT_MOST} rows")
    backend.audit.note("export", viewer.actor, page=name, kind=kind, rows=count)
    response = Response(content, content_type=TYPES[kind])
    period = scope.question.period
    name = f"{name}-{part}" if part else name
    file = f"vigia-{name}-{period.first_day}-{period.last_day}.{kind}"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file)}"
    return response


def _column_context(page: ReportPage, search: str, backend: Backend) -> ColumnContext | None:
    context = report_context(backend, page.path, search)
    question = page.question(search, backend)
    if question is None:
        return None
    server = request.host_url.rstrip("/")
    return ColumnContext.build(add_filter_words(question, context), backend, context, server)


def _file(sheets: Sequence[Sheet], kind: str, scope: ColumnContext) -> bytes:
    if kind == "csv":
        return write_csv(sheets[0], scope.context.text.language == "pt-BR")
    return write_workbook(sheets)
