"""Signing in through an OpenID provider: the way there, and what becomes of who comes back."""

import logging

from flask import Flask, Response, make_response, redirect, request, url_for

from callbacks.access.login_throttle import count_failure, is_address_blocked
from callbacks.access.oidc_client import (
    Provider,
    ProviderError,
    create_provider,
    fetch_claims,
    load_attempt,
    start_attempt,
)
from callbacks.access.routes import Route, add_route
from callbacks.access.session import safe_target
from callbacks.access.sign_in import answer_login, begin_session
from layouts.roles import ROLES
from services.accounts.sessions import hash_word
from services.runtime.backend import Backend
from services.runtime.oidc_accounts import NotAdmittedError, admit, read_person
from services.settings.sections import CALLBACK_PATH, OidcSetting

log = logging.getLogger(__name__)

START = Route(path="/login/oidc", endpoint="oidc", roles=None)
FINISH = Route(path=CALLBACK_PATH, endpoint="oidc_callback", roles=None)
USED_STATE = "oidc-used/"
USED_SECONDS = 1200.0
STATUS = {"unavailable": 503, "denied": 400, "wrong_way": 400}
# Nobody guesses anything with these.
HARMLESS = frozenset(STATUS)


def set_up(server: Flask, backend: Backend) -> None:
    setting = backend.settings.access.oidc
    if setting is None:
        return
    provider = create_provider(server, setting, backend)
    add_route(server, START, lambda: _start(provider, setting, backend))
    add_route(server, FINISH, lambda: _finish(provider, setting, backend))


def _start(provider: Provider, setting: OidcSetting, backend: Backend) -> Response:
    if is_address_blocked(backend):
        return answer_login(backend, "throttled", 429)
    target = safe_target(request.args.get("next")) or ""
    try:
        address = start_attempt(provider, _redirect_uri(setting, backend), target, backend.clock)
    except ProviderError as error:
        return _answer_error(error, target, backend)
    return make_response(redirect(address, 303))


def _finish(provider: Provider, setting: OidcSetting, backend: Backend) -> Response:
    if is_address_blocked(backend):
        return answer_login(backend, "throttled", 429)
    attempt = load_attempt(provider, backend)
    if attempt is None:
        # Anybody can make a browser ask for this: it costs nothing and is held against nobody.
        return _answer_error(ProviderError("wrong_way", "an unknown state"), "", backend)
    target = safe_target(attempt.get("next")) or ""
    # The cookie could be put back as it was; the store remembers what was used.
    if not backend.state.add(USED_STATE + hash_word(request.args["state"]), b"", USED_SECONDS):
        return _refuse(ProviderError("wrong_way", "a used state"), target, backend)
    try:
        person = read_person(fetch_claims(provider, setting), setting)
        account = admit(person, setting, backend)
    except (ProviderError, NotAdmittedError) as error:
        return _refuse(error, target, backend)
    # No second factor of ours: who the person is has been the provider's matter.
    begin_session(account, "oidc", backend)
    return make_response(redirect(target or ROLES[account.role].home, 303))


def _redirect_uri(setting: OidcSetting, backend: Backend) -> str:
    if setting.redirect_uri:
        return setting.redirect_uri
    if backend.settings.server.public_url:
        return backend.settings.server.public_url + FINISH.path
    scheme = "https" if backend.settings.server.behind_tls else request.scheme
    return url_for(FINISH.endpoint, _external=True, _scheme=scheme)


def _refuse(error: ProviderError | NotAdmittedError, target: str, backend: Backend) -> Response:
    """Note who did not get in, and why; what the provider says was not typed by anybody."""
    email = error.email if isinstance(error, NotAdmittedError) else ""
    known = bool(email) and backend.accounts.find(email) is not None
    about = {"claimed": email} if email and not known else {}
    reason = str(error)
    backend.audit.note(
        "failed_sign_in",
        email if known else "",
        how="oidc",
        reason=reason,
        address=request.remote_addr,
        **about,
    )
    if reason not in HARMLESS:
        count_failure(backend)
    return _answer_error(error, target, backend)


def _answer_error(
    error: ProviderError | NotAdmittedError, target: str, backend: Backend
) -> Response:
    if isinstance(error, ProviderError):
        log.warning("sign-in through the provider: %s (%r)", error, error.cause)
    reason = str(error)
    status = STATUS.get(reason, 401 if isinstance(error, ProviderError) else 403)
    return answer_login(backend, f"oidc.{reason}", status, target=target)
