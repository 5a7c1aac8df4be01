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
from tests.worlds.boxes import Clients, Clock, small_box

IMPATIENT = Limits(connect=1, read=0.3, whole=1, attempts_seconds=1)


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def running(clock):
    with small_box(clock, conversations=100, calls=40) as box:
        yield box


@pytest.fixture
def box(running):
    yield running
    running.heal()


@pytest.fixture
def clients(box, clock):
    with Clients(box, clock, limits=IMPATIENT) as found:
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
def test_each_fault_is_the_error_it_should_be_and_heals(box, clients, kind, error):
    words = {"retry_after": 3600} if kind == "429" else {}
    box.fail("intercom", kind, **words)
    with pytest.raises(error):
        clients.intercom.list_teams()
    assert clients.aircall.ping(), "the other vendor is well"
    box.heal()
    with Clients(box, Clock()) as others:
        assert others.intercom.list_teams()


@pytest.mark.parametrize("kind", ["500", "truncate", "malformed", "reset"])
def test_a_fault_of_one_time_is_gone_after_it(box, clients, kind):
    box.fail("aircall", kind, times=1)
    assert clients.aircall.ping() == {"ping": "pong"}


def test_a_slow_answer_comes_after_all(box, clients):
    box.fail("intercom", "slow", times=1, delay=0.1)
    began = time.monotonic()
    assert clients.intercom.list_teams()
    assert time.monotonic() - began >= 0.1


def test_a_429_is_waited_for(box, clients, clock):
    before = clock.now
    box.fail("intercom", "429", times=1, retry_after=7)
    assert clients.intercom.list_teams()
    assert clock.now - before >= 7


def test_a_fault_may_strike_one_address_only_and_end_by_itself(box, clients, clock):
    box.fail("intercom", "403", path="/away_status_reasons", seconds=60)
    assert clients.intercom.list_admins()
    with pytest.raises(ForbiddenError):
        clients.intercom.list_away_status_reasons()
    clock.now += 61
    assert clients.intercom.list_away_status_reasons()


def test_a_telephone_key_that_is_wrong_is_told_as_such(box, clients):
    box.fail("aircall", "403")
    with pytest.raises(UnauthorizedError):
        clients.aircall.ping()


def test_faults_come_and_go_over_http(box):
    asked = {"vendor": "slack", "kind": "500", "times": 1}
    assert requests.post(f"{box.url}/_sandbox/faults", json=asked, timeout=5).status_code == 201
    said = {"json": {"text": "oi"}, "timeout": 5}
    assert requests.post(f"{box.url}/slack/webhook", **said).status_code == 500
    assert requests.post(f"{box.url}/slack/webhook", **said).text == "ok"
    wrong = {"vendor": "slack", "kind": "strange"}
    assert requests.post(f"{box.url}/_sandbox/faults", json=wrong, timeout=5).status_code == 400
    assert requests.delete(f"{box.url}/_sandbox/faults", timeout=5).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
@pytest.mark.parametrize("path", ["faults", "truth", "requests"])
def test_only_this_machine_may_command(box, host, path):
    answer = requests.get(f"{box.url}/_sandbox/{path}", headers={"Host": host}, timeout=5)
    assert answer.status_code == 403


def test_requests_are_counted(box, clients, clock):
    before = box.requests.total("intercom")
    clients.intercom.list_teams()
    clients.intercom.get_conversation(box.world.conversations[0]["id"])
    shown = requests.get(f"{box.url}/_sandbox/requests", timeout=5).json()["intercom"]
    assert shown["total"] == before + 2
    assert shown["paths"]["GET /conversations/{id}"] >= 1
    assert shown["last_minute"] >= 2
    clock.now += 61
    assert box.requests.shown()["intercom"]["last_minute"] == 0


def test_it_closes_even_while_somebody_hangs(clock):
    with small_box(clock, conversations=20, calls=5) as own:
        own.fail("intercom", "hang")
        with Clients(own, clock, limits=IMPATIENT) as clients, pytest.raises(UnavailableError):
            clients.intercom.list_teams()
        began = time.monotonic()
    assert time.monotonic() - began < 5
