"""A deployment: its two stores, and whose data lie in the cache.

A deployment is known by the place of its state, on Redis by its SECRET_KEY: by nothing that lies
in a store, which may be emptied while the deployment runs. The data are known by their sources
too: the same deployment with the token of another workspace must not show what the first one left.
"""

import hashlib
import logging
import os
import shutil
import stat
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson

from services.errors import ConfigurationError
from services.settings.config import Environment, Settings
from services.storage.disk_store import DiskStore
from services.storage.lease import Lease, store_lock
from services.storage.locks import FileLock
from services.storage.redis_store import RedisStore
from services.storage.store import Store

log = logging.getLogger(__name__)

OWNER_KEY = "owner"
OWNER_EXPIRE_SECONDS = 30 * 86400
DEFAULT_STATE_FOLDER = Path("state")
MEMORY = Path("/dev/shm")  # noqa: S108  its entries are checked for their owner
# Docker gives a container 64 MB of it, too little for a history; a full one would stop the wall.
MEMORY_MINIMUM_BYTES = 256 * 2**20
# A thousand sign-ins and more while the disk is full.
STATE_RESERVE_BYTES = 2**20


@dataclass(frozen=True)
class Stores:
    """With Redis there are no folders."""

    cache: Store  # what comes from customers
    state: Store  # what people decided
    deployment: str  # a word for it
    state_folder: Path | None = None
    cache_folder: Path | None = None

    def lease(self, owner: "Owner") -> Lease:
        """Whoever takes it claims the cache for `owner`."""
        claim = partial(claim_cache, self.cache, owner)
        if self.state_folder is None:
            return Lease(store_lock(self.state), self.cache, on_taken=claim)
        lock = FileLock(self.state_folder / "collector.lock")
        return Lease(lock, self.cache, on_taken=claim)

    def close(self) -> None:
        self.cache.close()
        self.state.close()


@dataclass(frozen=True)
class Owner:
    """Whose data lie in the cache."""

    deployment: str  # a word for it
    # Hash of accounts and of all that changes how their answers become tables; None in a process
    # without credentials, as a web host may be.
    sources: str | None

    def may_use(self, other: "Owner | None") -> bool:
        """Whether what `other` left in the cache is ours."""
        if other is None or self.deployment != other.deployment:
            return False
        return None in (self.sources, other.sources) or self.sources == other.sources


def open_stores(environment: Environment) -> Stores:
    """On Redis if there is one, else in private folders."""
    if environment.redis_url is not None:
        assert environment.secret_key is not None  # required with REDIS_URL
        key = environment.secret_key.get_secret_value()
        state_url = environment.state_redis_url or environment.redis_url
        return Stores(
            cache=RedisStore(environment.redis_url.get_secret_value(), "vigia:cache:", secret=key),
            state=RedisStore(
                state_url.get_secret_value(), "vigia:state:", variable="STATE_REDIS_URL"
            ),
            deployment=_hash_words("deployment", key),
        )
    state_folder = ensure_private_folder(
        (environment.vigia_state_dir or DEFAULT_STATE_FOLDER).absolute(), "VIGIA_STATE_DIR"
    )
    folder = choose_cache_folder(environment.vigia_cache_dir, state_folder)
    return Stores(
        cache=_open_cache(folder / "store"),
        state=DiskStore(state_folder / "store", reserve_bytes=STATE_RESERVE_BYTES),
        deployment=_hash_words("deployment", str(state_folder.resolve())),
        state_folder=state_folder,
        cache_folder=folder,
    )


def identify_owner(environment: Environment, settings: Settings, word: str) -> Owner:
    """`word` is the deployment's."""
    # Brings Polars along, for which no command that ends before this waits.
    from services.snapshot.manifest import schema_fingerprint

    if environment.intercom_token is None:
        return Owner(word, None)
    keys = (environment.intercom_token, environment.aircall_id, environment.aircall_token)
    sources = [
        word,
        schema_fingerprint(),
        environment.intercom_base_url,
        environment.aircall_base_url,
        *(key.get_secret_value() if key else None for key in keys),
        settings.calls_in_conversations.model_dump(),
    ]
    return Owner(word, _hash_words(*sources))


def _hash_words(*words: object) -> str:
    return hashlib.sha256(orjson.dumps(words)).hexdigest()


def claim_cache(cache: Store, owner: Owner) -> None:
    """Empty it if others' data lie in it."""
    noted = _read_owner(cache)
    if not owner.may_use(noted):
        if cache.keys("manifest/"):
            log.info("cache: emptied, it held the data of other accounts")
        cache.clear()
        noted = None
    # A process without credentials leaves the note of one that had them.
    if noted is None or owner.sources is not None:
        note = {"deployment": owner.deployment, "sources": owner.sources}
        cache.set(OWNER_KEY, orjson.dumps(note), OWNER_EXPIRE_SECONDS)


def belongs_to_another(cache: Store, owner: Owner) -> bool:
    """Another deployment, not just other accounts of this one."""
    noted = _read_owner(cache)
    return noted is not None and noted.deployment != owner.deployment


def _read_owner(cache: Store) -> Owner | None:
    content = cache.get(OWNER_KEY)
    try:
        return Owner(**orjson.loads(content)) if content else None
    except (orjson.JSONDecodeError, TypeError):
        return None


def _open_cache(folder: Path) -> DiskStore:
    try:
        return DiskStore(folder)
    except ConfigurationError:
        log.warning("cache: unreadable, so it starts empty: %s", folder)
        for file in folder.glob("cache.db*"):
            file.unlink()
        return DiskStore(folder)


def ensure_private_folder(path: Path, variable: str = "VIGIA_CACHE_DIR") -> Path:
    """The folder, made if need be, that only we can enter; else ConfigurationError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise ConfigurationError(f"{variable}={path}: not a folder of the user that runs Vigia")
        path.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(f"{variable}={path}: cannot be used ({error.strerror})") from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigurationError(f"{variable}={path}: not writable")
    return path


def choose_cache_folder(wanted: Path | None, state: Path, memory: Path = MEMORY) -> Path:
    """The wanted folder, else memory, else a folder beside the state.

    The state folder's path tells deployments on one machine apart.
    """
    if wanted is not None:
        return ensure_private_folder(wanted.absolute())
    name = f"vigia-{os.geteuid()}-{hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:12]}"
    if _has_room(memory):
        try:
            return ensure_private_folder(memory / name)
        except ConfigurationError:
            # Somebody else took the name first: their folder is not for our customers.
            pass
    return ensure_private_folder(state / "cache")


def _has_room(memory: Path) -> bool:
    try:
        return os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= MEMORY_MINIMUM_BYTES
    except OSError:
        return False
