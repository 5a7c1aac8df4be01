"""The file of the back-office: the tickets of the chosen tab, in the order of the page."""

from callbacks.pages.backoffice.figures import DATED, MERGED, STOCKS, places
from callbacks.pages.backoffice.query import BackofficeQuery
from callbacks.reports.detail_columns import ColumnContext, columns
from callbacks.reports.export_sheets import (
    check_count,
    definitions_sheet,
    rows_sheet,
    summary_sheet,
)
from callbacks.reports.listing import arranged, listing
from services.files.workbook import Sheet


def ticket_sheets(scope: ColumnContext, query: BackofficeQuery) -> tuple[list[Sheet], int]:
    """Tickets, duplicates, the summary and what the numbers mean.

    Raises:
        TooManyRowsError: There are more rows than a file takes.
    """
    text, question = scope.context.text, scope.question
    key, cells = query.listed
    found, merged = listing(question, key, cells), listing(question, MERGED, ())
    check_count(found.n + merged.n)
    shown = list(columns("tickets", question).values())
    reason = question.rules.labels.reason
    known = columns("conversations", question)
    names = ("created_at", "subject", "agent", f"attr.{reason}", "merged_into", "id", "link")
    sheets = [
        rows_sheet(text("export.tickets"), found, places(question), shown, scope),
        rows_sheet(
            text("metrics.conversations_merged.short"),
            merged,
            arranged(question, merged, "", None),
            [known[name] for name in names if name in known],
            scope,
        ),
        summary_sheet(scope),
        definitions_sheet(scope, text("backoffice.title"), [*STOCKS, *DATED, MERGED]),
    ]
    return sheets, found.n
