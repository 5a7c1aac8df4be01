"""People who may sign in: e-mail, name, role and the hash of a password."""

import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import orjson
from werkzeug.security import check_password_hash, generate_password_hash

from services.accounts.passwords import find_password_problem
from services.errors import ServiceError
from services.settings.config import Settings
from services.storage.store import Store

log = logging.getLogger(__name__)

Role = Literal["manager", "analyst", "wall"]
ROLES: tuple[Role, ...] = ("manager", "analyst", "wall")
PREFIX = "account/"
SIGNED_IN = "signed-in/"
EMAIL = re.compile(r"[^@\s/]{1,64}@[^@\s/]{1,190}")
# Stands where a hash would be, with random signs behind it: no password has it.
NO_PASSWORD = "!"  # noqa: S105 - it is none
# Checked for e-mails that nobody has, so that the answer takes as long as for those somebody has.
DUMMY_HASH = generate_password_hash("nobody's password")


class AccountError(ServiceError):
    """The text is a key of the access texts."""


@dataclass(frozen=True)
class Account:
    email: str  # lower case
    name: str
    role: Role
    password_hash: str  # as werkzeug writes it; `!` and random signs where there is no password
    read_only: bool = False  # from the settings
    disabled: bool = False
    temporary: bool = False  # the password was told by somebody else and has to be changed first

    @property
    def has_password(self) -> bool:
        return not self.password_hash.startswith(NO_PASSWORD)


@dataclass(frozen=True)
class Viewer:
    role: Role
    email: str  # of the account; empty for a wall and for the API token
    name: str
    agent_id: str | None = None  # the Intercom admin with the same e-mail

    @property
    def actor(self) -> str:
        """For the audit."""
        return self.email or self.name

    @property
    def display_name(self) -> str:
        """For colleagues, on a page or in Slack."""
        return self.name or self.email


class Accounts:
    """Accounts of the settings, which win and cannot be changed, and those of the state store."""

    def __init__(self, state: Store, settings: Settings) -> None:
        self._state = state
        self.minimum = settings.access.password_minimum_length
        self._fixed = {
            account.email: Account(
                account.email,
                account.name,
                account.role,
                account.password_hash.get_secret_value(),
                read_only=True,
            )
            for account in settings.accounts
        }

    def find(self, email: str) -> Account | None:
        email = email.strip().lower()
        if email in self._fixed:
            return self._fixed[email]
        content = self._state.get(PREFIX + email)
        return _read(content) if content else None

    def verify(self, email: str, password: str) -> Account | None:
        """Takes as long for e-mails that nobody has."""
        account = self.find(email)
        if account and not account.has_password:
            account = None
        expected = account.password_hash if account else DUMMY_HASH
        try:
            correct = check_password_hash(expected, password)
        except ValueError:
            log.warning("accounts: the hash of one account is damaged; it needs a new password")
            return None
        return account if account and correct and not account.disabled else None

    def list(self) -> Sequence[Account]:
        # By e-mail.
        stored = [_read(self._state.get(key) or b"") for key in self._state.keys(PREFIX)]
        known = {account.email: account for account in stored if account} | self._fixed
        return [known[email] for email in sorted(known)]

    def is_empty(self) -> bool:
        return not self._fixed and not self._state.keys(PREFIX)

    def add(
        self,
        email: str,
        name: str,
        role: str,
        password: str,
        *,
        temporary: bool = False,
        public: bool = False,
    ) -> Account:
        """Replaces an account that is there; AccountError where it is read-only or a value is bad.

        `temporary`: the password has to be changed first; `public`: everybody may know it (the
        demonstration's).
        """
        email = email.strip().lower()
        self._check_new(email, name, role)
        about = () if public else (email, name)
        password_hash = self.hash_password(password, *about, public=public)
        return self._put(email, name, role, password_hash, temporary=temporary)

    def add_without_password(self, email: str, name: str, role: str) -> Account:
        """For somebody whom single sign-on vouches for."""
        email = email.strip().lower()
        self._check_new(email, name, role)
        # Different each time: sessions of an account that was taken away do not come back.
        return self._put(email, name, role, NO_PASSWORD + secrets.token_hex(16))

    def set_password(self, email: str, password: str, *, temporary: bool = False) -> Account:
        """Every session that the old password opened ends."""
        account = self._find_changeable(email)
        password_hash = self.hash_password(password, account.email, account.name)
        changed = replace(account, password_hash=password_hash, temporary=temporary)
        self._write(changed)
        return changed

    def change(
        self, email: str, *, role: str | None = None, disabled: bool | None = None
    ) -> Account:
        account = self._find_changeable(email)
        if role is not None:
            account = replace(account, role=_parse_role(role))
        if disabled is not None:
            account = replace(account, disabled=disabled)
        self._write(account)
        return account

    def remove(self, email: str) -> None:
        email = email.strip().lower()
        self._check_changeable(email)
        if not self._state.delete(PREFIX + email):
            raise AccountError("unknown_email")
        self._state.delete(SIGNED_IN + email)

    def note_sign_in(self, email: str, at: float) -> None:
        self._state.set(SIGNED_IN + email, str(int(at)).encode())

    def get_last_sign_in(self, email: str) -> int | None:
        """Unix seconds."""
        content = self._state.get(SIGNED_IN + email)
        return int(content) if content and content.isdigit() else None

    def hash_password(self, password: str, *about: str, public: bool = False) -> str:
        """AccountError where a password is too short, common or long; `about`: e-mail and name."""
        reason = find_password_problem(password, self.minimum, *about)
        if reason and not (public and reason == "common_password"):
            raise AccountError(reason)
        return generate_password_hash(password)

    def _check_new(self, email: str, name: str, role: str) -> None:
        if not EMAIL.fullmatch(email) or not email.isprintable():
            raise AccountError("bad_email")
        if not name.strip() or len(name) > 120 or not name.isprintable():
            raise AccountError("bad_name")
        _parse_role(role)
        self._check_changeable(email)

    def _put(
        self, email: str, name: str, role: str, password_hash: str, *, temporary: bool = False
    ) -> Account:
        account = Account(
            email, name.strip(), _parse_role(role), password_hash, temporary=temporary
        )
        self._write(account)
        return account

    def _find_changeable(self, email: str) -> Account:
        self._check_changeable(email.strip().lower())
        account = self.find(email)
        if account is None:
            raise AccountError("unknown_email")
        return account

    def _check_changeable(self, email: str) -> None:
        if email in self._fixed:
            raise AccountError("read_only")

    def _write(self, account: Account) -> None:
        document = {name: value for name, value in vars(account).items() if name != "read_only"}
        self._state.set(PREFIX + account.email, orjson.dumps(document))


def _parse_role(text: str) -> Role:
    role = next((role for role in ROLES if role == text), None)
    if role is None:
        raise AccountError("bad_role")
    return role


def _read(content: bytes) -> Account | None:
    """A damaged account is nobody."""
    try:
        document = orjson.loads(content)
        if document["role"] not in ROLES:
            return None
        return Account(
            document["email"],
            document["name"],
            document["role"],
            document["password_hash"],
            disabled=document.get("disabled") is True,
            temporary=document.get("temporary") is True,
        )
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
