"""The alerts page over HTTP: what a manager sees and does, and nobody else."""

from dataclasses import replace

import pytest

from metrics.alerts.model import Problem
from services.robot.service import AlertService
from services.robot.state import Delivery, Incident, SlackStatus
from services.settings.config import Settings
from tests.worlds.api_world import JOAO, LUANA, person, snapshot
from tests.worlds.robot_world import (
    AT,
    GOOD,
    LIVE,
    LOST,
    PAST,
    WAITING,
    drawn,
    inbox,
    lay,
)
from tests.worlds.web_world import ANALYST, MANAGER

HOSTILE = '<img src=x onerror="alert(1)">\u202eevil & Co.'


@pytest.fixture
def world(fresh):
    return lay(fresh(), PAST, incidents=LIVE, deliveries=(GOOD,))


def shown(world, search="", email=MANAGER):
    at = {"url.pathname": "/alerts", "url.search": search}
    return drawn(world.browser(email), "alerts--shown.data", **at)


def rules(world):
    return drawn(world.browser(MANAGER), "alerts--rules.children")


def do(world, act, **values):
    output = "alerts--download.data"
    answer = world.browser(MANAGER).fire(
        output, **{"alerts--action.data": {"act": act, "at": 1, **values}}
    )
    assert answer.status_code in (200, 204), answer.text
    return (answer.get_json() or {}).get("response", {}) if answer.status_code == 200 else {}


def said(response):
    return response["alerts--done"]["data"]["said"]


def view(world, rule):
    service = AlertService(world.state, world.backend.decisions, lambda: AT)
    return {one.rule: one for one in service.get_overview().rules}[rule]


def test_nobody_but_managers_gets_anything(world):
    outputs = [one for one in world.callback_ids() if one.strip(".").startswith("alerts--")]
    assert len(outputs) == 3
    for browser in (world.browser(ANALYST), world.screen()):
        assert browser.get("/alerts").status_code == 403
        for output in outputs:
            assert browser.fire(output).status_code == 403
    assert world.browser(MANAGER).get("/alerts").status_code == 200


def test_live_problems_say_what_where_who_and_what_to_do(world):
    text = shown(world)
    assert "6 na fila do Suporte N1, o mais antigo há " in text
    assert "22:41" in text
    assert "ninguém assumiu" in text
    assert "assumido por Ingrid Hoffmann às 11:26" in text
    assert "https://app.intercom.com/a/inbox/abc123/inbox/conversation/4821" in text
    assert '"data-act": "alerts.acknowledge"' in text
    assert "avaliado" in text
    assert "Slack entregou 1 de 1 hoje" in text


def test_only_the_worst_of_all_is_a_solid_block(fresh):
    incidents = tuple(type(LIVE[0])(f"l{n}", LIVE[0].problem, AT - 60 * n, 6) for n in range(40))
    text = shown(lay(fresh(), incidents=incidents))
    assert text.count("problem-solid") == 1
    assert "Mais 37 problemas" in text


def test_calm_is_told_only_while_somebody_looks(fresh):
    calm = lay(fresh())
    assert "Nada pede atenção" in shown(calm)
    assert "Nada disparou ainda" in shown(calm)
    silent = lay(fresh(), evaluated_at=AT - 7200)
    assert "Nada pede atenção" not in shown(silent)
    assert "O robô parou de avaliar" in shown(silent)
    assert "O robô ainda não avaliou nada" in shown(fresh(starting=True))


def test_a_robot_that_may_not_speak_and_a_slack_that_fails_are_told(fresh):
    settings = Settings.model_validate({"alerts": {"enabled": False}})
    off = lay(fresh(settings=settings), slack=SlackStatus())
    assert "Os avisos estão desligados" in shown(off)
    assert "O Slack não está configurado" in shown(off)
    failed = lay(
        fresh(),
        slack=SlackStatus("failed", AT, None, "invalid_auth"),
        outbox=(WAITING,),
        deliveries=(LOST,),
    )
    text = shown(failed)
    assert "O Slack recusou a chave" in text
    assert "Sem conexão com o Slack" in text
    assert "O Slack não conhece o canal" in text


def test_hostile_names_are_text(fresh):
    people = [person(JOAO, HOSTILE, "x@example.com"), person(LUANA, "Luana", "l@example.com")]
    text = shown(lay(fresh(current=snapshot(people=people)), incidents=LIVE))
    assert "dangerously" not in text
    assert "\u202e" not in text
    assert "& Co. com 12 abertas" in text


def test_acknowledging_muting_and_testing_go_through_the_inbox(world):
    assert said(do(world, "acknowledge", life="q")).startswith("Assumido")
    do(world, "mute", life="q")
    do(world, "test")
    told = [{k: v for k, v in one.items() if k != "by"} for one in inbox(world)]
    told.sort(key=lambda one: str(one["kind"]))
    assert told == [
        {"kind": "acknowledge", "life": "q"},
        {"kind": "mute", "life": "q", "minutes": 30},
        {"kind": "test_message"},
    ]
    assert {one["by"] for one in inbox(world)} == {"Marina Falcão"}


def test_a_test_message_says_how_it_went(fresh):
    arrived = Delivery("t", "test", AT - 9, AT - 8, arrived=True)
    assert "Teste entregue às 11:59" in shown(lay(fresh(), deliveries=(arrived,)))
    lost = Delivery("t", "test", AT - 9, AT - 8, arrived=False, reason="not_in_channel")
    assert "O robô não está no canal" in shown(lay(fresh(), deliveries=(lost,)))
    off = lay(fresh(), slack=SlackStatus())
    assert "SLACK_WEBHOOK" in said(do(off, "test"))
    assert inbox(off) == []


def test_thresholds_are_changed_in_their_place_and_put_back(world):
    assert "Sobrecarga mudou" in said(do(world, "set", rule="overload", name="open", value=" 12 "))
    do(world, "set", rule="queue", name="minimum_wait_minutes", value="2,5")
    do(world, "set", rule="spike", name="probability", value="2%")
    do(world, "set", rule="spike", name="mode", value="adaptive")
    do(world, "set", rule="staffing_text", name="goal", value="3")
    assert view(world, "overload").settings["open"] == 12
    assert view(world, "overload").edited_by == "Marina Falcão"
    assert view(world, "queue").settings["minimum_wait_minutes"] == 2.5
    assert view(world, "spike").settings["probability"] == 0.02
    assert view(world, "staffing_text").settings["goal"] == 3
    assert "voltar ao padrão" in rules(world)
    do(world, "reset", rule="overload")
    assert view(world, "overload").settings["open"] == 10
    do(world, "off", rule="stale")
    assert not view(world, "stale").is_on
    do(world, "on", rule="stale")
    assert view(world, "stale").is_on


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("open", "0"),
        ("open", "dez"),
        ("open", ""),
        ("open", "1e999"),
        ("open", "nan"),
        ("open", "10.5"),
        ("severity", "catastrophic"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_plain_words(world, name, value):
    assert "não pode ser usado" in said(do(world, "set", rule="overload", name=name, value=value))
    assert view(world, "overload").edited == {}


@pytest.mark.parametrize(
    "values",
    [
        {"act": "acknowledge"},
        {"act": "acknowledge", "life": ["q"]},
        {"act": "set", "rule": "nothing", "name": "open", "value": "1"},
        {"act": "set", "rule": "overload", "name": "mode", "value": "fixed"},
        {"act": "set", "rule": "overload", "name": "x" * 99, "value": "1"},
        {"act": "reset", "rule": {}},
        {"act": "nonsense"},
        {"act": None},
    ],
)
def test_what_no_page_of_ours_sends_does_nothing(world, values):
    assert do(world, **values) == {}
    assert inbox(world) == []


def test_the_rules_are_saved_as_a_part_of_the_settings(world):
    do(world, "set", rule="overload", name="open", value="12")
    file = do(world, "export")["alerts--download"]["data"]
    assert file["filename"] == "vigia-alerts.yaml"
    assert "open: 12" in file["content"]


def test_a_rule_says_what_it_has_been_good_for(world):
    text = rules(world)
    # Of six lives the two that somebody took on reached 12; four others would not have fired.
    assert "proposta: 12 evitaria 4 dos 7" in text
    assert "por si só, mediana 1 h" in text
    assert "em 14 dias: fixa" in text


def test_the_history_is_filtered_by_its_address(world):
    assert "8 de 8 em 28 dias" in shown(world)
    assert "1 de 1 em 28 dias" in shown(world, "?rule=queue")
    assert "7 de 7 em 28 dias" in shown(world, f"?who=agent%3A{JOAO}")
    assert "2 de 8 em 28 dias" in shown(world, "?lines=2")
    assert "Nada neste filtro" in shown(world, "?rule=stale")
    assert "Endereço com um filtro" in shown(world, "?days=1000")
    assert "Endereço com um filtro" in shown(world, "?who=<script>")


def test_what_has_not_reached_slack_is_not_told_to_have_been(fresh):
    events = ((AT - 700, "fired", 6.0), (AT - 700, "told", 6.0))
    incident = replace(LIVE[0], events=events)
    waits = replace(WAITING, items=(("q", "fired"),))
    waiting = shown(lay(fresh(), incidents=(incident,), outbox=(waits,)))
    assert "aviso com 6 ainda não chegou ao Slack" in waiting
    assert "disparou no Slack" not in waiting
    assert "espera o Slack" in waiting
    lost = Delivery(
        "1", "say", AT - 700, AT - 699, arrived=False, incident_ids=("q",), reason="no_service"
    )
    refused = shown(lay(fresh(), incidents=(incident,), deliveries=(lost,)))
    assert "aviso com 6 ainda não chegou ao Slack" in refused
    assert "Não chegou: Este webhook não existe mais" in refused
    arrived = shown(lay(fresh(), incidents=(incident,), deliveries=(replace(lost, arrived=True),)))
    assert "disparou no Slack com 6" in arrived
    assert "Slack, 2 mensagens" in arrived


def test_a_silent_television_is_shown_by_its_name_with_the_way_to_the_screens(fresh):
    problem = Problem(
        "wall_silent", "wall_silent:screen:ab12", "warning", 420, 300, unit="seconds",
        since=AT - 420, screen_id="ab12", screen=f"Sala 2 {HOSTILE}",
    )  # fmt: skip
    over = Incident("gone", problem, AT - 90000, 600, ended_at=AT - 86000, ending="revoked")
    world = lay(fresh(), (over,), incidents=(Incident("tv", problem, AT - 120, 420),))
    text = shown(world)
    assert "A TV «Sala 2 <img src=x" in text
    assert "não dá sinal há 7 min" in text
    assert "\\u202e" not in text
    assert "Ver Estado" in text
    assert "Abrir a fila" not in text
    assert "link revogado" in text
    assert "2 de 2 em 28 dias" in shown(world, "?who=screen%3Aab12")
    assert "2 de 2 em 28 dias" in shown(world, "?rule=wall_silent")


def test_the_navigation_counts_critical_problems(world, fresh):
    output = "frame.data"
    assert '"children": "1"' in drawn(world.browser(MANAGER), output)
    calm = drawn(lay(fresh()).browser(MANAGER), output)
    assert "nav-count" not in calm
    assert "nav-alerts" in calm
    assert "nav-alerts" not in drawn(world.browser(ANALYST), output)


def test_what_a_file_fixes_is_told_with_its_place_and_does_not_change(world):
    world.backend.decisions.fixed = {"alerts.overload.open": "/etc/own.yaml:7"}
    words = said(do(world, "set", rule="overload", name="open", value="12"))
    assert words == "Fixado em /etc/own.yaml:7; só muda lá."
    assert view(world, "overload").settings["open"] == 10
    assert "/etc/own.yaml:7" in rules(world)
