"""One number, wherever it is asked for: page, metric info, list of rows, API, workbook."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import openpyxl
import pytest

from callbacks.reports.query import SummaryQuery, read
from callbacks.web import registry
from layouts.formats import Formats
from layouts.i18n import Text, text_for
from metrics.model.catalog import CATALOG
from metrics.model.periods import today
from metrics.model.view import View
from metrics.query.drilldown import drill_down
from tests.worlds.api_world import JOAO, OK_SOURCES, SUPPORT
from tests.worlds.bi_world import BAR, PANEL, components, of_class, words
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER, Web, web

# On the wall, not among the pages of a period. A metric that gets a page leaves this list.
NOT_ON_A_PAGE = {
    "with_ai_now",
    "calls_rung",
    "queue",
    "longest_wait",
    "unrouted",
    "snoozed_now",
    "arrivals_recent",
    "online_text",
    "online_voice",
}
# Facts before the definitions of a workbook, and its header.
FACTS = 9
# Reports of a page that show other numbers than the page itself.
REPORTS = [("crosstabs", {"report": "categories"}), ("crosstabs", {"report": "reasons"})]
# Of the table of agents; its other columns say more than the value.
TOTALS = (
    "conversations",
    "conversations_closed",
    "first_response_time",
    "time_to_close",
    "classification_rate",
    "calls_answered",
    "open_now",
)
VALUES = ("kpi-value", "score-number", "kin-value")
DAY_SECONDS = 86_400

PERIODS = {
    "a week": {"from": "2026-11-09", "to": "2026-11-15"},
    "the day of 25 hours": {"from": "2026-11-01", "to": "2026-11-01"},
    "days without anything": {"from": "2026-09-08", "to": "2026-09-12"},
}
FILTERS = {
    "everything": {},
    "a team and a person": {"team": SUPPORT, "agent": JOAO},
    "an attribute and an origin": {
        "attr.Motivo de Contato": "Boleto e pagamento",
        "origin": "customer",
    },
}


@dataclass(frozen=True)
class Shown:
    """A metric on a page: its value where it is told, and the rows of its passport."""

    page: str
    key: str
    value: str | None
    rows: str | None


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("figures")
    with web(folder, current=figures(), settings=SETTINGS) as made:
        yield made


@pytest.fixture(scope="module")
def manager(world):
    return world.browser(MANAGER)


@pytest.fixture(scope="module")
def formats():
    return Formats(Text("pt-BR"), SETTINGS.zone)


def cases() -> list[Any]:
    return [
        pytest.param({**period, **chosen}, id=f"{when}, {what}")
        for when, period in PERIODS.items()
        for what, chosen in FILTERS.items()
    ]


def told(manager, asked: dict[str, str]) -> dict[str, Any]:
    """The API's answer."""
    answer = manager.get("/api/v1/summary", query_string=asked, headers={})
    assert answer.status_code == 200, answer.text
    found = answer.get_json()["metrics"]
    assert set(found) == set(CATALOG)
    return found


def everywhere(manager, asked: dict[str, str]) -> list[Shown]:
    """Every metric on every page for one choice of rows."""
    pages = [(path.strip("/"), {}) for path in registry.REPORTS] + REPORTS
    return [one for page, more in pages for one in shown(manager, page, {**asked, **more})]


def shown(manager, page: str, asked: dict[str, str]) -> list[Shown]:
    answer = manager.fire(
        BAR.format(page=page),
        **{"url.search": f"?{urlencode(asked)}", "url.pathname": f"/{page}"},
    )
    assert answer.status_code == 200, answer.text
    drawn = answer.get_json()["response"][f"{page}--content"]["children"]
    found = []
    for key, rows in infos(drawn):
        if key in CATALOG:
            found.append(Shown(page, key, value_of(drawn, f"{page}--{key}"), rows))
    return found + [Shown(page, key, value, None) for key, value in totals(drawn)]


def totals(drawn: Any) -> Iterator[tuple[str, str]]:
    """What the last line of the table of agents says, where it opens rows."""
    for table in of_class(drawn, "agents-table"):
        for foot in (c for c in components(table) if c["type"] == "Tfoot"):
            for link in (c for c in components(foot) if c["type"] == "A"):
                (key,) = parse_qs(urlsplit(link["props"]["href"]).query)["rows"]
                if key in TOTALS:
                    yield key, plain(words(link))


def workbook(manager, asked: dict[str, str]) -> Any:
    answer = manager.get("/exports/overview.xlsx", query_string=asked)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def summary_lines(manager, asked: dict[str, str]) -> dict[str, tuple[Any, ...]]:
    """The lines of the first sheet, by the metric's key, which is their last cell."""
    sheet = workbook(manager, asked)["Resumo"]
    return {row[-1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}


def infos(drawn: Any) -> Iterator[tuple[str, str]]:
    """The key of each metric info, and the rows that it says its number rests on."""
    for info in of_class(drawn, "passport"):
        (key,) = [words(c) for c in components(info) if c["type"] == "Code"]
        first = next(c for c in components(info) if c["type"] == "Dd")
        yield key, plain(words(first))


def value_of(drawn: Any, place: str) -> str | None:
    """The number as it stands in that part of the page; None where it is a figure of many."""
    for part in components(drawn):
        if part["props"].get("id") == place:
            for name in VALUES:
                for value in of_class(part, name):
                    return plain(words(value))
    return None


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("asked", cases())
def test_pages_and_metric_infos_say_what_the_api_says(manager, formats, asked):
    numbers = told(manager, asked)
    seen = everywhere(manager, asked)
    for one in seen:
        number = numbers[one.key]
        if one.rows is not None:
            assert one.rows == plain(formats.text("passport.rows", n=formats.count(number["n"])))
        if one.value is not None:
            assert one.value == plain(formats.value(number["value"], number["unit"])), one
    # What is dated otherwise may be there although nothing else is.
    assert {one.key for one in seen} >= {"conversations", "time_to_close"}


def test_what_was_never_read_is_no_data_anywhere(tmp_path, formats):
    silent = figures(sources={"intercom": OK_SOURCES["intercom"]})
    with web(tmp_path, current=silent, settings=SETTINGS) as world:
        manager = world.browser(MANAGER)
        asked = PERIODS["a week"]
        assert told(manager, asked)["calls_answered"]["value"] is None
        (one,) = [s for s in shown(manager, "overview", asked) if s.key == "calls_answered"]
        assert one.value == plain(formats.text("states.no_data"))
        line = summary_lines(manager, asked)["calls_answered"]
        assert line[1:3] == (formats.text("gaps.off"), 0)


def test_every_metric_is_on_a_page_but_those_of_the_wall_and_of_people_alone(manager):
    seen = everywhere(manager, PERIODS["a week"])
    assert set(CATALOG) - {one.key for one in seen} == NOT_ON_A_PAGE
    # Figures of many numbers have a metric info of their own and no value at one place.
    without = {one.key for one in seen} - {one.key for one in seen if one.value is not None}
    assert without == {"backlog_age", "awaiting_first_response"}


@pytest.mark.parametrize("asked", cases())
def test_as_many_rows_lie_behind_it_as_it_says(world, manager, formats, asked):
    numbers = told(manager, asked)
    snapshot, query = (
        world.dataset.current,
        read(SummaryQuery, [(k, [v]) for k, v in asked.items()]),
    )
    rules = world.backend.rules
    period = query.period(today(snapshot.published_at, rules.time_zone))
    for key, metric in CATALOG.items():
        if metric.table == "agents":
            continue
        n = numbers[key]["n"]
        assert drill_down(key, (), View(snapshot.tables, period, query.filters, rules)).n == n, key
        search = f"?{urlencode({**asked, 'rows': key})}"
        answer = manager.fire(PANEL, **{"url.search": search, "url.pathname": "/overview"})
        (count,) = of_class(answer.get_json()["response"], "rows-count")
        assert plain(words(count)) == formats.count(n), key


@pytest.mark.parametrize("asked", cases())
def test_the_workbook_says_the_same(world, manager, formats, asked):
    numbers = told(manager, asked)
    book = workbook(manager, asked)
    lines = summary_lines(manager, asked)
    assert list(lines) == list(CATALOG)
    for key, number in numbers.items():
        value = number["value"]
        if value is not None and number["unit"] == "seconds":
            value /= DAY_SECONDS
        written = lines[key][1]
        if hasattr(written, "total_seconds"):
            written = written.total_seconds() / DAY_SECONDS
        if (number["reason"] or {"code": "no_rows"})["code"] != "no_rows":
            words = text_for("pt-BR")(f"gaps.{number['reason']['code']}")
            assert (value, written, lines[key][2]) == (None, words, 0), key
            continue
        assert written == (None if value is None else pytest.approx(value, abs=1e-9)), key
        assert lines[key][2] == number["n"], key
    calls = manager.get("/api/v1/calls", query_string={**asked, "limit": 1000}, headers={})
    assert book["Base Completa"].max_row == 1 + numbers["conversations"]["n"]
    assert book["Chamadas"].max_row == 1 + len(calls.get_json()["calls"])
    assert book["Definições"].max_row == 1 + FACTS + len(CATALOG)
    defined = [row[2] for row in book["Definições"].iter_rows(min_row=2 + FACTS, values_only=True)]
    assert defined == list(CATALOG)
