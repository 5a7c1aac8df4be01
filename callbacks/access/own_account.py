"""One's own account: another password, the second factor, an end to one's other sessions."""

from collections.abc import Callable, Sequence

from flask import Flask, Response, make_response, redirect, request
from flask_login import current_user, login_user

from callbacks.access.login_throttle import ThrottledError, attempt, audit_failure
from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import User, current_viewer
from callbacks.access.sign_in import (
    answer_form,
    end_session,
    password_fields,
    read_new_password,
    takes_passwords,
    text_of_visitor,
)
from layouts.access.plain_pages import Field, Form, Section
from layouts.i18n import Text
from layouts.roles import PEOPLE, ROLES
from services.accounts.accounts import Account, AccountError, Viewer
from services.accounts.second_factor import SecondFactor, build_otpauth_url
from services.accounts.sessions import hash_word
from services.runtime.backend import Backend

SHOW = Route(path="/me", endpoint="own_account", roles=PEOPLE, by_hand=True)
CHANGE = Route(
    path="/me",
    endpoint="change_own_account",
    roles=PEOPLE,
    methods=("POST",),
    is_form=True,
    by_hand=True,
)


class _FormError(Exception):
    """What could not be done; the text is a key of the words."""


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, SHOW, lambda: _page(backend))
    add_route(server, CHANGE, lambda: _change(backend))


def _change(backend: Backend) -> Response:
    action = ACTIONS.get(request.form.get("does", ""))
    if action is None:
        return json_error(400, "bad_request", "not a request of this application")
    account = backend.accounts.find(current_viewer(backend).email)
    if account is None:
        return make_response(redirect("/login", 303))
    try:
        done, codes = action(account, backend)
    except AccountError as error:
        return _page(backend, message=f"command.{error}", status=400)
    except _FormError as error:
        return _page(backend, message=str(error), status=400)
    return _page(backend, done=done, codes=codes)


def _set_password(account: Account, backend: Backend) -> tuple[str, Sequence[str]]:
    _check_password(account, backend)
    changed = backend.accounts.set_password(account.email, read_new_password())
    backend.audit.note("account", account.email, did="password", account=account.email)
    end_session(backend)
    viewer = Viewer(changed.role, changed.email, changed.name)
    login_user(User(backend.sessions.open(changed), viewer))
    return "door.me.password_done", ()


def _start_factor(account: Account, backend: Backend) -> tuple[str, Sequence[str]]:
    backend.second_factor.begin_setup(account.email)
    return "", ()


def _confirm_factor(account: Account, backend: Backend) -> tuple[str, Sequence[str]]:
    _check_password(account, backend)
    codes = backend.second_factor.confirm(account.email, request.form.get("code", "")[:100])
    if codes is None:
        raise _FormError("door.code.wrong")
    backend.audit.note("account", account.email, did="factor_on", account=account.email)
    backend.sessions.close_all(account.email, but=current_user.get_id())
    return "door.me.factor_done", codes


def _stop_factor(account: Account, backend: Backend) -> tuple[str, Sequence[str]]:
    _check_password(account, backend)
    if not backend.second_factor.accepts(account.email, request.form.get("code", "")[:100]):
        audit_failure(backend, account.email, "code")
        raise _FormError("door.code.wrong")
    backend.second_factor.turn_off(account.email)
    backend.audit.note("account", account.email, did="factor_off", account=account.email)
    return "door.me.factor_stopped", ()


def _end_sessions(account: Account, backend: Backend) -> tuple[str, Sequence[str]]:
    backend.sessions.close_all(account.email, but=current_user.get_id())
    backend.audit.note("account", account.email, did="sessions", account=account.email)
    return "door.me.sessions_done", ()


ACTIONS: dict[str, Callable[[Account, Backend], tuple[str, Sequence[str]]]] = {
    "password": _set_password,
    "begin": _start_factor,
    "confirm": _confirm_factor,
    "stop": _stop_factor,
    "sessions": _end_sessions,
}


def _check_password(account: Account, backend: Backend) -> None:
    """Whoever finds an open screen does not get the account with it."""
    password = request.form.get("current", "")[:2000]
    try:
        verified = attempt(
            backend,
            f"own/{hash_word(account.email)}",
            lambda: backend.accounts.verify(account.email, password),
        )
    except ThrottledError as error:
        raise _FormError("login.throttled") from error
    if verified is None:
        audit_failure(backend, account.email, "password")
        raise _FormError("door.me.wrong")


def _page(
    backend: Backend,
    message: str | None = None,
    done: str = "",
    codes: Sequence[str] = (),
    status: int = 200,
) -> Response:
    text, viewer = text_of_visitor(backend), current_viewer(backend)
    account = backend.accounts.find(viewer.email)
    sections = []
    if codes:
        title, words = text("door.me.recovery"), text("door.me.recovery_words")
        sections.append(Section(title, words, secret=codes))
    if account is not None and account.has_password and takes_passwords(backend):
        minimum = backend.accounts.minimum
        sections.append(_password_section(text, account.read_only, minimum))
        sections.append(_factor_section(text, viewer.email, backend.second_factor))
    else:
        sections.append(Section(text("door.me.password"), text("door.me.elsewhere")))
    end = Form("/me", [], text("door.me.sessions_submit"), "sessions", quiet=True)
    sections.append(Section(text("door.me.sessions"), text("door.me.sessions_words"), end))
    return answer_form(
        backend,
        status,
        title=text("door.me.title"),
        lead=f"{viewer.name} · {viewer.email}",
        sections=sections,
        message=message and text(message, minimum=backend.accounts.minimum),
        done=text(done) if done else None,
        back=(ROLES[viewer.role].home, text("door.me.back")),
    )


def _current_password(text: Text) -> Field:
    return Field("current", text("door.me.current"), "password", "current-password")


def _password_section(text: Text, read_only: bool, minimum: int) -> Section:
    if read_only:
        return Section(text("door.me.password"), text("door.me.read_only"))
    fields = [_current_password(text), *password_fields(text, minimum)]
    form = Form("/me", fields, text("door.password.submit"), "password")
    return Section(text("door.me.password"), text("door.me.password_words"), form)


def _factor_section(text: Text, email: str, factor: SecondFactor) -> Section:
    title, current = text("door.me.factor"), _current_password(text)
    code = Field("code", text("door.code.label"), autocomplete="one-time-code")
    if factor.is_on(email):
        left = factor.count_recovery_codes(email)
        form = Form("/me", [current, code], text("door.me.factor_stop"), "stop", quiet=True)
        return Section(title, text.plural("door.me.factor_on", left, n=left), form)
    pending = factor.get_pending_secret(email)
    if pending is None:
        form = Form("/me", [], text("door.me.factor_begin"), "begin", quiet=True)
        return Section(title, text("door.me.factor_off"), form)
    return Section(
        title,
        text("door.me.factor_words"),
        Form("/me", [code, current], text("door.me.factor_confirm"), "confirm"),
        link=(build_otpauth_url(email, pending), text("door.me.factor_link")),
        secret=[" ".join(pending[n : n + 4] for n in range(0, len(pending), 4))],
    )
