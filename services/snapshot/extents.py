"""How far each source of a version was read, in the words of `metrics`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from metrics.model.catalog import Source
from metrics.model.extent import Extent
from services.snapshot.manifest import History, SourceStatus


def find_extents(
    sources: Mapping[str, SourceStatus], history: History, meta: Mapping[str, Any]
) -> dict[str, Extent]:
    extents = {}
    for name in get_args(Source):
        first_day = history.first_day
        if name == "tickets" and first_day is not None:
            arriving = find_tickets_start(meta)
            first_day = None if arriving == date.max else max(first_day, arriving or first_day)
        extents[name] = _build_extent(sources.get(name), first_day)
    return extents


def find_tickets_start(meta: Mapping[str, Any]) -> date | None:
    """From which day on tickets are there, while their history arrives; None once it is whole."""
    history = meta.get("tickets_history")
    if not history or history.get("complete"):
        return None
    first = history.get("first_day")
    return date.fromisoformat(first) if first else date.max


def _build_extent(status: SourceStatus | None, first_day: date | None) -> Extent:
    if status is None or status.state == "off":
        return Extent("off", first_day)
    return Extent("not_read" if status.as_of is None else "read", first_day)
