"""Why a number moved: beside the page, in its file and for machines, all the same parts."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from tests.worlds.api_world import Api
from tests.worlds.bi_world import BAR, PANEL, components, of_class, words
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER, web

DAYS = "from=2026-10-26&to=2026-11-08"


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    snapshot = figures()
    with web(tmp_path_factory.mktemp("web"), current=snapshot, settings=SETTINGS) as world:
        yield world.browser(MANAGER)


def opened(manager, search, path="/overview"):
    answer = manager.fire(PANEL, **{"url.search": search, "url.pathname": path})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["side-panel"]["children"]


def part(text):
    return float(text.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize("page", ["overview", "quality", "times", "telephony"])
def test_each_change_of_a_page_opens_what_carries_it(manager, page):
    values = {"url.search": f"?{DAYS}", "url.pathname": f"/{page}"}
    drawn = manager.fire(BAR.format(page=page), **values).get_json()["response"]
    links = of_class(drawn, "why-link")
    assert links
    for link in links:
        panel = opened(manager, "?" + urlsplit(link["props"]["href"]).query, f"/{page}")
        assert of_class(panel, "why-table")
        *steps, total = [words(c) for c in of_class(panel, "why-total") if words(c)]
        if not re.search("[dhsmn]", total):
            assert sum(map(part, steps)) == pytest.approx(part(total), abs=0.051 * len(steps))


def test_each_step_opens_as_many_rows_as_it_says(manager):
    panel = opened(manager, f"?{DAYS}&rows=csat_score&why=reason", "/quality")
    links = [c["props"] for c in of_class(panel, "rows-link") if "→" in words(c)]
    assert len(links) == 4
    for link in links:
        rows = opened(manager, "?" + urlsplit(link["href"]).query, "/quality")
        assert words(of_class(rows, "rows-count")) == words(link["children"]).split()[-1]


def test_ways_turn_in_place_and_the_first_is_shown_for_one_that_is_not_there(manager):
    panel = opened(manager, f"?{DAYS}&rows=calls_missed&why=reason", "/telephony")
    ways = {
        parse_qs(urlsplit(c["props"]["href"]).query)["why"][0]: c["props"]["className"]
        for c in of_class(panel, "segment")
    }
    assert next(iter(ways)) == "line"
    assert "segment-on" in ways["line"]
    assert "reason" not in ways


def test_without_a_period_before_that_is_said(manager):
    for search in (f"?{DAYS}&compare=none", "?from=2026-08-28&to=2026-09-05", "?"):
        rows = "queue" if search == "?" else "csat_score"
        panel = opened(manager, f"{search}&rows={rows}&why=")
        assert "Sem o que comparar" in words(panel)
    assert "não pode ser aberta" in words(opened(manager, "?rows=moon&why="))


def test_a_median_is_said_to_be_none_of_the_parts(manager):
    panel = opened(manager, f"?{DAYS}&rows=time_to_close&why=", "/times")
    assert "mediana" in words(of_class(panel, "why-median"))
    assert not of_class(opened(manager, f"?{DAYS}&rows=csat_score&why="), "why-median")


def test_the_quality_page_says_what_each_pulled(manager):
    values = {"url.search": f"?{DAYS}&focus=pulled", "url.pathname": "/quality"}
    drawn = manager.fire(BAR.format(page="quality"), **values).get_json()["response"]
    reasons, agents = of_class(drawn, "ranks-table")
    for table in (reasons, agents):
        assert "puxou" in words(table)
        lines = [c for c in components(table) if c["type"] == "Tr"][1:]
        pulled = [abs(part(words(c["props"]["children"][4]))) for c in lines]
        assert pulled == sorted(pulled, reverse=True)


def test_file_and_api_tell_the_same_parts(manager):
    file = manager.get(f"/exports/quality/rows.xlsx?{DAYS}&rows=csat_score&why=agent")
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    head, *lines = book.worksheets[0].iter_rows(values_only=True)
    assert head[-1] == "Parcela"
    api = Api(figures(), settings=SETTINGS)
    query = dict(pair.split("=") for pair in DAYS.split("&"))
    told = api.get("decomposition", metric="csat_score", **query)
    parts = [part["total"] for groups in told["ways"].values() for part in groups]
    assert [line[-1] for line in lines] == pytest.approx(parts, abs=1e-12)
    for groups in told["ways"].values():
        assert sum(part["total"] for part in groups) == pytest.approx(told["change"], abs=1e-9)
