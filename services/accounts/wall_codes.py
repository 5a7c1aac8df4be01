"""Six digits in the place of a device's link: typed on a television, good once, for ten minutes."""

import hashlib
import hmac
import secrets

from services.storage.sealing import Seal
from services.storage.store import Store

PREFIX = "wall-code/"
SECONDS = 600.0
DIGITS = 6


class WallCodes:
    """The store has neither the code nor the word that it stands for."""

    def __init__(self, state: Store, key: str) -> None:
        self._state = state
        self._key = key.encode()
        self._seal = Seal(key, "wall-code")

    def make(self, word: str) -> str:
        """For the word of `Sessions.add_device`."""
        while True:
            code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
            name = self._name(code)
            if self._state.add(name, self._seal.close(name, word.encode()), SECONDS):
                return code

    def use(self, code: str) -> str | None:
        """The word; None where the code is wrong, too old or used."""
        name = self._name("".join(c for c in code if c.isdecimal() and c.isascii()))
        content = self._state.get(name)
        # Of two that come at once, one takes it away.
        if content is None or not self._state.delete(name):
            return None
        word = self._seal.open(name, content)
        return word.decode() if word else None

    def _name(self, code: str) -> str:
        digest = hmac.new(self._key, b"wall code " + code.encode(), hashlib.sha256)
        return PREFIX + digest.hexdigest()
