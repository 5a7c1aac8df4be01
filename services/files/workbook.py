"""Workbooks and plain-text tables, made in memory from rows and words that are handed in.

Nothing in them runs: text that a spreadsheet would take for a formula stays text. The sheets' XML
(ECMA-376) is written here, not by a library: docs/decisions/0009-workbook.md says why.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

Kind = Literal[
    "text",
    "count",
    "number",
    "points",
    "share",
    "seconds",
    "moment",
    "day",
    "plain",
    "flag",
    "link",
    "mixed",
]
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
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument"
SHEET_TYPE = f"{OFFICE_TYPE}.spreadsheetml"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
CODES: Mapping[str, str] = {
    "count": "#,##0",
    "number": "#,##0.0",
    "points": "#,##0.00",
    "share": "0.0%",
    "seconds": "[h]:mm:ss",
    "moment": "dd/mm/yyyy hh:mm:ss",
    "day": "dd/mm/yyyy",
}
# In the order of `cellXfs` below: plain cells, numbers, and numbers of a total.
_ORDER = ("", "head", "number head", "link", "quoted", *CODES, *(f"total {kind}" for kind in CODES))
STYLES = {name: number for number, name in enumerate(_ORDER)}
# Kinds that can be added up.
SUMS = ("count", "number", "seconds")
# What a plain-text table says behind the title of such a column.
UNITS: Mapping[str, str] = {"seconds": " (s)", "share": " (0–1)"}
# Of a line of words, in points.
HEIGHT = 15
# A page of paper takes so many characters side by side before they are too small to read.
PAPER_WIDTH = 220
# Of a chart, in columns and rows of its sheet.
CHART_SIZE = 10, 22
CHART_COLOURS = ("2F6DB5", "D9822B", "7A7F87")


@dataclass(frozen=True)
class Column:
    title: str
    # A share is 0..1, a moment is local time without a zone, a plain value a number without form,
    # a mixed one (kind, value).
    kind: Kind = "text"
    width: float = 16  # in characters


@dataclass(frozen=True)
class Sheet:
    """None is an empty cell, and the name may be one that Excel refuses.

    Attributes:
        total: A last line; what is the sum of its column is one there too, of the rows in sight.
        charted: Places of the columns that a chart shows beside the first.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: Sequence[Any] | None = None
    charted: Sequence[int] = ()


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    taken: set[str] = set()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as book:
        names, charts = [], []
        for number, sheet in enumerate(sheets, 1):
            names.append(name_sheet(sheet.name, taken))
            writer = _SheetWriter(sheet)
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
                for piece in writer.write(is_first=number == 1):
                    file.write(piece.encode())
            targets = [("hyperlink", address, True) for _, address in writer.links]
            if writer.has_chart:
                charts.append(number)
                targets.append(("drawing", f"../drawings/drawing{number}.xml", False))
                parts = _write_chart_parts(number, names[-1], sheet, writer.last)
                for name, text in parts.items():
                    book.writestr(name, text)
            if targets:
                name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
                book.writestr(name, _write_relations(targets))
        for name, text in _write_fixed_parts(names, charts).items():
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
    heads = [f"{column.title}{UNITS.get(column.kind, '')}" for column in sheet.columns]
    writer.writerow(map(_make_harmless, heads))
    for row in (*sheet.rows, *([sheet.total] if sheet.total else [])):
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
    """`last` is the number of the last row of data, once it is written."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._letters = [name_column(n) for n in range(1, len(sheet.columns) + 1)]
        self.links: list[tuple[str, str]] = []
        self.last = 1

    @property
    def has_chart(self) -> bool:
        return bool(self._sheet.charted) and self.last > 1

    def write(self, *, is_first: bool) -> Iterator[str]:
        columns, total = self._sheet.columns, self._sheet.total
        yield _start_sheet(columns, is_first)
        heads = [
            self._write_text(letter, 1, clean_text(column.title), _style_head(column.kind))
            for letter, column in zip(self._letters, columns, strict=True)
        ]
        lines = max(ceil((len(column.title) + 1) / column.width) for column in columns)
        yield f'<row r="1" ht="{HEIGHT * min(lines, 4)}" customHeight="1">{"".join(heads)}</row>'
        sums = [0.0] * len(columns)
        for number, row in enumerate(self._sheet.rows, 2):
            self.last = number
            typed = zip(self._letters, _pair_with_kinds(columns, row), strict=True)
            cells = [self._write_cell(at, number, kind, value) for at, (kind, value) in typed]
            yield f'<row r="{number}">{"".join(cells)}</row>'
            if total is not None:
                added = [value if type(value) in (int, float) else 0 for value in row]
                sums = [before + more for before, more in zip(sums, added, strict=True)]
        if total is not None:
            yield self._write_total(total, sums)
        used = f"A1:{self._letters[-1]}{self.last}"
        yield _end_sheet(used, self.links, self.has_chart, _is_wide(columns))

    def _write_total(self, total: Sequence[Any], sums: Sequence[float]) -> str:
        row, cells = self.last + 1, []
        pairs = _pair_with_kinds(self._sheet.columns, total)
        for letter, (kind, value), added in zip(self._letters, pairs, sums, strict=True):
            if value is None or isinstance(value, str) or kind not in CODES:
                text = "" if value is None else clean_text(str(value))
                cells.append(self._write_text(letter, row, text, "head"))
                continue
            # What is no sum, like a rate, or a sum of which not all rows stand here, is its value.
            is_sum = kind in SUMS and self.last > 1 and abs(added - value) < 1e-6
            formula = f"<f>SUBTOTAL(109,{letter}2:{letter}{self.last})</f>" if is_sum else ""
            style = STYLES[f"total {kind}"]
            number = _format_number(kind, value)
            cells.append(f'<c r="{letter}{row}" s="{style}">{formula}<v>{number}</v></c>')
        return f'<row r="{row}">{"".join(cells)}</row>'

    def _write_cell(self, letter: str, row: int, kind: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if kind == "text":
            return self._write_harmless(letter, row, clean_text(str(value)))
        if kind == "link":
            return self._write_link(letter, row, clean_text(str(value)))
        if kind == "flag":
            return f'<c r="{letter}{row}" t="b"><v>{value:d}</v></c>'
        style = STYLES.get(kind, 0)
        return f'<c r="{letter}{row}" s="{style}"><v>{_format_number(kind, value)}</v></c>'

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


def _style_head(kind: str) -> str:
    """Above what it names: spreadsheets write numbers at the right."""
    return "number head" if kind in (*CODES, "plain", "mixed") else "head"


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
    if isinstance(value, bool):
        return int(value)
    number = f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return number.replace(".", ",") if decimal_comma else number


def _make_harmless(text: str) -> str:
    """An apostrophe before what begins like a formula."""
    text = clean_text(text)
    return f"'{text}" if DANGEROUS.match(text) else text


def _is_wide(columns: Sequence[Column]) -> bool:
    return sum(column.width for column in columns) > PAPER_WIDTH


def _start_sheet(described: Sequence[Column], first: bool) -> str:
    """The first row stays in sight."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{column.width:g}" customWidth="1"/>'
        for number, column in enumerate(described, 1)
    )
    chosen = ' tabSelected="1"' if first else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f'<sheetPr><pageSetUpPr fitToPage="{0 if _is_wide(described) else 1}"/></sheetPr>'
        f'<sheetViews><sheetView{chosen} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _end_sheet(used: str, links: Sequence[tuple[str, str]], has_chart: bool, is_wide: bool) -> str:
    """Printed on sheets of A4 of its width, with its name and their numbers below.

    What is too wide for one goes on to the next.
    """
    size = 'scale="60"' if is_wide else 'fitToHeight="0"'
    linked = "".join(
        f'<hyperlink ref="{place}" r:id="rId{number}"/>'
        for number, (place, _) in enumerate(links, 1)
    )
    wrapped = f"<hyperlinks>{linked}</hyperlinks>" if linked else ""
    drawing = f'<drawing r:id="rId{len(links) + 1}"/>' if has_chart else ""
    return (
        f'</sheetData><autoFilter ref="{used}"/>{wrapped}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" {size} orientation="landscape"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
        f"{drawing}</worksheet>"
    )


def _write_chart_parts(number: int, name: str, sheet: Sheet, last: int) -> dict[str, str]:
    """A column chart beside its table; the chart reads the cells."""
    width, height = CHART_SIZE
    left, place = len(sheet.columns) + 1, quote_name(name)

    def refer(column: int, first: int, end: int) -> str:
        letter = name_column(column + 1)
        return f"<c:f>{escape(f'{place}!${letter}${first}:${letter}${end}')}</c:f>"

    # Days as days; words as words.
    cells, code = ("strRef", "General") if sheet.columns[0].kind == "text" else ("numRef", "dd/mm")
    values = CODES.get(sheet.columns[sheet.charted[0]].kind, "General")
    series = "".join(
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/>'
        f"<c:tx><c:strRef>{refer(column, 1, 1)}</c:strRef></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{CHART_COLOURS[n]}"/></a:solidFill></c:spPr>'
        f"<c:cat><c:{cells}>{refer(0, 2, last)}</c:{cells}></c:cat>"
        f"<c:val><c:numRef>{refer(column, 2, last)}</c:numRef></c:val></c:ser>"
        for n, column in enumerate(sheet.charted)
    )
    title = escape(UNWRITABLE.sub("", sheet.name))
    legend = '<c:legend><c:legendPos val="b"/></c:legend>' if len(sheet.charted) > 1 else ""
    corners = ((left, 1), (left + width, 1 + height))
    anchors = "".join(
        f"<xdr:{side}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{side}>"
        for side, (column, row) in zip(("from", "to"), corners, strict=True)
    )
    return {
        f"xl/charts/chart{number}.xml": (
            f'{HEAD}<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main">'
            "<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>"
            '<a:defRPr sz="1200" b="0"/></a:pPr><a:r><a:rPr sz="1200" b="0"/>'
            f"<a:t>{title}</a:t></a:r></a:p></c:rich></c:tx>"
            '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
            '<c:plotArea><c:layout/><c:barChart><c:barDir val="col"/>'
            f'<c:grouping val="stacked"/><c:varyColors val="0"/>{series}'
            '<c:gapWidth val="40"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/>'
            "</c:barChart>"
            '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
            f'<c:delete val="0"/><c:axPos val="b"/><c:numFmt formatCode="{code}" sourceLinked="0"/>'
            '<c:tickLblPos val="low"/><c:crossAx val="2"/></c:catAx>'
            '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/>'
            "</c:scaling>"
            '<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines/>'
            f'<c:numFmt formatCode="{values}" sourceLinked="0"/>'
            '<c:tickLblPos val="nextTo"/><c:crossAx val="1"/></c:valAx>'
            f'</c:plotArea>{legend}<c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
        ),
        f"xl/drawings/drawing{number}.xml": (
            f'{HEAD}<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main">'
            f'<xdr:twoCellAnchor>{anchors}<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>'
            f'<xdr:cNvPr id="2" name="chart {number}"/><xdr:cNvGraphicFramePr/>'
            '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm>'
            f'<a:graphic><a:graphicData uri="{DRAWING}/chart"><c:chart xmlns:c="{DRAWING}/chart" '
            f'xmlns:r="{RELATIONS}" r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame>'
            "<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
        ),
        f"xl/drawings/_rels/drawing{number}.xml.rels": _write_relations(
            [("chart", f"../charts/chart{number}.xml", False)]
        ),
    }


def quote_name(name: str) -> str:
    """The name of a sheet as a formula writes it."""
    return "'" + name.replace("'", "''") + "'"


def _write_relations(targets: Iterable[tuple[str, str, bool]]) -> str:
    """`targets` are (kind, address, whether it lies outside of the file)."""
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target={quoteattr(address)}'
        + (' TargetMode="External"/>' if is_outside else "/>")
        for number, (kind, address, is_outside) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'


def _write_fixed_parts(names: Sequence[str], charts: Sequence[int]) -> dict[str, str]:
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    # The first row stands on top of each page.
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">'
        f"{escape(quote_name(name))}!$1:$1</definedName>"
        for number, name in enumerate(names)
    )
    parts = [("worksheet", f"worksheets/sheet{number}.xml", False) for number in numbers]
    types = [(f"worksheets/sheet{number}", f"{SHEET_TYPE}.worksheet") for number in numbers]
    for number in charts:
        types.append((f"drawings/drawing{number}", f"{OFFICE_TYPE}.drawing"))
        types.append((f"charts/chart{number}", f"{OFFICE_TYPE}.drawingml.chart"))
    types += [("workbook", f"{SHEET_TYPE}.sheet.main"), ("styles", f"{SHEET_TYPE}.styles")]
    known = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{kind}+xml"/>' for name, kind in types
    )
    return {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{known}</Types>'
        ),
        "_rels/.rels": _write_relations([("officeDocument", "xl/workbook.xml", False)]),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets>'
            f"<definedNames>{repeated}</definedNames></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _write_relations([*parts, ("styles", "styles.xml", False)]),
        "xl/styles.xml": _STYLE_SHEET,
    }


def _write_styles() -> str:
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code}"/>'
        for number, code in enumerate(CODES.values(), 164)
    )

    def form(number: int = 0, font: int = 0, more: str = "/>") -> str:
        return (
            f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
            f'applyNumberFormat="1" applyFont="1"{more}'
        )

    aligned = ' applyAlignment="1"><alignment'
    # Not so close to the words of the next column.
    right = f'{aligned} horizontal="right" indent="1"'
    numbers = range(164, 164 + len(CODES))
    forms = [
        form(),
        form(font=1, more=f'{aligned} vertical="top" wrapText="1"/></xf>'),
        form(font=1, more=f'{right} vertical="top" wrapText="1"/></xf>'),
        form(font=2),
        form(more=' quotePrefix="1"/>'),
        *[form(number, more=f"{right}/></xf>") for number in numbers],
        *[form(number, 1, f"{right}/></xf>") for number in numbers],
    ]
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(CODES)}">{codes}</numFmts>'
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font>'
        '<font><u/><sz val="11"/><color theme="10"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(forms)}">{"".join(forms)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


_STYLE_SHEET = _write_styles()
