from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.live.projection import Projection, queue_at_closing
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import FINANCE, SUPPORT, UTC_RULES, conversations, tables

TUESDAY = date(2026, 11, 24)
LONG_AGO = date(2026, 1, 1)
SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)


def waiting(count, **values):
    """That many in the queue of this morning."""
    return [{"created_at": "2026-11-24T11:00:00Z", **values}] * count


def came(count, at, week, **values):
    """That many which came so many weeks ago and were never taken on that day."""
    day = TUESDAY - timedelta(weeks=week)
    later = {"agent_id": "201", "state": "closed", "first_assignment_at": f"{day}T23:00:00Z"}
    return [{"created_at": f"{day}T{at}Z", **later, **values}] * count


def taken(count, at, week):
    """That many which had come in the morning and were taken at that time."""
    day = TUESDAY - timedelta(weeks=week)
    return came(count, "08:00:00", week, first_assignment_at=f"{day}T{at}Z")


def told(*rows, now="2026-11-24T12:00:00Z", rules=UTC_RULES, first_day=LONG_AGO, filters=None):
    content = tables(conversations(*rows), now=now)
    return queue_at_closing(
        view_of_today(content, rules, filters or Filters()), first_day=first_day
    )


def only(count):
    """A history of just so many Tuesdays."""
    return TUESDAY - timedelta(weeks=count)


def test_the_queue_of_now_goes_the_ways_of_earlier_days():
    rows = [
        *waiting(7),
        *came(1, "14:00:00", week=1),  # 7 + 1 = 8
        *came(5, "13:10:00", week=2),
        *taken(2, "16:00:00", week=2),  # 7 + 5 - 2 = 10
        *taken(4, "12:40:00", week=3),  # 7 - 4 = 3
        # Week 4: nothing came and nothing was taken, so 7.
        *came(9, "17:59:59", week=5),  # 7 + 9 = 16
    ]
    # Ends 3, 7, 8, 10, 16: tenth percentile 3 + .4 * 4 = 4.6, ninetieth 10 + .6 * 6 = 13.6.
    assert told(*rows, first_day=only(5)) == Projection(SIX, 4, 14, 5)


def test_what_came_before_this_time_of_day_and_after_closing_does_not_count():
    rows = [
        row
        for week in range(1, 5)
        for row in [*came(3, "11:59:59", week), *came(3, "18:00:00", week)]
    ]
    assert told(*waiting(2), *rows, first_day=only(4)) == Projection(SIX, 2, 2, 4)


def test_a_queue_is_never_shorter_than_none_on_the_way():
    # 2 - 6 stays at none, and 3 come after that: not 2 - 6 + 3.
    rows = [
        row
        for week in range(1, 5)
        for row in [*taken(6, "12:10:00", week), *came(3, "15:00:00", week)]
    ]
    assert told(*waiting(2), *rows, first_day=only(4)) == Projection(SIX, 3, 3, 4)


def test_unassigned_ones_leave_the_queue_when_they_are_closed():
    rows = [
        {
            "created_at": f"{only(week)}T08:00:00Z",
            "state": "closed",
            "last_close_at": f"{only(week)}T13:00:00Z",
        }
        for week in range(1, 5)
    ]
    assert told(*waiting(2), *rows, first_day=only(4)) == Projection(SIX, 1, 1, 4)


@pytest.mark.parametrize(
    "now", ["2026-11-24T08:59:59Z", "2026-11-24T17:31:00Z", "2026-11-24T18:00:00Z"]
)
def test_outside_the_opening_times_and_just_before_their_end_nothing_is_said(now):
    assert told(*waiting(2), now=now) is None


def test_the_last_half_hour_is_the_first_of_which_nothing_is_said():
    assert told(*waiting(2), now="2026-11-24T17:30:00Z") == Projection(SIX, 2, 2, 12)


@pytest.mark.parametrize("first_day", [None, only(3)])
def test_too_few_days_say_nothing(first_day):
    assert told(*waiting(2), first_day=first_day) is None


def test_holidays_say_nothing_of_ordinary_days():
    closed = replace(UTC_RULES, holidays=frozenset([only(1), only(2)]))
    busy = [row for week in (1, 2) for row in came(50, "14:00:00", week)]
    assert told(*waiting(2), *busy, rules=closed) == Projection(SIX, 2, 2, 10)
    assert told(rules=replace(UTC_RULES, holidays=frozenset([TUESDAY]))) is None


def test_a_team_has_the_course_of_its_own_days():
    rows = [row for week in range(1, 5) for row in came(4, "14:00:00", week, team_id=FINANCE)]
    rows += [*waiting(3, team_id=SUPPORT), *waiting(1, team_id=FINANCE)]
    of = {
        team: told(*rows, first_day=only(4), filters=Filters(teams=(team,)))
        for team in (SUPPORT, FINANCE)
    }
    assert of[SUPPORT] == Projection(SIX, 3, 3, 4)
    assert of[FINANCE] == Projection(SIX, 5, 5, 4)


def test_the_clock_s_change_between_the_weeks_moves_nothing():
    # New York left summer time on 1 November: closing was at 22:00 UTC before, and is at 23:00.
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    last_winter, first_summer = came(2, "22:30:00", week=1), came(2, "21:30:00", week=4)
    after_closing = came(50, "22:30:00", week=4)
    rows = [*waiting(1), *last_winter, *first_summer, *after_closing]
    found = told(*rows, now="2026-11-24T20:00:00Z", rules=rules, first_day=only(4))
    # Ends 3, 1, 1, 3.
    assert found == Projection(datetime(2026, 11, 24, 23, tzinfo=UTC), 1, 3, 4)


def test_an_empty_workspace_has_an_empty_queue():
    assert told() == Projection(SIX, 0, 0, 12)
