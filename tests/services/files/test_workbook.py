import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from services.files.workbook import (
    CELL_CHARACTERS,
    LINKS_PER_SHEET,
    Column,
    Sheet,
    name_column,
    name_sheet,
    write_csv,
    write_workbook,
)

# A spreadsheet knows no zones: its moments are local ones.
MOMENT = datetime(2026, 11, 24, 15, 4, 5)  # noqa: DTZ001
HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+55119",
    "-2",
    "@SUM(A1)",
    "\t=1",
    " =cmd|'/C calc'!A0",
    "\r=1",
    "\n=1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1",
    "|calc",
]
PLAIN = ["a=b", "1-2", "e-mail", "'=1", "não", "#REF!", "🎉 مرحبا"]


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(write_workbook(sheets)))


def column(kind, *values):
    return opened(Sheet("x", [Column("título", kind)], [[value] for value in values]))["x"]


def test_dates_and_durations_are_what_a_spreadsheet_can_add_up():
    assert column("moment", MOMENT)["A2"].value == MOMENT
    assert column("day", date(2026, 11, 24))["A2"].value == datetime(2026, 11, 24)  # noqa: DTZ001
    duration = column("seconds", 3_725.0)["A2"]
    assert (duration.value, duration.number_format) == (
        timedelta(hours=1, minutes=2, seconds=5),
        "[h]:mm:ss",
    )


def test_numbers_and_shares_stay_numbers():
    share = column("share", 0.857)["A2"]
    assert (share.value, share.number_format) == (0.857, "0.0%")
    assert column("count", 1_012)["A2"].value == 1_012


@pytest.mark.parametrize("words", HOSTILE)
def test_what_looks_like_a_formula_stays_text(words):
    cell = column("text", words)["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (words, "s", True)


@pytest.mark.parametrize("words", HOSTILE)
def test_a_plain_text_table_never_begins_a_value_like_a_formula(words):
    told = write_csv(Sheet("x", [Column("a")], [[words]]), True).decode("utf-8-sig")
    assert told.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_stay_as_they_are(words):
    assert column("text", words)["A2"].value == words
    assert write_csv(Sheet("x", [Column("a")], [[words]]), True).decode().splitlines()[1] == (words)


def test_titles_and_links_do_not_run_either():
    book = opened(Sheet("x", [Column("=1+1"), Column("l", "link")], [["=2", "=HYPERLINK(1)"]]))
    assert [cell.data_type for row in book["x"] for cell in row] == ["s"] * 4


def test_characters_that_a_file_cannot_hold_are_left_out():
    assert column("text", "a\x00b\x0bc\ud800d\ufffe")["A2"].value == "abcd"
    assert column("text", "linha 1\nlinha 2 <b>&\"' שלום 😀")["A2"].value == (
        "linha 1\nlinha 2 <b>&\"' שלום 😀"
    )
    assert len(column("text", "x" * 40_000)["A2"].value) == CELL_CHARACTERS


def test_nothing_is_an_empty_cell():
    assert column("text", None, "")["A2"].value is None
    assert column("seconds", None)["A2"].value is None


def test_links_open_and_are_read():
    cell = column("link", "https://app.example.com/a?x=1&y=2")["A2"]
    assert cell.hyperlink.target == cell.value == "https://app.example.com/a?x=1&y=2"


def test_no_sheet_has_more_links_than_excel_takes():
    addresses = [["https://x/1"]] * (LINKS_PER_SHEET + 2)
    content = write_workbook([Sheet("x", [Column("l", "link")], addresses)])
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    assert book["x"].max_row in (None, LINKS_PER_SHEET + 3)


def test_the_first_row_stays_in_sight_and_filters():
    page = opened(Sheet("x", [Column("a", width=33), Column("b")], [["1", "2"]]))["x"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:B2")
    assert page.column_dimensions["A"].width == 33


def test_values_of_a_mixed_column_bring_their_kind():
    page = column("mixed", ("share", 0.5), ("seconds", 60.0), None, ("plain", 3))
    assert [page[f"A{row}"].value for row in (2, 3, 4, 5)] == [0.5, timedelta(minutes=1), None, 3]


def test_odd_names_of_sheets_survive():
    names = ["A/B: [x]*?\\", "a b x", "", "'", "History", "x" * 40, "x" * 40, "x" * 31]
    book = opened(*[Sheet(name, [Column("a")], []) for name in names])
    assert len(book.sheetnames) == len({name.lower() for name in book.sheetnames}) == len(names)
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
    assert not any(set(name) & set("[]:*?/\\") for name in book.sheetnames)
    assert "history" not in {name.lower() for name in book.sheetnames}


def test_a_name_is_kept_where_it_can_be():
    assert name_sheet("Motivo de Contato", set()) == "Motivo de Contato"
    assert name_sheet("Resumo", {"resumo"}) == "Resumo (2)"


def test_a_plain_text_table_reads_as_the_country_writes():
    sheet = Sheet(
        "x",
        [Column("quando", "moment"), Column("nota", "number"), Column("texto")],
        [[MOMENT, 4.5, 'a;"b"'], [None, 3, "ç"]],
    )
    assert write_csv(sheet, True).decode("utf-8-sig") == (
        'quando;nota;texto\r\n2026-11-24 15:04:05;4,5;"a;""b"""\r\n;3;ç\r\n'
    )
    assert write_csv(sheet, False).splitlines()[1].startswith(b"2026-11-24 15:04:05,4.5,")


def test_columns_are_called_as_a_spreadsheet_calls_them():
    assert [name_column(n) for n in (1, 26, 27, 52, 53, 702, 703)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]
