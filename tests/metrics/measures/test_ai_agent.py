from dataclasses import replace

import pytest

from metrics.alerts.evaluation import Situation, evaluate
from metrics.alerts.model import SourceHealth
from metrics.alerts.rules import RULES, AiStuckSettings, find_ai_stuck
from metrics.live.waiting import waiting_work
from metrics.measures.ai_agent import STATES
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import (
    SUPPORT,
    UTC_RULES,
    agents,
    conversations,
    groups,
    tables,
    told,
)

FIN = {"id": "9", "bot": True}
INVOLVED = {"ai_participated": True}
WAITING = {"waiting_since": "2026-11-24T10:00:00Z"}


def world(*rows):
    told_of = ({"ai_participated": False, **row} for row in rows)
    return tables(conversations(*told_of), agents_=agents(FIN, {"id": "1"}))


@pytest.mark.parametrize(
    ("row", "handler"),
    [
        ({}, "people"),
        ({"agent_id": "1"}, "people"),
        (INVOLVED, "ai_agent"),
        ({**INVOLVED, "agent_id": "1"}, "both"),
        ({**INVOLVED, "first_admin_reply_at": "2026-11-24T10:05:00Z"}, "both"),
        # Its own account is nobody.
        ({**INVOLVED, "agent_id": "9"}, "ai_agent"),
        ({**INVOLVED, "ai_state": "escalated"}, "both"),
        ({**INVOLVED, "ai_state": "negative_feedback"}, "both"),
        ({**INVOLVED, "ai_state": "procedure_handoff"}, "both"),
        ({**INVOLVED, "ai_state": "assumed_resolution"}, "ai_agent"),
        ({**INVOLVED, "ai_state": "abandoned", "state": "closed"}, "ai_agent"),
        ({**INVOLVED, "ai_state": "abandoned"}, "both"),
        ({**INVOLVED, "ai_state": "a word of tomorrow"}, "ai_agent"),
        # Taken part in without an object that says how.
        ({"ai_participated": None, "agent_id": "1"}, "people"),
    ],
)
def test_who_dealt_with_a_conversation(row, handler):
    assert groups("conversations", "handled_by", world(row, {"agent_id": "1"}))[handler]
    chosen = Filters(handled_by=(handler,))
    alone = world(row)
    if row.get("ai_participated") is not None:
        assert told("conversations", alone, filters=chosen).value == 1
    others = tuple({"people", "ai_agent", "both"} - {handler})
    assert told("conversations", alone, filters=Filters(handled_by=others)).value == 0


def test_how_it_ended_is_told_in_parts_that_are_all_of_the_involved():
    states = [*STATES.values(), None, "a word of tomorrow"]
    rows = [{**INVOLVED, "ai_state": state} for state in states]
    resolved = told("ai_resolved", world(*rows, {}, {}))
    assert (resolved.value, resolved.n) == (2 / 8, 8)
    assert set(resolved.parts.values()) == {1}
    assert len(resolved.parts) == 8
    assert told("ai_involved", world(*rows, {}, {})).value == 8 / 10


def test_its_ratings_are_its_own_and_need_no_time():
    content = world(
        {**INVOLVED, "ai_rating": 5, "agent_id": "1"},
        {**INVOLVED, "ai_rating": 2, "rating": 4, "rating_at": "2026-11-24T11:00:00Z"},
        INVOLVED,
    )
    assert told("ai_csat_score", content).value == 0.5
    assert told("ai_csat_average", content).value == 3.5
    assert told("csat_average", content).value == 4
    assert told("ai_csat_score", content).parts == {"positive": 1, "neutral": 0, "negative": 1}


@pytest.mark.parametrize(
    ("assigned", "wrote", "seconds"),
    [("10:10", "10:00", 600), ("10:10", "10:15", 300), ("10:10", None, 600), (None, "10:00", None)],
)
def test_the_response_counts_from_the_hand_over(assigned, wrote, seconds):
    at = {"first_assignment_at": assigned, "first_contact_reply_at": wrote}
    row = {name: f"2026-11-24T{clock}:00Z" for name, clock in at.items() if clock}
    row |= {**INVOLVED, "agent_id": "1", "first_admin_reply_at": "2026-11-24T10:20:00Z"}
    assert told("response_after_handover", world(row)).value == seconds
    assert told("response_after_handover", world(row | {"ai_participated": False})).n == 0


def test_what_it_holds_waits_for_nobody_of_ours():
    held = {**INVOLVED, **WAITING}
    content = world(
        {**held, "team_id": SUPPORT},
        held,
        {**held, "agent_id": "9", "team_id": SUPPORT},
        {**WAITING, "team_id": SUPPORT, "id": "ours"},
    )
    rules = replace(UTC_RULES, orphaned_seconds=60)
    work = waiting_work(view_of_today(content, rules))
    assert [row.id for row in work.untaken] == ["ours"]
    assert not work.orphaned
    assert [row.id for row in work.with_ai] == ["1", "2", "3"]
    assert told("with_ai_now", content).value == 3
    assert told("awaiting_first_response", content).value == 1
    assert told("unrouted", content).value == 0


@pytest.mark.parametrize(
    ("row", "is_told"),
    [
        # Never answered, whatever else happened.
        ({"updated_at": "2026-11-24T11:50:00Z"}, True),
        ({"ai_answer": "ai_answer", "updated_at": "2026-11-24T11:40:00Z"}, True),
        # It wrote after the customer.
        ({"ai_answer": "ai_answer", "updated_at": "2026-11-24T11:40:30Z"}, False),
        ({"last_contact_reply_at": "2026-11-24T11:50:00Z"}, False),
        ({"ai_state": "escalated"}, False),
        ({"agent_id": "1"}, False),
        ({"waiting_since": None}, False),
        ({"ai_participated": False}, False),
    ],
)
def test_only_a_customer_whom_it_keeps_waiting_is_told(row, is_told):
    wrote = {"last_contact_reply_at": "2026-11-24T11:40:00Z"}
    situation = Situation(world({**INVOLVED, **WAITING, **wrote, **row}), UTC_RULES)
    problems = list(find_ai_stuck(situation, AiStuckSettings(minutes=15)))
    assert [problem.tickets for problem in problems] == ([("1",)] if is_told else [])


def test_ten_that_it_holds_leave_the_robot_silent():
    """Nobody waits for us, and it answered each of them."""
    answered = {"ai_answer": "ai_answer", "updated_at": "2026-11-24T11:00:00Z"}
    rows = [{**INVOLVED, **WAITING, **answered} for _ in range(10)]
    situation = Situation(
        world(*rows), UTC_RULES, {"intercom": SourceHealth("ok")}, working_hours="never"
    )
    assert len(situation.waiting.with_ai) == 10
    assert evaluate(situation, lambda rule: RULES[rule].settings()).problems == ()


def test_content_that_is_used_and_fails_is_found():
    titles = {"ai_content": "A\nB", "ai_source": "Boas-vindas"}
    content = world(
        {**INVOLVED, **titles, "ai_state": "assumed_resolution"},
        {**INVOLVED, "ai_content": "A", "ai_state": "escalated"},
    )
    assert groups("ai_resolved", "ai_content", content) == {"A": 0.5, "B": 1}
    assert groups("ai_resolved", "ai_source", content) == {"": 0, "Boas-vindas": 1}


def test_an_old_version_of_the_api_is_no_zero():
    content = tables(conversations({}, {}))
    for key in ("ai_involved", "ai_resolved", "with_ai_now", "ai_handed_over"):
        assert told(key, content).reason == "old_version"
    assert told("ai_handed_over", tables(conversations())).value == 0


def test_calls_are_never_the_agents():
    filters = Filters(handled_by=("ai_agent",))
    assert told("calls_inbound", world({}), filters=filters).reason == "no_ai_agent"
    assert told("tickets_open", world({}), filters=filters).reason == "no_ai_agent"
