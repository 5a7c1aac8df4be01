"""Working time around a start."""

from datetime import date, datetime, timedelta

import pytest

from services.sandbox.team.hours import HOUR, ZONE, Hours


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


@pytest.fixture
def office():
    return Hours(at("2026-11-24T11:00"), 30, strict=True)


def test_the_office_is_open_from_nine_to_six_on_working_days(office):
    assert not office.is_open(at("2026-11-24T08:59"))
    assert office.is_open(at("2026-11-24T09:00"))
    assert office.is_open(at("2026-11-24T17:59"))
    assert not office.is_open(at("2026-11-24T18:00"))
    assert not office.is_open(at("2026-11-22T12:00"))


def test_closed_time_is_left_out(office):
    friday, monday = at("2026-11-20T17:30"), at("2026-11-23T09:30")
    assert office.worked_seconds(friday, monday) == HOUR
    assert office.add_working_time(friday, HOUR) == monday
    assert office.add_working_time(at("2026-11-21T12:00"), 60) == at("2026-11-23T09:01")
    assert office.worked_seconds(monday, friday) == 0
    assert office.worked_seconds(at("2026-11-21T12:00"), at("2026-11-22T12:00")) == 0


@pytest.mark.parametrize(
    "start",
    ["2026-11-24T03:20", "2026-11-24T23:59", "2026-11-22T12:00", "2026-11-21T00:05",
     "2026-11-20T17:59", "2026-11-24T08:59"],
)  # fmt: skip
def test_it_is_open_at_the_start_and_so_it_was_a_week_before(start):
    hours = Hours(at(start), 30)
    assert hours.is_open(at(start))
    assert hours.is_open(at(start) - 7 * 86400)
    assert hours.is_open(at(start) + 3 * HOUR)
    weekday = datetime.fromisoformat(start).date()
    assert hours.arrival_weights(weekday) == hours.arrival_weights(weekday - timedelta(days=14))


def test_an_opening_in_the_middle_of_the_day_changes_nothing():
    strict, usual = (Hours(at("2026-11-24T11:00"), 30, strict=flag) for flag in (True, False))
    for day in (date(2026, 11, 24), date(2026, 11, 21)):
        assert strict.arrival_weights(day) == usual.arrival_weights(day)


def test_arrivals_dip_at_lunch_and_sleep_at_night(office):
    weights = office.arrival_weights(date(2026, 11, 24))
    assert weights[10] > weights[12] > weights[20] > weights[3] > 0
    assert sum(office.arrival_weights(date(2026, 11, 22))) < 0.2 * sum(weights)
