from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from metrics.live.trends import arrivals, daily, usual_until
from metrics.model.view import EVERYTHING, View, view_of_today
from tests.worlds.tables import UTC_RULES, conversations, days, tables

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
    return arrivals(view_of_today(content, rules), day, first_day=first_day).set_index("start")


def test_the_day_is_cut_into_half_hours():
    table = course({"created_at": "2026-11-24T10:29:59Z"}, {"created_at": "2026-11-24T10:30:00Z"})
    assert len(table) == 48
    assert table.loc[["10:00", "10:30", "09:30"], "count"].tolist() == [1, 1, 0]


def test_what_is_to_come_is_no_data():
    table = course()
    assert table["count"].notna().sum() == 25
    assert table.loc["12:00", "count"] == 0
    assert pd.isna(table.loc["12:30", "count"])
    assert course(day=date(2026, 11, 23))["count"].notna().all()
    assert course(day=date(2026, 11, 25))["count"].isna().all()


def test_the_usual_band_is_that_of_the_same_weekday():
    other_days = [{"created_at": "2026-11-23T10:15:00Z"}] * 50
    table = course(*weekly([7, 1, 2, 3, 4, 5]), *other_days, first_day=date(2026, 10, 20))
    row = table.loc["10:00"]
    # Five Tuesdays before: 1 to 5; tenth percentile at 0.4 of the way from 1 to 2.
    assert row[["count", "low", "usual", "high"]].tolist() == [7, 1.4, 3, pytest.approx(4.6)]
    assert table.loc["03:00", ["low", "usual", "high"]].tolist() == [0, 0, 0]


@pytest.mark.parametrize("first_day", [None, date(2026, 11, 1), date(2026, 10, 28)])
def test_a_short_history_has_no_band(first_day):
    table = course(*weekly([1, 1, 1, 1, 1]), first_day=first_day)
    assert table[["low", "usual", "high"]].isna().all(axis=None)


def test_twelve_weeks_are_usual_and_what_was_before_is_another_season():
    table = course(*weekly([0] * 13 + [40, 40, 40]))
    assert table.loc["10:00", "high"] == 0


def test_half_hours_that_the_clock_skips_or_repeats():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    spring = course(day=date(2026, 3, 8), rules=rules)
    assert spring["count"].isna().sum() == 2
    assert spring.loc[["02:00", "02:30"], "count"].isna().all()
    twice = [{"created_at": at} for at in ("2026-11-01T05:10:00Z", "2026-11-01T06:10:00Z")]
    autumn = course(*twice, day=date(2026, 11, 1), rules=rules)
    assert autumn.loc["01:00", "count"] == 2
    assert autumn["count"].notna().all()


def test_the_course_of_days_says_which_still_runs_and_which_are_to_come():
    rows = weekly([2, 1, 1, 1, 1])
    content = tables(conversations(*rows))
    table = daily(
        View(content, days("2026-11-23", "2026-11-25"), EVERYTHING, UTC_RULES), first_day=LONG_AGO
    )
    assert table.columns.tolist() == ["day", "count", "low", "usual", "high", "partial"]
    assert table["count"].tolist() == [0, 2, pd.NA]
    assert table["partial"].tolist() == [False, True, False]
    assert str(table.loc[0, "day"].date()) == "2026-11-23"


def test_the_running_day_does_not_say_what_is_usual():
    content = tables(conversations(*weekly([90, 1, 1, 1, 1])))
    period = days("2026-11-24", "2026-11-24")
    known = daily(View(content, period, EVERYTHING, UTC_RULES), first_day=date(2026, 10, 27))
    assert known.loc[0, ["count", "low", "usual", "high"]].tolist() == [90, 1, 1, 1]
    short = daily(View(content, period, EVERYTHING, UTC_RULES), first_day=date(2026, 11, 3))
    assert short[["low", "usual", "high"]].isna().all(axis=None)
    unknown = daily(View(content, days("2026-10-01", "2026-11-24"), EVERYTHING, UTC_RULES))
    assert unknown[["low", "usual", "high"]].isna().all(axis=None)


def test_by_this_time_of_the_day():
    rows = weekly([0, 1, 2, 3, 4, 5]) + weekly([9, 9, 9, 9, 9, 9], at="12:00:00Z")
    content = tables(conversations(*rows))
    found = usual_until(view_of_today(content, UTC_RULES), TUESDAY, first_day=date(2026, 10, 20))
    assert found == (1.4, pytest.approx(4.6))
    assert (
        usual_until(view_of_today(content, UTC_RULES), TUESDAY, first_day=date(2026, 11, 1)) is None
    )
    assert usual_until(view_of_today(content, UTC_RULES), TUESDAY) is None
