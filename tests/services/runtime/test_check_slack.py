"""`python app.py check` asks Slack too: what it finds, and what is to be done."""

import pytest

from layouts.i18n import text_for
from services.errors import ConfigurationError
from services.runtime.check import check
from services.settings.config import Settings, load_environment
from services.vendors import http
from tests.services.runtime.test_check import GOOD
from tests.worlds.fake_vendor import Answer, fake_vendor

CHANNEL = "C0VIGIA01"
BOT = {
    "/api/auth.test": {"ok": True, "team": "Cais", "user": "vigia"},
    "/api/conversations.info": {"ok": True, "channel": {"name": "suporte", "is_member": True}},
    "/api/chat.postMessage": {"ok": True, "channel": CHANNEL, "ts": "1.1"},
}
MESSAGE = {"text": "Mensagem de teste"}


@pytest.fixture(scope="module")
def vendor():
    with fake_vendor() as made:
        yield made


@pytest.fixture
def run(vendor, monkeypatch):
    """What is found about Slack when it answers these instead of the good ones."""
    monkeypatch.setattr(http, "ATTEMPTS", 1)

    def run(answers=None, *, token=True, webhook=False, channel=CHANNEL, message=None):
        known = {**GOOD, **BOT, "/hook": Answer(b"ok"), **(answers or {})}

        def script(asked):
            found = known.get(asked.path, Answer({"errors": []}, 404))
            good = {"intercom-version": "2.14"}
            return found if isinstance(found, Answer) else Answer(found, headers=good)

        vendor.script = script
        vendor.asked.clear()
        given = {"INTERCOM_TOKEN": "hush-hush", "INTERCOM_BASE_URL": vendor.url}
        given |= {"SLACK_BOT_TOKEN": "hush-hush"} if token else {}
        given |= {"SLACK_WEBHOOK": f"{vendor.url}/hook"} if webhook else {}
        slack = {"channel": channel, "api_base_url": f"{vendor.url}/api"}
        settings = Settings.model_validate({"slack": slack})
        findings = check(settings, load_environment(given), text_for("pt-BR"), message).findings
        assert "hush-hush" not in str(findings)
        assert "/hook" not in str(findings)
        return [(one.ok, one.message) for one in findings if one.vendor == "Slack"]

    return run


def asked(vendor):
    return [one.path for one in vendor.asked if one.path.startswith(("/api/", "/hook"))]


def test_a_bot_is_asked_who_it_is_and_whether_it_reaches_its_channel(run, vendor):
    assert run() == [
        (True, "a chave vale; workspace Cais, robô vigia"),
        (True, "o robô escreve no canal suporte"),
    ]
    assert asked(vendor) == ["/api/auth.test", "/api/conversations.info"]
    # Slack takes no JSON where it is only asked.
    assert vendor.asked[-1].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert vendor.asked[-1].body == {"channel": CHANNEL}


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ("auth.test", {"ok": False, "error": "invalid_auth"}, "Gere outra e ponha em SLACK_BOT"),
        ("auth.test", {"ok": False, "error": "token_revoked"}, "foi revogada"),
        ("auth.test", {"ok": False, "error": "unheard_of"}, "O Slack respondeu: unheard_of"),
        ("auth.test", Answer(b"", 500), "não responde"),
        ("auth.test", Answer(b"", 429, {"Retry-After": "3"}), "pede para esperar"),
        ("auth.test", Answer(b"<html>"), "não responde"),
        ("conversations.info", {"ok": False, "error": "channel_not_found"}, "não conhece o canal"),
        ("conversations.info", {"ok": True, "channel": {"is_archived": True}}, "foi arquivado"),
        ("conversations.info", {"ok": True, "channel": {"is_member": False}}, "Convide-o"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(run, path, answer, words):
    *_, (ok, message) = run({f"/api/{path}": answer})
    assert not ok
    assert words in message


def test_a_bot_that_may_only_write_is_proven_by_a_message(run):
    refused = {"/api/conversations.info": {"ok": False, "error": "missing_scope"}}
    *_, (ok, message) = run(refused)
    assert ok
    assert "--slack-message" in message


def test_a_channel_by_its_name_cannot_be_asked_for(run):
    refused = {"/api/conversations.info": {"ok": False, "error": "channel_not_found"}}
    *_, (ok, message) = run(refused, channel="#suporte")
    assert ok
    assert "código do canal" in message


def test_a_webhook_is_left_alone_without_a_message(run, vendor):
    [(ok, message)] = run(token=False, webhook=True)
    assert ok
    assert "--slack-message" in message
    assert asked(vendor) == []


@pytest.mark.parametrize("way", [{"token": False, "webhook": True}, {}])
def test_a_message_proves_it(run, vendor, way):
    *_, (ok, message) = run(message=MESSAGE, **way)
    assert ok
    assert "veja se ela está no canal" in message
    assert vendor.asked[-1].body["text"] == "Mensagem de teste"


def test_a_webhook_that_is_gone_says_so(run):
    gone = {"/hook": Answer(b"no_service", 404)}
    assert run(gone, token=False, webhook=True, message=MESSAGE) == [
        (False, "recusou. Este webhook não existe mais. Crie outro e ponha em SLACK_WEBHOOK.")
    ]


def test_a_bot_that_may_not_write_is_found_by_the_message(run):
    refused = {"/api/chat.postMessage": {"ok": False, "error": "not_in_channel"}}
    *_, (ok, message) = run(refused, message=MESSAGE)
    assert not ok
    assert "Convide-o" in message


def test_without_slack_that_is_told_and_fine(run):
    [(ok, message)] = run(token=False)
    assert ok
    assert "página Alertas" in message


def test_a_token_without_a_channel_is_a_wrong_configuration(run):
    with pytest.raises(ConfigurationError, match=r"slack\.channel"):
        run(channel=None)
