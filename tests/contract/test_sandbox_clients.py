"""Our own clients read everything that the sandbox knows, in every version."""

import pytest
import requests

from services.errors import NotFoundError
from services.settings.config import Settings
from services.settings.sections import BackofficeSetting
from services.vendors.aircall_rows import build_call_row
from services.vendors.intercom_rows import (
    AttributeTypes,
    build_call_check,
    build_conversation_row,
    build_scope_check,
    build_scope_filter,
)
from tests.worlds.sandboxes import Clients, Clock, small_sandbox


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def sandbox(clock):
    with small_sandbox(clock) as running:
        yield running


@pytest.fixture(params=["2.9", "2.12", "2.14", "2.16"])
def clients(request, sandbox, clock):
    with Clients(sandbox, clock, request.param) as found:
        found.version = request.param
        yield found


def test_every_conversation_comes_and_becomes_a_row(clients, sandbox):
    rows = [row for page in clients.intercom.list_updated_conversations(0) for row in page.rows]
    expected = {one["id"]: one for one in sandbox.world.conversations}
    assert [row["id"] for row in rows] == sorted(
        expected, key=lambda one: (expected[one]["updated_at"], one)
    )
    is_call = build_call_check(Settings().calls_in_conversations)
    for row in (build_conversation_row(row, is_call, AttributeTypes()) for row in rows):
        original = expected[row["id"]]
        assert row["state"] == original["state"]
        assert row["agent_id"] == (str(original["admin_assignee_id"] or "") or None)
        assert row["team_id"] == (str(original["team_assignee_id"] or "") or None)
    assert clients.intercom.answered_version == clients.version
    assert clients.intercom.warning is None


@pytest.mark.parametrize("state", ["open", "snoozed"])
def test_the_states_are_found(clients, sandbox, state):
    pages = clients.intercom.list_conversations_in_state(state)
    found = {row["id"] for page in pages for row in page.rows}
    assert found == {one["id"] for one in sandbox.world.conversations if one["state"] == state}
    assert len(found) == sandbox.truth[state]


def test_people_teams_and_attributes_are_read(clients):
    intercom = clients.intercom
    assert intercom.get_me()["email"] == "marina.falcao@example.com"
    people = {one["email"] for one in intercom.list_admins()}
    assert {"joao.lacerda@example.com", "luana.tavares@example.com"} <= people
    assert {one["id"] for one in intercom.list_teams()} == {"6101", "6102"}
    assert "Motivo de Contato" in {one["name"] for one in intercom.list_conversation_attributes()}
    if (clients.version < "2.14" and clients.version != "2.9") or clients.version == "2.9":
        with pytest.raises(NotFoundError):
            intercom.list_away_status_reasons()
    else:
        assert "Almoço" in {one["label"] for one in intercom.list_away_status_reasons()}


def test_every_call_comes_and_becomes_a_row(clients, sandbox, clock):
    until = int(clock.now) + 900
    pages = clients.aircall.list_calls(until - 30 * 86400, until)
    rows = [build_call_row(row) for page in pages for row in page.rows]
    calls = sandbox.world.calls
    assert [row["id"] for row in rows] == [str(one["id"]) for one in calls]
    assert {row["missed_call_reason"] for row in rows} >= {None, "out_of_opening_hours"}
    assert len(rows) == sandbox.truth["calls"]


def test_the_telephone_side_is_read(clients):
    aircall = clients.aircall
    users = {one["email"]: one for one in aircall.list_users()}
    # One is missing here, one is spelt differently, and one is nobody of Intercom's.
    assert "ingrid.hoffmann@example.com" not in users
    assert "Rafael.Quintela@Example.Com" in users
    assert "sofia.albuquerque@example.com" in users
    assert len(aircall.list_numbers()) == 3
    assert set(aircall.get_availabilities()) == {str(one["id"]) for one in users.values()}
    assert aircall.ping() == {"ping": "pong"}


def test_a_deleted_conversation_is_gone(clock):
    with small_sandbox(clock) as own, Clients(own, clock) as clients:
        gone = own.world.conversations[5]["id"]
        answer = requests.post(f"{own.url}/_sandbox/delete", json={"id": gone}, timeout=5)
        assert answer.status_code == 200
        with pytest.raises(NotFoundError):
            clients.intercom.get_conversation(gone)
        found = {
            row["id"] for p in clients.intercom.list_updated_conversations(0) for row in p.rows
        }
        assert gone not in found
        assert len(found) == own.truth["conversations"]


def ask(sandbox, method, path, status, **words):
    words.setdefault("headers", {"Authorization": "Bearer any"})
    answer = requests.request(method, sandbox.url + path, timeout=5, **words)
    assert answer.status_code == status, answer.text
    return answer


def test_refusals_look_as_the_vendors(sandbox):
    found = ask(sandbox, "GET", "/me", 401, headers={}).json()
    assert found["errors"][0]["code"] == "unauthorized"
    headers = {"Authorization": "Bearer any", "Intercom-Version": "9.9"}
    found = ask(sandbox, "GET", "/me", 400, headers=headers).json()
    assert found["errors"][0]["code"] == "intercom_version_invalid"
    assert ask(sandbox, "GET", "/v1/ping", 401, headers={}).json() == {"message": "Unauthorized"}
    found = ask(sandbox, "POST", "/conversations/search", 400, data=b"{").json()
    assert found["status"] == 400
    answer = ask(sandbox, "GET", "/conversations/0", 404)
    assert answer.json()["type"] == "error.list"
    assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(
        answer.headers
    )


def test_a_token_may_be_required(clock):
    with small_sandbox(clock, token="demonstration", conversations=50, calls=10) as strict:
        ask(strict, "GET", "/me", 401)
        ask(strict, "GET", "/me", 200, headers={"Authorization": "Bearer demonstration"})
        ask(strict, "GET", "/v1/ping", 403, headers={}, auth=("some", "key"))
        ask(strict, "GET", "/v1/ping", 200, headers={}, auth=("demonstration", "demonstration"))


def test_a_window_that_is_used_up_names_when_to_come_again(clock):
    with small_sandbox(
        clock, conversations=50, calls=10, intercom_limit=3, aircall_limit=2
    ) as tight:
        statuses = [
            requests.get(f"{tight.url}/teams", headers={"Authorization": "Bearer any"}, timeout=5)
            for _ in range(4)
        ]
        assert [one.status_code for one in statuses] == [200, 200, 200, 429]
        reset = int(statuses[-1].headers["X-RateLimit-Reset"])
        assert clock.now < reset <= clock.now + 10
        for expected in (200, 200, 429):
            found = requests.get(f"{tight.url}/v1/ping", auth=("a", "b"), timeout=5)
            assert found.status_code == expected
        assert int(found.headers["X-AircallApi-Reset"]) > clock.now


def test_back_office_tickets_are_found(sandbox):
    body = {"query": {"field": "ticket_type_id", "operator": "=", "value": "301"}}
    old = {"Authorization": "Bearer any", "Intercom-Version": "2.10"}
    found = ask(sandbox, "POST", "/tickets/search", 200, json=body, headers=old).json()
    assert found["total_count"] > 5
    states = {"submitted", "in_progress", "waiting_on_customer", "resolved"}
    assert {ticket["ticket_state"] for ticket in found["tickets"]} <= states
    found = ask(sandbox, "POST", "/tickets/search", 200, json=body).json()
    assert found["tickets"][0]["ticket_state"]["internal_label"]
    one = found["tickets"][0]
    assert ask(sandbox, "GET", f"/tickets/{one['id']}", 200).json() == one
    ask(sandbox, "GET", "/tickets/1", 404)
    ancient = old | {"Intercom-Version": "2.9"}
    ask(sandbox, "POST", "/tickets/search", 404, json=body, headers=ancient)


@pytest.mark.parametrize("version", ["2.11", "2.12", "2.16"])
def test_our_client_reads_every_ticket_of_the_back_office(sandbox, clock, version):
    setting = BackofficeSetting()
    scope = build_scope_filter(setting, version)
    with Clients(sandbox, clock, version) as clients:
        pages = list(clients.intercom.list_updated_tickets(0, scope=scope))
        still = [row for page in clients.intercom.list_open_tickets(scope) for row in page.rows]
    rows = [row for page in pages for row in page.rows]
    wanted = [one for one in sandbox.tickets if one["category"] == "Back-office"]
    assert {row["id"] for row in rows} == {one["id"] for one in wanted}
    assert {row["id"] for row in still} == {one["id"] for one in wanted if one["open"]}
    assert all(map(build_scope_check(setting), rows))


def test_tickets_go_on_with_the_clock(sandbox, clock):
    before = {one["id"]: one for one in sandbox.tickets}
    clock.now += 3 * 86400
    sandbox.advance()
    after = {one["id"]: one for one in sandbox.tickets}
    assert after.keys() > before.keys()
    changed = [one for key, one in after.items() if key in before and one != before[key]]
    assert changed
    assert all(one["updated_at"] > clock.now - 3 * 86400 for one in changed)
    assert all(one["updated_at"] <= clock.now for one in after.values())
