"""Rows of the tables as JSON, and the pages they come in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from callbacks.api.schema import JOINED, columns
from callbacks.reports.query import Position
from metrics.model import schema

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
Row = dict[str, Any]


@dataclass(frozen=True)
class Ordered:
    """A population, newest first (equal instants by id), small enough to be remembered.

    Attributes:
        seconds: When, in Unix seconds.
        ids: Of the rows.
        values: What each row adds to the metric; None where no metric was asked for.
    """

    seconds: np.ndarray
    ids: np.ndarray
    values: np.ndarray | None

    def after(self, position: Position | None) -> int:
        """How many rows lie before the first one behind the position."""
        if position is None:
            return 0
        same = self.seconds == position.seconds
        behind = (self.seconds < position.seconds) | (same & (self.ids < position.id))
        return len(self.ids) - int(behind.sum())

    def position(self, number: int) -> Position:
        """Where the row of that number (from 0) lies."""
        return Position(int(self.seconds[number]), str(self.ids[number]))


def ordered(rows: pd.DataFrame, dated_by: str, values: pd.Series | None = None) -> Ordered:
    """The rows as a population, with the value of each where a metric was asked for."""
    seconds = rows[dated_by].dt.as_unit("s").astype("int64").to_numpy()
    ids = rows["id"].to_numpy(dtype=object)
    order = np.lexsort((ids, seconds))[::-1]
    numbers = None if values is None else values.to_numpy(dtype="float64")[order]
    return Ordered(seconds[order], ids[order], numbers)


def instant(moment: Any) -> str | None:
    """An instant in ISO 8601, UTC; None where there is none."""
    if moment is None or pd.isna(moment):
        return None
    return str(pd.Timestamp(moment).tz_convert("UTC").strftime(INSTANT_FORMAT))


def listed(column: pd.Series) -> list[Any]:
    """A column's values as JSON has them; NA is None."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.strftime(INSTANT_FORMAT)
    return [
        None if missing else _plain(value)
        for value, missing in zip(column, column.isna(), strict=True)
    ]


def table_rows(frame: pd.DataFrame, table: str) -> list[Row]:
    """The columns that a table shows, one dictionary per row."""
    shown = {name: listed(frame[name]) for name in columns(table)}
    for name, separator in JOINED.items():
        if name in shown:
            shown[name] = [words.split(separator) if words else [] for words in shown[name]]
    return [dict(zip(shown, values, strict=True)) for values in zip(*shown.values(), strict=True)]


def attributes(frame: pd.DataFrame) -> list[dict[str, str]]:
    """The workspace's own attributes that are set, for each row."""
    found: list[dict[str, str]] = [{} for _ in range(len(frame))]
    for name in frame.columns:
        if str(name).startswith(schema.ATTRIBUTE_PREFIX):
            label = str(name).removeprefix(schema.ATTRIBUTE_PREFIX)
            for row, value in zip(found, listed(frame[name]), strict=True):
                if value is not None and value.strip():
                    row[label] = value
    return found


def chosen(table: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """The rows of these ids, in their order."""
    rows = table[table["id"].isin(list(ids))].drop_duplicates("id").set_index("id", drop=False)
    return rows.reindex([row_id for row_id in ids if row_id in rows.index])


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
