"""A year of days written into the archive by collectors that die, double and lose their server.

python -m bench.bench_archive [--days 400] [--seed 13]

Each day of an invented team brings versions as the collector publishes them. Writers are killed at
random places, two write at once, and the server is away for an hour now and then. In the end every
document has to equal what is worked out of all rows, medians and 90th percentiles have to lie
within 1 % of the exact ones, and nothing of a customer may be found.
"""

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.model.view import EVERYTHING, View
from metrics.query import report
from metrics.query.daily import EVERYBODY, SLICES, Part, add_up, additive_metrics
from tests.worlds.archiving import (
    MARKS,
    NOW,
    Operation,
    dump,
    fail,
    read_archive,
    recompute,
    running,
    writers,
)


def main(days: int, seed: int) -> None:
    chance, told = random.Random(seed), Counter[str]()
    first = NOW.date() - timedelta(days=days - 1)
    operation = Operation(first, days, per_day=12)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "db") as uri:
        with writers(uri, Path(folder) / "state", operation) as begin:
            epoch, writer = 1, begin()
            for day in range(days):
                at = datetime.combine(first, NOW.time(), UTC) + timedelta(days=day)
                away = chance.random() < 0.02
                for minute in (0, 30, 60) if away else (0,):
                    version = operation.version(at + timedelta(minutes=minute))
                    if away:
                        fail(
                            uri, *(["ping", "update"] if minute < 60 else []), closeConnection=True
                        )
                        told["versions without a server"] += minute < 60
                    if chance.random() < 0.08:
                        epoch += 1
                        steps = iter(range(chance.randrange(3)))
                        writer = begin()
                        writer.work(version, epoch, partial(is_killed, steps))
                        writer, told["killed"] = begin(), told["killed"] + 1
                    if chance.random() < 0.04:
                        epoch += 1
                        both = [(writer, epoch - 1), (begin(), epoch)]
                        threads = [
                            threading.Thread(target=one.work, args=(version, number))
                            for one, number in both
                        ]
                        for thread in threads:
                            thread.start()
                        for thread in threads:
                            thread.join()
                        writer, told["two at once"] = both[1][0], told["two at once"] + 1
                    told["versions written"] += writer.work(version, epoch)
                    told["versions"] += 1
        found = read_archive(uri)
        tables = operation.see(NOW, first)
        period = Period(first, NOW.date())
        wanted = recompute(operation, tables, period)
        wrong = [name for name, parts in wanted.items() if found.get(name) != parts]
        view = View(tables, period, EVERYTHING, operation.rules)
        worst = max(measure_error(view, found, table) for table in SLICES)
        text = repr(dump(uri))
    print(f"{days} days, {dict(told)}, {time.monotonic() - began:.0f} s")
    print(f"{len(found)} documents, of {len(wanted)} wanted {len(wrong)} differ: {wrong[:5]}")
    print(f"greatest error of a median or 90th percentile: {worst:.3%}")
    marks = [mark for mark in MARKS if mark in text]
    print(f"{len(text) / 2**20:.1f} MB searched, marks of customers: {marks}")


def is_killed(steps: object) -> bool:
    return next(steps, None) is None  # type: ignore[call-overload,no-any-return]


def measure_error(view: View, found: dict[str, dict[str, dict[str, Part]]], table: str) -> float:
    """Of each day, and of all of them together."""
    metrics = [m for m in additive_metrics(table) if m.kind == "duration"]  # type: ignore[arg-type]
    errors = [0.0]
    for period in (*(Period(day, day) for day in view.period.dates[::7]), view.period):
        exact = report.evaluate_many(metrics, view.with_period(period))
        days = [found[f"{table}/{EVERYBODY}/{day}"].get(EVERYBODY, {}) for day in period.dates]
        for metric in metrics:
            ours = add_up(day.get(metric.key, Part()) for day in days).summarise(
                CATALOG[metric.key]
            )
            for one, other in (
                (ours.value, exact[metric.key].value),
                (ours.p90, exact[metric.key].p90),
            ):
                if other:
                    assert one is not None
                    errors.append(abs(one - other) / other)
    return max(errors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--seed", type=int, default=13)
    arguments = parser.parse_args()
    main(arguments.days, arguments.seed)
