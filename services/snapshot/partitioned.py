"""A table of the web side, put together of its partitions; each is read and derived once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from metrics.model import schema
from services.snapshot.manifest import Partition

# Every question goes through all pieces of a table: smaller ones are joined with their neighbours.
PIECE_ROWS = 10_000


@dataclass(frozen=True)
class _Part:
    """The rows of a partition, as a stretch of a greater frame."""

    key: str
    attributes: Sequence[str]  # that were read; others are derived
    size: int
    frame: pl.DataFrame
    start: int = 0


Run = list[_Part]  # that follow each other in one frame


class PartitionedTable:
    """`rows` has the columns that were read, `derived` those of `derive` beside them.

    `derive` is for the rows of any number of partitions, and may get the same ones again. Rows are
    copied into greater pieces, unless they are to be `shared` with whoever has them in memory.
    """

    def __init__(
        self,
        table: str,
        derive: Callable[[pl.DataFrame], pl.DataFrame],
        *,
        shared: bool = False,
    ) -> None:
        self._shared = shared
        self._width = len(schema.TABLES[table])
        self._agreed = [*schema.TABLES[table], *(schema.CALL_AGENTS if table == "calls" else ())]
        self._derive = derive
        self._nothing = derive(schema.empty(table))
        self._show([])

    def load(
        self, partitions: Sequence[Partition], read: Callable[[Partition], pl.DataFrame]
    ) -> None:
        """Take over these partitions, in this order; where `read` fails, all stays as it was."""
        held = {part.key: part for part in self._parts}
        keys = [partition.key for partition in partitions]
        if keys == list(held):
            return
        new = ([self._read(p, read)] for p in partitions if p.key not in held)
        for runs in _group(new):
            held |= {part.key: part for part in _cut(self._derive(self._join(runs)), runs)}
        self._show([held[key] for key in keys])

    def derive_again(self) -> None:
        """After `derive` became another one."""
        self._show(_cut(self._derive(self.derived), [self._parts]))

    def _read(self, partition: Partition, read: Callable[[Partition], pl.DataFrame]) -> _Part:
        rows = read(partition)
        return _Part(partition.key, rows.columns[self._width :], len(rows), rows)

    def _show(self, parts: Sequence[_Part]) -> None:
        self._parts: list[_Part] = []
        pieces = [self._nothing]
        for runs in _group(_find_runs(parts)):
            pieces.append(self._join(runs))
            self._parts += _cut(pieces[-1], runs)
        self.derived = pl.concat(pieces, how="diagonal")
        attributes = [name for part in self._parts for name in part.attributes]
        self.rows = self.derived.select(list(dict.fromkeys([*self._agreed, *attributes])))

    def _join(self, runs: Sequence[Run]) -> pl.DataFrame:
        frames = [run[0].frame.slice(run[0].start, sum(part.size for part in run)) for run in runs]
        if len(frames) == 1:
            return frames[0]
        return pl.concat(frames, how="diagonal", rechunk=not self._shared)


def _find_runs(parts: Iterable[_Part]) -> list[Run]:
    runs: list[Run] = []
    for part in parts:
        last = runs[-1][-1] if runs else None
        if last and last.frame is part.frame and last.start + last.size == part.start:
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _group(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """As few that follow each other as make a piece."""
    group: list[Run] = []
    for run in runs:
        group.append(run)
        if sum(part.size for run in group for part in run) >= PIECE_ROWS:
            yield group
            group = []
    if group:
        yield group


def _cut(frame: pl.DataFrame, runs: Sequence[Run]) -> list[_Part]:
    """The parts of these runs, one after the other in this frame."""
    parts: list[_Part] = []
    start = 0
    for part in (part for run in runs for part in run):
        parts.append(replace(part, frame=frame, start=start))
        start += part.size
    return parts
