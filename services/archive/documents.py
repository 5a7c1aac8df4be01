"""A day of one slice as the document that lies in the archive, and back.

Its id is `<table>/<slice>/<YYYY-MM-DD>`, so that a stretch of days is a stretch of ids.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from metrics.model.catalog import Table
from metrics.query.daily import Part, Parts

# Of the form of a document; one of another form is not read.
FORM = 1


def name_day(table: Table, by: str, day: date) -> str:
    return f"{table}/{by}/{day}"


def build_day(table: Table, by: str, day: date, parts: Parts) -> dict[str, Any]:
    """`mark` is the same for equal content. Of a sketch: stretch, rows, stretch, rows, …"""
    groups = [
        {"key": group, "numbers": {key: _pack(part) for key, part in sorted(numbers.items())}}
        for group, numbers in sorted(parts.items())
    ]
    mark = hashlib.sha256(orjson.dumps([FORM, groups])).hexdigest()[:24]
    name = name_day(table, by, day)
    return {
        "_id": name,
        "day": day.isoformat(),
        "table": table,
        "slice": by,
        "form": FORM,
        "mark": mark,
        "groups": groups,
    }


def read_day(document: Mapping[str, Any]) -> tuple[date, Parts]:
    return date.fromisoformat(document["day"]), {
        group["key"]: {key: _unpack(packed) for key, packed in group["numbers"].items()}
        for group in document["groups"]
    }


def _pack(part: Part) -> dict[str, Any]:
    packed: dict[str, Any] = {"n": part.n, "sum": part.total}
    if part.spread:
        packed["sketch"] = [number for pair in sorted(part.spread.items()) for number in pair]
    return packed


def _unpack(packed: Mapping[str, Any]) -> Part:
    flat = packed.get("sketch") or ()
    return Part(packed["n"], packed["sum"], dict(zip(flat[::2], flat[1::2], strict=True)))
