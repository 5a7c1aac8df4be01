"""A vendor's JSON made objects; the rows of a large answer one by one.

As objects an answer costs up to six times its size: a copy of it while it is read, four bytes for
each letter of a text that has an emoji, and 60 to 300 for each object.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import orjson

Payload = dict[str, Any]
Span = tuple[int, int]
# Smaller ones may cost several times so much.
LARGE_BYTES = 2**20
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[][{}]', re.DOTALL)
# Half an emoji, cut by somebody's length limit; whole ones and escaped backslashes are passed over.
HALF = re.compile(
    rb"\\(?:ud[89ab]..\\ud[c-f]..|(ud[89a-f][0-9a-f]{2})|.)", re.IGNORECASE | re.DOTALL
)


class Rows(Sequence[Payload]):
    """The objects of a list, each read when it is asked for, and never all at once."""

    def __init__(self, body: bytearray, spans: Sequence[Span]) -> None:
        self._body = body
        self._spans = spans

    def __len__(self) -> int:
        return len(self._spans)

    def __iter__(self) -> Iterator[Payload]:
        return map(self._read, self._spans)

    @overload
    def __getitem__(self, place: int) -> Payload: ...
    @overload
    def __getitem__(self, place: slice) -> "Rows": ...
    def __getitem__(self, place: int | slice) -> "Payload | Rows":
        if isinstance(place, slice):
            return Rows(self._body, self._spans[place])
        return self._read(self._spans[place])

    def choose(self, is_wanted: Callable[[Payload], bool]) -> "Rows":
        return Rows(self._body, [span for span in self._spans if is_wanted(self._read(span))])

    def _read(self, span: Span) -> Payload:
        row: Payload = _read_whole(self._body[slice(*span)])
        return row


def choose_rows(rows: Sequence[Payload], is_wanted: Callable[[Payload], bool]) -> Sequence[Payload]:
    return rows.choose(is_wanted) if isinstance(rows, Rows) else [*filter(is_wanted, rows)]


def parse_json(body: bytearray) -> Any:
    """ValueError where it is none. The lists of a large object are `Rows`."""
    if len(body) < LARGE_BYTES:
        return _read_whole(body)
    rest, lists = _take_rows_out(body)
    payload = _read_whole(rest)
    keys = [key for key, value in payload.items() if isinstance(value, list)] if lists else []
    rows = {key: spans for key, spans in zip(keys, lists, strict=False) if spans}
    if len(keys) != len(lists) or any(payload[k] != [0] * len(s) for k, s in rows.items()):
        # A list of objects and others, or one key twice.
        return _read_whole(body)
    for key, spans in rows.items():
        payload[key] = Rows(body, spans)
        # A mistake in one of them is told here, as one in the rest is.
        for _ in payload[key]:
            pass
    return payload


def _take_rows_out(body: bytearray) -> tuple[bytearray, list[list[Span]]]:
    """The answer with 0 for each object in its lists, and where these are, list by list."""
    rest, lists = bytearray(), list[list[Span]]()
    opened, begin, done = list[bytes](), 0, 0
    for token in TOKEN.finditer(body):
        mark = token[0]
        if mark in (b"[", b"{"):
            opened.append(mark)
            if opened == [b"{", b"["]:
                lists.append([])
            if opened == [b"{", b"[", b"{"]:
                begin = token.start()
        elif mark in (b"]", b"}") and opened:
            if opened == [b"{", b"[", b"{"]:
                lists[-1].append((begin, token.end()))
                rest += body[done:begin] + b"0"
                done = token.end()
            opened.pop()
    return rest + body[done:], lists


def _read_whole(body: bytearray) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return orjson.loads(HALF.sub(lambda found: b"?" if found[1] else found[0], body))
