"""Presence as the collector notes it."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.model import schema
from services.collector.presence import Presence
from tests.worlds.collecting import Rig

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def people(away=False, voice="available", **values):
    row = {"id": "201", "name": "L", "active": True, "bot": False, "away": away}
    return schema.conform(pl.DataFrame([row | {"voice_status": voice} | values]), "agents")


def note(log, minutes, **values):
    at = NOON + timedelta(minutes=minutes)
    log.record(people(**values), {"intercom": at, "aircall": at})


def stretches(log, channel="text"):
    frames, _ = log.find_changes([], NOON)
    rows = pl.concat(frames.values()).filter(pl.col("channel") == channel).sort("began_at")
    minutes = [
        tuple(int((at - NOON).total_seconds() / 60) for at in row)
        for row in rows.select("began_at", "until_at").iter_rows()
    ]
    return list(zip(rows["state"], minutes, strict=True))


def test_the_same_state_goes_on_and_another_begins_where_it_ends():
    log = Presence(60)
    for minute in range(3):
        note(log, minute)
    note(log, 3, away=True)
    note(log, 4, away=True)
    assert stretches(log) == [("active", (0, 3)), ("away", (3, 4))]
    assert stretches(log, "voice") == [("available", (0, 4))]


def test_nothing_is_known_of_a_long_silence():
    log = Presence(60)
    note(log, 0)
    note(log, 5)
    note(log, 11)
    note(log, 12)
    assert stretches(log) == [("active", (0, 5)), ("active", (11, 12))]


def test_a_slow_deployment_may_be_silent_for_longer():
    log = Presence(600)
    note(log, 0)
    note(log, 30)
    assert stretches(log) == [("active", (0, 30))]


def test_a_source_that_does_not_answer_sees_nobody():
    log = Presence(60)
    note(log, 0)
    log.record(people(away=True), {"intercom": NOON, "aircall": NOON + timedelta(minutes=1)})
    assert stretches(log) == [("active", (0, 0))]
    assert stretches(log, "voice") == [("available", (0, 1))]


@pytest.mark.parametrize(
    "values", [{"active": False}, {"bot": True}, {"away": None, "voice": None}]
)
def test_leavers_the_bot_and_unknown_states_are_not_noted(values):
    log = Presence(60)
    note(log, 0, **values)
    assert log.find_changes([], NOON) == ({}, set())


def test_a_day_is_published_once_and_let_go_after_a_few():
    log = Presence(60)
    note(log, 0)
    name = ("presence", "2026-11-24")
    assert set(log.find_changes([], NOON)[0]) == {name}
    log.mark_published()
    assert log.find_changes([], NOON) == ({}, set())
    assert set(log.find_changes([name], NOON)[0]) == {name}
    later = NOON + timedelta(days=4)
    assert log.find_changes([name], later) == ({}, {name})
    # Until it is published that they are gone.
    assert log.find_changes([], later) == ({}, {name})
    log.mark_published()
    assert log.find_changes([], later) == ({}, set())


def test_midnight_begins_a_new_partition_without_a_gap():
    log = Presence(60)
    note(log, 719)
    note(log, 721)
    assert stretches(log) == [("active", (719, 721)), ("active", (721, 721))]
    assert set(log.find_changes([], NOON)[0]) == {
        ("presence", f"2026-11-{day}") for day in (24, 25)
    }


def test_a_collector_that_takes_over_goes_on_where_the_other_was(tmp_path):
    rig = Rig(tmp_path)
    rig.everything()
    rig.minute()
    before = rig.snapshot().tables.presence
    assert set(before["channel"]) == {"text", "voice"}
    rig.restart()
    rig.minute()
    rig.minute()
    after = rig.snapshot().tables.presence
    assert after["began_at"].to_list() == before["began_at"].to_list()
    assert (after["until_at"] > before["until_at"]).all()
