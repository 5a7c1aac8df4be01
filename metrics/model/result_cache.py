"""A bounded memory of results, each computed once however many ask for it at the same time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Results by key; the one that was not asked for the longest is forgotten first."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The remembered result, or that of `compute`; whoever asks meanwhile waits for it.

        A failure reaches everybody who waited, and is not remembered.
        """
        with self._lock:
            result = self._results.get(key)
            if result is not None:
                self._results.move_to_end(key)
            else:
                ours: Future[Any] = Future()
                self._results[key] = ours
                if len(self._results) > self._maximum:
                    self._results.popitem(last=False)
        if result is not None:
            remembered: T = result.result()
            return remembered
        try:
            value = compute()
        except BaseException as error:
            with self._lock:
                if self._results.get(key) is ours:
                    del self._results[key]
            ours.set_exception(error)
            raise
        ours.set_result(value)
        return value
