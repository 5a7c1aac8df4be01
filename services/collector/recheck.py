"""The second look: what is closed is read again, since it changes and goes without a word.

A search may find a change after the minute's reading has passed it, and a deletion shows only by
absence. So each day of creation is read again in whole and compared: the newest days every so many
minutes, all others once in 24 hours.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Protocol

import polars as pl

from services.collector.backfill import DAY
from services.collector.deletion_scan import DeletionScan, ScannedTable
from services.collector.row_buffer import DATES, RowBuffer
from services.errors import NotFoundError
from services.settings.sections import SyncSetting
from services.snapshot.manifest import OLDER
from services.vendors.http import Payload

log = logging.getLogger(__name__)

# Of the requests that a vendor allows.
SHARE = 0.1
# Begun early enough to be through within 24 hours.
DAILY_SECONDS = 20 * 3600.0
# The vendor's own list of what was deleted, beside the days.
DELETED = "deleted"
# How far back it is read the first time; a search may go on listing what is in it.
DELETED_SECONDS = 7 * DAY
# Whose deletion was told so long before the last reading of the list has been read by then.
OVERLAP_SECONDS = 3600.0
LOOK_SECONDS = 10.0
SETTLED_SECONDS = 600.0
RETRY_SECONDS = 600.0
REPORTED_SECONDS = 86400.0

ListedPage = tuple[Sequence[Payload], str | None]


@dataclass(frozen=True)
class RecheckedTable:
    """Pages come with the next one's cursor; instants are Unix seconds, both ends included."""

    table: str
    read_created: Callable[[int, int, str | None], ListedPage]  # from, to, cursor
    # Created before the first, updated from the second on; None where rows have no update.
    read_older: Callable[[int, int, str | None], ListedPage] | None
    fetch_one: Callable[[str], Payload]
    add_rows: Callable[[Sequence[Payload]], None]
    # Newest deletion first, with `deleted_at`; NotFoundError where there is no such list.
    read_deleted: Callable[[str | None], ListedPage] | None = None
    remove_rows: Callable[[list[str]], int] = lambda ids: 0
    reach_days: int | None = None  # no older rows are known to the vendor


class Allowance:
    """A share of a vendor's requests, evenly spread; shared by all of its tables."""

    def __init__(self, requests_per_minute: int, share: float = SHARE) -> None:
        self._seconds = 60 / (requests_per_minute * share)
        self._lock = threading.Lock()
        self._taken_at = 0.0

    def take(self, now: float) -> bool:
        with self._lock:
            if 0 <= now - self._taken_at < self._seconds:
                return False
            self._taken_at = now
            return True


class Walk(Protocol):
    removed: int
    doubt: str | None

    def step(self) -> bool: ...


class DeletedListWalk:
    """One page a step, back to what was deleted at `since`."""

    doubt: str | None = None

    def __init__(self, table: RecheckedTable, since: float) -> None:
        self._table = table
        self._since = since
        self._cursor: str | None = None
        self.removed = 0

    def step(self) -> bool:
        assert self._table.read_deleted is not None
        try:
            rows, self._cursor = self._table.read_deleted(self._cursor)
        except NotFoundError:
            return True
        self.removed += self._table.remove_rows([str(row["id"]) for row in rows])
        instants = [at for row in rows if isinstance(at := row.get("deleted_at"), int)]
        return self._cursor is None or min(instants, default=0) < self._since


class Recheck:
    """One request a step, where the allowance has one. It goes on after a restart.

    `changes` counts rows that were found changed or gone.
    """

    def __init__(
        self,
        table: RecheckedTable,
        buffer: RowBuffer,
        setting: SyncSetting,
        allowance: Allowance,
        clock: Callable[[], float],
    ) -> None:
        self._table = table
        self._buffer = buffer
        self._newest_days = setting.recheck_days
        self._newest_seconds = setting.recheck_minutes * 60.0
        self._allowance = allowance
        self._clock = clock
        self._read_at: dict[str, float] = {}  # day, `OLDER` or `DELETED` -> Unix seconds
        self._not_before: dict[str, float] = {}
        self._doubts: dict[str, str] = {}
        self._findings: list[tuple[float, int, int]] = []  # when, rows changed, rows removed
        self._began_at: float | None = None
        self._last_at: float | None = None
        self._looked_at = 0.0
        self._deleted_since = clock() - DELETED_SECONDS
        self._current: tuple[str, float, Walk] | None = None
        self._changed = 0
        self.changes = 0

    @property
    def warning(self) -> str | None:
        doubts = dict(self._doubts)
        if not doubts:
            return None
        day, doubt = max(doubts.items())
        return f"second look at {day} not believed: {doubt} ({len(doubts)} days in all)"

    def step(self, target: int) -> bool:
        """Whether a request was made. The history begins at `target`.

        An error leaves the day to be read again from its beginning, after the others.
        """
        now = self._clock()
        if self._newest_seconds == 0 or not (self._current or self._start_next(now, target)):
            return False
        if not self._allowance.take(now):
            return False
        assert self._current is not None
        key, began, walk = self._current
        removed, changed = walk.removed, self._changed
        try:
            is_over = walk.step()
        except BaseException:
            self._current = None
            self._not_before[key] = now + RETRY_SECONDS
            raise
        finally:
            self.changes += walk.removed - removed + self._changed - changed
        if is_over:
            self._finish(key, began, walk)
        return True

    def summarize(self) -> dict[str, float | int | None]:
        """Unix seconds; `whole_since`: no day was read longer ago. Counts are of 24 hours."""
        latest = self._clock() - REPORTED_SECONDS
        findings = [finding for finding in list(self._findings) if finding[0] >= latest]
        oldest = min(dict(self._read_at).values(), default=None)
        return {
            "read_at": self._last_at,
            "whole_since": oldest and max(oldest, self._began_at or 0.0),
            "changed": sum(changed for _, changed, _ in findings),
            "removed": sum(removed for _, _, removed in findings),
        }

    def build_watermark(self) -> dict[str, Any]:
        return {
            "read_at": {key: int(at) for key, at in dict(self._read_at).items()},
            "began_at": self._began_at,
            "last_at": self._last_at,
            "findings": list(self._findings),
        }

    def resume(self, watermark: Mapping[str, Any]) -> None:
        self._read_at = dict(watermark.get("read_at") or {})
        self._began_at, self._last_at = watermark.get("began_at"), watermark.get("last_at")
        self._findings = [
            (at, changed, gone) for at, changed, gone in watermark.get("findings", ())
        ]

    def _start_next(self, now: float, target: int) -> bool:
        if 0 <= now - self._looked_at < LOOK_SECONDS:
            return False
        if self._table.reach_days is not None:
            target = max(target, int(now) - self._table.reach_days * DAY)
        key = self._find_due(now, target)
        if key is None:
            self._looked_at = now
            return False
        self._changed = 0
        if key == DELETED:
            walk: Walk = DeletedListWalk(self._table, self._deleted_since)
        else:
            walk = DeletionScan(self._build_scanned(key, target), self._buffer)
        self._current = key, now, walk
        return True

    def _find_due(self, now: float, target: int) -> str | None:
        """What is due and has waited longest, old days first."""
        first, today = _find_day(target) + timedelta(days=1), _find_day(now)
        newest = today - timedelta(days=self._newest_days - 1)
        days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
        periods = {
            day.isoformat(): self._newest_seconds if day >= newest else DAILY_SECONDS
            for day in days
        }
        periods[OLDER] = DAILY_SECONDS
        if self._table.read_deleted is not None:
            periods[DELETED] = self._newest_seconds
        self._seed(periods, now)
        waited = {
            key: abs(now - self._read_at[key])
            for key, period in periods.items()
            if self._not_before.get(key, 0.0) <= now and abs(now - self._read_at[key]) >= period
        }
        # Where the allowance is too small for all, no day is to wait for longer than a day.
        return max(
            waited,
            key=lambda key: (key == DELETED, waited[key] >= DAILY_SECONDS, waited[key]),
            default=None,
        )

    def _seed(self, periods: Mapping[str, float], now: float) -> None:
        """What has just been read for the first time falls due evenly spread."""
        if self._began_at is None:
            self._began_at = now
        read_at = {key: at for key, at in self._read_at.items() if key in periods}
        for period in set(periods.values()):
            fresh = [key for key in periods if periods[key] == period and key not in read_at]
            read_at |= {key: now - period * n / len(fresh) for n, key in enumerate(fresh)}
        # A day that has become older is not to wait twice.
        left = [at for key, at in self._read_at.items() if key not in periods and key != DELETED]
        read_at[OLDER] = min([read_at[OLDER], *left])
        self._read_at = read_at
        self._doubts = {key: doubt for key, doubt in self._doubts.items() if key in periods}

    def _build_scanned(self, key: str, target: int) -> ScannedTable:
        table = self._table
        created, updated = DATES[table.table]
        created_at, first_whole_day = pl.col(created), _find_day(target) + timedelta(days=1)
        if key != OLDER:
            start = _find_midnight(date.fromisoformat(key))
            read = partial(table.read_created, start, start + DAY - 1)
            is_listed = created_at.dt.date() == date.fromisoformat(key)
        else:
            # The day in which the history begins, and what is older but was touched since.
            end = _find_midnight(first_whole_day)
            is_listed = created_at.dt.date() < first_whole_day
            since = pl.lit(datetime.fromtimestamp(target, UTC))
            if table.read_older is not None and updated is not None:
                read = partial(table.read_older, end, target)
                is_listed &= pl.col(updated) >= since
            else:
                read = partial(table.read_created, target, end - 1)
                is_listed &= created_at >= since
        add_rows = partial(self._add_rows, key)
        return ScannedTable(table.table, [read], table.fetch_one, is_listed, add_rows)

    def _add_rows(self, day: str, payloads: Sequence[Payload]) -> None:
        before = self._buffer.get_partition((self._table.table, day))
        self._table.add_rows(payloads)
        after = self._buffer.get_partition((self._table.table, day))
        if before is None or after is None or after is before:
            return
        rows = pl.concat([before, after], how="diagonal")
        different = rows.unique(keep="first", maintain_order=True)[len(before) :]
        # What changed in the last minutes would have been found without a second look.
        created, updated = DATES[self._table.table]
        settled = datetime.fromtimestamp(self._clock() - SETTLED_SECONDS, UTC)
        self._changed += len(different.filter(pl.col(updated or created) < settled))

    def _finish(self, key: str, began: float, walk: Walk) -> None:
        self._current = None
        self._read_at = self._read_at | {key: began}
        self._last_at = self._clock()
        self._not_before.pop(key, None)
        if key == DELETED:
            self._deleted_since = began - OVERLAP_SECONDS
        if walk.doubt is None:
            self._doubts.pop(key, None)
        else:
            self._doubts = self._doubts | {key: walk.doubt}
        if self._changed or walk.removed:
            log.info(
                "%s of %s: %d changed, %d gone",
                *(self._table.table, key, self._changed, walk.removed),
            )
            latest = self._last_at - REPORTED_SECONDS
            kept = [finding for finding in self._findings if finding[0] >= latest]
            self._findings = [*kept, (self._last_at, self._changed, walk.removed)]


def _find_day(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _find_midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
