"""Workbooks and plain-text tables, made in memory from rows and words that are handed in.

Nothing in them runs: text that a spreadsheet would take for a formula stays text. Sheets are read
with openpyxl, but written as text and not cell by cell: `bench/bench_workbook.py` measures 3 s of a
processor for 50,000 rows of 28 columns where openpyxl takes 20, in a process that serves
pages meanwhile.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from xml.sax.saxutils import escape

from services.files import workbook_parts as parts

Kind = Literal["text", "number", "share", "seconds", "moment", "day", "link", "mixed"]
DAY_SECONDS = 86400
# Day 0 of Excel's calendar.
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  (a sheet's times have no zone)
# What Excel can hold in a cell, in an address, and in a sheet.
CELL_CHARACTERS, LINK_CHARACTERS = 32_767, 2_000
LINKS_PER_SHEET = 65_000
NAME_CHARACTERS = 31
# A spreadsheet would run these, full-width forms included, also behind blanks.
DANGEROUS = re.compile("^[\\s\ufeff]*[=+\\-@|＝＋－＠]|^[\\t\\r\\n]")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# XML readers would make another one of it.
LINE_ENDS = {"\r": "&#13;"}
COMPRESSION = 4


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes:
        title: Its name.
        kind: Of its values. seconds and share are numbers (0..1); moment is local time without a
            zone; the values of mixed are (kind, value).
        width: In characters.
    """

    title: str
    kind: Kind = "text"
    width: float = 16


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name as people would say it, and its rows; None is an empty cell."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as an Excel file."""
    taken: set[str] = set()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as book:
        names = []
        for number, sheet in enumerate(sheets, 1):
            names.append(sheet_name(sheet.name, taken))
            page = _Page(sheet)
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
                for piece in page.text(first=number == 1):
                    file.write(piece.encode())
            if page.links:
                name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
                book.writestr(name, parts.link_targets(address for _, address in page.links))
        for name, words in parts.around(names).items():
            book.writestr(name, words)
    return content.getvalue()


def comma_separated(sheet: Sheet, decimal_comma: bool) -> bytes:
    """One sheet as plain text that Excel opens by a double click: UTF-8 with its mark.

    Args:
        sheet: Columns and rows.
        decimal_comma: Whether numbers are written 1,5; values are parted by semicolons then, else
            by commas.
    """
    content = io.StringIO()
    separator = ";" if decimal_comma else ","
    writer = csv.writer(content, delimiter=separator, lineterminator="\r\n")
    writer.writerow([_harmless(column.title) for column in sheet.columns])
    for row in sheet.rows:
        pairs = _typed(sheet.columns, row)
        writer.writerow([_plain(kind, value, decimal_comma) for kind, value in pairs])
    return content.getvalue().encode("utf-8-sig")


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts, and that no other sheet of the book has.

    Args:
        wanted: As people would say it.
        taken: Names so far, in lower case; the new one is added.
    """
    name = re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub("", wanted))
    name = " ".join(name.split()).strip("'")[:NAME_CHARACTERS].strip(" '") or "-"
    # Excel keeps this one for itself.
    name = f"{name}_" if name.lower() == "history" else name
    found, number = name, 2
    while found.lower() in taken:
        ending = f" ({number})"
        found, number = name[: NAME_CHARACTERS - len(ending)] + ending, number + 1
    taken.add(found.lower())
    return found


def clean(words: str) -> str:
    """Text without what a file cannot hold."""
    return UNWRITABLE.sub("", words)[:CELL_CHARACTERS]


class _Page:
    """The text of one sheet, row by row, and the addresses that it links to."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._letters = [parts.letters(number) for number in range(1, len(sheet.columns) + 1)]
        self.links: list[tuple[str, str]] = []

    def text(self, first: bool) -> Iterator[str]:
        """The sheet's XML in pieces."""
        columns = self._sheet.columns
        yield parts.sheet_start([column.width for column in columns], first)
        heads = [self._words(a, 1, clean(c.title), "head") for a, c in self._named(columns)]
        yield f'<row r="1">{"".join(heads)}</row>'
        number = 1
        for number, row in enumerate(self._sheet.rows, 2):
            typed = zip(self._letters, _typed(columns, row), strict=True)
            cells = [self._cell(letter, number, kind, value) for letter, (kind, value) in typed]
            yield f'<row r="{number}">{"".join(cells)}</row>'
        yield parts.sheet_end(f"A1:{self._letters[-1]}{number}", self.links)

    def _named(self, columns: Sequence[Column]) -> Iterator[tuple[str, Column]]:
        return zip(self._letters, columns, strict=True)

    def _cell(self, letter: str, number: int, kind: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if kind == "text":
            words = clean(str(value))
            return self._words(letter, number, words, "quoted" if DANGEROUS.match(words) else "")
        if kind == "link":
            return self._link(letter, number, clean(str(value)))
        return f'<c r="{letter}{number}" s="{parts.STYLES[kind]}"><v>{_number(kind, value)}</v></c>'

    def _words(self, letter: str, number: int, words: str, style: str) -> str:
        told = f' s="{parts.STYLES[style]}"' if style else ""
        inside = f'<is><t xml:space="preserve">{escape(words, LINE_ENDS)}</t></is>'
        return f'<c r="{letter}{number}" t="inlineStr"{told}>{inside}</c>'

    def _link(self, letter: str, number: int, address: str) -> str:
        if len(self.links) >= LINKS_PER_SHEET or len(address) > LINK_CHARACTERS:
            return self._words(
                letter, number, address, "quoted" if DANGEROUS.match(address) else ""
            )
        self.links.append((f"{letter}{number}", address))
        return self._words(letter, number, address, "link")


def _number(kind: str, value: Any) -> str:
    if isinstance(value, datetime):
        return repr(round((value - FIRST_DAY).total_seconds()) / DAY_SECONDS)
    if isinstance(value, date):
        return str((value - FIRST_DAY.date()).days)
    return repr(value / DAY_SECONDS if kind == "seconds" else value)


def _typed(columns: Sequence[Column], row: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for column, value in zip(columns, row, strict=True):
        if column.kind == "mixed" and value is not None:
            yield value
        else:
            yield column.kind, value


def _plain(kind: str, value: Any, decimal_comma: bool) -> Any:
    if value is None:
        return ""
    if kind in ("text", "link"):
        return _harmless(str(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    words = f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return words.replace(".", ",") if decimal_comma else words


def _harmless(words: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what begins like a formula."""
    words = clean(words)
    return f"'{words}" if DANGEROUS.match(words) else words
