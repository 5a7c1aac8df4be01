from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.vendors import export_files
from services.vendors.export_files import ExportFileError, read_export

ZONE = ZoneInfo("America/Sao_Paulo")
AT = datetime(2026, 11, 24, 13, 5, 6, tzinfo=UTC)


def read(text, what="conversations", *, encoding="utf-8", day_first=True, zone=ZONE):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return read_export(content, what, zone, day_first=day_first)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T13:05:06Z",
        "2026-11-24 13:05:06 UTC",
        "2026-11-24 10:05:06",
        "2026-11-24T10:05:06.000-03:00",
        "2026-11-24 10:05:06 (UTC-03:00)",
        "24/11/2026 10:05:06",
        "11/24/2026 10:05:06 AM",
        "24.11.26 10:05:06",
        "Nov 24, 2026, 10:05:06 AM",
        "24 de novembro de 2026 10:05:06",
        "1795525506",
        "1795525506000",
        '="2026-11-24 10:05:06"',
    ],
)
def test_dates_as_people_and_programs_write_them(written):
    cell = '"' + written.replace('"', '""') + '"'
    [row] = read(f"Conversation ID,Created at\n1,{cell}\n")
    assert row.at == AT


def test_other_dates_say_whether_the_day_comes_first():
    text = "id,created at\n1,04/05/2026 10:00\n2,05/13/2026 10:00\n"
    assert [row.at.month for row in read(text)] == [4, 5]
    assert [row.at.month for row in read(text.splitlines()[0] + "\n1,04/05/2026 10:00\n")] == [5]
    alone = "id,created at\n1,04/05/2026 10:00\n"
    assert [row.at.month for row in read(alone, day_first=False)] == [4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    head = ("Título", "ID da conversa", "Criada em")
    rows = [head, ('"a, b; c\td | é"', "215", "24/11/2026 10:05:06")]
    content = "\r\n".join(delimiter.join(cells) for cells in rows)
    [row] = read(content, encoding=encoding)
    assert (row.id, row.at) == ("215", AT)


def test_titles_above_the_head_and_a_told_delimiter():
    text = "sep=;\nRelatório;de novembro\n\nid da conversa;criada em\n1;2026-11-24T13:05:06Z\n\n"
    assert [(row.line, row.id, row.at) for row in read(text)] == [(1, "1", AT)]


@pytest.mark.parametrize(
    ("cell", "id_"),
    [("'215473", "215473"), ('="215473"', "215473"), ("215473.0", "215473"), ("2,15E+14", "")],
)
def test_ids_that_went_through_a_spreadsheet(cell, id_):
    quoted = '"' + cell.replace('"', '""') + '"'
    assert read(f"id;created at\n{quoted};2026-11-24\n")[0].id == id_


def test_hostile_cells_are_words():
    cells = ["\"=cmd|' /C calc'!A0\"", '"<script>"', '"two\nlines"', '"a ""b"""', "\x00"]
    text = "id,created at,title\n" + "".join(f"{n},2026-11-24,{c}\n" for n, c in enumerate(cells))
    assert [row.id for row in read(text)] == ["0", "1", "2", "3", "4"]
    assert read('id,created at\n1,2026-11-24\n2,"never ends\n3,x\n')[0].id == "1"


def test_the_other_side_of_a_call():
    text = (
        "Call ID (internal),datetime (UTC),direction,from,to\n"
        "1,2026-11-24 13:05:06,inbound,+55 11 5550-1,+55 11 5550-2\n"
        "2,2026-11-24 13:05:06,outbound,+55 11 5550-2,+55 11 5550-1\n"
        "3,2026-11-24 13:05:06,inbound,anonymous,+55 11 5550-2\n"
    )
    rows = read(text, "calls")
    assert [(row.id, row.digits) for row in rows] == [
        ("1", "+551155501"), ("2", "+551155501"), ("3", ""),
    ]  # fmt: skip
    assert {row.at for row in rows} == {AT}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK\x03\x04", "no_text"),
        (b"", "no_head"),
        (b"name,value\n1,2\n", "no_head"),
        (b"id,title\n1,x\n", "no_date"),
        (b"id,created at\n\n", "no_rows"),
    ],
)
def test_what_cannot_be_compared_says_why(content, fault):
    with pytest.raises(ExportFileError) as caught:
        read(content)
    assert caught.value.fault == fault


def test_large_files_are_refused(monkeypatch):
    monkeypatch.setattr(export_files, "MOST_BYTES", 10)
    with pytest.raises(ExportFileError, match="too_large"):
        read("id,created at\n")
    monkeypatch.setattr(export_files, "MOST_BYTES", 1000)
    monkeypatch.setattr(export_files, "MOST_ROWS", 1)
    with pytest.raises(ExportFileError, match="too_large"):
        read("id,created at\n1,2026\n2,2026\n")
