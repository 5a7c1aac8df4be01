"""Who gets what: every route for every role, and what an analyst can never reach."""

import pytest

from callbacks.api.blueprint import REQUESTS_PER_MINUTE
from callbacks.api.routes import ROUTES
from services.settings.config import Settings
from services.settings.sections import AccessSetting
from tests.worlds.api_world import (
    ANALYST,
    CALLS,
    DEVICE,
    JOAO,
    LUANA,
    MANAGER,
    STRANGER,
    Api,
    call,
    conversation,
    snapshot,
)

ADDRESSES = {
    "summary": "summary",
    "breakdown": "breakdown?metric=conversations&by=agent",
    "decomposition": "decomposition?metric=csat_score",
    "agents": "agents",
    "conversations": "conversations",
    "calls": "calls",
    "tickets": "tickets",
    "queue": "queue",
    "line": "line",
    "fair_target": "fair_target",
    "staffing": "staffing",
    "time_away": "time_away",
    "alerts": "alerts",
    "status": "status",
    "openapi": "openapi.json",
}
ANALYSTS_TOO = {"summary", "breakdown", "agents", "conversations", "calls", "queue", "line"}
OWN_ROWS = ANALYSTS_TOO - {"queue", "line"}


@pytest.fixture(scope="module")
def api():
    return Api()


def test_every_route_has_an_address_in_these_tests():
    assert set(ADDRESSES) == set(ROUTES)


@pytest.mark.parametrize("route", ADDRESSES)
def test_managers_get_everything_and_devices_nothing(api, route):
    assert api.ask(ADDRESSES[route], viewer=MANAGER)[0] == 200
    assert api.refused(ADDRESSES[route], viewer=DEVICE)[:2] == (403, "forbidden")


@pytest.mark.parametrize("route", ADDRESSES)
def test_nobody_gets_nothing(api, route):
    assert api.refused(ADDRESSES[route], viewer=None)[:2] == (401, "unauthorized")


@pytest.mark.parametrize("route", ADDRESSES)
def test_analysts_get_the_routes_of_their_own_rows(api, route):
    status, _ = api.ask(ADDRESSES[route], viewer=ANALYST)
    assert status == (200 if route in ANALYSTS_TOO else 403)


@pytest.mark.parametrize("route", sorted(OWN_ROWS))
@pytest.mark.parametrize("agent", [LUANA, "none", [JOAO, LUANA], "' or 1=1"])
def test_an_analyst_who_asks_for_somebody_else_is_refused(api, route, agent):
    given = {"metric": "conversations", "by": "day"} if route == "breakdown" else {}
    refused = api.refused(route, viewer=ANALYST, agent=agent, **given)
    assert refused[:2] == (403, "forbidden")


@pytest.mark.parametrize("route", sorted(OWN_ROWS))
def test_an_account_that_is_nobody_in_intercom_has_no_rows(api, route):
    assert api.refused(ADDRESSES[route], viewer=STRANGER)[:2] == (403, "forbidden")


def test_an_analyst_may_name_the_own_id(api):
    forced, named = (api.get("summary", viewer=ANALYST, **given) for given in ({}, {"agent": JOAO}))
    assert forced["metrics"] == named["metrics"]


def test_numbers_are_forced_to_own_rows_and_not_remembered_across_readers():
    api = Api()
    for viewer, expected in ((MANAGER, 7), (ANALYST, 2), (MANAGER, 7)):
        metrics = api.get("summary", viewer=viewer)["metrics"]
        assert metrics["conversations"]["value"] == expected


def test_rows_are_forced_to_own_rows():
    api = Api()
    found = api.get("conversations", viewer=ANALYST)["conversations"]
    assert {row["id"] for row in found} == {"c1", "c2"}
    found = api.get("calls", viewer=ANALYST)["calls"]
    assert {row["id"] for row in found} == {"t1", "t3"}


@pytest.mark.parametrize(("rated", "shown"), [(JOAO, "só minha"), (LUANA, None)])
def test_own_rows_tell_only_own_ratings(rated, shown):
    row = conversation("c9", rating=1, rating_remark="só minha", rated_agent_id=rated)
    api = Api(snapshot(conversations=[row]))
    told = [
        api.get("conversations", viewer=viewer)["conversations"][0]["rating_remark"]
        for viewer in (ANALYST, MANAGER)
    ]
    assert told == [shown, "só minha"]


def test_a_breakdown_by_agent_shows_an_analyst_the_own_group_only():
    shared = call("t9", transferred_by_id="902", transferred_by_email="luana.tavares@example.com")
    api = Api(snapshot(calls=[*CALLS, shared]))
    everybody = api.get("breakdown", metric="calls_answered", by="agent")["breakdown"]
    assert {JOAO, LUANA} <= {group["key"] for group in everybody}
    own = api.get("breakdown", metric="calls_answered", by="agent", viewer=ANALYST)["breakdown"]
    assert {group["key"] for group in own} == {JOAO}


def test_agents_show_an_analyst_the_own_row_only(api):
    assert [row["id"] for row in api.get("agents", viewer=ANALYST)["agents"]] == [JOAO]


def test_the_queue_tells_an_analyst_no_customer(api):
    answer = api.get("queue", viewer=ANALYST)
    assert answer["queue"]
    assert all(row["subject"] is None for row in answer["queue"] + answer["unrouted"])
    assert "Cliente" not in str(answer)
    assert "Boleto" not in str(answer)
    assert "Cliente Exemplo" in str(api.get("queue", viewer=MANAGER))


def test_the_line_tells_an_analyst_no_customer_and_no_whole_number():
    missed = {"answered_at": None, "missed_call_reason": "agents_did_not_answer"}
    caller = {"digits": "+5511987654321", "contact_name": "Cliente Exemplo"}
    api = Api(snapshot(calls=[call("t9", "2026-11-24T14:00:00Z", **missed, **caller)]))
    whole, own = (api.get("line", viewer=viewer)["line"] for viewer in (MANAGER, ANALYST))
    assert [row["id"] for row in own] == [row["id"] for row in whole]
    assert "+5511987654321" in str(whole)
    assert "Boleto" in str(whole)
    for told in ("987654321", "Cliente", "Boleto"):
        assert told not in str(own)


def test_the_queue_is_closed_to_analysts_where_the_wall_is():
    api = Api(settings=Settings(access=AccessSetting(analyst_wall=False)))
    assert api.refused("queue", viewer=ANALYST)[:2] == (403, "forbidden")
    assert api.get("queue", viewer=MANAGER)


def test_phone_numbers_are_masked_for_analysts(api):
    whole = api.get("calls", viewer=MANAGER)["calls"]
    assert {row["digits"] for row in whole} == {"+5511955501234"}
    own = api.get("calls", viewer=ANALYST)["calls"]
    assert {row["digits"] for row in own} == {"••••••••••1234"}


def test_whoever_asks_too_often_waits_for_the_next_minute():
    api = Api()
    api.get("status")
    (counter,) = api.store.values
    api.store.set(counter, str(REQUESTS_PER_MINUTE - 1).encode())
    assert api.get("status")
    api.viewer = MANAGER
    response = api.client.get("/api/v1/status")
    assert response.status_code == 429
    assert response.get_json()["error"]["code"] == "too_many_requests"
    assert response.headers["Retry-After"] == "60"
    assert api.get("queue", viewer=ANALYST)
    api.now = api.now.replace(minute=1)
    assert api.get("status")


def test_the_counters_hold_no_address():
    api = Api()
    api.get("status")
    assert api.store.values
    assert "marina" not in str(api.store.values)
