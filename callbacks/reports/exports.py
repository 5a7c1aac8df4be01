"""Files of exactly what a page shows: made in memory, for managers, and noted."""

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, request

from callbacks.access.refusals import refusal
from callbacks.access.session import current_viewer
from callbacks.pages.backoffice.export import ticket_sheets
from callbacks.pages.backoffice.query import BackofficeQuery
from callbacks.pages.crosstabs.query import CrosstabsQuery
from callbacks.pages.crosstabs.sheets import pivot_sheets
from callbacks.pages.details.query import DetailsQuery
from callbacks.pages.staffing.query import StaffingQuery
from callbacks.pages.staffing.sheets import KEYS, staffing_sheets
from callbacks.reports.detail_columns import Reading, chosen_columns, columns
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
from callbacks.reports.report_page import BI_PAGES, bi_context, question_at, with_words
from callbacks.reports.row_words import title
from layouts.components.download import ROWS_AT_MOST
from layouts.components.shell import MANAGER
from metrics.model.catalog import CATALOG, Table
from metrics.query.drilldown import CellError
from services.files.workbook import Sheet, comma_separated, workbook
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
    if viewer.role != MANAGER:
        return refusal(403, "forbidden", "not for this role")
    path = f"/{page}"
    if path not in BI_PAGES or kind not in TYPES:
        return refusal(404, "not_found", "there is no such file")
    search = request.query_string.decode()
    try:
        reading = _reading(path, search, backend)
        if reading is None:
            return refusal(503, "starting", "no data has been collected yet")
        with _AT_ONCE:
            sheets, count = (_row_sheets if rows else _page_sheets)(reading, search)
            content = _file(sheets, kind, reading)
    except (ParameterError, CellError) as error:
        return refusal(400, "invalid_parameter", str(error))
    except TooManyRowsError:
        return refusal(413, "too_many_rows", f"at most {ROWS_AT_MOST} rows")
    who = viewer.actor
    backend.audit.note("export", who, page=page, kind=kind, rows=count)
    response = Response(content, mimetype=TYPES[kind])
    name = _file_name(page, kind, reading)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _reading(path: str, search: str, backend: Backend) -> Reading | None:
    context = bi_context(backend, path, search)
    question = question_at(path, search, backend)
    if question is None:
        return None
    server = request.host_url.rstrip("/")
    return Reading.of(with_words(question, context), backend, context, server)


def _file(sheets: Sequence[Sheet], kind: str, of: Reading) -> bytes:
    if kind == "csv":
        return comma_separated(sheets[0], of.context.text.language == "pt-BR")
    return workbook(sheets)


def _row_sheets(of: Reading, search: str) -> tuple[list[Sheet], int]:
    """The rows behind a number, as the panel has them: found, and in the same order."""
    panel = read_panel(search)
    if panel is None:
        raise ParameterError("rows", "required")
    cells = panel.cells
    found = listing(of.question, panel.rows, cells)
    places = arranged(of.question, found, panel.find, panel.order)
    table = found.metric.table
    shown = list(columns(table, of.question).values())
    check_count(len(places))
    name, crumbs = title(found.metric, cells, of.question, of.context)
    about = " · ".join([*crumbs[:-1], name])
    keys = [panel.rows]
    sheets = [
        rows_sheet(of.context.text("export.rows"), found, places, shown, of),
        definitions_sheet(of, about, keys),
    ]
    return sheets, len(places)


def _page_sheets(of: Reading, search: str) -> tuple[list[Sheet], int]:
    """Summary, attributes, every row, definitions; before them the table that the page is about."""
    text, question, query = of.context.text, of.question, of.question.query
    if isinstance(query, BackofficeQuery):
        return ticket_sheets(of, query)
    found = {table: _every_row(of, table) for table in TABLES}
    check_count(sum(len(places) for _, places in found.values()))
    names = {"conversations": text("export.base"), "calls": text("export.calls")}
    sheets = {
        table: rows_sheet(names[table], *found[table], _columns(of, table), of) for table in TABLES
    }
    base = frame_of(question, *found["conversations"])
    labels = [column.label for column in _columns(of, "conversations") if column.label]
    if not isinstance(query, DetailsQuery):
        labels = [label for label in labels if label in _usual_labels(of)]
    details = text(f"{of.context.path.strip('/')}.title")
    own = staffing_sheets(of) if isinstance(query, StaffingQuery) else []
    told: list[Sheet] = [
        *(pivot_sheets(of) if isinstance(query, CrosstabsQuery) else []),
        *own,
        summary_sheet(of),
        *[attribute_sheet(label, base, of) for label in labels if len(base)],
        sheets["conversations"],
        sheets["calls"],
        definitions_sheet(of, details, [*CATALOG, *(KEYS if own else ())]),
    ]
    if isinstance(query, DetailsQuery):
        told.sort(key=lambda sheet: sheet is not sheets[query.table])
    return told, sum(len(places) for _, places in found.values())


def _every_row(of: Reading, table: Table) -> tuple[Listing, Any]:
    found = listing(of.question, table, ())
    query = of.question.query
    if isinstance(query, DetailsQuery) and query.table == table:
        return found, query.places(of, found)
    return found, arranged(of.question, found, "", None)


def _columns(of: Reading, table: Table) -> list[Any]:
    query = of.question.query
    if isinstance(query, DetailsQuery) and query.table == table:
        return chosen_columns(table, query.column, of.question)
    return list(columns(table, of.question).values())


def _usual_labels(of: Reading) -> set[str]:
    labels = vars(of.question.rules.labels)
    return {words for name, words in labels.items() if name != "resolved_value"}


def _file_name(page: str, kind: str, of: Reading) -> str:
    period = of.question.period
    return f"vigia-{page}-{period.first_day}-{period.last_day}.{kind}"
