"""The collector: reads both vendors and publishes snapshots, one process in a deployment.

Each vendor has a thread of its own, so that one that hangs does not hold up the other; this one
publishes what they bring. A vendor that fails keeps its last good data, ageing visibly.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pandas as pd

from metrics import schema
from metrics.periods import midnight, today
from services.aircall import Aircall
from services.config import Settings
from services.errors import ServiceError
from services.holdings import Holdings
from services.intercom import Intercom
from services.lease import Lease
from services.manifest import WHOLE, History, SourceStatus
from services.roster import Roster, with_since
from services.snapshot import (
    FencedError,
    PartitionMissingError,
    SnapshotReader,
    SnapshotWriter,
)
from services.store import Store
from services.tables import agents_table, teams_table
from services.text_source import TextSource
from services.voice_source import VoiceSource
from services.worker import Source, Worker

log = logging.getLogger(__name__)

INBOX = "inbox/"
CLEAR_CACHE = "clear_cache"
# While history arrives, a new version this often is enough.
PUBLISH_SECONDS = 2.0
LEASE_SECONDS = 1.0
AGENTS, TEAMS = ("agents", WHOLE), ("teams", WHOLE)


class Collector:
    """Collects while it holds the lease.

    Args:
        intercom: The client of the required vendor.
        aircall: The client of the optional one; None = not configured.
        lease: The right to collect.
        cache: Where snapshots are published.
        state: Where the roster and the inbox lie.
        settings: Intervals, history, people.
        clock: Unix seconds.
        after_publish: Called with the new version after every publication.
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
        after_publish: Sequence[Callable[[int], None]] = (),
    ) -> None:
        self._intercom = intercom
        self._aircall = aircall
        self._lease = lease
        self._cache = cache
        self._state = state
        self._settings = settings
        self._clock = clock
        self._after_publish = after_publish

    def run(self, stop: threading.Event) -> None:
        """Wait for the lease, work while it is ours, and so on until told to stop."""
        while not stop.is_set():
            try:
                epoch = self._lease.acquire(LEASE_SECONDS)
                if epoch is None:
                    continue
                log.info("collecting (epoch %d)", epoch)
                self._work(epoch, stop)
            except FencedError as error:
                log.warning("collector: %s", error)
            except ServiceError as error:
                log.warning("collector: starting over: %s", error)
                stop.wait(LEASE_SECONDS)
            finally:
                self._lease.release()

    def _work(self, epoch: int, stop: threading.Event) -> None:
        turn = Turn(
            self._intercom,
            self._aircall,
            epoch,
            self._cache,
            self._state,
            self._settings,
            self._clock,
        )
        over = threading.Event()
        threads = [
            threading.Thread(target=worker.run, args=(over,), daemon=True, name=worker.source.name)
            for worker in turn.workers
        ]
        for thread in threads:
            thread.start()
        try:
            while not stop.is_set() and self._lease.held():
                if turn.wait():
                    version = turn.publish()
                    for hook in self._after_publish:
                        hook(version)
                if turn.is_cleared():
                    log.info("cache emptied on demand; collecting anew")
                    return
        finally:
            over.set()
            for thread in threads:
                thread.join(timeout=1)


class Turn:
    """One time of holding the lease: rows in memory, workers, and the writer of snapshots."""

    def __init__(
        self,
        intercom: Intercom,
        aircall: Aircall | None,
        epoch: int,
        cache: Store,
        state: Store,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._cache = cache
        self._state = state
        self._holdings = Holdings()
        self._roster = Roster(state)
        self._news = threading.Event()
        self._minute_ended = False
        self._published_at = 0.0
        self._trimmed_on: date | None = None
        self._agents = schema.empty("agents")
        self._mentioned: set[str] = set()
        self._text = TextSource(intercom, self._holdings, settings, clock)
        self._voice = (
            VoiceSource(aircall, self._holdings, settings.zone, clock) if aircall else None
        )
        sources: list[Source] = [self._text]
        if self._voice is not None:
            sources.append(self._voice)
        interval = settings.sync.interval_seconds
        self.workers = [Worker(s, interval, self._target, self._wake, clock) for s in sources]
        self._writer = SnapshotWriter(
            cache,
            epoch=epoch,
            expire_seconds=settings.cache.expires_hours * 3600,
            maximum_bytes=settings.cache.maximum_megabytes * 2**20,
            clock=clock,
        )
        self._resume()

    def wait(self) -> bool:
        """Wait a moment for news; whether it is time to publish."""
        came = self._news.wait(LEASE_SECONDS)
        if not came:
            return False
        due = self._clock() - self._published_at >= PUBLISH_SECONDS
        if not due and not self._minute_ended:
            time.sleep(0.05)
            return False
        return True

    def publish(self) -> int:
        """Publish everything that is new.

        Raises:
            FencedError: Another collector has taken over.
            StorageFullError: The cache has no room.
        """
        self._news.clear()
        self._minute_ended = False
        for worker in self.workers:
            worker.check_age()
        self._trim()
        marks: dict[str, Any] = {w.source.name: w.source.watermark() for w in self.workers}
        changed, removed = self._holdings.changes()
        for name in self._writer.lost():
            rows = self._holdings.partition(name)
            if rows is not None:
                changed.setdefault(name, rows)
        for name, rows in changed.items():
            if name[0] == "conversations":
                self._mentioned.update(rows["agent_id"].dropna().unique())
        written = {**changed, **self._people()}
        try:
            version = self._writer.publish(
                written,
                self._sources(),
                self._history(),
                watermarks=marks,
                meta=self._meta(),
                removed=removed,
            )
        except ServiceError:
            self._holdings.unpublished(changed, removed)
            raise
        self._published_at = self._clock()
        return version

    def is_cleared(self) -> bool:
        """Whether a manager asked for an empty cache; then it is empty."""
        asked = [key for key in self._state.keys(INBOX) if self._is_clearing(key)]
        for key in asked:
            self._state.delete(key)
        if asked:
            self._cache.clear()
        return bool(asked)

    def _is_clearing(self, key: str) -> bool:
        content = self._state.get(key)
        try:
            return content is not None and orjson.loads(content).get("kind") == CLEAR_CACHE
        except (orjson.JSONDecodeError, AttributeError):
            return False

    def _wake(self, minute_ended: bool) -> None:
        self._minute_ended = self._minute_ended or minute_ended
        self._news.set()

    def _resume(self) -> None:
        """Take over what is published; a vendor whose rows are damaged begins anew."""
        manifest = self._writer.manifest
        if manifest is None:
            return
        reader = SnapshotReader(self._cache)
        damaged = {table for table, _ in manifest.lost}
        for name, partition in manifest.partitions.items():
            try:
                rows = reader.partition(partition)
            except PartitionMissingError as error:
                log.warning("collector: %s; reading again", error)
                damaged.add(name[0])
                continue
            if name == AGENTS:
                self._agents = rows
            elif name != TEAMS:
                self._holdings.resume(name, rows)
                if name[0] == "conversations":
                    self._mentioned.update(rows["agent_id"].dropna().unique())
        tables = {"intercom": "conversations", "aircall": "calls"}
        for worker in self.workers:
            mark = manifest.watermarks.get(worker.source.name)
            if mark and tables[worker.source.name] not in damaged:
                worker.source.resume(dict(mark))

    def _today(self) -> date:
        return today(datetime.fromtimestamp(self._clock(), UTC), self._settings.zone)

    def _first_day(self) -> date:
        return self._today() - timedelta(days=self._settings.sync.history_days - 1)

    def _target(self) -> int:
        return int(midnight(self._first_day(), self._settings.zone).timestamp())

    def _history(self) -> History:
        """Whole local days that every vendor has delivered, counted back from today."""
        total = self._settings.sync.history_days
        boundaries = [worker.source.history.boundary for worker in self.workers]
        known = [boundary for boundary in boundaries if boundary is not None]
        if len(known) < len(boundaries):
            return History(0, total, complete=False)
        instant = datetime.fromtimestamp(max(known), UTC)
        first = today(instant, self._settings.zone)
        if midnight(first, self._settings.zone) < instant:
            first += timedelta(days=1)
        first = max(first, self._first_day())
        loaded = (self._today() - first).days + 1
        done = all(worker.source.history.is_done(self._target()) for worker in self.workers)
        return History(
            max(0, loaded), total, complete=done, first_day=first if loaded > 0 else None
        )

    def _sources(self) -> dict[str, SourceStatus]:
        statuses: dict[str, SourceStatus] = {
            worker.source.name: worker.progress.status for worker in self.workers
        }
        if self._voice is None:
            statuses["aircall"] = SourceStatus("off")
        return statuses

    def _people(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Agents and teams, once Intercom has told them."""
        if not self._text.admins:
            return {}
        users = self._voice.users if self._voice else []
        words = self._voice.availabilities if self._voice else {}
        present = agents_table(
            self._text.admins, users, words, self._settings.people, self._text.reasons
        )
        now = pd.Timestamp(int(self._clock()), unit="s", tz="UTC")
        present = with_since(present, self._agents, now)
        self._roster.remember(present)
        agents = self._roster.with_leavers(present, self._mentioned)
        self._agents = agents
        return {AGENTS: agents, TEAMS: teams_table(self._text.teams)}

    def _meta(self) -> dict[str, Any]:
        causes = {w.source.name: w.progress.cause for w in self.workers if w.progress.cause}
        return {
            "app_id": self._text.app.get("id_code"),
            "workspace": self._text.app.get("name"),
            "attributes": self._text.attributes,
            "causes": causes,
            "requests_last_minute": {
                worker.source.name: worker.source.requests_last_minute() for worker in self.workers
            },
        }

    def _trim(self) -> None:
        """Once a day, let go of days that fell out of the history."""
        if self._trimmed_on == self._today():
            return
        self._trimmed_on = self._today()
        # Rows are cut by UTC days, which may begin a day before the local one.
        self._holdings.forget_before(self._first_day() - timedelta(days=1))
