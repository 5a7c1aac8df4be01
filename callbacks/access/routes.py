"""Every address of the server with who may ask it. The guard refuses a route without a record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask.sansio.app import App

from services.accounts.tokens import Reach

ROUTES = "VIGIA_ROUTES"


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address of the server.

    Attributes:
        path: As Flask's rules write it.
        roles: Who may ask it once signed in; None = strangers too.
        is_form: Whether people send it a form, which is shown again when its token has expired.
        by_hand: Whether nothing but a person asks for it, so that the session goes on living.
        reaches: Tokens that may ask it besides those of the reach `all`.
    """

    path: str
    endpoint: str
    roles: frozenset[str] | None
    methods: tuple[str, ...] = ("GET",)
    is_form: bool = False
    by_hand: bool = False
    reaches: frozenset[Reach] = frozenset()


def add_route(server: Flask, route: Route, view: Callable[..., Any]) -> None:
    server.add_url_rule(route.path, route.endpoint, view, methods=list(route.methods))
    record(server, route)


def record(server: App, *routes: Route) -> None:
    """Let the guard know routes that are attached elsewhere."""
    server.config.setdefault(ROUTES, {}).update({route.endpoint: route for route in routes})


def current_route() -> Route | None:
    route: Route | None = current_app.config.get(ROUTES, {}).get(request.endpoint)
    return route
