"""All rows that the collector holds, by UTC day of creation; safe to use from its threads."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl

from services.snapshot.manifest import OLDER, PartitionId

# table -> (date that puts a row into its partition, date by which the newer of two rows wins)
DATES: Mapping[str, tuple[str, str | None]] = {
    "conversations": ("created_at", "updated_at"),
    "calls": ("started_at", None),
    "tickets": ("created_at", "updated_at"),
}
# How far a call is.
STAGE = (
    pl.when(pl.col("status") == "done").then(2).when(pl.col("status") == "answered").then(1)
).otherwise(0)
# Rows that stay however old they are.
IS_OPEN: Mapping[str, pl.Expr] = {
    "conversations": pl.col("state").is_in(["open", "snoozed"]),
    "tickets": pl.col("is_open"),
}


class RowBuffer:
    """Rows come in as they are read; days are put together only when somebody looks at them.

    Those of before `first_day` lie together, in the partition `OLDER` of their table.
    """

    def __init__(self, first_day: date = date.min) -> None:
        self._lock = threading.Lock()
        self._first_day = first_day
        self._days: dict[PartitionId, pl.DataFrame] = {}
        self._waiting: dict[PartitionId, list[pl.DataFrame]] = {}
        self._changed: set[PartitionId] = set()
        self._removed: set[PartitionId] = set()

    def put(self, table: str, rows: pl.DataFrame) -> None:
        """Of two with the same id the newer one stays, of equals the later one."""
        with self._lock:
            self._put(table, rows)

    def resume(self, name: PartitionId, rows: pl.DataFrame) -> None:
        """Take over what is published; rows that belong elsewhere by now go there."""
        with self._lock:
            days = rows.select(self._day_of(name[0])).to_series().unique()
            if [_name_day(day) for day in days] == [name[1]]:
                self._days[name] = rows
            else:
                self._removed.add(name)
                self._put(name[0], rows)

    def remove(self, table: str, ids: Iterable[str]) -> int:
        """How many of them were there."""
        gone, removed = list(ids), 0
        with self._lock:
            self._merge_waiting()
            for name, rows in list(self._days.items()):
                hit = rows["id"].is_in(gone) if name[0] == table else None
                if hit is not None and hit.any():
                    self._set_partition(name, rows.filter(~hit))
                    removed += int(hit.sum())
        return removed

    def clear(self, table: str) -> None:
        self.remove(table, [row_id for rows in self.list_frames(table) for row_id in rows["id"]])

    def drop_before(self, day: date) -> None:
        """Open, snoozed and lately touched rows stay."""
        with self._lock:
            self._merge_waiting()
            self._first_day = max(day, self._first_day)
            for (table, day_name), rows in list(self._days.items()):
                if day_name != OLDER and date.fromisoformat(day_name) >= self._first_day:
                    continue
                stays = IS_OPEN.get(table, pl.lit(False))
                if DATES[table][1] is not None:
                    stays |= pl.col("updated_at").dt.date() >= self._first_day
                kept = rows.filter(stays)
                if day_name != OLDER:
                    self._set_partition((table, day_name), rows.clear())
                    self._put(table, kept)
                elif len(kept) < len(rows):
                    self._set_partition((table, day_name), kept)

    def hold_from(self, day: date) -> None:
        """Days from this one on lie apart again, once they have been read."""
        with self._lock:
            self._merge_waiting()
            self._first_day = day
            for name, rows in list(self._days.items()):
                if name[1] == OLDER:
                    self._set_partition(name, rows.clear())
                    self._put(name[0], rows)

    def take_changes(self) -> tuple[dict[PartitionId, pl.DataFrame], set[PartitionId]]:
        """What differs from the last version, and what is empty now.

        They count as published from here on; `return_changes` takes that back.
        """
        with self._lock:
            self._merge_waiting()
            changed, self._changed = self._changed, set()
            removed, self._removed = self._removed, set()
            return {name: self._days[name] for name in changed if name in self._days}, removed

    def return_changes(self, names: Iterable[PartitionId], removed: Iterable[PartitionId]) -> None:
        """These still have to be published, or to go, whichever they are by now."""
        with self._lock:
            for name in (*names, *removed):
                (self._changed if name in self._days else self._removed).add(name)

    def list_frames(self, table: str) -> Iterator[pl.DataFrame]:
        with self._lock:
            self._merge_waiting()
            frames = [rows for name, rows in self._days.items() if name[0] == table]
        yield from frames

    def get_partition(self, name: PartitionId) -> pl.DataFrame | None:
        with self._lock:
            self._merge_waiting()
            return self._days.get(name)

    def get_row(self, table: str, like: pl.DataFrame) -> pl.DataFrame | None:
        """The one with the id of this row, if it is held in the same place."""
        [day] = like.select(self._day_of(table))["day"]
        held = self.get_partition((table, _name_day(day)))
        row = None if held is None else held.filter(pl.col("id") == like["id"][0])
        return None if row is None or row.is_empty() else row

    @property
    def has_changes(self) -> bool:
        """Whether anything differs from the last version."""
        with self._lock:
            self._merge_waiting()
            return bool(self._changed or self._removed)

    def find_oldest_day(self) -> date | None:
        with self._lock:
            self._merge_waiting()
            names = (day for _, day in self._days)
            days = (self._first_day if day == OLDER else date.fromisoformat(day) for day in names)
            return min(days, default=None)

    def _day_of(self, table: str) -> pl.Expr:
        """The day in whose partition each row belongs; null where that is `OLDER`."""
        day = pl.col(DATES[table][0]).dt.date()
        return pl.when(day >= self._first_day).then(day).alias("day")

    def _put(self, table: str, rows: pl.DataFrame) -> None:
        parts = rows.with_columns(self._day_of(table)).partition_by(
            "day", as_dict=True, include_key=False
        )
        for (day,), part in parts.items():
            self._waiting.setdefault((table, _name_day(day)), []).append(part)

    def _merge_waiting(self) -> None:
        for name, parts in self._waiting.items():
            held = self._days.get(name)
            if held is None:
                self._set_partition(name, merge_rows(name[0], parts))
                continue
            is_met = held["id"].is_in([row_id for part in parts for row_id in part["id"]])
            met = held.filter(is_met)
            merged = merge_rows(name[0], [met, *parts])
            if not merged.equals(met):
                self._set_partition(name, sort_rows(name[0], [held.filter(~is_met), merged]))
        self._waiting.clear()

    def _set_partition(self, name: PartitionId, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            self._days.pop(name, None)
            self._changed.discard(name)
            self._removed.add(name)
        else:
            self._days[name] = rows
            self._changed.add(name)
            self._removed.discard(name)


def merge_rows(table: str, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Each id once, by day and id.

    A read that was overtaken by a newer one never wins: conversations say when they were updated.
    Calls do not; of two, the one that came later stays, unless it would undo an answer or the end.
    """
    rows = pl.concat(parts, how="diagonal")
    newer = DATES[table][1]
    age = pl.col(newer) if newer else STAGE
    newest = rows.select("id", age=age, row=pl.row_index())
    newest = newest.sort("age", maintain_order=True).unique("id", keep="last")
    return sort_rows(table, [rows[newest["row"]]])


def sort_rows(table: str, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    rows = pl.concat(parts, how="diagonal")
    return rows.sort(pl.col(DATES[table][0]).dt.date(), "id")


def _name_day(day: date | None) -> str:
    return OLDER if day is None else day.isoformat()
