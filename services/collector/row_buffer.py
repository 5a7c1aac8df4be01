"""All rows that the collector holds, by UTC day of creation; safe to use from its threads."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

import pandas as pd

from services.snapshot.manifest import WHOLE, PartitionId

# table -> (date that puts a row into its partition, date by which the newer of two rows wins)
DATES: Mapping[str, tuple[str, str | None]] = {
    "conversations": ("created_at", "updated_at"),
    "calls": ("started_at", None),
    "tickets": ("created_at", "updated_at"),
}
# Rows that stay however old they are.
IS_KEPT: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "conversations": lambda rows: rows["state"].isin(["open", "snoozed"]),
    "tickets": lambda rows: rows["is_open"].fillna(False).astype(bool),
}


class RowBuffer:
    """Rows come in as they are read; days are put together only when somebody looks at them.

    Labels are kept as text: those of two frames fit together as they are, and the snapshot gives
    every column the type it is agreed to have.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: dict[PartitionId, pd.DataFrame] = {}
        self._waiting: dict[PartitionId, list[pd.DataFrame]] = {}
        self._changed: set[PartitionId] = set()
        self._removed: set[PartitionId] = set()

    def put(self, table: str, rows: pd.DataFrame) -> None:
        """Of two with the same id the newer one stays, of equals the later one."""
        if rows.empty:
            return
        rows = convert_labels_to_text(rows)
        days = rows[DATES[table][0]].dt.strftime("%Y-%m-%d")
        parts = [(str(day), part) for day, part in rows.groupby(days)]
        with self._lock:
            for day, part in parts:
                self._waiting.setdefault((table, day), []).append(part)

    def resume(self, name: PartitionId, rows: pd.DataFrame) -> None:
        with self._lock:
            self._days[name] = convert_labels_to_text(rows)

    def remove(self, table: str, ids: Iterable[str]) -> None:
        gone = set(ids)
        with self._lock:
            self._merge_waiting()
            for name, rows in list(self._days.items()):
                hit = rows["id"].isin(gone) if name[0] == table else None
                if hit is not None and hit.any():
                    self._set_partition(name, rows[~hit].reset_index(drop=True))

    def clear(self, table: str) -> None:
        self.remove(table, [row_id for rows in self.list_frames(table) for row_id in rows["id"]])

    def drop_before(self, day: date) -> None:
        """Open, snoozed and lately touched rows stay."""
        with self._lock:
            self._merge_waiting()
            for name, rows in list(self._days.items()):
                if name[1] == WHOLE or date.fromisoformat(name[1]) >= day:
                    continue
                kept = rows.iloc[:0]
                if name[0] in IS_KEPT:
                    touched = rows["updated_at"].ge(pd.Timestamp(day, tz="UTC"))
                    stays = IS_KEPT[name[0]](rows) | touched
                    kept = rows[stays].reset_index(drop=True)
                if len(kept) < len(rows):
                    self._set_partition(name, kept)

    def take_changes(self) -> tuple[dict[PartitionId, pd.DataFrame], set[PartitionId]]:
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

    def list_frames(self, table: str) -> Iterator[pd.DataFrame]:
        with self._lock:
            self._merge_waiting()
            frames = [rows for name, rows in self._days.items() if name[0] == table]
        yield from frames

    def get_partition(self, name: PartitionId) -> pd.DataFrame | None:
        with self._lock:
            self._merge_waiting()
            return self._days.get(name)

    def find_oldest_day(self) -> date | None:
        with self._lock:
            self._merge_waiting()
            return min((date.fromisoformat(day) for _, day in self._days), default=None)

    def _merge_waiting(self) -> None:
        for name, parts in self._waiting.items():
            held = self._days.get(name)
            before = [] if held is None else [held]
            merged = merge_rows(name[0], [*before, *parts])
            if held is None or not merged.equals(held):
                self._set_partition(name, merged)
        self._waiting.clear()

    def _set_partition(self, name: PartitionId, rows: pd.DataFrame) -> None:
        if rows.empty:
            self._days.pop(name, None)
            self._changed.discard(name)
            self._removed.add(name)
        else:
            self._days[name] = rows
            self._changed.add(name)
            self._removed.discard(name)


def merge_rows(table: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Each id once, by id.

    A read that was overtaken by a newer one never wins: conversations say when they were updated.
    Calls do not; of two, the one that came later stays, unless it would undo that the call ended.
    """
    rows = pd.concat(parts, ignore_index=True)
    newer = DATES[table][1]
    if newer is not None:
        rows = rows.sort_values(newer, kind="stable", na_position="first")
    else:
        rows = rows.iloc[rows["status"].eq("done").to_numpy().argsort(kind="stable")]
    rows = rows.drop_duplicates("id", keep="last").sort_values("id", kind="stable")
    return rows.reset_index(drop=True)


def convert_labels_to_text(rows: pd.DataFrame) -> pd.DataFrame:
    """Categories would not fit those of other rows."""
    columns = {name: rows[name].array for name in rows.columns}
    for name, values in columns.items():
        if isinstance(values, pd.Categorical):
            labels = values.categories.astype("str").array
            columns[name] = labels.take(values.codes, allow_fill=True)
    return pd.DataFrame(columns, index=rows.index)
