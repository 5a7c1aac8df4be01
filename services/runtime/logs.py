"""One plain format for the log lines of all processes, or one JSON object a line.

Nobody logs names, bodies, tokens or numbers; what is logged is fit to be sent to a colleague.
"""

import logging
import secrets
import sys
import time
from contextvars import ContextVar

import orjson

from services.settings.config import LogFormat

_REQUEST: ContextVar[str] = ContextVar("request", default="")


class _Formatter(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class _JsonFormatter(_Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            "request": _REQUEST.get(),
            "traceback": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return orjson.dumps({name: value for name, value in told.items() if value}).decode()


def configure_logging(process: str, form: LogFormat = "text") -> None:
    """To standard error."""
    handler = logging.StreamHandler(sys.stderr)
    plain = _Formatter(f"%(asctime)s %(levelname)s {process} %(message)s")
    handler.setFormatter(_JsonFormatter(process) if form == "json" else plain)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Its own lines about retries quote whole addresses.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def begin_request(given: str = "") -> None:
    """A request has the id that a proxy of ours gave it, or one of its own."""
    _REQUEST.set(given or secrets.token_hex(8))


def request_id() -> str:
    """What the reader of an error is told, and what leads to its log line."""
    if not _REQUEST.get():
        begin_request()
    return _REQUEST.get()
