from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.model.periods import (
    Period,
    comparable,
    is_complete,
    last_days,
    list_stretches,
    midnight,
    today,
    year_before,
)
from tests.worlds.tables import RULES, conversations, days, instants, tables

SAO_PAULO, NEW_YORK = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def hours(period, zone):
    start, end = period.bounds(zone)
    return (end - start).total_seconds() / 3600


def test_both_ends_are_included():
    period = days("2026-11-23", "2026-11-24")
    edges = instants(
        ["2026-11-23T02:59:59Z", "2026-11-23T03:00Z", "2026-11-25T02:59:59Z", "2026-11-25T03:00Z"]
    )
    start, end = period.bounds(SAO_PAULO)
    assert [start <= edge < end for edge in edges] == [False, True, True, False]


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (BERLIN, "2026-10-26", 24),
        (SAO_PAULO, "2026-11-01", 24),
        (SAO_PAULO, "2018-11-04", 23),  # the clock jumped over midnight
        (SAO_PAULO, "2018-02-17", 25),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(zone, day, length):
    assert hours(days(day, day), zone) == length


def test_days_touch_without_gap_or_overlap():
    whole = days("2018-11-01", "2018-11-07")
    parts = [days(f"2018-11-0{n}", f"2018-11-0{n}") for n in range(1, 8)]
    ends = [part.bounds(SAO_PAULO)[1] for part in parts]
    starts = [part.bounds(SAO_PAULO)[0] for part in parts]
    assert ends[:-1] == starts[1:]
    assert (starts[0], ends[-1]) == whole.bounds(SAO_PAULO)


def test_a_day_that_starts_at_one_o_clock():
    assert midnight(date(2018, 11, 4), SAO_PAULO) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_the_evening_is_still_the_same_local_day():
    rows = [{"rating_at": at} for at in ("2026-11-01T02:30Z", "2026-11-01T03:00Z", None)]
    found = tables(conversations(*rows)).derived("conversations", RULES)
    assert found["rating_at_day"].to_list() == [date(2026, 10, 31), date(2026, 11, 1), None]
    assert found["rating_at_hour"].to_list() == [23, 0, None]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-11-24", "2026-11-24", ("2026-11-23", "2026-11-23")),
        ("2026-03-01", "2026-03-31", ("2026-01-29", "2026-02-28")),
        ("2024-03-01", "2024-03-02", ("2024-02-28", "2024-02-29")),
    ],
)
def test_the_previous_period_is_as_long_and_just_before(first, last, before):
    period = days(first, last)
    assert period.previous == days(*before)
    assert period.previous.days == period.days


def test_an_upside_down_period_is_refused():
    with pytest.raises(ValueError, match="before"):
        days("2026-11-24", "2026-11-23")


def test_today_is_local():
    late = datetime(2026, 11, 25, 1, tzinfo=UTC)
    assert today(late, SAO_PAULO) == date(2026, 11, 24)
    assert last_days(7, late, SAO_PAULO) == days("2026-11-18", "2026-11-24")


@pytest.mark.parametrize(
    ("first_day", "complete", "before"),
    [
        (None, False, None),
        (date(2026, 11, 12), False, None),
        (date(2026, 11, 11), True, None),
        (date(2026, 11, 2), True, None),
        (date(2026, 11, 1), True, days("2026-11-01", "2026-11-10")),
    ],
)
def test_a_period_that_reaches_before_the_history_has_no_comparison(first_day, complete, before):
    period = Period(date(2026, 11, 11), date(2026, 11, 20))
    assert is_complete(period, first_day) is complete
    now = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert comparable(period, period.previous, first_day, now, SAO_PAULO) == before


@pytest.mark.parametrize(
    ("now", "period", "before", "compared"),
    [
        # Two minutes past 14:00 of the last day.
        ("2026-11-23 14:02", ("2026-11-23", "2026-11-23"), None, ("2026-11-22", "2026-11-22")),
        ("2026-11-23 14:02", ("2026-10-27", "2026-11-23"), None, ("2026-09-29", "2026-10-26")),
        # Days to come have no counterpart either.
        ("2026-11-23 14:02", ("2026-11-01", "2026-11-30"), None, ("2026-10-02", "2026-10-24")),
        # The first of a month beside the first of the one before.
        (
            "2026-11-01 14:02",
            ("2026-11-01", "2026-11-30"),
            ("2026-10-01", "2026-10-31"),
            ("2026-10-01", "2026-10-01"),
        ),
    ],
)
def test_a_period_that_includes_today_is_compared_up_to_the_same_clock_time(
    now, period, before, compared
):
    period = days(*period)
    earlier = days(*before) if before else period.previous
    now = datetime.fromisoformat(now).replace(tzinfo=SAO_PAULO)
    wanted = replace(days(*compared), until=time(14, 2))
    assert comparable(period, earlier, date.min, now, SAO_PAULO) == wanted


@pytest.mark.parametrize(
    ("day", "until", "hours"),
    [
        (date(2026, 3, 28), time(2, 30), 2.5),
        # The clock jumps from 1:00 to 2:00: at 14:00 thirteen hours have passed.
        (date(2026, 3, 29), time(14), 13),
        # 1:30 is never shown; what had passed is as long as on any other day.
        (date(2026, 3, 29), time(1, 30), 1.5),
        # The hour from 1:00 comes twice; the first of them is meant.
        (date(2026, 10, 25), time(1, 30), 1.5),
        (date(2026, 10, 25), time(14), 15),
    ],
)
def test_a_clock_time_cuts_the_days_on_which_the_clock_is_changed(day, until, hours):
    first, end = Period(day, day, until).bounds(ZoneInfo("Europe/Lisbon"))
    assert end - first == timedelta(hours=hours)


def test_weeks_begin_on_monday_and_months_on_the_first():
    assert list_stretches("week", date(2026, 11, 25), date(2026, 12, 1)) == [
        days("2026-11-23", "2026-11-29"),
        days("2026-11-30", "2026-12-06"),
    ]
    assert list_stretches("month", date(2026, 1, 31), date(2026, 3, 1)) == [
        days("2026-01-01", "2026-01-31"),
        days("2026-02-01", "2026-02-28"),
        days("2026-03-01", "2026-03-31"),
    ]


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days("2026-11-23", "2026-11-29"), days("2025-11-24", "2025-11-30")),
        (days("2024-02-01", "2024-02-29"), days("2023-02-01", "2023-02-28")),
        (days("2024-02-01", "2024-02-10"), days("2023-02-01", "2023-02-10")),
        (days("2025-02-01", "2025-02-28"), days("2024-02-01", "2024-02-29")),
        (days("2026-11-01", "2026-11-01"), days("2025-11-02", "2025-11-02")),
    ],
)
def test_a_year_before_are_the_same_weekdays_or_the_same_days_of_the_month(period, before):
    assert year_before(period) == before
