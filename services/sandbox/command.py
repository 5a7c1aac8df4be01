"""The command line `app.py sandbox`, and the sandbox as a process."""

import argparse
import gc
import signal
import sys
import threading
from pathlib import Path

from services.sandbox.embedded import Sandbox
from services.sandbox.exports import write_exports
from services.sandbox.replay import ExportError
from services.sandbox.team.people import FINANCE

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
POLL_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    # Each is an argument of `Sandbox`.
    add("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    add("--port", type=_parse_port, default=8090, help="port; 0 takes a free one")
    add("--seed", type=int, default=7, help="the same number makes the same operation")
    add("--days", type=_parse_positive, default=90, help="days of history")
    add(
        "--conversations", type=_parse_positive, default=20_000, help="about so many in the history"
    )
    add("--calls", type=_parse_positive, default=6_000, help="about so many in the history")
    add("--agents", type=_parse_positive, default=8, help="people who answer")
    add(
        "--replay",
        type=Path,
        metavar="DIR",
        help="serve an export instead: conversations.jsonl, calls.jsonl (or .gz) and "
        "directory.json, moved to the present by whole weeks",
    )
    add(
        "--exports",
        type=Path,
        metavar="DIR",
        help="also write what people would export from the vendors' screens: lists of the last "
        "seven days that differ from the API in every known way",
    )
    add("--token", help="the only credential that is accepted (default: any)")
    add(
        "--office-hours",
        dest="strict_hours",
        action="store_true",
        help="nobody works outside nine to six; without it the team also has a shift around the "
        "hour of the start",
    )


def main(arguments: argparse.Namespace) -> None:
    """SystemExit with 2 where the export or the address is not good."""
    try:
        if arguments.replay is not None and not arguments.replay.is_dir():
            raise ExportError(f"--replay {arguments.replay}: no folder")
        run(arguments)
    except (ExportError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _parse_positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _parse_port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError("must be 0 to 65535")
    return number


def run(arguments: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in ENDING:
        signal.signal(number, lambda number, frame: stop.set())
    options = vars(arguments)
    folder = options.pop("exports")
    sandbox = Sandbox(**options)
    if folder is not None:
        write_exports(sandbox.world, sandbox.tickets, folder, FINANCE)
    # The world stays to the end: nobody need look through it for rubbish.
    gc.freeze()
    with sandbox:
        # On standard error: what `serve` says on standard output is Vigia's own address.
        print(f"sandbox: {sandbox.url}", file=sys.stderr, flush=True)
        # In slices: a signal handler that sets the event runs between two of them.
        while not stop.wait(POLL_SECONDS):
            pass
