"""The Slack that keeps what it was told."""

import pytest
import requests

from services.sandbox.embedded import Sandbox


@pytest.fixture(scope="module")
def box():
    with Sandbox(days=2, conversations=20, calls=5, clock=lambda: 1_795_540_200.0) as running:
        yield running


def say(box, path="/slack/webhook", **words):
    return requests.post(box.url + path, timeout=5, **words)


def test_a_message_is_kept_and_shown_with_its_text_escaped(box):
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "<script>alert(1)</script>"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Mais antiga*"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "às 14h"}]},
    ]
    assert say(box, json={"text": "Fila", "blocks": blocks}).text == "ok"
    assert box.slack[-1].text == "Fila"
    page = requests.get(f"{box.url}/slack", timeout=5)
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
def test_what_slack_refuses_is_refused_in_words(box, words, problem):
    before = len(box.slack)
    answer = say(box, **words)
    assert (answer.status_code, answer.text) == (400, problem)
    assert len(box.slack) == before


def test_a_bot_may_edit_what_it_said(box):
    key = {"Authorization": "Bearer xoxb-invented"}
    said = {"channel": "#suporte", "text": "3 na fila"}
    found = say(box, "/api/chat.postMessage", json=said, headers=key).json()
    assert found["ok"]
    edit = {"channel": found["channel"], "ts": found["ts"], "text": "Resolvido"}
    assert say(box, "/api/chat.update", json=edit, headers=key).json()["ok"]
    assert box.slack[-1].text == "Resolvido"
    assert "(editada)" in requests.get(f"{box.url}/slack", timeout=5).text
    edit["ts"] = "0"
    found = say(box, "/api/chat.update", json=edit, headers=key).json()
    assert found == {"ok": False, "error": "message_not_found"}
    assert say(box, "/api/chat.postMessage", json=said).json()["error"] == "not_authed"


def test_the_index_says_what_this_is(box):
    page = requests.get(box.url, timeout=5)
    assert "Nenhuma pessoa, conversa ou ligação daqui existe" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_too_much_is_refused(box):
    answer = say(box, data=b" " * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_one_connection_serves_many_requests(box):
    with requests.Session() as session:
        for _ in range(3):
            answer = session.get(f"{box.url}/slack", timeout=5)
            assert answer.raw.version == 11
            assert "close" not in answer.headers.get("Connection", "")


def test_a_webhook_that_is_not_there_says_so(box):
    answer = say(box, "/slack/gone", json={"text": "oi"})
    assert (answer.status_code, answer.text) == (404, "no_service")
