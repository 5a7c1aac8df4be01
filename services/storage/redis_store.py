"""A store in Redis, for web processes on many hosts."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import redis

from services.errors import ConfigurationError, UnavailableError
from services.storage.sealing import SEALED, Seal
from services.storage.store import StorageFullError, Trouble

log = logging.getLogger(__name__)

DEFAULT_PORTS = {"sentinel": 26379, "cluster": 6379}
TIMEOUT_SECONDS = 10
SCAN_COUNT = 1000

# Expiry in milliseconds; "0" stands for none.
INCREMENT = """
if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('SET', KEYS[1], ARGV[1])
    if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
end
return redis.call('INCR', KEYS[1])
"""
DELETE_IF = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
SET_FENCED = """
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
"""


# From here on it may refuse the next large value, and says nothing of it but to who writes.
FULL_SHARE = 0.9


class RedisStore:
    """Stores share a database, each with its prefix. The address is never shown.

    With a `secret` what `set` writes is encrypted. Counters, and what Redis itself compares (the
    values of `add` and `set_fenced`), stay as they are: nothing of them comes from customers.
    """

    def __init__(
        self, url: str, prefix: str, *, secret: str | None = None, variable: str = "REDIS_URL"
    ) -> None:
        self._variable = variable
        self._seal = Seal(secret, "cache") if secret else None
        try:
            with self._translate_errors():
                self._redis: Any = connect(url)
        except ValueError as error:
            # The text of the error may quote the address, and so the password.
            raise ConfigurationError(f"{variable} is not the address of a Redis") from error
        # In a cluster, braces keep together what one operation needs.
        self._is_cluster = isinstance(self._redis, redis.RedisCluster)
        self._prefix = f"{{{prefix}}}" if self._is_cluster else prefix

    def get(self, key: str) -> bytes | None:
        with self._translate_errors():
            value: bytes | None = self._redis.get(self._prefix + key)
        if value is None or self._seal is None or not value.startswith(SEALED):
            return value
        opened = self._seal.open(key, value)
        if opened is None:
            log.warning("store: an entry of another SECRET_KEY was refused and dropped")
            self.delete(key)
        return opened

    def set(self, key: str, value: bytes, expire_seconds: float | None = None) -> None:
        if self._seal is not None:
            value = self._seal.close(key, value)
        with self._translate_errors():
            self._redis.set(self._prefix + key, value, px=_to_milliseconds(expire_seconds) or None)

    def add(self, key: str, value: bytes, expire_seconds: float | None = None) -> bool:
        milliseconds = _to_milliseconds(expire_seconds) or None
        with self._translate_errors():
            return bool(self._redis.set(self._prefix + key, value, px=milliseconds, nx=True))

    def increment(self, key: str, expire_seconds: float | None = None, start: int = 0) -> int:
        arguments = [start, _to_milliseconds(expire_seconds)]
        with self._translate_errors():
            return int(self._redis.eval(INCREMENT, 1, self._prefix + key, *arguments))

    def delete(self, key: str, only_if: bytes | None = None) -> bool:
        with self._translate_errors():
            if only_if is None:
                return bool(self._redis.delete(self._prefix + key))
            return bool(self._redis.eval(DELETE_IF, 1, self._prefix + key, only_if))

    def touch(self, keys: Iterable[str], expire_seconds: float) -> list[str]:
        names = list(keys)
        with self._translate_errors(), self._redis.pipeline(transaction=False) as pipeline:
            for key in names:
                pipeline.pexpire(self._prefix + key, _to_milliseconds(expire_seconds))
            renewed = pipeline.execute()
        return [key for key, is_there in zip(names, renewed, strict=True) if not is_there]

    def keys(self, prefix: str = "") -> list[str]:
        start = len(self._prefix)
        with self._translate_errors():
            return sorted({name.decode()[start:] for name in self._scan(prefix)})

    def seconds_left(self, key: str) -> float | None:
        with self._translate_errors():
            milliseconds: int = self._redis.pttl(self._prefix + key)
        return milliseconds / 1000 if milliseconds >= 0 else None

    def set_fenced(
        self,
        key: str,
        value: bytes,
        fence_key: str,
        fence_value: bytes,
        expire_seconds: float | None = None,
    ) -> bool:
        names = [self._prefix + key, self._prefix + fence_key]
        arguments: list[bytes | int] = [value, fence_value, _to_milliseconds(expire_seconds)]
        with self._translate_errors():
            return bool(self._redis.eval(SET_FENCED, 2, *names, *arguments))

    def clear(self) -> None:
        with self._translate_errors():
            for names in _split_into_groups(self._scan("")):
                self._redis.unlink(*names)

    def drop_expired(self) -> None:
        """Nothing to do: Redis does it by itself."""

    def size_bytes(self) -> int:
        size = 0
        with self._translate_errors():
            for names in _split_into_groups(self._scan("")):
                with self._redis.pipeline(transaction=False) as pipeline:
                    for name in names:
                        pipeline.strlen(name)
                    size += sum(pipeline.execute())
        return size

    def find_troubles(self) -> list[Trouble]:
        where = {}
        try:
            if self._is_cluster:
                where["target_nodes"] = self._redis.get_node_from_key(self._prefix)
            memory = self._redis.info("memory", **where)
        except redis.exceptions.RedisError:
            return []
        troubles: list[Trouble] = []
        limit = memory.get("maxmemory", 0)
        if limit and memory.get("maxmemory_policy") != "noeviction":
            troubles.append("evicts")
        elif limit and memory["used_memory"] >= limit * FULL_SHARE:
            troubles.append("redis_full")
        return troubles

    def close(self) -> None:
        self._redis.close()

    def _scan(self, prefix: str) -> Iterator[bytes]:
        pattern = "".join(f"\\{c}" if c in "*?[]\\" else c for c in self._prefix + prefix) + "*"
        yield from self._redis.scan_iter(match=pattern, count=SCAN_COUNT)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except redis.exceptions.AuthenticationError as error:
            raise UnavailableError(f"Redis refuses the password of {self._variable}") from error
        except redis.exceptions.OutOfMemoryError as error:
            raise StorageFullError("no room is left in Redis") from error
        except redis.exceptions.RedisError as error:
            raise UnavailableError(f"Redis does not answer ({type(error).__name__})") from error


def connect(url: str) -> Any:
    """A client of one Redis, of the master that Sentinels name, or of a cluster.

    ValueError: none of these addresses, where `rediss` in place of `redis` means TLS:
    `redis://`, `unix://`, `redis+sentinel://host:port,host:port/master/0`,
    `redis+cluster://host:port,host:port`. Options follow after `?`, as redis-py names them;
    `sentinel_username` and `sentinel_password` are those of the Sentinels.
    """
    base, _, kind = urlsplit(url).scheme.partition("+")
    timeouts = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    if not kind:
        return redis.Redis.from_url(url, health_check_interval=30, **timeouts)
    if kind not in DEFAULT_PORTS:
        raise ValueError("neither Sentinels nor a cluster")
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    nodes = [urlsplit(f"//{host}") for host in hosts.split(",")]
    addresses = [(node.hostname or "", node.port or DEFAULT_PORTS[kind]) for node in nodes]
    master, _, database = parts.path.strip("/").partition("/")
    untyped: Any = redis  # redis-py types only half of it
    plain = f"{base}://{user + '@' if user else ''}{nodes[0].hostname}/{database}?{parts.query}"
    options = dict(untyped.connection.parse_url(plain))
    for name in ("host", "connection_class"):
        options.pop(name, None)
    options |= timeouts | ({"ssl": True} if base == "rediss" else {})
    if kind == "cluster":
        return untyped.RedisCluster(
            startup_nodes=[untyped.cluster.ClusterNode(host, port) for host, port in addresses],
            **options,
        )
    if not master:
        raise ValueError("the name of the master is missing")
    own = {name for name in options if name.startswith("sentinel_")}
    asking = {name.removeprefix("sentinel_"): options.pop(name) for name in own}
    shared = {name: value for name, value in options.items() if name.startswith(("socket_", "ssl"))}
    sentinel = untyped.Sentinel(addresses, sentinel_kwargs={**shared, **asking}, **options)
    return sentinel.master_for(master, health_check_interval=30)


def _to_milliseconds(seconds: float | None) -> int:
    return 0 if seconds is None else max(1, round(seconds * 1000))


def _split_into_groups(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    iterator = iter(names)
    while group := list(islice(iterator, SCAN_COUNT)):
        yield group
