"""The settings page: what a manager decides there, and what nobody can make it do."""

import json

import pytest
import yaml

from callbacks.pages.settings.figures import explain, find_group, find_kind
from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import LANGUAGES, text_for
from layouts.pages.settings.data import GROUPS, TOKEN_FORMS
from layouts.pages.settings.page import name_setting, spell
from metrics.alerts.rules import RULES
from services.settings.config import Settings
from services.settings.decisions import FIELDS, TOKENS, Decisions, Problem, get_value
from tests.worlds.web_world import ANALYST, MANAGER, read_props

SHOW = "settings--group.children"
TOKEN = "dG9rOm-a-token-of-intercom-7788"


@pytest.fixture
def world(fresh):
    return fresh()


def fire(world, act, draft=None, **values):
    data = {"act": act, "at": 1, **values}
    answer = world.browser(MANAGER).fire(
        "settings--done.data", **{"settings--action.data": data, "settings--draft.data": draft}
    )
    assert answer.status_code in (200, 204), answer.text
    return read_props(answer) if answer.status_code == 200 else {}


def said(response):
    return response["settings--done"]["data"]["said"]


def shown(world, group="operation", **done):
    values = {"url.pathname": "/settings", "url.search": f"?group={group}"}
    answer = world.browser(MANAGER).fire(SHOW, **values, **{"settings--done.data": done or None})
    return json.dumps(answer.get_json(), ensure_ascii=False)


def holds(world, path):
    return Decisions(world.state, world.settings).load().get(path)


def reader(language):
    text = text_for(language)
    return Context(text, Formats(text, Settings().zone), "dark", "manager", "Marina")


def test_nobody_but_managers_gets_anything(world):
    assert world.browser(ANALYST).get("/settings").status_code == 403
    answer = world.browser(ANALYST).fire(SHOW, **{"url.pathname": "/settings"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "value", "held"),
    [
        ("goals.classification", "95 %", 0.95),
        ("goals.online_text", "6", 6),
        ("targets.first_response_seconds", "7,5", 450),
        ("targets.close_seconds", "48", 172800),
        ("backoffice.enabled", "false", False),
        ("language", "en", "en"),
        ("slack.channel", " #suporte ", "#suporte"),
        ("access.idle_hours", "2", 2),
        ("attributes.reason", "Assunto", "Assunto"),
        ("alerts.working_hours", "always", "always"),
    ],
)
def test_a_value_is_typed_as_people_write_it(world, path, value, held):
    assert "guardado" in said(fire(world, "set", name=path, value=value))
    assert holds(world, path) == held
    assert "Marina Falcão" in shown(world, find_group(path))
    fire(world, "reset", name=path)
    assert holds(world, path) == get_value(Settings(), path)


def test_lists_and_pairs_grow_and_shrink_by_one(world):
    fire(world, "add", name="office_hours.saturday", value='["09:00-12:00"]')
    fire(world, "add", name="office_hours.holidays", value='["2026-12-25"]')
    fire(world, "add", name="telephony.shifts", value='["Noite", "22:00-06:00"]')
    fire(world, "add", name="classification.exclude", value='["Merged", "sim"]')
    fire(world, "add", name="teams", value='["6101"]')
    fire(world, "goal", name="teams", life="0", value="3")
    fire(world, "add", name="people", value='["a@example.com", "b@example.com"]')
    assert holds(world, "office_hours.saturday") == ["09:00-12:00"]
    assert holds(world, "office_hours.holidays") == ["2026-12-25"]
    assert holds(world, "telephony.shifts") == {"Noite": "22:00-06:00"}
    assert holds(world, "classification.exclude")["Merged"] == [True, "sim"]
    assert holds(world, "teams") == [{"id": "6101", "name": None, "online_text": 3}]
    assert holds(world, "people") == [{"intercom": "a@example.com", "aircall": "b@example.com"}]
    fire(world, "drop", name="teams", value="0")
    fire(world, "drop", name="telephony.shifts", value="Noite")
    assert (holds(world, "teams"), holds(world, "telephony.shifts")) == ([], {})


@pytest.mark.parametrize(
    ("act", "path", "value", "words"),
    [
        ("set", "goals.classification", "120", "«120»: O máximo é 100."),
        ("set", "goals.online_text", "dez", "«dez»: Use um número inteiro."),
        ("set", "goals.online_text", "2,5", "«2,5»: Use um número inteiro."),
        ("set", "targets.first_response_seconds", "0", "«0»: Precisa ser maior que 0."),
        ("set", "time_zone", "Brasil", "«Brasil»: Não é um fuso horário"),
        ("set", "language", "fr", "«fr»: Use um dos valores da lista."),
        ("add", "office_hours.monday", '["18-9"]', "«18-9»: Use a forma 09:00-18:00."),
        ("add", "office_hours.holidays", '["amanhã"]', "«amanhã»: Use uma data"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_in_plain_words(world, act, path, value, words):
    response = fire(world, act, name=path, value=value)
    done = response["settings--done"]["data"]
    assert words in done["said"]
    assert words in shown(world, find_group(path), **done)
    assert holds(world, path) == get_value(Settings(), path)


def test_what_a_file_or_the_environment_fixes_is_shown_with_its_place(world):
    world.backend.decisions.fixed = {
        "goals.online_text": "/etc/own.yaml:3",
        "intercom_token": "INTERCOM_TOKEN",
    }
    assert "/etc/own.yaml:3" in shown(world, "goals")
    assert "INTERCOM_TOKEN" in shown(world, "tokens")
    words = said(fire(world, "set", name="goals.online_text", value="9"))
    assert "Fixado em /etc/own.yaml:3" in words
    tokens = fire(world, "token", name="intercom_token", value=f'["{TOKEN}"]')
    assert "Fixado em INTERCOM_TOKEN" in said(tokens)
    assert holds(world, "goals.online_text") == 4


def test_a_token_is_told_by_its_end_only(world):
    response = fire(world, "token", name="slack_bot_token", value=f'["{TOKEN}"]')
    assert TOKEN not in json.dumps(response)
    page = shown(world, "tokens") + shown(world, "changes")
    assert TOKEN not in page
    assert f"termina em …{TOKEN[-4:]}" in page
    assert "Marina Falcão" in page
    assert world.backend.environment.slack_bot_token.get_secret_value() == TOKEN
    pair = said(fire(world, "token", name="aircall_id,aircall_token", value='["x", ""]'))
    assert pair == "Falta: Chave da API do Aircall."
    fire(world, "forget", name="slack_bot_token")
    assert world.backend.environment.slack_bot_token is None


def test_each_change_tells_who_and_is_undone(world):
    fire(world, "set", name="goals.online_text", value="6")
    assert all(word in shown(world, "changes") for word in ("Marina Falcão", "Pessoas", "Desfazer"))
    (change,) = world.backend.decisions.list_changes()
    assert said(fire(world, "undo", name=change.id)) == "Desfeito."
    assert holds(world, "goals.online_text") == 4
    assert "já não está" in said(fire(world, "undo", name="nonsense"))
    kinds = [entry.what for entry in world.backend.audit.list_entries()]
    assert kinds.count("setting") == 2


def test_a_file_is_looked_at_before_it_holds_and_taken_away_again(world):
    text = (
        "teams: [{id: '7'}]\ngoals: {online_text: 8, online_voice: 2}\n"
        "office_hours: {holidays: [2026-12-25]}\nalerts: {spike: null}\nserver: {threads: 9}\n"
    )
    response = fire(world, "preview", value=text)
    draft = response["settings--draft"]["data"]
    assert {*draft} == {
        "teams", "goals.online_text", "office_hours.holidays", "alerts.spike.enabled"
    }  # fmt: skip
    drawn = json.dumps(response, ensure_ascii=False)
    assert "Aplicar 4 mudanças" in drawn
    assert "server.threads" in drawn
    assert holds(world, "goals.online_text") == 4
    assert said(fire(world, "import", draft=draft)) == "4 ajustes importados."
    assert holds(world, "goals.online_text") == 8
    file = fire(world, "export")["settings--download"]["data"]
    assert Settings.model_validate(yaml.safe_load(file["content"])) == world.backend.settings
    again = fire(world, "preview", value=file["content"])
    assert again["settings--draft"]["data"] == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("goals: {online: 8}", "goals.online: Este ajuste não existe."),
        ("goals: 8", "goals"),
        ("teams: [{id: 5}]", "«5»: Use um texto."),
        ("goals: {classification: 90}", "O máximo é 100."),
        ("a: &x [1]\nb: *x", "Não é um arquivo de ajustes"),
        ("[" * 99, "Não é um arquivo de ajustes"),
        ("- a list", "Não é um arquivo de ajustes"),
        ("", "Não é um arquivo de ajustes"),
        ("\x00", "Não é um arquivo de ajustes"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_changes_nothing(world, text, words):
    response = fire(world, "preview", value=text)
    drawn = json.dumps(response["settings--preview"], ensure_ascii=False)
    assert words in drawn
    assert 'settings.import"' not in drawn
    assert world.state.keys("settings/") == []


@pytest.mark.parametrize(
    "values",
    [
        {"act": "set"},
        {"act": "set", "name": "server.threads", "value": "1"},
        {"act": "set", "name": "accounts", "value": "x"},
        {"act": "set", "name": "teams", "value": "x"},
        {"act": "add", "name": "teams", "value": "no list"},
        {"act": "add", "name": "teams", "value": "[1]"},
        {"act": "add", "name": "goals.online_text", "value": '["1"]'},
        {"act": "drop", "name": "language", "value": "0"},
        {"act": "goal", "life": "9", "value": "1"},
        {"act": "token", "name": "secret_key", "value": '["x"]'},
        {"act": "import"},
        {"act": "preview", "value": 7},
        {"act": "nonsense"},
        {"act": None},
    ],
)
def test_what_no_page_of_ours_sends_does_nothing(world, values):
    assert fire(world, **values) == {}
    assert world.state.keys("settings/") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_place_and_words(language):
    context = reader(language)
    for path in FIELDS:
        assert name_setting(path, context) != path
        assert spell(path, get_value(Settings(), path), context)
        assert find_kind(path)
        assert find_group(path) or path.split(".")[1] in RULES
    for token in TOKENS:
        assert context.text(f"settings.token.{token}")
    assert sorted(TOKENS) == sorted(name for form in TOKEN_FORMS for name in form)
    assert {section for group in GROUPS.values() for section in group} <= {*Settings.model_fields}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_that_has_no_words_of_its_own_is_told_all_the_same(language):
    problem = Problem("goals.online_text", "brand_new", "because", value=3)
    assert "because" in explain(problem, reader(language))
