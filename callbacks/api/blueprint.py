"""The API for machines: JSON under /api/v1, for the token and for signed-in people."""

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request

from callbacks.access.refusals import json_error
from callbacks.access.routes import record
from callbacks.access.session import current_viewer
from callbacks.api.answers import RefusedError, Request, Scope
from callbacks.api.openapi import document
from callbacks.api.routes import ROUTES, UNKNOWN, ApiRoute
from callbacks.reports.query import ParameterError, SummaryQuery, read
from layouts.roles import MANAGER, sees_wall
from metrics.model.periods import today
from services.accounts.accounts import Viewer
from services.accounts.throttle import Throttle
from services.errors import ServiceError
from services.runtime.backend import Backend
from services.runtime.logs import request_id

log = logging.getLogger(__name__)

REQUESTS_PER_MINUTE = 600


class _AnsweredError(Exception):
    def __init__(self, status: int, code: str, message: str, headers: Any = None) -> None:
        super().__init__(message)
        self.response = json_error(status, code, message, headers)


def blueprint(
    backend: Backend, viewer_of: Callable[[], Viewer | None] = current_viewer
) -> Blueprint:
    """Unknown addresses below /api are answered here too; `viewer_of` gives None for strangers."""
    machines = Blueprint("api", __name__, url_prefix="/api")
    get_document = cache(document)
    for route in ROUTES.values():
        machines.add_url_rule(
            route.path.removeprefix("/api"),
            route.name,
            _view(backend, viewer_of, route, get_document),
            methods=list(route.methods),
            provide_automatic_options=False,
        )
    for path in ("/", "/<path:path>"):
        machines.add_url_rule(path, "unknown", _answer_unknown, methods=list(UNKNOWN.methods))
    machines.record(lambda setup: record(setup.app, UNKNOWN, *ROUTES.values()))
    machines.register_error_handler(Exception, _answer_error)
    machines.after_request(_forbid_storing)
    return machines


def _view(
    backend: Backend,
    viewer_of: Callable[[], Viewer | None],
    route: ApiRoute,
    get_document: Any,
) -> Any:
    def answer() -> Response:
        viewer = viewer_of()
        if viewer is None:
            raise _AnsweredError(401, "unauthorized", "a token or a signed-in session is needed")
        scope = _scope_of(viewer, route, analyst_wall=backend.settings.access.analyst_wall)
        _refuse_too_many(backend, viewer)
        query = read(route.query, request.args.lists())
        if route.compute is None:
            return _json(get_document(_labels(backend), current_app.config["SESSION_COOKIE_NAME"]))
        return _json(route.compute(_build_request(backend, scope, query), query))

    return answer


def _scope_of(viewer: Viewer, route: ApiRoute, *, analyst_wall: bool) -> Scope:
    """Raises RefusedError where the viewer may see nothing of the route."""
    if viewer.role not in route.roles:
        raise RefusedError(f"not for the role {viewer.role}")
    if viewer.role == MANAGER:
        return Scope(everything=True)
    if route.is_wall and not sees_wall(viewer.role, analyst_wall=analyst_wall):
        raise RefusedError("the wall is closed to analysts here (access.analyst_wall)")
    return Scope(everything=False, agent_id=viewer.agent_id)


def _build_request(backend: Backend, scope: Scope, query: Any) -> Request:
    day = today(backend.now(), backend.settings.zone)
    if isinstance(query, SummaryQuery):
        query.period(day)
        scope.own(query.filters)
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        raise _AnsweredError(
            503, "starting", "no data has been collected yet", {"Retry-After": "5"}
        )
    return Request(backend, snapshot, scope, day)


def _refuse_too_many(backend: Backend, viewer: Viewer) -> None:
    """Refuse a reader who asks too often; whole minutes, counted for all web processes together."""
    minute = int(backend.clock() // 60)
    reader = hashlib.sha256(f"{viewer.role} {viewer.actor}".encode()).hexdigest()[:16]
    throttle = Throttle(backend.cache, limit=REQUESTS_PER_MINUTE, seconds=120)
    if not throttle.count_attempt(f"api/{reader}/{minute}"):
        wait = str(60 - int(backend.clock() % 60))
        raise _AnsweredError(
            429,
            "too_many_requests",
            f"at most {REQUESTS_PER_MINUTE} requests a minute",
            {"Retry-After": wait},
        )


def _labels(backend: Backend) -> tuple[str, ...]:
    labels = backend.settings.attributes.model_dump(exclude={"resolved_value"}).values()
    return tuple(sorted({*labels, *backend.settings.classification.exclude}))


def _answer_unknown(path: str = "") -> Response:
    if f"/api/{path}" in {route.path for route in ROUTES.values()}:
        return json_error(405, "method_not_allowed", "only GET", {"Allow": "GET, HEAD"})
    return json_error(404, "not_found", "there is no such address")


def _answer_error(error: Exception) -> Response:
    if isinstance(error, _AnsweredError):
        return error.response
    if isinstance(error, ParameterError):
        return json_error(400, "invalid_parameter", str(error))
    if isinstance(error, RefusedError):
        return json_error(403, "forbidden", str(error))
    if isinstance(error, ServiceError):
        log.warning("api: %s: %s", request.endpoint, error)
        return json_error(503, "unavailable", "the store does not answer", {"Retry-After": "5"})
    log.error("api: %s failed (%s)", request.endpoint, request_id(), exc_info=error)
    return json_error(500, "internal_error", f"a mistake of ours, reference {request_id()}")


def _json(body: Any, status: int = 200, headers: Any = None) -> Response:
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, status, headers, mimetype="application/json")


def _forbid_storing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
