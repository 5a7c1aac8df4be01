"""A store in Redis, for web processes on many hosts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import redis

from services.errors import ConfigurationError, UnavailableError
from services.storage.store import StorageFullError

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


class RedisStore:
    """Two stores share a database, each with its prefix. The address is never shown."""

    def __init__(self, url: str, prefix: str) -> None:
        self._prefix = prefix
        try:
            self._redis: Any = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                health_check_interval=30,
            )
        except ValueError as error:
            # The text of the error may quote the address, and so the password.
            raise ConfigurationError("REDIS_URL is not the address of a Redis") from error
        self._increment = self._redis.register_script(INCREMENT)
        self._delete_if = self._redis.register_script(DELETE_IF)
        self._set_fenced = self._redis.register_script(SET_FENCED)

    def get(self, key: str) -> bytes | None:
        with _translate_errors():
            value: bytes | None = self._redis.get(self._prefix + key)
            return value

    def set(self, key: str, value: bytes, expire_seconds: float | None = None) -> None:
        with _translate_errors():
            self._redis.set(self._prefix + key, value, px=_to_milliseconds(expire_seconds) or None)

    def add(self, key: str, value: bytes, expire_seconds: float | None = None) -> bool:
        milliseconds = _to_milliseconds(expire_seconds) or None
        with _translate_errors():
            return bool(self._redis.set(self._prefix + key, value, px=milliseconds, nx=True))

    def increment(self, key: str, expire_seconds: float | None = None, start: int = 0) -> int:
        arguments = [start, _to_milliseconds(expire_seconds)]
        with _translate_errors():
            return int(self._increment(keys=[self._prefix + key], args=arguments))

    def delete(self, key: str, only_if: bytes | None = None) -> bool:
        with _translate_errors():
            if only_if is None:
                return bool(self._redis.delete(self._prefix + key))
            return bool(self._delete_if(keys=[self._prefix + key], args=[only_if]))

    def touch(self, keys: Iterable[str], expire_seconds: float) -> list[str]:
        names = list(keys)
        with _translate_errors(), self._redis.pipeline(transaction=True) as pipeline:
            for key in names:
                pipeline.pexpire(self._prefix + key, _to_milliseconds(expire_seconds))
            renewed = pipeline.execute()
        return [key for key, is_there in zip(names, renewed, strict=True) if not is_there]

    def keys(self, prefix: str = "") -> list[str]:
        start = len(self._prefix)
        with _translate_errors():
            return sorted({name.decode()[start:] for name in self._scan(prefix)})

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
        with _translate_errors():
            return bool(self._set_fenced(keys=names, args=arguments))

    def clear(self) -> None:
        with _translate_errors():
            for names in _split_into_groups(self._scan("")):
                self._redis.unlink(*names)

    def drop_expired(self) -> None:
        """Nothing to do: Redis does it by itself."""

    def size_bytes(self) -> int:
        size = 0
        with _translate_errors():
            for names in _split_into_groups(self._scan("")):
                with self._redis.pipeline(transaction=False) as pipeline:
                    for name in names:
                        pipeline.strlen(name)
                    size += sum(pipeline.execute())
        return size

    def close(self) -> None:
        self._redis.close()

    def _scan(self, prefix: str) -> Iterator[bytes]:
        pattern = "".join(f"\\{c}" if c in "*?[]\\" else c for c in self._prefix + prefix) + "*"
        yield from self._redis.scan_iter(match=pattern, count=SCAN_COUNT)


def _to_milliseconds(seconds: float | None) -> int:
    return 0 if seconds is None else max(1, round(seconds * 1000))


def _split_into_groups(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    iterator = iter(names)
    while group := list(islice(iterator, SCAN_COUNT)):
        yield group


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except redis.exceptions.AuthenticationError as error:
        raise UnavailableError("Redis refuses the password of REDIS_URL") from error
    except redis.exceptions.OutOfMemoryError as error:
        raise StorageFullError("no room is left in Redis") from error
    except redis.exceptions.RedisError as error:
        raise UnavailableError(f"Redis does not answer ({type(error).__name__})") from error
