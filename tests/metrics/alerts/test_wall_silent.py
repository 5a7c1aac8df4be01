"""A television that shows the wall and says nothing."""

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.alerts.evaluation import Situation, evaluate
from metrics.alerts.model import Screen, SourceHealth
from metrics.alerts.rules import RULES as ALERT_RULES
from metrics.alerts.rules import WallSilentSettings, find_silent_screens
from tests.worlds.tables import NOW, UTC_RULES, conversations, instant, tables

# Tuesday noon in UTC: open since nine.
RULES = replace(UTC_RULES, goal_online_text=0, goal_online_voice=0)
MINUTE = 60


def screen(silent_minutes, **values):
    return Screen("tv1", "Sala 2", NOW.timestamp() - silent_minutes * MINUTE, **values)


def look(*screens, now=NOW, rules=RULES, minutes=5, since=0.0, working_hours="office"):
    situation = Situation(
        tables(conversations(), now=now),
        rules,
        screens=screens,
        listening_since=since,
        working_hours=working_hours,
    )
    return list(find_silent_screens(situation, WallSilentSettings(minutes=minutes)))


def fires(*screens, **values):
    return [problem.screen_id for problem in look(*screens, **values) if problem.fires]


def test_a_screen_fires_after_more_than_the_limit():
    assert fires(screen(5)) == []
    [problem] = look(screen(7))
    assert (problem.fires, problem.value, problem.threshold) == (True, 420, 300)
    assert (problem.key, problem.screen) == ("wall_silent:screen:tv1", "Sala 2")
    assert problem.since == NOW.timestamp() - 420


def test_one_that_was_never_opened_or_was_revoked_is_no_problem():
    assert look(Screen("tv1", "Sala 2"), screen(60, is_revoked=True)) == []


def test_one_that_is_silent_goes_on_until_it_speaks_whatever_the_limit_became():
    assert look(screen(2)) == []
    [problem] = look(screen(7), minutes=20)
    assert not problem.fires


def test_a_limit_of_a_minute_is_kept_too():
    [problem] = look(screen(1.5), minutes=1)
    assert problem.fires


@pytest.mark.parametrize(("minutes", "fired"), [(4, []), (6, ["tv1"])])
def test_one_that_was_off_at_night_has_until_the_limit_after_the_opening(minutes, fired):
    now = instant("2026-11-24T09:00:00Z") + timedelta(minutes=minutes)
    [problem] = look(screen(16 * 60), now=now)
    assert [problem.screen_id] * problem.fires == fired
    assert problem.since == NOW.timestamp() - 16 * 3600


def test_an_opening_that_began_before_midnight_goes_on():
    night = ((time(22), time(23, 59)),)
    rules = replace(RULES, time_zone=ZoneInfo("America/Sao_Paulo"), office_hours=(night,) * 7)
    now = instant("2026-11-25T01:03:00Z")
    seen = now.timestamp() - 3600
    assert fires(Screen("tv1", "Sala 2", seen), now=now, rules=rules) == []
    later = now + timedelta(minutes=3)
    assert fires(Screen("tv1", "Sala 2", seen), now=later, rules=rules) == ["tv1"]


def test_without_hours_only_the_silence_counts():
    night = instant("2026-11-24T03:00:00Z")
    seen = night.timestamp() - 7 * MINUTE
    tv = Screen("tv1", "Sala 2", seen)
    assert fires(tv, now=night, working_hours="always") == ["tv1"]


@pytest.mark.parametrize(("minutes", "fired"), [(4, []), (6, ["tv1"])])
def test_after_a_restart_every_screen_has_time_to_speak(minutes, fired):
    since = NOW.timestamp() - minutes * MINUTE
    assert fires(screen(60), since=since) == fired
    assert len(look(screen(60), since=since)) == 1


def evaluation(*screens, now=NOW, intercom="ok", **values):
    situation = Situation(
        tables(conversations(), now=now),
        RULES,
        {"intercom": SourceHealth(intercom)},
        screens=screens,
        **values,
    )
    return evaluate(situation, lambda key: ALERT_RULES[key].settings())


def test_old_data_of_a_vendor_say_nothing_about_screens():
    found = evaluation(screen(7), intercom="failed")
    assert [p.rule for p in found.problems] == ["wall_silent"]
    assert "wall_silent" not in found.unknown


def test_the_closed_office_ends_it_and_a_revoked_link_ends_its_own():
    assert evaluation(screen(7, is_revoked=True)).idle["wall_silent:screen:tv1"] == "revoked"
    night = evaluation(screen(7), now=instant("2026-11-24T23:00:00Z"))
    assert night.idle["wall_silent"] == "hours"
    assert night.problems == ()
    assert evaluation(screen(7), working_hours="never").idle["wall_silent"] == "hours"
