"""The collector under settings that change: it begins anew where what it collects by is another."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from services.errors import ConfigurationError, MissingTokenError
from services.settings.decisions import POLL_SECONDS, Configuration, Decisions

log = logging.getLogger(__name__)

# The robot asks for these itself at every evaluation, and the others of them only pages read.
LIVE = {"access", "accounts", "alerts", "csat_minimum", "goals", "targets", "wall"}


class Runner(Protocol):
    def run(self, stop: threading.Event) -> None: ...


def run_each_edition(
    decisions: Decisions,
    build: Callable[[Configuration, threading.Event], Runner],
    stop: threading.Event,
) -> None:
    """Run what `build` makes of the settings, again for every change that it has to know of.

    ConfigurationError where what was given at the start cannot be used. A key that is still missing
    is waited for, and so is a better decision than one of the screen that the log tells.
    """
    while not stop.is_set():
        configuration = decisions.load()
        with _until_change(decisions, configuration, stop) as ended:
            try:
                runner = build(configuration, ended)
            except ConfigurationError as error:
                if not configuration.mark and not isinstance(error, MissingTokenError):
                    raise
                level = logging.INFO if isinstance(error, MissingTokenError) else logging.ERROR
                log.log(level, "%s", error)
                ended.wait()
            else:
                runner.run(ended)


@contextmanager
def _until_change(
    decisions: Decisions, begun: Configuration, stop: threading.Event
) -> Iterator[threading.Event]:
    """An event that is set by `stop`, and by a change."""
    ended = threading.Event()

    def watch() -> None:
        while not stop.wait(POLL_SECONDS) and not ended.is_set():
            if _collects_otherwise(begun, decisions.current):
                log.info("settings have changed")
                break
        ended.set()

    threading.Thread(target=watch, daemon=True, name="settings").start()
    try:
        yield ended
    finally:
        ended.set()


def _collects_otherwise(one: Configuration, other: Configuration) -> bool:
    if one is other:
        return False
    plain = (edition.settings.model_dump(exclude=LIVE) for edition in (one, other))
    return one.environment != other.environment or next(plain) != next(plain)
