import pytest

from services.storage.command_queue import CLEAR_CACHE, PREFIX, CommandQueue


@pytest.fixture
def queue(store):
    return CommandQueue(store)


def test_a_command_is_taken_once(queue):
    queue.put({"kind": CLEAR_CACHE, "by": "ana"}, 1000.0)
    assert queue.take(CLEAR_CACHE) == [{"kind": CLEAR_CACHE, "by": "ana"}]
    assert queue.take(CLEAR_CACHE) == []


def test_what_was_asked_first_comes_first(queue):
    for number, at in ((2, 2000.0), (1, 1000.5), (3, 30000.0)):
        queue.put({"kind": "mute", "number": number}, at)
    assert [command["number"] for command in queue.take("mute")] == [1, 2, 3]


def test_other_kinds_stay_for_whoever_understands_them(queue):
    queue.put({"kind": "of a later version"}, 1000.0)
    assert queue.take(CLEAR_CACHE) == []
    assert list(queue.peek(["of a later version"]).values()) == [{"kind": "of a later version"}]


def test_what_is_only_looked_at_stays_until_it_is_dropped(queue):
    queue.put({"kind": "mute"}, 1000.0)
    (key,) = queue.peek(["mute", "acknowledge"])
    assert list(queue.peek(["mute"])) == [key]
    queue.drop([key])
    assert queue.peek(["mute"]) == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"'])
def test_what_is_no_document_is_dropped(queue, store, content):
    store.set(PREFIX + "1", content)
    assert queue.peek(["mute"]) == {}
    assert store.keys(PREFIX) == []
