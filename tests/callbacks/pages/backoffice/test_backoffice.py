"""The page of the second line, asked over HTTP as the browser does."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import openpyxl
import pytest

from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from tests.worlds.api_world import (
    AS_OF_TICKETS,
    JOAO,
    LUANA,
    NOW,
    OK_SOURCES,
    SUPPORT,
    conversation,
    snapshot,
    ticket,
)
from tests.worlds.bi_world import BAR, HOSTILE, PANEL, components, of_class, words
from tests.worlds.web_world import ANALYST, MANAGER, web

PAGE = "/backoffice"
RESOLVED = {"state": "resolved", "state_label": "Resolvido", "is_open": False}
TICKETS = [
    ticket("k1", "2026-11-23T12:00:00Z"),
    ticket("k2", "2026-11-19T12:00:00Z", agent_id=LUANA, severity="Baixa", external_state="QA"),
    ticket("k3", "2026-09-01T12:00:00Z", agent_id=None, subject="=cmd|' /C calc'!A0"),
    ticket("k4", "2026-11-10T12:00:00Z", resolved_at="2026-11-12T12:00:00Z", **RESOLVED),
    ticket("k5", "2026-08-20T12:00:00Z", resolved_at="2026-11-20T12:00:00Z", **RESOLVED),
    *(
        ticket(f"h{n}", "2026-11-24T10:00:00Z", **dict.fromkeys(
            ("subject", "platform", "severity", "company", "state_label", "external_state",
             "external_key", "type_name"), text))
        for n, text in enumerate(HOSTILE)
    ),
]  # fmt: skip
MERGED = [
    conversation("m1", is_merged=True, merged_into="m2"),
    conversation("m2", **{"attr.Motivo de Contato": "Acesso e senha"}),
    conversation("m3", is_merged=True, merged_into="gone", subject="<script>x</script>"),
    conversation("m4", is_merged=True, **{"attr.Motivo de Contato": None}),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    current = snapshot(conversations=MERGED, tickets=TICKETS)
    with web(tmp_path_factory.mktemp("web"), current=current) as found:
        yield found


def asked(world, search="", email=MANAGER):
    values = {"url.search": search, "url.pathname": PAGE}
    return world.browser(email).fire(BAR.format(page="backoffice"), **values)


def content(world, search=""):
    answer = asked(world, search)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["backoffice--content"]["children"]


def part(tree, key):
    (one,) = [c for c in components(tree) if c["props"].get("id") == f"backoffice--{key}"]
    return one


def number(tree, key):
    return words(of_class(part(tree, key), "kpi-value")[0]).replace(" ", "")


def table(tree, name):
    body = next(c for c in components(of_class(tree, name)[0]) if c["type"] == "Tbody")
    return [
        [" ".join(words(cell).split()) for cell in components(row) if cell["type"] == "Td"]
        for row in components(body)
        if row["type"] == "Tr"
    ]


def listed(world, search):
    values = {"url.search": search, "url.pathname": PAGE}
    answer = world.browser(MANAGER).fire(PANEL, **values)
    assert answer.status_code == 200, answer.text
    return words(of_class(answer.get_json()["response"], "rows-count")[0]).strip()


def test_the_numbers_of_the_sheet(world):
    tree = content(world)
    assert number(tree, "tickets_open") == "9"
    assert number(tree, "tickets_overdue") == "2"
    assert number(tree, "tickets_created") == "9"
    assert number(tree, "tickets_resolved") == "2"
    assert number(tree, "ticket_completion") == "11,1%"
    assert number(tree, "conversations_merged") == "3"


def test_overdue_ones_come_first_and_then_the_oldest_with_sign_and_words(world):
    rows = table(content(world), "tickets-table")
    assert [row[1] for row in rows[:3]] == ["93", "92", "91"]
    assert [row[0] for row in rows[:3]] == ["84 dias, atrasado", "5 dias, atrasado", "1 dia"]
    lights = of_class(content(world), "tickets-table")[0]
    assert of_class(lights, "icon-exclamation-octagon-fill")
    assert of_class(lights, "icon-clock")


def test_the_tabs_count_what_they_list(world):
    for tab, count in ((None, 9), ("period", 9), ("backlog", 1)):
        search = f"?tab={tab}" if tab else ""
        tree = content(world, search)
        tabs = of_class(tree, "ticket-tabs")[0]
        assert words(of_class(tabs, "segment-on")[0]).endswith(f"({count})")
        assert len(table(tree, "tickets-table")) == count
    assert [row[1] for row in table(content(world, "?tab=period"), "tickets-table")][-1] == "94"


def test_every_number_that_opens_rows_has_as_many(world):
    tree = content(world)
    links = [c["props"] for c in components(tree) if "data-rows-link" in c["props"]]
    seen = 0
    for link in links:
        shown = words({"props": link}).strip()
        query = parse_qs(urlsplit(link["href"]).query, keep_blank_values=True)
        if not shown.isdigit() or not query["rows"][0].startswith(("ticket", "conversations_m")):
            continue
        search = "?" + urlencode([(k, v) for k, values in query.items() for v in values])
        assert listed(world, search) == shown, link["href"]
        seen += 1
    assert seen > 25


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("?severity=Baixa", ["92"]),
        (f"?agent={JOAO}&severity=Alta", ["91"]),
        ("?agent=none", ["93"]),
        ("?external=QA", ["92"]),
        (f"?creator={LUANA}&state=Em+an%C3%A1lise+N2", ["93", "92", "91"]),
        ("?external=", ["93", "91"]),
        (f"?team={SUPPORT}&severity=Alta", ["91"]),
        ("?severity=nada", []),
    ],
)
def test_filters_in_the_address(world, search, expected):
    tree = content(world, search)
    rows = table(tree, "tickets-table") if of_class(tree, "tickets-table") else []
    assert [row[1] for row in rows] == expected
    assert number(tree, "tickets_open") == str(len(expected))


def test_tickets_have_no_origin(world):
    tree = content(world, "?origin=customer")
    assert not of_class(tree, "tickets-table")
    assert "tickets não têm origem" in words(tree)


def test_a_filter_is_offered_with_its_counts_and_can_be_taken_back(world):
    tree = content(world, "?severity=Baixa")
    filters = of_class(tree, "ticket-filters")[0]
    links = {words(c).strip(): c["props"]["href"] for c in components(filters) if c["type"] == "A"}
    assert "severity" not in links["Baixa (1)"]
    assert set(parse_qs(urlsplit(links["Alta (3)"]).query)["severity"]) == {"Baixa", "Alta"}
    assert links["Limpar filtros de tickets"] == PAGE


@pytest.mark.parametrize(
    "search",
    [
        "?tab=x",
        "?state=a&state=b&tab=period&from=2026-11-30&to=2026-11-01",
        "?kind=1",
        "?" + "x" * 9000,
    ],
)
def test_an_address_that_cannot_be_read_says_so_and_shows_the_page(world, search):
    tree = content(world, search)
    assert of_class(tree, "banner")
    assert number(tree, "tickets_open") == "9"


def test_hostile_words_stay_words(world):
    body = json.dumps(content(world), ensure_ascii=False)
    assert "<script>alert(1)</script>" in body
    assert not [c for c in components(content(world)) if c["type"] == "Script"]


def test_duplicates_tell_both_reasons_where_the_destination_is_known(world):
    rows = {row[1]: row for row in table(content(world), "duplicates-table")}
    found = table(content(world), "duplicates-table")
    assert len(found) == 3
    known = [row for row in found if row[4] == "m2"]
    assert known[0][3] == "Boleto e pagamento"
    assert known[0][5] == "Acesso e senha"
    assert rows["<script>x</script>"][5] == "fora do histórico"
    assert [row[4] for row in found if row[3] == "Sem motivo"] == ["não informado"]


def test_the_file_has_exactly_what_is_listed(world):
    browser = world.browser(MANAGER)
    answer = browser.get("/exports/backoffice.xlsx?tab=backlog")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book["Tickets"].iter_rows(values_only=False))
    assert len(rows) == 2
    cell = rows[1][1]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")
    assert book["Duplicadas"].max_row == 4
    text = browser.get("/exports/backoffice.csv").data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(lines) == 10
    assert [line[0] for line in lines[1:4]] == ["93", "92", "91"]
    assert lines[1][1] == "'=cmd|' /C calc'!A0"
    chosen = browser.get("/exports/backoffice/rows.csv?rows=tickets_overdue").data.decode()
    assert len(chosen.strip().splitlines()) == 3


def test_only_managers_see_it(world):
    assert asked(world, email=ANALYST).status_code in (401, 403)
    assert world.browser(ANALYST).get("/exports/backoffice.xlsx").status_code == 403


@pytest.mark.parametrize(
    ("state", "cause", "said"),
    [
        ("off", "no_permission", "O token não pode ler tickets"),
        ("off", "no_search", "não procura tickets"),
        ("off", "no_tickets", "Nenhum ticket de back-office"),
        ("off", None, "Os tickets estão desligados"),
        ("starting", None, "estão sendo lidos"),
    ],
)
def test_without_tickets_the_page_says_why_and_keeps_the_duplicates(tmp_path, state, cause, said):
    current = snapshot(
        conversations=MERGED,
        tickets=[],
        sources={**OK_SOURCES, "tickets": SourceStatus(state)},
        meta={"app_id": "abc", "causes": {"tickets": cause} if cause else {}},
    )
    with web(tmp_path, current=current) as world:
        tree = content(world)
        assert said in words(tree)
        assert len(table(tree, "duplicates-table")) == 3
        assert not of_class(tree, "kpi-value")


def test_old_tickets_are_shown_with_what_is_wrong(tmp_path):
    failed = SourceStatus("failed", AS_OF_TICKETS - timedelta(hours=2), error="403")
    current = snapshot(
        tickets=TICKETS,
        sources={**OK_SOURCES, "tickets": failed},
        meta={
            "app_id": "abc",
            "causes": {"tickets": "no_permission"},
            "tickets_history": {"complete": False, "first_day": "2026-11-01"},
        },
    )
    with web(tmp_path, current=current) as world:
        tree = content(world)
        assert "dê a permissão Read tickets" in words(of_class(tree, "banner-stale"))
        assert "desde" in words(of_class(tree, "banner-information"))
        assert number(tree, "tickets_open") == "9"
        assert "doubtful" in part(tree, "tickets_open")["props"]["className"]


def test_one_ticket_and_another_age_limit(tmp_path):
    settings = Settings.model_validate({"backoffice": {"age_days": 0.5}})
    current = replace(snapshot(tickets=TICKETS[:1], conversations=[]), published_at=NOW)
    with web(tmp_path, current=current, settings=settings) as world:
        tree = content(world)
        assert (number(tree, "tickets_open"), number(tree, "tickets_overdue")) == ("1", "1")
        assert "Nenhuma conversa do período foi fechada como duplicada" in words(tree)


def test_nothing_is_compared_with_days_of_which_tickets_have_not_arrived(tmp_path):
    history = {"complete": False, "first_day": "2026-11-01"}
    current = snapshot(tickets=TICKETS, meta={"app_id": "abc", "tickets_history": history})
    with web(tmp_path, current=current) as world:
        said = words(part(content(world), "tickets_created"))
        assert "sem período anterior completo" in said
    with web(tmp_path / "whole", current=snapshot(tickets=TICKETS)) as world:
        assert "sem período anterior" not in words(part(content(world), "tickets_created"))
