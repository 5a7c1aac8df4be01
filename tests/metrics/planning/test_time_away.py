"""Time away: in opening times, as it was read, and explained by calls."""

from dataclasses import replace
from datetime import date

from metrics.planning.time_away import NOTHING, time_spent
from tests.metrics.live.test_timeline import at, seen
from tests.worlds.tables import UTC_RULES, agents, calls, instant, tables

TUESDAY = date(2026, 11, 24)
TEAM = agents({"id": "200", "name": "P", "email": "p@x"}).with_columns(voice_email="email")


def spent(*rows, calls_=None, start="00:00:00", end="20:00:00"):
    content = tables(calls_=calls_, agents_=TEAM, now=at("20:00:00"))
    content = replace(content, presence=seen(*rows))
    return time_spent(content, UTC_RULES, TUESDAY, instant(at(start)), instant(at(end)))


def test_away_counts_in_opening_times_and_the_whole_day_stands_beside_it():
    away = ("200", "text", "away", at("08:00:00"), at("10:00:00"))
    back = ("200", "text", "active", at("10:00:00"), at("19:00:00"))
    found = spent(away, back)["200"]
    # Open from nine to six.
    assert (found.away, found.observed) == (3600, 9 * 3600)
    assert found.in_day == NOTHING.in_day | {"away": 2 * 3600, "available": 9 * 3600}


def test_a_call_explains_an_away_state():
    call = {"user_id": "9", "user_email": "p@x", "started_at": at("09:00:00")}
    talk = call | {"answered_at": at("09:10:00"), "ended_at": at("09:40:00")}
    away = ("200", "text", "away", at("09:00:00"), at("10:00:00"))
    assert spent(away, calls_=calls(talk))["200"].away == 1800


def test_only_what_lies_between_the_instants_is_added():
    away = ("200", "text", "away", at("09:00:00"), at("12:00:00"))
    assert spent(away, start="10:00:00", end="10:30:00")["200"].away == 1800


def test_who_was_never_read_is_not_there():
    assert spent() == {}
