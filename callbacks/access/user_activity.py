"""Whether somebody is there: what people do, and what screens ask for by themselves."""

from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from callbacks.access.refusals import is_navigation

DASH_POST = "/_dash-update-component"
BY_HAND = frozenset(
    {
        "n_clicks",
        "value",
        "pathname",
        "search",
        "clickData",
        "selectedData",
        "relayoutData",
        "n_submit",
        "is_open",
    }
)
# The stores into which the buttons of a page write (`actions.js`).
ACTIONS = "--action.data"
FILES = ("/exports/", "/analyst/export.", "/calls/", "/me")


def is_activity() -> bool:
    """Whether a person made this request: the beat of an interval and what follows it is nobody's.

    Pages load themselves anew too; browsers tell when a person did it, where the address is secure.
    """
    if request.path == DASH_POST:
        return _is_by_hand()
    if request.path.startswith(FILES):
        return True
    if not is_navigation():
        return False
    return "Sec-Fetch-Dest" not in request.headers or "Sec-Fetch-User" in request.headers


def _is_by_hand() -> bool:
    try:
        body: Any = request.get_json()
    except (BadRequest, UnsupportedMediaType, RecursionError):
        return False
    changed = body.get("changedPropIds") if isinstance(body, dict) else None
    names = [name for name in changed if isinstance(name, str)] if isinstance(changed, list) else []
    return any(n.endswith(ACTIONS) or n.rpartition(".")[2] in BY_HAND for n in names)
