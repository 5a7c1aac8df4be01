"""Encryption of single values at rest, with a key made of a secret."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# What is encrypted begins so; a random nonce of 12 bytes follows, then the ciphertext.
SEALED = b"\x00AESGCM1"
NONCE_BYTES = 12


class Seal:
    """Each `purpose` has a key of its own; what was sealed under one name opens under no other."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(f"{purpose} {secret}".encode()).digest())

    def close(self, name: str, value: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return SEALED + nonce + self._cipher.encrypt(nonce, value, name.encode())

    def open(self, name: str, content: bytes) -> bytes | None:
        """None where another secret sealed it, or it was changed."""
        nonce, sealed = content[len(SEALED) :][:NONCE_BYTES], content[len(SEALED) + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, sealed, name.encode())
        except (InvalidTag, ValueError):
            return None
