"""Bars that are plain tables: one share a line, or several as parts of one bar; each opens rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.components.context import Context
from layouts.components.typed_table import Column, Kind, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, html

COLOURS = 8
# A part that is narrower than this has no room for its own number.
ROOM = 0.05


@dataclass(frozen=True)
class BarLine:
    """`share` is 0..1; `kind` is a class of its colour: nothing, bar-other or bar-lost.

    `more` is what `words` say, where there are any.
    """

    name: str
    n: int
    share: float
    key: str
    cells: tuple[str, ...]
    kind: str = ""
    words: str = ""
    more: float | None = None


@dataclass(frozen=True)
class Part:
    """`place` is its place among the colours."""

    place: int
    name: str
    n: int
    share: float
    cells: tuple[str, ...]


@dataclass(frozen=True)
class StackedLine:
    name: str
    n: int
    parts: Sequence[Part]
    cells: tuple[str, ...]


def bar_values(
    name: str, heads: Sequence[str], lines: Sequence[BarLine], more: Kind = "count"
) -> Table:
    first, count, share, *others = heads
    columns = [Column(first, "text"), Column(count, sums=True), Column(share, "share")]
    columns += [Column(head, more) for head in others]
    values = [(line.name, line.n, line.share, line.more)[: len(columns)] for line in lines]
    return Table(name, columns, values)


def bar_table(
    name: str,
    heads: Sequence[str],
    lines: Sequence[BarLine],
    context: Context,
    *,
    names: Sequence[Any] = (),
    more: Kind = "count",
) -> Element:
    """`heads` name the lines, their count, their share, and `words` where there are any."""
    typed = bar_values(name, heads, lines, more)
    return carry(typed, draw_bars(heads, lines, context, names))


def draw_bars(
    heads: Sequence[str], lines: Sequence[BarLine], context: Context, names: Sequence[Any] = ()
) -> Element:
    widest = max((line.n for line in lines), default=0) or 1
    first, count, share, *others = heads
    head = [html.Th(first, className="left"), html.Th("", className="reason-bar")]
    head += [html.Th(words) for words in (count, share, *others)]
    rows = []
    for place, line in enumerate(lines):
        style = {"--share": f"{line.n / widest * 100:.1f}%"}
        bar = html.Div(
            html.Span(className=f"bar-fill {line.kind}".strip()), className="bar", style=style
        )
        number = html.B(context.formats.count(line.n))
        linked = bool(line.n and line.key)
        called = names[place] if names else _name(line.name)
        hidden: dict[str, Any] = {"tabIndex": "-1", "aria-hidden": "true"}
        cells = [
            html.Td(called, className="left bar-name"),
            html.Td(
                rows_link(bar, context, line.key, *line.cells, **hidden) if linked else bar,
                className="reason-bar",
            ),
            html.Td(rows_link(number, context, line.key, *line.cells) if linked else number),
            html.Td(context.formats.share(line.share)),
        ]
        if others:
            cells.append(html.Td(line.words, className="quieter"))
        rows.append(html.Tr(cells, **{"data-mark": ""}))
    table = html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(rows)], className="grid-table reason-table"
    )
    return html.Div(table, className="table-frame bars-frame")


def stacked_bars(key: str, lines: Sequence[StackedLine], context: Context) -> Element:
    """Each bar has the whole width: shares within the line."""
    return html.Div([_stacked(key, line, context) for line in lines], className="stacked")


def stacked_values(name: str, head: str, lines: Sequence[StackedLine], context: Context) -> Table:
    names = [part.name for part in lines[0].parts] if lines else []
    total = context.text("overview.total")
    columns = [Column(head, "text"), *[Column(n, sums=True) for n in (*names, total)]]
    values = [[line.name, *[part.n for part in line.parts], line.n] for line in lines]
    return Table(name, columns, values)


def colour_key(names: Sequence[tuple[int, str]]) -> Element:
    return html.Ul(
        [
            html.Li([html.Span(className=f"dot part-{place}"), _name(name)], title=name)
            for place, name in names
        ],
        className="colour-key",
    )


def _stacked(key: str, line: StackedLine, context: Context) -> Element:
    formats = context.formats
    parts = []
    for part in line.parts:
        if not part.n:
            continue
        label = f"{part.name}: {formats.count(part.n)} ({formats.share(part.share)})"
        words = formats.share(part.share, 0) if part.share >= ROOM else ""
        parts.append(
            rows_link(
                words,
                context,
                key,
                *part.cells,
                class_name=f"stacked-part part-{part.place}",
                style={"--share": f"{part.share * 100:.2f}%"},
                title=label,
                **{"aria-label": label},
            )
        )
    count = rows_link(formats.count(line.n), context, key, *line.cells) if line.n else "0"
    return html.Div(
        [
            html.Div(_name(line.name), className="stacked-name"),
            html.Div(parts, className="stacked-bar"),
            html.Div(count, className="stacked-n"),
        ],
        className="stacked-line",
    )


def _name(name: str) -> Element:
    return html.Span(name, title=name, className="bidi elided")
