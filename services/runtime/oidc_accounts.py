"""Whom single sign-on lets in, and as what; knows claims and accounts, and no protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.accounts.accounts import EMAIL, Account, Role
from services.errors import ServiceError
from services.runtime.account_changes import has_other_manager, lock_accounts
from services.runtime.backend import Backend
from services.settings.sections import OidcSetting

Claims = Mapping[str, Any]
MOST_VALUES = 2000


class NotAdmittedError(ServiceError):
    """The text is a key of the login texts; `email` is empty where the provider says none."""

    def __init__(self, reason: str, email: str = "") -> None:
        super().__init__(reason)
        self.email = email


@dataclass(frozen=True)
class Person:
    email: str  # lower case
    name: str
    role: Role | None  # None = the mapping says nothing of this person


def read_person(claims: Claims, setting: OidcSetting) -> Person:
    """From the claims of an ID token that was checked."""
    email = read_claim(claims, setting.email_claim)
    email = email.strip().lower() if isinstance(email, str) else ""
    if not EMAIL.fullmatch(email) or not email.isprintable():
        raise NotAdmittedError("no_email")
    # Some providers write their booleans as text.
    if setting.require_verified_email and claims.get("email_verified") not in (True, "true"):
        raise NotAdmittedError("unverified", email)
    if setting.email_domains and email.rpartition("@")[2] not in setting.email_domains:
        raise NotAdmittedError("domain", email)
    if any(read_claim(claims, name) != value for name, value in setting.required_claims.items()):
        raise NotAdmittedError("not_mapped", email)
    return Person(email, _read_name(claims, email), _map_role(claims, setting))


def admit(person: Person, setting: OidcSetting, backend: Backend) -> Account:
    """The account of who came: made, or given the role of the mapping, where that is wanted.

    A role that the mapping names holds, be it less than somebody had before. Where it names none,
    who has an account keeps its role if there is no mapping or a role for all others. The last one
    who can manage accounts, and accounts of the settings, keep theirs.
    """
    with lock_accounts(backend.state):
        account = backend.accounts.find(person.email)
        if account is not None and account.disabled:
            raise NotAdmittedError("disabled", person.email)
        if person.role is None and setting.role_claim and setting.default_role is None:
            raise NotAdmittedError("not_mapped", person.email)
        if account is None:
            return _make_account(person, setting, backend)
        return _apply_role(account, person.role, backend)


def read_claim(claims: Claims, path: str) -> Any:
    """A claim by its name, else by the way to it: `realm_access.roles`."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def lacks_claims(claims: Claims, setting: OidcSetting) -> bool:
    """Something that only the provider's other answer may have."""
    wanted = [setting.email_claim, *setting.required_claims]
    wanted += ["email_verified"] if setting.require_verified_email else []
    wanted += [setting.role_claim] if setting.role_claim else []
    return any(read_claim(claims, name) is None for name in wanted)


def _make_account(person: Person, setting: OidcSetting, backend: Backend) -> Account:
    if not setting.create_accounts:
        raise NotAdmittedError("no_account", person.email)
    role = person.role or setting.default_role
    if role is None:
        raise NotAdmittedError("not_mapped", person.email)
    account = backend.accounts.add_without_password(person.email, person.name, role)
    backend.audit.note("account", person.email, did="added", account=person.email, role=role)
    return account


def _apply_role(account: Account, role: Role | None, backend: Backend) -> Account:
    if role is None or role == account.role or account.read_only:
        return account
    if account.role == "manager" and not has_other_manager(account.email, backend.accounts):
        return account
    changed = backend.accounts.change(account.email, role=role)
    backend.audit.note("account", account.email, did="role", account=account.email, role=role)
    return changed


def _map_role(claims: Claims, setting: OidcSetting) -> Role | None:
    """The most that one of the values gives."""
    if setting.role_claim is None:
        return None
    value = read_claim(claims, setting.role_claim)
    values = value if isinstance(value, list) else [value]
    roles = {
        setting.roles[group]
        for group in values[:MOST_VALUES]
        if isinstance(group, str) and group in setting.roles
    }
    return next((role for role in ("manager", "analyst") if role in roles), None)


def _read_name(claims: Claims, email: str) -> str:
    name = claims.get("name")
    plain = "".join(c for c in name if c.isprintable()) if isinstance(name, str) else ""
    return plain.strip()[:120].strip() or email.partition("@")[0]
