"""Nobody gets anything that is not meant for them: the first thing every request meets.

Deny by default: a route without a record (`callbacks.access.routes`) is refused. Real navigations
of strangers go to the login page; everything else gets 401 or 403 as JSON, because a redirect would
leave a Dash screen spinning for ever.
"""

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, make_response, redirect, request
from flask_login import current_user
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from callbacks.access.refusals import is_navigation, json_error
from callbacks.access.roles import ROLES_BY_CALLBACK
from callbacks.access.routes import Route, current_route
from callbacks.access.session import current_viewer, safe_target
from layouts.roles import MANAGER, PAGES, Page, sees_wall
from services.accounts.accounts import Viewer
from services.runtime.backend import Backend

# Files of pages outside Dash: they hold no more than the look.
OPEN_FILES = ("login.", "setup.", "favicon.", "fonts/")
DASH_POST = "/_dash-update-component"
BEARER = "bearer "
# What changes when a person does something on a page; an interval's beat is nobody's.
CHANGED_BY_HAND = frozenset(
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


def set_up(server: Flask, backend: Backend) -> None:
    """Put the guard before everything; call this before Dash is made."""
    server.before_request(lambda: _guard(backend))


def _guard(backend: Backend) -> Response | None:
    g.nonce = secrets.token_urlsafe(16)
    route = current_route()
    if _is_open_file() or (route is not None and route.roles is None):
        return None
    if request.path.startswith("/api/"):
        return _guard_machine(route, backend)
    if route is not None and route.reaches and (refusal := _guard_machine(route, backend)):
        return refusal
    if "viewer" not in g and not current_user.is_authenticated:
        return _refuse_stranger()
    viewer = current_viewer(backend)
    if viewer.email and _is_activity(route):
        backend.sessions.note_activity(current_user.get_id())
    if request.path == DASH_POST:
        return _guard_callback(viewer, backend)
    if request.endpoint is None and request.method in ("GET", "HEAD", "OPTIONS"):
        # A redirect to the address as it is written properly.
        return None
    if route is None:
        return json_error(403, "forbidden", "not for this address")
    if route.roles is not None and viewer.role not in route.roles:
        return json_error(403, "forbidden", "not for this role")
    return None


def _guard_machine(route: Route | None, backend: Backend) -> Response | None:
    """A token counts as a manager, as far as it reaches; else the session says who it is.

    Which roles a route answers is looked at by the API itself, which words it.
    """
    header = request.headers.get("Authorization", "")
    if header[: len(BEARER)].lower() == BEARER:
        return _guard_token(header[len(BEARER) :].strip(), route, backend)
    if not current_user.is_authenticated:
        return json_error(401, "unauthorized", "sign in, or send a bearer token")
    current_viewer(backend)
    return None


def _guard_token(given: str, route: Route | None, backend: Backend) -> Response | None:
    """The token of the environment reads everything; the others what they were made for."""
    expected = backend.environment.api_token
    known = expected.get_secret_value() if expected else ""
    if known and given and secrets.compare_digest(given.encode(), known.encode()):
        name = "API"
    else:
        token = backend.tokens.find(given)
        if token is None:
            return json_error(401, "unauthorized", "the token is not valid")
        if token.reach != "all" and (route is None or token.reach not in route.reaches):
            return json_error(403, "forbidden", f"not for a token of the reach {token.reach}")
        name = f"API {token.id}"
    g.viewer = Viewer(MANAGER, "", name)
    return None


def _refuse_stranger() -> Response:
    if is_navigation():
        target = safe_target(request.full_path.rstrip("?"))
        query = {"next": target} if target and target != "/" else {}
        return make_response(redirect("/login" + ("?" + urlencode(query) if query else ""), 302))
    return json_error(401, "unauthorized", "not signed in")


def _guard_callback(viewer: Viewer, backend: Backend) -> Response | None:
    """The callback that Dash would run is the one whose roles are looked at."""
    output = _body().get("output")
    if not isinstance(output, str):
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


def page_for(path: str, viewer: Viewer, backend: Backend) -> Page | None:
    page = PAGES.get(path)
    wall = sees_wall(viewer.role, analyst_wall=backend.settings.access.analyst_wall)
    return page if page and page.is_open_to(viewer.role, sees_wall=wall) else None


def _is_activity(route: Route | None) -> bool:
    """Pages also load themselves anew; on secure addresses browsers tell when a person did it."""
    if request.path == DASH_POST:
        changed = _body().get("changedPropIds")
        names = (
            [name for name in changed if isinstance(name, str)] if isinstance(changed, list) else []
        )
        return any(n.endswith(ACTIONS) or n.rpartition(".")[2] in CHANGED_BY_HAND for n in names)
    if route is not None and route.by_hand:
        return True
    if not is_navigation():
        return False
    return "Sec-Fetch-Dest" not in request.headers or "Sec-Fetch-User" in request.headers


def _body() -> dict[str, Any]:
    try:
        body: Any = request.get_json()
    except (BadRequest, UnsupportedMediaType, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _is_open_file() -> bool:
    if not request.path.startswith("/assets/") or request.method != "GET":
        return False
    name = request.path.removeprefix("/assets/")
    return ".." not in name and name.startswith(OPEN_FILES)
