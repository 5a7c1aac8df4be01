"""The sandbox as a process."""

import argparse
import gc
import signal
import sys
import threading

from services.sandbox.box import Sandbox

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
POLL_SECONDS = 0.5


def run(arguments: argparse.Namespace) -> None:
    """Make the world, serve it, and return when a signal asks to end."""
    stop = threading.Event()
    for number in ENDING:
        signal.signal(number, lambda number, frame: stop.set())
    box = Sandbox(
        seed=arguments.seed,
        days=arguments.days,
        conversations=arguments.conversations,
        calls=arguments.calls,
        agents=arguments.agents,
        replay=arguments.replay,
        token=arguments.token,
        strict_hours=arguments.office_hours,
        host=arguments.host,
        port=arguments.port,
    )
    # The world stays to the end: nobody need look through it for rubbish.
    gc.freeze()
    with box:
        # On standard error: what `serve` says on standard output is Vigia's own address.
        print(f"sandbox: {box.url}", file=sys.stderr, flush=True)
        # In slices: a signal handler that sets the event runs between two of them.
        while not stop.wait(POLL_SECONDS):
            pass
