"""What a vendor said of its own accord, dealt with between two readings of everything."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from services.collector.recheck import Allowance, RecheckedTable
from services.errors import BadResponseError, NotFoundError
from services.hooks.event_queue import EventQueue, Outcome, Waiting
from services.vendors.http import Payload

# Of the requests that a vendor allows.
SHARE = 0.5
# Who is there is read no more often than so.
PEOPLE_SECONDS = 5.0
# As long as events come, the live state is not read besides.
HEARD_SECONDS = 300.0
# Each change of what waits is looked at again, though nothing rang.
LOOK_SECONDS = 5.0


@dataclass(frozen=True)
class Listener:
    """What a source does about an event; `apply_fields` is for a call as it was just then."""

    vendor: str
    table: RecheckedTable
    apply_fields: Callable[[Payload], None] | None = None
    read_people: Callable[[], None] | None = None

    @property
    def kinds(self) -> set[str]:
        """Of events: conversations, calls or tickets one by one, and people."""
        return {self.table.table.removesuffix("s"), *(["people"] if self.read_people else [])}


class PushedEvents:
    """One request a step, the newest event first. Called by the thread of one worker.

    An event stays in the queue until `settle`: what was applied counts once it is published.
    """

    def __init__(
        self,
        queue: EventQueue,
        listener: Listener,
        allowance: Allowance,
        clock: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._listener = listener
        self._allowance = allowance
        self._clock = clock
        self._rung: bytes | None = b""
        self._looked_at = 0.0
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()
        self._applied: list[Waiting] = []
        self._known: set[tuple[str, bytes]] = set()
        self._is_people_due = False
        self._people_at = 0.0
        self._heard_at = 0.0

    @property
    def is_heard(self) -> bool:
        return 0 <= self._clock() - self._heard_at < HEARD_SECONDS

    def step(self) -> bool:
        """Whether anything was applied. Errors of the vendor leave the event where it is."""
        now = self._clock()
        self._look(now)
        if not self._waiting and not self._is_people_due:
            return False
        if self._apply_fields():
            return True
        if self._read_people(now):
            return True
        return bool(self._waiting) and self._allowance.take(now) and self._read_newest()

    def list_applied(self) -> list[Waiting]:
        with self._lock:
            return list(self._applied)

    def settle(self, published: list[Waiting]) -> None:
        """These are in a version: they leave the queue."""
        self._queue.drop(published)
        with self._lock:
            self._applied = [event for event in self._applied if event not in published]
            self._known = {(event.key, event.content) for event in self._applied}

    def _look(self, now: float) -> None:
        rung = self._queue.listen()
        if rung == self._rung and 0 <= now - self._looked_at < LOOK_SECONDS:
            return
        if rung != self._rung and self._rung != b"":
            self._heard_at = now
        self._rung, self._looked_at = rung, now
        kinds = self._listener.kinds
        with self._lock:
            known = set(self._known)
        self._waiting = [
            event
            for event in self._queue.list_waiting(self._listener.vendor)
            if event.kind in kinds and (event.key, event.content) not in known
        ]

    def _apply_fields(self) -> bool:
        apply_fields = self._listener.apply_fields
        if apply_fields is None:
            return False
        was_any = False
        for event in list(self._waiting):
            fields = self._queue.take_fields(event) if event.kind == "call" else None
            if fields is None:
                continue
            try:
                apply_fields(fields)
            except BadResponseError:
                # Not as documented: the vendor is asked for it.
                continue
            self._finish(event, "applied")
            was_any = self._is_people_due = True
        return was_any

    def _read_people(self, now: float) -> bool:
        read_people = self._listener.read_people
        told = [event for event in self._waiting if event.kind == "people"]
        if read_people is None or not (told or self._is_people_due):
            return False
        if 0 <= now - self._people_at < PEOPLE_SECONDS or not self._allowance.take(now):
            return False
        self._people_at, self._is_people_due = now, False
        read_people()
        for event in told:
            self._finish(event, "read")
        return True

    def _read_newest(self) -> bool:
        event = next((event for event in self._waiting if event.kind != "people"), None)
        if event is None:
            return False
        try:
            rows = [self._listener.table.fetch_one(event.id)]
        except NotFoundError:
            # Only what was also said to be deleted goes; the second look finds all others.
            if event.is_deletion:
                self._listener.table.remove_rows([event.id])
            self._finish(event, "gone")
            return True
        except BadResponseError:
            self._finish(event, "failed")
            raise
        try:
            self._listener.table.add_rows(rows)
        finally:
            self._finish(event, "read")
        return True

    def _finish(self, event: Waiting, outcome: Outcome) -> None:
        self._waiting.remove(event)
        with self._lock:
            self._applied.append(event)
            self._known.add((event.key, event.content))
        self._queue.note(self._listener.vendor, outcome)
