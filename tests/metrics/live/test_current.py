from datetime import UTC, datetime, timedelta

import pytest

from metrics.live import current as now
from metrics.model.filters import Filters
from metrics.model.people import members
from metrics.model.view import view_of_today
from tests.worlds.tables import (
    FINANCE,
    NOW,
    SUPPORT,
    UTC_RULES,
    agents,
    calls,
    conversations,
    scoped,
    tables,
    teams,
)

TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def person(agent_id, **values):
    return {
        "id": agent_id,
        "name": f"Agente {agent_id}",
        "voice_email": f"a{agent_id}@example.com",
        "team_ids": SUPPORT,
        "away": False,
        **values,
    }


def content(*rows, people=(), calls_=(), **others):
    return tables(conversations(*rows), calls(*calls_), agents(*people), teams_=TEAMS, **others)


def ids(rows):
    return [row.id for row in rows]


def test_the_longest_wait_comes_first_and_the_customer_s_turn_last():
    rows = [
        {"id": "theirs", "team_id": SUPPORT, "subject": "Boleto"},
        {"id": "short", "waiting_since": "2026-11-24T11:59:30Z", "team_id": FINANCE},
        {"id": "long", "waiting_since": "2026-11-24T11:00:00Z"},
        {"id": "taken", "waiting_since": "2026-11-24T09:00:00Z", "agent_id": "1"},
        {"id": "call", "waiting_since": "2026-11-24T09:00:00Z", "is_call": True},
    ]
    view = view_of_today(content(*rows), UTC_RULES)
    assert [(row.id, row.waiting_seconds, row.team) for row in now.queue(view)] == [
        ("short", 30, "Financeiro"),
        ("theirs", None, "Suporte N1"),
    ]
    assert [(row.id, row.waiting_seconds, row.team) for row in now.unrouted(view)] == [
        ("long", 3600, None)
    ]


def test_the_queue_keeps_to_the_scope_and_the_limbo_has_none():
    rows = [{"id": "a", "team_id": SUPPORT}, {"id": "b", "team_id": FINANCE}, {"id": "c"}]
    view = view_of_today(content(*rows), scoped(FINANCE))
    assert ids(now.queue(view)) == ["b"]
    assert ids(now.unrouted(view)) == ["c"]
    only_support = view_of_today(content(*rows), UTC_RULES, Filters(teams=(SUPPORT,)))
    assert ids(now.queue(only_support)) == ["a"]


@pytest.mark.parametrize(
    ("away", "voice", "text", "contradicts", "explained"),
    [
        (False, "available", "active", False, False),
        (False, "in_call", "active", False, False),
        (False, "offline", "active", True, False),
        (False, "do_not_disturb", "active", True, False),
        (False, None, "active", False, False),
        (False, "on_mobile", "active", False, False),
        (True, "offline", "away", False, False),
        (True, "available", "away", False, False),
        (True, "in_call", "away", False, True),
        (None, "in_call", "unknown", False, False),
        (None, "offline", "unknown", False, False),
    ],
)
def test_two_presences_and_their_contradictions(away, voice, text, contradicts, explained):
    people = [person("1", away=away, voice_status=voice)]
    [row] = now.presence(content(people=people), UTC_RULES)
    assert (row.text, row.voice) == (text, voice)
    assert row.explained == explained
    assert row.on_call == (voice == "in_call")
    assert row.contradicts == contradicts


HELD = [
    {"agent_id": "1", "team_id": SUPPORT, "waiting_since": "2026-11-24T11:00:00Z"},
    {"agent_id": "1", "team_id": FINANCE, "waiting_since": "2026-11-24T11:00:00Z"},
    {"agent_id": "1", "team_id": SUPPORT, "created_at": "2026-11-01T00:00:00Z"},
    {"agent_id": "1", "team_id": SUPPORT, "state": "snoozed"},
    {"agent_id": "1", "team_id": SUPPORT, "state": "closed"},
    {"agent_id": "1", "team_id": SUPPORT, "is_call": True},
    {"team_id": SUPPORT},
]
TALKED = [
    {"user_id": "1", "user_email": "a1@example.com"},
    {
        "user_id": "2",
        "user_email": "a2@example.com",
        "transferred_by_id": "1",
        "transferred_by_email": "a1@example.com",
    },
    {"user_id": "1", "user_email": "a1@example.com", "direction": "outbound"},
    {"user_id": "1", "user_email": "a1@example.com", "missed_call_reason": "short_abandoned"},
    {"user_id": "1", "user_email": "a1@example.com", "started_at": "2026-11-23T23:59:59Z"},
]


def test_what_each_holds_and_did():
    people = [person("1"), person("2", voice_status="after_call_work")]
    found = content(*HELD, people=people, calls_=TALKED)
    first, second = now.load(view_of_today(found, scoped(SUPPORT)), MIDNIGHT)
    assert first == now.LoadRow(
        seen=now.presence(found, scoped(SUPPORT))[0],
        open=3,
        open_ours=2,
        snoozed=1,
        conversations=3,
        calls=2,
        recent=0,
        overloaded=False,
        spike=False,
    )
    assert (first.name, first.open_customers) == ("Agente 1", 1)
    assert (second.open, second.seen.after_call, second.calls) == (0, True, 1)


@pytest.mark.parametrize(("held", "overloaded"), [(9, False), (10, True)])
def test_ten_open_ones_are_too_many(held, overloaded):
    found = content(*[{"agent_id": "1"}] * held, people=[person("1")])
    [row] = now.load(view_of_today(found, UTC_RULES), MIDNIGHT)
    assert row.overloaded == overloaded


@pytest.mark.parametrize(
    ("created", "recent", "spike"),
    [
        (["23:45:00", "23:50:00", "00:01:00"], 3, True),
        (["23:35:00", "23:50:00", "00:01:00"], 2, False),
    ],
)
def test_three_in_half_an_hour_are_a_spike_across_midnight_too(created, recent, spike):
    days = ["2026-11-23" if at.startswith("23") else "2026-11-24" for at in created]
    rows = [
        {"agent_id": "1", "created_at": f"{day}T{at}Z"}
        for day, at in zip(days, created, strict=True)
    ]
    found = content(*rows, people=[person("1")], now="2026-11-24T00:05:00Z")
    [row] = now.load(view_of_today(found, UTC_RULES), MIDNIGHT)
    assert (row.recent, row.spike) == (recent, spike)


CREW = [
    person("away", away=True, voice_status="available"),
    person("talking", voice_status="in_call"),
    person("explained", away=True, voice_status="in_call"),
    person("full", voice_status="available"),
    person("text", voice_status="offline"),
    person("both", voice_status="available"),
    person("one", voice_status="available"),
    person("wrapping", voice_status="after_call_work"),
]
WORK = [{"agent_id": "full"}] * 10 + [{"agent_id": "one"}]


def test_whoever_can_take_the_next_case_stands_first():
    rows = now.load(view_of_today(content(*WORK, people=CREW), UTC_RULES), MIDNIGHT)
    assert [row.agent_id for row in rows] == [
        "both",
        "one",
        "text",
        "wrapping",
        "explained",
        "talking",
        "full",
        "away",
    ]


def test_the_next_hands_are_free_ones():
    found = content(*WORK, people=CREW)
    hands = now.next_hands(now.load(view_of_today(found, UTC_RULES), MIDNIGHT))
    assert [(row.agent_id, row.open, row.voice_free) for row in hands] == [
        ("both", 0, True),
        ("one", 1, True),
        ("text", 0, False),
    ]


def test_assignments_are_told_by_their_own_moment():
    rows = [
        {"id": "old", "created_at": "2026-08-01T00:00:00Z", "agent_id": "1",
         "last_assignment_at": "2026-11-24T11:59:00Z", "state": "closed", "team_id": SUPPORT},
        {"id": "new", "agent_id": "4", "last_assignment_at": "2026-11-24T11:00:00Z"},
        {"id": "nobody", "last_assignment_at": "2026-11-24T11:59:59Z"},
        {"id": "bot", "agent_id": "9", "last_assignment_at": "2026-11-24T11:59:59Z"},
        {"id": "unsaid", "agent_id": "1"},
    ]  # fmt: skip
    people = [person("1"), person("4", active=False), person("9", bot=True)]
    view = view_of_today(content(*rows, people=people), UTC_RULES)
    assert [(row.id, row.agent, row.team) for row in now.last_assignments(view)] == [
        ("old", "Agente 1", "Suporte N1"),
        ("new", "Agente 4", None),
    ]
    assert ids(now.last_assignments(view, n=1)) == ["old"]


ANA = "+5511955501234"


def lost(at, digits=ANA, **values):
    return {
        "started_at": f"2026-11-24T{at}Z",
        "missed_call_reason": "agents_did_not_answer",
        "digits": digits,
        **values,
    }


def talked(at, digits=ANA, **values):
    return {
        "started_at": f"2026-11-24T{at}Z",
        "answered_at": f"2026-11-24T{at}Z",
        "digits": digits,
        **values,
    }


def owed(*rows, texts=(), **others):
    debts = now.callback_debt(content(*texts, calls_=rows), UTC_RULES, **others)
    return {debt.digits: debt.missed for debt in debts}


def test_lost_callers_are_owed_a_call_the_oldest_first():
    rows = [
        lost("11:00:00", "+2", id="x"),
        lost("10:00:00", id="y", line_name="Vendas"),
        lost("11:30:00", id="z", line_name="Suporte", contact_name="Ana"),
    ]
    first, second = now.callback_debt(content(calls_=rows), UTC_RULES)
    since = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert first == now.DebtRow(ANA, since, 2, "Suporte", "z", "Ana")
    assert second.digits == "+2"


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_later_answered_call_clears_in_either_direction(direction):
    assert owed(lost("10:00:00"), talked("10:30:00", direction=direction)) == {}
    assert owed(lost("10:00:00"), talked("09:30:00", direction=direction)) == {ANA: 1}
    assert owed(lost("10:00:00"), talked("10:00:00", direction=direction)) == {ANA: 1}
    assert owed(lost("10:00:00"), talked("10:30:00", "+2", direction=direction)) == {ANA: 1}


def test_a_call_that_goes_on_clears_and_one_that_nobody_took_does_not():
    assert owed(lost("10:00:00"), talked("10:30:00", status="answered")) == {}
    tried = {"started_at": "2026-11-24T10:30:00Z", "direction": "outbound", "digits": ANA}
    assert owed(lost("10:00:00"), tried) == {ANA: 1}


def test_only_what_was_lost_since_is_owed():
    assert owed(lost("10:00:00"), talked("10:30:00"), lost("11:00:00")) == {ANA: 1}
    assert owed(lost("08:00:00"), lost("11:00:00"), start=NOW - timedelta(hours=2)) == {ANA: 1}


@pytest.mark.parametrize("reason", ["short_abandoned", "out_of_opening_hours", "something_new"])
def test_what_is_not_lost_is_not_owed(reason):
    assert owed(lost("10:00:00", missed_call_reason=reason)) == {}


def test_anonymous_callers_cannot_be_called_back():
    assert owed(lost("10:00:00", None), lost("10:01:00", None)) == {}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ({"created_at": "2026-11-24T10:30:00Z", "contact_email": "ana@example.com"}, {}),
        ({"created_at": "2026-11-24T09:30:00Z", "contact_email": "ana@example.com"}, {ANA: 1}),
        ({"created_at": "2026-11-24T10:30:00Z", "contact_email": "bia@example.com"}, {ANA: 1}),
        ({"created_at": "2026-11-24T10:30:00Z"}, {ANA: 1}),
        (
            {
                "created_at": "2026-11-24T10:30:00Z",
                "contact_email": "ana@example.com",
                "is_call": True,
            },
            {ANA: 1},
        ),
    ],
)
def test_a_later_conversation_clears_where_the_e_mail_is_known(text, left):
    assert owed(lost("10:00:00", contact_email="ana@example.com"), texts=[text]) == left


def test_a_call_without_an_e_mail_is_not_cleared_by_a_conversation_without_one():
    assert owed(lost("10:00:00"), texts=[{"created_at": "2026-11-24T10:30:00Z"}]) == {ANA: 1}


def test_nobody_has_no_rows():
    empty = content()
    assert members(empty, UTC_RULES).is_empty()
    assert now.presence(empty, UTC_RULES) == []
    assert now.load(view_of_today(empty, UTC_RULES), MIDNIGHT) == []
    assert now.last_assignments(view_of_today(empty, UTC_RULES)) == []
    assert now.callback_debt(empty, UTC_RULES) == []


def test_load_counts_what_came_in_the_chosen_teams_and_holds_what_is_held_anywhere():
    rows = [{"agent_id": "201", "team_id": SUPPORT}, {"agent_id": "201", "team_id": FINANCE}]
    some = content(*rows, people=[person("201")])
    [found] = now.load(view_of_today(some, UTC_RULES, Filters(teams=(FINANCE,))), MIDNIGHT)
    assert (found.open, found.conversations) == (2, 1)


def test_the_latest_assignments_are_of_the_chosen_teams():
    row = {"agent_id": "201", "last_assignment_at": "2026-11-24T11:00:00Z"}
    rows = [{**row, "team_id": SUPPORT}, {**row, "team_id": FINANCE}]
    some = content(*rows, people=[person("201")])
    found = now.last_assignments(view_of_today(some, UTC_RULES, Filters(teams=(FINANCE,))))
    assert ids(found) == ["2"]
