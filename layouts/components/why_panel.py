"""What carries the change of a number: a waterfall that is its own table, beside the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from layouts.components.context import Context
from layouts.components.download import excel_button
from layouts.components.panel import segmented
from layouts.components.rows_panel import frame
from layouts.components.states import message
from layouts.components.view_link import rows_link
from layouts.elements import Element, html
from metrics.query.decomposition import Decomposition, Part

# A change below this has a digit more, so that its parts are not all nothing.
SMALL = {"share": 0.01, "points": 0.1}
PARTS = ("total", "mix", "rate")
NUMBERS = (*PARTS, "value", "n")


@dataclass(frozen=True)
class Line:
    """`cell` opens its rows of the present period."""

    name: str
    cell: str
    part: Part


@dataclass(frozen=True)
class Why:
    """A change, parted in one way.

    Attributes:
        crumbs: What changed, and when.
        ways: (key, words) of each.
        by: Which of them; None where nothing parts the rows.
        export: Address of the file.
    """

    found: Decomposition
    crumbs: Sequence[str]
    ways: Sequence[tuple[str, str]]
    by: str | None
    lines: Sequence[Line]
    export: str


def panel(why: Why, context: Context) -> Element:
    text, found = context.text, why.found
    metric, change = found.metric, found.change
    kind = "mean_title" if metric.kind == "duration" else "title"
    side = "up" if change > 0 else "down" if change < 0 else "same"
    size = write_part(change, found, context).lstrip("+\N{MINUS SIGN}")
    title = text(f"why.{kind}.{side}", change=size)
    head = [html.H2(title), html.P(_ends(found, context), className="rows-counts")]
    head += [html.P(words, className="why-median") for words in _tell_median(found, context)]
    body: list[Any] = [message("empty", context, text("why.single"), text("why.single_words"))]
    if why.by is not None:
        ways = [
            (words, context.view(rows=metric.key, why=by), by == why.by) for by, words in why.ways
        ]
        head.append(segmented(ways, text("why.by"), "rows-parts", "replace"))
        notes = [html.P(words) for words in _notes(why, context)]
        foot = html.Div([*notes, excel_button(context, why.export)], className="why-notes")
        body = [html.Div([_table(why, context), foot], className="why-body")]
    return frame(why.crumbs, head, body, title, context, "why-panel")


def nothing(context: Context) -> Element:
    text = context.text
    notice = message("empty", context, text("why.none"), text("why.none_words"))
    return frame([], [], [notice], text("why.none"), context)


def write_part(value: float, found: Decomposition, context: Context, *, plain: bool = False) -> str:
    """A part of the change with its sign; `plain` where the head of its column says the unit."""
    unit = found.metric.unit
    digits = 1 if abs(found.change) < SMALL.get(unit, 0) else 0
    if plain and unit == "share":
        return context.formats.difference(value * 100, "points", digits - 1)
    return context.formats.difference(value, unit, digits)


def _ends(found: Decomposition, context: Context) -> list[Element]:
    text, formats = context.text, context.formats
    before, now = (formats.value(end, found.metric.unit) for end in found.ends)
    parts = [html.Span([html.B(now, className="rows-count"), f" {text('why.now')}"])]
    parts.append(html.Span(f"{before} {text('why.before')}"))
    if found.metric.kind != "count":
        counts = formats.count(found.before.n), formats.count(found.now.n)
        span = text("why.span", before=counts[0], now=counts[1])
        parts.append(html.Span(text("units.n", n=span), className="quieter"))
    return parts


def _table(why: Why, context: Context) -> Element:
    text, columns = context.text, _columns(why.found, context)
    heads = [html.Th(text(f"why.columns.{key}"), className="left") for key in ("group", "path")]
    heads += [html.Th(words) for words in columns.values()]
    stops = list(accumulate([line.part.total for line in why.lines], initial=why.found.ends[0]))
    low, room = min(stops), (max(stops) - min(stops)) or 1.0

    def row(name: Any, kind: str, ends: Sequence[float], cells: Mapping[str, Any]) -> Element:
        start, size = (min(ends) - low) / room, (max(ends) - min(ends)) / room
        style = {"--from": f"{start:.4f}", "--size": f"{size:.4f}"}
        path = html.Span(html.Span(className=f"why-{kind}", style=style), className="why-path")
        parts = [html.Td(name, className="left"), html.Td(path, className="left why-way")]
        for key, head in columns.items():
            named = {"className": f"why-{key}", "data-head": head}
            parts.append(html.Td(cells.get(key, ""), **named))
        return html.Tr(parts, className="why-end" if kind == "stop" else "", **{"data-mark": ""})

    rows = [row(text("why.before"), "stop", stops[:1], _total(why, 0, context))]
    for line, ends in zip(why.lines, pairwise(stops), strict=True):
        kind, name, cells = _line(line, why.found, context)
        rows.append(row(name, kind, ends, cells))
    rows.append(row(text("why.now"), "stop", stops[-1:], _total(why, 1, context)))
    table = [html.Thead(html.Tr(heads)), html.Tbody(rows)]
    return html.Div(html.Table(table, className="grid-table why-table"), className="table-frame")


def _columns(found: Decomposition, context: Context) -> dict[str, str]:
    """Key and head of each number; of a count there is no mix."""
    keys = ("total", "n") if found.metric.kind == "count" else NUMBERS
    unit = context.text(f"why.unit.{found.metric.unit}")
    heads = {key: context.text(f"why.columns.{key}") for key in keys}
    return heads | {key: f"{heads[key]}, {unit}" for key in PARTS if key in heads and unit}


def _line(line: Line, found: Decomposition, context: Context) -> tuple[str, Any, Mapping[str, Any]]:
    """Its side, its name and its numbers."""
    text, formats, metric, part = context.text, context.formats, found.metric, line.part
    side = "higher" if part.total > 0 else "lower"
    kind = "plain" if metric.better is None else "good" if metric.better == side else "bad"
    sides = {"before": part.before, "now": part.now}
    values = {
        when: "–" if side.value is None else formats.value(side.value, metric.unit)
        for when, side in sides.items()
    }
    name: Any = html.Span(line.name, className="bidi elided", title=line.name)
    n: Any = text("why.span", **{when: formats.count(side.rows) for when, side in sides.items()})
    if part.now.rows:
        name, n = (rows_link(words, context, metric.key, line.cell) for words in (name, n))
    cells = _write_parts([part], found, context)
    cells["total"] = html.B(cells["total"])
    return kind, name, {**cells, "value": text("why.span", **values), "n": n}


def _total(why: Why, side: int, context: Context) -> dict[str, Any]:
    """The numbers where the way begins, and where it ends, with the sums."""
    found, formats = why.found, context.formats
    value = formats.value(found.ends[side], found.metric.unit)
    cells: dict[str, Any] = {"value": value, "n": formats.count((found.before, found.now)[side].n)}
    sums = _write_parts([line.part for line in why.lines], found, context) if side else {}
    return cells | sums


def _write_parts(parts: Sequence[Part], found: Decomposition, context: Context) -> dict[str, Any]:
    sums = {key: sum(getattr(part, key) for part in parts) for key in PARTS}
    return {key: write_part(value, found, context, plain=True) for key, value in sums.items()}


def _tell_median(found: Decomposition, context: Context) -> list[str]:
    """It is no sum of parts: which number is parted here, and where that moved the other way."""
    text, formats = context.text, context.formats
    before, now = found.before.value, found.now.value
    if found.metric.kind != "duration" or before is None or now is None:
        return []
    words = text("why.median", before=formats.duration(before), now=formats.duration(now))
    is_opposite = (now - before) * found.change < 0
    return [f"{words} {text('why.opposite')}" if is_opposite else words]


def _notes(why: Why, context: Context) -> list[str]:
    found = why.found
    keys = ["difference" if found.metric.kind == "count" else "kitagawa"]
    keys += ["overlapping"] if why.by in found.overlapping else []
    return [context.text(f"why.{key}") for key in keys]
