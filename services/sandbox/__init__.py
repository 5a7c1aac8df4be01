"""An invented support operation, behind an HTTP server that speaks as Intercom, Aircall and Slack.

It shares no code with the clients that read it: a mistake in both would cancel out.
"""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `app.py sandbox`."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    add("--port", type=_port, default=8090, help="port; 0 takes a free one")
    add("--seed", type=int, default=7, help="the same number makes the same operation")
    add("--days", type=_positive, default=90, help="days of history")
    add("--conversations", type=_positive, default=20_000, help="about so many in the history")
    add("--calls", type=_positive, default=6_000, help="about so many in the history")
    add("--agents", type=_positive, default=8, help="people who answer")
    add(
        "--replay",
        type=Path,
        metavar="DIR",
        help="serve an export instead: conversations.jsonl, calls.jsonl (or .gz) and "
        "directory.json, moved to the present by whole weeks",
    )
    add("--token", help="the only credential that is accepted (default: any)")
    add(
        "--office-hours",
        action="store_true",
        help="nobody works outside nine to six; without it the team also has a shift around the "
        "hour of the start",
    )


def main(arguments: argparse.Namespace) -> None:
    """Serve until a signal asks to end.

    Raises:
        SystemExit: With 2, when the export or the address is not good.
    """
    from services.sandbox.command import run
    from services.sandbox.export import ExportError

    try:
        if arguments.replay is not None and not arguments.replay.is_dir():
            raise ExportError(f"--replay {arguments.replay}: no folder")
        run(arguments)
    except (ExportError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError("must be 0 to 65535")
    return number
