"""Where the robot's state is kept: one document in the state store, written under a fence."""

import logging
import threading
from collections.abc import Callable

from pydantic import ValidationError

from services.errors import ServiceError
from services.robot.state import AlertState, dump_state, parse_state
from services.snapshot.snapshot import FencedError
from services.storage.lease import EPOCH_KEY
from services.storage.store import StorageFullError, Store

log = logging.getLogger(__name__)

STATE_KEY = "robot/book"
FENCE_KEY = "robot/epoch"
ATTEMPTS = 5


class AlertStore:
    """The state in the hands of the collector that holds the lease, whose epoch lies in `cache`.

    A change is made on a copy, written as a whole and only then believed: after a crash at any
    point the store holds either the state before or the one after it. While the store is full the
    state is held in memory, and written with the first change for which there is room.

    Raises:
        FencedError: Another collector has taken over.
    """

    def __init__(self, state: Store, cache: Store, epoch: int) -> None:
        self._store = state
        self._cache = cache
        self._fence = str(epoch).encode()
        self._lock = threading.RLock()
        self._state: AlertState | None = None
        self._is_claimed = False
        self._is_written = True
        self._save(self._claim)

    def load(self) -> AlertState:
        with self._lock:
            if self._state is None:
                self._state = load_alert_state(self._store)
            return self._state

    def update(self, change: Callable[[AlertState], AlertState]) -> AlertState:
        """Write the state that `change` makes of the present one.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails; whether it was written is seen at the next look.
        """
        with self._lock:
            before = self.load()
            after = change(before)
            if after == before and self._is_written:
                return before
            try:
                self._is_written = self._save(lambda: self._write(after))
            except ServiceError:
                # What is nowhere else is not thrown away.
                if self._is_written:
                    self._state = None
                raise
            self._state = after
            return after

    def _save(self, write: Callable[[], None]) -> bool:
        """Whether there was room; without room the lease alone says who works."""
        try:
            write()
        except StorageFullError as error:
            log.warning("robot: goes on from memory: %s", error)
            if self._cache.get(EPOCH_KEY) != self._fence:
                raise FencedError("another collector has taken the robot over") from error
            return False
        return True

    def _write(self, state: AlertState) -> None:
        if not self._is_claimed:
            self._claim()
        if not self._store.set_fenced(STATE_KEY, dump_state(state), FENCE_KEY, self._fence):
            raise FencedError("another collector has taken the robot over")

    def _claim(self) -> None:
        """Make the fence ours while the lease is.

        The fence is read before the epoch: had another collector taken over in between, it has
        moved the fence, and ours is not written.
        """
        for _ in range(ATTEMPTS):
            fence = self._store.get(FENCE_KEY)
            if self._cache.get(EPOCH_KEY) != self._fence:
                break
            if fence is None:
                self._is_claimed = self._store.add(FENCE_KEY, self._fence)
            else:
                self._is_claimed = self._store.set_fenced(FENCE_KEY, self._fence, FENCE_KEY, fence)
            if self._is_claimed:
                return
        raise FencedError("another collector has taken the robot over")


def load_alert_state(store: Store) -> AlertState:
    """The state in the store; an empty one where there is none, or none that can be read."""
    content = store.get(STATE_KEY)
    if content is None:
        return AlertState()
    try:
        return parse_state(content)
    except ValidationError:
        log.error("robot: its state is of another form and begins anew")
        return AlertState()
