"""A supervisor: starts the processes of one machine, keeps them alive, and ends them together.

The children hold the reading end of a pipe whose writing end only the supervisor has. When it is
gone, even by SIGKILL, the pipe closes and they end by themselves.
"""

import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import FrameType

log = logging.getLogger(__name__)

PARENT_PIPE = "VIGIA_PARENT_PIPE"
# What a process returns when its configuration is wrong: starting it again would not help.
CONFIGURATION_EXIT = 2
GRACE_SECONDS = 8.0
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# Who has lived so long was healthy: the next pause is a short one again.
HEALTHY_SECONDS = 60.0
READY_SECONDS = 30.0
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None  # None = the supervisor's
    inherited: tuple[int, ...] = ()  # open files
    # The next child waits for it, half a minute at most.
    is_ready: Callable[[], bool] = lambda: True


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started_at: float
    is_first: bool = True
    pause: float = FIRST_PAUSE_SECONDS
    restart_at: float | None = None


class Supervisor:
    """Starts children in order, and runs them until a signal asks to stop."""

    def __init__(
        self, children: Sequence[Child], *, when_ready: Callable[[], None] = lambda: None
    ) -> None:
        self._children = children
        self._when_ready = when_ready
        self._running: list[_Running] = []
        self._is_ready = False
        self._stopping = False
        self._exit = 0
        self._reading, self._writing = os.pipe()

    def run(self) -> int:
        """0 after a signal of `ENDING`, `CONFIGURATION_EXIT` when a child ended so at the start."""
        before = {number: signal.signal(number, self._stop) for number in ENDING}
        try:
            self._start_all()
            while not self._stopping:
                self._look_after_all()
                if not self._is_ready and all(child.is_ready() for child in self._children):
                    self._is_ready = True
                    self._when_ready()
        finally:
            self._end_all()
            os.close(self._writing)
            os.close(self._reading)
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._exit

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start_all(self) -> None:
        for child in self._children:
            if self._stopping:
                return
            self._running.append(_Running(child, self._spawn(child), time.monotonic()))
            end = time.monotonic() + READY_SECONDS
            while not self._stopping and not child.is_ready() and time.monotonic() < end:
                self._look_after_all()

    def _spawn(self, child: Child) -> "subprocess.Popen[bytes]":
        environment = {**(child.environment or os.environ), PARENT_PIPE: str(self._reading)}
        return subprocess.Popen(  # noqa: S603  the commands are our own
            child.command, env=environment, pass_fds=(self._reading, *child.inherited)
        )

    def _look_after_all(self) -> None:
        for running in self._running:
            self._look_after(running)
        time.sleep(POLL_SECONDS)

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.restart_at is not None:
            if now >= running.restart_at:
                running.process = self._spawn(running.child)
                running.started_at, running.restart_at = now, None
                running.is_first = False
            return
        code = running.process.poll()
        if code is None or self._stopping:
            return
        was_healthy = now - running.started_at >= HEALTHY_SECONDS
        # Later it is a child's own trouble, such as a full disk, and nobody else's.
        if code == CONFIGURATION_EXIT and running.is_first and not was_healthy:
            self._exit, self._stopping = code, True
            return
        if was_healthy:
            running.pause = FIRST_PAUSE_SECONDS
        log.warning(
            "%s ended with code %d, starts again in %.1f s", running.child.name, code, running.pause
        )
        running.restart_at = now + running.pause
        running.pause = min(running.pause * 2, LONGEST_PAUSE_SECONDS)

    def _end_all(self) -> None:
        alive = [r.process for r in self._running if r.process.poll() is None]
        for process in alive:
            process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for process in alive:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process %d did not end in time and is killed", process.pid)
                process.kill()
                process.wait()


def accepts_connections(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def run_until_signal(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """A signal sets the event `stop`.

    The work has a thread of its own: a signal that sets an event on which its own thread is
    about to wait could block it for ever.
    """
    for number in ENDING:
        signal.signal(number, lambda number, frame: stop.set())
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work, stop)
        while not wait([working], timeout=0.2).done:
            pass
        working.result()


def is_supervised(environ: Mapping[str, str]) -> bool:
    """Whether a supervisor of ours started this process, and will clean up after it."""
    return PARENT_PIPE in environ


def end_with_parent(environ: Mapping[str, str]) -> None:
    """In a child: end by SIGTERM, as if asked, when the supervisor is gone."""
    number = environ.get(PARENT_PIPE)
    if number is not None:
        threading.Thread(target=_wait_for_end, args=(int(number),), daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    # Nobody ever writes: this returns when the writing end is closed.
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
