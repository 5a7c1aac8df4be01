"""The second factor: codes of six digits that change every half minute (RFC 6238)."""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlencode

from services.accounts.passwords import make_readable_code
from services.accounts.sessions import hash_word
from services.storage.store import Store

PREFIX, PENDING, USED, RECOVERY = "factor/", "factor-pending/", "factor-used/", "factor-recovery/"
STEP_SECONDS, DIGITS = 30, 6
# Clocks of telephones are off by less than a step.
STEPS_AROUND = 1
PENDING_SECONDS = 900.0
RECOVERY_CODES = 8


class SecondFactor:
    """Each code is good once."""

    def __init__(self, state: Store, clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock

    def is_on(self, email: str) -> bool:
        return self._state.get(PREFIX + email) is not None

    def begin_setup(self, email: str) -> str:
        """A secret to put into a telephone; it counts once a code of it has been given."""
        secret = self._state.get(PENDING + email)
        if secret is None:
            secret = base64.b32encode(secrets.token_bytes(20))
            self._state.set(PENDING + email, secret, PENDING_SECONDS)
        return secret.decode()

    def get_pending_secret(self, email: str) -> str | None:
        secret = self._state.get(PENDING + email)
        return secret.decode() if secret else None

    def confirm(self, email: str, code: str) -> Sequence[str] | None:
        """The recovery codes, told this once; None where the code is wrong."""
        secret = self._state.get(PENDING + email)
        if secret is None or self.is_on(email) or not self._use_code(email, secret.decode(), code):
            return None
        codes = [make_readable_code(2, 5) for _ in range(RECOVERY_CODES)]
        for recovery in codes:
            self._state.set(_find_recovery_key(email, recovery), b"")
        self._state.set(PREFIX + email, secret)
        self._state.delete(PENDING + email)
        return codes

    def accepts(self, email: str, code: str) -> bool:
        """A code of now or a recovery code; it is none from here on."""
        secret = self._state.get(PREFIX + email)
        if secret is None:
            return False
        if self._use_code(email, secret.decode(), code):
            return True
        return self._state.delete(_find_recovery_key(email, code))

    def count_recovery_codes(self, email: str) -> int:
        return len(self._state.keys(f"{RECOVERY}{email}/"))

    def turn_off(self, email: str) -> bool:
        """Whether it was on."""
        for key in (PENDING + email, *self._state.keys(f"{RECOVERY}{email}/")):
            self._state.delete(key)
        return self._state.delete(PREFIX + email)

    def _use_code(self, email: str, secret: str, code: str) -> bool:
        digits = "".join(code.split())
        if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
            return False
        now = int(self._clock() // STEP_SECONDS)
        for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
            if hmac.compare_digest(compute_code(secret, step), digits):
                # Seen over a shoulder it is worth nothing: the first one to come has used it up.
                remembered = STEP_SECONDS * 2 * (STEPS_AROUND + 1)
                return self._state.add(f"{USED}{email}/{step}", b"", remembered)
        return False


def compute_code(secret: str, step: int) -> str:
    """`step` counts half minutes from 1970."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def build_otpauth_url(email: str, secret: str) -> str:
    query = urlencode({"secret": secret, "issuer": "Vigia"})
    return f"otpauth://totp/{quote(f'Vigia:{email}')}?{query}"


def _find_recovery_key(email: str, code: str) -> str:
    """49 bits, and attempts are counted, so a plain hash does."""
    plain = "".join(c for c in code.lower() if c.isalnum())
    return f"{RECOVERY}{email}/{hash_word(plain)}"
