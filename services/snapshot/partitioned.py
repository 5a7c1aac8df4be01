"""A table of the web side, put together of its partitions; each is read and derived once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import polars as pl

from metrics.model import schema
from services.snapshot.manifest import Partition

# Every question goes through all pieces of a table; of more than this one is made.
MOST_PIECES = 16


@dataclass(frozen=True)
class _Part:
    """The rows of a partition, as a stretch of a greater frame."""

    attributes: Sequence[str]  # that were read; others are derived
    size: int
    frame: pl.DataFrame
    start: int = 0


class PartitionedTable:
    """`rows` has the columns that were read, `derived` those of `derive` beside them.

    `derive` is for the rows of any number of partitions, and may get the same ones again.
    """

    def __init__(self, table: str, derive: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self._nothing = schema.empty(table)
        matched = schema.CALL_AGENTS if table == "calls" else ()
        self._agreed = [*self._nothing.columns, *matched]
        self._derive = derive
        self._parts: Mapping[str, _Part] = {}
        self._show({}, derive(self._nothing))

    def load(
        self, partitions: Sequence[Partition], read: Callable[[Partition], pl.DataFrame]
    ) -> None:
        """Take over these partitions, in this order; where `read` fails, all stays as it was."""
        names = [partition.key for partition in partitions]
        if names == list(self._parts):
            return
        frames = {p.key: read(p) for p in partitions if p.key not in self._parts}
        block = pl.concat([self._nothing, *frames.values()], how="diagonal", rechunk=True)
        derived = self._derive(block)
        width = self._nothing.width
        new = {key: _Part(rows.columns[width:], len(rows), rows) for key, rows in frames.items()}
        known = {**self._parts, **_cut(derived, new)}
        self._show({name: known[name] for name in names}, derived)

    def derive_again(self) -> None:
        """After `derive` became another one."""
        derived = self._derive(self.derived)
        self._show(_cut(derived, self._parts), derived)

    def _show(self, parts: Mapping[str, _Part], derived: pl.DataFrame) -> None:
        pieces = _join_neighbours(parts.values())
        whole = pl.concat([derived.clear(), *pieces], how="diagonal")
        if len(pieces) > MOST_PIECES:
            whole = whole.rechunk()
            parts = _cut(whole, parts)
        attributes = [name for part in parts.values() for name in part.attributes]
        self._parts, self.derived = parts, whole
        self.rows = whole.select(list(dict.fromkeys([*self._agreed, *attributes])))


def _cut(frame: pl.DataFrame, parts: Mapping[str, _Part]) -> dict[str, _Part]:
    """The same parts, one after the other in this frame."""
    starts = accumulate((part.size for part in parts.values()), initial=0)
    return {
        key: replace(part, frame=frame, start=start)
        for (key, part), start in zip(parts.items(), starts, strict=False)
    }


def _join_neighbours(parts: Iterable[_Part]) -> list[pl.DataFrame]:
    stretches: list[_Part] = []
    for part in parts:
        last = stretches[-1] if stretches else None
        if last and last.frame is part.frame and last.start + last.size == part.start:
            stretches[-1] = replace(last, size=last.size + part.size)
        else:
            stretches.append(part)
    return [part.frame.slice(part.start, part.size) for part in stretches]
