"""The Slack that keeps what it was told."""

import pytest
import requests

from services.sandbox.embedded import Sandbox


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(days=2, conversations=20, calls=5, clock=lambda: 1_795_540_200.0) as running:
        yield running


def say(sandbox, path="/slack/webhook", **words):
    return requests.post(sandbox.url + path, timeout=5, **words)


def test_a_message_is_kept_and_shown_with_its_text_escaped(sandbox):
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "<script>alert(1)</script>"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Mais antiga*"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "às 14h"}]},
    ]
    assert say(sandbox, json={"text": "Fila", "blocks": blocks}).text == "ok"
    assert sandbox.slack[-1].text == "Fila"
    page = requests.get(f"{sandbox.url}/slack", timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script>" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "*Mais antiga*" in page.text
    assert "às 14h" in page.text


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"data": b"{"}, "invalid_payload"),
        ({"json": {}}, "no_text"),
        ({"json": {"blocks": [{"type": "section"}] * 51}}, "invalid_blocks"),
        ({"json": {"blocks": [{"no": "type"}]}}, "invalid_blocks"),
        ({"json": {"blocks": [{"type": "section", "text": {"text": ""}}]}}, "invalid_blocks"),
        ({"json": {"blocks": [{"type": "header", "text": {"text": "x" * 151}}]}}, "invalid_blocks"),
    ],
)
def test_what_slack_refuses_is_refused_in_words(sandbox, words, problem):
    before = len(sandbox.slack)
    answer = say(sandbox, **words)
    assert (answer.status_code, answer.text) == (400, problem)
    assert len(sandbox.slack) == before


def test_a_bot_may_edit_what_it_said(sandbox):
    key = {"Authorization": "Bearer xoxb-invented"}
    said = {"channel": "#suporte", "text": "3 na fila"}
    found = say(sandbox, "/api/chat.postMessage", json=said, headers=key).json()
    assert found["ok"]
    edit = {"channel": found["channel"], "ts": found["ts"], "text": "Resolvido"}
    assert say(sandbox, "/api/chat.update", json=edit, headers=key).json()["ok"]
    assert sandbox.slack[-1].text == "Resolvido"
    assert "(editada)" in requests.get(f"{sandbox.url}/slack", timeout=5).text
    edit["ts"] = "0"
    found = say(sandbox, "/api/chat.update", json=edit, headers=key).json()
    assert found == {"ok": False, "error": "message_not_found"}
    assert say(sandbox, "/api/chat.postMessage", json=said).json()["error"] == "not_authed"


def test_the_index_says_what_this_is(sandbox):
    page = requests.get(sandbox.url, timeout=5)
    assert "Nenhuma pessoa, conversa ou ligação daqui existe" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_too_much_is_refused(sandbox):
    answer = say(sandbox, data=b" " * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_one_connection_serves_many_requests(sandbox):
    with requests.Session() as session:
        for _ in range(3):
            answer = session.get(f"{sandbox.url}/slack", timeout=5)
            assert answer.raw.version == 11
            assert "close" not in answer.headers.get("Connection", "")


def test_a_webhook_that_is_not_there_says_so(sandbox):
    answer = say(sandbox, "/slack/gone", json={"text": "oi"})
    assert (answer.status_code, answer.text) == (404, "no_service")
