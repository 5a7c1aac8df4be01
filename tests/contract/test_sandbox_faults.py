"""Faults on command, seen through the real clients."""

import time

import pytest
import requests

from services.errors import (
    BadResponseError,
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from services.vendors.http import Limits
from tests.worlds.sandboxes import Clients, Clock, small_sandbox

IMPATIENT = Limits(connect=10, read=1, whole=10, attempts_seconds=1)


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def running(clock):
    with small_sandbox(clock, conversations=100, calls=40) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    yield running
    running.heal()


@pytest.fixture
def clients(sandbox, clock):
    with Clients(sandbox, clock, limits=IMPATIENT) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("401", UnauthorizedError),
        ("403", ForbiddenError),
        ("500", UnavailableError),
        ("429", RateLimitedError),
        ("hang", UnavailableError),
        ("truncate", BadResponseError),
        ("malformed", BadResponseError),
        ("reset", (UnavailableError, BadResponseError)),
    ],
)
def test_each_fault_is_the_error_it_should_be_and_heals(sandbox, clients, kind, error):
    words = {"retry_after": 3600} if kind == "429" else {}
    sandbox.fail("intercom", kind, **words)
    with pytest.raises(error):
        clients.intercom.list_teams()
    assert clients.aircall.ping(), "the other vendor is well"
    sandbox.heal()
    with Clients(sandbox, Clock()) as others:
        assert others.intercom.list_teams()


@pytest.mark.parametrize("kind", ["500", "truncate", "malformed", "reset"])
def test_a_fault_of_one_time_is_gone_after_it(sandbox, clients, kind):
    sandbox.fail("aircall", kind, times=1)
    assert clients.aircall.ping() == {"ping": "pong"}


def test_a_slow_answer_comes_after_all(sandbox, clients):
    sandbox.fail("intercom", "slow", times=1, delay=0.1)
    began = time.monotonic()
    assert clients.intercom.list_teams()
    assert time.monotonic() - began >= 0.1


def test_a_429_is_waited_for(sandbox, clients, clock):
    before = clock.now
    sandbox.fail("intercom", "429", times=1, retry_after=7)
    assert clients.intercom.list_teams()
    assert clock.now - before >= 7


def test_a_fault_may_strike_one_address_only_and_end_by_itself(sandbox, clients, clock):
    sandbox.fail("intercom", "403", path="/away_status_reasons", seconds=60)
    assert clients.intercom.list_admins()
    with pytest.raises(ForbiddenError):
        clients.intercom.list_away_status_reasons()
    clock.now += 61
    assert clients.intercom.list_away_status_reasons()


def test_a_telephone_key_that_is_wrong_is_told_as_such(sandbox, clients):
    sandbox.fail("aircall", "403")
    with pytest.raises(UnauthorizedError):
        clients.aircall.ping()


def test_faults_come_and_go_over_http(sandbox):
    asked = {"vendor": "slack", "kind": "500", "times": 1}
    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=asked, timeout=5).status_code == 201
    said = {"json": {"text": "oi"}, "timeout": 5}
    assert requests.post(f"{sandbox.url}/slack/webhook", **said).status_code == 500
    assert requests.post(f"{sandbox.url}/slack/webhook", **said).text == "ok"
    wrong = {"vendor": "slack", "kind": "strange"}
    assert requests.post(f"{sandbox.url}/_sandbox/faults", json=wrong, timeout=5).status_code == 400
    assert requests.delete(f"{sandbox.url}/_sandbox/faults", timeout=5).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
@pytest.mark.parametrize("path", ["faults", "truth", "requests"])
def test_only_this_machine_may_command(sandbox, host, path):
    answer = requests.get(f"{sandbox.url}/_sandbox/{path}", headers={"Host": host}, timeout=5)
    assert answer.status_code == 403


def test_requests_are_counted(sandbox, clients, clock):
    before = sandbox.requests.get_total("intercom")
    clients.intercom.list_teams()
    clients.intercom.get_conversation(sandbox.world.conversations[0]["id"])
    shown = requests.get(f"{sandbox.url}/_sandbox/requests", timeout=5).json()["intercom"]
    assert shown["total"] == before + 2
    assert shown["paths"]["GET /conversations/{id}"] >= 1
    assert shown["last_minute"] >= 2
    clock.now += 61
    assert sandbox.requests.to_json()["intercom"]["last_minute"] == 0


def test_it_closes_even_while_somebody_hangs(clock):
    with small_sandbox(clock, conversations=20, calls=5) as own:
        own.fail("intercom", "hang")
        with Clients(own, clock, limits=IMPATIENT) as clients, pytest.raises(UnavailableError):
            clients.intercom.list_teams()
        began = time.monotonic()
    assert time.monotonic() - began < 5
