"""How the queue has been, and counts since an instant, by tables worked out by hand."""

from datetime import date

from metrics.live.today import Wait, evaluate_since, longest_wait_of, quiet_since
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import UTC_RULES, agents, calls, conversations, instant, tables

DAY = date(2026, 11, 24)


def test_counts_from_an_instant_and_not_from_midnight():
    content = tables(
        conversations(
            {"created_at": "2026-11-22T11:59:59Z"},
            {"created_at": "2026-11-22T12:00:00Z"},
            {"created_at": "2026-11-24T11:00:00Z"},
        )
    )
    start = instant("2026-11-22T12:00:00Z")
    found = evaluate_since(CATALOG["conversations"], view_of_today(content, UTC_RULES), start)
    assert (found.value, found.n) == (2, 2)


def test_no_call_since_then_is_zero():
    content = tables(calls_=calls({"started_at": "2026-11-24T09:00:00Z"}))
    start = instant("2026-11-24T10:00:00Z")
    found = evaluate_since(CATALOG["calls_answered"], view_of_today(content, UTC_RULES), start)
    assert (found.value, found.n) == (0, 0)


def test_the_queue_is_quiet_since_the_last_conversation_left_it():
    content = tables(
        conversations(
            {"agent_id": "201", "first_assignment_at": "2026-11-24T10:05:00Z"},
            {"state": "closed", "last_close_at": "2026-11-24T10:40:00Z"},
            {"last_admin_reply_at": "2026-11-24T10:30:00Z"},
        )
    )
    assert quiet_since(view_of_today(content, UTC_RULES)) == instant("2026-11-24T10:40:00Z")


def test_a_conversation_that_still_waits_has_not_left():
    content = tables(
        conversations(
            {
                "waiting_since": "2026-11-24T11:00:00Z",
                "last_admin_reply_at": "2026-11-24T10:30:00Z",
            }
        )
    )
    assert quiet_since(view_of_today(content, UTC_RULES)) is None


def test_what_the_bot_holds_waits_for_a_person():
    content = tables(
        conversations({"agent_id": "9", "first_assignment_at": "2026-11-24T10:05:00Z"}),
        agents_=agents({"id": "9", "bot": True}),
    )
    assert quiet_since(view_of_today(content, UTC_RULES)) is None


def test_only_the_chosen_teams_are_looked_at():
    content = tables(
        conversations(
            {"team_id": "1", "state": "closed", "last_close_at": "2026-11-24T10:10:00Z"},
            {"team_id": "2", "state": "closed", "last_close_at": "2026-11-24T10:20:00Z"},
        )
    )
    found = quiet_since(view_of_today(content, UTC_RULES, Filters(teams=("1",))))
    assert found == instant("2026-11-24T10:10:00Z")


def test_the_longest_wait_of_the_day_ends_with_assignment_or_reply():
    created = "2026-11-24T08:47:00Z"
    content = tables(
        conversations(
            {
                "created_at": created,
                "agent_id": "201",
                "first_assignment_at": "2026-11-24T08:50:12Z",
                "first_admin_reply_at": "2026-11-24T09:10:00Z",
            },
            {
                "created_at": "2026-11-24T09:00:00Z",
                "agent_id": "201",
                "first_assignment_at": "2026-11-24T09:30:00Z",
                "first_admin_reply_at": "2026-11-24T09:01:00Z",
            },
            {
                "created_at": "2026-11-23T09:00:00Z",
                "agent_id": "201",
                "first_assignment_at": "2026-11-24T09:30:00Z",
            },
        )
    )
    assert longest_wait_of(DAY, view_of_today(content, UTC_RULES)) == Wait(192.0, instant(created))


def test_what_we_started_never_waited_for_us():
    row = {"agent_id": "201", "first_assignment_at": "2026-11-24T11:00:00Z", "origin": "teammate"}
    assert longest_wait_of(DAY, view_of_today(tables(conversations(row)), UTC_RULES)) is None


def test_a_day_without_conversations_had_no_wait():
    assert longest_wait_of(DAY, view_of_today(tables(), UTC_RULES)) is None
    assert quiet_since(view_of_today(tables(), UTC_RULES)) is None
