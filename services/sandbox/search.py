"""Searching conversations page by page. A cursor is a place in the order, not a copy of a list."""

import base64
import json
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.sandbox.query import FIELDS, Query, QueryError, understood, value_of
from services.sandbox.shelf import SORTED_BY, Shelf

Payload = dict[str, Any]
Row = tuple[Any, str, Payload]
LARGEST_PAGE, DEFAULT_PAGE = 150, 20
REMEMBERED = 16


@dataclass(frozen=True)
class Found:
    """One page of a search."""

    rows: list[Payload]
    total: int
    number: int
    per_page: int
    cursor: str | None

    def pages(self) -> Payload:
        """As the vendor describes it; there is no `next` on the last one."""
        count = -(-self.total // self.per_page)
        found: Payload = {
            "type": "pages",
            "page": self.number,
            "per_page": self.per_page,
            "total_pages": count,
        }
        if self.cursor is not None:
            found["next"] = {"page": self.number + 1, "starting_after": self.cursor}
        return found


class Searcher:
    """Answers searches over a shelf; the pages of one search cost it once while nothing changes."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._remembered: dict[tuple[int, str], list[Row]] = {}

    def search(self, body: Any) -> Found:
        """One page.

        Raises:
            QueryError: The question, its order or its cursor is not understood.
        """
        if not isinstance(body, dict) or "query" not in body:
            raise QueryError("parameter_not_found", "query is missing")
        field, is_descending = _order(body.get("sort"))
        pagination = body.get("pagination") or {}
        if not isinstance(pagination, dict):
            raise QueryError("parameter_invalid", "pagination is not an object")
        rows = self._rows(body["query"], field, is_descending)
        per_page = page_size(pagination.get("per_page"))
        after = pagination.get("starting_after")
        return page(rows, per_page, after, is_descending=is_descending)

    def everything(self, per_page: int, after: str | None) -> Found:
        """All conversations, newest update first."""
        rows = self._rows(None, "updated_at", True)
        return page(rows, per_page, after, is_descending=True)

    def _rows(self, question: Any, field: str, is_descending: bool) -> list[Row]:
        key = (self._shelf.version, json.dumps([question, field, is_descending]))
        if key not in self._remembered:
            query = Query(lambda payload: True) if question is None else understood(question)
            self._remembered[key] = self._sorted(query, field, is_descending)
            while len(self._remembered) > REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return self._remembered[key]

    def _sorted(self, query: Query, field: str, is_descending: bool) -> list[Row]:
        candidates, is_sorted = self._candidates(query, field)
        path, test = FIELDS[field], query.test
        if field in SORTED_BY:
            rows = [(row[field], row["id"], row) for row in candidates if test(row)]
        else:
            rows = [(value_of(row, path) or 0, row["id"], row) for row in candidates if test(row)]
        if not is_sorted:
            rows.sort(key=lambda row: row[:2])
        return rows[::-1] if is_descending else rows

    def _candidates(self, query: Query, field: str) -> tuple[list[Payload], bool]:
        """As few as can be told without looking at each; whether they are in order."""
        if query.state is not None and query.state != "closed":
            return self._shelf.in_state(query.state), False
        for date in sorted(SORTED_BY, key=lambda date: date != field):
            if date in query.ranges:
                return self._shelf.between(date, *query.ranges[date]), date == field
        if field in SORTED_BY:
            return self._shelf.between(field, None, None), True
        return self._shelf.between("created_at", None, None), False


def page_size(value: Any) -> int:
    """How many rows a page has.

    Raises:
        QueryError: Too many, or not a number.
    """
    if value is None:
        return DEFAULT_PAGE
    if not str(value).isdigit() or not int(value):
        raise QueryError("parameter_invalid", "Per Page is not a number")
    if int(value) > LARGEST_PAGE:
        raise QueryError("parameter_invalid", "Per Page is too big")
    return int(value)


def _order(sort: Any) -> tuple[str, bool]:
    if sort is None:
        return "updated_at", True
    field = sort.get("field") if isinstance(sort, dict) else None
    order = sort.get("order", "descending") if isinstance(sort, dict) else None
    if field not in FIELDS or order not in ("ascending", "descending"):
        raise QueryError("parameter_invalid", "sort is not understood")
    return field, order == "descending"


def page(rows: list[Row], per_page: int, after: Any, *, is_descending: bool) -> Found:
    """The page that comes after a cursor.

    Args:
        rows: In order: what they are ordered by, id, object.
        after: The cursor; None asks for the first page.

    Raises:
        QueryError: The cursor is none of ours.
    """
    begin, number = 0, 1
    if after:
        *place, number = _place(after)
        order = _order_of(is_descending)
        begin = bisect_right(rows, _ordered(tuple(place), is_descending), key=order)
    shown = rows[begin : begin + per_page]
    has_more = begin + per_page < len(rows)
    cursor = _cursor(shown[-1], number + 1) if has_more and shown else None
    return Found([row[2] for row in shown], len(rows), number, per_page, cursor)


class _Backwards(tuple[Any, ...]):
    """A pair that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return tuple.__gt__(self, other)


def _ordered(place: tuple[Any, ...], is_descending: bool) -> tuple[Any, ...]:
    return _Backwards(place) if is_descending else place


def _order_of(is_descending: bool) -> Callable[[Row], tuple[Any, ...]]:
    return lambda row: _ordered(row[:2], is_descending)


def _cursor(row: Row, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([row[0], row[1], number]).encode()).decode()


def _place(cursor: str) -> list[Any]:
    try:
        place = json.loads(base64.urlsafe_b64decode(str(cursor)))
        value, conversation_id, number = place
        return [value + 0, str(conversation_id), int(number)]
    except (ValueError, TypeError) as error:
        raise QueryError("parameter_invalid", "starting_after is not understood") from error
