"""One page of a vendor's list: whole, or an error."""

from dataclasses import dataclass
from typing import Any

from services.errors import BadResponseError
from services.vendors.http import Payload


@dataclass(frozen=True)
class Page:
    """Over all pages of one walk no row comes twice, unless it changed: then the later is newer."""

    rows: list[Payload]
    total: int  # as the vendor says
    number: int  # from 1
    pages: int  # as the vendor says


def require_rows(vendor: str, answer: Payload, key: str, identity: str = "id") -> list[Payload]:
    """BadResponseError where there is no list, or one of its members has no identity."""
    rows = answer.get(key)
    if not isinstance(rows, list):
        raise BadResponseError(f"{vendor}: the answer has no list of {key}")
    for row in rows:
        value = row.get(identity) if isinstance(row, dict) else None
        if not isinstance(value, int | str) or value == "":
            raise BadResponseError(f"{vendor}: one of the {key} has no {identity}")
    return rows


def parse_whole_number(value: Any) -> int:
    """Some answers give it as text; 0 where it is no number."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
