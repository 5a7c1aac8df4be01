"""What each process tells of itself, for the one that is asked by Prometheus.

Two web processes answer on one socket, in turn. So each lays what it counted into the cache, under
a word of its own: added up, their counters would fall when one ends.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from services.errors import ServiceError
from services.storage.store import Store

log = logging.getLogger(__name__)

PREFIX = "report/"
REPORT_SECONDS, EXPIRE_SECONDS = 15.0, 60.0
# Upper ends of the bands of a histogram, in seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class ProcessReport:
    """Counts durations by kind: as many as lie in each band, and at last their sum."""

    def __init__(self, cache: Store, process: str, clock: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self._process = process
        self._id = secrets.token_hex(4)
        self._started_at = clock()
        self._durations: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def count(self, kind: str, seconds: float) -> None:
        with self._lock:
            bands = self._durations.setdefault(kind, [0] * (len(BOUNDS) + 1) + [0.0])
            bands[bisect_left(BOUNDS, seconds)] += 1
            bands[-1] += seconds

    def start(self) -> None:
        """From now on, and until the process ends."""
        stop = threading.Event()
        atexit.register(stop.set)
        threading.Thread(target=self._tell_on, args=(stop,), daemon=True).start()

    def tell(self) -> None:
        with self._lock:
            durations = {kind: list(bands) for kind, bands in self._durations.items()}
        report = {
            "process": self._process,
            "started_at": self._started_at,
            "cpu_seconds": time.process_time(),
            "resident_bytes": _read_resident_bytes(),
            "threads": threading.active_count(),
            "durations": durations,
        }
        self._cache.set(PREFIX + self._id, orjson.dumps(report), EXPIRE_SECONDS)

    def _tell_on(self, stop: threading.Event) -> None:
        while not stop.wait(REPORT_SECONDS):
            try:
                self.tell()
            except ServiceError as error:
                log.warning("report of this process: %s", error)


def load_reports(cache: Store) -> dict[str, Any]:
    """Those of the last minute, by the word of each process."""
    found = {key.removeprefix(PREFIX): cache.get(key) for key in cache.keys(PREFIX)}
    return {word: orjson.loads(content) for word, content in found.items() if content}


def _read_resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
