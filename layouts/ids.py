"""Ids that more than one page uses. A page's own are `<page>--<key>`, made by `panel`."""

from typing import Any

URL = "url"
PAGE = "page"
REFRESH = "refresh"
HEADER_AGES = "header-ages"
QUEUE_CHIP = "queue-chip"
NAV_ALERTS = "nav-alerts"
SIDE_PANEL = "side-panel"
FILTERS = "filters"
ROWS = "rows"


def carrying(place: Any, path: Any) -> dict[str, Any]:
    """The id of a link that carries the filters of the present page along."""
    return {"type": "carrying", "place": place, "path": path}


def panel(page: str, key: str) -> str:
    """The id of a panel: the page's name and the key of what it shows."""
    return f"{page}--{key}"
