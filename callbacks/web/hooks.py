"""What the vendors say of their own accord, taken in at once; the collector deals with it.

No session and no form token: each delivery proves itself, by its signature or by the token in it.
"""

import hashlib
import hmac
from typing import Any

import orjson
from flask import Flask, Response, make_response, request
from flask_wtf.csrf import CSRFProtect

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from services.hooks.event_queue import Outcome
from services.hooks.events import Event, UnreadableError, Vendor, read_aircall, read_intercom
from services.runtime.backend import Backend
from services.settings.links import workspace_id

FOLDER = "/hooks/"
QUEUE = "VIGIA_EVENTS"
INTERCOM = Route(
    path="/hooks/intercom", endpoint="hook_intercom", roles=None, methods=("POST", "HEAD")
)
AIRCALL = Route(
    path="/hooks/aircall", endpoint="hook_aircall", roles=None, methods=("POST", "HEAD")
)


def set_up(server: Flask, backend: Backend, csrf: CSRFProtect) -> None:
    def take_from_intercom() -> Response:
        return _answer(_take_intercom(backend))

    def take_from_aircall() -> Response:
        return _answer(_take_aircall(backend))

    for route, view in ((INTERCOM, take_from_intercom), (AIRCALL, take_from_aircall)):
        add_route(server, route, view)
        csrf.exempt(view)
    server.config[QUEUE] = backend.events


def note_refused_body(server: Flask, path: str) -> None:
    """One that is too long is refused before it is read."""
    vendor = path.removeprefix(FOLDER)
    if path in (INTERCOM.path, AIRCALL.path):
        server.config[QUEUE].note(vendor, "too_large")


def _answer(outcome: Outcome | None) -> Response:
    if outcome is None:
        return json_error(404, "not_found", "this vendor's web-hooks are not set up here")
    if outcome == "forged":
        return json_error(401, "unauthorized", "the proof is not ours")
    if outcome == "unreadable":
        return json_error(400, "bad_request", "not a delivery of this vendor")
    return make_response("", 200)


def _take_intercom(backend: Backend) -> Outcome | None:
    """What became of it; None where nobody could prove anything."""
    secret = backend.environment.intercom_client_secret
    if secret is None:
        return None
    if request.method == "HEAD":
        return "unused"
    body = request.get_data(cache=False)
    proof = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha1).hexdigest()
    given = request.headers.get("X-Hub-Signature", "")
    if not hmac.compare_digest(f"sha1={proof}".encode(), given.encode()):
        return _note("intercom", "forged", backend)
    try:
        event = read_intercom(_parse(body))
    except UnreadableError:
        return _note("intercom", "unreadable", backend)
    snapshot = backend.dataset.snapshot()
    ours = workspace_id(backend.environment.intercom_app_id, snapshot.meta if snapshot else {})
    if event.workspace and ours and event.workspace != ours:
        return _note("intercom", "foreign", backend, event)
    return backend.events.put(event)


def _take_aircall(backend: Backend) -> Outcome | None:
    """What became of it; None where nobody could prove anything."""
    token = backend.environment.aircall_webhook_token
    if token is None:
        return None
    if request.method == "HEAD":
        return "unused"
    try:
        body = _parse(request.get_data(cache=False))
        given = body.get("token") if isinstance(body, dict) else None
        if not hmac.compare_digest(str(given).encode(), token.get_secret_value().encode()):
            return _note("aircall", "forged", backend)
        event = read_aircall(body)
    except UnreadableError:
        return _note("aircall", "unreadable", backend)
    return backend.events.put(event)


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableError from error


def _note(
    vendor: Vendor, outcome: Outcome, backend: Backend, event: Event | None = None
) -> Outcome:
    backend.events.note(vendor, outcome, event)
    return outcome
