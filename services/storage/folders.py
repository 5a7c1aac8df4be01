"""Where the files lie: private folders, and memory for what comes from customers."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from services.errors import ConfigurationError

MEMORY = Path("/dev/shm")  # noqa: S108  its entries are checked for their owner
# Docker gives a container 64 MB of it, too little for a history; a full one would stop the wall.
MEMORY_MINIMUM_BYTES = 256 * 2**20


def private_folder(path: Path) -> Path:
    """The folder, made if need be, that only we can enter.

    Raises:
        ConfigurationError: It cannot be made or written, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise ConfigurationError(f"{path}: not a folder of the user that runs Vigia")
        path.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be used ({error.strerror})") from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigurationError(f"{path}: not writable")
    return path


def cache_folder(wanted: Path | None, state: Path, memory: Path = MEMORY) -> Path:
    """Where customers' data lie: the wanted folder, else memory, else a folder beside the state.

    Args:
        wanted: From the environment.
        state: The state folder, whose path tells deployments on one machine apart.
        memory: A memory-backed file system.
    """
    if wanted is not None:
        return private_folder(wanted.absolute())
    name = f"vigia-{os.geteuid()}-{hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:12]}"
    if _has_room(memory):
        try:
            return private_folder(memory / name)
        except ConfigurationError:
            # Somebody else took the name first: their folder is not for our customers.
            pass
    return private_folder(state / "cache")


def _has_room(memory: Path) -> bool:
    try:
        return os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= MEMORY_MINIMUM_BYTES
    except OSError:
        return False
