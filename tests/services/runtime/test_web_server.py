import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from services.errors import ConfigurationError
from services.runtime.web_server import (
    CONNECTIONS,
    bind_socket,
    format_address,
    raise_file_limit,
)

THREADS = 2
SERVER = f"""
import os, sys
from services.runtime.processes import end_with_parent
from services.runtime.web_server import serve

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    environ["wsgi.input"].read()
    return ["{{}} {{}}".format(os.getpid(), environ["wsgi.url_scheme"]).encode()]

def find_largest(path, cookies, length):
    return 2**22 if (path, cookies) == ("/file", "known=1") else 2**20

os.environ["VIGIA_PARENT_PIPE"] = sys.argv[2]
end_with_parent(os.environ)
serve(application, int(sys.argv[1]), threads={THREADS}, find_largest=find_largest)
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
    assert int(answer(url)[0]) == process.pid, "Polars, once loaded, does not survive a fork"
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


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"]
)
def test_who_is_slow_takes_no_thread_from_others(server, sent):
    _, url, writing = server
    where = url.removeprefix("http://").split(":")
    slow = [socket.create_connection(where) for _ in range(8 * THREADS)]
    for each in slow:
        each.sendall(sent)
    assert answer(url)
    for each in slow:
        each.close()
    os.close(writing)


def test_a_body_that_is_too_long_is_refused_unread(server):
    _, url, writing = server
    with pytest.raises(urllib.error.HTTPError, match="413"):
        answer(url, **{"Content-Length": str(2**30)})
    os.close(writing)


def test_as_many_files_may_be_open_as_there_are_connections():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        assert raise_file_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] > CONNECTIONS
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


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


@pytest.mark.parametrize(
    ("path", "cookies", "status"),
    [("/file", "known=1", 200), ("/file", "known=0", 413), ("/", "known=1", 413)],
)
def test_only_who_is_known_brings_a_long_body_and_only_where_it_belongs(
    server, path, cookies, status
):
    _, url, writing = server
    answer(url)
    request = urllib.request.Request(url + path, b"x" * 2**21, {"Cookie": cookies})
    try:
        with urllib.request.urlopen(request, timeout=10) as got:
            found = got.status
    except urllib.error.HTTPError as refused:
        found = refused.code
    except urllib.error.URLError:
        found = 413  # closed before all of it was sent
    assert found == status
    os.close(writing)
