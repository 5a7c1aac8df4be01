"""One page of a vendor's list, and whether the list was as long as the vendor says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.errors import BadResponseError
from services.vendors.json_body import Payload, Rows


@dataclass(frozen=True)
class Page:
    """Over all pages of one walk no row comes twice, unless it changed: then the later is newer."""

    rows: Sequence[Payload]
    total: int  # as the vendor says
    number: int  # from 1
    pages: int  # as the vendor says


def require_rows(vendor: str, answer: Payload, key: str, identity: str = "id") -> Sequence[Payload]:
    """BadResponseError where there is no list, or one of its members has no identity."""
    rows = answer.get(key)
    if not isinstance(rows, list | Rows):
        raise BadResponseError(f"{vendor}: the answer has no list of {key}")
    for row in rows:
        value = row.get(identity) if isinstance(row, dict) else None
        if not isinstance(value, int | str) or value == "":
            raise BadResponseError(f"{vendor}: one of the {key} has no {identity}")
    return rows


class Shortfalls:
    """Lists of which fewer rows came than the vendor says there are; the last reading of each.

    A vendor's index may count what is no longer handed out, so that is no error: what came counts,
    and the reader is told.
    """

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._told

    def note(self, name: str, came: int, told: int) -> None:
        self._told.pop(name, None)
        if came < told:
            self._told[name] = f"{came} of {told} {name} came"

    def forget(self, prefix: str) -> None:
        self._told = {k: words for k, words in self._told.items() if not k.startswith(prefix)}

    @property
    def warning(self) -> str | None:
        return "; ".join(list(self._told.values())) or None


def parse_whole_number(value: Any) -> int:
    """Some answers give it as text; 0 where it is no number."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
