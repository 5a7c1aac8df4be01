"""The collector: reads both vendors and publishes snapshots, one process in a deployment.

Each vendor has a thread of its own, so that one that hangs does not hold up the other; this one
publishes what they bring. A vendor that fails keeps its last good data, ageing visibly.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial

from services.collector.run import CollectorRun
from services.errors import ServiceError
from services.hooks.event_queue import EventQueue
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.snapshot.snapshot import FencedError
from services.storage.command_queue import CLEAR_CACHE, CommandQueue
from services.storage.lease import Lease
from services.storage.store import TROUBLES, Store, Trouble
from services.vendors.aircall import Aircall
from services.vendors.intercom import Intercom

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.25
COMMANDS_SECONDS = 1.0
# After a store failed, or had no room.
RETRY_SECONDS = 5.0
END_SECONDS = 0.5
TROUBLES_SECONDS = 30.0


class Collector:
    """Collects while it holds the lease.

    Args:
        state: Where the roster and the commands lie.
        after_publish: Called with every version, in turn, before the next one is published.
        during: Each entered with the epoch for as long as the lease is ours.
    """

    def __init__(
        self,
        intercom: Intercom,
        aircall: Aircall | None,
        *,
        lease: Lease,
        cache: Store,
        state: Store,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        events: EventQueue | None = None,
        after_publish: Sequence[Callable[[Snapshot], None]] = (),
        during: Sequence[Callable[[int], AbstractContextManager[object]]] = (),
    ) -> None:
        self._lease = lease
        self._cache = cache
        self._after_publish = after_publish
        self._during = during
        self._commands = CommandQueue(state)
        self._stores = {"cache": cache, "state": state}
        self._troubles: set[tuple[str, Trouble]] = set()
        self._start_run = partial(
            CollectorRun,
            intercom,
            aircall,
            cache=cache,
            state=state,
            settings=settings,
            clock=clock,
            events=events,
        )

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                epoch = self._lease.acquire(WAIT_SECONDS)
                if epoch is None:
                    continue
                log.info("collecting (epoch %d)", epoch)
                with self._follow(epoch):
                    self._work(self._start_run(epoch=epoch), stop)
            except FencedError as error:
                log.warning("collector: %s", error)
            except ServiceError as error:
                log.warning("collector: starting over: %s", error)
                stop.wait(RETRY_SECONDS)
            finally:
                self._lease.release()

    def run_cycle(self) -> None:
        """One cycle in this very thread; that a vendor fails is published, not raised."""
        epoch = self._lease.acquire()
        assert epoch is not None
        try:
            run = self._start_run(epoch=epoch)
            with self._follow(epoch):
                for worker in run.workers:
                    worker.run_cycle()
                self._publish(run)
        finally:
            self._lease.release()

    def _follow(self, epoch: int) -> ExitStack:
        with ExitStack() as stack:
            for follow in self._during:
                stack.enter_context(follow(epoch))
            return stack.pop_all()

    def _work(self, run: CollectorRun, stop: threading.Event) -> None:
        stop_workers = threading.Event()
        threads = [
            threading.Thread(
                target=worker.run, args=(stop_workers,), daemon=True, name=worker.source.name
            )
            for worker in run.workers
        ]
        for thread in threads:
            thread.start()
        try:
            checked_at, looked_at = 0.0, -TROUBLES_SECONDS
            while not stop.is_set() and self._lease.is_held():
                if run.wait(WAIT_SECONDS):
                    self._publish(run)
                if time.monotonic() - looked_at >= TROUBLES_SECONDS:
                    looked_at = time.monotonic()
                    self._look_after_stores()
                if time.monotonic() - checked_at >= COMMANDS_SECONDS:
                    checked_at = time.monotonic()
                    if self._commands.take(CLEAR_CACHE):
                        log.info("cache emptied on demand; collecting anew")
                        self._cache.clear()
                        return
        finally:
            stop_workers.set()
            end = time.monotonic() + END_SECONDS
            for thread in threads:
                # One that waits for its vendor finds nobody to hand its answer to.
                thread.join(timeout=max(0.0, end - time.monotonic()))

    def _look_after_stores(self) -> None:
        """Tell troubles when they begin; the status page tells them for as long as they last."""
        with suppress(ServiceError):
            self._stores["state"].drop_expired()
        found = {(name, t) for name, store in self._stores.items() for t in store.find_troubles()}
        for name, trouble in sorted(found - self._troubles):
            log.error("store %s: %s", name, TROUBLES[trouble])
        self._troubles = found

    def _publish(self, run: CollectorRun) -> None:
        run.publish()
        snapshot = run.dataset.snapshot() if self._after_publish else None
        if snapshot is None:
            return
        for hook in self._after_publish:
            try:
                hook(snapshot)
            except Exception as error:
                # Whoever follows must not hold up those who look.
                log.error("collector: a follower failed: %s", type(error).__name__)
