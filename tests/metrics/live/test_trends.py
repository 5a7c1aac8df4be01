from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.live.trends import HalfHour, arrivals, usual_until
from metrics.model.view import view_of_today
from metrics.query.usual import Band
from tests.worlds.tables import UTC_RULES, conversations, tables

TUESDAY = date(2026, 11, 24)
LONG_AGO = date(2026, 1, 1)


def weekly(counts, at="10:15:00Z", day=TUESDAY):
    """That many conversations on the weekday, one, two, three ... weeks before the day."""
    return [
        {"created_at": f"{day - timedelta(weeks=week)}T{at}"}
        for week, count in enumerate(counts)
        for _ in range(count)
    ]


def course(*rows, day=TUESDAY, rules=UTC_RULES, now="2026-11-24T12:00:00Z", first_day=LONG_AGO):
    content = tables(conversations(*rows), now=now)
    halves = arrivals(view_of_today(content, rules), day, first_day=first_day)
    return {half.start: half for half in halves}


def to_come(halves):
    return [half.start for half in halves.values() if half.count is None]


def test_the_day_is_cut_into_half_hours():
    halves = course({"created_at": "2026-11-24T10:29:59Z"}, {"created_at": "2026-11-24T10:30:00Z"})
    assert len(halves) == 48
    assert [halves[start].count for start in ("10:00", "10:30", "09:30")] == [1, 1, 0]


def test_what_is_to_come_is_no_data():
    halves = course()
    assert len(to_come(halves)) == 48 - 25
    assert (halves["12:00"].count, halves["12:30"].count) == (0, None)
    assert to_come(course(day=date(2026, 11, 23))) == []
    assert len(to_come(course(day=date(2026, 11, 25)))) == 48


def test_the_usual_band_is_that_of_the_same_weekday():
    other_days = [{"created_at": "2026-11-23T10:15:00Z"}] * 50
    halves = course(*weekly([7, 1, 2, 3, 4, 5]), *other_days, first_day=date(2026, 10, 20))
    # Five Tuesdays before: 1 to 5; tenth percentile at 0.4 of the way from 1 to 2.
    assert halves["10:00"] == HalfHour("10:00", 7, Band(1.4, 3, pytest.approx(4.6)))
    assert halves["03:00"].band == Band(0, 0, 0)


@pytest.mark.parametrize("first_day", [None, date(2026, 11, 1), date(2026, 10, 28)])
def test_a_short_history_has_no_band(first_day):
    halves = course(*weekly([1, 1, 1, 1, 1]), first_day=first_day)
    assert {half.band for half in halves.values()} == {None}


def test_twelve_weeks_are_usual_and_what_was_before_is_another_season():
    halves = course(*weekly([0] * 13 + [40, 40, 40]))
    assert halves["10:00"].band.high == 0


def test_half_hours_that_the_clock_skips_or_repeats():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    spring = course(day=date(2026, 3, 8), rules=rules)
    assert to_come(spring) == ["02:00", "02:30"]
    twice = [{"created_at": at} for at in ("2026-11-01T05:10:00Z", "2026-11-01T06:10:00Z")]
    autumn = course(*twice, day=date(2026, 11, 1), rules=rules)
    assert autumn["01:00"].count == 2
    assert to_come(autumn) == []


def test_by_this_time_of_the_day():
    rows = weekly([0, 1, 2, 3, 4, 5]) + weekly([9, 9, 9, 9, 9, 9], at="12:00:00Z")
    content = tables(conversations(*rows))
    found = usual_until(view_of_today(content, UTC_RULES), TUESDAY, first_day=date(2026, 10, 20))
    assert found == (1.4, pytest.approx(4.6))
    assert (
        usual_until(view_of_today(content, UTC_RULES), TUESDAY, first_day=date(2026, 11, 1)) is None
    )
    assert usual_until(view_of_today(content, UTC_RULES), TUESDAY) is None
