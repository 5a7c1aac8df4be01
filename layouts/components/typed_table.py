"""What a table says, in types: drawn on the page, and written to files from the same rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

from layouts.elements import Element

Kind = Literal[
    "text", "count", "number", "points", "share", "seconds", "moment", "day", "link", "drawn"
]


@dataclass(frozen=True)
class Column:
    """One column; a `drawn` one has nothing to tell a file.

    Attributes:
        write: What is drawn of a value, where that is not the usual form of its kind.
        head: Drawn in the place of the title.
        sums: Whether files add it up though the page has no total.
        is_drawn: False where only files have it.
    """

    title: str
    kind: Kind = "count"
    write: Callable[[Any], Any] | None = None
    head: Any = None
    class_name: str = ""
    sums: bool = False
    is_drawn: bool = True


class Cell(NamedTuple):
    """A value with what it opens (key and cells as in `Context.rows`), or drawn in its own way."""

    value: Any
    rows: tuple[str, ...] = ()
    drawn: Any = None


@dataclass(frozen=True)
class Table:
    """Every row, also those that the page leaves out; values are plain, `Cell`s, or None.

    Attributes:
        charted: Places of the columns that a chart of the file shows.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None
    charted: Sequence[int] = ()


class TypedElement(dict[str, Any]):
    """An element that carries what it says in types."""

    table: Table


def carry(table: Table, element: Element) -> Element:
    typed = TypedElement(element)
    typed.table = table
    return cast(Element, typed)


def find_tables(node: Any) -> Iterator[Table]:
    """The tables in what a page draws, in its order."""
    if isinstance(node, TypedElement):
        yield node.table
    elif isinstance(node, dict):
        yield from find_tables(node.get("props", {}).get("children"))
    elif isinstance(node, list | tuple):
        for child in node:
            yield from find_tables(child)


def find_panel(node: Any, name: str) -> Any:
    """The element with that id; None where there is none."""
    if isinstance(node, list | tuple):
        return next((found for child in node if (found := find_panel(child, name))), None)
    props = node.get("props", {}) if isinstance(node, dict) else {}
    if props.get("id") == name:
        return node
    return find_panel(props["children"], name) if "children" in props else None
