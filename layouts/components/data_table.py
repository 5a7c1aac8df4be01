"""Tables of numbers: what a chart shows, for who would rather read it, and what files have too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from layouts.components.context import Context
from layouts.components.panel import no_data
from layouts.components.typed_table import Cell, Kind, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, html


def plain_table(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], class_name: str = "", words: int = 1
) -> Element:
    """Of elements, which no file has; the first `words` columns are words, the others numbers."""
    sides = ["left" if column < words else "" for column in range(len(heads))]
    return _lay_out(heads, rows, (), sides, class_name)


# An attribute of rows: a mark that arrow keys find.
MARK = {"data-mark": ""}


def data_table(
    table: Table,
    context: Context,
    class_name: str = "",
    *,
    shown: int | None = None,
    **of_rows: Any,
) -> Element:
    """The first `shown` rows, with the attributes `of_rows`; files have all."""
    usual = _list_writers(context)
    places = [place for place, column in enumerate(table.columns) if column.is_drawn]
    columns = [table.columns[place] for place in places]
    writers = [(column.kind, column.write or usual.get(column.kind, str)) for column in columns]
    sides = [
        column.class_name or ("left" if column.kind in ("text", "drawn") else "")
        for column in columns
    ]

    def line(cells: Sequence[Any]) -> list[Any]:
        typed = zip(places, writers, strict=True)
        return [_draw(cells[place], kind, write, context) for place, (kind, write) in typed]

    heads = [column.title if column.head is None else column.head for column in columns]
    foot = [line(table.total)] if table.total is not None else ()
    drawn = _lay_out(heads, map(line, table.rows[:shown]), foot, sides, class_name, **of_rows)
    return carry(table, drawn)


def _lay_out(
    heads: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    foot: Sequence[Sequence[Any]],
    sides: Sequence[str],
    class_name: str,
    **of_rows: Any,
) -> Element:
    classes: list[dict[str, str]] = [{"className": side} if side else {} for side in sides]

    def row(cells: Sequence[Any], **attributes: Any) -> Element:
        pairs = zip(cells, classes, strict=True)
        return html.Tr([html.Td(cell, **side) for cell, side in pairs], **attributes)

    pairs = zip(heads, classes, strict=True)
    head = html.Tr([html.Th(words, scope="col", **side) for words, side in pairs])
    parts = [html.Thead(head), html.Tbody([row(cells, **of_rows) for cells in rows])]
    parts += [html.Tfoot(row(cells)) for cells in foot]
    return html.Table(parts, className=f"grid-table {class_name}".strip())


def _draw(cell: Any, kind: Kind, write: Callable[[Any], Any], context: Context) -> Any:
    value, rows, drawn = cell if isinstance(cell, Cell) else (cell, (), None)
    if kind == "drawn":
        return value
    if drawn is None:
        drawn = no_data(context) if value is None else write(value)
    # Nothing stands behind a count of zero.
    is_open = rows and value is not None and (value or kind != "count")
    return rows_link(drawn, context, rows[0], *rows[1:]) if is_open else drawn


def _list_writers(context: Context) -> Mapping[str, Callable[[Any], Any]]:
    formats = context.formats
    return {
        "count": formats.count,
        "number": formats.decimal,
        "points": lambda value: formats.decimal(value, 2),
        "share": formats.share,
        "seconds": formats.duration,
        "moment": formats.moment,
        "day": formats.weekday,
    }


def named(words: str) -> Element:
    """A name of somebody else's, elided where there is no room."""
    return html.Span(words, title=words, className="bidi elided")
