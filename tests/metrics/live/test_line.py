from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from metrics.live.current import load
from metrics.live.line import KINDS, line
from metrics.live.waiting import waiting_work
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import (
    FINANCE,
    NOW,
    SUPPORT,
    UTC_RULES,
    agents,
    calls,
    conversations,
    tables,
    teams,
    tickets,
)

TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})
RULES = replace(UTC_RULES, team_lines={"Suporte": SUPPORT, "Cobrança": FINANCE})


def at(*minutes):
    """So many minutes ago."""
    return NOW - timedelta(minutes=sum(minutes))


def person(agent_id, team=SUPPORT, voice="available", **values):
    return {
        "id": agent_id, "name": f"Agente {agent_id}", "voice_email": f"a{agent_id}@example.com",
        "voice_id": agent_id, "team_ids": team, "away": False, "voice_status": voice, **values,
    }  # fmt: skip


def ring(row_id, seconds, **values):
    started_at = NOW - timedelta(seconds=seconds)
    return {"id": row_id, "status": "initial", "started_at": started_at, **values}


def lost(row_id, minutes, digits, **values):
    reason = "agents_did_not_answer"
    call = {"id": row_id, "started_at": at(minutes), "digits": digits, "missed_call_reason": reason}
    return call | values


def chat(row_id, minutes, team=SUPPORT, **values):
    return {"id": row_id, "waiting_since": at(minutes), "team_id": team, **values}


def ticket(row_id, hours_left, **values):
    created_at = NOW + timedelta(hours=hours_left) - timedelta(seconds=RULES.ticket_age_seconds)
    return {"id": row_id, "created_at": created_at, **values}


RUSH = {
    "texts": [
        chat("late", 16), chat("soon", 14), chat("fresh", 1, FINANCE), chat("limbo", 15, None),
        chat("theirs", 0, waiting_since=None), chat("held", 40, agent_id="away"),
        chat("in hands", 50, agent_id="1"),
    ],
    "phone": [
        ring("rings", 8, line_name="Suporte"), ring("out", 30, direction="outbound"),
        ring("rang long", 25), lost("debt", 90, "+551130000001", line_name="Cobrança"),
    ],
    "backoffice": [ticket("missed", -1), ticket("tonight", 7), ticket("next week", 60)],
}  # fmt: skip
PEOPLE = (person("1"), person("2", FINANCE), person("away", away=True, voice="offline"))


def ask(texts=(), phone=(), backoffice=(), people=PEOPLE, filters=None, **options):
    people = [{"away_since": at(300), **one} for one in people]
    content = tables(
        conversations(*texts), calls(*phone), agents(*people), TEAMS, tickets_=tickets(*backoffice)
    )
    view = view_of_today(content, RULES, filters or Filters())
    return line(view, waiting_work(view), load(view, NOW), **options)


def ids(rows):
    return [row.id for row in rows]


def hands(rows):
    return {row.id: row.hand and row.hand.load.agent_id for row in rows}


def test_what_will_be_late_first_comes_first_each_by_its_own_clock():
    rows = ask(**RUSH)
    assert ids(rows) == [
        "rang long", "rings", "held", "late", "limbo", "soon", "fresh", "debt", "tonight", "theirs",
    ]  # fmt: skip
    assert {row.kind for row in rows} == set(KINDS)
    due = {row.id: row.due_at for row in rows}
    limit = timedelta(seconds=RULES.queue_limit_seconds)
    assert due["soon"] == at(14) + limit
    assert due["rings"] == NOW + timedelta(seconds=RULES.service_level_seconds - 8)
    assert due["held"] == at(40) + timedelta(seconds=RULES.orphaned_seconds)
    # A Tuesday: the office closes at six.
    assert due["debt"] == datetime.fromisoformat("2026-11-24T18:00:00Z")
    assert due["tonight"] == NOW + timedelta(hours=7)
    assert due["theirs"] is None


def test_after_the_office_closed_a_call_back_is_owed_until_midnight():
    never = replace(RULES, office_hours=((),) * 7)
    content = tables(calls_=calls(lost("debt", 90, "+551130000001")))
    view = view_of_today(content, never)
    [row] = line(view, waiting_work(view), [])
    assert row.due_at == datetime.fromisoformat("2026-11-25T00:00:00Z")
    assert row.hand is None


def test_a_team_sees_its_own_and_what_is_everybody_s():
    rows = ask(**RUSH, filters=Filters(teams=(FINANCE,)))
    assert ids(rows) == ["held", "limbo", "fresh", "debt"]


def test_where_calls_are_not_known_there_is_none():
    kinds = {row.kind for row in ask(**RUSH, with_calls=False)}
    assert kinds == set(KINDS) - {"ringing", "callback"}


def test_those_of_the_team_come_first_and_nobody_is_named_twice_before_all_are():
    rows = [chat(str(minutes), minutes) for minutes in (9, 8, 7)]
    people = [person("1"), person("3", voice="offline"), person("2", FINANCE)]
    named = ask(rows, people=people)
    assert [row.hand.load.agent_id for row in named] == ["1", "3", "1"]
    assert all(row.hand.in_team for row in named)


def test_of_another_team_where_the_own_has_nobody_free():
    people = [person("1", voice="in_call"), person("2", FINANCE)]
    [row] = ask([chat("a", 5)], people=people)
    assert (row.hand.load.agent_id, row.hand.in_team) == ("2", False)
    [row] = ask([chat("a", 5, None)], people=people)
    assert row.hand.in_team


@pytest.mark.parametrize("people", [(), (person("1", away=True, voice="offline"),)])
def test_where_nobody_is_free_nobody_is_named(people):
    assert hands(ask([chat("a", 5)], [lost("b", 9, "+551130000001")], people=people)) == {
        "a": None,
        "b": None,
    }


def test_nobody_is_named_beyond_the_limit_of_open_ones():
    held = [{"id": f"h{n}", "agent_id": "1"} for n in range(RULES.overload_open - 1)]
    rows = ask([*held, chat("a", 9), chat("b", 8)], people=[person("1")])
    assert hands(rows) == {"a": "1", "b": None}
    rows = ask([*held, chat("a", 9)], [lost("c", 9, "+551130000001")], people=[person("1")])
    assert hands(rows) == {"a": "1", "c": "1"}


def test_a_call_is_for_who_is_free_at_the_telephone_and_keeps_that_person():
    people = [person("1", away=True), person("3", voice="after_call_work")]
    rows = ask([chat("a", 5)], [ring("x", 3), ring("y", 2)], people=people)
    assert hands(rows) == {"x": "1", "y": None, "a": None}
    people = [person("1"), person("2")]
    assert hands(ask([chat("a", 5)], [ring("x", 3)], people=people)) == {"x": "1", "a": "2"}


def test_where_it_rings_and_whose_ticket_it_is_stays_so_unless_away():
    phone = [ring("x", 3, user_email="a2@example.com", user_name="B.")]
    owned = [ticket("own", 7, agent_id="1"), ticket("left", 8, agent_id="away")]
    rows = ask((), phone, owned)
    assert hands(rows) == {"x": "2", "own": "1", "left": "1"}
    assert [row.hand.has_it for row in rows] == [True, True, False]


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"channel": "whatsapp", "last_contact_reply_at": at(60)}, 23),
        ({"channel": "instagram", "first_contact_reply_at": at(120)}, 22),
        ({"channel": "facebook", "origin": "customer", "created_at": at(180)}, 21),
        ({"channel": "whatsapp", "origin": "teammate"}, None),
        ({"channel": "email", "last_contact_reply_at": at(60)}, None),
        ({"channel": "whatsapp", "last_contact_reply_at": at(1500)}, -1),
    ],
)
def test_a_customer_may_be_answered_freely_for_a_day_on_channels_that_say_so(values, left):
    [row] = ask([chat("a", 5, **values)])
    until = None if left is None else NOW + timedelta(hours=left)
    assert row.window_until == until
