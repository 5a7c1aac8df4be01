"""The lists that Intercom and Aircall export, as rows that can be compared with ours.

Nothing of a file is kept, and only its ids, dates and numbers are looked at.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from metrics.model.letters import fold_letters
from metrics.query.reconciliation import FileRow, What
from services.errors import ServiceError
from services.vendors.fields import parse_phone_number

MOST_BYTES = 50 * 2**20
MOST_ROWS = 500_000
# Titles and empty lines may stand above the names of the columns.
HEAD_LINES = 20
DELIMITERS = ",;\t|"
LONGEST_CELL = 2**20
# Names without accents, capitals and signs; the first that is there counts.
IDS = {
    "conversations": ("conversation id", "id da conversa", "id conversa", "conversa id", "id"),
    "calls": (
        "call id internal", "id da chamada interno", "call id", "id da chamada",
        "id da ligacao", "id chamada", "id", "call id uuid", "sid",
    ),
}  # fmt: skip
DATES: dict[What, tuple[str, ...]] = {
    "conversations": (
        "conversation started at", "conversation created at", "created at", "started at",
        "conversa iniciada em", "conversa criada em", "criada em", "criado em", "data de criacao",
        "iniciada em", "inicio", "date", "data",
    ),
    "closes": (
        "conversation last closed at", "last closed at", "last close at", "conversation closed at",
        "closed at", "ultimo fechamento em", "fechada por ultimo em", "fechada em", "fechado em",
        "data de fechamento", "date", "data",
    ),
    "calls": (
        "datetime utc", "call started at", "started at", "start time", "call start time", "date",
        "data e hora utc", "ligacao iniciada em", "chamada iniciada em", "iniciada em", "inicio",
        "data e hora", "data",
    ),
}  # fmt: skip
FROM = ("from", "de", "origem", "numero de origem", "from number")
TO = ("to", "para", "destino", "numero de destino", "to number")
DIRECTIONS = ("direction", "call direction", "direcao", "sentido")
OUTBOUND = ("outbound", "saida", "efetuada", "realizada", "feita", "ativa")
# What a spreadsheet made of a long number.
ROUNDED = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)
# 2026-11-24 10:00, 24/11/2026 10:00:00, Nov 24, 2026, 10:00 AM; seconds and zones may follow.
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
NAMED = re.compile(
    r"(?:(\d{1,2})\.?(?: de)? )?([a-z]{3})[a-z]*\.?,?(?: de)? (?:(\d{1,2}),? )?(\d{4})"
)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m)?", re.IGNORECASE)
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{2}):?(\d{2})\)?$", re.IGNORECASE)
MONTHS = tuple(
    word.split()
    for word in (
        "jan", "feb fev", "mar", "apr abr", "may mai", "jun", "jul", "aug ago", "sep set",
        "oct out", "nov", "dec dez",
    )
)  # fmt: skip
MILLISECONDS = 10**11

Fault = Literal["too_large", "no_text", "no_head", "no_date", "no_rows"]


class ExportFileError(ServiceError):
    """Nothing of the file can be compared; `known` are the columns that it has."""

    def __init__(self, fault: Fault, known: Sequence[str] = ()) -> None:
        super().__init__(f"the exported file cannot be compared: {fault}")
        self.fault, self.known = fault, tuple(known)


def read_export(content: bytes, what: What, zone: ZoneInfo, *, day_first: bool) -> list[FileRow]:
    """The lines below the head.

    Args:
        zone: Of dates that do not say theirs.
        day_first: How 04/05/2026 is read where no other date of the file tells.

    Raises:
        ExportFileError: It is too large, no text, or has no columns of that kind.
    """
    if len(content) > MOST_BYTES:
        raise ExportFileError("too_large")
    lines = _read_lines(_decode(content))
    head, names = _find_head(lines, what)
    ids, dates = _find(names, IDS["calls" if what == "calls" else "conversations"]), DATES[what]
    date = _find(names, dates)
    if date is None:
        raise ExportFileError("no_date", [name for name in head if name][:40])
    if "utc" in names[date]:
        zone = ZoneInfo("UTC")
    sides = [_find(names, side) for side in (FROM, TO)]
    direction = _find(names, DIRECTIONS)
    cells = [line for line in islice(lines, MOST_ROWS + 1) if any(cell.strip() for cell in line)]
    if len(cells) > MOST_ROWS:
        raise ExportFileError("too_large")
    if not cells:
        raise ExportFileError("no_rows")
    texts = [_cell(line, date) for line in cells]
    parser = _DateParser(texts, zone, day_first=day_first)
    return [
        FileRow(
            number,
            _read_id(_cell(line, ids)),
            parser.parse(text),
            _read_digits(line, sides, direction) if what == "calls" else "",
        )
        for number, (line, text) in enumerate(zip(cells, texts, strict=True), 1)
    ]


def _decode(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise ExportFileError("no_text")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _read_lines(text: str) -> Iterator[list[str]]:
    told = re.match(r"sep=(.)\r?\n", text)
    if told is not None:
        text = text[told.end() :]
    sample = re.sub(r'"[^"]*"', "", text[:20_000])
    counts = {sign: sample.count(sign) for sign in DELIMITERS}
    delimiter = told[1] if told else max(counts, key=lambda sign: counts[sign])
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            # A cell that never ends: what follows it still can be read.
            continue


def _find_head(lines: Iterator[list[str]], what: What) -> tuple[list[str], list[str]]:
    first: list[str] = []
    for line in islice(lines, HEAD_LINES):
        names = [_fold(cell) for cell in line]
        first = first or [cell.strip() for cell in line if cell.strip()]
        has_id = _find(names, IDS["calls" if what == "calls" else "conversations"]) is not None
        is_calls = what == "calls" and _find(names, DATES[what]) is not None
        if has_id or (is_calls and _find(names, FROM) is not None):
            return line, names
    raise ExportFileError("no_head", first[:40])


def _find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _fold(words: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold_letters(words)).split())


def _cell(line: Sequence[str], column: int | None) -> str:
    return line[column].strip() if column is not None and column < len(line) else ""


def _read_id(cell: str) -> str:
    """Without what keeps a spreadsheet from counting with it; a rounded one is none."""
    cell = cell.strip("='\"\u00a0 ")
    return "" if ROUNDED.fullmatch(cell) else cell.removesuffix(".0")[:100]


def _read_digits(line: Sequence[str], sides: Sequence[int | None], direction: int | None) -> str:
    """The other side's number: of an outbound call the one that was called."""
    is_outbound = _fold(_cell(line, direction)).startswith(OUTBOUND)
    return parse_phone_number(_cell(line, sides[is_outbound])) or ""


class _DateParser:
    def __init__(self, texts: Sequence[str], zone: ZoneInfo, *, day_first: bool) -> None:
        self._zone = zone
        starts = [found for text in texts if (found := YEAR_LAST.search(text))]
        if any(int(found[1]) > 12 for found in starts):
            day_first = True
        elif any(int(found[2]) > 12 for found in starts):
            day_first = False
        self._day_first = day_first

    def parse(self, text: str) -> datetime | None:
        """UTC; None where nothing can be made of it."""
        if re.fullmatch(r"\d{9,13}(\.0+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / (1000 if seconds > MILLISECONDS else 1), UTC)
        try:
            return self._parse(text.strip("='\" "))
        except (ValueError, OverflowError):
            return None

    def _parse(self, text: str) -> datetime | None:
        folded = text.casefold()
        if found := YEAR_FIRST.search(folded):
            year, month, day = (int(part) for part in found.groups())
        elif found := YEAR_LAST.search(folded):
            first, second, year = (int(part) for part in found.groups())
            day, month = (first, second) if self._day_first else (second, first)
            year += 2000 if year < 100 else 0
        elif found := NAMED.search(folded):
            names = [number for number, words in enumerate(MONTHS, 1) if found[2] in words]
            month, day, year = (
                names[0] if names else 0,
                int(found[1] or found[3] or 0),
                int(found[4]),
            )
        else:
            return None
        rest = folded[found.end() :]
        clock = CLOCK.search(rest)
        hour, minute, second = (
            (int(part or 0) for part in clock.groups()[:3]) if clock else (0,) * 3
        )
        if clock and clock[4]:
            hour = hour % 12 + (12 if clock[4].startswith("p") else 0)
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        tail = rest[clock.end() :].strip() if clock else ""
        if tail.endswith(("z", "utc", "gmt")):
            return local.replace(tzinfo=UTC)
        if offset := OFFSET.search(tail):
            return datetime.fromisoformat(f"{local}{offset[1]}{offset[2]}:{offset[3]}").astimezone(
                UTC
            )
        return local.replace(tzinfo=self._zone).astimezone(UTC)
