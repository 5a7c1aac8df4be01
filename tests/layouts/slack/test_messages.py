import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from layouts.i18n import text_for
from layouts.slack.messages import Messages
from layouts.slack.mrkdwn import cut, link, name
from metrics.alerts.model import Directory, Message, Notice, Problem
from metrics.alerts.rules import RULES
from services.settings.config import Settings
from services.settings.links import IntercomLinks

NOW = 1_795_532_400.0  # 24 November 2026, 15:00 in UTC, noon in São Paulo
ZONE = ZoneInfo("America/Sao_Paulo")
URL = "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"
PEOPLE = {"201": "Luana Tavares", "202": "Ana Beatriz Nogueira"}
LINKS = IntercomLinks(Settings(), "abc123")
DIRECTORY = Directory(PEOPLE, {"6101": "Suporte N1"}, LINKS.conversation)
NBSP = "\N{NO-BREAK SPACE}"

QUEUE = Problem(
    "queue",
    "queue:team:6101",
    "critical",
    6,
    1,
    since=NOW - 22 * 60 - 41,
    team_id="6101",
    team="Suporte N1",
    tickets=("4821", "4830", "4836", "4837", "4838", "4839"),
    hands=(("201", 4), ("202", 8)),
)
LOAD = Problem(
    "overload", "overload:agent:201", "warning", 12, 10, agent_id="201", facts={"ours": 8}
)
ORPHANED = Problem(
    "orphaned", "orphaned:agent:201", "warning", 2, 1, since=NOW - 1200, agent_id="201"
)
AI_STUCK = Problem("ai_stuck", "ai_stuck:all", "warning", 2, 1, since=NOW - 1200)
SPIKE = Problem("spike", "spike:agent:201", "warning", 4, 3, agent_id="201", facts={"minutes": 30})
TEXT = Problem("staffing_text", "staffing_text:all", "warning", 1, 4, hands=(("201", 0),))
VOICE = Problem("staffing_voice", "staffing_voice:all", "warning", 0, 2)
STALE = Problem(
    "stale",
    "stale:source:aircall",
    "info",
    360,
    300,
    unit="seconds",
    since=NOW - 360,
    source="aircall",
    facts={"as_of": NOW - 400},
)
SILENT = Problem(
    "wall_silent",
    "wall_silent:screen:ab12",
    "warning",
    420,
    300,
    unit="seconds",
    since=NOW - 420,
    screen_id="ab12",
    screen="Sala 2",
)
ALL = (QUEUE, ORPHANED, AI_STUCK, LOAD, SPIKE, TEXT, VOICE, STALE, SILENT)


def notice(problem, **values):
    return Notice(
        **{"event": "fired", "problem": problem, "fired_at": NOW, "peak": problem.value, **values}
    )


def drawn(*notices, language="pt-BR", directory=DIRECTORY, message=None, **values):
    words = Messages(text_for(language), ZONE, **values)
    return words(Message(tuple(notices), NOW, directory, **(message or {})))


def texts(payload):
    return [
        part["text"]
        for block in payload["blocks"]
        for part in ([block["text"]] if "text" in block else block["elements"])
    ]


def test_a_queue_is_told_with_its_team_its_age_who_can_help_and_links():
    payload = drawn(notice(QUEUE))
    assert payload["text"] == "6 na fila do Suporte N1, o mais antigo há 22:41"
    fact, course = texts(payload)
    assert fact.splitlines() == [
        ":red_circle: *6 na fila do Suporte N1, o mais antigo há 22:41*",
        "Podem pegar agora: Luana Tavares (4 abertas) e Ana Beatriz Nogueira (8 abertas).",
        "Conversas "
        + ", ".join(
            f"<{URL.replace('{app_id}', 'abc123').replace('{id}', n)}|{n}>"
            for n in QUEUE.tickets[:5]
        )
        + " e mais 1.",
    ]
    assert course == "Crítico · desde 12:00"


def test_the_end_says_how_long_and_how_bad():
    over = notice(QUEUE, event="ended", fired_at=NOW - 840, ended_at=NOW, ending="resolved", peak=6)
    payload = drawn(over)
    assert payload["text"] == f"Fila do Suporte N1 vazia. Resolvido após 14{NBSP}min, pico 6"
    assert texts(payload) == [
        ":white_check_mark: *Fila do Suporte N1 vazia*",
        f"Resolvido após 14{NBSP}min, pico 6",
    ]


@pytest.mark.parametrize(
    ("problem", "portuguese", "english"),
    [
        (
            LOAD,
            "Luana Tavares com 12 abertas, limite 10",
            "Luana Tavares has 12 open, limit 10",
        ),
        (
            SPIKE,
            "4 chegadas para Luana Tavares em 30 min",
            "4 arrivals for Luana Tavares in 30 min",
        ),
        (TEXT, "1 pessoa no chat, meta 4", "1 person on chat, goal 4"),
        (VOICE, "0 pessoas no telefone, meta 2", "0 people on the phone, goal 2"),
        (
            STALE,
            f"Aircall sem resposta há 6{NBSP}min",
            f"No answer from Aircall for 6{NBSP}min",
        ),
        (
            SILENT,
            f"A TV «Sala 2» não dá sinal há 7{NBSP}min",
            f"No sign of life from the TV “Sala 2” for 7{NBSP}min",
        ),
    ],
)
def test_each_rule_has_its_fact_in_both_languages(problem, portuguese, english):
    assert drawn(notice(problem))["text"] == portuguese
    assert drawn(notice(problem), language="en")["text"] == english


def test_a_television_is_looked_for_and_its_end_says_why():
    assert texts(drawn(notice(SILENT)))[0].splitlines()[1].startswith("Veja se está ligada")
    times = {"event": "ended", "fired_at": NOW - 840, "ended_at": NOW}
    back = drawn(notice(SILENT, ending="resolved", **times))["text"]
    assert back == f"A TV «Sala 2» voltou a dar sinal. Resolvido após 14{NBSP}min"
    gone = drawn(notice(SILENT, ending="revoked", **times))["text"]
    assert texts(drawn(notice(SILENT, ending="resolved", **times)))[0].startswith(":white_check")
    assert texts(drawn(notice(SILENT, ending="revoked", **times)))[0].startswith(":white_circle")
    assert gone == f"TV «Sala 2» sem sinal. Link revogado após 14{NBSP}min"


def test_the_name_of_a_television_says_nothing_to_slack():
    hostile = replace(SILENT, screen="<!channel> *TV* \u202e|x>" + "y" * 99)
    words = json.dumps(drawn(notice(hostile)), ensure_ascii=False)
    assert "<!channel>" not in words
    assert "\u202e" not in words
    assert "y" * 61 not in words


def test_old_data_say_from_when_the_figures_are():
    assert "Os números que vêm dele são das 11:53." in texts(drawn(notice(STALE)))[0]


def test_an_adaptive_spike_says_what_is_usual():
    problem = Problem(
        "spike",
        "spike:team:6101",
        "warning",
        9,
        3,
        team_id="6101",
        team="Suporte N1",
        facts={"minutes": 30, "expected": 2.4},
    )
    assert drawn(notice(problem))["text"] == ("9 chegadas para Suporte N1 em 30 min, o usual é 2,4")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("language", ["pt-BR", "en"])
@pytest.mark.parametrize("ending", ["resolved", "hours", "off", "revoked"])
def test_every_rule_has_words_for_every_end(rule, language, ending):
    problem = next(problem for problem in ALL if problem.rule == rule)
    over = notice(problem, event="ended", ended_at=NOW + 60, ending=ending)
    assert len(texts(drawn(over, language=language))) == 2
    assert len(texts(drawn(notice(problem, event="repeated"), language=language))) == 2


def test_what_nobody_looks_at_any_more_is_not_said_to_be_well():
    over = notice(TEXT, ended_at=NOW + 4680, ending="hours")
    assert drawn(over)["text"] == (
        f"Chat abaixo da meta. Expediente encerrado após 1{NBSP}h{NBSP}18"
    )


def test_only_critical_problems_that_nobody_has_call_somebody():
    called = {"mention": "<!subteam^S024>"}
    assert drawn(notice(QUEUE), **called)["text"].startswith("<!subteam^S024> ")
    taken = notice(QUEUE, acknowledged_by="Marina", acknowledged_at=NOW)
    over = notice(QUEUE, ended_at=NOW, ending="resolved")
    for quiet in (notice(LOAD), taken, over):
        assert "subteam" not in json.dumps(drawn(quiet, **called))
    assert "assumido por Marina às 12:00" in texts(drawn(taken))[1]


def test_a_person_nobody_knows_any_more_and_a_workspace_without_id():
    payload = drawn(notice(LOAD), notice(QUEUE), directory=Directory())
    assert "Pessoa 201 com 12 abertas" in payload["text"]
    assert "Conversas 4821, 4830" in texts(payload)[2]


def test_many_problems_fit_into_one_message():
    payload = drawn(*(notice(QUEUE) for _ in range(200)), mention="<!here>")
    assert len(payload["blocks"]) <= 50
    assert max(map(len, texts(payload))) <= 3000
    assert sum(map(len, texts(payload))) <= 13200
    assert "e mais" in texts(payload)[-1]
    assert len(payload["text"]) <= 3000


HOSTILE = [
    "<!channel>",
    "<https://evil.example|Clique>",
    "a & b",
    "*negrito* `código` ~riscado~",
    "\u202eesrever\u202c",
    "linha\num\x00\x07",
    "👩‍👩‍👧‍👦" * 30,
    "x" * 10_000,
    "&" * 10_000,
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_say_nothing_to_slack(hostile):
    links = IntercomLinks(Settings(), hostile)
    directory = Directory({"201": hostile, "202": hostile}, {}, links.conversation)
    problem = Problem(
        **{
            **vars(QUEUE),
            "team": hostile,
            "tickets": (hostile,) * 20,
        }
    )
    taken = notice(LOAD, acknowledged_by=hostile, acknowledged_at=NOW)
    payload = drawn(*(notice(problem) for _ in range(15)), taken, directory=directory)
    everything = json.dumps(payload, ensure_ascii=False)
    assert "<!channel>" not in everything
    assert "<https://evil" not in everything
    assert "\u202e" not in everything
    assert "\\u0000" not in everything
    assert all(1 <= len(text) <= 3000 for text in texts(payload))
    assert sum(map(len, texts(payload))) <= 13200
    for text in texts(payload):
        assert text.count("<") == text.count(">") == text.count("<https://app.intercom.com/")


def test_names_are_cut_between_emoji():
    family = "👩‍👩‍👧‍👦"
    assert cut(family * 3, 10) == family + "…"
    assert name("  Ana\n Beatriz ") == "Ana Beatriz"
    assert link("https://a.example/?x=1&y=|2", "a|b") == "<https://a.example/?x=1&amp;y=%7C2|a¦b>"


def test_a_digest_says_since_when_slack_was_silent():
    payload = drawn(notice(QUEUE), message={"silent_since": NOW - 3600})
    assert texts(payload)[0] == "Enquanto o Slack não respondia (desde 11:00)"


def test_the_wall_is_linked_while_something_goes_on():
    assert texts(drawn(notice(QUEUE), wall_url="http://vigia.local/operations"))[-1] == (
        "<http://vigia.local/operations|Abrir o painel>"
    )
    over = notice(QUEUE, ended_at=NOW, ending="resolved")
    assert "vigia.local" not in json.dumps(drawn(over, wall_url="http://vigia.local/operations"))


def test_a_test_message_names_who_asked():
    payload = drawn(message={"is_test": True, "asked_by": "Marina <b>"})
    assert "Pedido por Marina &lt;b&gt;." in payload["text"]
    assert drawn()["blocks"]


def test_a_team_whose_name_nobody_knows_is_never_its_bare_id():
    nameless = replace(QUEUE, team_id="777", team="")
    text = json.dumps(drawn(notice(nameless)), ensure_ascii=False)
    assert "Time excluído 777" in text
    assert "Deleted team 777" in json.dumps(drawn(notice(nameless), language="en"))
