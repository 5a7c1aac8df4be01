"""The robot in the collector: evaluates every version, and has a thread of its own that sends."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from metrics.alerts.model import Directory, Evaluation, Message
from services.errors import ServiceError
from services.robot.alert_settings import ActiveSettings, load_active_settings
from services.robot.delivery import Draw, Sender, abandon_outbox
from services.robot.history import History
from services.robot.inputs import (
    CallDebounce,
    Surroundings,
    evaluate_snapshot,
    list_screens,
    track_bad_since,
)
from services.robot.messages import build_directory, compose_message
from services.robot.slack import Slack
from services.robot.state import AlertState, OutboxMessage, SlackStatus
from services.robot.store import AlertStore
from services.robot.transitions import (
    Policy,
    acknowledge_incident,
    advance,
    escalate,
    mute_incident,
    new_id,
)
from services.settings.decisions import Decisions
from services.snapshot.dataset import Snapshot
from services.snapshot.snapshot import FencedError
from services.storage.command_queue import CommandQueue
from services.storage.store import StorageFullError, Store

log = logging.getLogger(__name__)

ACKNOWLEDGE, MUTE, TEST = "acknowledge", "mute", "test_message"
Evaluate = Callable[[Snapshot, ActiveSettings, Surroundings], Evaluation]
KINDS = (ACKNOWLEDGE, MUTE, TEST)
IDLE_SECONDS = 1.0
RETRY_SECONDS = 5.0
STOP_SECONDS = 0.5
MUTE_MINUTES = 30.0


class Robot:
    """Watches while its collector holds the lease; without Slack it only watches.

    The epoch of the lease lies in `cache`; links open in the workspace `app_id`.
    """

    def __init__(
        self,
        *,
        state: Store,
        cache: Store,
        decisions: Decisions,
        slack: Slack | None,
        draw: Draw,
        app_id: str | None = None,
        clock: Callable[[], float] = time.time,
        make_id: Callable[[], str] = new_id,
        evaluate: Evaluate = evaluate_snapshot,
    ) -> None:
        self._state = state
        self._cache = cache
        self._decisions = decisions
        self._slack = slack
        self._draw = draw
        self._clock = clock
        self._app_id = app_id
        self._make_id = make_id
        self._evaluate = evaluate
        self._commands = CommandQueue(state)
        self._history = History(state)
        self._snapshot: Snapshot | None = None
        self._directory: tuple[int, Directory] | None = None
        self._as_of: dict[str, Any] = {}
        self._evaluated_marks: tuple[object, ...] = ()
        self._evaluated_at: float | None = None
        self._epoch: int | None = None
        # Nobody heard the screens while nobody worked.
        self._started_at = 0.0
        self._debounce = CallDebounce()
        self._store: AlertStore | None = None
        self._sender: Sender | None = None
        self._wake = threading.Event()
        self._command_lock = threading.Lock()
        self._done_commands: Set[str] = frozenset()

    @contextmanager
    def running(self, epoch: int) -> Iterator[None]:
        """Work under this epoch: `process_snapshot` evaluates, a thread delivers."""
        self.start(epoch)
        stop = threading.Event()
        thread = threading.Thread(target=self._run_sender, args=(stop,), daemon=True, name="robot")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self._wake.set()
            # One that waits for Slack finds its fence moved once another collector works.
            thread.join(STOP_SECONDS)
            self._store = self._sender = None

    def start(self, epoch: int) -> None:
        """Be ready to work under this epoch; the state is taken over at the first version."""
        self._epoch = epoch
        self._store = self._sender = None
        self._as_of = {}
        self._evaluated_marks, self._evaluated_at = (), None
        self._started_at = self._clock()
        self._debounce = CallDebounce()

    def process_snapshot(self, snapshot: Snapshot) -> None:
        """Evaluate a version, decide what is to be sent, and make that safe.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails; the next version is evaluated anew.
        """
        try:
            self._evaluate_snapshot(snapshot, self._ensure_store())
        except FencedError:
            # Should it be a mistake, and the lease still ours, the next version takes over again.
            self._store = self._sender = None
            raise

    def process_commands(self) -> None:
        """Do what people asked for, and only then forget it; errors as of `AlertStore.update`."""
        # Both threads look here, and a request must not be done by both.
        with self._command_lock:
            store = self._store
            documents = self._commands.peek(KINDS) if store is not None else {}
            if store is None or not documents:
                return
            now = self._clock()
            policy = self._policy(load_active_settings(self._decisions), now)

            def apply_commands(state: AlertState) -> AlertState:
                for key, document in documents.items():
                    if key not in self._done_commands:
                        state = self._apply_command(state, key, document, policy, now)
                return state

            store.update(apply_commands)
            try:
                self._commands.drop(documents)
            except StorageFullError:
                # They stay in the queue until there is room.
                self._done_commands = documents.keys()
            else:
                self._done_commands = frozenset()
        self._wake.set()

    def deliver(self) -> float:
        """Seconds until there may be more to do; errors as of `AlertStore.update`."""
        store, sender = self._store, self._sender
        now = self._clock()
        if store is not None and (state := store.load()) != state.at(now):
            policy = self._policy(load_active_settings(self._decisions), now)
            store.update(lambda state: escalate(state, policy, now))
        return IDLE_SECONDS if sender is None else sender.step()

    def _evaluate_snapshot(self, snapshot: Snapshot, store: AlertStore) -> None:
        now = self._clock()
        self._snapshot = snapshot
        self.process_commands()
        if not self._is_due(snapshot, now):
            return
        active = load_active_settings(self._decisions)
        policy = self._policy(active, now)
        before = store.load()
        bad_since = track_bad_since(before.bad_since, snapshot.sources, now)
        surroundings = Surroundings(
            bad_since, list_screens(self._state, before.incidents), self._started_at
        )
        live = {incident.problem.key for incident in before.incidents if incident.is_live}
        evaluation = self._evaluate(snapshot, active, surroundings)
        evaluation = self._debounce.hold_back_doubtful(evaluation, live, snapshot.sources)
        fresh_sources = {
            name
            for name, status in snapshot.sources.items()
            if status.as_of is not None and status.as_of != self._as_of.get(name)
        }

        def decide(state: AlertState) -> AlertState:
            if self._slack is None:
                state = abandon_outbox(state, now)
            state = replace(state, bad_since=bad_since, slack=self._slack_status(state.slack, now))
            return advance(state, evaluation, policy, now, fresh_sources=fresh_sources)

        with suppress(StorageFullError):  # what is over waits among what goes on
            self._archive(store.update(decide), now)
        self._as_of = {name: status.as_of for name, status in snapshot.sources.items()}
        self._evaluated_marks, self._evaluated_at = _source_marks(snapshot), now
        self._wake.set()

    def _run_sender(self, stop: threading.Event) -> None:
        wait = IDLE_SECONDS
        while not stop.is_set():
            self._wake.wait(min(wait, IDLE_SECONDS))
            self._wake.clear()
            if stop.is_set():
                return
            try:
                self.process_commands()
                wait = self.deliver()
            except ServiceError as error:
                log.warning("robot: %s; again in %.0f s", error, RETRY_SECONDS)
                stop.wait(RETRY_SECONDS)
            except Exception as error:
                # Its text may hold names; a robot that went silent would be worse than one that
                # tries again.
                log.error("robot: %s while delivering", type(error).__name__)
                stop.wait(RETRY_SECONDS)

    def _ensure_store(self) -> AlertStore:
        if self._store is None:
            if self._epoch is None:
                raise FencedError("the robot is not on duty")
            store = AlertStore(self._state, self._cache, self._epoch)
            store.load()
            self._store = store
            if self._slack is not None:
                self._sender = Sender(
                    store,
                    self._slack,
                    compose=self._compose_message,
                    draw=self._draw,
                    clock=self._clock,
                    make_id=self._make_id,
                )
        return self._store

    def _is_due(self, snapshot: Snapshot, now: float) -> bool:
        """Whether a vendor has answered, or enough time has passed for what depends on time."""
        since = None if self._evaluated_at is None else now - self._evaluated_at
        interval = self._decisions.current.settings.sync.interval_seconds
        passed = since is None or not 0 <= since < interval
        return passed or _source_marks(snapshot) != self._evaluated_marks

    def _policy(self, active: ActiveSettings, now: float) -> Policy:
        slack = self._slack
        policy = active.policy(
            now, has_slack=slack is not None, can_edit=slack is not None and slack.can_edit
        )
        return replace(policy, make_id=self._make_id)

    def _slack_status(self, before: SlackStatus, now: float) -> SlackStatus:
        if self._slack is None:
            return before if before.state == "off" else SlackStatus("off", now)
        return SlackStatus("starting", now) if before.state == "off" else before

    def _apply_command(
        self,
        state: AlertState,
        key: str,
        document: Mapping[str, Any],
        policy: Policy,
        now: float,
    ) -> AlertState:
        kind, incident_id = document["kind"], str(document.get("life", ""))
        by = str(document.get("by") or "")
        if kind == ACKNOWLEDGE:
            return acknowledge_incident(state, incident_id, by, policy, now)
        if kind == MUTE:
            minutes = document.get("minutes", MUTE_MINUTES)
            seconds = 60 * (minutes if isinstance(minutes, int | float) else MUTE_MINUTES)
            return mute_incident(state, incident_id, now + seconds, now)
        # The key of the document is the message's id, so that one request is one message.
        if self._slack is None or any(entry.id == key for entry in state.outbox):
            return state
        message = OutboxMessage(key, "test", now, asked_by=by)
        return replace(state, outbox=(*state.outbox, message))

    def _archive(self, state: AlertState, now: float) -> None:
        finished = state.finished_incidents()
        if finished:
            assert self._store is not None
            self._history.add(finished, now)
            self._store.update(lambda state: state.without_incidents(finished))

    def _compose_message(self, state: AlertState, entry: OutboxMessage, now: float) -> Message:
        return compose_message(state, entry, now, self._current_directory())

    def _current_directory(self) -> Directory:
        snapshot = self._snapshot
        if snapshot is None:
            return Directory()
        known = self._directory
        if known is None or known[0] != snapshot.version:
            known = self._directory = (
                snapshot.version,
                build_directory(snapshot, self._decisions.current.settings, self._app_id),
            )
        return known[1]


def _source_marks(snapshot: Snapshot) -> tuple[object, ...]:
    return tuple((name, s.state, s.as_of) for name, s in sorted(snapshot.sources.items()))
