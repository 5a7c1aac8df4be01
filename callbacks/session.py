"""Signing in and out, and who is looking at this request."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf

from layouts import login
from layouts.context import Context
from layouts.formats import Formats
from layouts.palette import THEMES
from layouts.words import text_for
from services.accounts import Viewer
from services.backend import Backend
from services.dataset import Snapshot
from services.sessions import Sessions, hashed, proof_of
from services.throttle import Throttle

HOMES = {"manager": "/overview", "analyst": "/analyst", "wall": "/operations?kiosk=1"}
FAILURES_PER_PERSON, FAILURES_PER_ADDRESS, FAILURE_SECONDS = 5, 30, 300.0


class User(UserMixin):  # type: ignore[misc]
    """Somebody signed in, as Flask-Login keeps it: by the session's word."""

    def __init__(self, word: str, viewer: Viewer) -> None:
        self.id = word
        self.viewer = viewer


def set_up(server: Flask, backend: Backend) -> None:
    """Attach Flask-Login and the routes of signing in and out."""
    manager = LoginManager(server)
    manager.session_protection = None
    manager.user_loader(lambda word: _user(word, backend))
    server.add_url_rule("/login", "login", lambda: _show_login(backend), methods=["GET"])
    server.add_url_rule("/login", "sign_in", lambda: _sign_in(backend), methods=["POST"])
    server.add_url_rule("/logout", "logout", lambda: _sign_out(backend.sessions), methods=["POST"])
    server.add_url_rule(
        "/wall/<word>", "device", lambda word: _open_device(word, backend), methods=["GET"]
    )
    server.register_error_handler(CSRFError, lambda error: _csrf_failed(error, backend))


def current_viewer(backend: Backend | None = None) -> Viewer:
    """Who is looking; only for requests that the guard has let through.

    The person in Intercom is looked up in the newest snapshot, so that a match made a minute ago
    holds now.
    """
    if "viewer" in g:
        viewer: Viewer = g.viewer
        return viewer
    viewer = current_user.viewer
    if backend is not None and viewer.role == "analyst":
        agent = _agent_id(viewer.email, backend.dataset.snapshot())
        viewer = Viewer(viewer.role, viewer.email, viewer.name, agent)
        g.viewer = viewer
    return viewer


def current_context(backend: Backend, path: str = "/") -> Context:
    """The reader of this request: language, theme and role."""
    viewer = current_viewer(backend)
    text = text_for(language_of(request.cookies, backend))
    theme = theme_of(request.cookies)
    formats = Formats(text, backend.settings.zone)
    wall = viewer.role != "analyst" or backend.settings.access.analyst_wall
    return Context(text, formats, theme, viewer.role, viewer.name, path, wall)


def language_of(cookies: Mapping[str, str], backend: Backend) -> str:
    """The reader's choice, else the settings' language."""
    chosen = cookies.get("vigia_lang")
    return chosen if chosen in ("pt-BR", "en") else backend.settings.language


def theme_of(cookies: Mapping[str, str]) -> Any:
    """The reader's choice; dark where there is none."""
    chosen = cookies.get("vigia_theme")
    return chosen if chosen in THEMES else "dark"


def home_of(role: str) -> str:
    """Where a role begins."""
    return HOMES[role]


def safe_next(target: str | None) -> str | None:
    """The address to go on to after signing in, if it is one of ours: a path and nothing else."""
    if not target or len(target) > 2000 or not target.startswith("/"):
        return None
    if target.startswith("//") or "\\" in target or any(ord(c) < 33 for c in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in ("/login", "/logout"):
        return None
    return target


def _user(word: str, backend: Backend) -> User | None:
    """Account and role are read anew at every request: what changed holds at once."""
    found = backend.sessions.find(word)
    if found is None:
        return None
    if found.device:
        return User(word, Viewer("wall", "", found.device))
    account = backend.accounts.find(found.email)
    if account is None or proof_of(account) != found.proof:
        return None
    return User(word, Viewer(account.role, account.email, account.name))


def _agent_id(email: str, snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return None
    agents = snapshot.tables.agents
    own = agents["email"].str.lower().eq(email) & agents["active"].fillna(False)
    found = agents.loc[own & ~agents["bot"].fillna(False), "id"].dropna()
    found = found[~found.str.startswith("voice:")]
    # Two admins with one address cannot be told apart; nobody sees another's rows by chance.
    return str(found.iloc[0]) if len(found) == 1 else None


def _show_login(backend: Backend) -> Response:
    # A screen has nowhere to sign out: a person at it must be able to sign in.
    if current_user.is_authenticated and current_user.viewer.role != "wall":
        return make_response(redirect(home_of(current_user.viewer.role), 303))
    return _page(backend)


def _page(
    backend: Backend, message: str | None = None, status: int = 200, email: str = ""
) -> Response:
    text = text_for(language_of(request.cookies, backend))
    markup = login.page(
        text,
        theme=theme_of(request.cookies),
        csrf_token=generate_csrf(),
        nonce=g.nonce,
        email=email,
        target=safe_next(request.values.get("next")) or "",
        message=message and text(f"login.{message}"),
        first_account=backend.accounts.is_empty(),
    )
    response = make_response(markup, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sign_in(backend: Backend) -> Response:
    email = request.form.get("email", "").strip().lower()[:300]
    password = request.form.get("password", "")[:2000]
    person = Throttle(backend.state, limit=FAILURES_PER_PERSON, seconds=FAILURE_SECONDS)
    address = Throttle(backend.state, limit=FAILURES_PER_ADDRESS, seconds=FAILURE_SECONDS)
    # Hashed: the state store keeps no e-mails of strangers. Checked before the costly hash.
    of_person, of_address = (
        f"person/{hashed(email)}",
        f"address/{hashed(request.remote_addr or '')}",
    )
    if address.is_blocked(of_address) or not person.attempt(of_person):
        response = _page(backend, "throttled", 429, email)
        response.headers["Retry-After"] = str(int(FAILURE_SECONDS))
        return response
    account = backend.accounts.verify(email, password)
    if account is None:
        address.failed(of_address)
        return _page(backend, "wrong", 401, email)
    person.succeeded(of_person)
    _start_anew(backend.sessions)
    login_user(
        User(backend.sessions.open(account), Viewer(account.role, account.email, account.name))
    )
    target = safe_next(request.form.get("next")) or home_of(account.role)
    return make_response(redirect(target, 303))


def _start_anew(sessions: Sessions) -> None:
    """Nothing of the cookie that came is kept, and whoever was signed in with it no longer is."""
    if current_user.is_authenticated:
        sessions.close(current_user.get_id())
    session.clear()
    session.permanent = True


def _sign_out(sessions: Sessions) -> Response:
    if current_user.is_authenticated:
        sessions.close(current_user.get_id())
    logout_user()
    session.clear()
    return make_response(redirect("/login", 303))


def _open_device(word: str, backend: Backend) -> Response:
    """A television signs in with its link; a revoked one is told to ask for another."""
    found = backend.sessions.find(word)
    if found is None or not found.device:
        return _page(backend, "dead_link", 404)
    _start_anew(backend.sessions)
    login_user(User(word, Viewer("wall", "", found.device)))
    return make_response(redirect(home_of("wall"), 303))


def _csrf_failed(error: CSRFError, backend: Backend) -> Response:
    """An expired form is shown again; machines get a plain refusal."""
    if request.endpoint == "sign_in":
        return _page(backend, "expired", 400, request.form.get("email", "")[:300])
    body = {"error": {"code": "csrf", "message": "the CSRF token is missing or wrong"}}
    response = make_response(body, 400)
    response.headers["Cache-Control"] = "no-store"
    return response
