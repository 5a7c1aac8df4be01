import threading
from datetime import UTC, datetime

import pytest

from services.collector import Turn
from services.config import Settings
from services.dataset import Dataset
from services.disk_store import DiskStore
from services.errors import RateLimitedError, UnauthorizedError, UnavailableError
from tests.services.fake_vendors import FakeAircall, FakeIntercom

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC).timestamp()
DAY = 86400


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Rig:
    """A collector driven step by step, and the web side that reads what it publishes."""

    def __init__(self, folder, history_days=10, aircall=True):
        self.clock = Clock()
        self.cache = DiskStore(folder / "cache")
        self.state = DiskStore(folder / "state")
        self.settings = Settings.model_validate(
            {"time_zone": "UTC", "sync": {"history_days": history_days}}
        )
        self.intercom, self.aircall = FakeIntercom(), FakeAircall() if aircall else None
        self.epoch = 1
        self.restart()

    def restart(self):
        self.epoch += 1
        self.cache.set("epoch", str(self.epoch).encode())
        self.turn = Turn(
            self.intercom,
            self.aircall,
            self.epoch,
            self.cache,
            self.state,
            self.settings,
            self.clock,
        )

    def minute(self, publish=True):
        self.clock.now += 60
        for worker in self.turn.workers:
            worker.step()
        if publish:
            self.turn.publish()

    def everything(self, publish=True):
        """The first reading, and all of the history."""
        self.minute(publish=False)
        for worker in self.turn.workers:
            for _ in range(1000):
                if not worker.step():
                    break
            else:
                raise AssertionError("the history never ends")
        if publish:
            self.turn.publish()

    def snapshot(self):
        return Dataset(self.cache, clock=self.clock).snapshot()

    def ids(self, table="conversations"):
        return sorted(getattr(self.snapshot().tables, table)["id"])


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


def test_the_present_is_published_before_the_history(rig):
    rig.intercom.put(1, NOW - 40 * DAY, state="open", admin_assignee_id=None)
    rig.intercom.put(2, NOW - 3 * DAY, NOW - 2 * DAY)
    rig.minute()
    snapshot = rig.snapshot()
    assert rig.ids() == ["1"]
    assert snapshot.sources["intercom"].state == "ok"
    assert not snapshot.history.complete
    assert snapshot.meta["app_id"] == "app1"


def test_the_history_ends_with_everything_touched_since_its_first_day(rig):
    rig.intercom.put("old and closed", NOW - 30 * DAY)
    rig.intercom.put("old but rated within", NOW - 30 * DAY, NOW - 2 * DAY)
    rig.intercom.put("old but open", NOW - 60 * DAY, NOW - 60 * DAY, state="snoozed")
    for n in range(23):
        rig.intercom.put(f"new {n:02}", NOW - n * DAY / 3)
    rig.aircall.put(5, NOW - 5 * DAY)
    rig.everything()
    assert rig.ids() == sorted(
        ["old but rated within", "old but open", *(f"new {n:02}" for n in range(23))]
    )
    assert rig.ids("calls") == ["5"]
    history = rig.snapshot().history
    assert (history.loaded_days, history.total_days, history.complete) == (10, 10, True)


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
    rows = rig.snapshot().tables.conversations.set_index("id")
    assert changed
    assert rows.loc["3", "state"] == "open"
    assert len(rows) == 30


def test_an_older_read_never_overwrites_a_newer_one(rig):
    rig.intercom.put(1, NOW - DAY, NOW - 10, state="closed")
    rig.everything()
    rig.turn.workers[0].source.keep(
        [{"id": "1", "created_at": NOW - DAY, "updated_at": NOW - 500, "state": "open"}]
    )
    rig.turn.publish()
    assert rig.snapshot().tables.conversations["state"].tolist() == ["closed"]


def test_a_change_is_seen_within_a_minute(rig):
    rig.everything()
    rig.intercom.put(9, int(rig.clock()), state="open")
    rig.aircall.put(8, int(rig.clock()), status="answered")
    rig.minute()
    assert rig.ids() == ["9"]
    rig.aircall.put(8, int(rig.clock()), status="done")
    rig.minute()
    assert rig.snapshot().tables.calls["status"].tolist() == ["done"]


@pytest.mark.parametrize("people", [8, 80])
def test_a_quiet_minute_stays_within_the_budget(rig, people):
    rig.aircall.people = [
        {"id": n, "name": f"N{n}", "email": f"n{n}@example.com"} for n in range(1, people + 1)
    ]
    rig.intercom.people = [
        {"id": str(n), "name": f"N{n}", "email": f"n{n}@example.com"} for n in range(1, people + 1)
    ]
    for n in range(12):
        rig.intercom.put(n, NOW - n * 3600, state="open")
    rig.everything()
    most = [0, 0]
    for _ in range(130):
        before = rig.intercom.requests, rig.aircall.requests
        rig.minute(publish=False)
        most[0] = max(most[0], rig.intercom.requests - before[0])
        most[1] = max(most[1], rig.aircall.requests - before[1])
    # The newest five minutes of conversations may fill more than one of the small test pages.
    assert most[0] <= 3
    assert most[1] <= 3 + (people - 1) // 50


def test_a_deleted_conversation_disappears_and_only_by_the_vendors_own_word(rig):
    for n in range(7):
        rig.intercom.put(n, NOW - n * DAY, state="open")
    rig.everything()
    del rig.intercom.rows["3"]
    for _ in range(12):
        rig.minute()
    assert rig.ids() == ["0", "1", "2", "4", "5", "6"]


@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (UnauthorizedError("Intercom refuses the credentials (401)"), "failed", "unauthorized"),
        (RateLimitedError("wait", 90), "late", "rate_limited"),
        (UnavailableError("no connection"), "failed", "unavailable"),
    ],
)
def test_a_failing_vendor_keeps_its_last_good_data_and_heals_by_itself(rig, error, state, cause):
    rig.intercom.put(1, NOW - 100, state="open")
    rig.everything()
    rig.intercom.failure = error
    rig.intercom.put(2, int(rig.clock()), state="open")
    rig.minute()
    snapshot = rig.snapshot()
    status = snapshot.sources["intercom"]
    assert (status.state, snapshot.meta["causes"]["intercom"]) == (state, cause)
    assert status.as_of < datetime.fromtimestamp(rig.clock(), UTC)
    assert snapshot.sources["aircall"].state == "ok"
    assert rig.ids() == ["1"]
    rig.clock.now += 3600
    rig.intercom.failure = None
    rig.minute()
    assert rig.snapshot().sources["intercom"].state == "ok"
    assert rig.ids() == ["1", "2"]


@pytest.mark.parametrize("stopped_after", [1, 4, 9, 15, 22])
def test_a_crash_in_the_back_fill_resumes_to_the_same_rows(rig, stopped_after):
    for n in range(57):
        rig.intercom.put(n, NOW - n * DAY / 6)
        rig.aircall.put(n + 1, NOW - n * DAY / 6)
    rig.minute()
    for _ in range(stopped_after):
        for worker in rig.turn.workers:
            worker.step()
        rig.turn.publish()
    rig.restart()
    rig.everything()
    assert len(rig.ids()) == 57
    assert len(rig.ids("calls")) == 57
    assert rig.snapshot().history.complete


def test_damaged_rows_are_read_again(rig):
    for n in range(20):
        rig.intercom.put(n, NOW - n * DAY / 3)
    rig.everything()
    key = next(key for key in rig.cache.keys("partition/conversations/"))
    rig.cache.set(key, b"not what was written")
    rig.restart()
    rig.everything()
    assert len(rig.ids()) == 20


def test_people_who_left_keep_their_names_and_unknown_ones_a_row(rig):
    rig.intercom.put(1, NOW - 100, admin_assignee_id=1)
    rig.intercom.put(2, NOW - 100, admin_assignee_id=99)
    rig.everything()
    rig.intercom.people = []
    rig.intercom.people.append({"id": "2", "name": "Bia", "email": "bia@example.com"})
    rig.minute()
    agents = rig.snapshot().tables.agents.set_index("id")
    assert agents.loc["1", "name"] == "Ana"
    assert not agents.loc["1", "active"]
    assert agents.loc["99", ["name"]].isna().all()


def test_a_state_is_dated_by_when_we_saw_it_change(rig):
    rig.everything()
    assert rig.snapshot().tables.agents["away_since"].isna().all()
    rig.intercom.people[0]["away_mode_enabled"] = True
    rig.minute()
    changed_at = rig.clock()
    rig.minute()
    rig.restart()
    rig.minute()
    since = rig.snapshot().tables.agents["away_since"].iloc[0]
    assert since.timestamp() == changed_at


def test_an_empty_workspace_is_complete_and_empty(rig):
    rig.everything()
    snapshot = rig.snapshot()
    assert snapshot.tables.conversations.empty
    assert snapshot.history.complete


def test_without_aircall_the_history_does_not_wait_for_it(tmp_path):
    rig = Rig(tmp_path, aircall=False)
    rig.everything()
    assert rig.snapshot().sources["aircall"].state == "off"
    assert rig.snapshot().history.complete


def test_days_that_fall_out_of_the_history_are_dropped_unless_still_open(rig):
    rig.intercom.put("closed", NOW - 9 * DAY)
    rig.intercom.put("open", NOW - 9 * DAY, state="open")
    rig.everything()
    rig.clock.now += 5 * DAY
    rig.minute()
    assert rig.ids() == ["open"]


def test_an_emptied_cache_is_asked_for_through_the_inbox(rig):
    rig.everything()
    rig.state.set("inbox/1", b'{"kind": "clear_cache"}')
    rig.state.set("inbox/2", b"not json")
    assert rig.turn.is_cleared()
    assert rig.snapshot() is None
    assert not rig.turn.is_cleared()


def test_the_worker_stops_when_told(rig):
    stop = threading.Event()
    thread = threading.Thread(target=rig.turn.workers[0].run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(timeout=5)
    assert not thread.is_alive()
