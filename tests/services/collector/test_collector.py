import threading
import time

import pytest

from services.collector.collector import Collector
from services.storage.lease import Lease
from services.storage.locks import FileLock
from services.storage.store import StorageFullError
from tests.worlds.collecting import NOW


def test_what_is_wrong_with_a_store_is_logged_once_until_it_comes_again(
    rig, tmp_path, monkeypatch, caplog
):
    collector = Collector(
        rig.intercom,
        rig.aircall,
        lease=Lease(FileLock(tmp_path / "lock"), rig.cache),
        cache=rig.cache,
        state=rig.state,
        settings=rig.settings,
    )
    kept = []

    def keep_reserve():
        kept.append(1)
        raise StorageFullError("no room")

    monkeypatch.setattr(rig.state, "drop_expired", keep_reserve)
    for troubles in (["evicts"], ["evicts"], [], ["evicts"]):
        monkeypatch.setattr(rig.state, "find_troubles", lambda troubles=troubles: troubles)
        collector._look_after_stores()
    told = [record.message for record in caplog.records if record.name.endswith("collector")]
    assert len(told) == 2
    assert "store state" in told[0]
    assert "noeviction" in told[0]
    assert len(kept) == 4


class TestRunning:
    """The collector with its threads, on real time."""

    @pytest.fixture
    def run(self, rig, tmp_path):
        threads = []
        self.stop = threading.Event()
        rig.clock = time.time

        def start(*hooks):
            rig.collector = Collector(
                rig.intercom,
                rig.aircall,
                lease=Lease(FileLock(tmp_path / f"lock {len(threads)}"), rig.cache),
                cache=rig.cache,
                state=rig.state,
                settings=rig.settings,
                clock=time.time,
                after_publish=hooks,
            )
            threads.append(threading.Thread(target=rig.collector.run, args=(self.stop,)))
            threads[-1].start()

        yield start
        self.stop.set()
        for thread in threads:
            thread.join(timeout=10)
            assert not thread.is_alive()

    def until(self, condition):
        end = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.02)

    def test_it_publishes_follows_and_stops_within_a_second(self, rig, run):
        now = time.time()
        for n in range(200):
            rig.intercom.put(n, now - n * 3600)
        seen = []

        def fails(snapshot):
            raise RuntimeError

        run(fails, seen.append)
        self.until(lambda: seen and seen[-1].history.complete)
        assert len(seen[-1].tables.conversations) == 200
        assert len({snapshot.version for snapshot in seen}) == len(seen)
        began = time.monotonic()
        self.stop.set()
        self.until(lambda: not any(t.name == "intercom" for t in threading.enumerate()))
        assert time.monotonic() - began < 1

    def test_a_stop_does_not_wait_for_a_vendor_that_hangs(self, rig, run):
        release = threading.Event()
        rig.intercom.on_request = lambda: release.wait(20)
        run()
        self.until(lambda: rig.intercom.requests)
        self.stop.set()
        began = time.monotonic()
        alive = [t for t in threading.enumerate() if t.name.startswith("Thread-")]
        for thread in alive:
            thread.join(timeout=2)
        assert time.monotonic() - began < 1.5
        release.set()

    def test_an_emptied_cache_is_asked_for_through_the_inbox_and_filled_again(self, rig, run):
        rig.intercom.put(1, time.time() - 100, state="open")
        seen = []
        run(seen.append)
        self.until(lambda: seen and len(seen[-1].tables.conversations))
        del rig.intercom.rows["1"]
        rig.state.set("inbox/1", b'{"kind": "clear_cache"}')
        self.until(lambda: seen[-1].tables.conversations.is_empty())
        assert rig.state.keys("inbox/") == []

    def test_another_collector_that_takes_over_ends_the_turn_of_the_first(self, rig, run):
        seen, others = [], []
        run(seen.append)
        self.until(lambda: seen)
        run(others.append)
        # Each raises the epoch when the other has published: neither works for long, both live.
        self.until(lambda: others)
        assert others[-1].version > seen[0].version

    def test_one_cycle_can_be_had_by_itself(self, rig, tmp_path):
        rig.intercom.put(1, NOW - 100, state="open")
        collector = Collector(
            rig.intercom,
            rig.aircall,
            lease=Lease(FileLock(tmp_path / "lock"), rig.cache),
            cache=rig.cache,
            state=rig.state,
            settings=rig.settings,
            clock=rig.clock,
        )
        collector.run_cycle()
        collector.run_cycle()
        assert rig.ids() == ["1"]
