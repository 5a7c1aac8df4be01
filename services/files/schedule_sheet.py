"""The shift schedule as an Excel file, out and in; what cannot be read is told cell by cell."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from metrics.model.letters import fold_letters
from metrics.planning.schedule import WEEKDAYS, Day, Problem, ShiftError, Week, read_day
from services.errors import ServiceError
from services.files.workbook import name_column

# A schedule of hundreds of people is a tenth of this; what a small file unpacks to is not trusted.
MOST_BYTES, MOST_UNPACKED = 700_000, 30_000_000
MOST_ROWS, MOST_COLUMNS, HEADER_ROWS = 2000, 40, 20
MOST_PROBLEMS = 40
SHOWN_CHARACTERS = 60
EMAIL = frozenset({"email", "e-mail"})
NAME = frozenset({"nome", "name", "agente", "agent", "pessoa", "person"})
# Beginnings of the weekdays in both languages, without accents.
WEEKDAY_WORDS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "seg segunda segunda-feira mon monday",
        "ter terca terca-feira tue tuesday",
        "qua quarta quarta-feira wed wednesday",
        "qui quinta quinta-feira thu thursday",
        "sex sexta sexta-feira fri friday",
        "sab sabado sat saturday",
        "dom domingo sun sunday",
    )
)

Fault = Literal[
    Problem,
    "no_workbook",
    "too_large",
    "no_head",
    "no_weekday",
    "twice_head",
    "nobody",
    "unknown",
    "ambiguous",
    "doubled",
    "formula",
    "number",
]


@dataclass(frozen=True)
class KnownPerson:
    id: str
    name: str
    email: str


@dataclass(frozen=True)
class CellFault:
    fault: Fault
    place: str = ""  # as the sheet shows it, such as `C4`; empty for the whole file
    value: str = ""  # shortened


class SheetError(ServiceError):
    """Nothing of the file is taken; `faults` are the first of what is wrong."""

    def __init__(self, faults: Iterable[CellFault]) -> None:
        super().__init__("the schedule's file cannot be taken")
        self.faults = tuple(faults)[:MOST_PROBLEMS]


def read_sheet(content: bytes, people: Sequence[KnownPerson]) -> dict[str, Week]:
    """Whole weeks of the people whom the first sheet names, one row each; or SheetError.

    A row is matched by e-mail, else by the whole name: part of a name is nobody's.
    """
    rows = _load_rows(content)
    columns, first_row = _find_columns(rows)
    by_email = {person.email.casefold(): person.id for person in people if person.email}
    names = Counter(_fold(person.name) for person in people if person.name)
    by_name = {_fold(person.name): person.id for person in people if person.name}
    faults: list[CellFault] = []
    weeks: dict[str, Week] = {}
    for number, row in enumerate(rows[first_row:], first_row + 1):
        cells = {key: _Cell(number, column, row) for key, column in columns.items()}
        if not any(cell.value not in (None, "") for cell in cells.values()):
            continue
        agent_id = _find_agent(cells, by_email, by_name, names, faults)
        week = tuple(_read_day(cells[weekday], faults) for weekday in range(WEEKDAYS))
        if agent_id is None:
            continue
        if agent_id in weeks:
            first = cells.get("email") or cells["name"]
            faults.append(first.fault("doubled"))
        weeks[agent_id] = week
    if not weeks and not faults:
        faults.append(CellFault("nobody"))
    if faults:
        raise SheetError(faults)
    return weeks


class _Cell:
    """An empty one where the row is too short."""

    def __init__(self, row: int, column: int, cells: Sequence[Any]) -> None:
        cell = cells[column] if column < len(cells) else None
        self.place = f"{name_column(column + 1)}{row}"
        self.value = getattr(cell, "value", None)
        self.is_formula = getattr(cell, "data_type", "") == "f"

    def fault(self, fault: Fault, value: str | None = None) -> CellFault:
        shown = str(self.value) if value is None else value
        return CellFault(fault, self.place, shown[:SHOWN_CHARACTERS])

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value).strip()


def _load_rows(content: bytes) -> list[Sequence[Any]]:
    if len(content) > MOST_BYTES:
        raise SheetError([CellFault("too_large")])
    # It is large, and nothing else needs it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise SheetError([CellFault("too_large")])
        book = load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS))
        book.close()
    except SheetError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,  # of the XML inside: `xml.etree`'s error is one
        OSError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise SheetError([CellFault("no_workbook")]) from error
    if len(rows) > MOST_ROWS:
        raise SheetError([CellFault("too_large")])
    return rows


def _find_columns(rows: Sequence[Sequence[Any]]) -> tuple[dict[Any, int], int]:
    """Also the first row below the head."""
    for number, row in enumerate(rows[:HEADER_ROWS], 1):
        columns: dict[Any, int] = {}
        faults: list[CellFault] = []
        for column in range(len(row)):
            cell = _Cell(number, column, row)
            key = _read_heading(_fold(cell.text))
            if key is None:
                continue
            if key in columns:
                faults.append(cell.fault("twice_head"))
            columns[key] = column
        if not any(key in columns for key in ("email", "name")):
            continue
        if not any(weekday in columns for weekday in range(WEEKDAYS)):
            continue
        missing = [day for day in range(WEEKDAYS) if day not in columns]
        faults += [CellFault("no_weekday", str(number), str(day)) for day in missing]
        if faults:
            raise SheetError(faults)
        return columns, number
    raise SheetError([CellFault("no_head")])


def _read_heading(word: str) -> Any:
    if word in EMAIL:
        return "email"
    if word in NAME:
        return "name"
    return next((day for day, words in enumerate(WEEKDAY_WORDS) if word.rstrip(".") in words), None)


def _find_agent(
    cells: Mapping[Any, _Cell],
    by_email: Mapping[str, str],
    by_name: Mapping[str, str],
    names: Counter[str],
    faults: list[CellFault],
) -> str | None:
    filled = [cells[key] for key in ("email", "name") if key in cells and cells[key].text]
    for cell in filled:
        if cell.is_formula:
            faults.append(cell.fault("formula"))
            return None
    if not filled:
        faults.append((cells.get("email") or cells["name"]).fault("nobody", ""))
        return None
    email = cells.get("email")
    if email is not None and email.text:
        agent_id = by_email.get(email.text.casefold())
        if agent_id is None:
            faults.append(email.fault("unknown"))
        return agent_id
    name = cells["name"]
    folded = _fold(name.text)
    if names[folded] > 1:
        faults.append(name.fault("ambiguous"))
        return None
    agent_id = by_name.get(folded)
    if agent_id is None:
        faults.append(name.fault("unknown"))
    return agent_id


def _read_day(cell: _Cell, faults: list[CellFault]) -> Day:
    if cell.is_formula:
        faults.append(cell.fault("formula"))
        return ()
    if isinstance(cell.value, (int, float, time)):
        faults.append(cell.fault("number"))
        return ()
    try:
        return read_day(cell.text)
    except ShiftError as error:
        faults.append(cell.fault(error.problem, error.piece))
        return ()


def _fold(words: str) -> str:
    """Without accents, capitals and repeated blanks: Excel and people write them as they like."""
    # What keeps a text from being taken for a formula is no part of a name.
    return " ".join(fold_letters(words.strip().lstrip("'")).split())
