"""Writes into the archive what a version changed, in a thread of the collector that works.

Each pass works out the days that may be others, and writes those whose content is not what lies
there; so a pass that was cut short, or done twice, or by two, leaves the same. Of the versions that
come meanwhile only the newest is kept, and nothing is worked out while the server does not answer.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from metrics.model.catalog import SOURCES, Table
from metrics.model.extent import Extent, join_extents
from metrics.model.periods import Period, today
from metrics.model.view import EVERYTHING, View
from metrics.query.daily import EVERYBODY, SLICES, cut_days
from services.accounts.audit import Audit, Kind
from services.archive.changes import ChangedDays
from services.archive.documents import build_day, name_day
from services.archive.mongo import ALERTS, AUDIT, DAYS, ArchiveError, Cause, Mongo
from services.archive.status import ArchiveStatus, State, load_status, save_status
from services.collector.aircall_source import KEPT_DAYS
from services.errors import ServiceError
from services.robot.history import History
from services.robot.state import Incident
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.storage.store import Store

log = logging.getLogger(__name__)

# Between two looks, and after a failure.
PAUSE_SECONDS, RETRY_SECONDS = 20.0, 30.0
STOP_SECONDS = 2.0
HISTORY_SECONDS = 600.0
# Worked out and written together.
DAYS_TOGETHER = 14
STATES: dict[Cause, State] = {
    **dict.fromkeys(("unavailable", "unauthorized", "superseded"), "failed"),
    "late": "late",
    "full": "full",
    "read_only": "read_only",
}
# The audit of settings; who signed in or opened what is nobody's history.
DECISIONS: tuple[Kind, ...] = ("rule", "schedule", "setting", "account", "device", "token")


class ArchiveWriter:
    def __init__(
        self,
        mongo: Mongo,
        state: Store,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._mongo = mongo
        self._state = state
        self._settings = settings
        self._rules = settings.rules()
        self._clock = clock
        self._changes = ChangedDays()
        self._latest: Snapshot | None = None
        self._wake = threading.Event()
        self._forget()

    def note(self, snapshot: Snapshot) -> None:
        """There is a version; the thread comes by it."""
        self._latest = snapshot
        self._wake.set()

    @contextmanager
    def running(self, epoch: int) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(epoch, stop), daemon=True, name="archive")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self._wake.set()
            # One that waits for its server finds its epoch passed once another has written.
            thread.join(STOP_SECONDS)
            self._mongo.close()

    def _run(self, epoch: int, stop: threading.Event) -> None:
        self._forget()
        while not stop.is_set():
            self._wake.wait()
            self._wake.clear()
            snapshot = self._latest
            if snapshot is None or stop.is_set():
                continue
            is_written = self.work(snapshot, epoch, stop.is_set)
            if not is_written:
                self._wake.set()
            del snapshot
            stop.wait(PAUSE_SECONDS if is_written else RETRY_SECONDS)

    def work(
        self, snapshot: Snapshot, epoch: int, must_stop: Callable[[], bool] = lambda: False
    ) -> bool:
        """Write what this version changed; whether all of it is there now."""
        if snapshot.lost:
            # What is missing for a moment must not be taken for gone.
            return False
        self._epoch = epoch
        try:
            self._mongo.ping()
            self._write(snapshot, must_stop)
            self._write_history()
        except ArchiveError as error:
            if error.cause == "superseded":
                self._forget()
            if not must_stop():
                self._tell(STATES[error.cause], cause=error.cause, error=str(error))
            return False
        except ServiceError as error:
            log.warning("archive: %s", error)
            return False
        except Exception as error:
            # Its text may quote a customer.
            log.error("archive: %s", type(error).__name__)
            self._tell("failed", error=f"archive: {type(error).__name__}")
            return False
        if self._waiting:
            return False
        self._tell("ok", as_of=snapshot.published_at.timestamp())
        return True

    def _forget(self) -> None:
        """Look at all days, and at what lies in the archive, anew."""
        self._changes.forget()
        self._waiting: set[tuple[Table, date]] = set()
        self._marks: dict[str, str] | None = None
        self._from: dict[Table, date] = {}
        self._history_at: float | None = None
        self._sent: set[str] = set()
        self._first_day: str | None = None

    def _write(self, snapshot: Snapshot, must_stop: Callable[[], bool]) -> None:
        reasons = snapshot.meta.get("reasons") or ()
        tables = snapshot.tables
        view = View(tables, Period(date.min, date.min), EVERYTHING, self._rules)
        now = today(tables.now, self._rules.time_zone)
        self._note_changes(snapshot, reasons, now)
        if self._marks is None:
            self._marks = self._read_marks(now)
        for table in SLICES:
            for days in _stretches({day for t, day in self._waiting if t == table}):
                if must_stop():
                    return
                period = Period(days[0], days[-1])
                documents = [
                    build_day(table, by, day, parts)
                    for by in SLICES[table]
                    for day, parts in cut_days(table, by, view.with_period(period), reasons).items()
                ]
                self._put(documents)
                self._waiting.difference_update((table, day) for day in days)

    def _note_changes(self, snapshot: Snapshot, reasons: Iterable[str], now: date) -> None:
        changed = self._changes.find(snapshot.tables, self._rules, reasons)
        for table in SLICES:
            first = self._find_first_day(table, snapshot, now)
            if first is None:
                continue
            if changed is None:
                days = set(Period(first, now).dates)
            else:
                # A day that begins is there too, though nothing has happened in it; and history
                # arrives backwards.
                fresh = self._from.get(table, now)
                days = changed[table] | {now}
                days |= set(Period(first, fresh).dates) if first < fresh else set()
            self._from[table] = min(first, self._from.get(table, first))
            self._waiting |= {(table, day) for day in days if first <= day <= now}

    def _find_first_day(self, table: Table, snapshot: Snapshot, now: date) -> date | None:
        """From which day on every row is there; what the vendor has thrown away is not."""
        extents = snapshot.tables.extents
        extent = join_extents(extents.get(source, Extent()) for source in SOURCES[table])
        if extent.state != "read" or extent.first_day is None or extent.first_day > now:
            return None
        kept = timedelta(days=KEPT_DAYS if table == "calls" else 3660)
        return max(extent.first_day, now - kept)

    def _read_marks(self, now: date) -> dict[str, str]:
        """Of the days that can be written; and the oldest of all that lie there."""
        first = now - timedelta(days=self._settings.sync.history_days)
        found: dict[str, str] = {}
        for table, slices in SLICES.items():
            for by in slices:
                stretch = name_day(table, by, first), name_day(table, by, date.max)
                documents = self._mongo.find(DAYS, *stretch, [{"$project": {"mark": 1}}])
                found |= {document["_id"]: document["mark"] for document in documents}
            every = name_day(table, EVERYBODY, date.min), name_day(table, EVERYBODY, date.max)
            oldest = self._mongo.find(DAYS, *every, [{"$limit": 1}, {"$project": {"day": 1}}])
            self._note_first_day(document["day"] for document in oldest)
        return found

    def _put(self, documents: Iterable[dict[str, Any]]) -> None:
        assert self._marks is not None
        at = datetime.fromtimestamp(self._clock(), UTC)
        others = [
            {**document, "epoch": self._epoch, "written_at": at}
            for document in documents
            if self._marks.get(document["_id"]) != document["mark"]
        ]
        self._mongo.replace(DAYS, others, self._epoch)
        self._marks |= {document["_id"]: document["mark"] for document in others}
        self._note_first_day(document["day"] for document in others)

    def _note_first_day(self, days: Iterable[str]) -> None:
        known = [self._first_day] if self._first_day else []
        self._first_day = min([*known, *days], default=None)

    def _write_history(self) -> None:
        """Alerts that are over and decisions of people, now and then; each once."""
        now = self._clock()
        if self._history_at is not None and 0 <= now - self._history_at < HISTORY_SECONDS:
            return
        incidents = History(self._state).list_incidents()
        alerts = [_build_alert(i) for i in incidents if not i.is_live]
        entries = Audit(self._state, self._settings.access.audit_days, self._clock)
        decisions = [vars(entry) for entry in entries.list_entries(DECISIONS)]
        audited = [{"_id": _hash(entry), **entry} for entry in decisions]
        for collection, documents in ((ALERTS, alerts), (AUDIT, audited)):
            self._mongo.replace(collection, [d for d in documents if d["_id"] not in self._sent])
        # What has expired here does not come again.
        self._sent = {document["_id"] for document in (*alerts, *audited)}
        self._history_at = now

    def _tell(
        self,
        state: State,
        *,
        as_of: float | None = None,
        cause: Cause | None = None,
        error: str | None = None,
    ) -> None:
        now = self._clock()
        try:
            before = load_status(self._state, now)
            if before.epoch > self._epoch:
                return
            if state != before.state:
                log.log(logging.INFO if state == "ok" else logging.WARNING, error or "archive: ok")
            save_status(
                self._state,
                ArchiveStatus(
                    state=state,
                    as_of=as_of or before.as_of,
                    since=before.since if state == before.state else now,
                    spoke_at=now,
                    cause=cause,
                    error=error,
                    first_day=self._first_day or before.first_day,
                    waiting=len({day for _, day in self._waiting}),
                    epoch=self._epoch,
                ),
            )
        except ServiceError as problem:
            log.warning("archive: its state is not told: %s", problem)


def _stretches(days: set[date]) -> Iterator[list[date]]:
    """Days that follow each other, so many at once, the newest first: they are looked at most."""
    stretch: list[date] = []
    for day in sorted(days, reverse=True):
        if stretch and (stretch[-1] - day > timedelta(days=1) or len(stretch) == DAYS_TOGETHER):
            yield stretch[::-1]
            stretch = []
        stretch.append(day)
    if stretch:
        yield stretch[::-1]


def _build_alert(incident: Incident) -> dict[str, Any]:
    """Rule, place and numbers; of the conversations that were concerned nothing."""
    problem = incident.problem
    kept = ("rule", "severity", "threshold", "unit", "team_id", "agent_id", "source")
    own = ("fired_at", "ended_at", "ending", "peak", "acknowledged_by", "acknowledged_at")
    return {
        "_id": incident.id,
        **{name: getattr(problem, name) for name in kept},
        **{name: getattr(incident, name) for name in own},
    }


def _hash(entry: dict[str, Any]) -> str:
    content = orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()[:24]
