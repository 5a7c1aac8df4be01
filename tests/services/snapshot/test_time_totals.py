"""Totals of people's days: added once, durable, and without names."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from metrics.model.periods import Period
from services.settings.config import Settings
from services.snapshot.time_totals import PREFIX, TimeTotals, load_totals
from services.storage.disk_store import DiskStore
from tests.metrics.live.test_timeline import seen
from tests.worlds.api_world import snapshot
from tests.worlds.tables import agents, instant, tables

TUESDAY = date(2026, 11, 24)
WEEK = Period(date(2026, 11, 20), date(2026, 11, 26))
TEAM = agents({"id": "200", "name": "Lu\u00edsa", "email": "l@example.com"})
# Local noon; the office is open from nine to six.
NOON = instant("2026-11-24T15:00:00Z")


@pytest.fixture
def state(tmp_path):
    store = DiskStore(tmp_path)
    yield store
    store.close()


def look(totals, now: datetime, *stretches):
    """One look of the collector: (state, from, to) in minutes from noon."""
    rows = [
        ("200", "text", word, *(f"{NOON + timedelta(minutes=m):%Y-%m-%dT%H:%M:%SZ}" for m in span))
        for word, *span in stretches
    ]
    content = tables(agents_=TEAM, now=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    totals.note(replace(snapshot(), tables=replace(content, presence=seen(*rows))))


def after(minutes):
    return NOON + timedelta(minutes=minutes)


def away(state, day=TUESDAY):
    known = load_totals(state, WEEK).get(day)
    return known.people["200"].away / 60 if known else None


def test_each_minute_is_added_once_however_often_one_looks(state):
    totals = TimeTotals(state, Settings())
    for minutes in (20, 20, 25, 40, 65):
        look(totals, after(minutes), ("away", 0, minutes))
    # What is known five minutes later.
    assert away(state) == 60
    look(TimeTotals(state, Settings()), after(65), ("away", 0, 65))
    assert away(state) == 60


def test_a_restart_that_finds_no_presence_goes_on_from_what_was_kept(state):
    look(TimeTotals(state, Settings()), after(65), ("away", 0, 65))
    look(TimeTotals(state, Settings()), after(125), ("active", 90, 100), ("away", 100, 125))
    known = load_totals(state, WEEK)[TUESDAY].people["200"].in_hours
    assert (known["away"] / 60, known["available"] / 60) == (80, 10)


def test_a_clock_that_was_set_back_adds_nothing_twice(state):
    totals = TimeTotals(state, Settings())
    look(totals, after(65), ("away", 0, 65))
    look(totals, after(25), ("away", 0, 25))
    assert away(state) == 60


def test_days_are_local_and_what_passes_midnight_counts_in_both(state):
    midnight = 12 * 60
    look(
        TimeTotals(state, Settings()), after(midnight + 65), ("away", midnight - 60, midnight + 65)
    )
    both = load_totals(state, WEEK)
    assert [known.people["200"].in_day["away"] for known in both.values()] == [3600, 3600]
    assert list(both) == [TUESDAY, TUESDAY + timedelta(days=1)]
    assert away(state) == 0, "the office is closed"


def test_people_are_ids_and_a_day_is_small_and_goes_with_the_history(state):
    kept = []
    state.set = lambda key, value, expire=None: kept.append((key, value, expire))
    look(TimeTotals(state, Settings()), after(65), ("away", 0, 65))
    [(key, value, expire)] = kept
    assert key == f"{PREFIX}{TUESDAY}"
    assert "Lu" not in value.decode()
    assert len(value) < 150
    assert expire == Settings().sync.history_days * 86400


def test_what_somebody_else_wrote_there_is_as_good_as_nothing(state):
    state.set(f"{PREFIX}{TUESDAY}", b"[1]")
    look(TimeTotals(state, Settings()), after(65), ("away", 0, 65))
    assert away(state) == 60
