"""The first account, made in the browser by whoever can read the log."""

from flask import Flask, Response, make_response, redirect, request

from callbacks.access.login_throttle import ThrottledError, attempt
from callbacks.access.routes import Route, add_route
from callbacks.access.session import find_home
from callbacks.access.sign_in import (
    answer_form,
    answer_login,
    begin_session,
    password_fields,
    read_new_password,
    takes_passwords,
    text_of_visitor,
)
from layouts.access.plain_pages import Field, Form
from services.accounts.accounts import AccountError
from services.accounts.first_start import FirstStart
from services.accounts.sessions import hash_word
from services.runtime.backend import Backend

SHOW = Route(path="/login/first", endpoint="first_start", roles=None)
MAKE = Route(
    path="/login/first", endpoint="make_first", roles=None, methods=("POST",), is_form=True
)


def set_up(server: Flask, backend: Backend) -> None:
    key = backend.environment.secret_key
    first = FirstStart(backend.state, backend.accounts, key.get_secret_value() if key else "")
    if takes_passwords(backend):
        first.log_code()
    add_route(server, SHOW, lambda: _show(first, backend))
    add_route(server, MAKE, lambda: _make(first, backend))


def _show(first: FirstStart, backend: Backend) -> Response:
    if not takes_passwords(backend) or not backend.accounts.is_empty():
        return make_response(redirect("/login", 303))
    first.log_code()
    return _page(backend)


def _page(backend: Backend, message: str | None = None, status: int = 200) -> Response:
    text, minimum = text_of_visitor(backend), backend.accounts.minimum
    typed = request.form
    fields = [
        Field("code", text("door.first.code"), hint=text("door.first.hint"), focus=True),
        Field("email", text("login.email"), "email", "username", typed.get("email", "")[:300]),
        Field("name", text("door.first.name"), "text", "name", typed.get("name", "")[:120]),
        *password_fields(text, minimum),
    ]
    return answer_form(
        backend,
        status,
        title=text("door.first.title"),
        lead=text("door.first.lead"),
        form=Form("/login/first", fields, text("door.first.submit")),
        message=message and text(message, minimum=minimum),
        back=("/login", text("door.back")),
    )


def _make(first: FirstStart, backend: Backend) -> Response:
    if not takes_passwords(backend) or not backend.accounts.is_empty():
        return answer_login(backend, "expired", 403)
    email, name = request.form.get("email", "")[:300], request.form.get("name", "")[:200]
    code = request.form.get("code", "")[:100]
    try:
        account = attempt(
            backend,
            f"first/{hash_word(request.remote_addr or '')}",
            lambda: first.make_first_account(code, email, name, read_new_password),
        )
    except ThrottledError:
        return _page(backend, "login.throttled", 429)
    except AccountError as error:
        return _page(backend, f"command.{error}", 400)
    if account is None:
        return _page(backend, "door.first.wrong", 401)
    backend.audit.note("account", account.email, did="first", account=account.email)
    begin_session(account, "password", backend)
    return make_response(redirect(find_home(account.role, backend), 303))
