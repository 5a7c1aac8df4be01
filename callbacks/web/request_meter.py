"""How long each request took, and the id by which its log lines are found."""

import re
import time

from flask import Flask, Response, g, request

from callbacks.access.guard import DASH_POST
from callbacks.web import static_files
from services.runtime.backend import Backend
from services.runtime.logs import begin_request, request_id
from services.runtime.process_report import ProcessReport

HEADER = "X-Request-ID"
PROBES = ("healthz", "readyz", "prometheus")


def set_up(server: Flask, backend: Backend) -> None:
    """Before everything else: what is first here sees the answers last."""
    is_behind_proxy = backend.settings.server.trusted_proxies > 0
    server.before_request(lambda: _begin(is_behind_proxy))
    server.after_request(lambda response: _end(response, backend.process_report))


def _begin(is_behind_proxy: bool) -> None:
    g.began = time.perf_counter()
    given = request.headers.get(HEADER, "") if is_behind_proxy else ""
    begin_request(given if re.fullmatch(r"[\w.-]{8,64}", given, re.ASCII) else "")


def _end(response: Response, report: ProcessReport) -> Response:
    seconds = time.perf_counter() - g.began
    report.count(f"{_find_group()} {response.status_code // 100}xx", seconds)
    response.headers[HEADER] = request_id()
    return response


def _find_group() -> str:
    if static_files.is_static():
        return "file"
    if request.path == DASH_POST:
        return "callback"
    if request.path.startswith("/api/"):
        return "api"
    if request.endpoint in PROBES:
        return "probe"
    return "page" if request.endpoint == static_files.PAGES else "other"
