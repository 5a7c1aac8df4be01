"""The web server: waitress, on a socket that is bound before it starts."""

import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable
from copy import copy
from typing import Any

import requests
import waitress
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from services.errors import ConfigurationError
from services.runtime.processes import ENDING

# Two for availability, not for speed: one may be restarted while the other answers.
PROCESSES = 2
BACKLOG = 1024
CONNECTIONS = 4000  # of one process; later ones wait
RESERVED_FILES = 96  # for the stores, whose connections each thread has for itself
IDLE_SECONDS = 30
SWITCH_SECONDS = 0.0005
IN_MEMORY = 2**40  # bytes: never in a temporary file


def bind_socket(host: str, port: int) -> socket.socket:
    """Connections wait until a server takes them."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # Python adds the address in its own notation.
        reason = str(error.strerror).partition(" (while")[0]
        raise ConfigurationError(
            f"HOST={host} PORT={port}: cannot listen there ({reason});"
            " set PORT to a free one, or 0 for any"
        ) from error


def format_address(listening: socket.socket) -> str:
    """The URL for a person on this machine."""
    return format_url(*listening.getsockname()[:2])


def format_url(host: str, port: int) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  only compared
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def serve(
    application: Any, listening: int, *, threads: int, find_largest: Callable[[str, str, int], int]
) -> None:
    """Until a signal of `ENDING`; many processes may answer on one socket.

    A thread is given whole requests only, and writes into memory: whoever sends or reads slowly
    costs a file number, no thread. Nothing forks: Polars is loaded.

    Args:
        listening: The number of an open socket.
        find_largest: Bytes that a request may bring, by its path, its cookies and the length that
            it tells; what is longer is refused before it is read.
    """
    for number in ENDING:
        signal.signal(number, lambda number, frame: sys.exit(0))
    # The loop that takes requests in waits for every computing thread in turn, and with it all do.
    sys.setswitchinterval(SWITCH_SECONDS)
    # Both tell by the line what strangers and busy minutes do.
    for name in ("waitress", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)
    HTTPChannel.parser_class = _limit_parser(find_largest)
    with socket.socket(fileno=listening) as taking:
        waitress.serve(
            application,
            sockets=[taking],
            threads=threads,
            connection_limit=raise_file_limit() - RESERVED_FILES,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=IDLE_SECONDS // 3,
            backlog=BACKLOG,
            asyncore_use_poll=True,
            # Customers' data in spooled answers would reach the disk.
            inbuf_overflow=IN_MEMORY,
            outbuf_overflow=IN_MEMORY,
            # Whether a proxy may be believed is the application's own setting.
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            ident=None,
            _quiet=True,
        )


def _limit_parser(find_largest: Callable[[str, str, int], int]) -> type[HTTPRequestParser]:
    class Parser(HTTPRequestParser):  # type: ignore[misc]
        def __init__(self, adj: Any) -> None:
            super().__init__(copy(adj))

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            cookies = self.headers.get("COOKIE", "")
            largest = find_largest(self.path, cookies, self.content_length)
            self.adj.max_request_body_size = largest

    return Parser


def raise_file_limit() -> int:
    """How many files this process may have open from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + RESERVED_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(2 * RESERVED_FILES, min(soft, wanted))
