"""The fair target, worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest

from metrics.model.filters import UNASSIGNED, Filters
from metrics.model.view import View
from metrics.planning.fair_target import fair_target
from metrics.planning.schedule import Schedule
from tests.metrics.planning.test_schedule import week
from tests.worlds.tables import EVERYTHING, UTC_RULES, agents, calls, days, tables

WEEK = days("2026-11-16", "2026-11-22")
PEOPLE = agents(
    *(
        {"id": agent, "name": name, "email": f"{agent}@x", "voice_email": f"{agent}@x"}
        for agent, name in [("1", "Ana"), ("2", "Bia"), ("3", "Caio")]
    ),
    {"id": "9", "name": "Foi", "email": "9@x", "voice_email": "9@x", "active": False},
)


def took(agent, count, day="2026-11-17", **values):
    return [
        {
            "id": f"{agent}-{day}-{number}-{len(values)}",
            "started_at": f"{day}T10:00:00Z",
            "user_id": agent,
            "user_email": f"{agent}@x",
            **values,
        }
        for number in range(count)
    ]


def told(rows, schedule, *, period=WEEK, filters=EVERYTHING, rules=UTC_RULES, **options):
    content = tables(calls_=calls(*rows), agents_=PEOPLE)
    return fair_target(View(content, period, filters, rules), schedule, **options)


def lines(found):
    return {p.agent_id: (p.calls, p.shifts, p.hours, p.expected) for p in found.people}


FIVE_AND_TEN = Schedule(
    {
        "1": week(**dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], "9-13")),
        "2": week(**dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], "8-12; 13-17")),
    }
)


def test_what_is_expected_is_the_mean_of_a_shift_times_the_own_shifts():
    found = told(took("1", 20) + took("2", 10), FIVE_AND_TEN)
    assert (found.calls, found.shifts, found.hours, found.per_shift) == (30, 15, 60.0, 2.0)
    assert lines(found) == {"1": (20, 5, 20.0, 10.0), "2": (10, 10, 40.0, 20.0)}
    # Most over what was to be expected first.
    assert [person.agent_id for person in found.people] == ["1", "2"]
    assert [person.difference for person in found.people] == [10, -10]
    assert [person.share for person in found.people] == [2.0, 0.5]


def test_by_hours_a_long_shift_lets_expect_more():
    whole = Schedule({"1": week(mon="9-13"), "2": week(mon="9-17")})
    found = told(took("1", 4) + took("2", 8), whole, basis="hours")
    assert found.per_hour == 1
    assert lines(found) == {"1": (4, 1, 4.0, 4.0), "2": (8, 1, 8.0, 8.0)}
    assert lines(told(took("1", 4) + took("2", 8), whole))["1"][3] == 6


def test_the_length_of_the_period_counts():
    """Two weeks have twice the shifts: one grid for any period was the old mistake."""
    two = days("2026-11-09", "2026-11-22")
    assert told(took("1", 20), FIVE_AND_TEN, period=two).shifts == 30


def test_calls_of_people_without_a_shift_are_apart():
    nobody = {"user_id": None, "user_email": None}
    found = told(took("1", 5) + took("3", 7) + took("x", 2, **nobody), FIVE_AND_TEN)
    assert found.calls == 5
    assert list(found.others.items()) == [("3", 7), (UNASSIGNED, 2)]


def test_only_answered_inbound_calls_count():
    missed = took("1", 3, missed_call_reason="agents_did_not_answer")
    outbound = took("1", 4, direction="outbound", answered_at="2026-11-17T10:00:09Z")
    assert told(missed + outbound + took("1", 1), FIVE_AND_TEN).calls == 1


def test_transfers_count_only_where_they_are_asked_for():
    passed = took("1", 1, transferred_to_id="2", transferred_to_email="2@x")
    own, both = told(passed, FIVE_AND_TEN), told(passed, FIVE_AND_TEN, transfers=True)
    assert (lines(own)["2"][0], lines(both)["2"][0]) == (0, 1)
    assert (own.calls, both.calls) == (1, 2)


def test_shifts_to_come_and_days_without_data_do_not_count():
    # Now is Tuesday 24 November at noon.
    period = days("2026-11-23", "2026-11-29")
    assert told(took("1", 1, day="2026-11-24"), FIVE_AND_TEN, period=period).shifts == 5
    wide = days("2026-11-02", "2026-11-22")
    found = told(took("1", 1), FIVE_AND_TEN, period=wide, first_day=date(2026, 11, 16))
    assert found.shifts == 15
    assert found.days == WEEK


@pytest.mark.parametrize(
    "period", [days("2026-12-01", "2026-12-07"), days("2026-11-16", "2026-11-22")]
)
def test_nothing_is_no_number_and_no_division(period):
    found = told([], Schedule(), period=period)
    assert (found.calls, found.shifts, found.per_shift, found.per_hour) == (0, 0, None, None)
    assert not found.people
    assert not found.others


def test_shifts_without_any_call_expect_nothing():
    found = told([], FIVE_AND_TEN)
    assert lines(found)["1"] == (0, 5, 20.0, 0.0)
    assert [person.share for person in found.people] == [None, None]


def test_holidays_have_no_shifts():
    rules = replace(UTC_RULES, holidays=frozenset({date(2026, 11, 20), date(2026, 12, 25)}))
    found = told(took("1", 4), FIVE_AND_TEN, rules=rules)
    assert found.shifts == 12
    assert found.holidays == (date(2026, 11, 20),)


def test_a_filter_by_person_tells_of_that_person_only():
    found = told(took("1", 20) + took("2", 10), FIVE_AND_TEN, filters=Filters(agents=("2",)))
    assert lines(found) == {"2": (10, 10, 40.0, 10.0)}
    assert not found.others


def test_leavers_with_shifts_stay():
    left = Schedule({"9": week(mon="9-18")})
    assert lines(told(took("9", 3), left)) == {"9": (3, 1, 9.0, 3.0)}
