"""`python app.py check`: what it finds, and how it says so."""

import pytest

from layouts.i18n import text_for
from services.errors import ConfigurationError
from services.runtime.check import check
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
        found = check(given, environment, text_for(language))
        assert "hush-hush" not in str(found)
        return found

    return run


def problems(findings):
    return [(f.vendor, f.message) for f in findings if not f.ok]


def test_when_all_is_well_each_part_says_so(run, vendor):
    findings = run()
    assert [(f.ok, f.vendor) for f in findings] == [
        (True, "config.yaml"),
        (True, "Intercom"),
        (True, "Aircall"),
        (True, "Slack"),
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
    assert "AIRCALL_ID and AIRCALL_TOKEN switch it on" in findings[-2].message


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
    assert findings[-1].ok


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
    assert findings[-2].vendor == "Aircall"


def test_nobody_at_the_address_is_told_as_such():
    environment = load_environment(
        {"INTERCOM_TOKEN": "hush", "INTERCOM_BASE_URL": "http://127.0.0.1:1"}
    )
    [(vendor, message)] = problems(check(Settings(), environment, text_for("en")))
    assert vendor == "Intercom"
    assert "does not answer; look at the network and the address" in message
    assert "hush" not in message
