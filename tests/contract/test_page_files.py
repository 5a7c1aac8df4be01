"""What stands in the tables of a page stands in its file, in types: every row and every total."""

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from callbacks.web import registry
from tests.worlds.bi_world import BAR, components, of_class, words
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER, web

# Panels that list rows: the page's file has every one of them, with all that is known.
LISTED = {
    "telephony--calls": "Chamadas",
    "backoffice--tickets_table": "Tickets",
    "backoffice--duplicates": "Duplicadas",
}
# The first of many stand on the page, all of them in the file.
FIRST = {
    "overview--top_reasons",
    "quality--csat_by_agent",
    "quality--csat_by_reason",
    "telephony--callback_debt",
    "telephony--recurring_callers",
    "times--times_by",
}
# About more rows than its table counts: closes that were not reopened, arrivals that need people,
# and calls of which the cells tell the share that was lost.
OF_OTHER_ROWS = {"times--reopened", "staffing--staffing_need", "telephony--calls_by_weekday_hour"}
# How many rows a panel is about, where its own words say it so.
POPULATION = re.compile(r"^n ([\d.]+)$")
SUM = re.compile(r"^=SUBTOTAL\(109,([A-Z]+)2:\1(\d+)\)$")
FORMATS = {"General", "#,##0", "#,##0.0", "#,##0.00", "0.0%", "[h]:mm:ss"}
FORMATS |= {"dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"}
WEEK = {"from": "2026-11-09", "to": "2026-11-15"}
ASKED: list[tuple[str, dict[str, str]]] = [(path.strip("/"), WEEK) for path in registry.REPORTS]
# Days without anything.
ASKED += [(page, {"from": "2026-09-08", "to": "2026-09-12"}) for page in ("overview", "telephony")]
ASKED += [
    ("crosstabs", {**WEEK, "report": "categories"}),
    ("crosstabs", {**WEEK, "report": "reasons"}),
    ("crosstabs", {**WEEK, "show": "heat", "measure": "time"}),
    ("telephony", {**WEEK, "heat": "loss"}),
    ("times", {**WEEK, "by": "reason", "slow": "close"}),
    ("quality", {**WEEK, "trend": "day"}),
    ("overview", {**WEEK, "matrix": "reason"}),
    ("staffing", {**WEEK, "stream": "both"}),
]


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with web(folder, current=figures(), settings=SETTINGS) as world:
        yield world.browser(MANAGER)


def read_book(manager, path: str, asked: dict[str, str], *, formulas: bool = False) -> Any:
    answer = manager.get(path, query_string=asked)
    assert answer.status_code == 200, (path, answer.text)
    return openpyxl.load_workbook(io.BytesIO(answer.data), data_only=not formulas)


def draw_panels(manager, page: str, asked: dict[str, str]) -> list[Any]:
    values = {"url.search": f"?{urlencode(asked)}", "url.pathname": f"/{page}"}
    answer = manager.fire(BAR.format(page=page), **values)
    assert answer.status_code == 200, answer.text
    drawn = answer.get_json()["response"][f"{page}--content"]["children"]
    return [panel for panel in of_class(drawn, "panel") if panel["props"].get("id")]


def list_values(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=2, values_only=True))


def find_total(sheet: Any) -> tuple[Any, ...] | None:
    """The last line, where it is a total of those above: it is written in bold."""
    last = list(sheet.iter_rows())[-1]
    return tuple(cell.value for cell in last) if sheet.max_row > 1 and last[0].font.b else None


@pytest.mark.parametrize(("page", "asked"), ASKED)
def test_every_table_of_a_page_stands_in_its_file(manager, page, asked):
    whole = read_book(manager, f"/exports/{page}.xlsx", asked)
    assert whole.sheetnames[-1] == "Definições"
    everything = [list_values(sheet) for sheet in whole]
    for panel in draw_panels(manager, page, asked):
        name = panel["props"]["id"]
        bodies = [c for c in components(panel) if c["type"] == "Tbody"]
        if not bodies:
            continue
        if name in LISTED:
            assert LISTED[name] in whole.sheetnames
            continue
        own = read_book(manager, f"/exports/{page}/{name.split('--')[1]}.xlsx", asked)
        sheets = own.worksheets[:-1]
        assert sheets, f"{name} has no table in its file"
        for sheet in sheets:
            assert list_values(sheet) in everything, f"{name}: {sheet.title}"
        rows = sum(len(list_values(s)) - (find_total(s) is not None) for s in sheets)
        drawn = sum(len(body["props"].get("children") or ()) for body in bodies)
        assert rows == drawn or name in FIRST, name
        if name not in OF_OTHER_ROWS:
            check_population(panel, sheets, name)


def check_population(panel: Any, sheets: list[Any], name: str) -> None:
    """The n that the panel says is a total of its file, or the number of its lines."""
    for said in of_class(panel, "panel-n"):
        if found := POPULATION.match(words(said).replace("\xa0", " ")):
            known = {len(list_values(sheet)) for sheet in sheets}
            known |= {value for sheet in sheets for value in find_total(sheet) or ()}
            assert int(found[1].replace(".", "")) in known, name


@pytest.mark.parametrize("page", [path.strip("/") for path in registry.REPORTS])
def test_totals_are_sums_and_values_are_typed(manager, page):
    cached = read_book(manager, f"/exports/{page}.xlsx", WEEK)
    for sheet in read_book(manager, f"/exports/{page}.xlsx", WEEK, formulas=True):
        assert sheet.print_title_rows == "$1:$1"
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                check_cell(cell, cached[sheet.title])


def check_cell(cell: Any, values: Any) -> None:
    assert cell.number_format in FORMATS
    if cell.data_type == "f":
        letter, last = SUM.match(cell.value).groups()
        above = [values[f"{letter}{n}"].value or 0 for n in range(2, int(last) + 1)]
        value = values[cell.coordinate].value
        assert value == pytest.approx(sum(above, type(value)(0)))
    elif cell.value is not None and cell.number_format == "#,##0":
        assert float(cell.value).is_integer()
    elif cell.number_format == "[h]:mm:ss":
        assert isinstance(cell.value, timedelta | time | None)
    elif cell.number_format.startswith("dd/"):
        assert isinstance(cell.value, datetime | date | None)


def test_ratings_are_dated_alike_in_the_summary_and_in_their_rows(manager):
    book = read_book(manager, "/exports/quality.xlsx", WEEK)
    summary = {row[-1]: row for row in list_values(book["Resumo"])}
    ratings = list_values(book["Notas e comentários"])
    assert summary["csat_average"][2] == len(ratings) > 0
    assert sum(row[1] >= 4 for row in ratings) == round(
        summary["csat_score"][1] * summary["csat_score"][2]
    )
    assert summary["csat_score"][-2] == "Nota pedida em"
    assert all("2026-11-09" <= str(row[0].date()) <= "2026-11-15" for row in ratings)


def test_days_add_up_to_what_was_created_and_closed(manager):
    book = read_book(manager, "/exports/overview.xlsx", WEEK)
    summary = {row[-1]: row[1] for row in list_values(book["Resumo"])}
    total = find_total(book["Conversas por dia"])
    assert (total[1], total[-1]) == (summary["conversations"], summary["closes"])


def test_a_plain_table_has_units_in_its_heads_and_one_charset(manager):
    answer = manager.get("/exports/times/times_by_hour.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head = answer.data.decode("utf-8-sig").splitlines()[0]
    assert head == "Hora;Mediana (s);Média (s);p90 (s);n"


def test_what_is_no_panel_has_no_file(manager):
    for part in ("moon", "csat_score"):
        assert manager.get(f"/exports/overview/{part}.xlsx", headers={}).status_code == 404
