"""A table whose cells are coloured by their numbers; each opens its rows. Zeros stay unfilled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.components.context import Context
from layouts.components.typed_table import Column, Kind, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, html

LEVELS = 7
DIVERGING_MIDDLE = 4


@dataclass(frozen=True)
class HeatCell:
    """`tone` is seq-1..7, div-1..7, empty for an unfilled cell; without a `key` nothing opens.

    `value` is what `words` say.
    """

    words: str
    tone: str = ""
    key: str = ""
    cells: tuple[str, ...] = ()
    title: str = ""
    value: float | None = None


@dataclass(frozen=True)
class HeatLine:
    name: str
    cells: Sequence[HeatCell]
    total: HeatCell


def sequential(value: float, largest: float) -> str:
    if value <= 0 or largest <= 0:
        return ""
    return f"seq-{min(LEVELS, int(value / largest * LEVELS - 1e-9) + 1)}"


def diverging(value: float, middle: float, reach: float) -> str:
    """Better above the middle."""
    step = round((value - middle) / reach * 3) if reach else 0
    return f"div-{max(1, min(LEVELS, step + DIVERGING_MIDDLE))}"


def heat_map(
    name: str,
    kind: Kind,
    corner: str,
    heads: Sequence[str],
    lines: Sequence[HeatLine],
    foot: HeatLine,
    total_word: str,
    context: Context,
    *,
    class_name: str = "",
    titles: Sequence[str] = (),
) -> Element:
    """`titles` are of the file, where heads are left out for want of room."""
    head = html.Tr(
        [
            html.Th(corner, scope="col", className="heat-corner"),
            *[html.Th(_name(name), scope="col") for name in heads],
            html.Th(total_word, scope="col", className="heat-total"),
        ]
    )
    body = [_line(line, context) for line in lines]
    table = html.Table(
        [html.Thead(head), html.Tbody(body), html.Tfoot(_line(foot, context))],
        className=f"heat {class_name}".strip(),
    )
    columns = [
        Column(corner, "text"),
        *[Column(head, kind) for head in (*(titles or heads), total_word)],
    ]
    typed = Table(name, columns, [_list_values(line) for line in lines], _list_values(foot))
    return html.Div(carry(typed, table), className="table-frame heat-frame")


def _list_values(line: HeatLine) -> list[Any]:
    return [line.name, *[cell.value for cell in (*line.cells, line.total)]]


def heat_scale(low: str, high: str, kind: str = "seq") -> Element:
    steps = [html.Span(className=f"heat-step heat-{kind}-{n}") for n in range(1, LEVELS + 1)]
    return html.Span([low, *steps, high], className="heat-scale")


def _line(line: HeatLine, context: Context) -> Element:
    return html.Tr(
        [
            html.Th(_name(line.name), scope="row", className="heat-name"),
            *[_cell(cell, context) for cell in line.cells],
            _cell(line.total, context, "heat-total"),
        ]
    )


def _name(name: str) -> Element:
    return html.Span(name, title=name, className="heat-words bidi")


def _cell(cell: HeatCell, context: Context, class_name: str = "") -> Element:
    tone = f"heat-{cell.tone}" if cell.tone else "heat-none"
    title = {"title": cell.title} if cell.title else {}
    if cell.key and cell.words:
        inside = rows_link(
            cell.words, context, cell.key, *cell.cells, class_name=f"heat-cell {tone}", **title
        )
    else:
        inside = html.Span(cell.words, className=f"heat-cell {tone}", **title)
    return html.Td(inside, className=class_name) if class_name else html.Td(inside)
