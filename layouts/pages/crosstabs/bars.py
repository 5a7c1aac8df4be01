"""A cross-tab as bars of parts: shares within each line."""

from layouts.components.share_bars import COLOURS, Part, StackedLine
from layouts.pages.crosstabs.data import Side
from metrics.query.crosstab import Crosstab


def part_names(told: Crosstab, across: Side) -> list[tuple[int, str]]:
    """The colours of the columns that have rows; 0 is grey, for others and empty."""
    return [
        (_place(told, column), name)
        for column, name in enumerate(across.lines)
        if told.across_totals[column].n
    ]


def stacked_lines(told: Crosstab, down: Side, across: Side) -> list[StackedLine]:
    """Each line's columns as parts of one bar."""
    found = []
    for place, name in enumerate(down.lines):
        n = told.down_totals[place].n
        if not n:
            continue
        parts = [
            Part(
                _place(told, column),
                across.lines[column],
                told.n(place, column),
                told.n(place, column) / n,
                (down.cells[place], across.cells[column]),
            )
            for column in range(len(across.lines))
        ]
        cells = tuple(cell for cell in (down.cells[place], across.filled) if cell)
        found.append(StackedLine(name, n, parts, cells))
    return found


def _place(told: Crosstab, column: int) -> int:
    return column + 1 if column < min(len(told.across.keys), COLOURS) else 0
