"""The HTTP server: keep-alive, one thread a connection, and every way to answer badly."""

import contextlib
import http.server
import socket
import struct
import sys
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services.sandbox.apis.dispatcher import Dispatcher
from services.sandbox.apis.http import Request, Response
from services.sandbox.controls import Fault

LONGEST_HANG = 300.0
LARGEST_BODY = 4 * 1024 * 1024
IDLE_SECONDS = 75


class Server(http.server.ThreadingHTTPServer):
    """When it is closed no connection and no thread is left."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, Handler)

    def end(self) -> None:
        self.dispatcher.faults.heal()
        self.shutdown()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def track_connection(self, connection: socket.socket, *, is_open: bool) -> None:
        with self._open_lock:
            (self._open.add if is_open else self._open.discard)(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no error; a bug of ours is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "VigiaSandbox", ""
    timeout = IDLE_SECONDS
    server: Server
    # One packet an answer; and no waiting for a fuller one.
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.track_connection(self.connection, is_open=True)

    def finish(self) -> None:
        self.server.track_connection(self.connection, is_open=False)
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the request counter knows."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send(Response(413, {"error": "too large"}))
            return
        request = Request(
            self.command,
            address.path.rstrip("/") or "/",
            dict(parse_qsl(address.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(length)),
        )
        dispatcher = self.server.dispatcher
        vendor = dispatcher.find_vendor(request.path)
        fault = None
        if vendor is not None:
            dispatcher.request_counter.count_request(vendor, request.method, request.path)
            fault = dispatcher.faults.take(vendor, request.path)
        if fault is None:
            self._send(dispatcher.handle(request))
        else:
            self._fail(fault, request)

    do_POST = do_DELETE = do_PUT = do_HEAD = do_GET

    def _fail(self, fault: Fault, request: Request) -> None:
        dispatcher = self.server.dispatcher
        if fault.kind.isdigit():
            self._send(dispatcher.fail(fault))
        elif fault.kind == "hang":
            dispatcher.faults.wait(LONGEST_HANG)
            self.close_connection = True
        elif fault.kind == "reset":
            self._reset()
        elif fault.kind == "slow":
            dispatcher.faults.wait(fault.delay)
            self._send(dispatcher.handle(request))
        elif fault.kind == "malformed":
            self._send(Response(200, b'{"type": "conversation.list", "conversations": [{"id":'))
        else:
            self._send(dispatcher.handle(request), cut=True)

    def _send(self, response: Response, *, cut: bool = False) -> None:
        content = response.encode_body()
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            content = content[: len(content) // 2]
            self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _reset(self) -> None:
        """The other side gets a RST."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.server.track_connection(self.connection, is_open=False)
        self.connection.close()
