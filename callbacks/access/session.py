"""Who is looking at this request, and how the reader wants it said."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from flask import Flask, g, request
from flask_login import LoginManager, UserMixin, current_user

from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import text_for
from layouts.palette import THEMES
from layouts.roles import ANALYST, MANAGER, ROLES, WALL, sees_wall
from metrics.model.values import is_true
from services.accounts.accounts import Viewer
from services.accounts.sessions import derive_proof
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot


class User(UserMixin):  # type: ignore[misc]
    """Somebody signed in, as Flask-Login keeps it: by the session's word."""

    def __init__(self, word: str, viewer: Viewer) -> None:
        self.id = word
        self.viewer = viewer


def set_up(server: Flask, backend: Backend) -> None:
    manager = LoginManager(server)
    manager.session_protection = None
    manager.user_loader(lambda word: _load_user(word, backend))


def current_viewer(backend: Backend | None = None) -> Viewer:
    """Who is looking; only for requests that the guard has let through.

    The person in Intercom is looked up in the newest snapshot, so that a match made a minute ago
    holds now.
    """
    if "viewer" in g:
        viewer: Viewer = g.viewer
        return viewer
    viewer = current_user.viewer
    if backend is not None and viewer.role == ANALYST:
        agent = _find_agent_id(viewer.email, backend.dataset.snapshot())
        viewer = Viewer(viewer.role, viewer.email, viewer.name, agent)
        g.viewer = viewer
    return viewer


def current_context(backend: Backend, path: str = "/") -> Context:
    viewer = current_viewer(backend)
    text = text_for(choose_language(request.cookies, backend))
    theme = choose_theme(request.cookies)
    formats = Formats(text, backend.settings.zone)
    wall = sees_wall(viewer.role, analyst_wall=backend.settings.access.analyst_wall)
    return Context(text, formats, theme, viewer.role, viewer.name, path, wall)


def find_home(role: str, backend: Backend) -> str:
    """Managers begin with the set-up, as long as there is nothing to read with."""
    if role == MANAGER and backend.environment.intercom_token is None:
        return "/setup"
    return ROLES[role].home


def choose_language(cookies: Mapping[str, str], backend: Backend) -> str:
    chosen = cookies.get("vigia_lang")
    return chosen if chosen in ("pt-BR", "en") else backend.settings.language


def choose_theme(cookies: Mapping[str, str]) -> Any:
    chosen = cookies.get("vigia_theme")
    return chosen if chosen in THEMES else "dark"


def safe_target(target: str | None) -> str | None:
    """The address to go on to after signing in, if it is one of ours: a path and nothing else."""
    if not target or len(target) > 2000 or not target.startswith("/"):
        return None
    if target.startswith("//") or "\\" in target or any(ord(c) < 33 for c in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in ("/login", "/logout"):
        return None
    return target


def _load_user(word: str, backend: Backend) -> User | None:
    """Account and role are read anew at every request: what changed holds at once."""
    session = backend.sessions.find(word)
    if session is None:
        return None
    if session.device:
        return User(word, Viewer(WALL, "", session.device))
    account = backend.accounts.find(session.email)
    if account is None or account.disabled or derive_proof(account) != session.proof:
        return None
    return User(word, Viewer(account.role, account.email, account.name))


def _find_agent_id(email: str, snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return None
    agents = snapshot.tables.agents
    has_email = pl.col("email").str.to_lowercase() == email
    is_person = ~is_true("bot") & ~pl.col("id").str.starts_with("voice:")
    matches = agents.filter(has_email, is_true("active"), is_person)["id"]
    # Two admins with one address cannot be told apart; nobody sees another's rows by chance.
    return matches[0] if len(matches) == 1 else None
