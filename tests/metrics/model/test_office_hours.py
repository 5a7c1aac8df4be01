from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from metrics.model.office_hours import is_in_shifts, is_open, is_open_at, openings
from tests.worlds.tables import RULES, instants

SAO_PAULO = RULES  # 09:00 to 18:00 local, which is 12:00 to 21:00 UTC


def open_at(moments, rules=SAO_PAULO):
    frame = instants(moments).alias("at").to_frame()
    return frame.select(is_open(pl.col("at"), rules)).to_series().to_list()


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-24T11:59:59Z", False),
        ("2026-11-24T12:00:00Z", True),
        ("2026-11-24T20:59:59Z", True),
        ("2026-11-24T21:00:00Z", False),
        ("2026-11-22T15:00:00Z", False),  # Sunday
        (None, False),
    ],
)
def test_the_first_minute_is_open_and_the_closing_minute_is_not(instant, expected):
    assert open_at([instant]) == [expected]


def test_holidays_are_closed_all_local_day():
    rules = replace(SAO_PAULO, holidays=frozenset({date(2026, 11, 20)}))
    assert open_at(["2026-11-20T15:00Z", "2026-11-23T15:00Z"], rules) == [False, True]


@pytest.mark.parametrize(
    ("shift", "inside"),
    [
        ((time(8), time(13)), [False, True, False, False, False]),
        ((time(13), time.max), [False, False, True, True, True]),
        ((time(22), time(6)), [True, False, False, False, True]),
    ],
)
def test_a_shift_holds_its_first_minute_and_not_its_last_and_may_pass_midnight(shift, inside):
    rules = replace(SAO_PAULO, shifts={"own": shift})
    local = ("05:59", "08:00", "13:00", "21:59:59", "23:59:59")
    at = instants([f"2026-11-24T{clock}-03:00" for clock in local]).alias("at").to_frame()
    found = at.select(is_in_shifts(pl.col("at"), ["own", "none such"], rules))
    assert found.to_series().to_list() == inside


def test_a_lunch_break_is_closed():
    hours = (((time(9), time(12)), (time(13), time(18))), *SAO_PAULO.office_hours[1:])
    rules = replace(SAO_PAULO, office_hours=hours)
    monday = ["2026-11-23T14:59Z", "2026-11-23T15:00Z", "2026-11-23T16:00Z"]
    assert open_at(monday, rules) == [True, False, True]


def test_until_midnight_is_until_the_last_second():
    day = ((time(0), time.max),)
    rules = replace(SAO_PAULO, time_zone=ZoneInfo("UTC"), office_hours=(day,) * 7)
    assert is_open_at(datetime.fromisoformat("2026-11-22T23:59:59+00:00"), rules)


def test_opening_hours_follow_the_clock_of_the_place():
    rules = replace(SAO_PAULO, time_zone=ZoneInfo("Europe/Berlin"))
    # Nine o'clock is 07:00 UTC in summer and 08:00 UTC in winter.
    assert open_at(["2026-10-23T07:00Z", "2026-10-26T07:00Z"], rules) == [True, False]


def test_the_openings_of_a_day_are_instants_and_none_on_a_holiday():
    day = date(2026, 11, 24)
    assert [(a.isoformat(), b.isoformat()) for a, b in openings(day, SAO_PAULO)] == [
        ("2026-11-24T12:00:00+00:00", "2026-11-24T21:00:00+00:00")
    ]
    assert openings(date(2026, 11, 22), SAO_PAULO) == []
    assert openings(day, replace(SAO_PAULO, holidays=frozenset({day}))) == []


def test_an_opening_until_midnight_ends_with_the_day_that_the_clocks_change():
    # In New York the 1st of November 2026 has 25 hours.
    whole = tuple(((time(0), time.max),) for _ in range(7))
    rules = replace(SAO_PAULO, time_zone=ZoneInfo("America/New_York"), office_hours=whole)
    [(start, end)] = openings(date(2026, 11, 1), rules)
    assert (end - start).total_seconds() == 25 * 3600
