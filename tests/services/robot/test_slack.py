"""The two ways into Slack, over real HTTP, and the real words from a problem to its end."""

import pytest
from pydantic import SecretStr

from layouts.i18n import text_for
from layouts.slack.messages import Messages
from services.errors import ConfigurationError, RateLimitedError, UnavailableError
from services.robot.slack import AnswerLostError, Receipt, RefusedError, slack_client, wall_url
from services.settings.config import Environment, Settings
from services.storage.disk_store import DiskStore
from tests.worlds.fake_vendor import Answer, fake_vendor
from tests.worlds.watching import Watch, queue

MESSAGE = {"text": "Olá"}


@pytest.fixture
def vendor():
    with fake_vendor() as made:
        yield made


def webhook(vendor):
    address = SecretStr(f"{vendor.url}/slack/webhook")
    return slack_client(Environment(slack_webhook=address), Settings())


def bot(vendor, **slack):
    values = {"channel": "C024", "api_base_url": f"{vendor.url}/api", **slack}
    settings = Settings.model_validate({"slack": values})
    return slack_client(Environment(slack_bot_token=SecretStr("xoxb-secret")), settings)


def test_a_webhook_is_posted_to_and_tells_no_place(vendor):
    vendor.answer(Answer(b"ok"))
    assert webhook(vendor).post(MESSAGE) == Receipt()
    (asked,) = vendor.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/slack/webhook", MESSAGE)


def test_a_bot_posts_answers_in_a_thread_and_renews(vendor):
    vendor.answer(Answer({"ok": True, "channel": "C9", "ts": "17.5"}))
    slack = bot(vendor)
    assert slack.post(MESSAGE) == Receipt("C9", "17.5")
    slack.post(MESSAGE, "17.5")
    slack.edit(Receipt("C9", "17.5"), MESSAGE)
    first, second, third = vendor.asked
    assert (first.path, first.body["channel"]) == ("/api/chat.postMessage", "C024")
    assert first.headers["Authorization"] == "Bearer xoxb-secret"
    assert (second.body["thread_ts"], second.body["reply_broadcast"]) == ("17.5", True)
    assert third.path == "/api/chat.update"
    assert third.body == {"channel": "C9", "ts": "17.5", **MESSAGE}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, b"invalid_payload", "invalid_payload"),
        (403, b"action_prohibited", "action_prohibited"),
        (404, b"no_service", "no_service"),
        (404, b"channel_not_found", "channel_not_found"),
        (410, b"channel_is_archived", "channel_is_archived"),
        (404, b"<html>some page that quotes the address</html>", "status_404"),
        (302, b"", "status_302"),
    ],
)
def test_what_a_webhook_refuses_is_refused_for_good(vendor, status, body, reason):
    vendor.answer(Answer(body, status))
    with pytest.raises(RefusedError) as caught:
        webhook(vendor).post(MESSAGE)
    assert caught.value.reason == reason
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("code", ["invalid_auth", "channel_not_found", "msg_too_long", ""])
def test_what_the_web_api_refuses_is_refused_for_good(vendor, code):
    vendor.answer(Answer({"ok": False, "error": code}))
    with pytest.raises(RefusedError) as caught:
        bot(vendor).post(MESSAGE)
    assert caught.value.reason == (code or "unknown_error")


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry-After": "17"}, 17), ({}, 30), ({"Retry-After": "soon"}, 30)]
)
def test_slack_says_for_how_long_to_leave_it_alone(vendor, headers, seconds):
    vendor.answer(Answer(b"rate limited", 429, headers))
    for slack in (webhook(vendor), bot(vendor)):
        with pytest.raises(RateLimitedError) as caught:
            slack.post(MESSAGE)
        assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize("answer", [Answer(b"rollup_error", 500), Answer(b"", 503)])
def test_a_server_error_has_not_arrived(vendor, answer):
    vendor.answer(answer)
    with pytest.raises(UnavailableError) as caught:
        webhook(vendor).post(MESSAGE)
    assert not isinstance(caught.value, AnswerLostError)


def test_a_page_that_is_not_slacks_has_not_arrived(vendor):
    vendor.answer(Answer(b"<html>Sign in to the office network</html>"))
    with pytest.raises(UnavailableError) as caught:
        webhook(vendor).post(MESSAGE)
    assert not isinstance(caught.value, AnswerLostError)


@pytest.mark.parametrize("answer", [Answer(b"o", promised=2), Answer(b"{", 200)])
def test_an_answer_that_was_cut_may_have_arrived(vendor, answer):
    vendor.answer(answer)
    with pytest.raises(AnswerLostError):
        bot(vendor).post(MESSAGE)


def test_nobody_at_the_address_is_no_doubt(vendor):
    slack = webhook(vendor)
    nowhere = slack_client(
        Environment(slack_webhook=SecretStr("http://127.0.0.1:9/slack/webhook")), Settings()
    )
    with pytest.raises(UnavailableError) as caught:
        nowhere.post(MESSAGE)
    assert not isinstance(caught.value, AnswerLostError)
    assert slack.can_edit is False


def test_no_error_tells_the_address_or_the_token(vendor):
    answers = [Answer(b"x", 500), Answer(b"no_service", 404), Answer(b"", 429), Answer(b"?")]
    for answer in answers:
        vendor.answer(answer)
        for slack in (webhook(vendor), bot(vendor)):
            with pytest.raises(Exception) as caught:  # noqa: PT011
                slack.post(MESSAGE)
            words = repr(caught.value) + str(caught.value.__cause__)
            assert "/slack/webhook" not in words
            assert "secret" not in words


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com.evil.example/services/T/B/x",
        "https://10.0.0.1/services",
        "ftp://127.0.0.1/x",
    ],
)
def test_only_slack_and_this_machine_are_written_to(address):
    with pytest.raises(ConfigurationError) as caught:
        slack_client(Environment(slack_webhook=SecretStr(address)), Settings())
    assert address not in str(caught.value)


def test_the_bot_wins_over_the_webhook_and_needs_a_channel(vendor):
    both = Environment(
        slack_webhook=SecretStr("https://hooks.slack.com/services/T/B/x"),
        slack_bot_token=SecretStr("xoxb-1"),
    )
    assert slack_client(both, Settings.model_validate({"slack": {"channel": "C1"}})).can_edit
    assert not slack_client(both, Settings()).can_edit
    with pytest.raises(ConfigurationError, match=r"slack\.channel"):
        slack_client(Environment(slack_bot_token=SecretStr("xoxb-1")), Settings())
    assert slack_client(Environment(), Settings()) is None


def test_the_wall_is_linked_where_readers_can_open_it():
    def address(**values):
        return wall_url(Environment(**values), Settings())

    sandbox = SecretStr("http://127.0.0.1:8051/slack/webhook")
    assert address(slack_webhook=sandbox) == "http://127.0.0.1:8050/operations"
    assert address() is None
    assert address(host="0.0.0.0") is None
    assert address(host="vigia.local", port=80) == "http://vigia.local:80/operations"
    tls = Settings.model_validate({"server": {"behind_tls": True}})
    assert wall_url(Environment(host="vigia.local"), tls) is None
    known = {"behind_tls": True, "public_url": "https://vigia.example.com/"}
    settings = Settings.model_validate({"server": known})
    assert wall_url(Environment(host="0.0.0.0"), settings) == "https://vigia.example.com/operations"


def test_from_a_queue_to_its_end_in_slacks_own_form(vendor, tmp_path):
    sent = iter(range(1, 100))
    vendor.script = lambda asked: Answer({"ok": True, "channel": "C9", "ts": str(next(sent))})
    settings = Settings()
    drawn = Messages(text_for("pt-BR"), settings.zone, mention="<!here>")
    stores = {name: DiskStore(tmp_path / name) for name in ("cache", "state")}
    limit = {"queue": {"limit_minutes": 11}}
    watch = Watch(stores.__getitem__, bot(vendor), draw=drawn, alerts=limit)
    watch.minute(*queue(2))
    watch.minute(*queue(6))
    watch.later(minutes=12)
    watch.minute()
    texts = [asked.body["text"] for asked in vendor.asked]
    assert texts == [
        "<!here> 2 na fila do Suporte N1, o mais antigo há 11:00",
        "<!here> 6 na fila do Suporte N1, o mais antigo há 12:00",
        "Fila do Suporte N1 vazia. Resolvido após 14\N{NO-BREAK SPACE}min, pico 6",
    ]
    assert [asked.path for asked in vendor.asked] == [
        "/api/chat.postMessage",
        "/api/chat.update",
        "/api/chat.update",
    ]
    assert {asked.body.get("ts") for asked in vendor.asked[1:]} == {"1"}
    for store in stores.values():
        store.close()
