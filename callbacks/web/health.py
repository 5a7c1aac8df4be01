"""For whoever watches the process."""

from flask import Flask, Response, jsonify

from callbacks.access.routes import Route, add_route
from services.runtime.backend import Backend

HEALTHZ = Route(path="/healthz", endpoint="healthz", roles=None)
READYZ = Route(path="/readyz", endpoint="readyz", roles=None)


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, HEALTHZ, lambda: jsonify({"status": "ok"}))
    add_route(server, READYZ, lambda: _ready(backend))


def _ready(backend: Backend) -> Response:
    """200 once every configured vendor has answered or failed once, else 503 with the reason."""
    snapshot = backend.dataset.snapshot()
    waiting = ["snapshot"]
    if snapshot is not None:
        waiting = [n for n, status in snapshot.sources.items() if status.state == "starting"]
    response: Response = jsonify({"ready": not waiting, "waiting_for": waiting})
    response.status_code = 503 if waiting else 200
    return response
