"""Ids that more than one page uses. A page's own are `<page>--<key>`, made by `panel`."""

URL = "url"
PAGE = "page"
REFRESH = "refresh"
HEADER_AGES = "header-ages"
QUEUE_CHIP = "queue-chip"
SIDE_PANEL = "side-panel"


def panel(page: str, key: str) -> str:
    """The id of a panel: the page's name and the key of what it shows."""
    return f"{page}--{key}"
