"""What fails: the log gets the traceback, the reader a reference, everything else lives on."""

import logging
from typing import Any

from dash import ctx, no_update, set_props
from dash.exceptions import DependencyException
from flask import Flask, Response, current_app, has_request_context, request
from werkzeug.exceptions import HTTPException

from callbacks.access.refusals import is_navigation, json_error
from callbacks.access.routes import current_route
from callbacks.access.session import choose_language, choose_theme
from layouts import i18n as words
from layouts import ids
from layouts.access import plain_pages
from layouts.components.states import failed_words
from services.errors import ServiceError
from services.runtime.backend import Backend
from services.runtime.logs import request_id
from services.storage.store import StorageFullError

log = logging.getLogger(__name__)

LANGUAGE = "VIGIA_LANGUAGE"
RETRY_SECONDS = 5


def panel_error(error: Exception) -> Any:
    """Said where the callback draws; its stores forget what is shown, so that all is sent anew."""
    log.error("callback failed, reference %s", request_id(), exc_info=error)
    drawn = failed_words(words.text_for(_language()), request_id())
    outputs = ctx.outputs_list
    listed = outputs if isinstance(outputs, list) else [outputs]
    said = [drawn if end.get("property") == "children" else no_update for end in listed]
    for end in listed:
        if end.get("property") == "data":
            set_props(end["id"], {"data": None})
    if drawn not in said:
        # In the place of the age of the data.
        set_props(ids.HEADER_AGES, {"children": drawn})
    return said if isinstance(outputs, list) else said[0]


def set_up(server: Flask, backend: Backend) -> None:
    server.config[LANGUAGE] = lambda: backend.settings.language
    server.register_error_handler(Exception, lambda error: _answer_error(error, backend))


def _answer_error(error: Exception, backend: Backend) -> Any:
    if isinstance(error, HTTPException):
        # Below 400 it is a redirect to the same address, written properly.
        if error.code is None or error.code < 400:
            return error
        title = error.name.lower()
        return _answer_with(backend, error.code, title.replace(" ", "_"), title, "shell.refused")
    if isinstance(error, DependencyException):
        return json_error(404, "not_found", "there is no such file")
    if isinstance(error, ServiceError):
        log.warning("%s: %s", request.endpoint, error)
        is_full = isinstance(error, StorageFullError)
        message = "no room is left to write" if is_full else "the store does not answer"
        key = "shell.full" if is_full else "shell.unavailable"
        response = _answer_with(backend, 503, "unavailable", message, key)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    log.error("%s failed, reference %s", request.endpoint, request_id(), exc_info=error)
    message = f"a mistake of ours, reference {request_id()}"
    return _answer_with(backend, 500, "internal_error", message, "shell.failed")


def _answer_with(backend: Backend, status: int, code: str, message: str, key: str) -> Response:
    route = current_route()
    if not is_navigation() and not (route and route.is_form):
        return json_error(status, code, message)
    text = words.text_for(choose_language(request.cookies, backend))
    markup = plain_pages.error_page(
        text,
        theme=choose_theme(request.cookies),
        title=text(f"{key}.title"),
        words=text(f"{key}.words"),
        reference=request_id(),
    )
    return Response(markup, status, mimetype="text/html")


def _language() -> str:
    if not has_request_context():
        return ""
    language: str = request.cookies.get("vigia_lang") or current_app.config[LANGUAGE]()
    return language
