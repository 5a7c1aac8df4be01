"""The status page over HTTP: how everything is, links for televisions, emptying the cache."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.accounts.heartbeats import Heartbeats
from services.errors import UnavailableError
from services.robot.service import AlertService
from services.settings.config import Settings
from services.snapshot.manifest import History, SourceStatus
from tests.worlds.api_world import NOW, OK_SOURCES, conversation, person, snapshot
from tests.worlds.robot_world import LOST, WAITING, drawn, inbox, lay
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION, PASSWORD, Browser

WORD = re.compile(r"http://localhost(/wall/[\w-]+)")
META = {
    "app_id": "abc123",
    "requests_last_minute": {"intercom": 3, "aircall": 2},
    "causes": {"aircall": "unauthorized"},
    "cycle_seconds": {"intercom": 1.25, "aircall": None},
    "history_cut_at": "2026-10-01",
    "recheck": {
        "intercom": {
            "read_at": NOW.timestamp() - 180,
            "whole_since": NOW.timestamp() - 19 * 3600,
            "changed": 12,
            "removed": 3,
        },
        "aircall": {"read_at": None, "whole_since": None, "changed": 0, "removed": 0},
    },
}
FAILED = SourceStatus("failed", NOW - timedelta(minutes=9), "401", NOW - timedelta(minutes=6))


@pytest.fixture
def world(fresh):
    return lay(fresh())


def shown(world):
    output = "status--shown.data"
    return drawn(world.browser(MANAGER), output, **{"url.pathname": "/status"})


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("disk_full", "Disco cheio"),
        ("redis_full", "maxmemory"),
        ("evicts", "noeviction"),
        ("vanished", "RemoveIPC=no"),
    ],
)
def test_what_is_wrong_with_a_store_is_said_with_what_to_do(world, monkeypatch, trouble, words):
    assert words not in shown(world)
    monkeypatch.setattr(world.state, "find_troubles", lambda: [trouble])
    assert words in shown(world)


def do(world, act, **values):
    output = "status--link.children"
    answer = world.browser(MANAGER).fire(
        output, **{"status--action.data": {"act": act, "at": 1, **values}}
    )
    assert answer.status_code in (200, 204), answer.text
    return answer.get_json() if answer.status_code == 200 else {}


def made(world, name="Sala"):
    return WORD.search(json.dumps(do(world, "device", value=name)))[1]


def test_nobody_but_managers_gets_anything(world):
    outputs = [one for one in world.callback_ids() if one.strip(".").startswith("status--")]
    assert len(outputs) == 2
    for browser in (world.browser(ANALYST), world.screen()):
        assert browser.get("/status").status_code == 403
        for output in outputs:
            assert browser.fire(output).status_code == 403
    assert world.browser(MANAGER).get("/status").status_code == 200


def test_sources_say_what_is_wrong_and_what_to_do(fresh):
    other = replace(OK_SOURCES["intercom"], version="2.11", since=NOW - timedelta(hours=5))
    current = snapshot(
        [conversation(f"c{n}", is_call=n < 14) for n in range(16)],
        sources={"intercom": other, "aircall": FAILED},
        meta=META,
        history=History(37, 90, complete=False, first_day=date(2026, 10, 19)),
    )
    text = shown(lay(fresh(current=current), outbox=(WAITING,)))
    assert "Ponha uma chave válida em AIRCALL_TOKEN" in text
    assert "pedida 2.14, respondeu 2.11" in text
    assert "3 de 600" in text
    assert "Histórico: 37 de 90 dias" in text
    assert "Cortado em 01/10/2026" in text
    assert "Intercom: relido" in text
    assert "em 24 h: 12 mudaram, 3 apagadas lá e aqui" in text
    assert "Aircall: relido" not in text
    assert "14 conversas reconhecidas como ligações" in text
    assert "Último ciclo, Intercom" in text
    assert "Último ciclo, Aircall" not in text
    assert "1 mensagem espera o Slack" in text


def test_people_whom_only_one_vendor_knows_are_listed(fresh):
    people = [
        person("201", "João", "joao@example.com", voice_id="901"),
        person("202", "Sem Telefone", "sem@example.com"),
        person("voice:9", "Só Aircall", "so@example.com", team_ids=""),
    ]
    text = shown(lay(fresh(current=snapshot(people=people, calls=[]))))
    assert "1 pessoa só no Aircall" in text
    assert "so@example.com" in text
    assert "1 pessoa do time sem telefone" in text
    assert "sem@example.com" in text


def test_labels_of_the_settings_that_no_conversation_carries_are_listed(world):
    assert "«Tipo de Atendimento»" in shown(world)
    assert "«Motivo de Contato»" not in shown(world), "conversations carry it"


def test_before_the_first_version_and_where_the_robot_is_not_there(fresh):
    text = shown(fresh(starting=True))
    assert "Ainda não há dados" in text
    assert "primeira leitura" in text
    assert "O robô parou de avaliar" in shown(lay(fresh(), evaluated_at=None))


def test_what_never_reached_slack_is_told(fresh):
    assert "1 mensagem não chegou ao Slack" in shown(lay(fresh(), deliveries=(LOST,)))


def test_emptying_the_cache_is_asked_of_the_collector_and_noted(world):
    do(world, "clear")
    assert inbox(world) == [{"kind": "clear_cache", "by": MANAGER}]
    assert len(world.state.keys("audit/cache/")) == 1


def test_a_link_is_shown_once_opens_the_wall_and_ends_when_revoked(world):
    path = made(world, "  Sala   de\nreunião ")
    assert path.removeprefix("/wall/") not in shown(world)
    assert "Sala de reunião" in shown(world)
    assert "nunca aberta" in shown(world)
    screen = Browser(world)
    assert screen.get(path).status_code == 303
    assert screen.get("/operations?kiosk=1").status_code == 200
    [device] = world.sessions.name_devices()
    do(world, "revoke", device=device)
    assert screen.fire("page.children").status_code == 401
    assert world.sessions.name_devices() == {}
    assert Browser(world).get(path).status_code == 404


@pytest.mark.parametrize(
    "values",
    [{"act": "revoke"}, {"act": "revoke", "device": {}}, {"act": "revoke", "device": "x"}, {}],
)
def test_what_no_page_of_ours_sends_does_nothing(world, values):
    do(world, **{"act": "nothing", **values})
    assert world.state.keys("audit/device") == []


def test_the_link_of_a_deployment_behind_tls_is_a_secure_one(fresh):
    settings = Settings.model_validate({"server": {"behind_tls": True}})
    world, base = lay(fresh(settings=settings)), "https://localhost"
    client = world.browser().client
    page = client.get("/login", base_url=base)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    form = {"email": MANAGER, "password": PASSWORD, "csrf_token": token}
    client.post("/login", data=form, base_url=base)
    client.get("/status", base_url=base, headers=NAVIGATION)
    cookie = client.get_cookie("_csrf_token").value
    body = world.body(
        "status--link.children",
        **{"status--action.data": {"act": "device", "value": "x"}},
    )
    headers = {"X-CSRFToken": cookie, "Referer": f"{base}/status"}
    answer = client.post("/_dash-update-component", json=body, base_url=base, headers=headers)
    assert "https://localhost/wall/" in json.dumps(answer.get_json())


def test_an_open_wall_gives_a_sign_of_life_once_a_minute(world):
    screen = world.screen("TV da sala")
    screen.fire("page.children")
    [beat] = Heartbeats(world.state).load_all().values()
    assert (beat.kind, beat.name, beat.seen_at) == ("device", "TV da sala", world.now)
    world.now += 30
    screen.fire("page.children")
    assert [b.seen_at for b in Heartbeats(world.state).load_all().values()] == [beat.seen_at]
    world.now += 30
    screen.fire("page.children")
    assert [b.seen_at for b in Heartbeats(world.state).load_all().values()] == [world.now]


def test_a_wall_in_kiosk_mode_counts_and_another_page_does_not(world):
    browser = world.browser(ANALYST)
    output = "operations--version.data"
    browser.fire(output, **{"url.search": "", "url.pathname": "/operations"})
    assert Heartbeats(world.state).load_all() == {}
    browser.fire(output, **{"url.search": "?kiosk=1", "url.pathname": "/operations"})
    [beat] = Heartbeats(world.state).load_all().values()
    assert (beat.kind, beat.name) == ("kiosk", "João Vitor Lacerda")
    assert "modo quiosque" in shown(world)


def test_a_television_is_silent_here_when_the_rule_says_so(world):
    world.screen("TV da sala").fire("page.children")
    world.now += 400
    assert "1 TV sem sinal" in shown(world)
    AlertService(world.state, world.backend.decisions).change_rule(
        "wall_silent", {"minutes": 10}, by="Marina"
    )
    assert "sem sinal" not in shown(world)


def test_a_silent_television_is_told_in_working_hours_only(world):
    world.screen("TV da sala").fire("page.children")
    world.now += 301
    assert "1 TV sem sinal" in shown(world)
    world.now += 12 * 3600
    assert "sem sinal" not in shown(world)


def test_a_television_that_was_switched_off_says_what_to_do(world):
    screen = world.screen()
    screen.fire("page.children")
    [device] = world.sessions.name_devices()
    do(world, "revoke", device=device)
    answer = screen.get("/operations?kiosk=1")
    assert answer.status_code == 302
    page = screen.get(answer.headers["Location"])
    assert "Este painel foi desligado" in page.text
    assert "password" not in page.text
    assert 'name="password"' in screen.get("/login?person=1").text


def test_a_store_that_fails_does_not_take_the_wall_down(world, monkeypatch):
    def fail(*_):
        raise UnavailableError("busy")

    monkeypatch.setattr(Heartbeats, "note", fail)
    assert world.screen().fire("page.children").status_code == 200
