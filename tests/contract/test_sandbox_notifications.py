"""What the sandbox sends of its own accord, as our own readers take it."""

import hashlib
import hmac
import json

import pytest
from pydantic import SecretStr

from services.errors import ConfigurationError
from services.hooks.event_queue import EventQueue
from services.hooks.events import read_aircall, read_intercom
from services.hooks.hooks_command import AIRCALL_EVENTS, HooksCommand
from services.sandbox.team.people import FIRST_AGENT_ID, FRONT
from services.settings.config import Environment, Settings
from services.storage.disk_store import DiskStore
from tests.contract.test_sandbox_controls import order
from tests.worlds.sandboxes import Clients, Clock, small_sandbox

URL = "http://127.0.0.1:9"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock, monkeypatch):
    # Told when the test asks.
    monkeypatch.setattr("services.sandbox.embedded.TELL_SECONDS", 3600)
    with small_sandbox(clock) as running:
        yield running


@pytest.fixture
def clients(sandbox, clock):
    with Clients(sandbox, clock) as made:
        yield made


def collect(sandbox):
    return sandbox._dispatcher.collect_deliveries()


def test_intercom_signs_what_changed_and_the_notification_names_it(sandbox, clock):
    order(sandbox, "notifications", 201, url=f"{URL}/hooks/intercom", secret="s3cret")
    [arrived] = order(sandbox, "arrive", team=FRONT)["ids"]
    told = []
    for delivery in collect(sandbox):
        proof = hmac.new(b"s3cret", delivery.body, hashlib.sha1).hexdigest()
        assert delivery.headers["X-Hub-Signature"] == f"sha1={proof}"
        told.append(read_intercom(json.loads(delivery.body)))
    assert ("conversation", arrived) in {(event.kind, event.id) for event in told}
    order(sandbox, "delete", id=arrived)
    order(sandbox, "people", agents=[FIRST_AGENT_ID], doing="lunch")
    clock.now += 1
    later = [read_intercom(json.loads(one.body)) for one in collect(sandbox)]
    assert (arrived, True) in {(event.id, event.is_deletion) for event in later}
    assert "people" in {event.kind for event in later}


def test_aircall_tells_each_step_of_a_call_with_the_token_it_was_given(sandbox, clients, clock):
    webhook = clients.aircall.create_webhook(f"{URL}/hooks/aircall", AIRCALL_EVENTS)
    call = order(sandbox, "ring", lasts=30, agent=FIRST_AGENT_ID)["id"]
    topics = []
    for _ in range(2):
        bodies = [json.loads(delivery.body) for delivery in collect(sandbox)]
        assert {body["token"] for body in bodies} <= {webhook["token"]}
        events = [read_aircall(body) for body in bodies]
        topics += [event.topic for event in events if event.id == call]
        clock.now += 31
    assert topics == ["call.answered", "call.hungup"]


class Said(list):
    def __call__(self, key, **values):
        return f"{key} {values}"


def test_the_command_registers_checks_and_removes(sandbox, clients, tmp_path):
    said = Said()
    queue = EventQueue(DiskStore(tmp_path / "state"), DiskStore(tmp_path / "cache"), lambda: 0.0)

    def run(action, token=None):
        said.clear()
        settings = Settings.model_validate({"server": {"public_url": URL}})
        environment = Environment(
            intercom_client_secret=SecretStr("s"),
            aircall_webhook_token=token and SecretStr(token),
        )
        command = HooksCommand(settings, environment, clients.aircall, queue, said, said.append)
        return command.run(action)

    assert run("register") == 0
    token = said[-1].removeprefix("AIRCALL_WEBHOOK_TOKEN=")
    [webhook] = clients.aircall.list_webhooks()
    assert (webhook["token"], webhook["url"]) == (token, f"{URL}/hooks/aircall")
    webhook = sandbox._dispatcher.notifier.webhooks[0]
    webhook["active"] = False
    assert run("check", token) == 1
    assert any("hooks.off" in line for line in said)
    assert run("register") == 0
    # Nobody answers at that address; all else is well.
    assert run("check", token) == 1
    assert [line for line in said if "unreachable" not in line] == []
    assert run("check", "another") == 1
    assert any("hooks.other_token" in line for line in said)
    assert run("list") == 0
    assert token not in " ".join(said)
    assert run("remove") == 0
    assert clients.aircall.list_webhooks() == []
    assert run("show") == 0


def test_without_an_address_of_its_own_nothing_is_registered(clients, tmp_path):
    store = DiskStore(tmp_path)
    queue = EventQueue(store, store, lambda: 0.0)
    command = HooksCommand(Settings(), Environment(), clients.aircall, queue, Said(), print)
    with pytest.raises(ConfigurationError, match="public_url"):
        command.run("register")
    assert command.run(None) == 0
