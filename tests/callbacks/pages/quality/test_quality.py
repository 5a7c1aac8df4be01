"""The quality page over HTTP: what its figures say, and what its comments show to whom."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.worlds.api_world import JOAO, LUANA, SUPPORT, conversation, snapshot
from tests.worlds.quality_world import EVERYTHING, HOSTILE, REASON, rated
from tests.worlds.web_world import ANALYST, MANAGER, web

CONTENT = "quality--content.children"
COMMENTS = "quality--comments.children"
PANEL = "side-panel.children"


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    with web(tmp_path_factory.mktemp("quality"), current=snapshot(EVERYTHING)) as world:
        yield world.browser(MANAGER)


def page(browser, search="", output=CONTENT):
    values = {"url.search": search, "url.pathname": "/quality"}
    answer = browser.fire(output, **values)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def drawn(browser, search=""):
    return page(browser, search)["quality--content"]["children"]


def comments(browser, search=""):
    return page(browser, search, COMMENTS)["quality--comments"]["children"]


def walk(node):
    """Every component, from the outside in."""
    if isinstance(node, list):
        for one in node:
            yield from walk(one)
    elif isinstance(node, dict) and "props" in node:
        yield node
        yield from walk(node["props"].get("children"))


def words(node):
    return " ".join(spoken(node).split())


def spoken(node):
    if isinstance(node, list):
        return " ".join(map(spoken, node))
    if isinstance(node, dict):
        return spoken(node["props"].get("children"))
    return "" if node is None else str(node)


def by_id(node, wanted):
    return next(one for one in walk(node) if one["props"].get("id") == wanted)


def of_class(node, name):
    return [one for one in walk(node) if name in str(one["props"].get("className", "")).split()]


def links(node):
    """What opens rows: (key, cells) -> the number as it is drawn."""
    found = {}
    for one in walk(node):
        target = one["props"].get("data-rows-link")
        if target and words(one):
            found[target] = words(one)
    return found


def count_behind(browser, target, search=""):
    key, *cells = target.split("\n")
    query = urlencode([*parse_pairs(search), ("rows", key), *[("cell", cell) for cell in cells]])
    panel = page(browser, f"?{query}", PANEL)["side-panel"]["children"]
    [count] = of_class(panel, "rows-count")
    return int(words(count).replace(".", ""))


def parse_pairs(search):
    return [(n, v) for n, vs in parse_qs(search.removeprefix("?")).items() for v in vs]


def names(content, by):
    rows = of_class(by_id(content, f"quality--csat_by_{by}"), "rank-words")
    return [words(row["props"]["children"][0]) for row in rows]


def test_the_score_its_interval_and_its_kin(manager):
    content = drawn(manager)
    score = words(by_id(content, "quality--csat_score"))
    assert "54,2 %" in score  # 13 of 24
    assert "entre 35,1 e 72,1 com 95% de confiança" in score
    kin = [words(one) for one in of_class(content, "kin-value")]
    # 13 of 23; 10 of 24; (8*5 + 3 + 1 + 3*4 + 9*2 + 2*5) / 24; 24 of 30 closed ones.
    assert kin == ["56,5%", "41,7%", "3,50", "80,0%"]


def test_every_rating_is_in_the_distribution(manager):
    shown = words(of_class(drawn(manager), "note-words")[0])
    assert re.findall(r"(\d) (\d+) [\d,]+%", shown) == [
        ("5", "10"),
        ("4", "3"),
        ("3", "1"),
        ("2", "9"),
        ("1", "1"),
    ]


def test_every_number_has_as_many_rows_behind_it(manager):
    content = drawn(manager)
    expected = {
        "csat_average\nvalue:5": 10,
        "csat_average\nvalue:2": 9,
        "csat_score": 24,
        f"csat_score\nagent:{LUANA}": 12,
        f"csat_score\nagent:{JOAO}\npart:neutral": 1,
        f"csat_adjusted\nagent:{JOAO}": 9,
        f"dsat_score\nagent:{LUANA}\nvalue:1": 9,
        "csat_score\nreason:Acesso e senha": 12,
        "csat_response_rate": 30,
        "csat_score\nweek:2026-11-16": 24,
    }
    known = links(content)
    for target, count in expected.items():
        assert target in known, known
        assert count_behind(manager, target) == count


@pytest.mark.parametrize(
    ("focus", "order"),
    [
        ("", ["Luana Tavares", "João Vitor Lacerda"]),
        ("?focus=best", ["João Vitor Lacerda", "Luana Tavares"]),
        ("?focus=negatives", ["Luana Tavares", "João Vitor Lacerda"]),
        ("?focus=volume", ["Luana Tavares", "João Vitor Lacerda"]),
    ],
)
def test_the_focus_orders_and_nobody_with_few_ratings_has_a_place(manager, focus, order):
    content = drawn(manager, focus)
    assert names(content, "agent") == order
    few = words(of_class(by_id(content, "quality--csat_by_agent"), "ranks-few")[-1])
    assert few.startswith("Poucas avaliações (menos de 10), sem posição:")
    assert "Felipe Yamamoto (n 2)" in few


def test_without_enough_ratings_there_is_no_ranking_at_all(fresh):
    browser = fresh(current=snapshot([rated("a", 5)])).browser(MANAGER)
    content = drawn(browser)
    assert names(content, "agent") == []
    assert "Ninguém e nada tem 10 notas ainda" in words(content)
    assert "100,0 %" in words(by_id(content, "quality--csat_score"))


def test_weeks_before_the_period_are_there_to_compare_and_open_nothing(manager):
    figure = next(one for one in walk(drawn(manager)) if one["type"] == "Graph")["props"]["figure"]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "23/11<br>n 0"
    marks = [mark for trace in figure["data"] for mark in trace.get("customdata", [])]
    assert {mark[0] for mark in marks} == {"2026-11-16"}


def test_days_are_as_many_as_the_period_has(manager):
    content = drawn(manager, "?trend=day&from=2026-11-19&to=2026-11-20")
    rows = of_class(by_id(content, "quality--csat_trend"), "grid-table")[0]
    body = rows["props"]["children"][1]["props"]["children"]
    assert [words(row) for row in body] == [
        "qui 19 nov 0,0% 0,0 – 29,9 9",
        "sex 20 nov 86,7% 62,1 – 96,3 15",
    ]


def test_no_ratings_at_all_is_said_in_words(fresh):
    browser = fresh(current=snapshot([conversation("a"), conversation("b")])).browser(MANAGER)
    said = words(drawn(browser))
    assert "Há 2 conversas fechadas no período" in said
    assert "0,0" not in said


def test_a_missing_reason_attribute_is_said(fresh):
    rows = [{k: v for k, v in rated("a", 5).items() if k != REASON}]
    content = drawn(fresh(current=snapshot(rows)).browser(MANAGER))
    said = words(by_id(content, "quality--csat_by_reason"))
    assert "O atributo «Motivo de Contato» não existe nos dados" in said


def test_four_hundred_reasons_are_a_dozen_and_the_others(fresh):
    rows = [
        rated(f"{n}-{m}", 5 if m % 2 else 1, **{REASON: f"Motivo {n} <b>"})
        for n in range(400)
        for m in range(10)
    ]
    browser = fresh(current=snapshot(rows)).browser(MANAGER)
    content = drawn(browser)
    assert len(names(content, "reason")) == 12
    others = words(of_class(by_id(content, "quality--csat_by_reason"), "ranks-few")[0])
    assert others == "Outros 388 motivos, 3.880 notas somadas. Mostrar todos"
    assert len(names(drawn(browser, "?every=reason"), "reason")) == 400


def test_comments_are_those_with_words_newest_first(manager):
    shown = comments(manager)
    assert "10 das 10 têm texto" in words(shown)
    listed = [words(one) for one in of_class(shown, "comment-words")]
    assert listed[0] == HOSTILE
    assert listed[1] == "Senha recusada 11"
    assert len(listed) == 8


def test_bands_and_pages_and_words_choose_the_comments(manager):
    assert "2 das 13 têm texto" in words(comments(manager, "?band=positive"))
    assert "1 das 1 têm texto" in words(comments(manager, "?band=neutral"))
    second = comments(manager, "?comments_page=2")
    assert [words(one) for one in of_class(second, "comment-words")] == [
        "Senha recusada 4",
        "Senha recusada 3",
    ]
    found = comments(manager, "?comments_find=PESSIMO")
    assert [words(one) for one in of_class(found, "comment-words")] == [HOSTILE]
    nothing = comments(manager, "?comments_find=xyz")
    assert "Nenhum comentário com estas palavras" in words(nothing)


def test_a_comment_is_read_with_what_happened_before_it(manager):
    shown = comments(manager, "?comment=j9")
    [reader] = of_class(shown, "reader")
    said = words(reader)
    assert HOSTILE in said
    assert "Suporte N1 · nota pedida em 20 nov. 2026 12:00:00" in said
    assert "Reaberta 1 vez" in said
    moments = [words(one) for one in of_class(reader, "moments")[0]["props"]["children"]]
    assert moments == [
        "criada 20/11 09:00",
        "1ª resposta 20/11 09:40 + 40 min",
        "1º fechamento 20/11 10:00 + 20 min",
        "fechada 20/11 11:00 + 1 h",
        "nota pedida 20/11 12:00 + 1 h",
    ]
    assert len(of_class(reader, "moment-late")) == 1
    opening = next(one for one in walk(reader) if one["props"].get("target") == "_blank")
    assert opening["props"]["href"].endswith("/abc123/inbox/conversation/j9")


def test_an_address_of_a_comment_shows_its_page(manager):
    shown = comments(manager, "?comment=l3")
    [current] = [one for one in walk(shown) if one["props"].get("aria-current")]
    assert "Senha recusada 3" in words(current)
    assert "9 a 10 de 10" in words(shown)


def test_the_reader_does_not_draw_the_page_anew(manager):
    marker = page(manager, "?focus=best")["quality--version"]["data"]
    answer = manager.fire(
        CONTENT,
        **{
            "url.search": "?focus=best&comment=j9&band=all&comments_find=x&comments_page=2",
            "url.pathname": "/quality",
            "quality--version.data": marker,
        },
    )
    assert answer.status_code == 204 or "quality--content" not in answer.text


@pytest.mark.parametrize(
    "search", ["?band=x", "?comments_page=0", "?comments_page=x", "?team=" + "x" * 999]
)
def test_an_address_that_cannot_be_used_still_shows_comments(manager, search):
    assert "10 das 10 têm texto" in words(comments(manager, search))


def test_filters_hold_for_comments_too(manager):
    assert "9 das 9 têm texto" in words(comments(manager, f"?agent={LUANA}"))
    assert "10 das 10 têm texto" in words(comments(manager, f"?team={SUPPORT}"))


@pytest.mark.parametrize("output", [CONTENT, COMMENTS])
def test_an_analyst_gets_nothing_of_it(manager, output):
    browser = manager.world.browser(ANALYST)
    values = {"url.search": "", "url.pathname": "/quality"}
    assert browser.fire(output, **values).status_code == 403
    assert browser.get("/quality").status_code == 403


def test_the_addresses_of_the_page_lead_to_itself(manager):
    hrefs = [one["props"]["href"] for one in walk(drawn(manager)) if one["props"].get("data-go")]
    assert {urlsplit(href).path for href in hrefs} == {"/quality"}
