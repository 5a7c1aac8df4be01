import shutil
import socket
import subprocess
import time
from collections import deque

import pytest
import redis

from services.errors import ConfigurationError
from services.runtime.processes import accepts_connections
from services.storage.redis_store import RedisStore, connect
from services.storage.store import StorageFullError
from tests.worlds import redis_server

WORDS = b"what a customer wrote"


@pytest.fixture
def sealed(redis_url, tmp_path):
    store = RedisStore(redis_url, f"{tmp_path}:", secret="k" * 32)
    yield store
    store.clear()
    store.close()


@pytest.fixture
def server(tmp_path):
    """A Redis of its own, whose settings may be changed."""
    with redis_server.running(tmp_path) as url:
        yield url


def test_nothing_that_was_set_can_be_read_in_redis(sealed, redis_url, tmp_path):
    sealed.set("partition/calls", WORDS, 60)
    assert sealed.get("partition/calls") == WORDS
    kept = redis.Redis.from_url(redis_url).get(f"{tmp_path}:partition/calls")
    assert WORDS[:8] not in kept


def test_what_redis_compares_and_counts_still_works(sealed):
    assert sealed.increment("epoch", start=6) == 7
    assert sealed.set_fenced("current", b"manifest/1", "epoch", b"7")
    assert sealed.get("current") == b"manifest/1"
    assert sealed.add("lock", b"token")
    assert sealed.delete("lock", only_if=b"token")


@pytest.mark.parametrize("damage", ["other key", "other place", "cut"])
def test_what_was_not_written_by_us_there_is_absent(sealed, redis_url, tmp_path, damage):
    sealed.set("key", WORDS)
    raw = redis.Redis.from_url(redis_url)
    name = f"{tmp_path}:key"
    if damage == "other key":
        sealed = RedisStore(redis_url, f"{tmp_path}:", secret="o" * 32)
    elif damage == "cut":
        raw.set(name, raw.get(name)[:12])
    else:
        raw.rename(name, f"{tmp_path}:elsewhere")
    assert sealed.get("elsewhere" if damage == "other place" else "key") is None
    assert sealed.keys() == []


def test_a_redis_that_evicts_or_is_full_is_told_until_it_is_not(server):
    store, raw = RedisStore(server, "x:"), redis.Redis.from_url(server)
    assert store.find_troubles() == []
    raw.config_set("maxmemory", "3mb")
    raw.config_set("maxmemory-policy", "allkeys-lru")
    assert store.find_troubles() == ["evicts"]
    raw.config_set("maxmemory-policy", "noeviction")
    with pytest.raises(StorageFullError):
        deque((store.set(f"key/{number}", bytes(100_000)) for number in range(100)), 0)
    assert store.find_troubles() == ["redis_full"]
    raw.config_set("maxmemory", "0")
    assert store.find_troubles() == []


def test_a_redis_that_is_away_has_no_troubles_to_tell(tmp_path):
    assert RedisStore(f"unix://{tmp_path}/none.sock", "x:").find_troubles() == []


def test_sentinels_name_the_master_and_have_a_password_of_their_own():
    client = connect(
        "rediss+sentinel://ana:hush@one,two:7000/mymaster/2?sentinel_password=other"
        "&ssl_ca_certs=/ca.pem"
    )
    pool = client.connection_pool
    asked = [s.connection_pool.connection_kwargs for s in pool.sentinel_manager.sentinels]
    assert [(a["host"], a["port"], a["password"]) for a in asked] == [
        ("one", 26379, "other"),
        ("two", 7000, "other"),
    ]
    told = pool.connection_kwargs
    assert (told["username"], told["password"], told["db"]) == ("ana", "hush", 2)
    assert {a["ssl_ca_certs"] for a in (*asked, told)} == {"/ca.pem"}
    assert "SSL" in pool.connection_class.__name__


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def write_and_read(url):
    store = RedisStore(url, "vigia:cache:", secret="k" * 32)
    store.set("partition/calls", WORDS, 60)
    assert store.get("partition/calls") == WORDS
    assert store.increment("epoch", start=6) == 7
    assert store.set_fenced("current", b"1", "epoch", b"7")
    assert store.touch(["current", "gone"], 60) == ["gone"]
    assert store.keys("c") == ["current"]
    assert store.size_bytes() > 0
    assert store.find_troubles() == []
    store.clear()
    assert store.keys() == []
    store.close()


def test_a_cluster_keeps_a_store_together(tmp_path):
    port, bus = free_port(), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", "hush"]
    options += ["--cluster-enabled", "yes", "--cluster-port", str(bus)]
    with redis_server.running(tmp_path, *options) as url:
        raw = redis.Redis.from_url(url, password="hush")
        raw.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        end = time.monotonic() + 10
        while raw.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
            assert time.monotonic() < end
            time.sleep(0.05)
        write_and_read(f"redis+cluster://:hush@127.0.0.1:{port}")


def test_sentinels_lead_to_the_master(tmp_path):
    port, asked = free_port(), free_port()
    (tmp_path / "sentinel").mkdir()
    settings = tmp_path / "sentinel.conf"
    settings.write_text(f"sentinel monitor ours 127.0.0.1 {port} 1\nsentinel auth-pass ours hush\n")
    program = shutil.which("redis-server")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", "hush"]
    command = [program, settings, "--sentinel", "--port", str(asked), "--bind", "127.0.0.1"]
    with redis_server.running(tmp_path, *options):
        sentinel = subprocess.Popen([*command, "--dir", tmp_path], stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 10
            while not accepts_connections("127.0.0.1", asked):
                assert time.monotonic() < end
                time.sleep(0.05)
            write_and_read(f"redis+sentinel://:hush@127.0.0.1:{asked}/ours/0")
        finally:
            sentinel.terminate()
            sentinel.wait(10)


@pytest.mark.parametrize("address", ["redis+sentinel://one", "redis+tree://one", "http://one"])
def test_other_addresses_are_refused_by_the_name_of_the_variable(address):
    with pytest.raises(ConfigurationError, match="STATE_REDIS_URL"):
        RedisStore(address, "x:", variable="STATE_REDIS_URL")
