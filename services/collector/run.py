"""One time of holding the lease: rows in memory, a worker for each vendor, snapshots going out."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from metrics.model.periods import midnight, today
from services.collector import progress
from services.collector.agents import AGENTS, TEAMS, AgentTables
from services.collector.aircall_source import AircallSource
from services.collector.intercom_source import IntercomSource
from services.collector.presence import PRESENCE, Presence
from services.collector.row_buffer import RowBuffer
from services.collector.ticket_source import TicketSource
from services.collector.worker import Source, Worker
from services.errors import ServiceError
from services.settings.config import Settings
from services.snapshot.manifest import History, Manifest, PartitionId, SourceStatus
from services.snapshot.snapshot import PartitionMissingError, SnapshotReader, SnapshotWriter
from services.storage.store import StorageFullError, Store
from services.vendors.aircall import Aircall
from services.vendors.intercom import Intercom

log = logging.getLogger(__name__)

# While history arrives, a new version this often is enough, and less often where it takes long.
PUBLISH_SECONDS = 2.0
PUBLISH_SHARE = 0.1
TICKETS = "tickets"
TABLES = {"intercom": "conversations", "aircall": "calls", TICKETS: "tickets"}


class CollectorRun:
    """What a collector knows and does while it holds the lease.

    It begins with what is published, so that a restart costs neither the rows nor the progress.

    Args:
        intercom: The client of the required vendor.
        aircall: The client of the optional one; None = not configured.
        epoch: Of the lease.
        cache: Where snapshots are published.
        state: Where the roster lies.
        settings: Intervals, history, people.
        clock: Unix seconds.
    """

    def __init__(
        self,
        intercom: Intercom,
        aircall: Aircall | None,
        *,
        epoch: int,
        cache: Store,
        state: Store,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._cache = cache
        self._buffer = RowBuffer()
        self._ended = threading.Event()
        self._has_news = False
        self._published_at = clock()
        self._pause = PUBLISH_SECONDS
        self._trimmed_on: date | None = None
        self._floor: date | None = None
        self._recognised: dict[PartitionId, int] = {}
        self._text = IntercomSource(intercom, self._buffer, settings, clock)
        self._voice: AircallSource | None = None
        self.workers = [self._worker(self._text)]
        if aircall is not None:
            self._voice = AircallSource(aircall, self._buffer, settings.zone, clock)
            self.workers.append(self._worker(self._voice))
        if settings.backoffice.enabled:
            text = self.workers[0]
            tickets = TicketSource(intercom, self._buffer, settings, clock, lambda: text.error)
            self.workers.append(self._worker(tickets))
        self._people = AgentTables(self._text, self._voice, settings.people, state, clock)
        self._presence = Presence(settings.sync.interval_seconds)
        self._writer = SnapshotWriter(
            cache,
            epoch=epoch,
            expire_seconds=settings.cache.expires_hours * 3600,
            maximum_bytes=settings.cache.maximum_megabytes * 2**20,
            clock=clock,
        )
        if self._writer.manifest is not None:
            self._resume(self._writer.manifest)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of a minute, that long at most; whether it is time to publish."""
        if self._ended.wait(seconds):
            return True
        elapsed = self._clock() - self._published_at
        if self._has_news and elapsed >= self._pause:
            return True
        # Where a vendor keeps us waiting, its age has to be told; and clocks are set back too.
        heartbeat = max(self._settings.sync.interval_seconds, self._pause)
        return not 0 <= elapsed < heartbeat

    def publish(self) -> int:
        """Publish everything that is new; the new version.

        Raises:
            FencedError: Another collector has taken over.
            StorageFullError: The cache has no room even for today.
        """
        self._ended.clear()
        self._has_news = False
        began = self._clock()
        for worker in self.workers:
            worker.check_age()
        if self._trimmed_on != self._today():
            self._trim()
        while True:
            try:
                version = self._publish()
                break
            except StorageFullError as error:
                if not self._has_made_room(error):
                    raise
        self._published_at = self._clock()
        self._pause = max(PUBLISH_SECONDS, (self._published_at - began) / PUBLISH_SHARE)
        # What has vanished from the cache is written again with the next version: soon.
        self._has_news = self._has_news or bool(self._writer.lost())
        return version

    def _worker(self, source: Source) -> Worker:
        interval = self._settings.sync.interval_seconds
        return Worker(source, interval, self._target, self._wake, self._clock)

    def _wake(self, minute_ended: bool) -> None:
        self._has_news = True
        if minute_ended:
            self._ended.set()

    def _publish(self) -> int:
        # First how far the vendors have been read, then the rows: never the other way round.
        marks = {worker.source.name: worker.watermark() for worker in self.workers}
        history = self._progress(w for w in self.workers if w.source.name != TICKETS)
        changed, removed = self._buffer.changes()
        for name, rows in changed.items():
            self._note(name, rows)
        for name in removed:
            self._recognised.pop(name, None)
        lost = self._writer.lost()
        written = {
            name: rows for name in lost if (rows := self._buffer.partition(name)) is not None
        }
        people = self._people.changes(lost)
        self._presence.note(people.get(AGENTS, self._people.agents), self._read_at())
        presence, over = self._presence.changes(lost, self._now())
        written |= {**changed, **people, **presence}
        try:
            version = self._writer.publish(
                written,
                self._sources(),
                history,
                watermarks=marks,
                meta=self._meta(),
                removed=removed | over | (lost - written.keys()),
            )
        except ServiceError:
            self._buffer.unpublished(changed, removed)
            raise
        self._people.published(people)
        self._presence.published()
        return version

    def _progress(self, workers: Iterable[Worker]) -> History:
        return progress.history(
            list(workers),
            self._first_day(),
            self._now(),
            self._settings.sync.history_days,
            self._settings.zone,
        )

    def _tickets_history(self) -> dict[str, Any]:
        """Tickets have a progress of their own: without them nothing else has to wait."""
        history = self._progress(w for w in self.workers if w.source.name == TICKETS)
        first_day = history.first_day and history.first_day.isoformat()
        return {"complete": history.complete, "first_day": first_day}

    def _read_at(self) -> dict[str, datetime]:
        """When each vendor last answered."""
        known = {worker.source.name: worker.status.as_of for worker in self.workers}
        return {name: as_of for name, as_of in known.items() if as_of is not None}

    def _note(self, name: PartitionId, rows: pd.DataFrame) -> None:
        """Remember whom the conversations of a day name, and how many of them are calls."""
        if name[0] == "conversations":
            self._people.mention(rows)
            self._recognised[name] = int(rows["is_call"].sum())

    def _resume(self, manifest: Manifest) -> None:
        """Take over what is published; a vendor whose rows are damaged is read anew."""
        reader = SnapshotReader(self._cache)
        damaged = {table for table, _ in manifest.lost}
        for name, partition in manifest.partitions.items():
            try:
                rows = reader.partition(partition)
            except PartitionMissingError as error:
                log.warning("collector: %s; reading again", error)
                damaged.add(name[0])
                continue
            if name in (AGENTS, TEAMS):
                self._people.published({name: rows})
            elif name[0] == PRESENCE:
                self._presence.resume(name, rows)
            else:
                self._buffer.resume(name, rows)
                self._note(name, rows)
        if not self._settings.backoffice.enabled:
            self._buffer.clear(TICKETS)
        for worker in self.workers:
            source = worker.source.name
            worker.resume(
                dict(manifest.watermarks.get(source) or {}),
                manifest.sources.get(source, SourceStatus("starting")),
                whole=TABLES[source] not in damaged,
            )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _today(self) -> date:
        return today(self._now(), self._settings.zone)

    def _first_day(self) -> date:
        wanted = self._today() - timedelta(days=self._settings.sync.history_days - 1)
        return max(wanted, self._floor or wanted)

    def _target(self) -> int:
        return int(midnight(self._first_day(), self._settings.zone).timestamp())

    def _sources(self) -> dict[str, SourceStatus]:
        statuses = {worker.source.name: worker.status for worker in self.workers}
        for name in TABLES:
            statuses.setdefault(name, SourceStatus("off"))
        return statuses

    def _meta(self) -> dict[str, Any]:
        """What the web side shows beside the tables."""
        lines = self._voice.lines if self._voice else []
        return {
            "app_id": self._text.app.get("id_code"),
            "workspace": self._text.app.get("name"),
            "app_time_zone": self._text.app.get("timezone"),
            "attributes": self._text.attributes,
            "lines": [{key: line.get(key) for key in ("id", "name", "digits")} for line in lines],
            "calls_recognised": sum(self._recognised.values()),
            "answered": all(worker.status.state != "starting" for worker in self.workers),
            "causes": {w.source.name: w.cause for w in self.workers if w.cause},
            "versions": {w.source.name: w.source.version for w in self.workers},
            "tickets_history": self._tickets_history(),
            "cycle_seconds": {w.source.name: w.cycle_seconds for w in self.workers},
            "requests_last_minute": {
                worker.source.name: worker.source.count_recent_requests()
                for worker in self.workers
                if worker.source.name == worker.source.vendor
            },
            "history_cut_at": self._floor and self._floor.isoformat(),
        }

    def _trim(self) -> None:
        """Let go of days that fell out of the history."""
        self._trimmed_on = self._today()
        # Rows are cut by UTC days, which may begin a day before the local one.
        self._buffer.forget_before(self._first_day() - timedelta(days=1))

    def _has_made_room(self, error: StorageFullError) -> bool:
        """Give up a tenth of the history, its oldest days; whether there was any to give."""
        oldest = self._buffer.oldest_day()
        if oldest is None:
            return False
        begin = max(oldest, self._first_day())
        floor = begin + max(timedelta(days=1), (self._today() - begin) / 10)
        if floor >= self._today():
            return False
        log.warning("collector: history begins at %s: %s", floor, error)
        self._floor = floor
        self._trim()
        return True
