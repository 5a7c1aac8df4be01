import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from services.errors import ConfigurationError
from services.runtime.web_server import bind_socket, format_address

SERVER = """
import os, sys
from services.runtime.processes import end_with_parent
from services.runtime.web_server import serve

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {environ['wsgi.url_scheme']}".encode()]

os.environ["VIGIA_PARENT_PIPE"] = sys.argv[2]
end_with_parent(os.environ)
serve(lambda: application, int(sys.argv[1]), threads=2)
"""


@pytest.fixture
def server():
    """A running server, its address, and the pipe that keeps it alive."""
    listening = bind_socket("127.0.0.1", 0)
    reading, writing = os.pipe()
    number = listening.fileno()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(number), str(reading)],
        pass_fds=(number, reading),
        stderr=subprocess.DEVNULL,
    )
    os.close(reading)
    yield process, format_address(listening), writing
    listening.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def answer(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as got:
        return got.read().decode().split()


def test_it_answers_on_the_socket_and_ends_on_sigterm(server):
    process, url, writing = server
    worker, _ = answer(url)
    assert int(worker) != process.pid, "a worker answers, not the one that watches them"
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert time.monotonic() - started < 8
    os.close(writing)


def test_it_ends_when_its_parent_is_gone(server):
    process, url, writing = server
    answer(url)
    os.close(writing)
    assert process.wait(10) == 0


def test_no_header_makes_a_request_look_encrypted(server):
    _, url, writing = server
    assert answer(url, **{"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on"})[1] == "http"
    os.close(writing)


def test_a_port_in_use_is_told_plainly():
    with bind_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"PORT={port}.*in use"):
            bind_socket("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_told_plainly():
    with pytest.raises(ConfigurationError, match=r"HOST=203\.0\.113\.1"):
        bind_socket("203.0.113.1", 0)


def test_the_address_is_one_that_a_person_can_open():
    with bind_socket("0.0.0.0", 0) as everywhere:
        assert format_address(everywhere) == f"http://localhost:{everywhere.getsockname()[1]}"
    with bind_socket("127.0.0.1", 0) as here:
        assert format_address(here) == f"http://127.0.0.1:{here.getsockname()[1]}"
