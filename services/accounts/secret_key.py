"""The key that signs cookies: from the environment, or made once and kept in the state folder."""

import os
import secrets
import tempfile
from pathlib import Path

from services.errors import ConfigurationError
from services.settings.config import KEY_LENGTH, KEY_TOO_SHORT


def load_secret_key(given: str | None, folder: Path | None) -> str:
    """The same for all processes of a deployment; there is no folder with Redis."""
    if given is not None:
        source, key = "SECRET_KEY", given
    elif folder is not None:
        source = str(folder / "secret_key")
        key = _read_or_make(folder / "secret_key")
    else:
        raise ConfigurationError("SECRET_KEY is required with REDIS_URL")
    if len(key) < KEY_LENGTH:
        raise ConfigurationError(f"{source}: {KEY_TOO_SHORT}")
    return key


def replace_secret_key(folder: Path, key: str) -> None:
    """What was signed with the one before is worth nothing."""
    path = folder / "secret_key"
    path.unlink(missing_ok=True)
    _make(path, key)


def _read_or_make(path: Path) -> str:
    if not path.exists():
        _make(path, secrets.token_urlsafe(48))
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read") from error


def _make(path: Path, key: str) -> None:
    """Written aside and linked: nobody reads half a key, and of two processes one makes it."""
    try:
        number, aside = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")  # 0600
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(key)
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            pass
        finally:
            Path(aside).unlink()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({error.strerror})") from error
