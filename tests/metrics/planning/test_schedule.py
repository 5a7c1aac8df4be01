"""The shift schedule: what cells say, and where their hours lie."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.planning.schedule import (
    Schedule,
    Shift,
    ShiftError,
    cover,
    read_day,
    shifts_of,
    weekly_minutes,
    written,
)
from tests.worlds.tables import UTC_RULES, day, days

OFF = ((),) * 7


def week(**cells):
    """Seven days; `mon="09:00-18:00"` and so on."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(read_day(cells.get(name, "")) for name in names)


def schedule(**people):
    return Schedule(people, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("09:00-18:00", "09:00-18:00"),
        ("9-18", "09:00-18:00"),
        ("9h às 18h", "09:00-18:00"),
        ("9h30 - 18h", "09:30-18:00"),
        ("22:00-06:00", "22:00-06:00"),
        ("18:00-24:00", "18:00-24:00"),
        ("16:00-00:00", "16:00-24:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("13:00-17:00; 08:00-12:00", "08:00-12:00; 13:00-17:00"),
        ("8-12, 13-17", "08:00-12:00; 13:00-17:00"),
        ("8-12 e 13-17", "08:00-12:00; 13:00-17:00"),
        ("08:00–12:00 / 13:00—17:00", "08:00-12:00; 13:00-17:00"),
        ("", ""),
        ("  FOLGA ", ""),
        ("off", ""),
        ("-", ""),
    ],
)
def test_what_people_write_is_read(text, told):
    assert written(read_day(text)) == told
    assert read_day(told) == read_day(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("9-25", "no_such_time"),
        ("24:00-06:00", "no_such_time"),
        ("09:60-18:00", "no_such_time"),
        ("09:00-09:00", "empty"),
        ("08:00-12:00; 11:00-15:00", "overlap"),
        ("22:00-08:00; 07:00-09:00", "overlap"),
        ("manhã", "unreadable"),
        ("09:00", "unreadable"),
        ("=cmd|'/C calc'!A0", "unreadable"),
        ("<script>alert(1)</script>", "unreadable"),
        ("٩-١٧", "unreadable"),
        ("1-2;3-4;5-6;7-8;9-10;11-12;13-14", "too_many"),
        ("9" * 10_000, "too_long"),
    ],
)
def test_what_is_no_shift_says_why(text, problem):
    with pytest.raises(ShiftError) as error:
        read_day(text)
    assert error.value.problem == problem


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True))
def test_whatever_is_written_is_read_back(minutes):
    edges = sorted(minutes)[: len(minutes) // 2 * 2]
    shifts = tuple(Shift(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    assert read_day(written(shifts)) == shifts


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text):
    with suppress(ShiftError):
        assert all(shift.start < shift.end for shift in read_day(text))


def told(shifts):
    """Person, day, hours, and when it begins in UTC."""
    return [(s.agent_id, str(s.day), s.seconds / 3600, f"{s.start:%d %H:%M}") for s in shifts]


def test_the_week_is_laid_over_each_day_of_the_period():
    found = shifts_of(
        schedule(a=week(mon="9-18", tue="8-12; 13-17")), days("2026-11-23", "2026-11-30"), UTC_RULES
    )
    assert told(found) == [
        ("a", "2026-11-23", 9.0, "23 09:00"),
        ("a", "2026-11-24", 4.0, "24 08:00"),
        ("a", "2026-11-24", 4.0, "24 13:00"),
        ("a", "2026-11-30", 9.0, "30 09:00"),
    ]


def test_a_night_belongs_to_the_day_it_begins_on():
    found = shifts_of(
        schedule(a=week(mon="22:00-06:00")), days("2026-11-23", "2026-11-24"), UTC_RULES
    )
    assert told(found) == [("a", "2026-11-23", 8.0, "23 22:00")]
    assert found[0].end.isoformat() == "2026-11-24T06:00:00+00:00"


def test_holidays_have_no_shifts_but_the_night_before_goes_on():
    rules = replace(UTC_RULES, holidays=frozenset({date(2026, 11, 24)}))
    people = schedule(a=week(mon="22:00-06:00", tue="9-18"))
    assert len(shifts_of(people, days("2026-11-23", "2026-11-24"), rules)) == 1


@pytest.mark.parametrize(
    ("on", "hours"),
    [("2026-03-08", 7.0), ("2026-11-01", 9.0), ("2026-11-08", 8.0)],
)
def test_a_night_in_which_the_clock_jumps_is_as_long_as_it_is(on, hours):
    """New York, 2026: at 02:00 the clock goes to 03:00 on 8 March and to 01:00 on 1 November."""
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    found = shifts_of(schedule(a=week(sun="00:00-08:00")), day(on), rules)
    assert [shift.seconds for shift in found] == [hours * 3600]


def test_an_hour_that_the_clock_leaps_over_is_no_shift():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    found = shifts_of(schedule(a=week(sun="02:00-03:00")), day("2026-03-08"), rules)
    assert found == []


def test_nobody_has_no_shifts():
    assert shifts_of(Schedule(), days("2026-11-01", "2026-11-30"), UTC_RULES) == []


def test_half_hours_count_whoever_is_there_for_the_part_that_they_are():
    found = cover(schedule(a=week(mon="09:00-10:15"), b=week(mon="09:30-10:00")))
    assert found.shape == (7, 48)
    assert found[0, 18:22].tolist() == [1, 2, 0.5, 0]
    assert found.sum() == 3.5


def test_the_night_of_sunday_goes_on_on_monday():
    found = cover(schedule(a=week(sun="23:00-01:00")))
    assert found[6, 46:].tolist() == [1, 1]
    assert found[0, :3].tolist() == [1, 1, 0]


def test_the_hours_of_a_week_are_those_of_its_shifts():
    assert weekly_minutes(week(mon="9-18", sat="22:00-06:00")) == 17 * 60
    assert weekly_minutes(OFF) == 0
    assert schedule(a=week(mon="9-18"), b=OFF).people == {"a"}
