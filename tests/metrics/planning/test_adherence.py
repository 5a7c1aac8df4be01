"""Presence against the schedule: what was read, what was not, and who only called."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metrics.planning.adherence import adherence, observed, online
from metrics.planning.schedule import Schedule
from tests.metrics.live.test_timeline import at, seen
from tests.metrics.planning.test_schedule import week
from tests.worlds.tables import UTC_RULES, agents, calls, days, tables

DAYS = days("2026-11-20", "2026-11-24")
TUESDAY = date(2026, 11, 24)


def stretches(*rows, calls_=None, now="2026-11-24T12:00:00Z", rules=UTC_RULES, period=DAYS):
    team = agents(*({"id": f"20{n}", "name": f"P{n}", "email": f"p{n}@x"} for n in range(3)))
    team = team.with_columns(voice_email="email")
    content = replace(tables(calls_=calls_, agents_=team, now=now), presence=seen(*rows))
    return observed(content, rules, period)


def line(rows, agent="200"):
    return next(row for row in rows if row.agent_id == agent)


ALL = Schedule({f"20{n}": week(tue="09:00-13:00") for n in range(3)})


def test_scheduled_time_is_parted_into_what_was_seen():
    found = stretches(
        ("200", "text", "active", at("09:00:00"), at("10:00:00")),
        ("200", "text", "away", at("10:00:00"), at("10:30:00")),
        ("200", "text", "active", at("11:00:00"), at("11:30:00")),
    )
    row = line(adherence(found, ALL, UTC_RULES))
    # Up to now, noon: three of the four hours.
    assert row.scheduled == 3 * 3600
    assert row.observed == 2 * 3600
    assert row.states["available"] == 1.5 * 3600
    assert row.states["unobserved"] == 3600
    assert row.adherence == pytest.approx(0.75)


def test_who_was_not_read_is_not_absent():
    found = stretches(("200", "text", "away", at("09:00:00"), at("12:00:00")))
    table = adherence(found, ALL, UTC_RULES)
    assert line(table).adherence == 0
    assert line(table, "201").observed == 0
    assert [row.adherence for row in table] == [0, None, None]


def test_calls_of_hours_in_which_nobody_was_read_do_not_count():
    call = {"user_id": "9", "user_email": "p1@x", "started_at": at("09:00:00")}
    early = call | {"answered_at": at("09:00:00"), "ended_at": at("09:30:00")}
    late = call | {"answered_at": at("10:00:00"), "ended_at": at("10:20:00")}
    found = stretches(
        ("200", "text", "active", at("10:00:00"), at("11:00:00")), calls_=calls(early, late)
    )
    row = line(adherence(found, ALL, UTC_RULES), "201")
    assert row.states["on_call"] == 20 * 60
    assert row.observed == 20 * 60
    assert row.scheduled == 3 * 3600


def test_time_outside_the_shifts_counts_for_nothing():
    found = stretches(("200", "text", "active", at("06:00:00"), at("09:30:00")))
    assert line(adherence(found, ALL, UTC_RULES)).states["available"] == 1800
    assert adherence(found, Schedule(), UTC_RULES) == []


def test_a_night_is_looked_at_on_both_of_its_days():
    night = Schedule({"200": week(mon="22:00-06:00")})
    found = stretches(
        ("200", "text", "active", at("21:00:00", "2026-11-23"), at("02:00:00")),
    )
    row = line(adherence(found, night, UTC_RULES))
    assert row.states["available"] == 4 * 3600
    assert row.scheduled == 8 * 3600


def test_half_hours_tell_how_many_were_there_while_anybody_was_read():
    found = stretches(
        ("200", "text", "active", at("09:00:00"), at("09:15:00")),
        ("201", "text", "active", at("09:05:00"), at("09:15:00")),
        ("202", "text", "away", at("09:00:00"), at("09:15:00")),
        ("200", "text", "active", at("11:00:00"), at("11:02:00")),
    )
    told = online(found, UTC_RULES)
    # Fifteen minutes were read: one person for five of them, two for ten.
    assert told[18] == pytest.approx((5 + 20) / 15)
    # Two minutes say nothing, and neither does an hour without a reading.
    assert np.isnan(told[22])
    assert np.isnan(told[19])


def test_the_local_clock_cuts_the_half_hours():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    found = stretches(("200", "text", "active", at("09:00:00"), at("09:30:00")), rules=rules)
    told = online(found, rules)
    assert told[12] == 1
    assert np.isnan(told[18])


def test_days_without_any_reading_are_left_out():
    assert stretches() == {}
    rows = ("200", "text", "active", at("09:00:00"), at("10:00:00"))
    assert list(stretches(rows)) == [TUESDAY]
    assert stretches(rows, period=days("2026-11-01", "2026-11-10")) == {}
    assert np.isnan(online({}, UTC_RULES)).all()
    assert adherence({}, ALL, UTC_RULES) == []
