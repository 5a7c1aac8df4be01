"""One time of holding the lease: rows in memory, a worker for each vendor, snapshots going out."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from time import thread_time
from typing import Any

import polars as pl

from metrics.model.periods import midnight, today
from services.collector.agents import AGENTS, TEAMS, AgentTables
from services.collector.aircall_source import AircallSource
from services.collector.intercom_source import IntercomSource
from services.collector.presence import PRESENCE, Presence
from services.collector.pushed_events import SHARE as EVENTS_SHARE
from services.collector.pushed_events import Listener, PushedEvents
from services.collector.recheck import Allowance, Recheck
from services.collector.row_buffer import RowBuffer
from services.collector.ticket_source import TicketSource
from services.collector.worker import Notice, Source, Worker, measure_history
from services.errors import ServiceError
from services.hooks.event_queue import EventQueue, Waiting
from services.settings.config import Settings
from services.snapshot.call_decisions import load_decisions
from services.snapshot.dataset import Dataset
from services.snapshot.manifest import History, Manifest, PartitionId, SourceStatus
from services.snapshot.snapshot import PartitionMissingError, SnapshotReader, SnapshotWriter
from services.storage.store import StorageFullError, Store
from services.vendors.aircall import Aircall
from services.vendors.http import Payload
from services.vendors.intercom import Intercom

log = logging.getLogger(__name__)

# While history arrives, a new version this often is enough, and less often where it takes long.
PUBLISH_SECONDS = 2.0
PUBLISH_SHARE = 0.1
# What somebody waits for at a wall comes sooner, and may cost more of the processor.
LIVE_SECONDS, LIVE_SHARE = 1.0, 0.25
# After a history was cut; each time it grew in vain, twice as long.
GROW_SECONDS, LONGEST_GROW_SECONDS = 300.0, 6 * 3600.0
TICKETS = "tickets"
TABLES = {"intercom": "conversations", "aircall": "calls", TICKETS: "tickets"}


class CollectorRun:
    """Begins with what is published, so that a restart costs neither rows nor progress."""

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
        events: EventQueue | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._events = events
        self._cache = cache
        self._state = state
        self._not_calls: list[str] = []
        self._floor: date | None = None
        self._grow_at, self._grow_pause = 0.0, GROW_SECONDS
        self._is_growing = False
        self._buffer = RowBuffer(self._find_first_held_day())
        self._cycle_ended = threading.Event()
        self._has_changes = self._has_news = False
        self._published_at = clock()
        self._pause, self._live_pause = PUBLISH_SECONDS, LIVE_SECONDS
        self._people: tuple[Any, ...] = ()
        self._trimmed_on: date | None = None
        limits = {
            "intercom": settings.intercom.requests_per_minute,
            "aircall": settings.aircall.requests_per_minute,
        }
        self._allowances = {vendor: Allowance(limit) for vendor, limit in limits.items()}
        self._events_allowances = {v: Allowance(n, EVENTS_SHARE) for v, n in limits.items()}
        self._intercom = IntercomSource(intercom, self._buffer, settings, clock)
        self._aircall: AircallSource | None = None
        self.workers = [self._build_worker(self._intercom, read_people=self._intercom.read_people)]
        if aircall is not None:
            source = AircallSource(aircall, self._buffer, settings.zone, clock)
            self._aircall = source
            self.workers.append(
                self._build_worker(
                    source, apply_fields=source.add_event, read_people=source.read_people
                )
            )
        if settings.backoffice.enabled:
            intercom_worker = self.workers[0]
            tickets = TicketSource(
                intercom, self._buffer, settings, clock, lambda: intercom_worker.error
            )
            self.workers.append(self._build_worker(tickets))
        self._agent_tables = AgentTables(
            self._intercom, self._aircall, settings.people, state, clock
        )
        self._presence = Presence(settings.sync.interval_seconds)
        self._writer = SnapshotWriter(
            cache,
            epoch=epoch,
            expire_seconds=settings.cache.expires_hours * 3600,
            maximum_bytes=settings.cache.maximum_megabytes * 2**20,
            clock=clock,
        )
        # What it publishes is in memory already: those who follow read the same rows.
        self.dataset = Dataset(
            cache, settings.rules, clock=clock, poll_seconds=0, held=self._writer.held
        )
        if self._writer.manifest is not None:
            self._resume(self._writer.manifest)

    def wait(self, seconds: float) -> bool:
        """At most that long; whether it is time to publish."""
        if self._cycle_ended.wait(seconds):
            return True
        elapsed = self._clock() - self._published_at
        if self._has_changes and elapsed >= self._pause:
            return True
        if self._has_news and elapsed >= self._live_pause:
            self._has_news, applied = False, self._list_applied()
            # What has not changed anything needs no version; its events are done.
            if self._buffer.has_changes or self._people != self._list_people():
                return True
            self._settle(applied)
        # Where a vendor keeps us waiting, its age has to be told; and clocks are set back too.
        heartbeat = max(self._settings.sync.interval_seconds, self._pause)
        return not 0 <= elapsed < heartbeat

    def publish(self) -> int:
        """The new version; FencedError, or StorageFullError without room even for today."""
        self._cycle_ended.clear()
        self._has_changes = self._has_news = False
        began = thread_time()
        for worker in self.workers:
            worker.check_age()
        if self._trimmed_on != self._get_today():
            self._drop_old_days()
        self._grow_back()
        while True:
            try:
                version = self._publish()
                break
            except StorageFullError as error:
                if not self._make_room(error):
                    raise
        self._published_at = self._clock()
        # Of this thread: how long others kept it waiting is no reason to wait longer.
        spent = thread_time() - began
        self._pause = max(PUBLISH_SECONDS, spent / PUBLISH_SHARE)
        self._live_pause = max(LIVE_SECONDS, spent / LIVE_SHARE)
        # What has vanished from the cache is written again with the next version: soon.
        self._has_changes = self._has_changes or bool(self._writer.lost())
        return version

    def _build_worker(
        self,
        source: Source,
        *,
        apply_fields: Callable[[Payload], None] | None = None,
        read_people: Callable[[], None] | None = None,
    ) -> Worker:
        sync, clock = self._settings.sync, self._clock
        allowance = self._allowances[source.vendor]
        recheck = Recheck(source.rechecked, self._buffer, sync, allowance, clock)
        events = None
        if self._events is not None:
            listener = Listener(source.vendor, source.rechecked, apply_fields, read_people)
            allowance = self._events_allowances[source.vendor]
            events = PushedEvents(self._events, listener, allowance, clock)
        interval, target = sync.interval_seconds, self._find_target
        return Worker(
            *(source, interval, target, self._note_progress, clock, recheck, events),
            live_seconds=sync.live_seconds,
        )

    def _note_progress(self, notice: Notice) -> None:
        if notice == "live":
            self._has_news = True
            return
        self._has_changes = True
        if notice == "cycle":
            self._cycle_ended.set()

    def _list_people(self) -> tuple[Any, ...]:
        return self._intercom.admins, self._aircall and self._aircall.availabilities

    def _list_applied(self) -> list[tuple[PushedEvents, list[Waiting]]]:
        listening = [worker.events for worker in self.workers if worker.events is not None]
        return [(events, events.list_applied()) for events in listening]

    def _settle(self, applied: Iterable[tuple[PushedEvents, list[Waiting]]]) -> None:
        for events, published in applied:
            if published:
                events.settle(published)

    def _publish(self) -> int:
        # First what is said of the vendors, then their rows: a version may hold more than it says,
        # never less.
        watermarks = {worker.source.name: worker.build_watermark() for worker in self.workers}
        history = self._measure_history(w for w in self.workers if w.source.name != TICKETS)
        applied, people = self._list_applied(), self._list_people()
        statuses = self._list_statuses()
        meta = self._build_meta()
        changed, removed = self._buffer.take_changes()
        for name, rows in changed.items():
            self._note_conversations(name, rows)
        lost = self._writer.lost()
        held = {name: self._buffer.get_partition(name) for name in lost}
        written = {name: rows for name, rows in held.items() if rows is not None}
        agents = self._agent_tables.find_changes(lost)
        self._presence.record(
            agents.get(AGENTS, self._agent_tables.agents),
            {name: status.as_of for name, status in statuses.items() if status.as_of is not None},
        )
        presence, expired = self._presence.find_changes(lost, self._get_now())
        written |= {**changed, **agents, **presence}
        try:
            version = self._writer.publish(
                written,
                statuses,
                history,
                watermarks=watermarks,
                meta=meta,
                removed=removed | expired | (lost - written.keys()),
            )
        except ServiceError:
            self._buffer.return_changes(changed, removed)
            raise
        self._agent_tables.mark_published(agents)
        self._presence.mark_published()
        self._people = people
        self._settle(applied)
        return version

    def _measure_history(self, workers: Iterable[Worker]) -> History:
        return measure_history(
            list(workers),
            self._find_first_day(),
            self._get_now(),
            self._settings.sync.history_days,
            self._settings.zone,
        )

    def _measure_tickets_history(self) -> dict[str, Any]:
        """Tickets have a progress of their own: without them nothing else has to wait."""
        history = self._measure_history(w for w in self.workers if w.source.name == TICKETS)
        first_day = history.first_day and history.first_day.isoformat()
        return {"complete": history.complete, "first_day": first_day}

    def _note_conversations(self, name: PartitionId, rows: pl.DataFrame) -> None:
        if name[0] == "conversations":
            self._agent_tables.note_referenced(rows)

    def _resume(self, manifest: Manifest) -> None:
        """A vendor whose rows are damaged is read anew."""
        reader = SnapshotReader(self._cache)
        damaged = {table for table, _ in manifest.lost}
        for name, partition in manifest.partitions.items():
            try:
                rows = reader.read_partition(partition)
            except PartitionMissingError as error:
                log.warning("collector: %s; reading again", error)
                damaged.add(name[0])
                continue
            self._writer.held[partition.key] = rows
            if name in (AGENTS, TEAMS):
                self._agent_tables.mark_published({name: rows})
            elif name[0] == PRESENCE:
                self._presence.resume(name, rows)
            else:
                self._buffer.resume(name, rows)
                self._note_conversations(name, rows)
        if not self._settings.backoffice.enabled:
            self._buffer.clear(TICKETS)
        for worker in self.workers:
            source = worker.source.name
            worker.resume(
                dict(manifest.watermarks.get(source) or {}),
                manifest.sources.get(source, SourceStatus("starting")),
                whole=TABLES[source] not in damaged,
            )

    def _get_now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _get_today(self) -> date:
        return today(self._get_now(), self._settings.zone)

    def _find_first_day(self) -> date:
        wanted = self._find_wanted_day()
        return max(wanted, self._floor or wanted)

    def _find_wanted_day(self) -> date:
        return self._get_today() - timedelta(days=self._settings.sync.history_days - 1)

    def _find_first_held_day(self) -> date:
        # Rows are cut by UTC days, which may begin a day before the local one.
        return self._find_first_day() - timedelta(days=1)

    def _find_target(self) -> int:
        return int(midnight(self._find_first_day(), self._settings.zone).timestamp())

    def _list_statuses(self) -> dict[str, SourceStatus]:
        statuses = {worker.source.name: worker.status for worker in self.workers}
        for name in TABLES:
            statuses.setdefault(name, SourceStatus("off"))
        return statuses

    def _build_meta(self) -> dict[str, Any]:
        lines = self._aircall.lines if self._aircall else []
        return {
            "app_id": self._intercom.app.get("id_code"),
            "workspace": self._intercom.app.get("name"),
            "app_time_zone": self._intercom.app.get("timezone"),
            "attributes": self._intercom.attributes,
            "reasons": self._intercom.list_reasons(),
            "lines": [{key: line.get(key) for key in ("id", "name", "digits")} for line in lines],
            "answered": all(worker.status.state != "starting" for worker in self.workers),
            "causes": {w.source.name: w.cause for w in self.workers if w.cause},
            "versions": {w.source.name: w.source.version for w in self.workers},
            "tickets_history": self._measure_tickets_history(),
            "cycle_seconds": {w.source.name: w.cycle_seconds for w in self.workers},
            "requests_last_minute": {
                worker.source.name: worker.source.count_recent_requests()
                for worker in self.workers
                if worker.source.name == worker.source.vendor
            },
            "requests": {
                worker.source.name: worker.source.count_outcomes()
                for worker in self.workers
                if worker.source.name == worker.source.vendor
            },
            "recheck": {
                worker.source.name: worker.recheck.summarize()
                for worker in self.workers
                if worker.recheck is not None and worker.status.state != "off"
            },
            "not_calls": self._read_decisions(),
            "history_cut_at": self._floor and self._floor.isoformat(),
        }

    def _read_decisions(self) -> list[str]:
        """Those known last where the store does not answer."""
        try:
            self._not_calls = list(load_decisions(self._state))
        except ServiceError as error:
            log.warning("collector: decisions are not read: %s", error)
        return self._not_calls

    def _drop_old_days(self) -> None:
        self._trimmed_on = self._get_today()
        self._buffer.drop_before(self._find_first_held_day())

    def _make_room(self, error: StorageFullError) -> bool:
        """Give up the oldest tenth of the history; whether there was any to give."""
        oldest = self._buffer.find_oldest_day()
        if oldest is None:
            return False
        begin = max(oldest, self._find_first_day())
        floor = begin + max(timedelta(days=1), (self._get_today() - begin) / 10)
        if floor >= self._get_today():
            return False
        log.warning("collector: history begins at %s: %s", floor, error)
        if self._is_growing:
            self._grow_pause = min(2 * self._grow_pause, LONGEST_GROW_SECONDS)
        self._grow_at, self._is_growing = self._clock() + self._grow_pause, False
        self._floor = floor
        self._drop_old_days()
        for worker in self.workers:
            worker.let_go_before_target()
        return True

    def _grow_back(self) -> None:
        """Want a quarter more of a history that was cut, once there may be room for it."""
        floor, pause = self._floor, self._grow_at - self._clock()
        # Clocks are set back too.
        if floor is None or 0 < pause <= self._grow_pause:
            return
        is_full = {"disk_full", "redis_full"} & {*self._cache.find_troubles()}
        if is_full or not all(worker.is_complete for worker in self.workers):
            return
        first = floor - max(timedelta(days=1), (self._get_today() - floor) / 4)
        self._floor = first if first > self._find_wanted_day() else None
        self._is_growing = self._floor is not None
        if not self._is_growing:
            self._grow_pause = GROW_SECONDS
        log.info("collector: history is to begin at %s again", self._find_first_day())
        self._buffer.hold_from(self._find_first_held_day())
