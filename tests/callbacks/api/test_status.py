"""What the robot knows, as machines read it."""

from dataclasses import replace

import pytest

from callbacks.api import schema as api_schema
from metrics.alerts.model import Problem
from services.robot.state import (
    AlertState,
    Delivery,
    Incident,
    OutboxMessage,
    SlackStatus,
    dump_state,
)
from services.robot.store import STATE_KEY
from services.settings.decisions import OLD_KEY
from tests.worlds.api_world import JOAO, NOW, SUPPORT, Api

AT = NOW.timestamp()
QUEUE = Problem(
    "queue", f"queue:team:{SUPPORT}", "critical", 6, 1, since=AT - 900, team_id=SUPPORT,
    tickets=("c6",),
)  # fmt: skip
LOAD = Problem("overload", f"overload:agent:{JOAO}", "warning", 12, 10, agent_id=JOAO)


@pytest.fixture
def api():
    return Api()


def lay(api, **values):
    state = AlertState(evaluated_at=AT - 20, slack=SlackStatus("ok", AT - 3600, AT - 60), **values)
    api.store.values[STATE_KEY] = dump_state(state)
    return api.get("alerts")


def test_without_a_robot_nothing_is_told_to_be_well(api):
    body = api.get("alerts")
    assert (body["robot"], body["slack"], body["live"]) == ("not running", "off", [])
    api_schema.Alerts.model_validate(body)


def test_live_problems_have_names_links_and_their_age_the_worst_first(api):
    incidents = (
        Incident("b", LOAD, AT - 2400, 12, acknowledged_by="Marina", acknowledged_at=AT - 60),
        Incident("a", QUEUE, AT - 840, 8, notified_at=AT - 840, notification_count=2),
        Incident("over", QUEUE, AT - 9000, 3, ended_at=AT - 8000, ending="resolved"),
    )
    body = lay(api, incidents=incidents)
    api_schema.Alerts.model_validate(body)
    assert body["robot"] == "running"
    queue, load = body["live"]
    assert (queue["id"], queue["team"], queue["agent"]) == ("a", "Suporte N1", None)
    assert (queue["value"], queue["peak"], queue["tellings"]) == (6, 8, 2)
    assert queue["duration_seconds"] == 840
    assert queue["fired_at"] == "2026-11-24T14:46:00Z"
    assert queue["tickets"] == [
        {"id": "c6", "url": "https://app.intercom.com/a/inbox/abc123/inbox/conversation/c6"}
    ]
    assert (load["agent"], load["acknowledged_by"]) == ("João Vitor Lacerda", "Marina")


def test_a_silent_television_is_told_with_its_link(api):
    problem = Problem(
        "wall_silent", "wall_silent:screen:ab12", "warning", 420, 300, unit="seconds",
        since=AT - 420, screen_id="ab12", screen="Sala 2",
    )  # fmt: skip
    [live] = lay(api, incidents=(Incident("tv", problem, AT - 120, 420),))["live"]
    api_schema.LiveProblem.model_validate(live)
    assert (live["screen_id"], live["screen"], live["unit"]) == ("ab12", "Sala 2", "seconds")
    assert (live["team"], live["agent"], live["source"]) == (None, None, None)


def test_the_latest_deliveries_say_what_was_given_up_and_why(api):
    good = Delivery("1", "say", AT - 60, AT - 59, arrived=True, incident_ids=("a",), doubtful=1)
    bad = replace(good, id="2", arrived=False, reason="channel_not_found")
    body = lay(api, deliveries=(good, bad), outbox=(OutboxMessage("3", "say", AT),))
    assert [one["reason"] for one in body["deliveries"]] == ["channel_not_found", None]
    assert body["waiting"] == 1
    api_schema.Alerts.model_validate(body)


def test_a_robot_that_has_not_looked_for_long_is_not_running(api):
    api.store.values[STATE_KEY] = dump_state(AlertState(evaluated_at=AT - 3600))
    assert api.get("alerts")["robot"] == "not running"


def test_rules_are_told_as_they_hold(api):
    api.store.values[OLD_KEY] = (
        b'{"rules": {"overload": {"open": 12}, "staffing_text": {"goal": 3}},'
        b' "by": {"overload": "Marina"}, "off": ["spike"]}'
    )
    rules = {rule["rule"]: rule for rule in lay(api)["rules"]}
    assert rules["overload"]["settings"] == {"open": 12}
    assert (rules["overload"]["edited"], rules["overload"]["edited_by"]) == ({"open": 12}, "Marina")
    assert rules["staffing_text"]["settings"] == {"goal": 3}
    assert [name for name, rule in rules.items() if not rule["on"]] == ["spike"]


def test_slack_is_a_source_of_the_status(api):
    assert api.get("status")["sources"]["slack"]["state"] == "off"
    lay(api)
    slack = api.get("status")["sources"]["slack"]
    assert (slack["state"], slack["as_of"]) == ("ok", "2026-11-24T14:59:00Z")
