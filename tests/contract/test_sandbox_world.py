"""The invented operation: the same for the same seed, true to itself, and alive."""

import json
from collections import Counter
from datetime import datetime

import pytest

from services.sandbox.team.world import Size, World
from tests.worlds.sandboxes import TUESDAY, ZONE

HOUR, DAY = 3600, 86400
SMALL = Size(days=14, conversations=800, calls=300)
HOURS = [
    datetime(2026, 11, 24, 14, 10, tzinfo=ZONE),
    datetime(2026, 11, 24, 3, 20, tzinfo=ZONE),
    datetime(2026, 11, 23, 9, 5, tzinfo=ZONE),
    datetime(2026, 11, 21, 23, 50, tzinfo=ZONE),
    datetime(2026, 11, 22, 0, 5, tzinfo=ZONE),
    datetime(2026, 11, 20, 17, 59, tzinfo=ZONE),
]


@pytest.fixture(scope="module")
def large():
    return World(11, Size(days=60, conversations=6000, calls=2000), TUESDAY)


def everything(world):
    return json.dumps([world.conversations, world.calls, world.directory.list_admins(world.now)])


def test_the_same_seed_makes_the_same_world():
    one, same, other = (World(seed, SMALL, TUESDAY) for seed in (7, 7, 8))
    assert everything(one) == everything(same) != everything(other)


def test_how_often_it_is_looked_at_changes_nothing():
    often, once = World(7, SMALL, TUESDAY), World(7, SMALL, TUESDAY)
    for minute in range(0, 26 * 60, 7):
        often.advance(TUESDAY + minute * 60)
    for world in (often, once):
        world.advance(TUESDAY + 26 * HOUR)
    assert everything(often) == everything(once)


def test_it_is_about_as_large_as_was_asked(large):
    assert 5500 < len(large.conversations) < 6500
    assert 1750 < len(large.calls) < 2250
    assert len({one["id"] for one in large.conversations}) == len(large.conversations)
    assert len({one["id"] for one in large.calls}) == len(large.calls)
    oldest = min(one["created_at"] for one in large.conversations)
    assert 59 * DAY <= TUESDAY - oldest <= 61 * DAY


def test_nothing_lies_in_the_future(large):
    for one in large.conversations:
        instants = [one["created_at"], one["updated_at"], one["waiting_since"] or 0]
        instants += [v for k, v in one["statistics"].items() if k.endswith("_at") and v]
        assert max(instants) <= TUESDAY
        assert one["created_at"] <= one["updated_at"]
    for call in large.calls:
        assert max(call["started_at"], call["answered_at"] or 0, call["ended_at"] or 0) <= TUESDAY


@pytest.mark.parametrize("start", HOURS, ids=str)
def test_statistics_agree_with_each_other(start):
    world = World(5, Size(days=14, conversations=1500, calls=60), start.timestamp())
    world.advance(start.timestamp() + 5 * HOUR)
    for one in world.conversations:
        found, created = one["statistics"], one["created_at"]
        began = found["first_contact_reply_at"]
        if began is None:
            assert all(v is None for k, v in found.items() if k.endswith("_at"))
            continue
        assert began >= created
        if found["first_assignment_at"] is not None:
            assert began <= found["first_assignment_at"] <= found["last_assignment_at"]
        first, last = found["first_admin_reply_at"], found["last_admin_reply_at"]
        assert (first is None) == (last is None) == (found["time_to_admin_reply"] is None)
        if first is not None:
            assert began <= first <= last
            assert 0 <= found["time_to_admin_reply"] <= first - began
        if found["first_close_at"] is not None:
            assert began <= found["first_close_at"] <= found["last_close_at"]
            assert found["time_to_first_close"] <= found["time_to_last_close"]
        if one["state"] == "closed":
            assert found["last_close_at"] is not None
            assert one["waiting_since"] is None
            assert one["open"] is False
        else:
            assert one["open"] is True
        assert (one["state"] == "snoozed") == (one["snoozed_until"] is not None)


def test_calls_agree_with_themselves(large):
    for call in large.calls:
        if call["status"] == "done":
            assert call["duration"] == call["ended_at"] - call["started_at"] >= 0
        else:
            assert call["ended_at"] is None
            assert call["duration"] == 0
        if call["answered_at"] is not None:
            assert call["missed_call_reason"] is None
            assert call["started_at"] < call["answered_at"]
        if call["missed_call_reason"] is not None and "user" in call:
            assert call["missed_call_reason"] == "agents_did_not_answer"


def test_nobody_speaks_twice_at_once(large):
    free_at = {}
    for call in large.list_calls():
        for agent in filter(None, (call.agent, call.transferred_by)):
            if call.answered_at is not None:
                assert free_at.get(agent.id, 0) <= call.started_at
                free_at[agent.id] = call.ended_at


def test_history_has_what_reports_are_made_for(large):
    rows = large.conversations
    closed = [one for one in rows if one["state"] == "closed"]
    reasons = Counter(one["custom_attributes"].get("Motivo de Contato") for one in closed)
    assert len(reasons) > 12
    assert 0.08 < reasons[None] / len(closed) < 0.3
    rated = [one for one in rows if (one["conversation_rating"] or {}).get("rating")]
    assert 0.12 < len(rated) / len(rows) < 0.28
    assert {one["conversation_rating"]["rating"] for one in rated} == {1, 2, 3, 4, 5}
    assert 0.04 < sum(one["statistics"]["count_reopens"] > 0 for one in closed) / len(closed) < 0.2
    labels = Counter(label for one in rows for label in one["custom_attributes"])
    assert labels["Ticket category"] > 100
    assert labels["Merged"] > 20
    assert {one["source"]["type"] for one in rows} >= {"conversation", "whatsapp", "email"}
    assert {one["source"]["delivered_as"] for one in rows} == {
        "customer_initiated",
        "admin_initiated",
        "operator_initiated",
    }
    assert any("<script>" in one["source"]["subject"] + one["source"]["body"] for one in rows) or (
        any("&lt;script&gt;" in one["source"]["body"] for one in rows)
    )
    assert any("assets.aircall.io" in one["source"]["body"] for one in rows)
    present = {one["id"] for one in large.directory.list_admins(large.now)}
    former = {str(one["admin_assignee_id"]) for one in rows if one["admin_assignee_id"]} - present
    assert len(former) == 1, "somebody who left stands in old rows only"


def test_telephony_has_every_outcome(large):
    calls = large.calls
    assert {call["missed_call_reason"] for call in calls} == {
        None,
        "out_of_opening_hours",
        "short_abandoned",
        "abandoned_in_ivr",
        "abandoned_in_classic",
        "agents_did_not_answer",
        "no_available_agent",
    }
    assert any(call["voicemail"] for call in calls)
    assert any(call["recording"] for call in calls)
    assert any("transferred_by" in call for call in calls)
    assert any(call["raw_digits"] == "anonymous" for call in calls)
    assert Counter(call["raw_digits"] for call in calls).most_common(2)[1][1] > 2
    outbound = [call for call in calls if call["direction"] == "outbound"]
    assert {call["answered_at"] is None for call in outbound} == {True, False}


def moment(world):
    """What a wall would show."""
    rows, now = world.conversations, world.now
    opened = [one for one in rows if one["state"] == "open"]
    queue = [one for one in opened if not one["admin_assignee_id"] and one["team_assignee_id"]]
    recent = Counter(one["admin_assignee_id"] for one in rows if one["created_at"] > now - 1800)
    del recent[None]
    limbo = [o for o in opened if not o["admin_assignee_id"] and not o["team_assignee_id"]]
    held = [
        o for o in limbo if (o["ai_agent"] or {"resolution_state": "-"})["resolution_state"] is None
    ]
    return {
        "with_ai": held,
        "waits": sorted(now - one["waiting_since"] for one in queue if one["waiting_since"]),
        "limbo": [o for o in limbo if o not in held],
        "load": Counter(one["admin_assignee_id"] for one in opened if one["admin_assignee_id"]),
        "spike": max(recent.values(), default=0),
        "voice": Counter(world.directory.get_availabilities(now).values()),
        "away": [a for a in world.directory.list_admins(now) if a["away_mode_enabled"]],
    }


@pytest.mark.parametrize("start", HOURS, ids=str)
def test_whenever_it_is_opened_it_is_a_busy_moment(start):
    found = moment(World(7, SMALL, start.timestamp()))
    assert 3 <= len(found["waits"]) <= 8
    assert found["waits"][0] < 60
    assert 15 * 60 < found["waits"][-1] <= 26 * 60
    assert 1 <= len(found["limbo"]) <= 3
    assert len(found["with_ai"]) >= 3
    assert found["spike"] >= 3
    assert found["load"].most_common(1)[0][1] >= 10
    assert found["voice"]["in_call"] >= 1
    assert found["voice"]["after_call_work"] >= 1
    assert any(one["away_status_reason_id"] == 31 for one in found["away"])


def test_one_is_active_in_one_and_unavailable_in_the_other(large):
    admins = {one["email"]: one for one in large.directory.list_admins(large.now)}
    words = large.directory.get_availabilities(large.now)
    unavailable = [
        one for one in large.directory.list_users(large.now) if words[one["id"]] == "do_not_disturb"
    ]
    assert any(not admins[one["email"].lower()]["away_mode_enabled"] for one in unavailable)


@pytest.mark.parametrize("start", HOURS, ids=str)
def test_today_looks_like_the_same_weekday_of_other_weeks(start):
    world = World(7, Size(days=22, conversations=3300, calls=60), start.timestamp())

    def until_now(weeks_ago):
        now = start.timestamp() - weeks_ago * 7 * DAY
        midnight = start.replace(hour=0, minute=0).timestamp() - weeks_ago * 7 * DAY
        return sum(midnight <= one["created_at"] <= now for one in world.conversations)

    usual = sum(until_now(week) for week in (1, 2, 3)) / 3
    # What is arranged at the start may add a little, also where the day has hardly begun.
    assert 0.5 * usual - 5 <= until_now(0) <= 1.6 * usual + 20


def test_strict_hours_leave_the_night_alone():
    night = datetime(2026, 11, 24, 2, 0, tzinfo=ZONE).timestamp()
    world = World(7, Size(days=14, conversations=800, calls=300, strict_hours=True), night)
    assert set(world.directory.get_availabilities(night).values()) == {"offline"}
    late = [
        one
        for one in world.conversations
        if 1 <= datetime.fromtimestamp(one["created_at"], ZONE).hour < 6
    ]
    assert len(late) < 0.05 * len(world.conversations)


def test_it_lives():
    world = World(7, Size(days=10, conversations=1500, calls=600), TUESDAY)
    before = {one["id"]: dict(one) for one in json.loads(json.dumps(world.conversations))}
    calls = len(world.calls)
    running = [call["id"] for call in world.calls if call["status"] != "done"]
    voice = world.directory.get_availabilities(world.now)
    world.advance(TUESDAY + 2 * HOUR)
    after = {one["id"]: one for one in world.conversations}
    assert len(after) > len(before) + 5
    assert len(world.calls) > calls + 3
    done = {call["id"] for call in world.calls if call["status"] == "done"}
    assert set(running) <= done
    changed = [key for key in before if before[key] != after[key]]
    assert len(changed) > 20
    for key in changed:
        assert TUESDAY < after[key]["updated_at"] <= world.now
        assert after[key]["updated_at"] > before[key]["updated_at"]
    assert world.directory.get_availabilities(world.now) != voice
    # Conversations are classified and rated after they were closed, too.
    world.advance(TUESDAY + 3 * DAY)
    later = {one["id"]: one for one in world.conversations}
    rated = [k for k in before if (later[k]["conversation_rating"] or {}).get("rating")]
    assert any(not (before[k]["conversation_rating"] or {}).get("rating") for k in rated)


def test_the_list_in_order_stays_in_order_while_it_lives():
    world = World(7, SMALL, TUESDAY)
    for hour in range(1, 30, 2):
        world.advance(TUESDAY + hour * HOUR)
        for field in ("updated_at", "created_at"):
            values = [one[field] for one in world.index.list_between(field, None, None)]
            assert values == sorted(values)
            assert len(values) == len(world.index)
        states = Counter(one["state"] for one in world.conversations)
        assert all(len(world.index.list_in_state(s)) == n for s, n in states.items())


@pytest.mark.parametrize("agents", [1, 2, 8, 80])
def test_any_number_of_people_may_work_there(agents):
    world = World(3, Size(days=7, conversations=300, calls=80, agents=agents), TUESDAY)
    seated = [a for a in world.directory.list_admins(world.now) if a["team_ids"]]
    assert len({a["email"] for a in seated}) == agents
    world.advance(TUESDAY + DAY)
    assert all(t["admin_ids"] for t in world.directory.list_teams()) or agents < 8
