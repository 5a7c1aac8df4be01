"""The sandbox within a process: a server of its own on a free port, for tests."""

import contextlib
import gc
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from services.sandbox.apis import aircall, intercom
from services.sandbox.apis.dispatcher import Dispatcher, RequestCounter
from services.sandbox.apis.server import Server
from services.sandbox.apis.slack import Message
from services.sandbox.team.world import Size, World
from services.sandbox.team.world_protocol import AnyWorld

HOST = "127.0.0.1"
TELL_SECONDS = 0.1


@contextlib.contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Hundreds of thousands of objects are built, and none of them is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Sandbox:
    """Both vendors and Slack, answering at `url` between enter and exit.

    Args:
        conversations: About so many in the history; so are calls.
        replay: Serve the export in this folder instead of inventing a team.
        token: The only accepted credential; None accepts any.
        strict_hours: Nobody works outside nine to six.
        clock: Unix seconds; the world moves with it.
        intercom_limit: Requests in ten seconds; Aircall's are in a minute.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        days: int = 90,
        conversations: int = 20_000,
        calls: int = 6_000,
        agents: int = 8,
        replay: Path | None = None,
        token: str | None = None,
        strict_hours: bool = False,
        clock: Callable[[], float] = time.time,
        host: str = HOST,
        port: int = 0,
        intercom_limit: int = intercom.LIMIT,
        aircall_limit: int = aircall.LIMIT,
    ) -> None:
        self._clock = clock
        with pause_garbage_collection():
            if replay is None:
                size = Size(days, conversations, calls, agents, strict_hours)
                self.world: AnyWorld = World(seed, size, clock())
            else:
                from services.sandbox.replay import ReplayWorld

                self.world = ReplayWorld(replay, clock(), seed)
        self._dispatcher = Dispatcher(
            self.world,
            clock,
            token=token,
            intercom_limit=intercom_limit,
            aircall_limit=aircall_limit,
        )
        self._address = (host, port)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._server = Server(self._address, self._dispatcher)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        self._telling = threading.Thread(target=self._tell)
        self._telling.start()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._ended.set()
        self._telling.join()
        self._server.end()
        self._thread.join()

    def _tell(self) -> None:
        """What a vendor has to say it says once, whether anybody takes it or not."""
        while not self._ended.wait(TELL_SECONDS):
            for delivery in self._dispatcher.collect_deliveries():
                delivery.send()

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def requests(self) -> RequestCounter:
        return self._dispatcher.request_counter

    @property
    def slack(self) -> list[Message]:
        """Oldest first."""
        return self._dispatcher.slack.messages

    @property
    def tickets(self) -> list[dict[str, Any]]:
        """As Intercom's version 2.14 shows them."""
        with self._dispatcher.lock:
            return self._dispatcher.tickets

    @property
    def truth(self) -> dict[str, Any]:
        return self._dispatcher.count_truth()

    def fail(self, vendor: str, kind: str, **fields: Any) -> None:
        """`fields` are those of `Faults.add`."""
        self._dispatcher.faults.add(vendor, kind, **fields)

    def heal(self) -> None:
        self._dispatcher.faults.heal()

    def advance(self) -> AnyWorld:
        """As a request would."""
        with self._dispatcher.lock:
            self.world.advance(self._clock())
        return self.world
