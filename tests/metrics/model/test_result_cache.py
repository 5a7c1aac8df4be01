import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from metrics.model.result_cache import Memory


def test_a_result_is_computed_once():
    memory, calls = Memory(10), []
    assert [memory.get("key", lambda: calls.append(1) or len(calls)) for _ in range(3)] == [1, 1, 1]


def test_none_is_a_result_too():
    memory, calls = Memory(10), []
    memory.get("key", lambda: calls.append(1))
    memory.get("key", lambda: calls.append(1))
    assert calls == [1]


def test_what_was_not_asked_for_the_longest_is_forgotten():
    memory = Memory(2)
    memory.get("a", lambda: 1)
    memory.get("b", lambda: 1)
    memory.get("a", lambda: 2)
    memory.get("c", lambda: 1)
    assert memory.get("a", lambda: 2) == 1
    assert memory.get("b", lambda: 2) == 2


def test_many_who_ask_at_once_wait_for_one_computation():
    memory, started, go, calls = Memory(10), threading.Event(), threading.Event(), []

    def compute():
        calls.append(1)
        started.set()
        assert go.wait(5)
        return "result"

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(memory.get, "key", compute) for _ in range(8)]
        assert started.wait(5)
        go.set()
        assert {future.result() for future in asked} == {"result"}
    assert calls == [1]


def test_a_failure_is_not_remembered():
    memory = Memory(10)
    with pytest.raises(ZeroDivisionError):
        memory.get("key", lambda: 1 // 0)
    assert memory.get("key", lambda: 5) == 5


def test_a_computation_may_ask_for_another():
    memory = Memory(10)
    assert memory.get("outer", lambda: memory.get("inner", lambda: 1) + 1) == 2
