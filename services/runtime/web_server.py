"""The web server: gunicorn with threads, on a socket that is bound before it starts."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from services.errors import ConfigurationError

# Two for availability, not for speed: one may be restarted while the other answers.
WORKERS = 2
BACKLOG = 512
GRACEFUL_SECONDS = 6
LIVENESS_SECONDS = 60
MEMORY = Path("/dev/shm")  # noqa: S108  gunicorn makes unnamed files there


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
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  only compared
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def serve(make_application: Callable[[], Any], listening: int, *, threads: int) -> None:
    """Does not return. Workers make their application: no store is open before the fork."""
    _Server(make_application, listening, threads).run()


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, make_application: Callable[[], Any], listening: int, threads: int) -> None:
        self._make_application = make_application
        self._options = {
            "bind": [f"fd://{listening}"],
            "worker_class": "gthread",
            "workers": WORKERS,
            "threads": threads,
            "timeout": LIVENESS_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
            "control_socket_disable": True,
            "accesslog": None,
            "logger_class": _OneLog,
            # Whether a proxy may be believed is the application's own setting.
            "secure_scheme_headers": {},
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make_application()


class _OneLog(Logger):  # type: ignore[misc]
    """gunicorn's messages in the format of all others."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
