"""What the vendors say of their own accord: applied within seconds, and polling stays the truth."""

from itertools import count

import pytest

from services.hooks import event_queue
from services.hooks.events import read_aircall, read_intercom
from tests.worlds.collecting import DAY, NOW, Rig

numbers = count()


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    rig.intercom.put(1, NOW - 600, state="open")
    rig.intercom.put(2, NOW - 500, state="open")
    rig.aircall.put(71, NOW - 400, contact={"first_name": "Bia", "last_name": "Prado"})
    rig.everything()
    return rig


def tell(rig, topic, conversation=None, at=None, **item):
    item = {"type": "conversation", "id": str(conversation)} if conversation else item
    body = {"topic": topic, "id": f"notif_{next(numbers)}", "created_at": int(at or rig.clock.now)}
    rig.events.put(read_intercom(body | {"app_id": "app1", "data": {"item": item}}))


def ring(rig, event, call, at, **fields):
    data = {"id": call, "started_at": int(at), "direction": "inbound", **fields}
    body = {"resource": "call", "event": event, "timestamp": int(at), "data": data}
    rig.events.put(read_aircall(body))


def conversation(rig, number):
    rows = rig.snapshot().tables.conversations.rows(named=True)
    return next((row for row in rows if row["id"] == str(number)), None)


def call(rig, number):
    rows = rig.snapshot().tables.calls.rows(named=True)
    return next((row for row in rows if row["id"] == str(number)), None)


def waiting(rig):
    return rig.state.keys(event_queue.PREFIX)


def test_what_has_changed_is_read_alone_and_leaves_the_queue_with_its_version(rig):
    rig.intercom.put(1, NOW - 600, NOW + 1, state="closed")
    tell(rig, "conversation.admin.closed", 1)
    before = rig.intercom.requests
    [conversations, *_] = rig.run.workers
    assert conversations.step()
    assert rig.intercom.requests == before + 1
    assert len(waiting(rig)) == 1
    # Killed before it is published: the next collector finds it again.
    rig.restart()
    rig.minute(publish=False)
    assert rig.moment()
    assert conversation(rig, 1)["state"] == "closed"
    assert not waiting(rig)


def test_what_changes_nothing_makes_no_version(rig):
    for _ in range(3):
        tell(rig, "conversation.admin.noted", 1)
    before = rig.intercom.requests
    assert rig.moment() is None
    assert not waiting(rig)
    assert rig.intercom.requests == before + 1


def test_a_call_is_as_its_event_says_whatever_comes_late_or_twice(rig):
    ring(rig, "call.answered", 72, NOW + 61, status="answered", user={"id": 11, "name": "Ana"})
    rig.moment(2)
    ring(rig, "call.created", 72, NOW + 61, status="initial")
    ring(rig, "call.created", 72, NOW + 61, status="initial")
    rig.moment(2)
    assert (call(rig, 72)["status"], call(rig, 72)["user_name"]) == ("answered", "Ana")
    ring(rig, "call.hungup", 72, NOW + 62, status="done")
    ring(rig, "call.answered", 72, NOW + 61, status="answered")
    rig.moment(2)
    assert call(rig, 72)["status"] == "done"
    # Nothing of it was asked for, but who is there by now.
    assert rig.events.count_today()["aircall"]["applied"] == 3


def test_an_event_leaves_the_customer_that_it_does_not_name(rig):
    ring(rig, "call.tagged", 71, NOW - 400, status="done", tags=[{"name": "vip"}])
    rig.moment()
    assert call(rig, 71)["contact_name"] == "Bia Prado"


def test_an_event_of_last_week_says_only_where_to_look(rig):
    body = {"event": "call.created", "timestamp": int(NOW - 7 * DAY)}
    data = {"id": 71, "started_at": int(NOW - 400), "status": "initial"}
    rig.events.put(read_aircall(body | {"data": data}))
    rig.moment(61)
    assert call(rig, 71)["status"] == "done"
    assert rig.events.count_today()["aircall"] == {"late": 1, "read": 1}


def test_a_call_of_another_day_is_as_the_vendor_has_it(rig):
    rig.aircall.put(60, NOW - 20 * DAY)
    data = {"id": 60, "started_at": int(NOW - 20 * DAY), "status": "initial"}
    body = {"event": "call.created", "timestamp": int(rig.clock.now)}
    rig.events.put(read_aircall(body | {"data": data}))
    rig.moment()
    assert call(rig, 60)["status"] == "done"


def test_only_what_is_said_to_be_deleted_and_is_gone_goes(rig):
    del rig.intercom.rows["1"], rig.intercom.rows["2"]
    tell(rig, "conversation.deleted", conversation_id="1", type="conversation")
    tell(rig, "conversation.admin.closed", 1)
    tell(rig, "conversation.admin.closed", 2)
    for _ in range(3):
        rig.moment()
    assert rig.ids() == ["2"]


def test_who_is_away_is_seen(rig):
    rig.intercom.people[0]["away_mode_enabled"] = True
    tell(rig, "admin.away_mode_updated", type="admin", id=1)
    assert rig.moment(6)
    assert rig.snapshot().tables.agents["away"].to_list()[0] is True


def test_events_never_hide_what_was_not_read_meanwhile(rig):
    rig.aircall.put(80, NOW + 120)
    rig.clock.now += 7200
    ring(rig, "call.hungup", 81, rig.clock.now, status="done")
    rig.moment()
    assert "80" not in rig.ids("calls")
    rig.minute()
    assert {"80", "81"} <= set(rig.ids("calls"))


def test_a_flood_takes_no_more_than_its_places_and_the_newest_comes_first(rig, monkeypatch):
    monkeypatch.setattr(event_queue, "SLOTS", 16)
    for number in range(3, 103):
        rig.intercom.put(number, NOW - 300 + number, state="open")
        rig.clock.now += 0.001
        tell(rig, "conversation.user.created", number)
    assert len(waiting(rig)) <= 16
    rig.moment()
    assert rig.ids() == ["1", "102", "2"]
    rig.minute()
    assert len(rig.ids()) == 102


def test_without_events_the_live_state_is_read_as_often_as_is_set(tmp_path):
    rig = Rig(tmp_path, sync={"live_seconds": 10, "history_days": 2, "recheck_minutes": 0})
    rig.everything()
    [conversations, calls, _] = rig.run.workers
    before = rig.aircall.requests
    for _ in range(6):
        rig.clock.now += 5
        calls.step()
    assert rig.aircall.requests - before == 3 * 2
    rig.intercom.put(9, rig.clock.now, state="open")
    conversations.step()
    assert rig.run.wait(0)
    rig.run.publish()
    tell(rig, "conversation.read", 9)
    tell(rig, "conversation.admin.noted", 9)
    rig.moment()
    before = rig.intercom.requests
    rig.clock.now += 20
    assert not conversations.step()
    assert rig.intercom.requests == before
