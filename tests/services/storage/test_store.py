import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.errors import ConfigurationError, UnavailableError
from services.storage.redis_store import RedisStore


def test_a_missing_key_is_none(store):
    assert store.get("nothing") is None


def test_a_value_comes_back_byte_by_byte(store):
    values = {"small": b"\x00\xff", "empty": b"", "large": bytes(range(256)) * 8000}
    for key, value in values.items():
        store.set(key, value)
    assert {key: store.get(key) for key in values} == values


def test_an_expired_key_is_absent_for_every_method(store):
    store.set("short", b"x", 0.05)
    store.set("long", b"x", 60)
    time.sleep(0.1)
    assert store.get("short") is None
    assert store.keys() == ["long"]
    assert store.touch(["short", "long"], 60) == ["short"]
    assert not store.delete("short")
    assert store.add("short", b"y")


def test_without_an_expiry_a_value_stays_and_overwriting_ends_the_old_expiry(store):
    store.set("key", b"x", 0.05)
    store.set("key", b"y")
    time.sleep(0.1)
    assert store.get("key") == b"y"


def test_add_writes_only_once(store):
    assert store.add("key", b"first")
    assert not store.add("key", b"second")
    assert store.get("key") == b"first"


def test_of_many_that_add_at_once_one_wins(open_store):
    stores = [open_store("cache") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda s: s.add("key", b"x", 60), stores))
    assert won.count(True) == 1


def test_a_counter_counts_and_reads_as_digits(store):
    assert [store.increment("n"), store.increment("n")] == [1, 2]
    assert store.get("n") == b"2"
    assert store.increment("other", start=41) == 42


def test_a_counter_expires_from_its_first_event(store):
    store.increment("n", 1)
    time.sleep(0.5)
    # Counting again puts the end no further off.
    assert store.increment("n", 60) == 2
    time.sleep(0.6)
    assert store.increment("n", 60) == 1


def test_counting_in_many_threads_loses_nothing(open_store):
    stores = [open_store("cache") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda s: [s.increment("n") for _ in range(25)], stores))
    assert stores[0].get("n") == b"100"


def test_delete_tells_whether_there_was_something(store):
    store.set("key", b"x")
    assert store.delete("key")
    assert not store.delete("key")


def test_delete_with_a_value_spares_another_value(store):
    store.set("key", b"mine")
    assert not store.delete("key", only_if=b"yours")
    assert store.delete("key", only_if=b"mine")
    assert not store.delete("key", only_if=b"mine")


def test_touch_renews_many_and_tells_the_missing(store):
    for name in ("a", "b"):
        store.set(name, b"x", 1)
    assert store.touch(["a", "gone", "b"], 60) == ["gone"]
    time.sleep(1.1)
    assert store.keys() == ["a", "b"]
    assert store.touch([], 60) == []


def test_keys_are_sorted_and_the_prefix_is_literal(store):
    for key in ("b/2", "b/1", "b*/3", "bx/4", "c", "b[1]/5", "ç/6"):
        store.set(key, b"x")
    assert store.keys("b/") == ["b/1", "b/2"]
    assert store.keys("b*") == ["b*/3"]
    assert store.keys("b[1]") == ["b[1]/5"]
    assert store.keys("ç") == ["ç/6"]
    assert len(store.keys()) == 7


def test_set_fenced_writes_only_while_the_fence_holds_the_value(store):
    assert not store.set_fenced("key", b"x", "fence", b"1")
    store.increment("fence")
    assert store.set_fenced("key", b"x", "fence", b"1")
    store.increment("fence")
    assert not store.set_fenced("key", b"y", "fence", b"1")
    assert store.get("key") == b"x"
    assert store.set_fenced("key", b"z", "fence", b"2", 0.05)
    time.sleep(0.1)
    assert store.get("key") is None


def test_clear_removes_everything_of_this_store_only(open_store):
    cache, state = open_store("cache"), open_store("state")
    cache.set("key", b"x")
    state.set("key", b"y")
    cache.clear()
    assert cache.keys() == []
    assert state.get("key") == b"y"


def test_two_connections_see_each_other(open_store):
    first, second = open_store("cache"), open_store("cache")
    first.set("key", b"x")
    assert second.get("key") == b"x"


def test_the_size_grows_with_the_values(store):
    before = store.size_bytes()
    store.set("key", bytes(1_000_000))
    assert 900_000 < store.size_bytes() - before < 2_000_000


def test_expired_values_can_be_dropped_at_once(store):
    store.set("key", bytes(1_000_000), 0.05)
    time.sleep(0.1)
    store.drop_expired()
    assert store.size_bytes() < 200_000


def test_a_closed_store_opens_again(store):
    store.set("key", b"x")
    store.close()
    assert store.get("key") == b"x"


def test_a_redis_that_does_not_answer_is_unavailable(tmp_path):
    with pytest.raises(UnavailableError, match="Redis does not answer"):
        RedisStore(f"unix://{tmp_path}/none.sock", "x:").get("key")


def test_a_wrong_redis_address_is_told_without_its_password():
    with pytest.raises(ConfigurationError) as caught:
        RedisStore("http://:hush@host", "x:")
    assert "REDIS_URL" in str(caught.value)
    assert "hush" not in str(caught.value)
