"""One page of a vendor's list: whole, or an error."""

from dataclasses import dataclass
from typing import Any

from services.errors import BadResponseError
from services.vendors.http import Payload


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        rows: Payloads; over all pages of one walk none comes twice, unless it changed meanwhile:
            then the later one is the newer.
        total: How many rows the vendor says there are.
        number: From 1.
        pages: How many pages the vendor says there are.
    """

    rows: list[Payload]
    total: int
    number: int
    pages: int


def require_rows(vendor: str, answer: Payload, key: str, identity: str = "id") -> list[Payload]:
    """The list that an answer holds under `key`.

    Raises:
        BadResponseError: There is none, or one of its members is no object with an identity.
    """
    rows = answer.get(key)
    if not isinstance(rows, list):
        raise BadResponseError(f"{vendor}: the answer has no list of {key}")
    for row in rows:
        value = row.get(identity) if isinstance(row, dict) else None
        if not isinstance(value, int | str) or value == "":
            raise BadResponseError(f"{vendor}: one of the {key} has no {identity}")
    return rows


def parse_whole_number(value: Any) -> int:
    """A count, which some answers give as text; 0 where it is neither."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
