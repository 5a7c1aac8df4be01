"""The code of the first start: whoever reads the log may make the first account."""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable

from services.accounts.accounts import Account, Accounts
from services.storage.store import Store

log = logging.getLogger(__name__)

SALT_KEY, LOCK_KEY = "first-start", "first-start-turn"
LOCK_SECONDS = 30.0


class FirstStart:
    """A code while there is no account; every process of a deployment tells the same one.

    It is made of the deployment's key and a word in the state store that changes with each use.
    """

    def __init__(self, state: Store, accounts: Accounts, key: str) -> None:
        self._state = state
        self._accounts = accounts
        self._key = key.encode()
        self._logged = ""

    def log_code(self) -> None:
        """Once in this process."""
        if not self._accounts.is_empty():
            # Should there be none again one day, the code is another one.
            self._state.delete(SALT_KEY)
            return
        code = self._compute_code()
        if code != self._logged:
            self._logged = code
            log.warning("no account yet: the code for the first one, at /login/first, is %s", code)

    def make_first_account(
        self, code: str, email: str, name: str, password: Callable[[], str]
    ) -> Account | None:
        """None when the code is wrong, for which no password is asked, or somebody was faster."""
        if not self._accounts.is_empty() or not self._matches(code):
            return None
        if not self._state.add(LOCK_KEY, b"", LOCK_SECONDS):
            return None
        try:
            # Whoever held the lock before may be through by now.
            if not self._accounts.is_empty() or not self._matches(code):
                return None
            account = self._accounts.add(email, name, "manager", password())
            self._state.delete(SALT_KEY)
        finally:
            self._state.delete(LOCK_KEY)
        return account

    def _matches(self, code: str) -> bool:
        plain = "".join(c for c in code.upper() if c.isalnum())
        expected = self._compute_code().replace("-", "")
        return hmac.compare_digest(plain.encode(), expected.encode())

    def _compute_code(self) -> str:
        self._state.add(SALT_KEY, secrets.token_bytes(16).hex().encode())
        salt = self._state.get(SALT_KEY) or b""
        digest = hmac.new(self._key, b"first start " + salt, hashlib.sha256).digest()
        letters = base64.b32encode(digest).decode()[:16]
        return "-".join(letters[n : n + 4] for n in range(0, 16, 4))
