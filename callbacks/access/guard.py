"""Nobody gets anything that is not meant for them: the first thing every request meets.

Deny by default. Real navigations of strangers go to the login page; everything else gets 401 or
403 as JSON, because a redirect would leave a Dash screen spinning for ever.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, make_response, redirect, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from callbacks.access.refusals import is_navigation, json_error
from callbacks.access.roles import ROLES_BY_CALLBACK
from callbacks.access.session import current_viewer, safe_next
from callbacks.access.user_activity import is_activity
from layouts.roles import MANAGER, PAGES, ROLES, Page, sees_wall
from services.accounts.accounts import Viewer
from services.runtime.backend import Backend

# Endpoints that strangers may reach.
OPEN = frozenset(
    {
        "login",
        "sign_in",
        "give_code",
        "choose_password",
        "first_start",
        "make_first",
        "oidc",
        "oidc_callback",
        "logout",
        "device",
        "healthz",
        "readyz",
        "favicon",
    }
)
# What signed-in people send besides callbacks; each of them needs the token of its form.
PERSONAL = frozenset({"change_own_account"})
# Files that the login page needs.
OPEN_FILES = ("10-tokens.css", "20-base.css", "60-login.css", "login.js", "favicon.svg", "fonts/")
DASH_POST = "/_dash-update-component"
BEARER = "bearer "
# What tokens that do not read everything may ask: no rows, and nobody who waits by name.
REACH: Mapping[str, frozenset[str]] = {
    "aggregates": frozenset(
        {
            "api.summary",
            "api.breakdown",
            "api.agents",
            "api.fair_target",
            "api.staffing",
            "api.status",
            "api.openapi",
            "metrics",
        }
    ),
    "metrics": frozenset({"metrics"}),
}


def set_up(server: Flask, backend: Backend) -> None:
    """Put the guard before everything; call this before Dash is made."""
    server.before_request(lambda: _guard(backend))


def _guard(backend: Backend) -> Response | None:
    g.nonce = secrets.token_urlsafe(16)
    if request.endpoint in OPEN or _is_open_file():
        return None
    if request.path.startswith("/api/") or request.endpoint == "metrics":
        return _guard_api(backend)
    if not current_user.is_authenticated:
        return _refuse_stranger()
    viewer = current_viewer(backend)
    if viewer.email and is_activity():
        backend.sessions.note_activity(current_user.get_id())
    if request.path == DASH_POST:
        return _guard_callback(viewer, backend)
    if request.endpoint in PERSONAL and not ROLES[viewer.role].is_screen:
        return None
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        return json_error(403, "forbidden", "not for this address")
    return None


def _guard_api(backend: Backend) -> Response | None:
    """A token counts as a manager, as far as it reaches; else the session says who it is."""
    header = request.headers.get("Authorization", "")
    if header[: len(BEARER)].lower() == BEARER:
        return _guard_token(header[len(BEARER) :].strip(), backend)
    if not current_user.is_authenticated:
        return json_error(401, "unauthorized", "sign in, or send a bearer token")
    current_viewer(backend)
    return None


def _guard_token(given: str, backend: Backend) -> Response | None:
    """The token of the environment reads everything; the others what they were made for."""
    expected = backend.environment.api_token
    known = expected.get_secret_value() if expected else ""
    if known and given and secrets.compare_digest(given.encode(), known.encode()):
        name = "API"
    else:
        token = backend.tokens.find(given)
        if token is None:
            return json_error(401, "unauthorized", "the token is not valid")
        if token.reach != "all" and request.endpoint not in REACH.get(token.reach, ()):
            return json_error(403, "forbidden", f"not for a token of the reach {token.reach}")
        name = f"API {token.id}"
    g.viewer = Viewer(MANAGER, "", name)
    return None


def _refuse_stranger() -> Response:
    if is_navigation():
        target = safe_next(request.full_path.rstrip("?"))
        query = {"next": target} if target and target != "/" else {}
        return make_response(redirect("/login" + ("?" + urlencode(query) if query else ""), 302))
    return json_error(401, "unauthorized", "not signed in")


def _guard_callback(viewer: Viewer, backend: Backend) -> Response | None:
    """The callback that Dash would run is the one whose roles are looked at."""
    output = _read_output()
    if output is None:
        return json_error(400, "bad_request", "not a request of this application")
    roles = current_app.config.get(ROLES_BY_CALLBACK, {}).get(output)
    if roles is None or viewer.role not in roles or _is_closed(output, viewer, backend):
        return json_error(403, "forbidden", "not for this role")
    return None


def _is_closed(output: str, viewer: Viewer, backend: Backend) -> bool:
    """Whether the callback fills a page that this viewer may not see; ids begin with its name."""
    page, dashes, _ = output.lstrip(".").partition("--")
    path = f"/{page}"
    return bool(dashes) and path in PAGES and page_for(path, viewer, backend) is None


def _read_output() -> str | None:
    try:
        body: Any = request.get_json()
    except (BadRequest, UnsupportedMediaType, RecursionError):
        return None
    output = body.get("output") if isinstance(body, dict) else None
    return output if isinstance(output, str) else None


def page_for(path: str, viewer: Viewer, backend: Backend) -> Page | None:
    """The page at a path, if the viewer may see it."""
    page = PAGES.get(path)
    wall = sees_wall(viewer.role, analyst_wall=backend.settings.access.analyst_wall)
    return page if page and page.is_open_to(viewer.role, sees_wall=wall) else None


def _is_open_file() -> bool:
    if not request.path.startswith("/assets/") or request.method != "GET":
        return False
    name = request.path.removeprefix("/assets/")
    return ".." not in name and name.startswith(OPEN_FILES)
