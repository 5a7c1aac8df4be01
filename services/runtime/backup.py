"""A backup: what a deployment's people decided, in one file that a passphrase opens.

A passphrase and not SECRET_KEY: the key often lies on the very disk that was lost, and is in the
file itself, so that restored tokens, links and cookies are worth what they were.
"""

import base64
import getpass
import os
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from services import VERSION
from services.accounts.account_command import Words
from services.errors import ServiceError
from services.storage.store import Store

MAGIC = b"VIGIA BACKUP\n"
# What the state store's documents look like. Raise it where an older Vigia would misread them,
# and let `read_backup` turn older ones into those of today.
STATE_FORMAT = 1
SHORTEST_PASSPHRASE = 12
LARGEST_BYTES = 2**29
# A closed session must not come to life again; and counters are no documents.
LEFT_OUT = ("session/", "session-active/", "audit-count/")
# What ends so soon (locks, codes, attempts) is over when it would be restored.
BRIEF_SECONDS = 3600.0


class BackupError(ServiceError):
    """The file, or the passphrase, cannot be used."""


@dataclass(frozen=True)
class Backup:
    made_at: float  # Unix seconds
    version: str  # of the Vigia that made it
    secret_key: str
    entries: dict[str, tuple[bytes, float | None]]  # value, and Unix seconds when it ends


def make_backup(state: Store, secret_key: str, passphrase: str, now: float) -> bytes:
    """Of a deployment that may be running: each key is a document by itself."""
    _check_passphrase(passphrase)
    entries = []
    for key in state.keys(""):
        left = state.seconds_left(key)
        value = state.get(key)
        if value is None or key.startswith(LEFT_OUT) or (left is not None and left < BRIEF_SECONDS):
            continue
        entries.append(
            [key, base64.b64encode(value).decode(), None if left is None else now + left]
        )
    content = zlib.compress(orjson.dumps({"secret_key": secret_key, "entries": entries}))
    salt, nonce = os.urandom(16), os.urandom(12)
    header = {
        "state_format": STATE_FORMAT,
        "version": VERSION,
        "made_at": now,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "bytes": len(content) + 16,  # with the tag of AES-GCM
    }
    beginning = MAGIC + orjson.dumps(header) + b"\n"
    return beginning + _build_cipher(passphrase, salt).encrypt(nonce, content, beginning)


def read_backup(content: bytes, passphrase: str) -> Backup:
    """BackupError says what is wrong with the file or the passphrase."""
    magic, line, sealed = (*content.split(b"\n", 2), b"", b"")[:3]
    if magic + b"\n" != MAGIC:
        raise BackupError("this file is no backup of Vigia")
    try:
        header = orjson.loads(line)
        form, version, size = int(header["state_format"]), str(header["version"]), header["bytes"]
        made_at = float(header["made_at"])
        salt, nonce = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise BackupError("the beginning of the backup is damaged") from error
    if form > STATE_FORMAT:
        raise BackupError(
            f"the backup is of Vigia {version}, which keeps its state in another form ({form})"
            f" than this one, {VERSION} ({STATE_FORMAT}): restore it with {version} or newer"
        )
    if len(sealed) != size:
        raise BackupError(f"the backup is cut off: {len(sealed)} of {size} bytes are there")
    try:
        plain = _build_cipher(passphrase, salt).decrypt(nonce, sealed, MAGIC + line + b"\n")
    except (InvalidTag, ValueError) as error:
        raise BackupError("the passphrase is another one, or the file was changed") from error
    document: dict[str, Any] = orjson.loads(zlib.decompress(plain))
    entries = {key: (base64.b64decode(value), ends) for key, value, ends in document["entries"]}
    return Backup(made_at, version, document["secret_key"], entries)


def restore_state(backup: Backup, state: Store, now: float) -> int:
    """The store holds what the backup holds, and nothing else; how many documents that are.

    Written before anything is removed: one that fails half-way is begun again.
    """
    lasting = {k: (v, ends) for k, (v, ends) in backup.entries.items() if not ends or ends > now}
    for key, (value, ends) in lasting.items():
        state.set(key, value, None if ends is None else ends - now)
    for key in set(state.keys()) - lasting.keys():
        state.delete(key)
    return len(lasting)


def read_passphrase(given: SecretStr | None, text: Words, *, again: bool = False) -> str:
    """Asked for at the terminal where the environment gives none."""
    if given is not None:
        return given.get_secret_value()
    if not sys.stdin.isatty():
        raise BackupError("BACKUP_PASSPHRASE is missing, and there is no terminal to ask at")
    passphrase = getpass.getpass(text("command.ask_passphrase"))
    if again and getpass.getpass(text("command.ask_again")) != passphrase:
        raise BackupError(text("command.not_the_same"))
    return passphrase


def write_file(name: str, content: bytes) -> None:
    """A new one; - is standard output."""
    if name == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        with Path(name).open("xb") as file:
            file.write(content)
    except OSError as error:
        raise BackupError(f"{name}: {error.strerror}") from error


def read_file(name: str) -> bytes:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            return file.read(LARGEST_BYTES)
    except OSError as error:
        raise BackupError(f"{name}: {error.strerror}") from error


def _check_passphrase(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupError(
            f"BACKUP_PASSPHRASE: at least {SHORTEST_PASSPHRASE} characters are needed"
        )


def _build_cipher(passphrase: str, salt: bytes) -> AESGCM:
    """64 MB and a tenth of a second for each guess."""
    return AESGCM(Scrypt(salt, 32, n=2**16, r=8, p=1).derive(passphrase.encode()))
