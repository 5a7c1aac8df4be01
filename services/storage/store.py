"""What a store is: text keys, bytes as values, an expiry, and two atomic operations.

Two of them exist, with different lives: `cache` holds what comes from customers, `state` what
people decided. Both have the same two backends: `disk_store` and `redis_store`.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from services.errors import ServiceError

Trouble = Literal["disk_full", "redis_full", "vanished", "evicts"]
TROUBLES: Mapping[Trouble, str] = {
    "disk_full": "its disk is full; what runs goes on, and heals once there is room",
    "redis_full": "its Redis is full: raise maxmemory, or lower sync.history_days",
    "vanished": "its files were deleted while it was open, and it began anew",
    "evicts": "its Redis throws away what it needs: set maxmemory-policy to noeviction",
}


class StorageFullError(ServiceError):
    pass


class Store(Protocol):
    """Bytes under text keys.

    Every method may raise `UnavailableError`, and those that write may raise `StorageFullError`.
    Expired keys are absent for every method. A value that is not bytes, because somebody planted
    it, is dropped and reads as absent.
    """

    def get(self, key: str) -> bytes | None:
        """A counter reads as its digits."""

    def set(self, key: str, value: bytes, expire_seconds: float | None = None) -> None:
        """Without an expiry it stays for good."""

    def add(self, key: str, value: bytes, expire_seconds: float | None = None) -> bool:
        """Only where the key is not there; whether it was written."""

    def increment(self, key: str, expire_seconds: float | None = None, start: int = 0) -> int:
        """The new value; a missing counter is made with `start`, so that its first is `start + 1`.

        Only then is the expiry set: it runs from the first event. Only this method writes counters.
        """

    def delete(self, key: str, only_if: bytes | None = None) -> bool:
        """With `only_if` only while it holds that value; whether it was removed."""

    def touch(self, keys: Iterable[str], expire_seconds: float) -> list[str]:
        """The keys that are missing."""

    def keys(self, prefix: str = "") -> list[str]:
        """Sorted."""

    def seconds_left(self, key: str) -> float | None:
        """None where it stays for good, or is not there."""

    def set_fenced(
        self,
        key: str,
        value: bytes,
        fence_key: str,
        fence_value: bytes,
        expire_seconds: float | None = None,
    ) -> bool:
        """Only while `fence_key` holds `fence_value`; whether it was written."""

    def clear(self) -> None: ...

    def drop_expired(self) -> None:
        """Now, where the backend does not do so by itself."""

    def size_bytes(self) -> int:
        """Roughly what the values take."""

    def find_troubles(self) -> list[Trouble]:
        """What somebody has to know or do; asks the store, and never raises."""

    def close(self) -> None:
        """A later call opens files and connections again."""
