import shutil
import time

import pytest

from services.storage.locks import ExpiringKey, FileLock


@pytest.fixture
def keys(store):
    made = []

    def key(expire_seconds=60.0, **options):
        made.append(
            ExpiringKey(store, "key", expire_seconds=expire_seconds, renew_seconds=0.05, **options)
        )
        return made[-1]

    yield key
    for each in made:
        each.release()


def test_one_at_a_time_has_a_lock_on_a_file(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    assert (first.is_held(), second.is_held()) == (True, False)
    first.release()
    assert second.take()
    second.release()


def test_a_file_that_is_shared_cannot_be_had_alone(tmp_path):
    locks = [FileLock(tmp_path / "lock") for _ in range(3)]
    locks[0].share()
    locks[1].share()
    assert not locks[2].take()
    locks[0].release()
    assert not locks[2].take()
    locks[1].release()
    assert locks[2].take()
    locks[2].release()


def test_one_at_a_time_has_an_exclusive_key(keys):
    first, second = keys(), keys()
    assert first.take()
    assert not second.take()
    second.release()
    assert first.is_held(), "who does not have it cannot let go of it"
    first.release()
    assert second.take()


def test_a_key_of_ones_own_is_written_again_after_the_store_was_emptied(keys, store):
    key = keys(exclusive=False)
    key.take()
    store.clear()
    end = time.monotonic() + 10
    while store.get("key") is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert key.is_held()
    key.release()
    assert store.get("key") is None


def test_a_key_that_another_took_over_is_not_held_any_more(keys, store):
    key = keys()
    key.take()
    store.set("key", b"another", 60)
    end = time.monotonic() + 10
    while key.is_held():
        assert time.monotonic() < end
        time.sleep(0.02)
    key.release()
    assert store.get("key") == b"another"


def test_a_lock_whose_file_was_deleted_is_not_held_and_can_be_taken_again(tmp_path):
    path = tmp_path / "folder" / "lock"
    first, other = FileLock(path), FileLock(path)
    assert first.take()
    shutil.rmtree(path.parent)
    assert not first.is_held()
    assert other.take()
    assert not first.take()
    other.release()
    assert first.take()
    first.release()
