"""Rows as a file that a spreadsheet opens: CSV, or a workbook of one sheet.

Words of customers are words: nothing of theirs may come alive as a formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from openpyxl import Workbook  # type: ignore[import-untyped,unused-ignore]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped,unused-ignore]
from openpyxl.styles import Font  # type: ignore[import-untyped,unused-ignore]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped,unused-ignore]

Cell = str | int | float | datetime | None
# What spreadsheets take for the start of a formula, full-width forms included.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠|")
# A cell holds no more.
CHARACTERS = 32_767
DATE_FORMAT = "yyyy-mm-dd hh:mm"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


def csv_file(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], separator: str = ";"
) -> bytes:
    """Text with a byte order mark, so that Excel reads the accents.

    Args:
        headings: Names of the columns.
        rows: Instants come without a zone, in the reader's own time.
        separator: What Excel expects where the reader is: `;` in Brazil.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerow([_inert(heading) for heading in headings])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def workbook(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int] = (),
) -> bytes:
    """A workbook of one sheet, with real dates and numbers, built in memory.

    Args:
        title: Name of the sheet.
        headings: Names of the columns.
        rows: As in `csv_file`.
        widths: Of the columns, in characters.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_FORBIDDEN_IN_TITLES.sub(" ", title).strip()[:31] or "1")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append(list(_cells(sheet, row)))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(sheet: object, row: Sequence[Cell]) -> Iterator[WriteOnlyCell]:
    for value in row:
        yield _cell(sheet, value)


def _cell(sheet: object, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, _printable(value)[:CHARACTERS])
        # openpyxl would take a leading = for a formula.
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):
        cell.number_format = DATE_FORMAT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _plain(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return _inert(value) if isinstance(value, str) else value


def _inert(words: str) -> str:
    """Words that no spreadsheet takes for a formula: an apostrophe makes them text."""
    words = _printable(words)
    return "'" + words if words.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) else words


def _printable(words: str) -> str:
    return _UNPRINTABLE.sub("", words)
