"""What vendors deliver: taken in at once when it proves itself, counted and harmless when not."""

import hashlib
import hmac
import json

import pytest
from pydantic import SecretStr

from callbacks.web.server import BODY_BYTES, find_largest_body

SECRET, TOKEN = "client-secret", "aircall-token"


@pytest.fixture
def vigia(fresh):
    keys = {"intercom_client_secret": SECRET, "aircall_webhook_token": TOKEN}
    secrets = {name: SecretStr(key) for name, key in keys.items()}
    return fresh(environment={**secrets, "intercom_app_id": "app1"})


def notification(vigia, topic="conversation.user.replied", number=901, **changes):
    item = {"type": "conversation", "id": str(number), "source": {"body": "<p>Oi, é a Bia</p>"}}
    return {
        "type": "notification_event",
        "id": f"notif_{topic}_{number}",
        "topic": topic,
        "app_id": "app1",
        "created_at": int(vigia.now),
        "data": {"type": "notification_event_data", "item": item},
        **changes,
    }


def deliver(vigia, body, secret=SECRET, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    proof = hmac.new(secret.encode(), content, hashlib.sha1).hexdigest()
    headers = {"X-Hub-Signature": f"sha1={proof}", **headers}
    return vigia.browser().post("/hooks/intercom", data=content, headers=headers).status_code


def ring(vigia, token=TOKEN, event="call.created", **data):
    call = {"id": 77, "status": "initial", "started_at": int(vigia.now), **data}
    body = {"resource": "call", "event": event, "timestamp": int(vigia.now), "token": token}
    answer = vigia.browser().post("/hooks/aircall", json=body | {"data": call})
    return answer.status_code


def waiting(vigia, vendor):
    return [(event.kind, event.id) for event in vigia.backend.events.list_waiting(vendor)]


def test_a_delivery_that_proves_itself_waits_for_the_collector(vigia):
    assert deliver(vigia, notification(vigia)) == 200
    assert ring(vigia, raw_digits="+55 11 90000-0001") == 200
    assert waiting(vigia, "intercom") == [("conversation", "901")]
    assert waiting(vigia, "aircall") == [("call", "77")]
    # What was said of a customer lies in memory only.
    state = b"".join(vigia.state.get(key) for key in vigia.state.keys("hooks/"))
    assert b"90000" not in state
    assert b"Bia" not in state


def test_what_does_not_prove_itself_is_refused_and_counted(vigia):
    assert deliver(vigia, notification(vigia), secret="another") == 401
    assert deliver(vigia, notification(vigia), **{"X-Hub-Signature": "sha1=é"}) == 401
    assert ring(vigia, token="another") == 401
    assert ring(vigia, token=None) == 401
    assert not waiting(vigia, "intercom")
    assert not waiting(vigia, "aircall")
    assert vigia.backend.events.count_today() == {
        "intercom": {"forged": 2},
        "aircall": {"forged": 2},
    }


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"topic": "contact.created"}, "unused"),
        ({"topic": "ping"}, "unused"),
        ({"topic": "conversation.from.tomorrow"}, "accepted"),
        ({"app_id": "other"}, "foreign"),
        ({"created_at": 1_700_000_000}, "late"),
    ],
)
def test_what_is_not_for_us_is_thanked_for(vigia, changes, outcome):
    assert deliver(vigia, notification(vigia, **changes)) == 200
    assert vigia.backend.events.count_today() == {"intercom": {outcome: 1}}
    assert len(waiting(vigia, "intercom")) == (outcome in ("accepted", "late"))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"topic": 1}', b'{"topic": "ping"}', b"\xff", b"[" * 5000],
)
def test_what_nobody_documents_is_refused(vigia, body):
    assert deliver(vigia, body) == 400
    answer = vigia.browser().post("/hooks/aircall", data=body)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("identity", ["../../me", "", None, {}, "1" * 50])
def test_an_object_without_a_usable_id_is_refused(vigia, identity):
    body = notification(vigia)
    body["data"]["item"]["id"] = identity
    assert deliver(vigia, body) == 400


def test_the_same_delivery_again_waits_once(vigia):
    for _ in range(3):
        assert deliver(vigia, notification(vigia)) == 200
    assert len(waiting(vigia, "intercom")) == 1
    assert vigia.backend.events.count_today()["intercom"] == {"accepted": 1, "duplicate": 2}


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(vigia):
    server = vigia.app.server
    assert find_largest_body(server, "/hooks/intercom", "", 10 * 2**20) == BODY_BYTES
    assert vigia.backend.events.count_today() == {"intercom": {"too_large": 1}}
    assert deliver(vigia, b" " * (BODY_BYTES + 1)) == 413


def test_intercom_looks_first_whether_anybody_is_there(vigia, fresh):
    assert vigia.browser().client.head("/hooks/intercom").status_code == 200
    without = fresh()
    assert deliver(without, notification(without)) == 404
    assert ring(without) == 404
