import pytest

from services.collector.recheck import Allowance
from services.errors import BadResponseError, NotFoundError, UnavailableError
from tests.worlds.collecting import DAY, NOW, Rig

MINUTE, HOUR = 60, 3600


@pytest.fixture
def rig(tmp_path):
    """Ten days of history, read; four conversations and calls a day."""
    rig = Rig(tmp_path)
    rig.fill(36, per_day=4)
    rig.everything()
    return rig


def wait(rig, seconds):
    """A cycle every sixteen minutes, and eight steps of the second look after it."""
    end = rig.clock.now + seconds
    while rig.clock.now < end:
        rig.clock.now += 14 * MINUTE
        for _ in range(9):
            for worker in rig.run.workers:
                worker.step()
            rig.clock.now += 15
    rig.run.publish()


def report(rig, source="intercom"):
    return rig.snapshot().meta["recheck"][source]


def row(rig, conversation_id):
    rows = rig.snapshot().tables.conversations.to_dicts()
    return next(row for row in rows if row["id"] == str(conversation_id))


def test_a_closed_conversation_of_the_newest_days_is_gone_within_two_hours(rig):
    del rig.intercom.rows["2"], rig.intercom.rows["9"]
    wait(rig, 2 * HOUR)
    assert len(rig.ids()) == 34
    assert report(rig)["removed"] == 2


def test_one_of_any_day_of_the_history_is_gone_within_a_day(rig):
    del rig.intercom.rows["33"], rig.aircall.rows[34]
    wait(rig, DAY)
    assert "33" not in rig.ids()
    assert "34" not in rig.ids("calls")
    assert report(rig)["removed"] == report(rig, "aircall")["removed"] == 1
    assert report(rig)["whole_since"] > rig.clock.now - DAY


def test_one_from_before_the_history_that_was_touched_in_it_is_watched_too(rig):
    rig.intercom.put("old", NOW - 300 * DAY, NOW - DAY)
    rig.restart(sync={"history_days": 9})
    rig.intercom.put("old", NOW - 300 * DAY, NOW + 20)
    wait(rig, HOUR)
    assert "old" in rig.ids()
    del rig.intercom.rows["old"]
    wait(rig, DAY)
    assert "old" not in rig.ids()


def test_a_ticket_that_was_deleted_after_it_was_resolved_goes(tmp_path):
    rig = Rig(tmp_path)
    for n in range(3):
        rig.intercom.put_ticket(n, NOW - n * DAY, open=False, ticket_state={"category": "resolved"})
    rig.everything()
    del rig.intercom.tickets["1"]
    wait(rig, 2 * HOUR)
    assert rig.ids("tickets") == ["0", "2"]


def test_a_change_that_the_search_finds_too_late_for_the_minute_is_found(rig):
    wait(rig, HOUR)
    rig.intercom.put(0, NOW, rig.clock.now)
    wait(rig, 10 * MINUTE)
    rating = {"rating": 1, "remark": "demorou", "teammate": {"type": "admin", "id": 1}}
    rig.intercom.put(3, NOW - 3 * DAY / 4, rig.clock.now - 2000, conversation_rating=rating)
    wait(rig, 2 * HOUR)
    assert (row(rig, 3)["rating"], row(rig, 3)["rating_remark"]) == (1, "demorou")
    assert report(rig)["changed"] == 1


def test_a_redaction_is_seen_though_nothing_says_when_it_was(rig):
    source = {"subject": "CPF 111", "body": "<p>meu CPF</p>", "redacted": False}
    rig.intercom.put("r", NOW - DAY, NOW + 30, source=source)
    wait(rig, HOUR)
    assert row(rig, "r")["subject"] == "CPF 111"
    rig.intercom.put("r", NOW - DAY, NOW + 30, source={**source, "redacted": True})
    wait(rig, 2 * HOUR)
    assert row(rig, "r")["subject"] == ""


def test_the_vendors_own_list_is_enough_and_outlives_a_search_that_lags(tmp_path):
    rig = Rig(tmp_path, intercom={"version": "2.16"})
    rig.fill(36, per_day=4)
    rig.everything()
    rig.intercom.deleted["9"] = NOW
    wait(rig, 2 * HOUR)
    assert "9" not in rig.ids()
    wait(rig, 2 * HOUR)
    assert "9" in rig.intercom.rows
    assert "9" not in rig.ids()


def test_a_vendor_that_was_emptied_removes_nothing_and_is_not_believed(rig):
    rig.intercom.rows.clear()
    rig.aircall.rows.clear()
    wait(rig, 4 * HOUR)
    assert len(rig.ids()) == len(rig.ids("calls")) == 36
    assert "not believed" in rig.snapshot().sources["intercom"].warning
    assert "not believed" in rig.snapshot().sources["aircall"].warning


def test_a_whole_day_may_go_where_the_others_are_still_there(rig):
    day = [key for key, one in rig.intercom.rows.items() if NOW - one["created_at"] >= 2 * DAY]
    gone = [key for key in day if NOW - rig.intercom.rows[key]["created_at"] < 3 * DAY]
    for key in gone:
        del rig.intercom.rows[key]
    wait(rig, 2 * HOUR)
    assert not set(gone) & set(rig.ids())
    assert rig.snapshot().sources["intercom"].warning is None


def test_what_a_list_leaves_out_and_the_vendor_has_stays(rig):
    listed = rig.intercom.get_created_page
    rig.intercom.get_created_page = lambda *asked: (listed(*asked)[0][:1], None)
    rig.restart()
    wait(rig, 2 * HOUR)
    assert len(rig.ids()) == 36


@pytest.mark.parametrize(
    "error", [UnavailableError("500"), BadResponseError("cut short"), NotFoundError("404")]
)
def test_a_day_that_is_not_answered_removes_nothing_and_is_read_later(rig, error):
    def fail(*asked):
        raise error

    del rig.intercom.rows["2"]
    listed = rig.intercom.get_created_page
    rig.intercom.get_created_page = fail
    rig.restart()
    wait(rig, 2 * HOUR)
    assert "2" in rig.ids()
    assert "second look waits" in rig.snapshot().sources["intercom"].warning
    rig.intercom.get_created_page = listed
    rig.restart()
    wait(rig, 2 * HOUR)
    assert "2" not in rig.ids()
    assert rig.snapshot().sources["intercom"].warning is None


def test_a_restart_neither_forgets_nor_begins_anew(rig):
    wait(rig, HOUR)
    before = report(rig)
    rig.restart()
    rig.minute()
    assert report(rig) == before


def test_without_it_nothing_more_is_asked(tmp_path):
    rig = Rig(tmp_path, sync={"history_days": 10, "recheck_minutes": 0})
    rig.fill(8, per_day=4)
    rig.everything()
    del rig.intercom.rows["2"]
    wait(rig, 2 * HOUR)
    assert "2" in rig.ids()
    assert report(rig)["read_at"] is None


def test_no_more_than_a_tenth_of_the_limit_is_used():
    allowance = Allowance(50)
    taken = sum(allowance.take(1000.0 + second) for second in range(600))
    assert taken == 50


def test_an_allowance_that_is_too_small_still_reaches_every_day_within_24_hours(rig):
    rig.restart(aircall={"requests_per_minute": 1})
    del rig.aircall.rows[34]
    wait(rig, DAY)
    assert "34" not in rig.ids("calls")


def test_a_version_is_not_published_for_a_look_that_found_nothing(rig):
    wait(rig, HOUR)
    version = rig.snapshot().version
    for _ in range(100):
        rig.clock.now += 1
        [worker.step() for worker in rig.run.workers if not worker._is_due(rig.clock.now)]
        assert not rig.run._has_changes
    assert rig.snapshot().version == version
