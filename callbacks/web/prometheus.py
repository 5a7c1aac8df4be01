"""`/metrics`: how the deployment does, as Prometheus reads it. Nobody's name is in it.

The text format is a line a number; its own client keeps counters in files of one host.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple, get_args

from flask import Flask, Response, current_app

from callbacks.access.routes import Route, add_route
from layouts.roles import MANAGERS
from metrics.alerts.rules import RULES
from metrics.model.schema import TABLES
from metrics.model.severity import SEVERITY_ORDER
from services import VERSION
from services.runtime.backend import Backend
from services.runtime.process_report import BOUNDS, load_reports
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus, State
from services.storage.store import TROUBLES

BUILD = "VIGIA_BUILD"
ROUTE = Route(
    path="/metrics", endpoint="prometheus", roles=MANAGERS, reaches=frozenset({"metrics"})
)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Sample(NamedTuple):
    labels: Mapping[str, str]
    value: float
    suffix: str = ""


class Family(NamedTuple):
    name: str
    kind: str  # counter, gauge, histogram
    about: str
    samples: Iterable[Sample]


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, ROUTE, lambda: _answer(backend))


def _answer(backend: Backend) -> Response:
    backend.process_report.tell()
    return Response(write(list_families(backend)), content_type=CONTENT_TYPE)


def write(families: Iterable[Family]) -> str:
    lines = []
    for name, kind, about, samples in families:
        lines += [f"# HELP vigia_{name} {about}", f"# TYPE vigia_{name} {kind}"]
        for labels, value, suffix in samples:
            told = ",".join(f'{label}="{_escape(word)}"' for label, word in labels.items())
            braces = f"{{{told}}}" if told else ""
            lines.append(f"vigia_{name}{suffix}{braces} {float(value)!r}")
    return "\n".join([*lines, ""])


def _escape(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def list_families(backend: Backend) -> Iterator[Family]:
    labels = {"version": VERSION, "build": current_app.config.get(BUILD, "")}
    yield Family("info", "gauge", "Always 1.", [Sample(labels, 1)])
    snapshot = backend.dataset.snapshot()
    if snapshot is not None:
        yield from _list_snapshot(snapshot, backend)
    yield from _list_robot(backend)
    yield from _list_stores(backend)
    yield from _list_processes(load_reports(backend.cache))


def _list_snapshot(snapshot: Snapshot, backend: Backend) -> Iterator[Family]:
    meta, settings = snapshot.meta, backend.settings
    yield _one("snapshot_version", "Rises with every version.", snapshot.version)
    at = snapshot.published_at.timestamp()
    yield _one("snapshot_published_timestamp_seconds", "When it was published.", at)
    yield _one("snapshot_lost_partitions", "Until they are read again.", len(snapshot.lost))
    rows = {table: getattr(snapshot.tables, table).height for table in TABLES}
    yield _by("snapshot_rows", "Rows of each table.", "table", rows)
    history = snapshot.history
    yield _one("history_loaded_days", "Whole days that are there.", history.loaded_days)
    yield _one("history_wanted_days", "Days that the settings want.", history.total_days)
    yield from _list_sources(snapshot.sources)
    cycles = {name: s for name, s in meta.get("cycle_seconds", {}).items() if s is not None}
    yield _by("collector_cycle_seconds", "The last reading of each source.", "source", cycles)
    yield Family(
        "vendor_requests_total",
        "counter",
        "Asked of each vendor since the collector began, by what came of it.",
        [
            Sample({"vendor": vendor, "outcome": outcome}, number)
            for vendor, outcomes in meta.get("requests", {}).items()
            for outcome, number in outcomes.items()
        ],
    )
    recent = meta.get("requests_last_minute", {})
    yield _by("vendor_requests_last_minute", "Of the budget.", "vendor", recent)
    budgets = {
        "intercom": settings.intercom.requests_per_minute,
        "aircall": settings.aircall.requests_per_minute,
    }
    yield _by("vendor_requests_per_minute_limit", "The budget.", "vendor", budgets)


def _list_sources(sources: Mapping[str, SourceStatus]) -> Iterator[Family]:
    yield Family(
        "source_state",
        "gauge",
        "1 for the state in which a source is.",
        [
            Sample({"source": name, "state": state}, source.state == state)
            for name, source in sources.items()
            for state in get_args(State)
        ],
    )
    read = {name: s.as_of.timestamp() for name, s in sources.items() if s.as_of is not None}
    yield _by("source_as_of_timestamp_seconds", "For when its data hold.", "source", read)


def _list_robot(backend: Backend) -> Iterator[Family]:
    overview = backend.alerts.get_overview()
    yield _one("robot_running", "Whether it looked lately.", overview.is_running)
    if overview.state.evaluated_at is not None:
        at = overview.state.evaluated_at
        yield _one("robot_evaluated_timestamp_seconds", "When it last looked.", at)
    live = [(i.problem.rule, i.problem.severity) for i in overview.live]
    yield Family(
        "robot_open_problems",
        "gauge",
        "What goes on, by rule.",
        [
            Sample({"rule": rule, "severity": severity}, live.count((rule, severity)))
            for rule in RULES
            for severity in SEVERITY_ORDER
        ],
    )
    yield _one("robot_outbox_messages", "What Slack was not told yet.", len(overview.waiting))


def _list_stores(backend: Backend) -> Iterator[Family]:
    stores = {"cache": backend.cache, "state": backend.state}
    sizes = {name: store.size_bytes() for name, store in stores.items()}
    yield _by("store_bytes", "What the values take.", "store", sizes)
    limit = backend.settings.cache.maximum_megabytes * 2**20
    yield _by("store_limit_bytes", "What may be taken.", "store", {"cache": limit})
    yield Family(
        "store_trouble",
        "gauge",
        "1 where somebody has to do something.",
        [
            Sample({"store": name, "trouble": trouble}, trouble in found)
            for name, found in ((name, store.find_troubles()) for name, store in stores.items())
            for trouble in TROUBLES
        ],
    )


def _list_processes(reports: Mapping[str, Any]) -> Iterator[Family]:
    def tell(name: str, kind: str, about: str, key: str) -> Family:
        samples = [
            Sample({"process": report["process"], "id": word}, report[key])
            for word, report in reports.items()
        ]
        return Family(name, kind, about, samples)

    yield tell("process_start_timestamp_seconds", "gauge", "When it began.", "started_at")
    yield tell("process_cpu_seconds_total", "counter", "Time it computed.", "cpu_seconds")
    yield tell("process_resident_bytes", "gauge", "Memory it holds.", "resident_bytes")
    yield tell("process_threads", "gauge", "Its threads.", "threads")
    yield Family(
        "http_request_duration_seconds",
        "histogram",
        "Until the answer was made, by kind of address and class of answer.",
        [
            sample
            for word, report in reports.items()
            for kind, bands in report["durations"].items()
            for sample in _list_bands(kind, bands, report["process"], word)
        ],
    )


def _list_bands(kind: str, bands: list[float], process: str, word: str) -> Iterator[Sample]:
    group, _, status = kind.partition(" ")
    labels = {"group": group, "status": status, "process": process, "id": word}
    totals = list(accumulate(bands[:-1]))
    for bound, total in zip([*map(str, BOUNDS), "+Inf"], totals, strict=True):
        yield Sample({**labels, "le": bound}, total, "_bucket")
    yield Sample(labels, bands[-1], "_sum")
    yield Sample(labels, totals[-1], "_count")


def _one(name: str, about: str, value: float) -> Family:
    return Family(name, "gauge", about, [Sample({}, value)])


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> Family:
    return Family(name, "gauge", about, [Sample({label: k}, v) for k, v in values.items()])
