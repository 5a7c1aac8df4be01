"""What a manager does on the accounts page; every word of it comes from outside and is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from layouts.components.context import Context
from services.accounts.accounts import AccountError
from services.accounts.tokens import TokenError
from services.runtime.account_changes import AccountChanges
from services.runtime.backend import Backend

LONGEST = 300


@dataclass(frozen=True)
class Done:
    """`at` makes the same words twice two; `secret` is a password or token, told this once."""

    act: str
    said: str
    at: float
    secret: str = ""


def act(data: Any, who: str, context: Context, backend: Backend) -> Done | None:
    """Do it; None: it was nothing of this page."""
    if not isinstance(data, dict) or not isinstance(data.get("act"), str):
        return None
    name, text = data["act"], context.text
    action = ACTIONS.get(name)
    if action is None:
        return None
    about = _read_word(data, "email") or _read_word(data, "name")
    try:
        secret = action(data, who, backend)
    except (AccountError, TokenError) as error:
        message = text(f"command.{error}", minimum=backend.accounts.minimum)
        return Done(name, message, backend.clock())
    shown = "" if name == "revoke" else about
    return Done(name, text(f"accounts.said.{name}", name=shown), backend.clock(), secret)


def _add_account(data: Mapping[str, Any], who: str, backend: Backend) -> str:
    words = (_read_word(data, "email"), _read_word(data, "name"), _read_word(data, "value"))
    return AccountChanges(backend, who).add(*words)


def _add_token(data: Mapping[str, Any], who: str, backend: Backend) -> str:
    name, reach = _read_word(data, "name"), _read_word(data, "value")
    word = backend.tokens.add(name, reach, who)
    backend.audit.note("token", who, did="made", name=name, reach=reach)
    return word


def _revoke_token(data: Mapping[str, Any], who: str, backend: Backend) -> str:
    token = backend.tokens.revoke(_read_word(data, "name"))
    if token is None:
        raise TokenError("unknown_token")
    backend.audit.note("token", who, did="revoked", name=token.name)
    return ""


def _change_account(do: Callable[[AccountChanges, str], str | None]) -> Callable[..., str]:
    def action(data: Mapping[str, Any], who: str, backend: Backend) -> str:
        return do(AccountChanges(backend, who), _read_word(data, "name")) or ""

    return action


def _set_role(data: Mapping[str, Any], who: str, backend: Backend) -> str:
    AccountChanges(backend, who).set_role(_read_word(data, "name"), _read_word(data, "value"))
    return ""


def _read_word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""


ACTIONS: dict[str, Callable[[Mapping[str, Any], str, Backend], str]] = {
    "add": _add_account,
    "role": _set_role,
    "reset": _change_account(lambda managing, email: managing.reset(email)),
    "disable": _change_account(lambda managing, email: managing.set_disabled(email, True)),
    "enable": _change_account(lambda managing, email: managing.set_disabled(email, False)),
    "remove": _change_account(lambda managing, email: managing.remove(email)),
    "sessions": _change_account(lambda managing, email: managing.end_sessions(email)),
    "factor": _change_account(lambda managing, email: managing.drop_second_factor(email)),
    "token": _add_token,
    "revoke": _revoke_token,
}
