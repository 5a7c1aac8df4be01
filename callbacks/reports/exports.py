"""Files of exactly what a page shows: made in memory, for managers, and noted."""

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request

from callbacks.access.refusals import refusal
from callbacks.access.session import current_viewer
from callbacks.pages.backoffice.page import ticket_sheets
from callbacks.pages.backoffice.query import BackofficeQuery
from callbacks.pages.crosstabs.figures import CrosstabsQuery
from callbacks.pages.crosstabs.page import pivot_sheets
from callbacks.pages.details.page import DetailsQuery
from callbacks.pages.staffing.page import KEYS, staffing_sheets
from callbacks.pages.staffing.query import StaffingQuery
from callbacks.reports.detail_columns import ColumnContext, chosen_columns, columns
from callbacks.reports.export_sheets import (
    TooManyRowsError,
    attribute_sheet,
    check_count,
    definitions_sheet,
    rows_sheet,
    summary_sheet,
)
from callbacks.reports.listing import Listing, arranged, frame_of, listing
from callbacks.reports.page_query import read_panel
from callbacks.reports.query import ParameterError
from callbacks.reports.report_page import REPORT_PAGES, question_at, report_context, with_words
from callbacks.reports.row_lines import title
from layouts.components.download import ROWS_AT_MOST
from layouts.roles import REPORT_READERS
from metrics.model.catalog import CATALOG, Table
from metrics.query.drilldown import CellError
from services.files.workbook import Sheet, write_csv, write_workbook
from services.runtime.backend import Backend

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TABLES: tuple[Table, ...] = ("conversations", "calls")
# Making one takes a processor for seconds; pages must go on answering.
_AT_ONCE = threading.BoundedSemaphore(2)


def set_up(server: Flask, backend: Backend) -> None:
    """Attach /exports/<page>.<kind> and /exports/<page>/rows.<kind>."""
    server.add_url_rule(
        "/exports/<page>.<kind>",
        "export_page",
        lambda page, kind: _answer(page, kind, False, backend),
    )
    server.add_url_rule(
        "/exports/<page>/rows.<kind>",
        "export_rows",
        lambda page, kind: _answer(page, kind, True, backend),
    )


def _answer(page: str, kind: str, rows: bool, backend: Backend) -> Response:
    viewer = current_viewer(backend)
    if viewer.role not in REPORT_READERS:
        return refusal(403, "forbidden", "not for this role")
    path = f"/{page}"
    if path not in REPORT_PAGES or kind not in TYPES:
        return refusal(404, "not_found", "there is no such file")
    search = request.query_string.decode()
    try:
        scope = _column_context(path, search, backend)
        if scope is None:
            return refusal(503, "starting", "no data has been collected yet")
        with _AT_ONCE:
            sheets, count = (_row_sheets if rows else _page_sheets)(scope, search)
            content = _file(sheets, kind, scope)
    except (ParameterError, CellError) as error:
        return refusal(400, "invalid_parameter", str(error))
    except TooManyRowsError:
        return refusal(413, "too_many_rows", f"at most {ROWS_AT_MOST} rows")
    who = viewer.actor
    backend.audit.note("export", who, page=page, kind=kind, rows=count)
    response = Response(content, mimetype=TYPES[kind])
    name = _file_name(page, kind, scope)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _column_context(path: str, search: str, backend: Backend) -> ColumnContext | None:
    context = report_context(backend, path, search)
    question = question_at(path, search, backend)
    if question is None:
        return None
    server = request.host_url.rstrip("/")
    return ColumnContext.build(with_words(question, context), backend, context, server)


def _file(sheets: Sequence[Sheet], kind: str, scope: ColumnContext) -> bytes:
    if kind == "csv":
        return write_csv(sheets[0], scope.context.text.language == "pt-BR")
    return write_workbook(sheets)


def _row_sheets(scope: ColumnContext, search: str) -> tuple[list[Sheet], int]:
    """The rows behind a number, as the panel has them: found, and in the same order."""
    panel = read_panel(search)
    if panel is None:
        raise ParameterError("rows", "required")
    cells = panel.cells
    found = listing(scope.question, panel.rows, cells)
    places = arranged(scope.question, found, panel.find, panel.order)
    table = found.metric.table
    shown = list(columns(table, scope.question).values())
    check_count(len(places))
    name, crumbs = title(found.metric, cells, scope.question, scope.context)
    about = " · ".join([*crumbs[:-1], name])
    keys = [panel.rows]
    sheets = [
        rows_sheet(scope.context.text("export.rows"), found, places, shown, scope),
        definitions_sheet(scope, about, keys),
    ]
    return sheets, len(places)


def _page_sheets(scope: ColumnContext, search: str) -> tuple[list[Sheet], int]:
    """Summary, attributes, every row, definitions; before them the table that the page is about."""
    text, question, query = scope.context.text, scope.question, scope.question.query
    if isinstance(query, BackofficeQuery):
        return ticket_sheets(scope, query)
    found = {table: _every_row(scope, table) for table in TABLES}
    check_count(sum(len(places) for _, places in found.values()))
    names = {"conversations": text("export.base"), "calls": text("export.calls")}
    sheets = {
        table: rows_sheet(names[table], *found[table], _columns(scope, table), scope)
        for table in TABLES
    }
    base = frame_of(question, *found["conversations"])
    labels = [column.label for column in _columns(scope, "conversations") if column.label]
    if not isinstance(query, DetailsQuery):
        labels = [label for label in labels if label in _usual_labels(scope)]
    details = text(f"{scope.context.path.strip('/')}.title")
    own = staffing_sheets(scope) if isinstance(query, StaffingQuery) else []
    told: list[Sheet] = [
        *(pivot_sheets(scope) if isinstance(query, CrosstabsQuery) else []),
        *own,
        summary_sheet(scope),
        *[attribute_sheet(label, base, scope) for label in labels if len(base)],
        sheets["conversations"],
        sheets["calls"],
        definitions_sheet(scope, details, [*CATALOG, *(KEYS if own else ())]),
    ]
    if isinstance(query, DetailsQuery):
        told.sort(key=lambda sheet: sheet is not sheets[query.table])
    return told, sum(len(places) for _, places in found.values())


def _every_row(scope: ColumnContext, table: Table) -> tuple[Listing, Any]:
    found = listing(scope.question, table, ())
    query = scope.question.query
    if isinstance(query, DetailsQuery) and query.table == table:
        return found, query.places(scope, found)
    return found, arranged(scope.question, found, "", None)


def _columns(scope: ColumnContext, table: Table) -> list[Any]:
    query = scope.question.query
    if isinstance(query, DetailsQuery) and query.table == table:
        return chosen_columns(table, query.column, scope.question)
    return list(columns(table, scope.question).values())


def _usual_labels(scope: ColumnContext) -> set[str]:
    labels = vars(scope.question.rules.labels)
    return {words for name, words in labels.items() if name != "resolved_value"}


def _file_name(page: str, kind: str, scope: ColumnContext) -> str:
    period = scope.question.period
    return f"vigia-{page}-{period.first_day}-{period.last_day}.{kind}"
