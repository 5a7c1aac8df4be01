"""Signing in and out: password, second factor, a new password in place of a temporary one."""

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request, session
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf

from callbacks.access.login_throttle import (
    FAILURE_SECONDS,
    ThrottledError,
    attempt,
    audit_failure,
    clear_session,
    remember,
)
from callbacks.access.routes import Route, add_route, current_route
from callbacks.access.session import User, choose_language, choose_theme, find_home, safe_target
from layouts.access import plain_pages
from layouts.access.plain_pages import Field, Form
from layouts.i18n import Text, text_for
from layouts.roles import ROLES, WALL
from services.accounts.accounts import Account, AccountError, Viewer
from services.accounts.sessions import derive_proof, hash_word
from services.runtime.backend import Backend

PENDING, PENDING_SECONDS = "pending", 600.0
POST = ("POST",)
LOGIN = Route(path="/login", endpoint="login", roles=None)
SIGN_IN = Route(path="/login", endpoint="sign_in", roles=None, methods=POST, is_form=True)
GIVE_CODE = Route(path="/login/code", endpoint="give_code", roles=None, methods=POST, is_form=True)
CHOOSE_PASSWORD = Route(
    path="/login/password", endpoint="choose_password", roles=None, methods=POST, is_form=True
)
LOGOUT = Route(path="/logout", endpoint="logout", roles=None, methods=POST)
DEVICE = Route(path="/wall/<word>", endpoint="device", roles=None)


def set_up(server: Flask, backend: Backend) -> None:
    for route, view in (
        (LOGIN, _show_login),
        (SIGN_IN, _sign_in),
        (GIVE_CODE, _give_code),
        (CHOOSE_PASSWORD, _choose_password),
        (LOGOUT, _sign_out),
    ):
        add_route(server, route, lambda view=view: view(backend))
    add_route(server, DEVICE, lambda word: _open_device(word, backend))
    server.register_error_handler(CSRFError, lambda error: _answer_csrf_error(error, backend))


def text_of_visitor(backend: Backend) -> Text:
    return text_for(choose_language(request.cookies, backend))


def answer_form(backend: Backend, status: int = 200, **parts: Any) -> Response:
    """A page of forms that no cache keeps; `parts` as `plain_pages.form_page` takes them."""
    theme, token = choose_theme(request.cookies), generate_csrf()
    markup = plain_pages.form_page(text_of_visitor(backend), theme=theme, csrf_token=token, **parts)
    response = make_response(markup, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def begin_session(account: Account, how: str, backend: Backend) -> None:
    """Begin a session; nothing of the cookie that came stays but whose browser it is."""
    backend.audit.note("sign_in", account.email, how=how, address=request.remote_addr)
    backend.accounts.note_sign_in(account.email, backend.clock())
    end_session(backend)
    remember(backend, account.email)
    viewer = Viewer(account.role, account.email, account.name)
    login_user(User(backend.sessions.open(account), viewer))


def end_session(backend: Backend) -> None:
    if current_user.is_authenticated:
        backend.sessions.close(current_user.get_id())
    clear_session()
    session.permanent = True


def continue_sign_in(
    account: Account, target: str | None, how: str, backend: Backend, *, code: bool = False
) -> Response:
    """Ask for what is still missing after a right password, else begin the session."""
    asks_code = not code and backend.second_factor.is_on(account.email)
    if asks_code or (account.temporary and how == "password"):
        session[PENDING] = {
            "email": account.email,
            "proof": derive_proof(account),
            "until": backend.clock() + PENDING_SECONDS,
            "next": target or "",
            "how": how,
            "code": code,
        }
        return _ask_code(backend) if asks_code else _ask_password(backend)
    begin_session(account, how, backend)
    return make_response(redirect(target or find_home(account.role, backend), 303))


def _show_login(backend: Backend) -> Response:
    # A screen has nowhere to sign out: a person at it must be able to sign in.
    if current_user.is_authenticated and not ROLES[current_user.viewer.role].is_screen:
        return make_response(redirect(find_home(current_user.viewer.role, backend), 303))
    return answer_login(backend)


def answer_login(
    backend: Backend,
    message: str | None = None,
    status: int = 200,
    email: str = "",
    target: str | None = None,
) -> Response:
    text, oidc = text_of_visitor(backend), backend.settings.access.oidc
    passwords = takes_passwords(backend)
    markup = plain_pages.login_page(
        text,
        theme=choose_theme(request.cookies),
        csrf_token=generate_csrf(),
        nonce=g.nonce,
        email=email,
        target=target or safe_target(request.values.get("next")) or "",
        message=message and text(f"login.{message}", name=oidc.name if oidc else ""),
        first_account=passwords and backend.accounts.is_empty(),
        provider=oidc.name if oidc else None,
        passwords=passwords,
    )
    response = make_response(markup, status)
    response.headers["Cache-Control"] = "no-store"
    if status == 429:
        response.headers["Retry-After"] = str(int(FAILURE_SECONDS))
    return response


def takes_passwords(backend: Backend) -> bool:
    oidc = backend.settings.access.oidc
    return oidc is None or oidc.password_login


def _sign_in(backend: Backend) -> Response:
    if not takes_passwords(backend):
        return answer_login(backend, "oidc.only", 403)
    email = request.form.get("email", "").strip().lower()[:300]
    password = request.form.get("password", "")[:2000]
    try:
        account = attempt(
            backend,
            f"person/{hash_word(email)}",
            lambda: backend.accounts.verify(email, password),
            email=email,
        )
    except ThrottledError:
        return answer_login(backend, "throttled", 429, email)
    if account is None:
        audit_failure(backend, email, "password")
        return answer_login(backend, "wrong", 401, email)
    return continue_sign_in(account, safe_target(request.form.get("next")), "password", backend)


def _load_pending(backend: Backend) -> tuple[Account, dict[str, Any]] | None:
    """Who has shown a password and is not yet in; nobody once that password has changed."""
    pending = session.get(PENDING)
    if not takes_passwords(backend):
        return None
    if not isinstance(pending, dict) or pending.get("until", 0) <= backend.clock():
        return None
    account = backend.accounts.find(str(pending.get("email", "")))
    if account is None or account.disabled or derive_proof(account) != pending.get("proof"):
        return None
    return account, pending


def _ask_code(backend: Backend, message: str | None = None, status: int = 200) -> Response:
    text = text_of_visitor(backend)
    field = Field(
        "code",
        text("door.code.label"),
        autocomplete="one-time-code",
        hint=text("door.code.hint"),
        focus=True,
    )
    form = Form("/login/code", [field], text("login.submit"))
    return answer_form(
        backend,
        status,
        title=text("door.code.title"),
        lead=text("door.code.lead"),
        form=form,
        message=message and text(message),
        back=("/login", text("door.back")),
    )


def _give_code(backend: Backend) -> Response:
    loaded = _load_pending(backend)
    if loaded is None:
        return answer_login(backend, "expired", 401)
    account, pending = loaded
    # Of its own: a right password does not buy five more guesses.
    code = request.form.get("code", "")[:100]
    try:
        accepted = attempt(
            backend,
            f"code/{hash_word(account.email)}",
            lambda: backend.second_factor.accepts(account.email, code) or None,
        )
    except ThrottledError:
        return _ask_code(backend, "login.throttled", 429)
    if not accepted:
        audit_failure(backend, account.email, "code")
        return _ask_code(backend, "door.code.wrong", 401)
    return continue_sign_in(
        account, safe_target(pending.get("next")), pending["how"], backend, code=True
    )


def password_fields(text: Text, minimum: int, *, focus: bool = False) -> list[Field]:
    hint, label = text("door.password.hint", minimum=minimum), text("door.password.new")
    return [
        Field("password", label, "password", "new-password", hint=hint, focus=focus),
        Field("again", text("door.password.again"), "password", "new-password"),
    ]


def read_new_password() -> str:
    """Raises AccountError where the two that were typed differ."""
    password = request.form.get("password", "")[:2000]
    if password != request.form.get("again", "")[:2000]:
        raise AccountError("not_the_same")
    return password


def _ask_password(backend: Backend, message: str | None = None, status: int = 200) -> Response:
    text, minimum = text_of_visitor(backend), backend.accounts.minimum
    fields = password_fields(text, minimum, focus=True)
    form = Form("/login/password", fields, text("door.password.submit"))
    return answer_form(
        backend,
        status,
        title=text("door.password.title"),
        lead=text("door.password.lead"),
        form=form,
        message=message and text(message, minimum=minimum),
        back=("/login", text("door.back")),
    )


def _choose_password(backend: Backend) -> Response:
    loaded = _load_pending(backend)
    if loaded is None:
        return answer_login(backend, "expired", 401)
    account, pending = loaded
    needs_code = backend.second_factor.is_on(account.email)
    if not account.temporary or (needs_code and pending.get("code") is not True):
        return answer_login(backend, "expired", 401)
    try:
        changed = backend.accounts.set_password(account.email, read_new_password())
    except AccountError as error:
        return _ask_password(backend, f"command.{error}", 400)
    backend.audit.note("account", account.email, did="password", account=account.email)
    begin_session(changed, "password", backend)
    return make_response(
        redirect(safe_target(pending.get("next")) or ROLES[changed.role].home, 303)
    )


def _sign_out(backend: Backend) -> Response:
    if current_user.is_authenticated:
        viewer = current_user.viewer
        backend.audit.note("sign_out", viewer.actor)
        backend.sessions.close(current_user.get_id())
    logout_user()
    clear_session()
    return make_response(redirect("/login", 303))


def _open_device(word: str, backend: Backend) -> Response:
    """A television signs in with its link; a revoked one is told to ask for another."""
    return begin_device(word, backend) or answer_login(backend, "dead_link", 404)


def begin_device(word: str | None, backend: Backend) -> Response | None:
    """None where no device has this word."""
    device = backend.sessions.find(word) if word else None
    if word is None or device is None or not device.device:
        return None
    end_session(backend)
    login_user(User(word, Viewer(WALL, "", device.device)))
    return make_response(redirect(ROLES[WALL].home, 303))


def _answer_csrf_error(error: CSRFError, backend: Backend) -> Response:
    """An expired form is shown again; machines get a plain refusal."""
    route = current_route()
    if route is not None and route.is_form:
        email = request.form.get("email", "")[:300] if route is SIGN_IN else ""
        return answer_login(backend, "expired", 400, email)
    body = {"error": {"code": "csrf", "message": "the CSRF token is missing or wrong"}}
    response = make_response(body, 400)
    response.headers["Cache-Control"] = "no-store"
    return response
