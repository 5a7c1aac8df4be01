import os
import signal
import subprocess
import sys
import time

import pytest

from services.storage.disk_store import DiskStore
from services.storage.lease import LOCK_KEY, Lease, raise_epoch, store_lock
from services.storage.locks import FileLock
from services.storage.redis_store import RedisStore

HOLDER = """
import sys, time
from pathlib import Path
from services.storage.disk_store import DiskStore
from services.storage.lease import Lease, store_lock
from services.storage.locks import FileLock
from services.storage.redis_store import RedisStore
folder, url = Path(sys.argv[1]), sys.argv[2]
if url:
    cache, state = RedisStore(url, f"{folder}:cache:"), RedisStore(url, f"{folder}:state:")
    lease = Lease(store_lock(state, 1.0), cache)
else:
    lease = Lease(FileLock(folder / "collector.lock"), DiskStore(folder / "cache"))
print(lease.acquire(10), flush=True)
time.sleep(60)
"""


@pytest.fixture(params=["file", "redis"])
def leases(request, tmp_path):
    """Makes leases of one deployment; the address tells another process which kind."""
    made, stores = [], []

    def lease():
        if request.param == "file":
            stores.append(DiskStore(tmp_path / "cache"))
            made.append(Lease(FileLock(tmp_path / "collector.lock"), stores[-1]))
        else:
            url = request.getfixturevalue("redis_url")
            stores.extend(RedisStore(url, f"{tmp_path}:{name}:") for name in ("cache", "state"))
            made.append(Lease(store_lock(stores[-1], 1.0), stores[-2]))
        return made[-1]

    lease.url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    yield lease
    for each in made:
        each.release()
    for store in stores:
        store.clear()
        store.close()


def test_one_holds_it_and_the_epoch_rises_with_every_holder(leases):
    first, second = leases(), leases()
    epoch = first.acquire(0)
    assert first.is_held()
    assert second.acquire(0) is None
    assert not second.is_held()
    first.release()
    assert not first.is_held()
    assert second.acquire(0) > epoch


def test_another_process_takes_over_within_seconds_after_a_kill(leases, tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path), leases.url]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    epoch = int(holder.stdout.readline())
    waiting = leases()
    assert waiting.acquire(0.3) is None
    holder.kill()
    holder.communicate()
    started = time.monotonic()
    assert waiting.acquire(10) > epoch
    assert time.monotonic() - started < 3


def test_a_paused_holder_loses_a_lease_in_redis(redis_url, tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path), redis_url]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    epoch = int(holder.stdout.readline())
    os.kill(holder.pid, signal.SIGSTOP)
    stores = [RedisStore(redis_url, f"{tmp_path}:{name}:") for name in ("state", "cache")]
    other = Lease(store_lock(stores[0], 1.0), stores[1])
    try:
        assert other.acquire(10) > epoch
    finally:
        os.kill(holder.pid, signal.SIGCONT)
        holder.kill()
        holder.communicate()
        other.release()
        for store in stores:
            store.close()


def test_a_live_holder_renews_its_lease(open_store):
    lease = Lease(store_lock(open_store("state"), 0.4), open_store("cache"))
    lease.acquire(0)
    time.sleep(0.9)
    assert lease.is_held()
    lease.release()


def test_who_lost_the_lease_notices_and_does_not_release_the_other(open_store):
    state = open_store("state")
    lease = Lease(store_lock(state, 0.4), open_store("cache"))
    lease.acquire(0)
    state.set(LOCK_KEY, b"somebody else", 60)
    time.sleep(0.3)
    assert not lease.is_held()
    lease.release()
    assert state.get(LOCK_KEY) == b"somebody else"


def test_without_its_store_a_lease_ends_by_itself(tmp_path):
    from tests.worlds import redis_server

    (tmp_path / "server").mkdir()
    with redis_server.running(tmp_path / "server") as url:
        state, cache = RedisStore(url, "state:"), RedisStore(url, "cache:")
        lease = Lease(store_lock(state, 0.6), cache)
        lease.acquire(0)
    time.sleep(0.7)
    assert not lease.is_held()
    lease.release()
    state.close()
    cache.close()


def test_the_first_epoch_comes_from_the_clock_and_then_it_counts(store):
    assert raise_epoch(store, lambda: 1_790_000_000.5) == 1_790_000_000_501
    assert raise_epoch(store, lambda: 0) == 1_790_000_000_502
