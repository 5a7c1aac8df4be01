from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.classification.goals import (
    EXCLUDED_BY,
    Goal,
    Pace,
    excluded,
    goal,
    goals_by_day,
    pace,
    standing,
    streak,
    team_goals,
    with_empty_days,
)
from metrics.model.filters import UNASSIGNED, Filters
from metrics.model.schema import attribute
from metrics.model.selection import select_conversations
from metrics.model.view import View
from tests.worlds import tables as build
from tests.worlds.tables import REASON, RULES, UTC_RULES, agents, conversations, tables

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in range(23, 28))
WEEK = build.days("2026-11-23", "2026-11-29")
CATEGORY, MERGED = attribute("Ticket category"), attribute("Merged")


@pytest.mark.parametrize(
    ("eligible", "needed"),
    [(0, 0), (1, 1), (9, 9), (10, 9), (11, 10), (20, 18), (30, 27), (61, 55), (100, 90)],
)
def test_ninety_percent_of_ten_is_nine(eligible, needed):
    assert Goal(eligible, 0, 0.9).needed == needed


def test_what_is_missing_never_falls_below_zero():
    assert [Goal(10, done, 0.9).missing for done in (0, 8, 9, 10)] == [9, 1, 0, 0]


def test_nothing_to_classify_is_no_rate_and_no_success():
    nothing = Goal(0, 0, 0.9)
    assert (nothing.rate, nothing.reached, nothing.missing) == (None, False, 0)


def view(*rows, rules=UTC_RULES, period=build.DAY):
    return View(tables(conversations(*rows)), period, Filters(), rules)


def left_out_by(*rows, rules=UTC_RULES):
    """The label of the rule that leaves each out."""
    found = select_conversations(view(*rows, rules=rules)).select(EXCLUDED_BY).collect()
    return found.to_series().to_list()


def standings(*rows, rules=UTC_RULES):
    asked = view(*rows, rules=rules)
    return select_conversations(asked).select(standing(asked)).collect().to_series().to_list()


def test_rows_that_do_not_count_stay_out():
    classified, pending = {"state": "closed", REASON: "Boleto"}, {"state": "closed"}
    found = goal(view(classified, pending, {"state": "open"}, classified))
    assert found == Goal(eligible=3, classified=2, share=0.9)


def test_each_excluded_row_is_told_once():
    labels = left_out_by(
        {"state": "closed", CATEGORY: "Back-office ticket", MERGED: "true"},
        {"state": "closed", CATEGORY: " back-office TICKET "},
        {"state": "closed", MERGED: "true"},
        {"state": "open", CATEGORY: "Back-office ticket", MERGED: "true"},
        {"state": "closed", MERGED: "false"},
    )
    assert excluded(labels, RULES) == {"Ticket category": 2, "Merged": 1}


def test_a_workspace_without_the_attribute_excludes_nothing():
    assert excluded(left_out_by({"state": "closed"}), RULES) == {}


@given(st.integers(0, 5000), st.integers(0, 1000))
def test_what_is_needed_is_the_least_that_reaches_the_goal(eligible, thousandths):
    share = Fraction(thousandths, 1000)
    needed = Goal(eligible, 0, thousandths / 1000).needed
    assert needed >= share * eligible > needed - 1 or needed == share * eligible == 0


@given(st.integers(0, 300), st.integers(0, 300))
def test_reaching_the_goal_and_missing_nothing_are_the_same(eligible, done):
    found = Goal(eligible, min(done, eligible), 0.9)
    assert found.reached == (found.eligible > 0 and found.missing == 0)
    assert 0 <= found.missing <= found.pending


def days_of(*pairs):
    """Goals of the days from Monday on, as (eligible, classified)."""
    return [
        (date(2026, 11, 23 + number), Goal(eligible, classified, 0.9))
        for number, (eligible, classified) in enumerate(pairs)
    ]


def test_the_pace_is_that_of_the_finished_days():
    found = pace(days_of((35, 32), (26, 20)), WEEK, TUESDAY, UTC_RULES)
    # 32 + 26 × 32/35 + 3 days of 35 at 32/35, of 35 + 26 + 105.
    assert found == Pace(pytest.approx(32 / 35), FRIDAY, 35)


def test_what_is_classified_today_stays_classified_in_the_pace():
    found = pace(days_of((10, 5), (10, 10)), WEEK, TUESDAY, UTC_RULES)
    assert found.rate == pytest.approx((5 + 10 + 0.5 * 30) / 50)


def test_a_day_without_anything_to_classify_says_nothing_of_the_pace():
    quiet = pace(days_of((10, 9), (0, 0), (0, 0)), WEEK, WEDNESDAY, UTC_RULES)
    assert quiet.rate == pytest.approx(0.9)
    assert quiet.n == 10


@pytest.mark.parametrize(
    ("pairs", "today"),
    [
        ([(50, 45)], MONDAY),  # no day is over
        ([(9, 9), (5, 5)], TUESDAY),  # nine say nothing
        ([(20, 18)] * 5, FRIDAY),  # nothing follows
        ([(20, 18)] * 5, date(2026, 11, 28)),  # a weekend follows
        ([(20, 18)] * 5, date(2026, 12, 1)),  # it is over
        ([(20, 18)], date(2026, 11, 20)),  # it has not begun
        ([], WEDNESDAY),
    ],
)
def test_no_pace_is_told_where_it_would_be_a_guess(pairs, today):
    assert pace(days_of(*pairs), WEEK, today, UTC_RULES) is None


def test_the_pace_looks_to_the_last_day_that_the_office_opens():
    rules = replace(RULES, holidays=frozenset({FRIDAY}))
    assert pace(days_of((20, 18), (0, 0)), WEEK, TUESDAY, rules).last_day == THURSDAY
    open_saturday = replace(RULES, office_hours=(((time(9), time(18)),),) * 6 + ((),))
    found = pace(days_of((20, 18), (0, 0)), WEEK, TUESDAY, open_saturday)
    assert found.last_day == date(2026, 11, 28)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_a_pace_is_a_share(pairs):
    pairs = [(eligible, min(done, eligible)) for eligible, done in pairs]
    found = pace(days_of(*pairs), WEEK, TUESDAY, UTC_RULES)
    assert found is None or 0 <= found.rate <= 1


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], 0),
        ([(10, 9)], 1),
        ([(10, 8)], 0),
        ([(10, 9), (10, 9), (10, 9)], 3),
        ([(10, 9), (10, 8), (10, 9)], 1),
        ([(10, 9), (0, 0), (10, 9)], 2),  # nothing to classify in between
        ([(10, 9), (10, 9), (10, 2)], 2),  # the running day is not over
        ([(10, 9), (10, 9), (0, 0)], 2),
        ([(10, 8), (10, 9), (10, 2)], 1),
    ],
)
def test_a_streak_counts_days_at_the_goal_up_to_now(pairs, expected):
    assert streak(days_of(*pairs), WEDNESDAY) == expected


def test_a_yesterday_below_the_goal_ends_the_streak():
    assert streak(days_of((10, 9), (10, 2)), WEDNESDAY) == 0


def test_days_to_come_are_no_part_of_the_streak():
    assert streak(days_of((10, 9), (10, 9), (10, 2)), TUESDAY) == 2


def test_a_conversation_belongs_to_its_local_day():
    rules = replace(RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    asked = view(
        {"created_at": "2026-11-24T02:59:59Z", "state": "closed", REASON: "Boleto"},
        {"created_at": "2026-11-24T03:00:00Z", "state": "closed"},
        {"created_at": "2026-11-24T12:00:00Z", "state": "open"},
        rules=rules,
        period=WEEK,
    )
    assert goals_by_day(asked) == [
        (MONDAY, Goal(1, 1, 0.9)),
        (TUESDAY, Goal(1, 0, 0.9)),
    ]


def test_no_conversation_is_no_day():
    assert goals_by_day(view()) == []


def test_working_days_are_shown_empty_and_the_weekend_only_with_rows():
    saturday = date(2026, 11, 28)
    shown = with_empty_days([(saturday, Goal(2, 1, 0.9))], WEEK, UTC_RULES)
    assert [day for day, _ in shown] == [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, saturday]
    assert shown[0][1] == Goal(0, 0, 0.9)


def test_a_holiday_is_no_empty_working_day():
    shown = with_empty_days([], WEEK, replace(RULES, holidays=frozenset({MONDAY})))
    assert shown[0][0] == TUESDAY


def test_every_conversation_stands_somewhere():
    found = standings(
        {"state": "closed"},
        {"state": "closed", REASON: "  "},
        {"state": "closed", REASON: "Boleto"},
        {"state": "closed", CATEGORY: "Back-office ticket", REASON: "Boleto"},
        {"state": "open", REASON: "Boleto"},
        {"state": "snoozed"},
        {"state": None},
    )
    assert found == [
        "pending",
        "pending",
        "classified",
        "excluded",
        "open",
        "snoozed",
        "open",
    ]


def test_the_rule_that_leaves_a_row_out_is_named():
    labels = left_out_by(
        {"state": "closed", CATEGORY: "Back-office ticket", MERGED: "true"},
        {"state": "closed", MERGED: "True "},
        {"state": "closed"},
        {"state": "open", MERGED: "true"},
    )
    assert labels == ["Ticket category", "Merged", None, None]
    assert excluded(labels, RULES) == {"Ticket category": 1, "Merged": 1}


def test_the_team_is_told_person_by_person_and_its_sum_is_the_whole():
    rules = build.scoped("1")
    rows = [
        {"agent_id": "a", "state": "closed", REASON: "Boleto", "team_id": "1"},
        {"agent_id": "a", "state": "closed", "team_id": "1"},
        {"agent_id": "b", "state": "closed", REASON: "Boleto", "team_id": "1"},
        {"agent_id": "left", "state": "closed", "team_id": "1"},
        {"agent_id": None, "state": "closed", "team_id": "1"},
        {"agent_id": "bot", "state": "closed", "team_id": "1"},
        {"agent_id": "a", "state": "closed", "team_id": "9"},
        {"agent_id": "a", "state": "open", "team_id": "1"},
        {"agent_id": "a", "state": "closed", "team_id": "1", CATEGORY: "Back-office ticket"},
    ]
    people = agents({"id": "a"}, {"id": "b"}, {"id": "bot", "bot": True})
    content = tables(conversations(*rows), agents_=people)
    found = team_goals(View(content, build.DAY, Filters(), rules))
    assert found == {
        "a": Goal(2, 1, 0.9),
        "b": Goal(1, 1, 0.9),
        "left": Goal(1, 0, 0.9),
        UNASSIGNED: Goal(2, 0, 0.9),
    }
    assert sum(one.eligible for one in found.values()) == 6


def test_an_empty_team_has_no_goals():
    assert team_goals(View(tables(), build.DAY, Filters(), UTC_RULES)) == {}


def test_a_duplicate_that_only_a_tag_gives_away_is_left_out_under_the_same_reason():
    rows = [
        {"state": "closed", "is_merged": True},
        {"state": "closed", "is_merged": True, MERGED: "true"},
        {"state": "closed", "is_merged": False},
        {"state": "open", "is_merged": False},
    ]
    other = replace(UTC_RULES, classification_exclude={"merged": ("true",)})
    none = replace(UTC_RULES, classification_exclude={})
    for rules, label in ((UTC_RULES, "Merged"), (other, "merged"), (none, "Merged")):
        assert excluded(left_out_by(*rows, rules=rules), rules) == {label: 2}
    assert standings(*rows, rules=none) == ["excluded", "excluded", "pending", "open"]
