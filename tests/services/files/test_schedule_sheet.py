"""Schedules from Excel: every faulty cell by its place, and files that mean no good."""

import io
import zipfile
from datetime import time

import pytest
from openpyxl import Workbook

from metrics.planning.schedule import read_day
from services.files.schedule_sheet import (
    MOST_PROBLEMS,
    MOST_ROWS,
    MOST_UNPACKED,
    CellFault,
    KnownPerson,
    SheetError,
    read_sheet,
)

PEOPLE = [
    KnownPerson("201", "João Vitor Lacerda", "joao@example.com"),
    KnownPerson("202", "Luana Tavares", "luana@example.com"),
    KnownPerson("203", "Ana Souza", "ana.a@example.com"),
    KnownPerson("204", "Ana Souza", "ana.b@example.com"),
    KnownPerson("205", "Ana", "ana@example.com"),
    KnownPerson("206", "Sem Correio", ""),
]
HEAD = ("E-mail", "Nome", "seg", "ter", "qua", "qui", "sex", "sáb", "dom")
FREE = [""] * 7


def packed(*rows, head=HEAD):
    book = Workbook()
    if head is not None:
        book.active.append(head)
    for row in rows:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def faults(content):
    with pytest.raises(SheetError) as error:
        read_sheet(content, PEOPLE)
    return [(one.fault, one.place) for one in error.value.faults]


def test_people_are_found_by_e_mail_and_else_by_their_whole_name():
    found = read_sheet(
        packed(
            ["JOAO@example.com", "Another name", "9-18", *[""] * 6],
            ["", "  luana   TAVARES ", "", "8-12; 13-17", *[""] * 5],
            ["", "Ana", *FREE],
            [None, None, *[None] * 7],
        ),
        PEOPLE,
    )
    assert set(found) == {"201", "202", "205"}
    assert found["201"][0] == read_day("09:00-18:00")
    assert found["202"][1] == read_day("08:00-12:00; 13:00-17:00")


@pytest.mark.parametrize(
    "head",
    [
        ("Nome", "segunda-feira", "terça-feira", "quarta", "Quinta", "SEX.", "sabado", "domingo"),
        ("name", "Monday", "Tue", "wed", "thursday", "Fri.", "Sat", "sun"),
        ("Pessoa", "dom", "sab", "sex", "qui", "qua", "ter", "seg"),
    ],
)
def test_weekdays_are_read_in_both_languages_and_any_order(head):
    row = ["Luana Tavares", *[f"{n}-{n + 2}" for n in range(7)]]
    week = read_sheet(packed(row, head=head), PEOPLE)["202"]
    first = 6 if head[1] == "dom" else 0
    assert week[0] == read_day(f"{first}-{first + 2}")


def test_a_head_below_a_title_is_found():
    content = packed(
        HEAD, ["joao@example.com", "", "9-18", *[""] * 6], head=("Escala de novembro",)
    )
    assert set(read_sheet(content, PEOPLE)) == {"201"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["nobody@example.com", "", *FREE], [("unknown", "A2")]),
        (["", "Luana", *FREE], [("unknown", "B2")]),
        (["", "Ana Souza", *FREE], [("ambiguous", "B2")]),
        (["", "", "9-18", *[""] * 6], [("nobody", "A2")]),
        (
            ["joao@example.com", "", "9-25", "x", *[""] * 5],
            [("no_such_time", "C2"), ("unreadable", "D2")],
        ),
        (["joao@example.com", "", 9, time(9), *[""] * 5], [("number", "C2"), ("number", "D2")]),
        (["joao@example.com", "", "=1+1", *[""] * 6], [("formula", "C2")]),
        (["=HYPERLINK(1)", "", *FREE], [("formula", "A2")]),
        (["joao@example.com", "", "9" * 500, *[""] * 6], [("too_long", "C2")]),
        (["joao@example.com", "", "<script>", *[""] * 6], [("unreadable", "C2")]),
        (["joao@example.com", "", "8-12; 11-13", *[""] * 6], [("overlap", "C2")]),
    ],
)
def test_each_faulty_cell_is_told_by_its_place(row, told):
    assert faults(packed(row)) == told


def test_a_person_twice_is_told_at_the_second_row():
    rows = [["joao@example.com", "", *FREE], ["", "João Vitor Lacerda", *FREE]]
    assert faults(packed(*rows)) == [("doubled", "A3")]


def test_all_faults_are_told_at_once_up_to_a_limit():
    rows = [["nobody@example.com", "", "x", *[""] * 6] for _ in range(100)]
    assert len(faults(packed(*rows))) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (None, [("no_head", "")]),
        (("a", "b"), [("no_head", "")]),
        (("Nome",), [("no_head", "")]),
        (("Nome", "seg", "ter", "qua", "qui", "sex", "sab"), [("no_weekday", "1")]),
        ((*HEAD, "segunda"), [("twice_head", "J1")]),
    ],
)
def test_a_head_that_is_none_is_told(head, told):
    assert faults(packed(["joao@example.com", "", *FREE], head=head)) == told


def test_a_sheet_without_people_is_told():
    assert faults(packed()) == [("nobody", "")]


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04" + b"\x00" * 100, b"a;b;c\n1;2;3"])
def test_what_is_no_workbook_is_told(content):
    assert faults(content) == [("no_workbook", "")]


def test_a_zip_of_something_else_is_told():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("hello.txt", "hello")
    assert faults(content.getvalue()) == [("no_workbook", "")]


def test_broken_parts_of_a_workbook_are_told():
    whole = packed(["joao@example.com", "", *FREE])
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            words = old.read(name)
            new.writestr(name, b"<broken" if name.endswith("sheet1.xml") else words)
    assert faults(broken.getvalue()) == [("no_workbook", "")]


def test_a_small_file_that_unpacks_to_a_large_one_is_refused():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * (MOST_UNPACKED + 1))
    assert len(bomb.getvalue()) < 100_000
    assert faults(bomb.getvalue()) == [("too_large", "")]


def test_more_rows_than_people_ever_are_is_refused():
    assert faults(packed(*[[f"{n}@example.com"] for n in range(MOST_ROWS + 5)])) == [
        ("too_large", "")
    ]


def test_what_is_told_of_a_cell_is_short():
    with pytest.raises(SheetError) as error:
        read_sheet(packed(["x" * 5000, "", *FREE]), PEOPLE)
    assert error.value.faults == (CellFault("unknown", "A2", "x" * 60),)
