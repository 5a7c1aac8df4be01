"""Intercom's search: a question becomes a test for one object, and what passes comes page by page.

Dates are compared by the second; `>` and `<` leave their value out, which is what clients that
watched the vendor report. Two levels of groups, fifteen filters in each, as documented. A cursor is
a place in the order, not a copy of a list.
"""

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from services.sandbox import Payload
from services.sandbox.team.conversation_index import SORTED_BY, ConversationIndex

Test = Callable[[Payload], bool]
Fields = Mapping[str, Sequence[str]]
MOST_FILTERS = 15
DEEPEST = 2

STATISTIC_DATES = (
    *("first_contact_reply_at", "first_assignment_at", "first_admin_reply_at", "first_close_at"),
    *("last_assignment_at", "last_assignment_admin_reply_at", "last_contact_reply_at"),
    *("last_admin_reply_at", "last_close_at"),
)
STATISTIC_NUMBERS = (
    *("time_to_assignment", "time_to_admin_reply", "time_to_first_close", "time_to_last_close"),
    *("median_time_to_reply", "count_reopens", "count_assignments", "count_conversation_parts"),
)
NUMBERS = {
    "created_at": ("created_at",),
    "updated_at": ("updated_at",),
    "waiting_since": ("waiting_since",),
    "snoozed_until": ("snoozed_until",),
    "admin_assignee_id": ("admin_assignee_id",),
    "team_assignee_id": ("team_assignee_id",),
    # The search has names of its own for the rating.
    "conversation_rating.score": ("conversation_rating", "rating"),
    "conversation_rating.requested_at": ("conversation_rating", "created_at"),
    "conversation_rating.replied_at": ("conversation_rating", "updated_at"),
    "ai_agent.rating": ("ai_agent", "rating"),
    **{f"statistics.{n}": ("statistics", n) for n in (*STATISTIC_DATES, *STATISTIC_NUMBERS)},
}
FLAGS = {"open": ("open",), "read": ("read",), "ai_agent_participated": ("ai_agent_participated",)}
TEXTS = {
    "id": ("id",),
    "state": ("state",),
    "priority": ("priority",),
    "channel_initiated": ("source", "type"),
    **{f"source.{n}": ("source", n) for n in ("type", "id", "delivered_as", "subject", "body")},
    "source.url": ("source", "url"),
    **{f"source.author.{n}": ("source", "author", n) for n in ("type", "id", "name", "email")},
    "statistics.last_closed_by_id": ("statistics", "last_closed_by_id"),
    "conversation_rating.remark": ("conversation_rating", "remark"),
    "conversation_rating.contact_id": ("conversation_rating", "contact", "id"),
    "conversation_rating.admin_id": ("conversation_rating", "teammate", "id"),
    "ai_agent.resolution_state": ("ai_agent", "resolution_state"),
    "ai_agent.last_answer_type": ("ai_agent", "last_answer_type"),
    "ai_agent.rating_remark": ("ai_agent", "rating_remark"),
    "ai_agent.source_type": ("ai_agent", "source_type"),
    "ai_agent.source_title": ("ai_agent", "source_title"),
}
LISTS = {
    "contact_ids": ("contacts", "contacts"),
    "teammate_ids": ("teammates", "admins"),
    "tag_ids": ("tags", "tags"),
}
FIELDS = {**NUMBERS, **FLAGS, **TEXTS, **LISTS}
TICKET_FIELDS = {
    **{name: NUMBERS[name] for name in ("created_at", "updated_at")},
    "open": ("open",),
    "id": ("id",),
    "ticket_type_id": ("ticket_type", "id"),
    "state": ("ticket_state", "category"),
    "category": ("category",),
    "admin_assignee_id": ("admin_assignee_id",),
}
# What the search calls the categories.
CATEGORIES = {"request": "Customer", "task": "Back-office", "tracker": "Tracker"}
ASSIGNEES = ("admin_assignee_id", "team_assignee_id")


class QueryError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Query:
    test: Test
    # Date field -> lowest and highest value that can match, both included.
    ranges: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    state: str | None = None  # the only one that can match; None where any can


def parse_query(question: Any) -> Query:
    """Raises QueryError where the query is not understood."""
    query = Query(_parse_question(question))
    is_group = isinstance(question.get("value"), list) and question.get("operator") == "AND"
    for filter_ in question["value"] if is_group else [question]:
        _narrow_candidates(query, filter_)
    return query


def get_value(payload: Payload, path: Sequence[str]) -> Any:
    """None where the path breaks off."""
    value: Any = payload
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _narrow_candidates(query: Query, filter_: Payload) -> None:
    name, operator, value = filter_.get("field"), filter_.get("operator"), filter_.get("value")
    if name == "state" and operator == "=" and isinstance(value, str):
        query.state = value
    if name in ("created_at", "updated_at") and value is not None and operator in (">", "<", "="):
        low, high = query.ranges.get(name, (None, None))
        number = _parse_number(name, value)
        if operator in (">", "="):
            least = number + (operator == ">")
            low = least if low is None else max(low, least)
        if operator in ("<", "="):
            greatest = number - (operator == "<")
            high = greatest if high is None else min(high, greatest)
        query.ranges[name] = (low, high)


def _parse_question(question: Any, depth: int = 0, fields: Fields = FIELDS) -> Test:
    if not isinstance(question, dict) or "operator" not in question:
        raise QueryError("parameter_invalid", "query is not a filter")
    if "field" not in question:
        return _parse_group(question, depth, fields)
    return _parse_filter(question["field"], question["operator"], question.get("value"), fields)


def _parse_group(question: Payload, depth: int, fields: Fields) -> Test:
    members, operator = question.get("value"), question["operator"]
    if operator not in ("AND", "OR") or not isinstance(members, list) or not members:
        raise QueryError("parameter_invalid", "a group needs AND or OR and a list of filters")
    if len(members) > MOST_FILTERS:
        raise QueryError("parameter_invalid", f"a group may hold {MOST_FILTERS} filters")
    if depth >= DEEPEST:
        raise QueryError("parameter_invalid", "groups are nested too deeply")
    tests = [_parse_question(member, depth + 1, fields) for member in members]
    if operator == "AND":
        return lambda payload: all(test(payload) for test in tests)
    return lambda payload: any(test(payload) for test in tests)


def _parse_filter(name: Any, operator: Any, value: Any, fields: Fields) -> Test:
    path = fields.get(name) if isinstance(name, str) else None
    if path is None:
        raise QueryError("invalid_field", f"Field {name} is not searchable")
    if name == "category" and operator in ("=", "!="):
        value = CATEGORIES.get(str(value), "")
    if operator in ("IN", "NIN"):
        if not isinstance(value, list):
            raise QueryError("parameter_invalid", f"{operator} needs a list of values")
        tests = [_parse_filter(name, "=", option, fields) for option in value]
        if operator == "IN":
            return lambda payload: any(test(payload) for test in tests)
        return lambda payload: not any(test(payload) for test in tests)
    if name in LISTS:
        return _parse_membership(path, operator, value)
    return _parse_comparison(name, path, operator, value, fields)


def _parse_membership(path: Sequence[str], operator: str, value: Any) -> Test:
    if operator not in ("=", "!="):
        raise QueryError("parameter_invalid", f"operator {operator} does not fit this field")
    wanted = str(value)

    def holds(payload: Payload) -> bool:
        members = get_value(payload, path) or []
        ids = [str(member.get("id")) for member in members if isinstance(member, dict)]
        return (wanted in ids) is (operator == "=")

    return holds


def _parse_comparison(
    name: str, path: Sequence[str], operator: str, value: Any, fields: Fields
) -> Test:
    if name in NUMBERS:
        # Tickets can be asked for "or equal", conversations cannot.
        wanted = _parse_number(name, value)
        tests = _NUMBER_TESTS if fields is FIELDS else _NUMBER_TESTS | _OR_EQUAL
    elif name in FLAGS:
        wanted, tests = _parse_flag(name, value), _EQUALITY
    else:
        wanted, tests = None if value is None else str(value), _TEXT_TESTS
    compare = tests.get(operator)
    if compare is None:
        raise QueryError("parameter_invalid", f"operator {operator} does not fit {name}")
    if len(path) == 1:
        key = path[0]
        return lambda payload: compare(payload.get(key), wanted)
    return lambda payload: compare(get_value(payload, path), wanted)


def _parse_number(name: str, value: Any) -> Any:
    """Numbers may come as text; 0 and null both ask for nobody."""
    if value is None or (name in ASSIGNEES and str(value) == "0"):
        return None
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QueryError("parameter_invalid", f"{name} needs a number")
    return value


def _parse_flag(name: str, value: Any) -> Any:
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if value is not None and not isinstance(value, bool):
        raise QueryError("parameter_invalid", f"{name} needs true or false")
    return value


Compare = Callable[[Any, Any], bool]


def _between_numbers(compare: Compare) -> Compare:
    return lambda value, wanted: value is not None and wanted is not None and compare(value, wanted)


_EQUALITY: dict[str, Compare] = {"=": eq, "!=": ne}
_NUMBER_TESTS = {**_EQUALITY, ">": _between_numbers(gt), "<": _between_numbers(lt)}
_OR_EQUAL = {">=": _between_numbers(ge), "<=": _between_numbers(le)}


def _fold(value: Any) -> str:
    return "" if value is None else str(value).casefold()


_TEXT_TESTS: dict[str, Compare] = {
    "=": lambda value, wanted: value == wanted if value is None else str(value) == wanted,
    "!=": lambda value, wanted: value != wanted if value is None else str(value) != wanted,
    "~": lambda value, wanted: _fold(wanted) in _fold(value),
    "!~": lambda value, wanted: _fold(wanted) not in _fold(value),
    "^": lambda value, wanted: _fold(value).startswith(_fold(wanted)),
    "$": lambda value, wanted: _fold(value).endswith(_fold(wanted)),
}


Row = tuple[Any, str, Payload]
LARGEST_PAGE, DEFAULT_PAGE = 150, 20
CACHED_SEARCHES = 16


@dataclass(frozen=True)
class Page:
    rows: list[Payload]
    total: int
    number: int
    per_page: int
    cursor: str | None

    def to_pages(self) -> Payload:
        """There is no `next` on the last page."""
        count = -(-self.total // self.per_page)
        pages: Payload = {
            "type": "pages",
            "page": self.number,
            "per_page": self.per_page,
            "total_pages": count,
        }
        if self.cursor is not None:
            pages["next"] = {"page": self.number + 1, "starting_after": self.cursor}
        return pages


class Searcher:
    """A search is sorted once for all its pages while nothing changes."""

    def __init__(self, index: ConversationIndex) -> None:
        self._index = index
        self._cache: dict[tuple[int, str], list[Row]] = {}

    def search(self, body: Any) -> Page:
        """Raises QueryError where the query, its sort or its cursor is not understood."""
        if not isinstance(body, dict) or "query" not in body:
            raise QueryError("parameter_not_found", "query is missing")
        field, is_descending = _parse_sort(body.get("sort"), FIELDS)
        pagination = _parse_pagination(body)
        rows = self._find_rows(body["query"], field, is_descending)
        per_page = parse_page_size(pagination.get("per_page"))
        after = pagination.get("starting_after")
        return cut_page(rows, per_page, after, is_descending=is_descending)

    def list_all(self, per_page: int, after: str | None) -> Page:
        """Newest update first."""
        rows = self._find_rows(None, "updated_at", True)
        return cut_page(rows, per_page, after, is_descending=True)

    def _find_rows(self, question: Any, field: str, is_descending: bool) -> list[Row]:
        key = (self._index.version, json.dumps([question, field, is_descending]))
        if key not in self._cache:
            query = Query(lambda payload: True) if question is None else parse_query(question)
            self._cache[key] = self._sort_rows(query, field, is_descending)
            while len(self._cache) > CACHED_SEARCHES:
                del self._cache[next(iter(self._cache))]
        return self._cache[key]

    def _sort_rows(self, query: Query, field: str, is_descending: bool) -> list[Row]:
        candidates, is_sorted = self._find_candidates(query, field)
        path, test = FIELDS[field], query.test
        if field in SORTED_BY:
            rows = [(row[field], row["id"], row) for row in candidates if test(row)]
        else:
            rows = [(get_value(row, path) or 0, row["id"], row) for row in candidates if test(row)]
        if not is_sorted:
            rows.sort(key=lambda row: row[:2])
        return rows[::-1] if is_descending else rows

    def _find_candidates(self, query: Query, field: str) -> tuple[list[Payload], bool]:
        """The smallest indexed set that holds every match; whether it is in order."""
        if query.state is not None and query.state != "closed":
            return self._index.list_in_state(query.state), False
        for date in sorted(SORTED_BY, key=lambda date: date != field):
            if date in query.ranges:
                return self._index.list_between(date, *query.ranges[date]), date == field
        if field in SORTED_BY:
            return self._index.list_between(field, None, None), True
        return self._index.list_between("created_at", None, None), False


def search_tickets(tickets: list[Payload], body: Any) -> Page:
    """Newest update first unless the body says otherwise."""
    if not isinstance(body, dict):
        raise QueryError("parameter_invalid", "query is missing")
    question = body.get("query")
    # Tickets have fields of their own, and two operators more.
    test = (
        (lambda ticket: True) if question is None else _parse_question(question, 0, TICKET_FIELDS)
    )
    field, is_descending = _parse_sort(body.get("sort"), SORTED_BY)
    rows = sorted(
        ((ticket[field], ticket["id"], ticket) for ticket in tickets if test(ticket)),
        key=lambda row: row[:2],
        reverse=is_descending,
    )
    pagination = _parse_pagination(body)
    size = parse_page_size(pagination.get("per_page"))
    after = pagination.get("starting_after")
    return cut_page(rows, size, after, is_descending=is_descending)


def parse_page_size(value: Any) -> int:
    """Raises QueryError where it is too many, or not a number."""
    if value is None:
        return DEFAULT_PAGE
    if not str(value).isdigit() or not int(value):
        raise QueryError("parameter_invalid", "Per Page is not a number")
    if int(value) > LARGEST_PAGE:
        raise QueryError("parameter_invalid", "Per Page is too big")
    return int(value)


def _parse_pagination(body: Payload) -> Payload:
    pagination = body.get("pagination") or {}
    if not isinstance(pagination, dict):
        raise QueryError("parameter_invalid", "pagination is not an object")
    return pagination


def _parse_sort(sort: Any, fields: Collection[str]) -> tuple[str, bool]:
    if sort is None:
        return "updated_at", True
    field = sort.get("field") if isinstance(sort, dict) else None
    order = sort.get("order", "descending") if isinstance(sort, dict) else None
    if isinstance(field, str) and field in fields and order in ("ascending", "descending"):
        return field, order == "descending"
    raise QueryError("parameter_invalid", "sort is not understood")


def cut_page(rows: list[Row], per_page: int, after: Any, *, is_descending: bool) -> Page:
    """Rows are (sort value, id, object), in order; a cursor of None asks for the first page."""
    begin, number = 0, 1
    if after:
        *position, number = _decode_cursor(after)
        make_key: Callable[[Iterable[Any]], tuple[Any, ...]]
        make_key = _Descending if is_descending else tuple
        begin = bisect_right(rows, make_key(position), key=lambda row: make_key(row[:2]))
    page_rows = rows[begin : begin + per_page]
    has_more = begin + per_page < len(rows)
    cursor = _encode_cursor(page_rows[-1], number + 1) if has_more and page_rows else None
    return Page([row[2] for row in page_rows], len(rows), number, per_page, cursor)


class _Descending(tuple[Any, ...]):
    """A pair that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return tuple.__gt__(self, other)


def _encode_cursor(row: Row, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([row[0], row[1], number]).encode()).decode()


def _decode_cursor(cursor: str) -> list[Any]:
    try:
        value, object_id, number = json.loads(base64.urlsafe_b64decode(str(cursor)))
        return [value + 0, str(object_id), int(number)]
    except (ValueError, TypeError) as error:
        raise QueryError("parameter_invalid", "starting_after is not understood") from error
