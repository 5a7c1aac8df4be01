import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import polars as pl
import pytest

from metrics.model import schema
from services.errors import UnavailableError
from services.snapshot.dataset import Dataset
from services.snapshot.manifest import WHOLE, History, SourceStatus
from services.snapshot.snapshot import POINTER_KEY, SnapshotWriter
from services.storage.lease import raise_epoch
from tests.worlds.tables import UTC_RULES

NOW = 1_790_000_000.75
SOURCES = {"intercom": SourceStatus("ok")}
HISTORY = History(90, 90, complete=True)
MONDAY, TUESDAY = ("conversations", "2026-09-21"), ("conversations", "2026-09-22")
CALLS, AGENTS = ("calls", "2026-09-21"), ("agents", WHOLE)


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dataset(store, clock):
    return Dataset(store, lambda: UTC_RULES, clock=clock)


@pytest.fixture
def publish(store, clock):
    writer = SnapshotWriter(
        store, epoch=raise_epoch(store, clock), expire_seconds=3600, clock=clock
    )

    def publish(changed, **more):
        clock.now += 1
        return writer.publish(changed, SOURCES, HISTORY, **more)

    publish.writer = writer
    return publish


def conversations(*ids, **columns):
    return schema.conform(pl.DataFrame({"id": list(ids), **columns}), "conversations")


def ids(dataset):
    return list(dataset.snapshot().tables.conversations["id"])


def test_before_the_first_publication_there_is_nothing(dataset):
    assert dataset.snapshot() is None
    assert dataset.problem is None
    assert dataset.cached("key", lambda: 5) == 5


def test_a_snapshot_has_what_was_published(dataset, publish):
    version = publish({MONDAY: conversations("1")}, meta={"app_id": "abc"})
    snapshot = dataset.snapshot()
    assert snapshot.version == version
    assert (snapshot.sources, snapshot.history, snapshot.meta) == (
        SOURCES,
        HISTORY,
        {"app_id": "abc"},
    )
    assert snapshot.published_at == datetime.fromtimestamp(NOW + 1, UTC)
    assert snapshot.tables.now == datetime.fromtimestamp(int(NOW) + 1, UTC)
    for table in ("conversations", "agents", "teams"):
        frame = getattr(snapshot.tables, table)
        assert dict(frame.schema) == dict(schema.TABLES[table])


def test_days_are_put_together_in_order(dataset, publish):
    publish({TUESDAY: conversations("2", **{"attr.b": "y"}), MONDAY: conversations("1")})
    frame = dataset.snapshot().tables.conversations
    assert list(frame["id"]) == ["1", "2"]
    assert frame["attr.b"].to_list() == [None, "y"]


def test_calls_carry_their_agents_also_when_only_the_agents_change(dataset, publish):
    calls = pl.DataFrame({"id": ["c"], "user_id": ["900"], "user_email": ["luana@example.com"]})
    publish({CALLS: schema.conform(calls, "calls")})
    assert dataset.snapshot().tables.calls["agent_id"].to_list() == ["voice:900"]
    agents = pl.DataFrame({"id": ["7"], "voice_email": ["luana@example.com"]})
    publish({AGENTS: schema.conform(agents, "agents")})
    assert dataset.snapshot().tables.calls["agent_id"].to_list() == ["7"]


def test_the_store_is_asked_at_most_once_a_second(dataset, publish, clock):
    publish({MONDAY: conversations("1")})
    assert ids(dataset) == ["1"]
    now = clock.now
    publish({MONDAY: conversations("2")})
    clock.now = now + 0.9
    assert ids(dataset) == ["1"]
    clock.now = now + 1
    assert ids(dataset) == ["2"]
    clock.now = now - 3600
    publish({MONDAY: conversations("3")})
    assert ids(dataset) == ["3"], "a clock that was set back does not stop it"


def test_only_what_changed_is_read_again(dataset, publish, store, monkeypatch):
    publish(
        {MONDAY: conversations("1"), TUESDAY: conversations("2"), AGENTS: schema.empty("agents")}
    )
    before = dataset.snapshot()
    read = []
    original = store.get
    monkeypatch.setattr(store, "get", lambda key: read.append(key) or original(key))
    publish({TUESDAY: conversations("3")})
    after = dataset.snapshot()
    assert [key.rpartition("/")[0] for key in read if key.startswith("partition/")] == [
        "partition/conversations/2026-09-22"
    ]
    assert after.tables.agents is before.tables.agents
    assert list(before.tables.conversations["id"]) == ["1", "2"], "a version never changes"


def test_an_unchanged_store_keeps_the_same_snapshot(dataset, publish, clock):
    publish({MONDAY: conversations("1")})
    first = dataset.snapshot()
    clock.now += 10
    assert dataset.snapshot() is first


def test_a_damaged_manifest_leaves_the_last_good_version_and_is_told(
    dataset, publish, clock, store
):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()
    store.set(POINTER_KEY, b"manifest/9/garbage", 60)
    clock.now += 1
    assert ids(dataset) == ["1"]
    assert "manifest" in dataset.problem
    publish({MONDAY: conversations("2")})
    assert ids(dataset) == ["2"]
    assert dataset.problem is None


def test_a_damaged_partition_leaves_the_last_good_version_until_it_is_lost(dataset, publish, store):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()
    publish({MONDAY: conversations("2"), TUESDAY: conversations("3")})
    store.set(publish.writer.manifest.partitions[TUESDAY].key, b"garbage", 60)
    assert ids(dataset) == ["1"]
    assert "2026-09-22" in dataset.problem
    publish({})
    assert ids(dataset) == ["2"]
    assert dataset.snapshot().lost == {TUESDAY}
    assert not dataset.snapshot().history.complete
    assert dataset.problem is None


def test_a_reader_that_misses_a_partition_reads_the_manifest_again(
    dataset, publish, store, monkeypatch
):
    publish({MONDAY: conversations("1")})
    gone = publish.writer.manifest.partitions[MONDAY].key
    original, raced = store.get, []

    def get(key):
        if key == gone and not raced:
            raced.append(key)
            publish({MONDAY: conversations("2")})
            store.delete(gone)
        return original(key)

    monkeypatch.setattr(store, "get", get)
    assert ids(dataset) == ["2"]
    assert raced


def test_a_store_that_does_not_answer_leaves_the_last_good_version(
    dataset, publish, clock, store, monkeypatch
):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()

    def fail(key):
        raise UnavailableError("Redis does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(store, "get", fail)
        clock.now += 1
        assert ids(dataset) == ["1"]
        assert dataset.problem == "Redis does not answer"
    clock.now += 1
    dataset.snapshot()
    assert dataset.problem is None


def test_an_emptied_cache_empties_the_dataset(dataset, publish, clock, store):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()
    store.clear()
    clock.now += 1
    assert dataset.snapshot() is None


def test_results_are_remembered_for_one_version(dataset, publish):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()
    calls = []
    for _ in range(2):
        dataset.cached(("count", "manager"), lambda: calls.append(1))
    assert len(calls) == 1
    publish({MONDAY: conversations("2")})
    dataset.snapshot()
    dataset.cached(("count", "manager"), lambda: calls.append(1))
    assert len(calls) == 2


def test_a_request_computes_for_the_version_it_got_although_a_newer_one_came(dataset, publish):
    publish({MONDAY: conversations("1")})
    old = dataset.snapshot()
    publish({MONDAY: conversations("2")})
    other = threading.Thread(target=dataset.snapshot)
    other.start()
    other.join()
    assert dataset.cached("ids", lambda: list(old.tables.conversations["id"])) == ["1"]
    new = dataset.snapshot()
    assert dataset.cached("ids", lambda: list(new.tables.conversations["id"])) == ["2"]


def test_while_one_thread_loads_the_others_go_on_with_the_last_version(
    dataset, publish, store, monkeypatch
):
    publish({MONDAY: conversations("1")})
    dataset.snapshot()
    publish({MONDAY: conversations("2")})
    loading, go = threading.Event(), threading.Event()
    original = store.get

    def slow(key):
        if key.startswith("partition/"):
            loading.set()
            assert go.wait(5)
        return original(key)

    monkeypatch.setattr(store, "get", slow)
    with ThreadPoolExecutor(1) as threads:
        loader = threads.submit(ids, dataset)
        assert loading.wait(5)
        assert ids(dataset) == ["1"]
        go.set()
        assert loader.result() == ["2"]
    assert ids(dataset) == ["2"]


def test_who_was_shown_a_newer_version_elsewhere_sees_no_older_one_here(
    dataset, publish, store, clock
):
    other = Dataset(store, lambda: UTC_RULES, clock=clock)
    publish({MONDAY: conversations("1")})
    now = clock.now
    assert ids(dataset) == ids(other) == ["1"]
    for n in range(2, 5):
        publish({MONDAY: conversations(str(n))})
        clock.now = now + 0.1
        assert ids(dataset) == [str(n - 1)], "nobody has been shown the newer one"
        clock.now = now = now + 1
        assert ids(other) == [str(n)]
        clock.now = now - 0.5
        assert ids(dataset) == [str(n)]
        clock.now = now


def test_one_that_loads_late_does_not_take_back_what_was_shown(store, publish, clock):
    slow, fast = (Dataset(store, lambda: UTC_RULES, clock=clock) for _ in range(2))
    publish({MONDAY: conversations("1")})
    slow.snapshot()
    before = publish({MONDAY: conversations("2")})
    publish({MONDAY: conversations("3")})
    fast.snapshot()
    slow._note_shown(before)
    assert ids(slow) == ["3"]


def test_at_the_start_all_wait_for_the_first_version(dataset, publish):
    publish({MONDAY: conversations("1")})
    with ThreadPoolExecutor(8) as threads:
        got = {id(s) for s in threads.map(lambda _: dataset.snapshot(), range(8))}
    assert got == {id(dataset.snapshot())}


def test_an_idle_thread_does_not_hold_on_to_an_old_version(dataset, publish):
    publish({MONDAY: conversations("1")})
    with ThreadPoolExecutor(1) as threads:
        threads.submit(dataset.snapshot).result()
        old = weakref.ref(dataset.snapshot())
        publish({MONDAY: conversations("2")})
        dataset.snapshot()
        gc.collect()
        assert old() is None
