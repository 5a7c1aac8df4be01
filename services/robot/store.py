"""Where the robot's book is kept: one document in the state store, written under a fence."""

import logging
import threading
from collections.abc import Callable

from pydantic import ValidationError

from services.errors import ServiceError
from services.robot.state import BOOK, Book
from services.snapshot.snapshot import FencedError
from services.storage.lease import EPOCH_KEY
from services.storage.store import Store

log = logging.getLogger(__name__)

BOOK_KEY = "robot/book"
FENCE_KEY = "robot/epoch"
ATTEMPTS = 5


class Ledger:
    """The book in the hands of the collector that holds the lease.

    A change is made on a copy, written as a whole and only then believed: after a crash at any
    point the store holds either the book before or the one after it.

    Args:
        state: Where the book lies.
        cache: Where the epoch of the lease lies.
        epoch: Ours.

    Raises:
        FencedError: Another collector has taken over.
    """

    def __init__(self, state: Store, cache: Store, epoch: int) -> None:
        self._state = state
        self._fence = str(epoch).encode()
        self._lock = threading.RLock()
        self._book: Book | None = None
        self._claim(cache)

    def book(self) -> Book:
        """The book as it is in the store."""
        with self._lock:
            if self._book is None:
                self._book = read(self._state)
            return self._book

    def change(self, how: Callable[[Book], Book]) -> Book:
        """Write the book that `how` makes of the present one.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails; whether it was written is seen at the next look.
        """
        with self._lock:
            before = self.book()
            after = how(before)
            if after == before:
                return before
            try:
                content = BOOK.dump_json(after)
                if not self._state.set_fenced(BOOK_KEY, content, FENCE_KEY, self._fence):
                    raise FencedError("another collector has taken the robot over")
            except ServiceError:
                self._book = None
                raise
            self._book = after
            return after

    def _claim(self, cache: Store) -> None:
        """Make the fence ours while the lease is.

        The fence is read before the epoch: had another collector taken over in between, it has
        moved the fence, and ours is not written.
        """
        for _ in range(ATTEMPTS):
            fence = self._state.get(FENCE_KEY)
            if cache.get(EPOCH_KEY) != self._fence:
                break
            if fence is None:
                if self._state.add(FENCE_KEY, self._fence):
                    return
            elif self._state.set_fenced(FENCE_KEY, self._fence, FENCE_KEY, fence):
                return
        raise FencedError("another collector has taken the robot over")


def read(state: Store) -> Book:
    """The book in the store; an empty one where there is none, or none that can be read."""
    content = state.get(BOOK_KEY)
    if content is None:
        return Book()
    try:
        return BOOK.validate_json(content)
    except ValidationError:
        log.error("robot: its book is of another form and begins anew")
        return Book()
