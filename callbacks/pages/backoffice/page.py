"""The page of the second line: what its address asks for, in numbers."""

from collections.abc import Sequence
from dataclasses import replace

from callbacks.pages.backoffice import figures
from callbacks.pages.backoffice.figures import DATED, MERGED, STOCKS
from callbacks.pages.backoffice.query import BackofficeQuery
from callbacks.reports.detail_columns import ColumnContext, list_columns
from callbacks.reports.export_sheets import (
    Sheets,
    build_definitions_sheet,
    build_rows_sheet,
    build_summary_sheet,
    check_count,
)
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.backoffice import page as backoffice
from layouts.pages.backoffice.page import Backoffice
from metrics.model.catalog import CATALOG
from services.files.workbook import Sheet
from services.runtime.backend import Backend
from services.snapshot.extents import find_tickets_start
from services.snapshot.manifest import SourceStatus


def content(
    question: ReportView[BackofficeQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    meta, history = question.snapshot.meta, question.snapshot.history
    source = question.snapshot.sources.get("tickets", SourceStatus("off"))
    cause = (meta.get("causes") or {}).get("tickets")
    at = backend.now()
    merged, duplicates = figures.list_duplicates(question, backend, context)
    numbers = question.numbers(CATALOG[key] for key in (*STOCKS, *DATED, MERGED))
    still = numbers["tickets_open"]
    if question.tables.tickets.is_empty() and source.state in ("off", "starting"):
        infos = figures.build_infos(question, still.n, merged, at, context)
        return [
            backoffice.nothing_read(source.state, cause, context),
            backoffice.duplicates(duplicates, merged, infos, context),
        ]
    first_day = find_tickets_start(meta)
    choices = figures.build_choices(question, context)
    chosen_words = figures.describe_choices(choices, context)
    question = replace(question, filter_words=(*question.filter_words, *chosen_words))
    infos = figures.build_infos(question, still.n, merged, at, context)
    listed, cells = question.query.listed
    shown = Backoffice(
        kpis=figures.build_sheet(question, numbers, at, context),
        choices=choices,
        tab=question.query.tab,
        counts=figures.count_tabs(question),
        tickets=figures.build_tickets(question, backend, context),
        listed=(listed, [str(cell) for cell in cells]),
        states=figures.build_lines("state_label", question, context),
        owners=figures.build_lines("agent", question, context),
        platforms=figures.build_lines("platform", question, context),
        severities=figures.build_lines("severity", question, context),
        ages=still.parts,
        open=still.n,
        age_days=backend.settings.backoffice.age_days,
        has_external=figures.has_external(question, backend),
        duplicates=duplicates,
        merged=merged,
        infos=infos,
    )
    return [
        # While conversations arrive too, one banner says enough.
        *backoffice.notices(source, cause, first_day if history.complete else None, at, context),
        *backoffice.content(shown, context),
    ]


def build_ticket_sheets(scope: ColumnContext, tables: Sequence[Sheet]) -> Sheets:
    """Of tickets and duplicates every one, with all that is known; the page lists the first."""
    text, question = scope.context.text, scope.question
    tickets = figures.arrange_tickets(question)
    merged = arrange_rows(question, list_rows(question, MERGED, ()), "", None)
    check_count(tickets.n + merged.n)
    shown = list(list_columns("tickets", question).values())
    reason = question.rules.labels.reason
    known = list_columns("conversations", question)
    names = ("created_at", "subject", "agent", f"attr.{reason}", "merged_into", "id", "link")
    sheets = [
        build_rows_sheet(text("export.tickets"), tickets, shown, scope),
        build_rows_sheet(
            text("metrics.conversations_merged.short"),
            merged,
            [known[name] for name in names if name in known],
            scope,
        ),
        *tables,
        build_summary_sheet(scope),
        build_definitions_sheet(scope, text("backoffice.title"), [*STOCKS, *DATED, MERGED]),
    ]
    return sheets, tickets.n


PAGE = ReportPage(
    "/backoffice",
    BackofficeQuery,
    content,
    sheets=build_ticket_sheets,
    source="tickets",
    dated=False,
)
