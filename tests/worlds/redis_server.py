"""A real Redis for the tests: on a socket in a temporary folder, without any network."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[str]:
    """A server for the length of the block; its address. `arguments` come after our own."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: make test installs it, or names the package"
    socket = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    options += arguments
    server = subprocess.Popen(
        [program, *options, "--dir", str(folder)], stdout=subprocess.DEVNULL, text=True
    )
    url = f"unix://{socket}"
    try:
        _wait_until_it_answers(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_until_it_answers(url: str) -> None:
    client = redis.Redis.from_url(url)
    for _ in range(200):
        try:
            client.ping()
            client.close()
            return
        except redis.exceptions.AuthenticationError:
            return
        except redis.exceptions.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("redis-server does not answer")
