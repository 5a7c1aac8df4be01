"""The only way to add a callback: it names the roles that may fire it."""

from collections.abc import Callable, Collection
from typing import Any

from dash import Dash

ROLES_BY_CALLBACK = "VIGIA_CALLBACK_ROLES"


def role_callback(
    app: Dash, *, roles: Collection[str]
) -> Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]:
    """`app.callback`, with the roles whose requests it answers; the guard refuses all others."""
    table = roles_of(app)

    def decorate(
        *dependencies: Any, **options: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def attach(function: Callable[..., Any]) -> Callable[..., Any]:
            before = set(app.callback_map) | {c["output"] for c in app._callback_list}
            wrapped: Callable[..., Any] = app.callback(*dependencies, **options)(function)
            for callback_id in {c["output"] for c in app._callback_list} - before:
                table[callback_id] = frozenset(roles)
            return wrapped

        return attach

    return decorate


def roles_of(app: Dash) -> dict[str, frozenset[str]]:
    """Callback id -> roles, of one application."""
    table: dict[str, frozenset[str]] = app.server.config.setdefault(ROLES_BY_CALLBACK, {})
    return table
