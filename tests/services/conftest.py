from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.storage.disk_store import DiskStore
from services.storage.redis_store import RedisStore
from services.storage.store import Store
from tests.worlds import redis_server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server.running(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["disk", "redis"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens stores by name, each time a new connection; once on disk, once on Redis."""
    opened: list[Store] = []

    def opener(name: str = "cache") -> Store:
        if request.param == "disk":
            opened.append(DiskStore(tmp_path / name))
        else:
            opened.append(RedisStore(request.getfixturevalue("redis_url"), f"{tmp_path}:{name}:"))
        return opened[-1]

    yield opener
    for store in opened:
        store.clear()
        store.close()


@pytest.fixture
def store(open_store: Callable[[str], Store]) -> Store:
    return open_store("cache")
