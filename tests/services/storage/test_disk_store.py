import os
import pickle
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from diskcache import Cache

from services.errors import ConfigurationError, UnavailableError
from services.storage import disk_store
from services.storage.disk_store import BytesOnlyDisk, DiskStore, PickleRefusedError
from services.storage.store import StorageFullError


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("size", [1, 100_000])
def test_a_planted_pickle_is_refused_and_dropped(tmp_path, size):
    store, bang = DiskStore(tmp_path / "store"), tmp_path / "bang"
    planter = Cache(str(tmp_path / "store"))
    planter.set("key", [Bomb(bang), "x" * size])
    assert planter.get("key")
    assert bang.exists(), "the stock cache would have run it"
    bang.unlink()
    assert store.get("key") is None
    assert not bang.exists()
    assert store.keys() == []
    planter.close()


def test_a_planted_key_does_not_hide_the_others(tmp_path):
    store, bang = DiskStore(tmp_path / "store"), tmp_path / "bang"
    store.set("key", b"x")
    key = pickle.dumps(Bomb(bang))
    with sqlite3.connect(tmp_path / "store" / "cache.db") as database:
        database.execute("INSERT INTO Cache (key, raw, mode, value) VALUES (?, 0, 1, 'x')", (key,))
    database.close()
    assert store.keys() == ["key"]
    store.clear()
    assert not bang.exists()


@pytest.mark.parametrize("value", [True, None, ("a",), {"a": 1}, bytearray(b"x"), "text", 1.5])
def test_only_bytes_go_in(tmp_path, value):
    store = DiskStore(tmp_path)
    for write in (store.set, store.add):
        with pytest.raises(PickleRefusedError):
            write("key", value)
    assert store.keys() == []


@pytest.mark.parametrize("key", [True, None, ("a",), b"bytes", 1])
def test_only_text_is_a_key(tmp_path, key):
    with pytest.raises(PickleRefusedError):
        DiskStore(tmp_path).set(key, b"x")


@pytest.mark.parametrize("value", [True, None, ("a",), {"a": 1}, bytearray(b"x")])
def test_the_disk_itself_refuses_what_diskcache_would_pickle(tmp_path, value):
    with pytest.raises(PickleRefusedError):
        BytesOnlyDisk(str(tmp_path)).store(value, read=False)


def test_folder_and_files_are_private_even_with_an_open_umask(tmp_path):
    before = os.umask(0)
    try:
        store = DiskStore(tmp_path / "store")
        store.set("small", b"x")
        store.set("large", bytes(100_000))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    files = [file for file in (tmp_path / "store").rglob("*") if file.is_file()]
    assert len(files) >= 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_value_whose_file_is_gone_reads_as_absent(tmp_path):
    store = DiskStore(tmp_path)
    store.set("large", bytes(100_000))
    for file in tmp_path.rglob("*.val"):
        file.unlink()
    assert store.get("large") is None


def test_a_folder_with_another_file_for_a_database_stops_the_start(tmp_path):
    (tmp_path / "cache.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        DiskStore(tmp_path)


def test_a_database_damaged_later_is_unavailable_and_not_a_crash(tmp_path):
    store = DiskStore(tmp_path)
    store.set("key", b"x")
    store.close()
    for file in tmp_path.glob("cache.db-*"):
        file.unlink()
    (tmp_path / "cache.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(UnavailableError):
        store.get("key")


def test_what_was_cleared_is_nowhere_in_the_files(tmp_path):
    store = DiskStore(tmp_path)
    store.set("small", b"secret-of-a-customer" * 10)
    store.set("large", b"secret-of-a-customer" * 10_000)
    store.clear()
    left = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(b"secret-of-a-customer" in file.read_bytes() for file in left)


def test_a_store_that_is_there_opens_without_a_write_as_on_a_full_disk(tmp_path):
    store = DiskStore(tmp_path)
    store.set("key", b"x")
    files = [tmp_path / name for name in ("cache.db", "cache.db-wal")]
    before = [file.read_bytes() for file in files]
    assert DiskStore(tmp_path).get("key") == b"x"
    assert [file.read_bytes() for file in files] == before


def test_a_commit_without_room_does_not_keep_the_others_from_writing(tmp_path, monkeypatch):
    full, other = DiskStore(tmp_path), DiskStore(tmp_path)

    def fail(*args, **values):
        full._cache._sql("BEGIN IMMEDIATE")
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(full._cache, "set", fail)
        with pytest.raises(StorageFullError):
            full.set("key", b"x")
    other.set("key", b"other")
    full.set("key", b"full")
    assert other.get("key") == b"full"


def test_a_full_disk_is_no_mistake_in_the_configuration(tmp_path, monkeypatch):
    def fail(*args, **settings):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(disk_store, "_ClosingCache", fail)
    with pytest.raises(StorageFullError):
        DiskStore(tmp_path)


def test_a_store_with_a_reserve_takes_many_small_writes_without_another_byte_of_the_disk(tmp_path):
    DiskStore(tmp_path).set("of an older version", bytes(40_000))
    stores = [DiskStore(tmp_path, reserve_bytes=2**20) for _ in range(2)]
    files = ("cache.db", "cache.db-wal", "cache.db-shm")
    for number in range(2):
        stores[0].drop_expired()
        sizes = [(tmp_path / name).stat().st_size for name in files]
        for sign_in in range(100):
            stores[sign_in % 2].set(f"session/{number}/{sign_in}", bytes(4000))
            stores[0].set("book", bytes(70_000 + sign_in))
            stores[0].increment("count")
            stores[1].delete(f"session/{number}/{sign_in - 50}")
        assert [(tmp_path / name).stat().st_size for name in files] == sizes
    assert stores[1].get("count") == b"200"
    assert len(stores[1].get("of an older version")) == 40_000


def test_a_full_disk_is_told_until_there_is_room(tmp_path, monkeypatch):
    store, usage = DiskStore(tmp_path), namedtuple("usage", "free")
    for free, troubles in ((4096, ["disk_full"]), (2**30, [])):
        monkeypatch.setattr(disk_store.shutil, "disk_usage", lambda path, free=free: usage(free))
        assert store.find_troubles() == troubles


@pytest.mark.parametrize("parent", [True, False], ids=["with its folder", "its files"])
def test_a_store_that_vanishes_begins_anew_for_all_that_have_it_open(tmp_path, parent):
    folder = tmp_path / "of-vigia" / "store"
    stores = [DiskStore(folder) for _ in range(3)]
    stores[0].set("key", bytes(100_000))
    assert stores[1].find_troubles() == []
    shutil.rmtree(folder.parent if parent else folder)
    assert [store.get("key") for store in stores] == [None] * 3
    stores[1].set("key", b"new")
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda n: stores[n % 3].get("key"), range(12))) == {b"new"}
    assert stores[2].find_troubles() == ["vanished"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


WRITER = """
import sys
from pathlib import Path
from services.storage import disk_store
from services.storage.disk_store import DiskStore
store, mark = DiskStore(Path(sys.argv[1])), sys.argv[2].encode()
print("ready", flush=True)
while True:
    for key in "abcdef":
        store.set(key, mark * 30_000)
"""


def test_killed_writers_leave_whole_values_and_no_lock(tmp_path):
    writers = []
    for mark in "0123":
        command = [sys.executable, "-c", WRITER, str(tmp_path), mark]
        writers.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        time.sleep(0.1)
        writer.kill()
        writer.communicate()
    store = DiskStore(tmp_path)
    for key in store.keys(""):
        value = store.get(key)
        assert value is not None
        assert len(value) == 30_000
        assert len(set(value)) == 1
    store.set("a", b"afterwards")
    assert store.get("a") == b"afterwards"


def test_connections_end_with_their_threads_and_with_the_store(tmp_path):
    def count_open_files() -> int:
        opened = [file.resolve() for file in Path("/proc/self/fd").iterdir() if file.exists()]
        return opened.count((tmp_path / "cache.db").resolve())

    store = DiskStore(tmp_path)
    for _ in range(20):
        worker = threading.Thread(target=store.get, args=("key",))
        worker.start()
        worker.join()
    # SQLite keeps one closed file for the next connection while another one holds its lock.
    assert count_open_files() <= 2
    store.close()
    assert count_open_files() == 0
