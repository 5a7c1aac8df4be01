"""The wall over HTTP: who sees what, and when it is drawn anew."""

import json

import pytest

from tests.worlds.api_world import CALLS, CONVERSATIONS, JOAO, LUANA, call, conversation
from tests.worlds.api_world import snapshot as version
from tests.worlds.web_world import ANALYST, MANAGER, read_props, web

WALL = "operations--version.data"
CHOICES = "operations--choices.children"
DRAWER = "operations--drawer.children"
TODAY = [
    conversation("d1", "2026-11-24T13:00:00Z", subject="Segredo da Luana", agent_id=LUANA)
    | {"last_assignment_at": "2026-11-24T13:00:30Z"},
    conversation("d2", "2026-11-24T14:00:00Z", subject="Assunto do João")
    | {"last_assignment_at": "2026-11-24T14:00:30Z"},
]


@pytest.fixture(scope="module")
def wall(tmp_path_factory):
    current = version(
        conversations=[*CONVERSATIONS, *TODAY],
        calls=[*CALLS, call("t9", "2026-11-24T12:00:00Z")],
    )
    with web(tmp_path_factory.mktemp("wall"), current=current) as made:
        yield made


def drawn(browser, search="", **values):
    answer = browser.fire(WALL, **{"url.search": search, "url.pathname": "/operations", **values})
    assert answer.status_code == 200, answer.text
    return json.dumps(read_props(answer), ensure_ascii=False)


def read_shown(browser):
    """What the wall keeps of what it shows."""
    answer = browser.fire(WALL, **{"url.search": "", "url.pathname": "/operations"})
    return {WALL: read_props(answer)["operations--version"]["data"]}


def untouched(browser, **values):
    return browser.fire(WALL, **values).status_code == 204


def panel(browser, search):
    answer = browser.fire(DRAWER, **{"url.search": search, "url.pathname": "/operations"})
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_who_waits_and_who_can_take_the_next_one(wall):
    text = drawn(wall.browser(MANAGER))
    # c7 has waited for 20 minutes, the limit is 15.
    assert '"data-severity": "critical"' in text
    assert "João Vitor Lacerda" in text


def test_an_unchanged_version_is_not_drawn_again(wall):
    browser = wall.browser(MANAGER)
    values = {"url.search": "", "url.pathname": "/operations", **read_shown(browser)}
    assert untouched(browser, **values)


def test_opening_a_person_s_panel_does_not_draw_the_wall_again(wall):
    browser = wall.browser(MANAGER)
    values = {"url.search": f"?agent={JOAO}", "url.pathname": "/operations"}
    assert untouched(browser, **values, **read_shown(browser))


def test_another_page_is_left_alone(wall):
    values = {"url.search": "", "url.pathname": "/overview"}
    assert untouched(wall.browser(MANAGER), **values)


def test_a_manager_opens_conversations_and_anybody_s_panel(wall):
    browser = wall.browser(MANAGER)
    text = drawn(browser)
    assert "inbox/conversation/c7" in text
    assert "Segredo da Luana" in text
    opened = panel(browser, f"?agent={LUANA}")
    assert "Segredo da Luana" in opened
    assert "Assunto do João" not in opened


def test_the_panel_has_the_calls_with_their_recordings(wall):
    opened = panel(wall.browser(MANAGER), f"?agent={JOAO}")
    assert "/calls/t9/recording" in opened
    # Of an earlier day.
    assert "/calls/t1/recording" not in opened
    assert "/calls/t3/" not in opened


def test_48_hours_reach_further_back(wall):
    opened = panel(wall.browser(MANAGER), f"?agent={JOAO}&period=48h")
    # The outbound call t3 of the 22nd, 12:00 lies before; c6 is nobody's.
    assert "/calls/t9/recording" in opened
    assert "period=48h" in opened


def test_an_analyst_sees_names_and_counts_and_own_rows_only(wall):
    browser = wall.browser(ANALYST)
    text = drawn(browser)
    assert "Luana Tavares" in text
    assert "Segredo da Luana" not in text
    assert "Assunto do João" in text
    assert "inbox/conversation/c7" not in text
    assert f"agent={JOAO}" in text
    assert f"agent={LUANA}" not in text


def test_the_whole_line_names_customers_to_managers_alone(wall):
    manager, analyst = (drawn(wall.browser(who)) for who in (MANAGER, ANALYST))
    assert "Tudo o que espera" in manager
    assert "Tudo o que espera" in analyst
    assert "Boleto não chegou" in manager
    assert "Boleto" not in analyst
    assert "Tudo o que espera" in drawn(wall.browser(MANAGER), "?kind=chat&kind=ticket")
    assert "Boleto" not in drawn(wall.browser(MANAGER), "?kind=ticket")


def test_an_analyst_does_not_open_a_colleague_s_panel(wall):
    opened = panel(wall.browser(ANALYST), f"?agent={LUANA}")
    assert "Só gestores veem este número" in opened
    assert "Segredo da Luana" not in opened
    assert "Assunto do João" in panel(wall.browser(ANALYST), f"?agent={JOAO}")


@pytest.mark.parametrize("search", ["", "?kiosk=1", f"?agent={LUANA}"])
def test_a_screen_shows_nothing_of_customers(wall, search):
    text = drawn(wall.screen(), search)
    assert "Luana Tavares" in text
    assert "Segredo" not in text
    assert "Assunto do João" not in text
    assert "inbox/conversation" not in text
    assert "?agent=" not in text


@pytest.mark.parametrize("output", [DRAWER, CHOICES])
def test_a_screen_opens_no_panel(wall, output):
    assert wall.screen().fire(output, **{"url.search": f"?agent={LUANA}"}).status_code == 403


def test_a_manager_s_kiosk_shows_nothing_of_customers_either(wall):
    text = drawn(wall.browser(MANAGER), "?kiosk=1")
    assert "Segredo" not in text
    assert "inbox/conversation" not in text
    assert "passport" not in text


def test_a_wall_in_a_room_goes_round_the_teams_and_sounds(wall):
    text = drawn(wall.screen(), "?rotate=60&sound=1")
    assert '"data-rotate": "60"' in text
    assert '"data-teams": "6101\\n6102"' in text
    assert "wall-sound" in text
    plain = drawn(wall.screen())
    assert "data-rotate" not in plain
    assert "wall-sound" not in plain


def test_a_panel_of_nobody_says_so(wall):
    assert "Esta pessoa não está nos dados" in panel(wall.browser(MANAGER), "?agent=nobody")


def test_an_address_that_cannot_be_used_is_told_and_the_wall_is_there(wall):
    text = drawn(wall.browser(MANAGER), "?period=7d")
    assert "Endereço com um filtro que não dá para usar" in text
    assert "O período é hoje ou 48h. Mostrando hoje" in text
    assert "must be" not in text
    assert "Esta tela não conhece “<b>”" in drawn(wall.browser(MANAGER), "?<b>=1")
    assert '"data-severity": "critical"' in text


def test_the_switches_keep_the_rest_of_the_address(wall):
    values = {"url.search": "?team=6101", "url.pathname": "/operations"}
    answer = wall.browser(MANAGER).fire(CHOICES, **values)
    text = json.dumps(answer.get_json())
    assert "/operations?team=6101&period=48h" in text
    assert "/operations?team=6101&kiosk=1" in text


def test_before_the_first_version_it_says_that_it_starts(fresh):
    text = drawn(fresh(starting=True).browser(MANAGER))
    assert "Buscando os primeiros dados" in text


def test_a_wait_of_days_and_a_hostile_name_are_drawn(fresh):
    rows = [
        conversation(
            "e1",
            "2026-11-22T11:00:00Z",
            agent_id=None,
            state="open",
            waiting_since="2026-11-22T11:00:00Z",
            channel="<img src=x>",
        )
    ]
    text = drawn(fresh(current=version(conversations=rows)).browser(MANAGER))
    assert "2\N{NO-BREAK SPACE}d\N{NO-BREAK SPACE}04\N{NO-BREAK SPACE}h" in text
    assert "<img" not in text
