"""The files of the analyst's panel: whose rows they hold, and that nothing in them comes alive."""

import csv
import io
from datetime import datetime

import orjson
import pytest
from openpyxl import load_workbook

from tests.worlds.analyst_world import CATEGORY, REASON, closed, pending, version, week
from tests.worlds.api_world import LUANA
from tests.worlds.web_world import ANALYST, MANAGER, STRANGER, web

CSV, XLSX = "/analyst/export.csv", "/analyst/export.xlsx"
HEADINGS = [
    "Conversa",
    "Criada em",
    "Fechada em",
    "Assunto",
    "Time",
    "Motivo",
    "Situação",
    "Nota",
    "Comentário",
    "Link",
]
ROWS = [
    closed("a1", 1, rating=4, rating_at="2026-11-23T15:00:00Z", rating_remark="+1 ótimo"),
    pending("a2", 2, subject='=HYPERLINK("http://evil","x")'),
    closed(
        "a3",
        3,
        subject="Aberta",
        state="open",
        rating=1,
        rating_at="2026-11-23T15:00:00Z",
        rating_remark="Queixa sobre a Luana",
        rated_agent_id=LUANA,
    ),
    pending(
        "a4", 4, subject="Interna; com\n\"aspas\" e 'acentos'", **{CATEGORY: "Back-office ticket"}
    ),
    closed("luana", 5, subject="Segredo da Luana", agent_id=LUANA),
    closed("old", created_at="2026-10-05T12:00:00Z", subject="Antiga"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    with web(tmp_path_factory.mktemp("files"), current=version(ROWS)) as deployment:
        yield deployment


def table(browser, path=CSV, separator=";"):
    response = browser.get(path)
    assert response.status_code == 200, response.text
    text = response.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def sheet(browser, path=XLSX):
    response = browser.get(path)
    assert response.status_code == 200, response.text
    return load_workbook(io.BytesIO(response.data)).active


def test_the_csv_holds_the_own_period_newest_first(files):
    lines = table(files.browser(ANALYST))
    assert lines[0] == HEADINGS
    assert [line[0] for line in lines[1:]] == ["a4", "a3", "a2", "a1"]
    assert lines[4] == [
        "a1",
        "2026-11-23 09:01:00",
        "2026-11-23 09:31:00",
        "Boleto não chegou",
        "Suporte N1",
        "Boleto e pagamento",
        "Classificada",
        "4",
        "'+1 ótimo",
        "https://app.intercom.com/a/inbox/abc123/inbox/conversation/a1",
    ]


def test_what_is_not_closed_has_no_closing_date(files):
    lines = table(files.browser(ANALYST))
    assert lines[2][0] == "a3"
    assert lines[2][2] == ""
    assert lines[2][6] == "Aberta"


def test_what_was_said_of_a_colleague_is_not_in_the_file(files):
    line = next(line for line in table(files.browser(ANALYST)) if line[0] == "a3")
    assert line[7:9] == ["", ""]
    assert "Queixa" not in files.browser(ANALYST).get(CSV).text


def test_formulas_of_customers_are_words(files):
    browser = files.browser(ANALYST)
    lines = table(browser)
    assert lines[3][3] == '\'=HYPERLINK("http://evil","x")'
    cell = sheet(browser)["D4"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://evil","x")')


def test_separators_quotes_and_line_ends_survive(files):
    assert table(files.browser(ANALYST))[1][3] == "Interna; com\n\"aspas\" e 'acentos'"


def test_the_workbook_has_real_dates_and_numbers_in_local_time(files):
    found = sheet(files.browser(ANALYST))
    assert [cell.value for cell in found[1]] == HEADINGS
    assert found["B5"].value == datetime.fromisoformat("2026-11-23T09:01:00")
    assert found["B5"].is_date
    assert found["H5"].value == 4
    assert found.max_row == 5
    assert found.title == "Histórico"


@pytest.mark.parametrize("path", [CSV, XLSX])
@pytest.mark.parametrize(
    "query", ["", f"?agent={LUANA}", f"?agent={LUANA}&period=month", "?agent=none"]
)
def test_an_analyst_never_gets_anybody_elses_rows(files, path, query):
    browser = files.browser(ANALYST)
    if path == CSV:
        ids = [line[0] for line in table(browser, path + query)[1:]]
    else:
        ids = [row[0].value for row in list(sheet(browser, path + query))[1:]]
    assert "luana" not in ids
    assert "a1" in ids


def test_a_manager_gets_the_chosen_persons_rows(files):
    lines = table(files.browser(MANAGER), f"{CSV}?agent={LUANA}")
    assert [line[0] for line in lines[1:]] == ["luana"]


def test_a_manager_who_has_chosen_nobody_gets_no_file(files):
    response = files.browser(MANAGER).get(CSV)
    assert response.status_code == 404


def test_an_account_that_is_nobody_gets_no_file(files):
    assert files.browser(STRANGER).get(f"{CSV}?agent={LUANA}").status_code == 404


def test_a_wall_gets_no_file(files):
    assert files.screen().get(f"{XLSX}?agent={LUANA}").status_code == 403


def test_a_stranger_is_asked_to_sign_in(files):
    response = files.browser().get(CSV)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?state=pending", ["a2"]),
        ("?state=excluded", ["a4"]),
        ("?reason=Boleto+e+pagamento&state=classified", ["a1"]),
        ("?search=INTERNA", ["a4"]),
        ("?from=2026-10-05&to=2026-10-05", ["old"]),
        ("?lines=1", ["a4", "a3", "a2", "a1"]),
        ("?period=today", []),
    ],
)
def test_the_file_has_the_filters_of_the_screen_and_all_of_its_rows(files, query, ids):
    assert [line[0] for line in table(files.browser(ANALYST), CSV + query)[1:]] == ids


@pytest.mark.parametrize(
    "query", ["?period=year", "?from=x", "?from=2026-11-20&to=2026-11-01", "?x=1", "?agent="]
)
def test_an_unusable_address_makes_no_file(files, query):
    assert files.browser(ANALYST).get(CSV + query).status_code == 400


def test_the_name_of_the_file_says_whose_and_when(files):
    header = files.browser(ANALYST).get(XLSX).headers["Content-Disposition"]
    name = "vigia-joao-vitor-lacerda-2026-11-23-2026-11-29.xlsx"
    assert header == f'attachment; filename="{name}"'


def test_nobody_on_the_way_keeps_the_file(files):
    response = files.browser(ANALYST).get(CSV)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_english_readers_get_english_headings_and_commas(files):
    browser = files.browser(ANALYST)
    browser.client.set_cookie("vigia_lang", "en")
    lines = table(browser, CSV, ",")
    assert lines[0][:3] == ["Conversation", "Created at", "Closed at"]


def test_before_the_first_data_there_is_no_file(fresh):
    assert fresh(starting=True).browser(MANAGER).get(f"{CSV}?agent=1").status_code == 503


def test_who_takes_a_file_is_noted(fresh):
    world = fresh(current=version(week()))
    world.browser(ANALYST).get(CSV)
    [key] = world.state.keys("audit/export/")
    entry = orjson.loads(world.state.get(key))
    assert (entry["what"], entry["who"], entry["whose"]) == ("export", ANALYST, "201")


def test_other_methods_are_refused(files):
    assert files.browser(ANALYST).post(CSV).status_code in (403, 405)


def test_a_reason_that_looks_like_a_formula_is_inert_too(fresh):
    world = fresh(current=version([closed("x", **{REASON: "@SUM(A1)"})]))
    assert table(world.browser(ANALYST))[1][5] == "'@SUM(A1)"
