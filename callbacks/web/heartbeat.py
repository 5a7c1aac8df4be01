"""Screens: their signs of life, and what one shows whose link was revoked.

A sign is noted when a wall asks for news, so it costs no request of its own.
"""

import logging
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, Response, make_response, request, session
from flask_login import current_user

from callbacks.access.guard import DASH_POST
from callbacks.access.session import choose_language, choose_theme, current_viewer
from layouts import ids
from layouts.access import plain_pages
from layouts.i18n import text_for
from layouts.roles import ROLES
from services.accounts.heartbeats import Heartbeats
from services.errors import ServiceError
from services.runtime.backend import Backend

log = logging.getLogger(__name__)

# In the cookie of a browser that was opened with a device link.
SCREEN = "screen"
BY_PERSON = "person"


def set_up(server: Flask, backend: Backend) -> None:
    """Look at what the guard let through; call this after the guard is set up."""
    heartbeats = backend.heartbeats
    server.before_request(lambda: _note_beat(heartbeats))
    server.before_request(lambda: _answer_revoked_screen(backend))


def _note_beat(heartbeats: Heartbeats) -> None:
    if request.path != DASH_POST or not current_user.is_authenticated:
        return
    viewer = current_viewer()
    is_device = ROLES[viewer.role].is_screen
    if not is_device and not _is_kiosk():
        return
    if is_device and not session.get(SCREEN):
        session[SCREEN] = True
    try:
        heartbeats.note(current_user.get_id(), "device" if is_device else "kiosk", viewer.name)
    except ServiceError as error:
        # A wall that can be drawn is not held up by a sign that it is.
        log.warning("heartbeat: %s", error)


def _answer_revoked_screen(backend: Backend) -> Response | None:
    """In place of a login form that nobody at a television can fill in."""
    asks = request.endpoint == "login" and request.method == "GET" and session.get(SCREEN)
    if not asks or current_user.is_authenticated or BY_PERSON in request.args:
        return None
    text = text_for(choose_language(request.cookies, backend))
    markup = plain_pages.error_page(
        text,
        theme=choose_theme(request.cookies),
        title=text("status.screen_off.title"),
        words=text("status.screen_off.words"),
        href=f"/login?{BY_PERSON}=1",
        link=text("status.screen_off.sign_in"),
    )
    response = make_response(markup)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_kiosk() -> bool:
    body: Any = request.get_json(silent=True)
    inputs = body.get("inputs") if isinstance(body, dict) else None
    for end in inputs if isinstance(inputs, list) else []:
        if isinstance(end, dict) and (end.get("id"), end.get("property")) == (ids.URL, "search"):
            search = end.get("value")
            query = search.removeprefix("?") if isinstance(search, str) else ""
            return parse_qs(query[:2000]).get("kiosk") == ["1"]
    return False
