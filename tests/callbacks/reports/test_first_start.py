"""Until the vendors were read once, no screen says anything that could be mistaken for a number."""

import json
from datetime import date

import pytest

from services.snapshot.manifest import History, SourceStatus
from tests.worlds.api_world import OK_SOURCES, snapshot
from tests.worlds.bi_world import of_class, words
from tests.worlds.web_world import MANAGER

SCREENS = {
    **{
        f"/{page}": f"{page}--content.children"
        for page in (
            *("overview", "quality", "times", "crosstabs", "telephony", "staffing"),
            *("backoffice", "details"),
        )
    },
    "/operations": "operations--message.children",
    "/analyst": "analyst--content.children",
    "/alerts": "alerts--notices.children",
}
# What nobody can know yet.
MISTAKEN = (
    "Fila vazia",
    "Fila em ordem",
    "config.yaml",
    "Nada neste",
    "já está certo",
    "ok em tudo",
)
AWAITED = {name: SourceStatus("starting") for name in OK_SOURCES}
NOTHING = History(0, 90, complete=False)


def ask(world, path, output, search=""):
    values = {"url.search": search, "url.pathname": path}
    answer = world.browser(MANAGER).fire(output, **values)
    assert answer.status_code == 200
    return json.loads(answer.get_data(as_text=True))


def frame(world):
    return json.dumps(ask(world, "/overview", "frame.data"), ensure_ascii=False)


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_says_what_is_awaited(fresh, path):
    empty = snapshot([], [], [], [], [], sources=AWAITED, history=NOTHING)
    told = json.dumps(ask(fresh(current=empty), path, SCREENS[path]), ensure_ascii=False)
    for said in ("Buscando os primeiros dados", "Intercom", "Aircall", "0 de 90 dias"):
        assert said in told
    assert [said for said in MISTAKEN if said in told] == []


def test_the_chip_does_not_call_empty_what_nobody_read(fresh):
    empty = snapshot([], [], [], [], [], sources=AWAITED, history=NOTHING)
    assert "fila não lida" in frame(fresh(current=empty))
    assert "fila não lida" in frame(fresh(starting=True))
    assert "fila não lida" not in frame(fresh(current=snapshot()))


def test_what_only_the_telephone_is_awaited_for_says_so_in_its_cards(fresh):
    half = snapshot(sources={**OK_SOURCES, "aircall": SourceStatus("starting")})
    cards = of_class(ask(fresh(current=half), "/overview", SCREENS["/overview"]), "kpi")
    waits = {words(card): "buscando os primeiros dados" in words(card) for card in cards}
    assert [wait for card, wait in waits.items() if "Ligações atendidas" in card] == [True]
    assert not any(wait for card, wait in waits.items() if "Conversas" in card)
    voice = json.dumps(ask(fresh(current=half), "/telephony", SCREENS["/telephony"]))
    assert "Buscando os primeiros dados" in voice


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?from=2026-06-10&to=2026-06-12", "Sem histórico de 10 jun a 12 jun 2026"),
        ("?from=2026-12-10&to=2026-12-12", "ainda não começou"),
    ],
)
def test_a_period_of_which_nothing_is_known_is_no_zero(world, search, said):
    drawn = ask(world, "/overview", SCREENS["/overview"], search)
    assert said in words(drawn["response"]["overview--content"]["children"])
    assert of_class(drawn, "kpi") == []


def test_a_period_that_begins_before_the_history_offers_its_loaded_part(world):
    for search in ("?from=2026-06-10&to=2026-06-12", "?from=2026-08-20&to=2026-08-29"):
        told = json.dumps(ask(world, "/overview", SCREENS["/overview"], search))
        assert "from=2026-08-27&to=2026-08-29" in told


def test_while_the_history_arrives_a_cut_period_says_of_which_days_it_is(fresh):
    current = snapshot(history=History(2, 90, complete=False, first_day=date(2026, 11, 23)))
    drawn = ask(fresh(current=current), "/overview", SCREENS["/overview"])
    banner = words(of_class(drawn, "banner"))
    assert "Histórico: 2 de 90 dias" in banner
    assert "Os números são só de 23 nov a 24 nov 2026" in banner


def test_a_period_with_today_says_until_when_it_is_compared(world):
    drawn = ask(world, "/overview", SCREENS["/overview"], "?period=today")
    told = [words(tick) for tick in of_class(drawn, "tick") if "data-until" in tick["props"]]
    assert set(told) == {"até 12:00"}
    drawn = ask(world, "/overview", SCREENS["/overview"], "?period=yesterday")
    assert not [tick for tick in of_class(drawn, "tick") if "data-until" in tick["props"]]
