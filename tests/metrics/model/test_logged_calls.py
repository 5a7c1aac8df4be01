"""Calls written down as conversations: by their mark, by their pair, and by what people say."""

from dataclasses import replace

import pytest

from metrics.model.filters import Filters
from metrics.model.logged_calls import pair_calls
from metrics.model.view import View
from metrics.query.drilldown import RECOGNISED_CALLS, drill_down
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    UTC_RULES,
    agents,
    calls,
    conversations,
    tables,
    told,
)

PEOPLE = agents({"id": "1", "email": "l@x"}, {"id": "2", "email": "j@x"}).with_columns(
    voice_email="email"
)
NUMBER = "+5511912345678"
CALL = {
    "id": "c",
    "digits": NUMBER,
    "user_id": "9",
    "user_email": "l@x",
    "started_at": "2026-11-24T10:00:00Z",
    "answered_at": "2026-11-24T10:00:10Z",
    "ended_at": "2026-11-24T10:05:00Z",
}
TEXT = {
    "id": "t",
    "agent_id": "1",
    "logged_digits": NUMBER,
    "created_at": "2026-11-24T10:05:20Z",
}


def world(*texts, of=(CALL,)):
    return tables(conversations(*texts), calls(*of), PEOPLE)


def listed(content, filters=EVERYTHING):
    view = View(content, DAY, filters, UTC_RULES)
    return drill_down(RECOGNISED_CALLS, (), view).rows["id"].to_list()


def test_number_person_and_time_of_exactly_one_call_are_a_pair():
    content = world(TEXT, {"id": "other"})
    assert pair_calls(content, UTC_RULES) == {"t": "c"}
    assert told("conversations", content).value == 1
    assert told("calls_answered", content).value == 1


@pytest.mark.parametrize(
    "change",
    [
        {"logged_digits": "+5511900000000"},
        {"agent_id": "2"},
        {"agent_id": None},
        {"created_at": "2026-11-24T09:58:00Z"},
        {"created_at": "2026-11-24T10:16:00Z"},
        {"logged_digits": None},
    ],
)
def test_what_agrees_in_part_stays_a_conversation(change):
    content = world(TEXT | change)
    assert pair_calls(content, UTC_RULES) == {}
    assert told("conversations", content).value == 1


def test_in_doubt_it_stays_a_conversation():
    assert pair_calls(world(TEXT, TEXT | {"id": "u"}), UTC_RULES) == {}
    assert pair_calls(world(TEXT, of=(CALL, CALL | {"id": "d"})), UTC_RULES) == {}


def test_the_list_has_marked_and_paired_ones_and_only_conversations_are_counted():
    content = world(TEXT, {"id": "m", "is_call": True}, {"id": "other"})
    assert sorted(listed(content)) == ["m", "t"]
    assert listed(content, Filters(agents=("1",))) == ["t"]
    assert told("conversations", content).value == 1


def test_what_people_say_goes_before_everything_and_stays_in_the_list():
    content = world(TEXT, {"id": "m", "is_call": True})
    overruled = replace(content, not_calls=frozenset({"t", "m", "none such"}))
    assert told("conversations", content).value == 0
    assert told("conversations", overruled).value == 2
    assert sorted(listed(overruled)) == ["m", "t"]
