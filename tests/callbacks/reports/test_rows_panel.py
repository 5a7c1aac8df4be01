from urllib.parse import parse_qs, urlsplit

import pytest

from services.snapshot.call_decisions import load_decisions
from tests.worlds.api_world import conversation, snapshot
from tests.worlds.bi_world import BAR, LIST, PANEL, components, hostile, of_class, words
from tests.worlds.web_world import ANALYST, MANAGER, web


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=hostile()) as world:
        yield world.browser(MANAGER)


def fired(browser, output, search, path="/overview", **values):
    given = {"url.search": search, "url.pathname": path, **values}
    answer = browser.fire(output, **given)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def overview(browser, search=""):
    answer = fired(browser, BAR.format(page="overview"), search)
    return answer["overview--content"]["children"]


def panel(browser, search):
    return fired(browser, PANEL, search)["side-panel"]["children"]


def links(tree):
    return [c["props"] for c in components(tree) if "data-rows-link" in c["props"]]


def number(text):
    return int("".join(letter for letter in text if letter.isdigit()))


def test_every_count_on_the_page_opens_as_many_rows(manager):
    checked = 0
    for link in links(overview(manager)):
        key = link["data-rows-link"].split("\n")[0]
        told = words(link["children"]).strip()
        counts = key in ("conversations", "conversations_closed", "calls_answered", "open_now")
        if not told or not (counts or key == "top_reasons") or not told.replace(".", "").isdigit():
            continue
        search = "?" + urlsplit(link["href"]).query
        head = of_class(panel(manager, search), "rows-count")
        assert number(words(head)) == number(told), link["href"]
        checked += 1
    assert checked > 30


def test_shares_open_the_population_that_they_rest_on(manager):
    csat = next(x for x in links(overview(manager)) if x["data-rows-link"] == "csat_score")
    drawn = panel(manager, "?" + urlsplit(csat["href"]).query)
    assert words(of_class(drawn, "rows-count")) == "91"
    told = words(of_class(drawn, "rows-parts"))
    assert "todas 91" in told
    assert "4 e 5 37" in told
    assert "1 a 3 54" in told


def test_marks_of_charts_carry_the_key_of_their_cell(manager):
    frames = [c["props"] for c in components(overview(manager)) if "data-rows" in c["props"]]
    told = {(f["data-rows"], f["data-by"]) for f in frames}
    assert told == {("conversations", by) for by in ("day", "hour", "agent")}


def test_the_list_comes_in_pages_and_turns(manager):
    drawn = fired(manager, LIST, "?rows=csat_score")["rows--list"]["children"]
    assert len([c for c in components(drawn) if c["type"] == "Li"]) == 50
    assert "1 a 50 de 91" in words(drawn)
    turn = of_class(drawn, "icon-button")[0]["props"]
    assert parse_qs(urlsplit(turn["href"]).query)["rows_page"] == ["2"]
    drawn = fired(manager, LIST, "?rows=csat_score&rows_page=2")["rows--list"]["children"]
    assert "51 a 91 de 91" in words(drawn)


def test_a_search_ignores_accents_and_capitals(manager):
    found = fired(manager, LIST, "?rows=conversations&rows_find=JOAO boleto")["rows--list"]
    lines = [c for c in components(found["children"]) if c["type"] == "Li"]
    assert lines
    assert all("João" in words(line) for line in lines)
    nothing = fired(manager, LIST, "?rows=conversations&rows_find=zzz")["rows--list"]
    assert "Nenhuma linha" in words(nothing["children"])


def test_hostile_words_stay_words(manager):
    drawn = fired(manager, LIST, "?rows=conversations")["rows--list"]["children"]
    assert "<script>alert(1)</script>" in words(drawn)


def test_a_list_that_does_not_exist_says_so(manager):
    for search in ("?rows=moon", "?rows=conversations&cell=moon:1", "?rows=open_now&cell=day:x"):
        assert "não pode ser aberta" in words(panel(manager, search))


def test_without_rows_in_the_address_nothing_is_open(manager):
    assert panel(manager, "?period=7d") is None


def test_opening_a_list_draws_nothing_anew(manager):
    output = BAR.format(page="overview")
    first = fired(manager, output, "?period=90d")
    marker = first["overview--version"]["data"]
    answer = manager.fire(
        output,
        **{
            "url.search": "?period=90d&rows=conversations&table=daily",
            "url.pathname": "/overview",
            "overview--version.data": marker,
        },
    )
    assert answer.status_code == 204 or not answer.get_json()["response"]


def test_an_unreadable_address_says_what_is_wrong(manager):
    assert "colour" in words(of_class(overview(manager, "?colour=red"), "banner"))
    assert "Data final" in words(overview(manager, "?from=2026-11-20&to=2026-11-01"))


def test_filters_narrow_the_list_as_they_narrow_the_number(manager):
    drawn = panel(manager, "?origin=teammate&rows=conversations")
    assert words(of_class(drawn, "rows-count")) == "1"


def test_only_managers_are_answered(tmp_path):
    with web(tmp_path) as world:
        analyst = world.browser(ANALYST)
        for output in (PANEL, LIST, BAR.format(page="overview"), BAR.format(page="details")):
            answer = analyst.fire(output, **{"url.search": "", "url.pathname": "/overview"})
            assert answer.status_code == 403


def test_attributes_and_values_are_offered_with_their_counts(manager):
    output = "filters--attributes.children"
    drawn = fired(manager, output, "?period=90d")["filters--attributes"]["children"]
    assert "Motivo de Contato" in words(drawn)
    drawn = fired(
        manager, output, "?period=90d", **{"filters--label.data": ["Motivo de Contato", ""]}
    )["filters--attributes"]["children"]
    list_of_values = next(c["props"] for c in components(drawn) if c["type"] == "Checklist")
    values = {option["value"] for option in list_of_values["options"]}
    assert {"Boleto e pagamento", "=cmd|'/C calc'!A0", ""} <= values


def test_a_conversation_taken_for_a_call_is_overruled_and_that_is_taken_back(tmp_path):
    rows = [conversation("c1", is_call=True), conversation("c2")]
    with web(tmp_path, current=snapshot(rows)) as world:
        browser, search = world.browser(MANAGER), "?rows=recognised_calls"

        def buttons():
            drawn = fired(browser, LIST, search)["rows--list"]["children"]
            [line] = [c for c in components(drawn) if c["type"] == "Li"]
            [button] = [c["props"] for c in components(line) if c["type"] == "Button"]
            return button["data-act"], button["data-name"], words(line)

        def decide(act, name):
            data = {"act": act, "name": name, "at": 1}
            return browser.fire("rows--done.data", **{"rows--action.data": data})

        assert words(of_class(panel(browser, search), "rows-count")) == "1"
        act, name, line = buttons()
        assert (act, name) == ("rows.conversation", "c1")
        assert "pela marca" in line
        assert decide("conversation", "c1").status_code == 200
        [(kept, decision)] = load_decisions(world.state).items()
        assert (kept, decision.by) == ("c1", MANAGER)
        act, _, line = buttons()
        assert act == "rows.call"
        assert f"conta como conversa ({MANAGER}" in line
        decide("call", "c1")
        assert load_decisions(world.state) == {}
        noted = [entry.about for entry in world.backend.audit.list_entries({"logged_call"})]
        assert {about["did"] for about in noted} == {"call", "conversation"}
        # What does not look like a call is nobody's to decide.
        for act, name in (("conversation", "c2"), ("conversation", "<x>"), ("else", "c1")):
            decide(act, name)
        assert load_decisions(world.state) == {}
        data = {"act": "conversation", "name": "c1"}
        refused = world.browser(ANALYST).fire("rows--done.data", **{"rows--action.data": data})
        assert refused.status_code == 403
