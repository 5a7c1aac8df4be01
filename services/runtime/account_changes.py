"""What a manager does to accounts: checked, one at a time, noted, and good at once."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services.accounts.accounts import Account, AccountError, Accounts
from services.accounts.passwords import make_one_time_password
from services.errors import UnavailableError
from services.runtime.backend import Backend
from services.storage.store import Store

LOCK_KEY, LOCK_SECONDS = "accounts-turn", 10.0
ATTEMPTS, RETRY_SECONDS = 100, 0.05


class AccountChanges:
    """By the manager `who`; AccountError where one may not be, or would leave no manager."""

    def __init__(self, backend: Backend, who: str) -> None:
        self._backend = backend
        self._who = who

    def add(self, email: str, name: str, role: str) -> str:
        """The one-time password, told this once; AccountError where there is such an account."""
        with self._changing():
            if self._backend.accounts.find(email) is not None:
                raise AccountError("exists")
            password = make_one_time_password()
            account = self._backend.accounts.add(email, name, role, password, temporary=True)
            # Nothing of an earlier account with this e-mail is worth anything.
            self._backend.second_factor.turn_off(account.email)
            self._note("added", account.email, role=account.role)
        return password

    def reset(self, email: str) -> str:
        """The one-time password, told this once; the account's sessions end."""
        with self._changing():
            account = self._find_other(email)
            password = make_one_time_password()
            self._backend.accounts.set_password(account.email, password, temporary=True)
            self._backend.sessions.close_all(account.email)
            self._note("reset", account.email)
        return password

    def set_role(self, email: str, role: str) -> None:
        with self._changing():
            account = self._find_other(email)
            self._check_other_manager(account, stays=role == "manager")
            self._backend.accounts.change(account.email, role=role)
            self._note("role", account.email, role=role)

    def set_disabled(self, email: str, disabled: bool) -> None:
        """Sessions end."""
        with self._changing():
            account = self._find_other(email)
            self._check_other_manager(account, stays=not disabled)
            self._backend.accounts.change(account.email, disabled=disabled)
            self._backend.sessions.close_all(account.email)
            self._note("disabled" if disabled else "enabled", account.email)

    def remove(self, email: str) -> None:
        """With everything that hangs on it."""
        with self._changing():
            account = self._find_other(email)
            self._check_other_manager(account, stays=False)
            self._backend.accounts.remove(account.email)
            self._backend.sessions.close_all(account.email)
            self._backend.second_factor.turn_off(account.email)
            self._note("removed", account.email)

    def end_sessions(self, email: str) -> None:
        account = self._find(email)
        self._backend.sessions.close_all(account.email)
        self._note("sessions", account.email)

    def drop_second_factor(self, email: str) -> None:
        """For a telephone that was lost."""
        account = self._find(email)
        if account.email == self._who:
            raise AccountError("own_account")
        self._backend.second_factor.turn_off(account.email)
        self._note("factor_off", account.email)

    def _find(self, email: str) -> Account:
        account = self._backend.accounts.find(email)
        if account is None:
            raise AccountError("unknown_email")
        return account

    def _find_other(self, email: str) -> Account:
        account = self._find(email)
        if account.read_only:
            raise AccountError("read_only")
        if account.email == self._who:
            raise AccountError("own_account")
        return account

    def _check_other_manager(self, account: Account, *, stays: bool) -> None:
        """Somebody must be left who can undo it."""
        if not stays and not has_other_manager(account.email, self._backend.accounts):
            raise AccountError("last_manager")

    def _note(self, did: str, email: str, **about: str) -> None:
        self._backend.audit.note("account", self._who, did=did, account=email, **about)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One at a time: two managers who demote each other would leave none."""
        with lock_accounts(self._backend.state):
            own = self._backend.accounts.find(self._who)
            if own is None or own.disabled or own.role != "manager":
                raise AccountError("not_manager")
            yield


def has_other_manager(email: str, accounts: Accounts) -> bool:
    others = (account for account in accounts.list() if account.email != email)
    return any(account.role == "manager" and not account.disabled for account in others)


@contextmanager
def lock_accounts(state: Store) -> Iterator[None]:
    """UnavailableError where somebody else has been at it for too long."""
    token = secrets.token_hex(8).encode()
    for _ in range(ATTEMPTS):
        if state.add(LOCK_KEY, token, LOCK_SECONDS):
            break
        time.sleep(RETRY_SECONDS)
    else:
        raise UnavailableError("somebody else is changing accounts")
    try:
        yield
    finally:
        state.delete(LOCK_KEY, only_if=token)
