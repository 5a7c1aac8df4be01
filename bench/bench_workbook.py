"""How long a workbook of many rows takes and how much memory, beside the writers of libraries.

python -m bench.bench_workbook [--rows 50000] [--writer ours openpyxl]

`xlsxwriter` and `xlsxwriter-constant` need the package XlsxWriter, which nothing else here uses.

Each writer in a process of its own, since the greatest memory of a process never shrinks.
"""

import argparse
import io
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.files.workbook import (
    DAY_SECONDS,
    FIRST_DAY,
    LINKS_PER_SHEET,
    Column,
    Kind,
    Sheet,
    clean_text,
    write_workbook,
)

# As the sheet of all conversations has them.
KINDS: list[Kind] = [
    *("moment", "text", "text", "text", "text", "text", "text", "text", "text"),
    *("seconds", "seconds", "seconds", "count", "count", "moment", "text", "text"),
    *("moment", "moment", "text", "text", "text", "text", "text", "link"),
    *("text", "text", "text"),
]
FORMATS = {"moment": "dd/mm/yyyy hh:mm:ss", "seconds": "[h]:mm:ss", "count": "#,##0"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--writer", nargs="*", choices=WRITERS, default=["ours", "openpyxl"])
    arguments = parser.parse_args()
    print(f"{arguments.rows} rows of {len(KINDS)} columns")
    for name in arguments.writer:
        process = multiprocessing.get_context("spawn").Process(
            target=measure, args=(name, arguments.rows)
        )
        process.start()
        process.join()


def measure(name: str, count: int) -> None:
    """Print processor and clock seconds, peak memory beyond the program's own, size."""
    before, wall, spent = peak_megabytes(), time.perf_counter(), time.process_time()
    content = WRITERS[name](count)
    spent, wall = time.process_time() - spent, time.perf_counter() - wall
    grown = peak_megabytes() - before
    size = len(content) / 2**20
    print(
        f"{name:20}{spent:6.1f} s processor{wall:7.1f} s clock{grown:6.0f} MB more at the peak"
        f"{size:6.1f} MB file"
    )


def peak_megabytes() -> float:
    """The greatest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rows(count: int) -> Iterator[list[Any]]:
    for number in range(count):
        values = {
            "moment": FIRST_DAY + timedelta(days=46_000, seconds=number * 37),
            "text": f"palavra {number % 900} & mais",
            "seconds": number * 1.5,
            "count": number % 9,
            "link": f"https://app.example.com/conversation/{number}",
        }
        yield [values[kind] for kind in KINDS]


def write_with_ours(count: int) -> bytes:
    columns = [Column(f"coluna {number}", kind, 18) for number, kind in enumerate(KINDS)]
    return write_workbook([Sheet("Base", columns, rows(count))])


def write_with_openpyxl(count: int) -> bytes:
    """The same through openpyxl's fastest way: rows only go forward."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Base")
    sheet.freeze_panes = "A2"
    sheet.append([f"coluna {number}" for number in range(len(KINDS))])
    links = 0

    def cell(kind: Kind, value: Any) -> Any:
        nonlocal links
        if kind == "text":
            return clean_text(value)
        found = WriteOnlyCell(sheet, value / DAY_SECONDS if kind == "seconds" else value)
        if isinstance(value, datetime) or kind in FORMATS:
            found.number_format = FORMATS[kind]
        elif links < LINKS_PER_SHEET:
            found.hyperlink, links = value, links + 1
        return found

    for row in rows(count):
        sheet.append([cell(kind, value) for kind, value in zip(KINDS, row, strict=True)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def write_with_xlsxwriter(count: int, *, constant_memory: bool) -> bytes:
    """Through XlsxWriter, with calls of its own that check types less often."""
    import xlsxwriter

    content = io.BytesIO()
    memory = {"constant_memory": True, "tmpdir": "/dev/shm"} if constant_memory else {}
    book = xlsxwriter.Workbook(content, memory or {"in_memory": True})
    formats = {kind: book.add_format({"num_format": words}) for kind, words in FORMATS.items()}
    link = book.add_format({"hyperlink": True})
    sheet = book.add_worksheet("Base")
    sheet.freeze_panes(1, 0)
    for column in range(len(KINDS)):
        sheet.set_column(column, column, 18)
        sheet.write_string(0, column, f"coluna {column}")
    for number, row in enumerate(rows(count), 1):
        for column, (kind, value) in enumerate(zip(KINDS, row, strict=True)):
            if kind == "text":
                sheet.write_string(number, column, clean_text(value))
            elif kind == "link" and number <= LINKS_PER_SHEET:
                sheet.write_url(number, column, value, link)
            elif kind == "link":
                sheet.write_string(number, column, value)
            else:
                seconds = (value - FIRST_DAY).total_seconds() if kind == "moment" else value
                cell = value if kind == "count" else seconds / DAY_SECONDS
                sheet.write_number(number, column, cell, formats[kind])
    book.close()
    return content.getvalue()


WRITERS: dict[str, Callable[[int], bytes]] = {
    "ours": write_with_ours,
    "openpyxl": write_with_openpyxl,
    "xlsxwriter": partial(write_with_xlsxwriter, constant_memory=False),
    "xlsxwriter-constant": partial(write_with_xlsxwriter, constant_memory=True),
}

if __name__ == "__main__":
    main()
