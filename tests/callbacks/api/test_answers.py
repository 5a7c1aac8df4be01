"""What the routes answer, and how they refuse."""

from itertools import product

import pytest

from metrics.model.catalog import CATALOG
from services.errors import UnavailableError
from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from tests.worlds.api_world import (
    AS_OF_TEXT,
    FELIPE,
    FINANCE,
    JOAO,
    LUANA,
    MANAGER,
    MARIANA,
    SUPPORT,
    Api,
    conversation,
    snapshot,
)

DATA_ROUTES = [
    "summary",
    "breakdown?metric=conversations&by=day",
    "agents",
    "queue",
    "line",
    "conversations",
    "calls",
    "fair_target",
    "staffing?stream=both",
    "time_away",
    "status",
    "alerts",
]


@pytest.fixture(scope="module")
def api():
    return Api()


@pytest.fixture(scope="module")
def empty():
    return Api(snapshot([], [], [], [], meta={}))


def test_days_outside_the_history_are_null_with_their_reason(api):
    asked = {"from_": "2026-08-25", "to": "2026-08-28", "metric": "conversations", "by": "day"}
    groups = api.get("breakdown", **asked)["breakdown"]
    assert [group["value"] for group in groups[:2]] == [None, None]
    assert groups[0]["reason"] == {
        "code": "no_history",
        "words": "these days are not in the loaded history",
    }
    assert groups[2]["value"] == 0
    before = api.get("summary", from_="2026-06-10", to="2026-06-12")["metrics"]
    assert before["conversations"]["reason"]["code"] == "no_history"


@pytest.mark.parametrize("route", DATA_ROUTES)
def test_every_answer_says_of_when_it_is(api, route):
    body = api.get(route)
    assert body["version"] == 7
    assert body["time_zone"] == "America/Sao_Paulo"
    assert body["data_as_of"] in ("2026-11-24T14:59:30Z", "2026-11-24T14:58:00Z")


def test_an_answer_is_as_old_as_its_oldest_vendor(api):
    as_of = {route: api.get(route)["data_as_of"] for route in ("summary", "queue", "calls")}
    assert as_of == {
        "summary": "2026-11-24T14:58:00Z",
        "queue": "2026-11-24T14:59:30Z",
        "calls": "2026-11-24T14:58:00Z",
    }


def test_the_summary_has_every_metric(api):
    assert set(api.get("summary")["metrics"]) == set(CATALOG)


def test_a_count_is_whole_and_a_duration_has_its_mean(api):
    metrics = api.get("summary")["metrics"]
    assert metrics["conversations"]["value"] == 7
    assert metrics["conversations"]["unit"] == "count"
    first_response = metrics["first_response_time"]
    assert (first_response["value"], first_response["n"]) == (300, 1)
    assert (first_response["mean"], first_response["p90"]) == (300, None)
    assert metrics["csat_score"]["value"] == 1
    assert 0 < metrics["csat_score"]["low"] < 1
    assert metrics["csat_score"]["parts"]["positive"] == 1


def test_a_rate_of_nothing_is_null_and_not_zero(empty):
    metrics = empty.get("summary")["metrics"]
    assert metrics["csat_score"]["value"] is None
    assert metrics["first_response_time"]["value"] is None
    assert metrics["first_response_time"]["reason"]["code"] == "no_rows"
    assert metrics["conversations"]["value"] == 0
    assert metrics["conversations"]["reason"] is None


def test_filters_combine(api):
    def count(**given):
        return api.get("summary", **given)["metrics"]["conversations"]["value"]

    assert count(team=SUPPORT) == 5
    assert count(team=[SUPPORT, FINANCE]) == 6
    assert count(team=SUPPORT, agent=LUANA) == 1
    assert count(agent="none") == 2
    assert count(origin="teammate") == 1
    assert count(**{"attr.Motivo de Contato": "Acesso e senha"}) == 1
    assert count(**{"attr.Motivo de Contato": ""}) == 1
    assert count(team="nowhere") == 0
    assert count(shift="morning") + count(shift="afternoon") == count()


def test_filters_cut_the_stocks_too_but_the_period_does_not(api):
    def stock(**given):
        return api.get("summary", **given)["metrics"]["open_now"]["value"]

    assert stock() == stock(from_="2020-01-01", to="2020-01-02") == 3
    assert stock(agent=JOAO) == 1


def test_the_clock_changes_the_durations():
    rows = [
        conversation(
            "c1",
            last_close_at="2026-11-20T14:00:00Z",
            time_to_last_close_seconds=600,
        )
    ]
    api = Api(snapshot(rows))
    values = {
        clock: api.get("summary", clock=clock)["metrics"]["time_to_close"]["value"]
        for clock in ("all", "office")
    }
    assert values == {"all": 7200, "office": 600}


def test_a_vendor_that_was_never_read_is_no_data_and_not_zero():
    sources = {"intercom": SourceStatus("ok", AS_OF_TEXT), "aircall": SourceStatus("failed")}
    for state in (sources, {"intercom": sources["intercom"]}):
        api = Api(snapshot(calls=[], sources=state))
        body = api.get("summary")
        assert body["metrics"]["calls_inbound"]["value"] is None
        assert body["metrics"]["conversations"]["value"] == 7
        assert body["data_as_of"] == "2026-11-24T14:59:30Z"
        calls = api.get("calls")
        assert (calls["calls"], calls["total"], calls["data_as_of"]) == ([], None, None)


def test_late_data_is_shown_with_its_state():
    sources = {
        "intercom": SourceStatus("ok", AS_OF_TEXT),
        "aircall": SourceStatus("late", AS_OF_TEXT),
    }
    metrics = Api(snapshot(sources=sources)).get("summary")["metrics"]
    assert metrics["calls_inbound"]["state"] == "late"
    assert metrics["calls_inbound"]["value"] == 3
    assert metrics["conversations"]["state"] == "ok"


def test_a_period_before_the_history_is_said_to_be_incomplete(api):
    assert api.get("summary")["period"]["complete"] is True
    assert api.get("summary", from_="2026-08-26")["period"]["complete"] is False
    assert api.get("summary", from_="2026-08-27")["period"]["complete"] is True


def test_a_day_of_25_hours_has_all_its_rows():
    rows = [
        conversation("before", "2026-11-01T03:59:59Z"),
        conversation("first", "2026-11-01T04:00:00Z"),
        conversation("last", "2026-11-02T04:59:59Z"),
        conversation("after", "2026-11-02T05:00:00Z"),
    ]
    api = Api(snapshot(rows), settings=Settings(time_zone="America/New_York"))
    found = api.get("conversations", from_="2026-11-01", to="2026-11-01")
    assert [row["id"] for row in found["conversations"]] == ["last", "first"]
    days = api.get("breakdown", metric="conversations", by="day", from_="2026-10-31",
                   to="2026-11-02")["breakdown"]  # fmt: skip
    assert {group["key"]: group["value"] for group in days} == {
        "2026-10-31": 1,
        "2026-11-01": 2,
        "2026-11-02": 1,
    }


def test_today_is_the_local_day():
    api = Api()
    api.now = api.now.replace(day=25, hour=2)
    assert api.get("summary")["period"]["to"] == "2026-11-24"


def test_a_breakdown_by_day_has_the_empty_days_too(api):
    body = api.get("breakdown", metric="conversations", by="day", from_="2026-11-19",
                   to="2026-11-22")  # fmt: skip
    assert [(g["key"], g["value"]) for g in body["breakdown"]] == [
        ("2026-11-19", 0),
        ("2026-11-20", 4),
        ("2026-11-21", 1),
        ("2026-11-22", 0),
    ]
    assert (body["metric"], body["by"]) == ("conversations", "day")


@pytest.mark.parametrize("by", ["hour", "weekday_hour", "agent", "team", "reason", "Equipe"])
def test_the_groups_of_a_breakdown_add_up(api, by):
    body = api.get("breakdown", metric="conversations", by=by)
    assert sum(group["n"] for group in body["breakdown"]) == 7
    assert all(group["label"] for group in body["breakdown"])


def test_agents_include_leavers_and_the_unassigned(api):
    rows = {row["id"]: row for row in api.get("agents")["agents"]}
    assert {JOAO, LUANA, MARIANA, FELIPE, "none"} <= set(rows)
    assert rows[MARIANA]["name"].startswith("Mariana Pontes")
    assert rows[MARIANA]["status"] == "left"
    assert rows[MARIANA]["metrics"]["conversations"]["value"] == 1
    assert rows["none"]["email"] is None
    assert rows["none"]["open"] == 2
    assert rows["none"]["recent"] == 2
    assert rows[JOAO]["text"]["state"] == "active"
    assert rows[JOAO]["voice"] == {"state": "available", "since": "2026-11-24T14:00:00Z"}
    assert rows[JOAO]["open"] == 1
    assert rows[JOAO]["metrics"]["calls_answered"]["value"] == 1
    assert rows[LUANA]["text"]["state"] == "away"
    assert rows[LUANA]["text"]["reason"] == "Almoço"
    assert rows[LUANA]["voice"] is None
    assert rows[LUANA]["metrics"]["csat_score"]["value"] is None


def test_agents_can_be_chosen(api):
    assert [row["id"] for row in api.get("agents", agent=LUANA)["agents"]] == [LUANA]


def test_the_queue_names_who_waits_and_where(api):
    body = api.get("queue")
    waiting = {row["id"]: row for row in body["queue"]}
    assert [row["id"] for row in body["unrouted"]] == ["c7"]
    assert waiting["c6"] == {
        "id": "c6",
        "team_id": SUPPORT,
        "team": "Suporte N1",
        "waiting_since": "2026-11-24T14:50:00Z",
        "waiting_seconds": 600,
        "channel": "conversation",
        "created_at": "2026-11-24T14:50:00Z",
        "subject": "Boleto não chegou",
        "contact_name": "Cliente Exemplo",
        "window_until": None,
        "url": "https://app.intercom.com/a/inbox/abc123/inbox/conversation/c6",
    }


def test_the_queue_can_be_filtered(api):
    assert [row["id"] for row in api.get("queue", team=SUPPORT)["queue"]] == ["c6"]
    assert api.get("queue", team=FINANCE)["queue"] == []
    assert api.get("queue", origin="teammate")["queue"] == []


def test_the_line_tells_what_waits_until_when_and_for_whom(api):
    body = api.get("line")
    assert body["with_calls"]
    row = next(row for row in body["line"] if row["id"] == "c6")
    assert (row["kind"], row["team"]) == ("chat", "Suporte N1")
    assert (row["since"], row["due_at"]) == ("2026-11-24T14:50:00Z", "2026-11-24T15:05:00Z")
    assert row["hand"]["in_team"]
    assert row["url"].endswith("/c6")
    only = api.get("line", kind=["unrouted", "ticket"])["line"]
    assert [row["id"] for row in only] == ["c7", "k2"]
    assert api.get("line", team=FINANCE, kind="chat")["line"] == []
    assert api.refused("line", kind="anything")[:2] == (400, "invalid_parameter")


def test_the_status_tells_sources_history_and_requests(api):
    body = api.get("status")
    assert body["sources"]["intercom"] == {
        "state": "ok",
        "as_of": "2026-11-24T14:59:30Z",
        "since": None,
        "error": None,
        "warning": None,
        "version": "2.14",
    }
    assert body["history"] == {
        "loaded_days": 90,
        "total_days": 90,
        "complete": True,
        "first_day": "2026-08-27",
    }
    assert body["vendor_requests_last_minute"] == {"intercom": 3, "aircall": 2}
    assert body["second_look"]["intercom"] == {
        "read_at": "2026-11-24T14:57:00Z",
        "whole_since": "2026-11-23T20:00:00Z",
        "changed": 12,
        "removed": 3,
    }


def test_alerts_do_not_pretend_that_somebody_watches(api):
    body = api.get("alerts")
    assert (body["live"], body["robot"]) == ([], "not running")
    rules = {rule["rule"]: rule for rule in body["rules"]}
    assert set(rules) == {
        "queue",
        "orphaned",
        "ai_stuck",
        "overload",
        "spike",
        "staffing_text",
        "staffing_voice",
        "stale",
        "wall_silent",
    }
    assert rules["overload"]["settings"] == {"open": 10}
    assert rules["queue"]["severity"] is None


@pytest.mark.parametrize("route", DATA_ROUTES)
def test_an_empty_workspace_is_answered(empty, route):
    assert empty.ask(route)[0] == 200


@pytest.mark.parametrize("route", DATA_ROUTES)
def test_before_the_first_collection_every_route_says_starting(route):
    assert Api(starting=True).refused(route)[:2] == (503, "starting")


@pytest.mark.parametrize(
    ("route", "query", "named"),
    [
        ("summary", {"from_": "soon"}, "from"),
        ("summary", {"from_": "2026-11-24", "to": "2026-11-23"}, "from"),
        ("summary", {"colour": "red"}, "colour"),
        ("summary", {"clock": "sun"}, "clock"),
        ("summary", {"origin": "bot"}, "origin"),
        ("summary", {"shift": "noite"}, "shift"),
        ("queue", {"shift": "noite"}, "shift"),
        ("summary", {"attr.Cor": "azul"}, "attr.Cor"),
        ("agents", {"limit": "5"}, "limit"),
        ("queue", {"from_": "2026-11-20"}, "from"),
        ("queue", {"attr.Cor": "azul"}, "attr.Cor"),
        ("breakdown", {"by": "day"}, "metric"),
        ("breakdown", {"metric": "conversations"}, "by"),
        ("breakdown", {"metric": "frt", "by": "day"}, "metric"),
        ("breakdown", {"metric": "conversations", "by": "moon"}, "by"),
        ("conversations", {"limit": "1001"}, "limit"),
        ("conversations", {"cursor": "x"}, "cursor"),
        ("conversations", {"metric": "calls_inbound"}, "metric"),
        ("calls", {"metric": "conversations"}, "metric"),
        ("status", {"from_": "2026-11-20"}, "from"),
        ("alerts", {"x": "1"}, "x"),
        ("openapi.json", {"x": "1"}, "x"),
    ],
)
def test_a_wrong_parameter_is_named(api, route, query, named):
    status, code, message = api.refused(route, **query)
    assert (status, code) == (400, "invalid_parameter")
    assert message.startswith(f"{named}: ")


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/summary",
        "/api/v1/Summary",
        "/api/v1/summary/x",
        "/api/v1/../x",
    ],
)
def test_an_unknown_address_is_answered_in_json(api, path):
    response = api.client.get(path, follow_redirects=True)
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_reading_is_offered(api, method):
    response = api.client.open("/api/v1/summary", method=method)
    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "method_not_allowed"
    assert response.headers["Allow"] == "GET, HEAD"


def test_answers_are_not_stored_on_the_way(api):
    api.viewer = MANAGER
    response = api.client.get("/api/v1/status")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "application/json"


@pytest.mark.parametrize(
    "text",
    ["'; drop table x; --", "<script>alert(1)</script>", "\x00", "../../etc/passwd", "=1+1",
     "é🙂", "%s%d{0}", "a" * 200, "NaN", "null"],
)  # fmt: skip
def test_hostile_words_are_values_like_any_other(api, text):
    for route in ("summary", "agents", "queue", "conversations", "calls"):
        status, _ = api.ask(route, team=text, **{"attr.Motivo de Contato": text})
        assert status == 200
    for name in ("from", "clock", "origin", text):
        assert api.refused("summary", **{f"{name}_": text})[0] == 400
    assert api.refused("conversations", cursor=text)[0] == 400


def test_hostile_rows_stay_data():
    hostile = '<img src=x onerror=alert(1)>"\u2028\ud7ff'
    api = Api(snapshot([conversation("a/../b?c", subject=hostile, tags=hostile)]))
    row = api.get("conversations")["conversations"][0]
    assert row["subject"] == hostile
    assert row["url"].endswith("/conversation/a%2F..%2Fb%3Fc")


def test_a_store_that_does_not_answer_is_said(api):
    broken = Api()

    def fail(*_, **__):
        raise UnavailableError("redis://secret@host")

    broken.store.increment = fail
    assert broken.ask("status")[0] == 200  # reading needs no write
    broken.store.get = fail
    status, code, message = broken.refused("status")
    assert (status, code) == (503, "unavailable")
    assert "secret" not in message


def test_a_mistake_of_ours_is_answered_with_a_reference(caplog):
    broken = Api()
    broken.dataset.snapshot = lambda: 1 / 0
    status, code, message = broken.refused("status")
    assert (status, code) == (500, "internal_error")
    assert message.rpartition(" ")[2] in caplog.text


def test_an_unchanged_question_is_computed_once(monkeypatch):
    api = Api()
    asked = []
    original = api.dataset.current.memory.get

    def counted(key, compute):
        return original(key, lambda: asked.append(key) or compute())

    monkeypatch.setattr(api.dataset.current.memory, "get", counted)
    first = api.get("summary", team=[SUPPORT, FINANCE])
    assert api.get("summary", team=[FINANCE, SUPPORT]) == first
    assert len(asked) == 1
    api.get("summary", team=SUPPORT)
    assert len(asked) == 2


def test_every_breakdown_is_an_answer_or_a_refusal_that_says_why(api):
    groups = ["day", "hour", "weekday_hour", "agent", "team", "reason", "attr.Motivo de Contato"]
    for metric, by in product(CATALOG, groups):
        status, body = api.ask("breakdown", metric=metric, by=by)
        assert status in (200, 400), (metric, by)
        assert status == 200 or body["error"]["message"].startswith("by: ")
    refused = api.refused("breakdown", metric="calls_inbound", by="reason")
    assert refused[2] == "by: calls_inbound cannot be grouped by reason: conversations can"
