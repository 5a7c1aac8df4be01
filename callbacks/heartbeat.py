"""Notes that a screen is alive when it asks for news; that costs no request of its own."""

import logging
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, request
from flask_login import current_user

from callbacks.guard import DASH_POST
from callbacks.session import current_viewer
from layouts import ids
from services.backend import Backend
from services.errors import ServiceError
from services.heartbeats import Heartbeats

log = logging.getLogger(__name__)


def set_up(server: Flask, backend: Backend) -> None:
    """Look at what the guard let through; call this after the guard is set up."""
    heartbeats = Heartbeats(backend.state, backend.clock)
    server.before_request(lambda: _note(heartbeats))


def _note(heartbeats: Heartbeats) -> None:
    if request.path != DASH_POST or not current_user.is_authenticated:
        return
    viewer = current_viewer()
    is_device = viewer.role == "wall"
    if not is_device and not _is_kiosk():
        return
    try:
        heartbeats.note(current_user.get_id(), "device" if is_device else "kiosk", viewer.name)
    except ServiceError as error:
        # A wall that can be drawn is not held up by a sign that it is.
        log.warning("heartbeat: %s", error)


def _is_kiosk() -> bool:
    """Whether the request carries the address of a wall in kiosk mode."""
    body: Any = request.get_json(silent=True)
    inputs = body.get("inputs") if isinstance(body, dict) else None
    for end in inputs if isinstance(inputs, list) else []:
        if isinstance(end, dict) and (end.get("id"), end.get("property")) == (ids.URL, "search"):
            search = end.get("value")
            query = search.removeprefix("?") if isinstance(search, str) else ""
            return parse_qs(query[:2000]).get("kiosk") == ["1"]
    return False
