"""Ids that more than one page uses. A page's own are `<page>--<key>`, made by `panel`."""

from typing import Any

URL = "url"
PAGE = "page"
REFRESH = "refresh"
FRAME = "frame"
HEADER_AGES = "header-ages"
QUEUE_CHIP = "queue-chip"
NAV_ALERTS = "nav-alerts"
SIDE_PANEL = "side-panel"
FILTERS = "filters"
ROWS = "rows"


def carrying(place: Any, path: Any) -> dict[str, Any]:
    """A link that carries the filters of the present page along."""
    return {"type": "carrying", "place": place, "path": path}


def panel(page: str, key: str) -> str:
    return f"{page}--{key}"
