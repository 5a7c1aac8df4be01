"""One attribute by another, drawn: stacked bars, a heat map, or a pivot table."""

from collections.abc import Mapping
from typing import Any

from layouts.components.context import Context
from layouts.components.data_table import data_table, named
from layouts.components.heat_map import (
    HeatCell,
    HeatLine,
    diverging,
    heat_map,
    heat_scale,
    sequential,
)
from layouts.components.panel import figure_panel, segmented
from layouts.components.share_bars import COLOURS, Part, StackedLine, colour_key, stacked_bars
from layouts.components.states import empty, message
from layouts.components.typed_table import Cell, Column, Kind, Table
from layouts.elements import Element, html
from layouts.pages.crosstabs.data import CONVERSATIONS, PAGE, Cross, Side
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab

MEASURES = (None, "row", "column", "all", "time", "csat")
KINDS: Mapping[str | None, Kind] = {None: "count", "time": "seconds"}


def part_names(crosstab: Crosstab, across: Side) -> list[tuple[int, str]]:
    """0 is grey, for others and empty."""
    return [
        (_place(crosstab, column), name)
        for column, name in enumerate(across.lines)
        if crosstab.across_totals[column].n
    ]


def stacked_lines(crosstab: Crosstab, down: Side, across: Side) -> list[StackedLine]:
    lines = []
    for place, name in enumerate(down.lines):
        n = crosstab.down_totals[place].n
        if not n:
            continue
        parts = [
            Part(
                _place(crosstab, column),
                across.lines[column],
                crosstab.n(place, column),
                crosstab.n(place, column) / n,
                (down.cells[place], across.cells[column]),
            )
            for column in range(len(across.lines))
        ]
        cells = tuple(cell for cell in (down.cells[place], across.filled) if cell)
        lines.append(StackedLine(name, n, parts, cells))
    return lines


def _place(crosstab: Crosstab, column: int) -> int:
    return column + 1 if column < min(len(crosstab.across.keys), COLOURS) else 0


def figure(shown: Cross, context: Context) -> Element:
    text, formats = context.text, context.formats
    table = shown.table
    views = [(None, "bars"), ("heat", "heat"), ("table", "pivot")]
    tools: list[Any] = []
    if shown.show:
        tools.append(
            segmented(
                [
                    (
                        text(f"crosstabs.measure.{key or 'count'}"),
                        context.view(measure=key),
                        key == shown.measure,
                    )
                    for key in MEASURES
                ],
                text("crosstabs.measure.label"),
            )
        )
    tools.append(
        segmented(
            [
                (text(f"crosstabs.show.{word}"), context.view(show=key), key == shown.show)
                for key, word in views
            ],
            text("crosstabs.show.label"),
        )
    )
    title = text("crosstabs.by", row=shown.down.name, column=shown.across.name)
    population, plain = "", None
    note: str | Element | None = None
    if table is None:
        body = _nothing(shown, context)
    elif not table.total.n:
        body = empty(context, text("crosstabs.no_both"))
    else:
        population = text("units.n", n=formats.count(table.total.n))
        if table.left_out:
            population = text(
                "crosstabs.both_of",
                n=formats.count(table.total.n),
                out=formats.count(table.left_out),
            )
        if shown.show is None:
            body, note = _bars(shown, table, context), text("crosstabs.bars_note")
            plain = data_table(pair_counts(table, shown.down, shown.across, context), context)
        else:
            body, note = _heat(shown, table, context), _note(shown, context)
    return figure_panel(
        PAGE,
        "crosstab",
        title,
        body,
        plain,
        context,
        population=population,
        tools=tools,
        footnote=note,
        info=shown.infos["crosstab"],
        class_name="cross",
    )


def missing(side: Side, context: Context) -> Element:
    title = context.text("crosstabs.missing", label=side.name)
    return message("empty", context, title, context.text("crosstabs.missing_words"))


def _nothing(shown: Cross, context: Context) -> Element:
    for side in (shown.down, shown.across):
        if side.missing:
            return missing(side, context)
    text = context.text
    return message("empty", context, text("crosstabs.same"), text("crosstabs.same_words"))


def _bars(shown: Cross, table: Crosstab, context: Context) -> Element:
    lines = stacked_lines(table, shown.down, shown.across)
    key = colour_key(part_names(table, shown.across))
    return html.Div([key, stacked_bars(CONVERSATIONS, lines, context)])


def _cells(down: Side, across: Side, line: int | None, column: int | None) -> tuple[str, ...]:
    """A total keeps to the rows that have a value of the other side."""
    cells = (
        down.filled if line is None else down.cells[line],
        across.filled if column is None else across.cells[column],
    )
    return tuple(cell for cell in cells if cell)


def pair_counts(table: Crosstab, down: Side, across: Side, context: Context) -> Table:
    name = context.text("crosstabs.by", row=down.name, column=across.name)
    heads = [*across.lines, context.text("overview.total")]
    columns = [Column(down.name, "text", named), *[Column(head, sums=True) for head in heads]]

    def count(n: int, line: int, column: int | None) -> Cell:
        return Cell(n, (CONVERSATIONS, *_cells(down, across, line, column)))

    rows = [
        [
            words,
            *[count(table.n(line, column), line, column) for column in range(len(across.lines))],
            count(table.down_totals[line].n, line, None),
        ]
        for line, words in enumerate(down.lines)
    ]
    return Table(name, columns, rows)


def _heat(shown: Cross, table: Crosstab, context: Context) -> Element:
    measured = shown.measured or table
    lines = range(len(shown.down.lines))
    columns = range(len(shown.across.lines))
    scale = _Scale(shown, table, measured, context)

    def cell(line: int | None, column: int | None) -> HeatCell:
        return scale.cell(_number(measured, line, column), line, column)

    text = context.text
    word = text("overview.total")
    body = [
        HeatLine(
            shown.down.lines[line], [cell(line, column) for column in columns], cell(line, None)
        )
        for line in lines
        if table.down_totals[line].n
    ]
    foot = HeatLine(word, [cell(None, column) for column in columns], cell(None, None))
    name = "heat-wide heat-plain" if shown.show == "table" else "heat-wide"
    measure = text(f"crosstabs.measure.{shown.measure or 'count'}")
    title = text("crosstabs.by", row=shown.down.name, column=shown.across.name)
    return heat_map(
        title if shown.measure is None else f"{title}, {measure}",
        KINDS.get(shown.measure, "share"),
        shown.down.name,
        shown.across.lines,
        body,
        foot,
        word,
        context,
        class_name=name,
    )


def _number(table: Crosstab, line: int | None, column: int | None) -> Summary | None:
    if line is not None and column is not None:
        return table.cells.get((line, column))
    if line is not None:
        return table.down_totals[line]
    return table.total if column is None else table.across_totals[column]


class _Scale:
    def __init__(self, shown: Cross, table: Crosstab, crosstab: Crosstab, context: Context) -> None:
        self.shown, self.table, self.crosstab, self.context = shown, table, crosstab, context
        # Others and rows without a value are no one thing: they would outshine all that are.
        named = [place for place in crosstab.cells if self._is_named(*place)]
        values = [self._value(crosstab.cells[place], *place) for place in named]
        self.largest = max(values, default=0)
        self.middle = crosstab.total.value or 0
        cells = [crosstab.cells[place] for place in named]
        enough = [c.value or 0 for c in cells if c.n >= shown.csat_minimum]
        self.reach = max((abs(value - self.middle) for value in enough), default=0)

    def _is_named(self, line: int, column: int) -> bool:
        return line < len(self.table.down.keys) and column < len(self.table.across.keys)

    def _value(self, number: Summary, line: int | None, column: int | None) -> float:
        value = number.value or 0
        measure = self.shown.measure
        if measure == "row":
            whole = _number(self.table, line, None)
        elif measure == "column":
            whole = _number(self.table, None, column)
        elif measure == "all":
            whole = self.table.total
        else:
            return value
        return value / whole.n if whole and whole.n else 0

    def cell(self, number: Summary | None, line: int | None, column: int | None) -> HeatCell:
        """A total carries no colour."""
        shown, formats = self.shown, self.context.formats
        if number is None or not number.n:
            return HeatCell("") if shown.measured else HeatCell("0", value=0)
        value = self._value(number, line, column)
        name = " · ".join(
            side.lines[place]
            for side, place in ((shown.down, line), (shown.across, column))
            if place is not None
        )
        title = f"{name}: {self.context.text('units.n', n=formats.count(number.n))}".lstrip(": ")
        key = self.crosstab.metric.key
        tone = ""
        if line is not None and column is not None and shown.show == "heat":
            tone = self._tone(value, number.n) if self._is_named(line, column) else ""
        cells = _cells(shown.down, shown.across, line, column)
        return HeatCell(self._words(value), tone, key, cells, title, value)

    def _tone(self, value: float, n: int) -> str:
        if self.shown.measure != "csat":
            return sequential(value, self.largest)
        enough = n >= self.shown.csat_minimum
        return diverging(value, self.middle, self.reach) if enough else ""

    def _words(self, value: float) -> str:
        formats, measure = self.context.formats, self.shown.measure
        if measure == "time":
            return formats.duration(value)
        if measure is None:
            return formats.count(value)
        return formats.share(value)


def _note(shown: Cross, context: Context) -> Element:
    text = context.text
    label = text(f"crosstabs.note.{shown.measure or 'count'}", n=shown.csat_minimum)
    parts: list[Any] = [html.Span(label, className="foot-words")]
    if shown.show == "heat":
        kind = "div" if shown.measure == "csat" else "seq"
        low, high = ("worse", "better") if kind == "div" else ("less", "more")
        parts.append(heat_scale(text(f"crosstabs.{low}"), text(f"crosstabs.{high}"), kind))
    return html.Div(parts, className="heat-foot")
