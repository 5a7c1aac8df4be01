import csv
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from services.sheet import csv_file, workbook

MOMENT = datetime.fromisoformat("2026-11-24T12:30:00")


def opened(content):
    return load_workbook(io.BytesIO(content)).active


def lines(content, separator=";"):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def test_csv_is_utf8_with_a_mark_so_that_excel_reads_accents():
    content = csv_file(["Situação"], [["não"]])
    assert content == b"\xef\xbb\xbfSitua\xc3\xa7\xc3\xa3o\r\nn\xc3\xa3o\r\n"


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "|calc"],
)
def test_what_looks_like_a_formula_becomes_words_in_csv(words):
    [[cell]] = lines(csv_file(["a"], [[words]]))[1:]
    assert cell == "'" + words


@pytest.mark.parametrize("words", ["", "a=b", "1-2", "e-mail", "'=1", "não"])
def test_plain_words_stay_as_they_are(words):
    assert lines(csv_file(["a", "b"], [[words, "x"]]))[1][0] == words


def test_headings_are_inert_too():
    assert lines(csv_file(["=A1"], []))[0] == ["'=A1"]


def test_numbers_dates_and_nothing_in_csv():
    assert lines(csv_file(["a"] * 4, [[3, -2.5, MOMENT, None]]))[1] == [
        "3",
        "-2.5",
        "2026-11-24 12:30:00",
        "",
    ]


def test_the_separator_can_be_chosen():
    assert lines(csv_file(["a", "b"], [["1,2", "x"]], ","), ",")[1] == ["1,2", "x"]


@pytest.mark.parametrize("words", ["=1+1", "=HYPERLINK(1)", "+1", "@x", "#REF!", "1"])
def test_a_workbook_takes_words_as_words(words):
    cell = opened(workbook("Folha", ["a"], [[words]]))["A2"]
    assert (cell.data_type, cell.value) == ("s", words)


def test_a_workbook_has_real_dates_and_numbers():
    found = opened(workbook("Folha", ["a", "b", "c"], [[MOMENT, 4, None]]))
    assert (found["A2"].value, found["A2"].is_date) == (MOMENT, True)
    assert (found["B2"].value, found["B2"].data_type) == (4, "n")
    assert found["C2"].value is None


def test_the_headings_stay_in_sight():
    found = opened(workbook("Folha", ["Assunto"], [], [40]))
    assert found.freeze_panes == "A2"
    assert found["A1"].font.bold
    assert found.column_dimensions["A"].width == 40


@pytest.mark.parametrize(
    ("title", "expected"),
    [("a/b:c*d?e[f]g\\h", "a b c d e f g h"), ("x" * 50, "x" * 31), ("", "1"), ("???", "1")],
)
def test_titles_that_excel_refuses_are_mended(title, expected):
    assert opened(workbook(title, ["a"], [])).title == expected


@pytest.mark.parametrize("words", ["a\x00b", "a\x0bb", "a\ud800b", "a\uffffb"])
def test_what_no_file_can_hold_is_left_out(words):
    assert opened(workbook("Folha", ["a"], [[words]]))["A2"].value == "ab"
    assert lines(csv_file(["a"], [[words]]))[1] == ["ab"]


def test_no_cell_is_longer_than_excel_allows():
    assert len(opened(workbook("Folha", ["a"], [["x" * 40_000]]))["A2"].value) == 32_767


def test_emoji_and_other_scripts_survive():
    words = "🎉 مرحبا"
    assert opened(workbook("Folha", ["a"], [[words]]))["A2"].value == words
    assert lines(csv_file(["a"], [[words]]))[1] == [words]
