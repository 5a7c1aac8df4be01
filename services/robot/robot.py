"""The robot in the collector: looks at every version, and has a thread of its own that speaks."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from metrics.alerts.model import Directory, Message, Outlook
from services.errors import ServiceError
from services.robot.alert_settings import Thresholds, thresholds
from services.robot.debounce import Confirming
from services.robot.delivery import Courier, Draw, abandoned
from services.robot.history import History
from services.robot.inputs import Around, look, screens, trouble
from services.robot.messages import composed, directory
from services.robot.slack import Slack
from services.robot.state import Book, Order, SlackStatus
from services.robot.store import Ledger
from services.robot.transitions import Policy, acknowledged, advance, muted, new_id
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.snapshot.snapshot import FencedError
from services.storage.command_queue import CommandQueue
from services.storage.store import Store

log = logging.getLogger(__name__)

ACKNOWLEDGE, MUTE, TEST = "acknowledge", "mute", "test_message"
Look = Callable[[Snapshot, Thresholds, Around], Outlook]
KINDS = (ACKNOWLEDGE, MUTE, TEST)
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 5.0
END_SECONDS = 0.5
MUTE_MINUTES = 30.0


class Robot:
    """Watches while its collector holds the lease.

    Args:
        state: Where its book, its history and the inbox lie.
        cache: Where the epoch of the lease lies.
        settings: Of config.yaml.
        slack: To whom it speaks; None = it only watches.
        draw: Puts a message into words.
        clock: Unix seconds.
        names: Makes ids.
        look: Says what the rules find in a version.
    """

    def __init__(
        self,
        *,
        state: Store,
        cache: Store,
        settings: Settings,
        slack: Slack | None,
        draw: Draw,
        clock: Callable[[], float] = time.time,
        names: Callable[[], str] = new_id,
        look: Look = look,
    ) -> None:
        self._state = state
        self._cache = cache
        self._settings = settings
        self._slack = slack
        self._draw = draw
        self._clock = clock
        self._names = names
        self._look = look
        self._inbox = CommandQueue(state)
        self._history = History(state)
        self._snapshot: Snapshot | None = None
        self._directory: tuple[int, Directory] | None = None
        self._as_of: dict[str, Any] = {}
        self._seen: tuple[object, ...] = ()
        self._looked_at: float | None = None
        self._epoch: int | None = None
        # Nobody heard the screens while nobody worked.
        self._began_at = 0.0
        self._confirming = Confirming()
        self._ledger: Ledger | None = None
        self._courier: Courier | None = None
        self._wake = threading.Event()
        self._reading = threading.Lock()

    @contextmanager
    def on_duty(self, epoch: int) -> Iterator[None]:
        """Work under this epoch: `follow` looks at versions, a thread delivers."""
        self.begin(epoch)
        over = threading.Event()
        thread = threading.Thread(target=self._speak, args=(over,), daemon=True, name="robot")
        thread.start()
        try:
            yield
        finally:
            over.set()
            self._wake.set()
            # One that waits for Slack finds its fence moved once another collector works.
            thread.join(END_SECONDS)
            self._ledger = self._courier = None

    def begin(self, epoch: int) -> None:
        """Be ready to work under this epoch; the book is taken over at the first version."""
        self._epoch = epoch
        self._ledger = self._courier = None
        self._as_of = {}
        self._seen, self._looked_at = (), None
        self._began_at = self._clock()
        self._confirming = Confirming()

    def follow(self, snapshot: Snapshot) -> None:
        """Look at a version, decide what is to be said, and make that safe.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails; the next version is looked at anew.
        """
        try:
            self._look_at(snapshot, self._taken_over())
        except FencedError:
            # Should it be a mistake, and the lease still ours, the next version takes over again.
            self._ledger = self._courier = None
            raise

    def read_inbox(self) -> None:
        """Do what people asked for, and only then forget that they did.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails.
        """
        # Both threads look here, and a request must not be done by both.
        with self._reading:
            ledger = self._ledger
            documents = self._inbox.peek(KINDS) if ledger is not None else {}
            if ledger is None or not documents:
                return
            now = self._clock()
            policy = self._policy(thresholds(self._settings, self._state), now)

            def done(book: Book) -> Book:
                for key, document in documents.items():
                    book = self._done(book, key, document, policy, now)
                return book

            ledger.change(done)
            self._inbox.drop(documents)
        self._wake.set()

    def deliver(self) -> float:
        """Carry what is to be said a step further; seconds until there may be more to do.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails.
        """
        courier = self._courier
        return LOOK_SECONDS if courier is None else courier.step()

    def _look_at(self, snapshot: Snapshot, ledger: Ledger) -> None:
        now = self._clock()
        self._snapshot = snapshot
        self.read_inbox()
        if not self._is_due(snapshot, now):
            return
        holding = thresholds(self._settings, self._state)
        policy = self._policy(holding, now)
        before = ledger.book()
        bad_since = trouble(before.bad_since, snapshot.sources, now)
        around = Around(bad_since, screens(self._state, before.lives), self._began_at)
        live = {life.problem.key for life in before.lives if life.is_live}
        outlook = self._look(snapshot, holding, around)
        outlook = self._confirming.confirmed(outlook, live, snapshot.sources)
        fresh = {
            name
            for name, status in snapshot.sources.items()
            if status.as_of is not None and status.as_of != self._as_of.get(name)
        }

        def decided(book: Book) -> Book:
            if self._slack is None:
                book = abandoned(book, now)
            book = replace(book, bad_since=bad_since, slack=self._slack_status(book.slack, now))
            return advance(book, outlook, policy, now, fresh=fresh)

        self._archive(ledger.change(decided), now)
        self._as_of = {name: status.as_of for name, status in snapshot.sources.items()}
        self._seen, self._looked_at = _marks(snapshot), now
        self._wake.set()

    def _speak(self, over: threading.Event) -> None:
        wait = LOOK_SECONDS
        while not over.is_set():
            self._wake.wait(min(wait, LOOK_SECONDS))
            self._wake.clear()
            if over.is_set():
                return
            try:
                self.read_inbox()
                wait = self.deliver()
            except ServiceError as error:
                log.warning("robot: %s; again in %.0f s", error, AGAIN_SECONDS)
                over.wait(AGAIN_SECONDS)
            except Exception as error:
                # Its text may hold names; a robot that went silent would be worse than one that
                # tries again.
                log.error("robot: %s while delivering", type(error).__name__)
                over.wait(AGAIN_SECONDS)

    def _taken_over(self) -> Ledger:
        if self._ledger is None:
            if self._epoch is None:
                raise FencedError("the robot is not on duty")
            ledger = Ledger(self._state, self._cache, self._epoch)
            ledger.book()
            self._ledger = ledger
            if self._slack is not None:
                self._courier = Courier(
                    ledger,
                    self._slack,
                    compose=self._composed,
                    draw=self._draw,
                    clock=self._clock,
                    names=self._names,
                )
        return self._ledger

    def _is_due(self, snapshot: Snapshot, now: float) -> bool:
        """Whether a vendor has answered, or enough time has passed for what depends on time."""
        since = None if self._looked_at is None else now - self._looked_at
        passed = since is None or not 0 <= since < self._settings.sync.interval_seconds
        return passed or _marks(snapshot) != self._seen

    def _policy(self, holding: Thresholds, now: float) -> Policy:
        slack = self._slack
        policy = holding.policy(
            now, has_slack=slack is not None, edits=slack is not None and slack.can_edit
        )
        return replace(policy, names=self._names)

    def _slack_status(self, before: SlackStatus, now: float) -> SlackStatus:
        if self._slack is None:
            return before if before.state == "off" else SlackStatus("off", now)
        return SlackStatus("starting", now) if before.state == "off" else before

    def _done(
        self, book: Book, key: str, document: Mapping[str, Any], policy: Policy, now: float
    ) -> Book:
        kind, life = document["kind"], str(document.get("life", ""))
        by = str(document.get("by") or "")
        if kind == ACKNOWLEDGE:
            return acknowledged(book, life, by, policy, now)
        if kind == MUTE:
            minutes = document.get("minutes", MUTE_MINUTES)
            seconds = 60 * (minutes if isinstance(minutes, int | float) else MUTE_MINUTES)
            return muted(book, life, now + seconds, now)
        # The key of the document is the order's id, so that one request is one message.
        if self._slack is None or any(order.id == key for order in book.orders):
            return book
        return replace(book, orders=(*book.orders, Order(key, "test", now, asked_by=by)))

    def _archive(self, book: Book, now: float) -> None:
        settled = book.settled()
        if settled:
            assert self._ledger is not None
            self._history.keep(settled, now)
            self._ledger.change(lambda book: book.without(settled))

    def _composed(self, book: Book, order: Order, now: float) -> Message:
        return composed(book, order, now, self._names_known())

    def _names_known(self) -> Directory:
        """The names of the newest version, read when they are needed first."""
        snapshot = self._snapshot
        if snapshot is None:
            return Directory()
        known = self._directory
        if known is None or known[0] != snapshot.version:
            known = self._directory = snapshot.version, directory(snapshot, self._settings)
        return known[1]


def _marks(snapshot: Snapshot) -> tuple[object, ...]:
    return tuple((name, s.state, s.as_of) for name, s in sorted(snapshot.sources.items()))
