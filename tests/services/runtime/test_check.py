"""`python app.py check`: what it finds, and how it says so."""

import pytest
import yaml

from layouts.i18n import text_for
from services.errors import ConfigurationError
from services.runtime.check import check
from services.runtime.vendor_directory import build_block, list_directory
from services.settings.config import Settings, load_environment
from services.vendors import http
from tests.worlds.fake_vendor import Answer, fake_vendor

LABELS = [
    label for key, label in Settings().attributes.model_dump().items() if key != "resolved_value"
]
ME = {"type": "admin", "id": "1", "app": {"type": "app", "name": "Cais", "id_code": "abc123"}}
ADMINS = {"admins": [{"id": "1", "name": "Ana"}, {"id": "2", "name": "Bia"}]}
TEAMS = {"teams": [{"id": "6101", "name": "Suporte"}]}
ATTRIBUTES = {"data": [{"name": label, "label": label} for label in LABELS]}
USERS = {"users": [{"id": 1, "name": "Ana"}], "meta": {"total": 1, "next_page_link": None}}
NUMBERS = {
    "numbers": [{"id": 1, "name": "Suporte", "digits": "+55 11"}],
    "meta": {"total": 1, "next_page_link": None},
}
GOOD = {
    "/me": ME,
    "/admins": ADMINS,
    "/teams": TEAMS,
    "/data_attributes": ATTRIBUTES,
    "/v1/ping": {"ping": "pong"},
    "/v2/users": USERS,
    "/v1/users": USERS,
    "/v1/numbers": NUMBERS,
}
ALL = ("INTERCOM_TOKEN", "AIRCALL_ID", "AIRCALL_TOKEN")


@pytest.fixture(scope="module")
def vendor():
    with fake_vendor() as made:
        yield made


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """How often and how slowly the clients try again has tests of its own."""
    monkeypatch.setattr(http, "ATTEMPTS", 1)


@pytest.fixture
def run(vendor):
    """What is found when the vendor answers these instead of the good ones."""

    def run(answers=None, settings=None, keys=ALL, language="en", version="2.14"):
        known = {**GOOD, **(answers or {})}

        def script(asked):
            found = known.get(asked.path, Answer({"errors": []}, 404))
            if isinstance(found, Answer):
                return found
            return Answer(found, headers={"intercom-version": version})

        vendor.script = script
        vendor.asked.clear()
        environment = load_environment(
            {
                **dict.fromkeys(keys, "hush-hush"),
                "INTERCOM_BASE_URL": vendor.url,
                "AIRCALL_BASE_URL": vendor.url,
            }
        )
        given = Settings.model_validate(settings or {})
        found = check(given, environment, text_for(language)).findings
        assert "hush-hush" not in str(found)
        return found

    return run


def problems(findings):
    return [(f.vendor, f.message) for f in findings if not f.ok]


def test_when_all_is_well_each_part_says_so(run, vendor):
    findings = run()
    assert [(f.ok, f.vendor) for f in findings] == [
        (True, "Settings"),
        (True, "Intercom"),
        (True, "Aircall"),
        (True, "Slack"),
        (True, "MongoDB"),
    ]
    assert findings[1].message == "answers; workspace Cais, 2 people"
    assert findings[2].message == "answers; 1 users"
    assert {asked.method for asked in vendor.asked} == {"GET"}
    assert len(vendor.asked) <= 8


def test_it_speaks_portuguese_too(run):
    assert run(language="pt-BR")[1].message == "responde; workspace Cais, 2 pessoas"


def test_without_a_token_there_is_nothing_to_check(run):
    with pytest.raises(ConfigurationError, match="INTERCOM_TOKEN"):
        run(keys=())


def test_without_a_key_of_aircall_there_is_no_telephony_and_that_is_fine(run):
    findings = run(keys=("INTERCOM_TOKEN",))
    assert problems(findings) == []
    assert "AIRCALL_ID and AIRCALL_TOKEN switch it on" in findings[-3].message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer({"errors": []}, 401), "refuses the credentials; look at INTERCOM_TOKEN"),
        (Answer({"errors": []}, 403), "the key in INTERCOM_TOKEN may not read this"),
        (Answer({"errors": []}, 404), "this is not its address; look at the region"),
        (Answer(b"<html>"), "not the documented form"),
        (Answer([]), "not the documented form"),
    ],
)
def test_an_intercom_that_refuses_is_told_with_what_to_look_at(run, answer, said):
    findings = run({"/me": answer})
    [(vendor, message)] = problems(findings)
    assert vendor == "Intercom"
    assert said in message
    assert findings[-2].ok


@pytest.mark.parametrize("status", [401, 403])
def test_an_aircall_that_refuses_leaves_intercom_alone(run, status):
    [(vendor, message)] = problems(run({"/v1/ping": Answer({}, status)}))
    assert vendor == "Aircall"
    assert "look at AIRCALL_ID, AIRCALL_TOKEN" in message


def test_the_attributes_of_2_16_are_found_at_their_new_address(run, vendor):
    moved = {
        "/data_attributes": Answer({"errors": []}, 404),
        "/conversations/attributes": ATTRIBUTES,
    }
    settings = {"intercom": {"version": "2.16"}}
    findings = run(moved, settings, version="2.16")
    assert problems(findings) == [], [asked.path for asked in vendor.asked]


def test_another_version_than_the_one_asked_for_is_told(run):
    [(vendor, message)] = problems(run(version="2.11"))
    assert vendor == "Intercom"
    assert "we asked for version 2.14 and it answered in 2.11" in message


def test_a_team_that_does_not_exist_is_told_with_those_that_do(run):
    settings = {"teams": [{"id": "6101"}, {"id": "9"}]}
    [(vendor, message)] = problems(run(settings=settings))
    assert vendor == "Intercom"
    assert message == "team 9 of config.yaml is not in the workspace; there are 6101 (Suporte)"


def test_a_label_that_does_not_exist_is_told_with_its_setting(run):
    settings = {"attributes": {"reason": "Motivo do contato"}}
    [(vendor, message)] = problems(run(settings=settings))
    assert vendor == "Intercom"
    assert "«Motivo do contato» (attributes.reason in config.yaml)" in message


def test_a_line_that_does_not_exist_is_told_with_those_that_do(run):
    settings = {"telephony": {"main_lines": ["Suporte", "+55 11", "Vendas"]}}
    [(vendor, message)] = problems(run(settings=settings))
    assert vendor == "Aircall"
    assert message == "line «Vendas» of telephony.main_lines does not exist; there are Suporte"


@pytest.mark.parametrize("path", ["/teams", "/data_attributes"])
def test_a_part_that_is_forbidden_does_not_hide_the_others(run, path):
    findings = run({path: Answer({"errors": []}, 403)}, {"teams": [{"id": "9"}]})
    messages = [message for _, message in problems(findings)]
    assert any("could not be read" in message for message in messages)
    assert findings[1].ok
    assert findings[-3].vendor == "Aircall"


def test_nobody_at_the_address_is_told_as_such():
    environment = load_environment(
        {"INTERCOM_TOKEN": "hush", "INTERCOM_BASE_URL": "http://127.0.0.1:1"}
    )
    [(vendor, message)] = problems(check(Settings(), environment, text_for("en")).findings)
    assert vendor == "Intercom"
    assert "does not answer; look at the network and the address" in message
    assert "hush" not in message


FOREIGN = {
    "/admins": {
        "admins": [
            {"id": "1", "name": "Ana Souza", "email": "Ana.Souza@example.com"},
            {"id": "2", "name": "Béa Lima", "email": "bea@example.com"},
            {"id": "3", "name": "Caio Reis", "email": "caio@example.com"},
        ]
    },
    "/teams": {"teams": [{"id": "7", "name": "Vendas"}, {"id": "8", "name": "Suporte"}]},
    "/data_attributes": {
        "data": [
            {"name": "a", "label": "Assunto da conversa", "options": ["Preço", "Erro"]},
            {"name": "b", "label": "Situação"},
            {"name": "c", "label": "Antigo", "archived": True},
        ]
    },
    "/v2/users": {
        "users": [
            {"id": 1, "name": "Ana Souza", "email": "ana.souza@example.com"},
            {"id": 2, "name": "Bea Santos Lima", "email": "b.lima@example.com"},
        ],
        "meta": {"total": 2, "next_page_link": None},
    },
    "/v1/numbers": {
        "numbers": [{"id": 1, "name": "Linha Suporte", "digits": "+55 11"}],
        "meta": {"total": 1, "next_page_link": None},
    },
}


@pytest.fixture
def report(vendor):
    known = {**GOOD, **FOREIGN}
    vendor.script = lambda asked: Answer(known[asked.path], headers={"intercom-version": "2.14"})
    given = dict.fromkeys(ALL, "hush-hush")
    given |= {"INTERCOM_BASE_URL": vendor.url, "AIRCALL_BASE_URL": vendor.url}

    def report(**settings):
        valid = Settings.model_validate(settings)
        return check(valid, load_environment(given), text_for("en")), valid

    return report


def test_what_is_only_optional_is_marked_so_and_no_failure(report):
    found, _ = report(attributes={"reason": "Assunto da conversa"})
    assert found.is_good
    optional = [f.message for f in found.findings if f.mark == "○"]
    assert any("attributes.registrations" in message for message in optional)
    assert any("SLACK_WEBHOOK" in message for message in optional)
    without, _ = report()
    assert not without.is_good
    [wrong] = [f.message for f in without.findings if f.mark == "✗"]
    assert "«Motivo de Contato» (attributes.reason in config.yaml)" in wrong


def test_it_lists_what_the_vendors_have_with_the_ids_that_the_settings_want(report):
    found, settings = report(teams=[{"id": "8"}], attributes={"reason": "Assunto da conversa"})
    lines = list(list_directory(found.directory, settings, text_for("en")))
    assert "  7  Vendas" in lines
    assert "  8  Suporte  (in the settings)" in lines
    assert "  Assunto da conversa  = attributes.reason  [Preço, Erro]" in lines
    assert "  Situação" in lines
    assert not any("Antigo" in line for line in lines)
    assert "  Linha Suporte  +55 11" in lines
    assert "  ana.souza@example.com  Ana Souza" in lines
    alone = lines[lines.index(text_for("en")("check.list.voices")) :]
    assert alone[1:] == ["  b.lima@example.com  Bea Santos Lima"]


def test_the_block_it_proposes_is_a_settings_file(report):
    found, settings = report()
    block = Settings.model_validate(yaml.safe_load(build_block(found.directory, settings)))
    assert [(team.id, team.name) for team in block.teams] == [("7", "Vendas"), ("8", "Suporte")]
    assert block.attributes.reason == "Assunto da conversa"
    assert block.attributes.status == "Situação"
    assert [(p.intercom, p.aircall) for p in block.people] == [
        ("bea@example.com", "b.lima@example.com")
    ]
    assert block.telephony.lines == {"Linha Suporte": "8"}
    own = {"teams": [{"id": "7", "online_text": 3}], "telephony": {"lines": {"Linha Suporte": "7"}}}
    found, settings = report(**own)
    kept = yaml.safe_load(build_block(found.directory, settings))
    assert (kept["teams"], kept["telephony"]) == (own["teams"], own["telephony"])
