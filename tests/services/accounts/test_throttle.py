"""Patience with failed attempts, counted in the state store."""

from concurrent.futures import ThreadPoolExecutor

from services.accounts.throttle import Throttle
from services.storage.store import StorageFullError


def test_a_store_that_cannot_be_written_refuses_nobody_who_was_not_refused_before(
    store, monkeypatch
):
    throttle = Throttle(store, limit=2, seconds=60)
    throttle.count_failure("bia")
    throttle.count_failure("bia")

    def fail(*args, **values):
        raise StorageFullError("no room")

    monkeypatch.setattr(store, "increment", fail)
    assert throttle.count_attempt("ana")
    assert not throttle.count_attempt("bia")


def test_the_limit_is_how_many_attempts_may_be_made(store):
    throttle = Throttle(store, limit=3, seconds=60)
    assert [throttle.count_attempt("ana") for _ in range(5)] == [True, True, True, False, False]
    assert throttle.count_attempt("bia")


def test_failures_block_until_they_are_forgotten(store):
    throttle = Throttle(store, limit=2, seconds=60)
    for blocked in (False, False, True, True):
        assert throttle.is_blocked("ana") is blocked
        throttle.count_failure("ana")
    assert not throttle.is_blocked("bia")
    throttle.forget("ana")
    assert not throttle.is_blocked("ana")
    assert throttle.count_attempt("ana")


def test_all_processes_count_together(open_store):
    one, other = (Throttle(open_store("state"), limit=4, seconds=60) for _ in range(2))
    assert [t.count_attempt("ana") for t in (one, other, one, other)] == [True] * 4
    assert not one.count_attempt("ana")
    assert other.is_blocked("ana")


def test_attempts_made_together_are_counted_one_by_one(store):
    throttle = Throttle(store, limit=5, seconds=60)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: throttle.count_attempt("ana"), range(40))) == 5


def test_patience_comes_back_after_a_while_and_not_before(store):
    class Remembering:
        def __init__(self):
            self.asked = []

        def increment(self, key, expire_seconds=None, start=0):
            self.asked.append((key, expire_seconds))
            return store.increment(key, expire_seconds, start)

    # The store's own expiry, which runs from the first event: later ones do not prolong it.
    asked = Remembering()
    throttle = Throttle(asked, limit=1, seconds=300)
    throttle.count_attempt("ana")
    throttle.count_failure("ana")
    assert asked.asked == [("throttle/ana", 300)] * 2


def test_what_is_not_a_counter_blocks_nobody(store):
    store.set("throttle/ana", b"not a number")
    assert not Throttle(store, limit=1, seconds=60).is_blocked("ana")
