"""`/tv`: a television signs in with the six digits that a manager reads to it."""

from flask import Flask, Response, request

from callbacks.access.login_throttle import FAILURE_SECONDS, ThrottledError, attempt
from callbacks.access.routes import Route, add_route
from callbacks.access.sign_in import answer_form, begin_device, text_of_visitor
from layouts.access.plain_pages import Field, Form
from services.accounts.sessions import hash_word
from services.accounts.throttle import Throttle
from services.runtime.backend import Backend

SHOW = Route(path="/tv", endpoint="wall_code", roles=None)
USE = Route(path="/tv", endpoint="use_wall_code", roles=None, methods=("POST",), is_form=True)
# From all places together: a code lives for ten minutes, and there are a million.
FAILURES = 50


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, SHOW, lambda: _page(backend))
    add_route(server, USE, lambda: _use(backend))


def _page(backend: Backend, message: str | None = None, status: int = 200) -> Response:
    text = text_of_visitor(backend)
    field = Field("code", text("door.tv.code"), "tel", hint=text("door.tv.hint"), focus=True)
    return answer_form(
        backend,
        status,
        title=text("door.tv.title"),
        lead=text("door.tv.lead"),
        form=Form("/tv", [field], text("door.tv.submit")),
        message=message and text(message),
        back=("/login", text("door.back")),
    )


def _use(backend: Backend) -> Response:
    together = Throttle(backend.state, limit=FAILURES, seconds=FAILURE_SECONDS)
    code = request.form.get("code", "")[:40]
    try:
        if together.is_blocked("tv"):
            raise ThrottledError
        person = f"tv/{hash_word(request.remote_addr or '')}"
        word = attempt(backend, person, lambda: backend.wall_codes.use(code))
    except ThrottledError:
        return _page(backend, "login.throttled", 429)
    answer = begin_device(word, backend)
    if answer is None:
        together.count_failure("tv")
        return _page(backend, "door.tv.wrong", 401)
    return answer
