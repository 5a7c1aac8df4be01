"""What lies in the state store outlives an update, and a step back to an older version."""

import json

import pytest

from metrics.alerts.model import Problem
from services.robot.history import PREFIX, History
from services.robot.state import (
    AlertState,
    Delivery,
    Incident,
    OutboxMessage,
    SlackMessage,
    SlackStatus,
    dump_state,
    parse_state,
)
from services.robot.store import STATE_KEY, load_alert_state
from services.storage.disk_store import DiskStore

PROBLEM = {
    "rule": "queue", "key": "queue:team:6101", "severity": "critical", "value": 6.0,
    "threshold": 1.0, "unit": "count", "since": None, "team_id": "6101", "agent_id": None,
    "source": None, "screen_id": None, "team": "", "agent": "", "screen": "", "tickets": ["4821"],
    "hands": [["202", 4]], "facts": {"oldest_seconds": 61.5}, "fires": True,
}  # fmt: skip
# What older versions do not know, and pass over.
NEWER = ("limit_seconds", "notified_severity")
LIFE = {
    "id": "q", "problem": PROBLEM, "fired_at": 100.0, "peak": 7.0, "told_at": 160.0, "tellings": 2,
    "clear": 1, "acknowledged_by": "Marina", "acknowledged_at": 170.0, "muted_until": 180.0,
    "ended_at": 190.0, "ending": "resolved", "owes_end": True, "posts": ["m1"],
    "events": [[100.0, "fired", 6.0], [160.0, "told", 6.0]],
}  # fmt: skip
# As 0.2 wrote it.
BOOK = {
    "lives": [LIFE],
    "orders": [
        {
            "id": "o", "kind": "edit", "created_at": 191.0, "items": [["q", "ended"]],
            "post": "m1", "attempts": 3, "doubtful": 1, "sending": True, "waits_from": 192.0,
            "waits_for": 30.0, "covers": ["x"], "silent_since": 90.0, "asked_by": None,
            "is_plain": True, "failure": "Slack answered 503",
        }
    ],
    "posts": [{"id": "m1", "channel": "C1", "ts": "1.2", "lives": ["q"], "thread": None}],
    "deliveries": [
        {
            "id": "m1", "kind": "say", "created_at": 160.0, "done_at": 161.0, "arrived": True,
            "lives": ["q"], "attempts": 1, "doubtful": 0, "covers": 0, "reason": None,
        }
    ],
    "slack": {"state": "late", "since": 192.0, "arrived_at": 161.0, "error": "Slack answered 503"},
    "bad_since": {"aircall": 50.0}, "evaluated_at": 190.0, "unknown": ["spike"],
}  # fmt: skip
INCIDENT = Incident(
    "q",
    Problem(
        "queue", "queue:team:6101", "critical", 6, 1, team_id="6101", tickets=("4821",),
        hands=(("202", 4),), facts={"oldest_seconds": 61.5},
    ),
    fired_at=100,
    peak=7,
    notified_at=160,
    notification_count=2,
    clear=1,
    acknowledged_by="Marina",
    acknowledged_at=170,
    muted_until=180,
    ended_at=190,
    ending="resolved",
    resolve_pending=True,
    slack_message_ids=("m1",),
    events=((100, "fired", 6), (160, "told", 6)),
)  # fmt: skip


@pytest.fixture
def store(tmp_path):
    store = DiskStore(tmp_path / "state")
    yield store
    store.close()


def test_a_document_of_an_older_version_is_read_in_full(store):
    store.set(STATE_KEY, json.dumps(BOOK).encode())
    assert load_alert_state(store) == AlertState(
        incidents=(INCIDENT,),
        outbox=(
            OutboxMessage(
                "o", "edit", 191, (("q", "ended"),), "m1", attempts=3, doubtful=1, sending=True,
                waits_from=192, waits_for=30, covers=("x",), silent_since=90, is_plain=True,
                failure="Slack answered 503",
            ),
        ),
        slack_messages=(SlackMessage("m1", "C1", "1.2", ("q",)),),
        deliveries=(Delivery("m1", "say", 160, 161, arrived=True, incident_ids=("q",)),),
        slack=SlackStatus("late", 192, 161, "Slack answered 503"),
        bad_since={"aircall": 50},
        evaluated_at=190,
        unknown=("spike",),
    )  # fmt: skip


def read_as_before(content):
    return json.loads(
        content, object_hook=lambda found: {k: v for k, v in found.items() if k not in NEWER}
    )


def test_what_is_written_is_what_older_versions_read():
    assert read_as_before(dump_state(parse_state(json.dumps(BOOK).encode()))) == BOOK


def test_the_history_of_an_older_version_is_read_and_added_to(store):
    store.set(f"{PREFIX}1970-01-01", json.dumps([LIFE]).encode())
    history = History(store)
    assert history.list_incidents() == [INCIDENT]
    history.add([INCIDENT], now=200)
    assert read_as_before(store.get(f"{PREFIX}1970-01-01") or b"") == [LIFE]
