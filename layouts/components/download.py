"""Buttons that fetch a file of exactly what is seen (`assets/downloads.js`)."""

from typing import Any

from layouts.components.context import Context
from layouts.elements import Element, html
from layouts.icons import icon

# A file of more rows than this is refused (`callbacks/reports/exports.py`).
ROWS_AT_MOST = 100_000


def excel_button(context: Context, path: str, class_name: str = "button") -> Element:
    """A workbook; the script adds the parameters of the present address to `path`."""
    return download_button(context, path, [icon("file-earmark-spreadsheet"), "Excel"], class_name)


def csv_button(context: Context, path: str, class_name: str = "button button-quiet") -> Element:
    return download_button(context, path, "CSV", class_name)


def download_button(context: Context, path: str, words: Any, class_name: str) -> Element:
    """A button that says that it prepares, and tells what went wrong."""
    text = context.text
    return html.Button(
        words,
        className=class_name,
        **{
            "data-download": path,
            "data-preparing": text("rows.preparing"),
            "data-ready": text("rows.file_ready"),
            "data-failed": text("rows.file_failed"),
            "data-too-many": text("rows.too_many", n=context.formats.count(ROWS_AT_MOST)),
        },
    )


def table_button(context: Context, path: str) -> Element:
    """The workbook of one table; what it says meanwhile is told by the page's button."""
    label = context.text("rows.table_file")
    return html.Button(
        icon("download"),
        className="icon-button",
        title=label,
        **{"data-download": path, "aria-label": label},
    )
