from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from metrics.live.timeline import timeline
from metrics.model import schema
from tests.worlds.tables import UTC_RULES, agents, calls, instants, tables

TUESDAY = date(2026, 11, 24)


def seen(*rows):
    """Stretches: agent, channel, state, from, until."""
    names = ["id", "channel", "state", "began_at", "until_at"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    frame = frame.with_columns(instants(frame[name]).alias(name) for name in names[3:])
    return schema.conform(frame, "presence")


def at(clock, day="2026-11-24"):
    return f"{day}T{clock}Z"


def told(*rows, calls_=None, now="2026-11-24T12:00:00Z", day=TUESDAY, rules=UTC_RULES, people=1):
    team = agents(*({"id": f"20{n}", "name": f"P{n}", "email": f"p{n}@x"} for n in range(people)))
    team = team.with_columns(voice_email="email")
    content = replace(tables(calls_=calls_, agents_=team, now=now), presence=seen(*rows))
    return {day.agent_id: day for day in timeline(content, rules, day)}


def line(days, agent="200"):
    return [(s.state, f"{s.start:%H:%M}", f"{s.end:%H:%M}") for s in days[agent].stretches]


def test_each_reading_lasts_until_the_next_one_and_the_rest_is_not_observed():
    days = told(
        ("200", "text", "active", at("09:00:00"), at("10:00:00")),
        ("200", "text", "away", at("10:00:00"), at("10:30:00")),
        ("200", "text", "active", at("11:00:00"), at("12:00:00")),
    )
    assert line(days) == [
        ("unobserved", "00:00", "09:00"),
        ("available", "09:00", "10:00"),
        ("away", "10:00", "10:30"),
        ("unobserved", "10:30", "11:00"),
        ("available", "11:00", "12:00"),
    ]


def test_a_call_is_exact_and_comes_before_everything():
    call = {
        "answered_at": at("09:10:05"),
        "ended_at": at("09:20:35"),
        "user_id": "9",
        "user_email": "p0@x",
    }
    running = call | {"answered_at": at("11:50:00"), "ended_at": None, "status": "answered"}
    missed = call | {"answered_at": None, "ended_at": at("10:00:00")}
    days = told(
        ("200", "text", "active", at("09:00:00"), at("12:00:00")),
        ("200", "voice", "after_call_work", at("09:20:00"), at("09:25:00")),
        calls_=calls(call, running, missed),
    )
    seconds = days["200"].seconds
    # 10 min 30 s, and 10 minutes up to now.
    assert seconds["on_call"] == 1230
    # 09:20:35 to 09:25:00.
    assert seconds["after_call"] == 265
    assert seconds["available"] == 3 * 3600 - 1230 - 265
    assert seconds["unobserved"] == 9 * 3600


def test_available_is_who_is_so_for_either_vendor():
    days = told(
        ("200", "text", "away", at("09:00:00"), at("12:00:00")),
        ("200", "voice", "available", at("10:00:00"), at("11:00:00")),
        ("201", "voice", "offline", at("00:00:00"), at("12:00:00")),
        people=2,
    )
    assert line(days)[1:] == [
        ("away", "09:00", "10:00"),
        ("available", "10:00", "11:00"),
        ("away", "11:00", "12:00"),
    ]
    # What the telephone alone says is no absence.
    assert line(days, "201") == [("unobserved", "00:00", "12:00")]


def test_a_stretch_across_midnight_is_cut_at_the_local_day():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    row = ("200", "text", "active", at("01:00:00"), at("06:00:00"))
    today = told(row, rules=rules, now=at("05:00:00"))
    # Midnight is at 03:00 UTC; the present is 02:00 of the day.
    assert line(today) == [("available", "03:00", "05:00")]
    before = told(row, rules=rules, day=date(2026, 11, 23), now=at("05:00:00"))
    assert line(before)[-1] == ("available", "01:00", "03:00")
    assert sum(before["200"].seconds.values()) == 24 * 3600


def test_a_day_of_25_hours_has_25_hours():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    row = ("200", "text", "active", "2026-10-31T00:00:00Z", "2026-11-03T00:00:00Z")
    days = told(row, rules=rules, day=date(2026, 11, 1))
    assert days["200"].seconds["available"] == 25 * 3600


def test_days_to_come_and_nobody_have_no_lines():
    assert told(day=date(2026, 11, 25)) == {}
    assert told(people=0) == {}
