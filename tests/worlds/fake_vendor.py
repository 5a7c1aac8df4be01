"""A vendor of our own making: answers what the test lays ready, and remembers what it was asked."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class Answer:
    body: Any = field(default_factory=dict)  # bytes go out as they are, anything else as JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None  # Content-Length, when it is to be a lie
    drip: Callable[[], bool] | None = None  # sends byte after byte while it says so
    hang: threading.Event | None = None  # answers only when it is set


Script = Callable[[Asked], Answer]


@dataclass
class FakeVendor:
    url: str
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    script: Script = lambda asked: Answer()

    def answer(self, *answers: Answer) -> None:
        """These one after the other, the last one for ever."""
        waiting = list(answers)
        lock = threading.Lock()

        def script(asked: Asked) -> Answer:
            with lock:
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]

        self.script = script


@contextmanager
def fake_vendor() -> Iterator[FakeVendor]:
    vendor = FakeVendor(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            vendor.connections += 1

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            address = urlsplit(self.path)
            params = {key: values[0] for key, values in parse_qs(address.query).items()}
            is_form = "x-www-form" in (self.headers.get("Content-Type") or "")
            form = (
                {key: values[0] for key, values in parse_qs(raw.decode()).items()}
                if is_form
                else {}
            )
            body = form or (json.loads(raw) if raw else None)
            asked = Asked(self.command, address.path, params, dict(self.headers), body)
            vendor.asked.append(asked)
            try:
                self._send(vendor.script(asked))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_POST = do_GET

        def _send(self, answer: Answer) -> None:
            if answer.hang:
                answer.hang.wait(10)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body)
            sent = body if isinstance(body, bytes) else body.encode()
            promised = len(sent) if answer.promised is None else answer.promised
            self.send_response(answer.status)
            self.send_header("Content-Length", str(promised))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.drip:
                while answer.drip():
                    self.wfile.write(b" ")
                    self.wfile.flush()
                self.close_connection = True
                return
            self.wfile.write(sent)
            self.wfile.flush()
            if promised != len(sent):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
