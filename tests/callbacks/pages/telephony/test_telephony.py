"""The page of the telephone, asked over HTTP as the browser does."""

import json

import pytest

from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from tests.worlds.api_world import JOAO, LUANA, OK_SOURCES, call, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, web

OUTPUT = "telephony--content.children"
PANEL = "side-panel.children"
LOST = {
    "answered_at": None,
    "has_recording": False,
    "user_id": None,
    "user_name": None,
    "user_email": None,
}
LINES = {"line_id": "1", "line_name": "Suporte", "line_digits": "+551130000001"}
SALES = {"line_id": "2", "line_name": "Comercial", "line_digits": "+551130000002"}
# Monday 16 and Tuesday 17 November 2026; São Paulo is three hours behind.
CALLS = [
    call("a1", "2026-11-16T12:05:00Z", **LINES),
    call("a2", "2026-11-16T12:40:00Z", digits="+5521955502222", **LINES),
    call("a3", "2026-11-17T13:10:00Z", digits=None, **SALES),
    call("a4", "2026-11-17T13:20:00Z", digits=None, **SALES),
    call("l1", "2026-11-16T12:50:00Z", missed_call_reason="abandoned_in_ivr", **LOST | LINES),
    call(
        "l2",
        "2026-11-17T18:00:00Z",
        missed_call_reason="agents_did_not_answer",
        digits="+5531955503333",
        **LOST | SALES,
    ),
    call(
        "p1",
        "2026-11-17T14:00:00Z",
        transferred_by_email="luana.tavares@example.com",
        transferred_by_id="902",
        transferred_to_email="joao.lacerda@example.com",
        transferred_to_id="901",
        digits="+5541955504444",
        **LINES,
    ),
    call("o1", "2026-11-17T15:00:00Z", direction="outbound", digits="+5551955505555", **LINES),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    current = snapshot(calls=CALLS)
    with web(tmp_path_factory.mktemp("web"), current=current) as found:
        yield found


def content(world, search="", email=MANAGER):
    values = {"url.search": search, "url.pathname": "/telephony"}
    answer = world.browser(email).fire(OUTPUT, **values)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["telephony--content"]["children"]


def rows(world, search):
    values = {"url.search": search, "url.pathname": "/telephony"}
    answer = world.browser(MANAGER).fire(PANEL, **values)
    assert answer.status_code == 200, answer.text
    return " ".join(words(answer.get_json()["response"]["side-panel"]["children"]).split())


def found(tree, test):
    """All components that pass, wherever they stand."""
    if isinstance(tree, list):
        return [one for part in tree for one in found(part, test)]
    if not isinstance(tree, dict):
        return []
    props = tree.get("props", {})
    here = [props] if test(props) else []
    return here + [one for part in props.values() for one in found(part, test)]


def panel(tree, key):
    (one,) = found(tree, lambda props: props.get("id") == f"telephony--{key}")
    return {"props": one}


def words(tree):
    if isinstance(tree, list):
        return " ".join(words(part) for part in tree)
    if isinstance(tree, dict):
        return words(tree.get("props", {}).get("children"))
    return "" if tree is None else str(tree)


def linked(tree, link):
    links = found(tree, lambda props: props.get("data-rows-link") == link)
    return words(next(one for one in links if "button" not in one["className"])["children"])


def test_the_week_counts_by_local_weekday_and_hour(world):
    week = panel(content(world), "calls_by_weekday_hour")
    assert linked(week, "calls_inbound\nweekday_hour:0-9") == "3"
    assert linked(week, "calls_inbound\nweekday_hour:1-10") == "2"
    assert linked(week, "calls_inbound\nweekday:1") == "4"
    assert linked(week, "calls_inbound\nhour:9") == "3"
    assert linked(week, "calls_inbound") == "7"


def test_the_mean_divides_by_how_often_the_weekday_occurred(world):
    # 28 days up to 24 November have four Mondays and four Tuesdays.
    week = panel(content(world, "?heat=mean"), "calls_by_weekday_hour")
    assert linked(week, "calls_inbound\nweekday_hour:0-9") == "0,8"
    assert "Dia mais cheio: terça, 1,0 em cada" in words(week)


def test_every_cell_opens_as_many_rows_as_it_says(world):
    panels = found(content(world), lambda props: "data-rows-link" in props)
    counts = {p["data-rows-link"]: words(p["children"]) for p in panels}
    told = {link: said for link, said in counts.items() if said.isdecimal()}
    assert len(told) > 35
    for link, said in told.items():
        key, *cells = link.split("\n")
        search = f"?rows={key}" + "".join(f"&cell={cell}" for cell in cells)
        heading = rows(world, search)
        assert f" {said} liga" in heading, link


def test_a_line_in_the_address_narrows_everything(world):
    tree = content(world, "?line=2")
    assert linked(panel(tree, "calls_by_weekday_hour"), "calls_inbound") == "3"
    assert "Linhas: Comercial" in json.dumps(tree, ensure_ascii=False)
    assert "3 liga" in rows(world, "?line=2&rows=calls_inbound")


def test_the_main_lines_are_a_choice_where_the_settings_name_them(tmp_path):
    settings = Settings.model_validate({"telephony": {"main_lines": ["Suporte"]}})
    with web(tmp_path, current=snapshot(calls=CALLS), settings=settings) as world:
        tree = content(world, "?line=main")
        assert linked(panel(tree, "calls_by_weekday_hour"), "calls_inbound") == "4"
        assert "4 liga" in rows(world, "?line=main&rows=calls_inbound")


def test_outcomes_say_why_calls_were_lost(world):
    outcomes = panel(content(world), "outcomes")
    assert "Atendidas 5" in " ".join(words(outcomes).split())
    assert "Contam na perda: 2" in words(outcomes)
    assert "Perda de 28,6% entre 7" in words(outcomes)


def test_a_transfer_goes_from_one_to_another(world):
    table = panel(content(world), "transfers")
    link = f"transfers\ntransferred_by:{LUANA}\ntransferred_to:{JOAO}"
    assert linked(table, link) == "1"
    assert "João Vitor Lacerda (1×)" in words(panel(content(world), "calls_per_agent"))


def test_anonymous_callers_are_never_put_together(world):
    table = words(panel(content(world), "recurring_callers"))
    assert "+5511955501234" in table
    assert "1 número com 2 ou mais" in table


def test_who_was_lost_is_owed_a_call(world):
    table = words(panel(content(world), "callback_debt"))
    assert "+5531955503333" in table
    assert "+5511955501234" in table
    assert "2 pessoas" in table


def test_no_number_stands_in_an_address(world):
    links = found(content(world), lambda props: "href" in props)
    assert not [link["href"] for link in links if "95550" in link["href"]]


def test_calls_have_their_recordings(world):
    listed = panel(content(world), "calls")
    (link,) = found(listed, lambda props: props.get("href") == "/calls/a1/recording")
    assert link["target"] == "_blank"


def test_aircall_off_is_said_in_words(tmp_path):
    sources = {**OK_SOURCES, "aircall": SourceStatus("off", None)}
    with web(tmp_path, current=snapshot(calls=[], sources=sources)) as world:
        assert "O Aircall não está ligado" in words(content(world))


@pytest.mark.parametrize("search", ["?from=2026-11-01&to=2026-11-01", "?line=nowhere"])
def test_no_calls_is_said_in_words(world, search):
    assert "Nenhuma ligação aqui" in words(content(world, search))


def test_one_call_on_one_day_is_drawn(tmp_path):
    with web(tmp_path, current=snapshot(calls=CALLS[:1])) as world:
        tree = content(world, "?from=2026-11-16&to=2026-11-16")
        assert linked(panel(tree, "calls_by_weekday_hour"), "calls_inbound") == "1"
        assert "Nenhuma ligação perdida" in words(panel(tree, "lost_by_hour"))


def test_a_hostile_name_is_only_text(tmp_path):
    name = "<img src=x onerror=alert(1)>"
    hostile = call("h1", "2026-11-16T12:05:00Z", contact_name=name, line_name=name, id="a/../b?c")
    with web(tmp_path, current=snapshot(calls=[hostile])) as world:
        tree = content(world)
        assert name in words(panel(tree, "lines_table"))
        assert "/calls/a%2F..%2Fb%3Fc/recording" in json.dumps(tree)


def test_an_analyst_sees_no_telephony(world):
    values = {"url.search": "", "url.pathname": "/telephony"}
    assert world.browser(ANALYST).fire(OUTPUT, **values).status_code == 403
