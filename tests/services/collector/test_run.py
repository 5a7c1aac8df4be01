from datetime import UTC, date, datetime

import pytest

from services.errors import BadResponseError, RateLimitedError, UnauthorizedError, UnavailableError
from services.snapshot.call_decisions import Decision, decide
from services.snapshot.manifest import OLDER
from services.storage.store import StorageFullError
from tests.worlds.collecting import DAY, NOW, Rig
from tests.worlds.tables import by_id


def test_the_present_is_published_before_the_history(rig):
    rig.intercom.put(1, NOW - 40 * DAY, state="open", admin_assignee_id=None)
    rig.intercom.put(2, NOW - 3 * DAY, NOW - 2 * DAY)
    rig.minute()
    snapshot = rig.snapshot()
    assert rig.ids() == ["1"]
    assert snapshot.sources["intercom"].state == "ok"
    assert not snapshot.history.complete
    assert snapshot.meta["app_id"] == "app1"
    assert snapshot.meta["answered"]


def test_no_version_says_ok_of_rows_that_it_lacks(rig, monkeypatch):
    rig.intercom.put(1, NOW - 600, state="open", admin_assignee_id=None)
    take_changes = rig.run._buffer.take_changes

    def take_changes_before_the_cycle_ends():
        changes = take_changes()
        rig.run.workers[0].run_cycle()
        return changes

    monkeypatch.setattr(rig.run._buffer, "take_changes", take_changes_before_the_cycle_ends)
    rig.run.publish()
    assert rig.snapshot().sources["intercom"].state == "starting"
    assert rig.snapshot().meta["answered"] is False
    monkeypatch.undo()
    rig.run.publish()
    assert rig.snapshot().sources["intercom"].state == "ok"
    assert rig.ids() == ["1"]


def test_the_history_ends_with_everything_touched_since_its_first_day(rig):
    rig.intercom.put("old and closed", NOW - 30 * DAY)
    rig.intercom.put("old but rated within", NOW - 30 * DAY, NOW - 2 * DAY)
    rig.intercom.put("old but open", NOW - 60 * DAY, NOW - 60 * DAY, state="snoozed")
    for n in range(23):
        rig.intercom.put(f"new {n:02}", NOW - n * DAY / 3)
    rig.aircall.put(5, NOW - 5 * DAY)
    rig.everything()
    assert rig.ids() == sorted(
        ["old but open", "old but rated within"] + [f"new {n:02}" for n in range(23)]
    )
    assert rig.ids("calls") == ["5"]
    history = rig.snapshot().history
    assert (history.loaded_days, history.total_days, history.complete) == (10, 10, True)


def test_days_are_counted_once_both_vendors_have_delivered_them(rig):
    rig.fill(60, per_day=6)
    rig.minute()
    text, voice, _ = rig.run.workers
    while text.step():
        pass
    rig.run.publish()
    assert rig.snapshot().history.loaded_days == 1
    seen = []
    while voice.step():
        rig.run.publish()
        history = rig.snapshot().history
        seen.append(history.loaded_days)
        if history.loaded_days:
            assert history.first_day == date(2026, 11, 25 - history.loaded_days)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert seen[-1] == 10
    assert rig.snapshot().history.complete


def test_a_row_that_changes_during_the_back_fill_is_not_lost(rig):
    for n in range(30):
        rig.intercom.put(n, NOW - 9 * DAY + n * 1000)
    changed = []

    def change_once():
        if rig.intercom.requests == 12 and not changed:
            changed.append(True)
            rig.intercom.put(3, NOW - 9 * DAY + 3000, int(rig.clock()), state="open")

    rig.intercom.on_request = change_once
    rig.everything()
    rig.minute()
    rows = by_id(rig.snapshot().tables.conversations)
    assert changed
    assert rows["3"]["state"] == "open"
    assert len(rows) == 30


def test_a_change_is_seen_within_a_minute(rig):
    rig.everything()
    rig.intercom.put(9, int(rig.clock()), state="open")
    rig.aircall.put(8, int(rig.clock()), status="answered")
    rig.minute()
    assert rig.ids() == ["9"]
    rig.aircall.put(8, int(rig.clock()), status="done")
    rig.minute()
    assert rig.snapshot().tables.calls["status"].to_list() == ["done"]


def test_minutes_go_on_while_the_history_arrives(rig):
    rig.fill(100, per_day=10)
    rig.minute()
    for n in range(5):
        rig.intercom.put(f"new {n}", int(rig.clock()), state="open")
        rig.clock.now += 60
        assert rig.step()
        assert f"new {n}" in rig.ids()
        assert rig.step()
    assert not rig.snapshot().history.complete


@pytest.mark.parametrize("people", [8, 80])
def test_a_quiet_cycle_stays_within_the_budget(tmp_path, people):
    # Two hours of cycles; with few of them an hour, what is read hourly comes as often in the end.
    rig = Rig(tmp_path, sync={"history_days": 10, "interval_seconds": 300})
    rig.aircall.people = [
        {"id": n, "name": f"N{n}", "email": f"n{n}@example.com"} for n in range(1, people + 1)
    ]
    rig.intercom.people = [
        {"id": str(n), "name": f"N{n}", "email": f"n{n}@example.com"} for n in range(1, people + 1)
    ]
    for n in range(12):
        rig.intercom.put(n, NOW - n * 3600, state="open")
        rig.intercom.put_ticket(n, NOW - n * 3600, open=n < 4)
        rig.aircall.put(n, NOW - n * 3600)
    rig.everything()
    least, most = [9, 9], [0, 0]
    for _ in range(26):
        before = rig.intercom.requests, rig.aircall.requests
        rig.minute(publish=False, seconds=300)
        spent = rig.intercom.requests - before[0], rig.aircall.requests - before[1]
        least, most = list(map(min, least, spent)), list(map(max, most, spent))
    assert (least[0], most[0]) == (4, 4)
    assert (least[1], most[1]) == (3 + (people - 1) // 50,) * 2


@pytest.mark.parametrize("vendor", ["intercom", "aircall"])
@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (UnauthorizedError("refuses the credentials (401)"), "failed", "unauthorized"),
        (RateLimitedError("wait", 90), "late", "rate_limited"),
        (UnavailableError("no connection"), "failed", "unavailable"),
        (BadResponseError("cut short"), "failed", "bad_response"),
        (KeyError("a name that nobody may read in a log"), "failed", "bad_response"),
    ],
)
def test_a_failing_vendor_keeps_its_last_good_data_and_heals_by_itself(
    rig, vendor, error, state, cause
):
    rig.intercom.put(1, NOW - 100, state="open")
    rig.aircall.put(1, NOW - 100)
    rig.everything()
    failing, other = (
        (rig.intercom, "aircall") if vendor == "intercom" else (rig.aircall, "intercom")
    )
    table = "conversations" if vendor == "intercom" else "calls"
    failing.failure = error
    failing.put(2, int(rig.clock()))
    for _ in range(3):
        rig.minute()
    snapshot = rig.snapshot()
    status = snapshot.sources[vendor]
    assert (status.state, snapshot.meta["causes"][vendor]) == (state, cause)
    assert other not in snapshot.meta["causes"]
    assert "nobody may read" not in status.error
    assert status.as_of == datetime.fromtimestamp(NOW + 60, UTC)
    assert status.since == datetime.fromtimestamp(NOW + 120, UTC)
    assert snapshot.sources[other].as_of == datetime.fromtimestamp(rig.clock(), UTC)
    assert rig.ids(table) == ["1"]
    rig.clock.now += 3600
    failing.failure = None
    rig.minute()
    assert rig.snapshot().sources[vendor].state == "ok"
    assert rig.snapshot().sources[vendor].error is None
    assert rig.ids(table) == ["1", "2"]


def test_refused_credentials_are_tried_once_an_interval_and_named(rig):
    rig.fill(40, per_day=5)
    rig.minute()
    rig.intercom.failure = UnauthorizedError("Intercom refuses the credentials (401)")
    before = rig.intercom.requests
    for _ in range(10):
        rig.minute(publish=False)
        for _ in range(5):
            rig.run.workers[0].step()
    assert rig.intercom.requests - before == 10
    rig.run.publish()
    assert "INTERCOM_TOKEN" in rig.snapshot().sources["intercom"].error
    rig.intercom.failure = None
    rig.everything()
    assert len(rig.ids()) == 40


def test_without_aircall_the_history_does_not_wait_for_it(tmp_path):
    rig = Rig(tmp_path, aircall=False)
    rig.everything()
    snapshot = rig.snapshot()
    assert snapshot.sources["aircall"].state == "off"
    assert snapshot.history.complete
    assert snapshot.meta["requests_last_minute"].keys() == {"intercom"}


def test_a_vendor_that_never_answered_holds_up_nobody(rig):
    rig.fill(40, per_day=5)
    rig.aircall.failure = UnauthorizedError("Aircall refuses the credentials (403)")
    rig.everything()
    assert rig.snapshot().sources["aircall"].state == "failed"
    assert rig.snapshot().history.complete
    rig.aircall.failure = None
    rig.minute()
    assert not rig.snapshot().history.complete
    rig.everything()
    assert rig.snapshot().history.complete
    assert len(rig.ids("calls")) == 40


def test_an_empty_workspace_is_complete_and_empty(rig):
    rig.everything()
    snapshot = rig.snapshot()
    assert snapshot.tables.conversations.is_empty()
    assert snapshot.history.complete


def test_conversations_of_many_old_days_are_one_partition(rig):
    for n in range(40):
        rig.intercom.put(n, NOW - (30 + 20 * n) * DAY, NOW - DAY, state="open")
    rig.everything()
    partitions = rig.run._writer.manifest.partitions
    assert [day for table, day in partitions if table == "conversations"] == [OLDER]
    created = rig.snapshot().tables.conversations["created_at"].to_list()
    assert created == sorted(created)
    rig.restart()
    rig.intercom.put(7, NOW - (30 + 20 * 7) * DAY, int(rig.clock()), state="closed")
    rig.minute()
    assert by_id(rig.snapshot().tables.conversations)["7"]["state"] == "closed"
    assert len(rig.ids()) == 40


def test_days_that_fall_out_of_the_history_are_dropped_unless_still_open(rig):
    rig.intercom.put("closed", NOW - 9 * DAY)
    rig.intercom.put("closed lately", NOW - 9 * DAY, NOW - DAY)
    rig.intercom.put("open", NOW - 9 * DAY, state="open")
    rig.aircall.put(1, NOW - 9 * DAY)
    rig.everything()
    rig.clock.now += 5 * DAY
    rig.minute()
    assert rig.ids() == ["closed lately", "open"]
    assert rig.ids("calls") == []
    days = [day for table, day in rig.run._writer.manifest.partitions if table == "conversations"]
    assert days == [OLDER]
    assert rig.snapshot().history.loaded_days == 10


def test_a_longer_history_is_read_after_the_settings_ask_for_it(rig):
    rig.fill(60, per_day=2)
    rig.everything()
    rig.clock.now += 3 * DAY
    rig.minute()
    kept = len(rig.ids())
    rig.restart(sync={"history_days": 25})
    rig.everything()
    assert kept < 20
    assert len(rig.ids()) == len(rig.ids("calls")) == 44
    assert rig.snapshot().history.complete


def test_a_clock_that_jumps_loses_nothing(rig):
    rig.everything()
    for jump in (-7200, 5 * 3600, -3 * 3600, -40):
        rig.clock.now += jump
        true_now = NOW + 1000 + len(rig.intercom.rows) * 100
        rig.intercom.put(f"{jump}", true_now)
        rig.aircall.put(abs(jump), min(true_now, rig.clock.now))
        rig.minute()
        rig.minute()
        assert f"{jump}" in rig.ids()
        assert str(abs(jump)) in rig.ids("calls")


def test_a_cache_that_is_too_small_keeps_the_newest_days(rig, monkeypatch):
    rig.fill(97, per_day=10)
    publish = rig.run._writer.publish

    def full_beyond_five_days(changed, *arguments, **keywords):
        held = {day for _, day in rig.run._buffer._days}
        if len(held) > 5:
            raise StorageFullError("no room")
        return publish(changed, *arguments, **keywords)

    monkeypatch.setattr(rig.run._writer, "publish", full_beyond_five_days)
    rig.everything()
    for _ in range(3):
        rig.minute()
    snapshot = rig.snapshot()
    assert snapshot.tables.conversations["created_at"].min().date() == date(2026, 11, 20)
    assert 0 < snapshot.history.loaded_days < 10
    assert not snapshot.history.complete
    assert snapshot.meta["history_cut_at"] == snapshot.history.first_day.isoformat()
    # With more room, what was let go is read again.
    rig.restart()
    rig.everything()
    assert len(rig.ids()) == 97


def test_a_history_that_was_cut_grows_back_once_there_is_room(rig, monkeypatch):
    rig.intercom.put("old", NOW - 40 * DAY, state="open")
    rig.fill(97, per_day=10)
    publish, room = rig.run._writer.publish, [5]

    def full_beyond_some_days(changed, *arguments, **keywords):
        if len({day for _, day in rig.run._buffer._days}) > room[0]:
            raise StorageFullError("no room")
        return publish(changed, *arguments, **keywords)

    monkeypatch.setattr(rig.run._writer, "publish", full_beyond_some_days)
    rig.everything()
    cut = rig.snapshot()
    assert not cut.history.complete
    for _ in range(12):
        rig.minute()
        rig.everything()
    assert not rig.snapshot().history.complete, "it tried in vain, and is cut again"
    room[0] = 1000
    for _ in range(25):
        rig.minute()
        rig.everything()
    grown = rig.snapshot()
    assert grown.history.complete
    assert grown.meta["history_cut_at"] is None
    assert sorted(rig.ids()) == sorted(set(rig.ids()))
    assert len(rig.ids()) == 98


def test_the_meta_tell_what_the_status_page_needs(rig):
    rig.intercom.app["timezone"] = "America/Sao_Paulo"
    rig.intercom.put(1, NOW - 10, source={"type": "phone_call"})
    rig.intercom.put(2, NOW - DAY)
    rig.everything()
    for _ in range(2):
        rig.minute()
    meta = rig.snapshot().meta
    assert meta["app_time_zone"] == "America/Sao_Paulo"
    assert meta["attributes"] == ["Motivo"]
    assert meta["lines"] == [{"id": 31, "name": "Suporte", "digits": "+55 11 4000-0000"}]
    assert meta["not_calls"] == []
    decide(rig.state, "1", Decision("marina@example.com", NOW))
    rig.minute()
    assert rig.snapshot().meta["not_calls"] == ["1"]
    assert meta["versions"]["intercom"] == "2.14"
    assert meta["cycle_seconds"]["intercom"] == 0.0
    assert meta["requests_last_minute"].keys() == {"intercom", "aircall"}


def test_another_version_that_answers_is_a_warning(rig):
    rig.intercom.warning = "Intercom answers in version 2.11, not 2.14"
    rig.minute()
    status = rig.snapshot().sources["intercom"]
    assert (status.state, status.warning) == ("ok", "Intercom answers in version 2.11, not 2.14")


def test_only_partitions_that_changed_are_written(rig, monkeypatch):
    rig.fill(30, per_day=3)
    rig.everything()
    written = []
    publish = rig.run._writer.publish
    monkeypatch.setattr(
        rig.run._writer,
        "publish",
        lambda changed, *a, **k: written.append(sorted(changed)) or publish(changed, *a, **k),
    )
    rig.minute()
    rig.intercom.put("new", NOW)
    rig.minute()
    rows = [[one for one in names if one[0] != "presence"] for names in written]
    assert rows == [[], [("conversations", "2026-11-24")]]


@pytest.mark.parametrize("restarts", [False, True])
def test_who_follows_the_collector_takes_its_rows_from_memory(rig, monkeypatch, restarts):
    rig.fill(29, per_day=3)
    rig.everything()
    if restarts:
        rig.restart()
    get, asked = rig.cache.get, []
    monkeypatch.setattr(rig.cache, "get", lambda key: asked.append(key) or get(key))
    rig.intercom.put("new", NOW)
    rig.minute()
    snapshot = rig.run.dataset.snapshot()
    assert not any(key.startswith("partition/") for key in asked)
    assert snapshot.version == rig.snapshot().version
    assert snapshot.tables.conversations.equals(rig.snapshot().tables.conversations)
    assert len(snapshot.tables.calls) == 29
    named = {partition.key for partition in rig.run._writer.manifest.partitions.values()}
    assert rig.run._writer.held.keys() == named


def test_what_vanishes_from_the_cache_is_written_again_from_memory(rig):
    rig.fill(29, per_day=3)
    rig.everything()
    requests = rig.intercom.requests, rig.aircall.requests
    for key in rig.cache.keys("partition/"):
        rig.cache.delete(key)
    rig.run.publish()
    assert rig.run._writer.lost()
    rig.clock.now += 3
    assert rig.run.wait(0)
    rig.run.publish()
    assert not rig.run._writer.lost()
    assert len(rig.ids()) == len(rig.ids("calls")) == 29
    assert rig.snapshot().history.complete
    assert (rig.intercom.requests, rig.aircall.requests) == requests


def test_a_vendor_that_hangs_becomes_late_while_nothing_else_happens(rig):
    rig.everything()
    assert not rig.run.wait(0)
    for _ in range(4):
        rig.clock.now += 61
        assert rig.run.wait(0)
        rig.run.publish()
    assert rig.snapshot().sources["intercom"].state == "late"
