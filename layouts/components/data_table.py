"""A plain table of numbers: what a chart shows, for who would rather read it."""

from collections.abc import Sequence
from typing import Any

from layouts.elements import Element, html


def data_table(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], class_name: str = "", words: int = 1
) -> Element:
    """The first `words` columns are words, the others numbers, which may be `rows_link`s."""

    def side(column: int) -> dict[str, str]:
        return {"className": "left"} if column < words else {}

    head = html.Tr([html.Th(name, scope="col", **side(n)) for n, name in enumerate(heads)])
    body = [html.Tr([html.Td(cell, **side(n)) for n, cell in enumerate(cells)]) for cells in rows]
    return html.Table(
        [html.Thead(head), html.Tbody(body)], className=f"grid-table {class_name}".strip()
    )
