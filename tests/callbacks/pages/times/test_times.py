"""The times page over HTTP: what its figures say, row by row."""

from urllib.parse import urlencode

import pytest

from tests.callbacks.pages.quality.test_quality import by_id, links, of_class, walk, words
from tests.worlds.api_world import FELIPE, FINANCE, JOAO, LUANA, conversation, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, web

CONTENT = "times--content.children"
PANEL = "side-panel.children"
REASON = "attr.Motivo de Contato"


def answered(row_id, minutes, **values):
    """Of 20 November, noon UTC; answered after so many minutes, closed after three hours."""
    return conversation(
        row_id,
        **{
            "first_contact_reply_at": "2026-11-20T12:00:00Z",
            "first_admin_reply_at": f"2026-11-20T12:{minutes:02d}:00Z",
            "first_close_at": "2026-11-20T13:00:00Z",
            "last_close_at": "2026-11-20T15:00:00Z",
            "count_reopens": 0,
            **values,
        },
    )


ROWS = [
    answered("a1", 2),
    answered("a2", 4, sla_status="hit"),
    answered("a3", 15, sla_status="missed", count_reopens=1),
    answered("b1", 20, agent_id=LUANA, sla_status="hit", **{REASON: "Acesso e senha"}),
    answered("b2", 40, agent_id=LUANA, sla_status="active", **{REASON: "Acesso e senha"}),
    answered(
        "c1", 50, agent_id=FELIPE, team_id=FINANCE, subject="<b>Nota</b>", sla_status="cancelled"
    ),
    conversation(
        "late",
        "2026-11-24T14:30:00Z",
        state="open",
        agent_id=None,
        waiting_since="2026-11-24T14:30:00Z",
    ),
    conversation(
        "near",
        "2026-11-24T14:48:00Z",
        state="open",
        agent_id=LUANA,
        waiting_since="2026-11-24T14:48:00Z",
    ),
    conversation("old", "2026-11-01T12:00:00Z", state="open"),
]


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    with web(tmp_path_factory.mktemp("times"), current=snapshot(ROWS)) as world:
        yield world.browser(MANAGER)


def answer(browser, search="", output=CONTENT):
    found = browser.fire(output, **{"url.search": search, "url.pathname": "/times"})
    assert found.status_code == 200, found.text
    return found.get_json()["response"]


def drawn(browser, search=""):
    return answer(browser, search)["times--content"]["children"]


def count_behind(browser, target):
    key, *cells = target.split("\n")
    query = urlencode([("rows", key), *[("cell", cell) for cell in cells]])
    panel = answer(browser, f"?{query}", PANEL)["side-panel"]["children"]
    return int(words(of_class(panel, "rows-count")[0]))


def figures(content):
    return {
        one["props"]["id"]: one["props"]["figure"]
        for one in walk(content)
        if one["type"] == "Graph"
    }


def lines(content, key):
    table = of_class(by_id(content, f"times--{key}"), "grid-table")[0]
    body = next(one for one in walk(table) if one["type"] == "Tbody")
    return [words(row) for row in walk(body) if row["type"] == "Tr"]


def test_the_spread_has_every_first_response_once(manager):
    content = drawn(manager)
    figure = figures(content)["times--first_response_spread-graph"]
    bars = figure["data"][0]
    assert [(c[0], y) for c, y in zip(bars["customdata"], bars["y"], strict=True)] == [
        ("60..300", 2),
        (None, 0),
        ("900..1800", 2),
        ("1800..3600", 2),
    ]
    assert lines(content, "first_response_spread") == [
        "1 a 5 min 2 33,3%",
        "5 a 15 min 0 0,0%",
        "15 a 30 min 2 33,3%",
        "30 min a 1 h 2 33,3%",
    ]


def test_on_the_target_is_within_it_wherever_the_bucket_begins(manager):
    foot = words(of_class(by_id(drawn(manager), "times--first_response_spread"), "panel-foot"))
    assert foot == "50,0% dentro da meta de 15 min, n 6"


@pytest.mark.parametrize(
    ("target", "count"),
    [
        ("first_response_time\nvalue:900..1800", 2),
        ("first_response_within_target\nvalue:1", 3),
        (f"first_response_time\nagent:{LUANA}", 2),
        ("time_to_close\nvalue:3600..14400", 6),
        ("first_response_time\nhour:9", 6),
        ("reopen_rate\nvalue:1", 1),
        ("reopen_price", 1),
        ("backlog_age\npart:<1h", 2),
        ("backlog_age\npart:>7d", 1),
        ("sla_hit_rate\npart:hit", 2),
        ("sla_hit_rate\npart:cancelled", 1),
        ("awaiting_first_response\npart:overdue", 1),
    ],
)
def test_every_number_has_as_many_rows_behind_it(manager, target, count):
    assert target in links(drawn(manager))
    assert count_behind(manager, target) == count


def test_people_have_median_mean_and_n_and_a_p90_only_from_twenty_on(manager):
    found = lines(drawn(manager), "times_by")
    # Fewer than twenty: in order of their median all the same, none of them ahead of a larger one.
    assert found[0].startswith(
        "Felipe Yamamoto 50 min 50 min sem dados 0% 1 3 h 3 h sem dados 100%"
    )
    assert found[1].startswith("Luana Tavares 30 min 30 min sem dados 0% 2")
    assert found[2].startswith("João Vitor Lacerda 4 min 7 min sem dados 100% 3")
    assert len(found) == 3


def test_a_large_group_comes_before_one_slow_case(fresh):
    many = [answered(f"m{n}", 10, agent_id=LUANA) for n in range(20)]
    browser = fresh(current=snapshot([*many, answered("one", 59)])).browser(MANAGER)
    found = lines(drawn(browser), "times_by")
    assert [line.split()[0] for line in found] == ["Luana", "João"]
    assert found[0].startswith("Luana Tavares 10 min 10 min 10 min 100% 20")


@pytest.mark.parametrize(
    ("search", "first"),
    [("?by=team", "Financeiro 50 min"), ("?by=reason", "Acesso e senha 30 min")],
)
def test_teams_and_reasons_are_groups_too(manager, search, first):
    assert lines(drawn(manager, search), "times_by")[0].startswith(first)


def test_the_slowest_cases_lead_to_their_conversations(manager):
    [listed] = of_class(by_id(drawn(manager), "times--slowest"), "cases")
    items = [words(one) for one in listed["props"]["children"]]
    assert items[0] == (
        "50 min <b>Nota</b> Felipe Yamamoto · Financeiro · Boleto e pagamento · 20/11 09:00 Abrir"
    )
    assert items[1].startswith("40 min")
    assert len(items) == 6
    hrefs = [one["props"]["href"] for one in walk(listed) if one["type"] == "A"]
    assert hrefs[0].endswith("/abc123/inbox/conversation/c1")
    closing = by_id(drawn(manager, "?slow=close"), "times--slowest")
    assert words(of_class(closing, "case-lead")[0]) == "3 h"


def test_what_is_due_next_comes_first_with_its_deadline(manager):
    panel = by_id(drawn(manager), "times--awaiting_first_response")
    assert words(of_class(panel, "part-words")) == "1 fora da meta 1 perto da meta 0 com folga"
    items = [words(one) for one in of_class(panel, "cases")[0]["props"]["children"]]
    assert items[0].startswith("30:00 venceu 11:45 ")
    assert items[1].startswith("12:00 vence 12:03 ")


def test_reopening_tells_its_rate_and_its_price(manager):
    said = words(by_id(drawn(manager), "times--reopened"))
    assert "16,7% 1 de 6 conversas fechadas foram reabertas" in said
    assert "1º fechamento mediana 1 h" in said
    assert "último fechamento mediana 3 h" in said
    assert "Preço: mediana 2 h, média 2 h, p90 sem dados." in said


def test_slas_are_told_as_the_vendor_has_them(manager):
    assert lines(drawn(manager), "sla_parts") == [
        "cumpridos 2 40,0%",
        "perdidos 1 20,0%",
        "ativos 1 20,0%",
        "cancelados 1 20,0%",
    ]
    assert "66,7% cumpridos entre os decididos" in words(by_id(drawn(manager), "times--sla_parts"))


def test_an_empty_period_is_said_in_words_panel_by_panel(fresh):
    content = drawn(fresh(current=snapshot([])).browser(MANAGER))
    said = words(content)
    for words_of_it in (
        "Nenhuma primeira resposta nestas datas e filtros",
        "Nenhuma conversa fechada nestas datas e filtros",
        "Ninguém espera a primeira resposta",
        "Nenhuma conversa aberta",
        "O Intercom não informou reaberturas",
        "Nenhuma conversa do período tem SLA",
    ):
        assert words_of_it in said
    assert "nan" not in said.casefold()


def test_one_conversation_is_enough_for_every_figure(fresh):
    content = drawn(
        fresh(current=snapshot([answered("a", 5)])).browser(MANAGER),
        "?from=2026-11-20&to=2026-11-20",
    )
    assert lines(content, "first_response_spread") == ["5 a 15 min 1 100,0%"]
    assert len(figures(content)) == 3


def test_a_missing_reason_is_said_where_reasons_are_asked_for(fresh):
    rows = [{k: v for k, v in answered("a", 5).items() if k != REASON}]
    content = drawn(fresh(current=snapshot(rows)).browser(MANAGER), "?by=reason")
    assert "«Motivo de Contato» não existe" in words(by_id(content, "times--times_by"))


def test_four_hundred_reasons_are_a_dozen_until_all_are_asked_for(fresh):
    rows = [answered(f"{n}", n % 60, **{REASON: f"Motivo {n}"}) for n in range(400)]
    browser = fresh(current=snapshot(rows)).browser(MANAGER)
    assert len(lines(drawn(browser, "?by=reason"), "times_by")) == 12
    assert "E outros 388 grupos." in words(by_id(drawn(browser, "?by=reason"), "times--times_by"))
    assert len(lines(drawn(browser, "?by=reason&every=group"), "times_by")) == 400


def test_the_other_clock_asks_for_the_vendor_s_own_times(fresh):
    rows = [answered("a", 50, time_to_admin_reply_seconds=120)]
    content = drawn(fresh(current=snapshot(rows)).browser(MANAGER), "?clock=office")
    assert lines(content, "first_response_spread") == ["1 a 5 min 1 100,0%"]


def test_an_analyst_gets_nothing_of_it(manager):
    browser = manager.world.browser(ANALYST)
    values = {"url.search": "", "url.pathname": "/times"}
    assert browser.fire(CONTENT, **values).status_code == 403
    assert browser.get("/times").status_code == 403


def test_a_person_is_a_filter_here_as_everywhere(manager):
    found = lines(drawn(manager, f"?agent={JOAO}"), "times_by")
    assert [line.split()[0] for line in found] == ["João"]
