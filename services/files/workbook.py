"""Workbooks and plain-text tables, made in memory from rows and words that are handed in.

Nothing in them runs: text that a spreadsheet would take for a formula stays text. The sheets' XML
(ECMA-376) is written here, not by a library: docs/decisions/0009-workbook.md says why.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

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
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# In the order of `cellXfs` below.
_ORDER = ("", "head", "number", "share", "seconds", "moment", "day", "link", "quoted")
STYLES = {name: number for number, name in enumerate(_ORDER)}


@dataclass(frozen=True)
class Column:
    title: str
    # A share is 0..1, a moment is local time without a zone, a mixed value is (kind, value).
    kind: Kind = "text"
    width: float = 16  # in characters


@dataclass(frozen=True)
class Sheet:
    """None is an empty cell, and the name may be one that Excel refuses."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    taken: set[str] = set()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as book:
        names = []
        for number, sheet in enumerate(sheets, 1):
            names.append(name_sheet(sheet.name, taken))
            writer = _SheetWriter(sheet)
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
                for piece in writer.write(is_first=number == 1):
                    file.write(piece.encode())
            if writer.links:
                name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
                book.writestr(name, _write_link_targets(address for _, address in writer.links))
        for name, text in _write_fixed_parts(names).items():
            book.writestr(name, text)
    return content.getvalue()


def name_column(number: int) -> str:
    """As a spreadsheet counts: 1 is A, 26 is Z, 27 is AA."""
    before, letter = divmod(number - 1, 26)
    return (name_column(before) if before else "") + chr(ord("A") + letter)


def write_csv(sheet: Sheet, decimal_comma: bool) -> bytes:
    """UTF-8 with its mark, for Excel; semicolons part the values where commas are decimal."""
    content = io.StringIO()
    separator = ";" if decimal_comma else ","
    writer = csv.writer(content, delimiter=separator, lineterminator="\r\n")
    writer.writerow([_make_harmless(column.title) for column in sheet.columns])
    for row in sheet.rows:
        pairs = _pair_with_kinds(sheet.columns, row)
        writer.writerow([_format_plain(kind, value, decimal_comma) for kind, value in pairs])
    return content.getvalue().encode("utf-8-sig")


def name_sheet(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts; it is added to `taken`, in lower case."""
    name = re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub("", wanted))
    name = " ".join(name.split()).strip("'")[:NAME_CHARACTERS].strip(" '") or "-"
    # Excel keeps this one for itself.
    name = f"{name}_" if name.lower() == "history" else name
    unique, number = name, 2
    while unique.lower() in taken:
        ending = f" ({number})"
        unique, number = name[: NAME_CHARACTERS - len(ending)] + ending, number + 1
    taken.add(unique.lower())
    return unique


def clean_text(text: str) -> str:
    """Without what a file cannot hold."""
    return UNWRITABLE.sub("", text)[:CELL_CHARACTERS]


class _SheetWriter:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._letters = [name_column(n) for n in range(1, len(sheet.columns) + 1)]
        self.links: list[tuple[str, str]] = []

    def write(self, *, is_first: bool) -> Iterator[str]:
        columns = self._sheet.columns
        yield _start_sheet([column.width for column in columns], is_first)
        heads = [
            self._write_text(letter, 1, clean_text(column.title), "head")
            for letter, column in zip(self._letters, columns, strict=True)
        ]
        yield f'<row r="1">{"".join(heads)}</row>'
        number = 1
        for number, row in enumerate(self._sheet.rows, 2):
            typed = zip(self._letters, _pair_with_kinds(columns, row), strict=True)
            cells = [self._write_cell(at, number, kind, value) for at, (kind, value) in typed]
            yield f'<row r="{number}">{"".join(cells)}</row>'
        yield _end_sheet(f"A1:{self._letters[-1]}{number}", self.links)

    def _write_cell(self, letter: str, row: int, kind: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if kind == "text":
            return self._write_harmless(letter, row, clean_text(str(value)))
        if kind == "link":
            return self._write_link(letter, row, clean_text(str(value)))
        return f'<c r="{letter}{row}" s="{STYLES[kind]}"><v>{_format_number(kind, value)}</v></c>'

    def _write_harmless(self, letter: str, row: int, text: str) -> str:
        return self._write_text(letter, row, text, "quoted" if DANGEROUS.match(text) else "")

    def _write_text(self, letter: str, row: int, text: str, style: str) -> str:
        styled = f' s="{STYLES[style]}"' if style else ""
        inside = f'<is><t xml:space="preserve">{escape(text, LINE_ENDS)}</t></is>'
        return f'<c r="{letter}{row}" t="inlineStr"{styled}>{inside}</c>'

    def _write_link(self, letter: str, row: int, address: str) -> str:
        if len(self.links) >= LINKS_PER_SHEET or len(address) > LINK_CHARACTERS:
            return self._write_harmless(letter, row, address)
        self.links.append((f"{letter}{row}", address))
        return self._write_text(letter, row, address, "link")


def _format_number(kind: str, value: Any) -> str:
    if isinstance(value, datetime):
        return repr(round((value - FIRST_DAY).total_seconds()) / DAY_SECONDS)
    if isinstance(value, date):
        return str((value - FIRST_DAY.date()).days)
    return repr(value / DAY_SECONDS if kind == "seconds" else value)


def _pair_with_kinds(columns: Sequence[Column], row: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for column, value in zip(columns, row, strict=True):
        if column.kind == "mixed" and value is not None:
            yield value
        else:
            yield column.kind, value


def _format_plain(kind: str, value: Any, decimal_comma: bool) -> Any:
    if value is None:
        return ""
    if kind in ("text", "link"):
        return _make_harmless(str(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    number = f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return number.replace(".", ",") if decimal_comma else number


def _make_harmless(text: str) -> str:
    """An apostrophe before what begins like a formula."""
    text = clean_text(text)
    return f"'{text}" if DANGEROUS.match(text) else text


def _start_sheet(widths: Sequence[float], first: bool) -> str:
    """The first row stays in sight."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    chosen = ' tabSelected="1"' if first else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<sheetViews><sheetView{chosen} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _end_sheet(used: str, links: Sequence[tuple[str, str]]) -> str:
    linked = "".join(
        f'<hyperlink ref="{place}" r:id="rId{number}"/>'
        for number, (place, _) in enumerate(links, 1)
    )
    wrapped = f"<hyperlinks>{linked}</hyperlinks>" if linked else ""
    return f'</sheetData><autoFilter ref="{used}"/>{wrapped}</worksheet>'


def _write_link_targets(addresses: Iterable[str]) -> str:
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/hyperlink" '
        f'Target={quoteattr(address)} TargetMode="External"/>'
        for number, address in enumerate(addresses, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{targets}</Relationships>'


def _write_fixed_parts(names: Sequence[str]) -> dict[str, str]:
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    related += (
        f'<Relationship Id="rId{len(names) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    return {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>{types}</Types>'
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            f"<sheets>{sheets}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
        ),
        "xl/styles.xml": _STYLE_SHEET,
    }


_STYLE_SHEET = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="5">'
    '<numFmt numFmtId="164" formatCode="#,##0.##"/><numFmt numFmtId="165" formatCode="0.0%"/>'
    '<numFmt numFmtId="166" formatCode="[h]:mm:ss"/>'
    '<numFmt numFmtId="167" formatCode="dd/mm/yyyy hh:mm:ss"/>'
    '<numFmt numFmtId="168" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><u/><sz val="11"/><color theme="10"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_ORDER)}">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" '
    'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        for number in range(164, 169)
    )
    + '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
