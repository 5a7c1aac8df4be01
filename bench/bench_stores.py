"""How long the stores and the snapshot take, on disk and, with --redis URL, on Redis too.

python -m bench.bench_stores [--days 90] [--rows 300] [--redis unix:///tmp/redis.sock]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from metrics.model import schema
from services.runtime.deployment import MEMORY
from services.settings.config import Settings
from services.snapshot.dataset import Dataset
from services.snapshot.snapshot import History, SnapshotWriter
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from services.storage.redis_store import RedisStore
from services.storage.store import Store

FIRST_DAY = 1_780_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rows", type=int, default=300, help="conversations and calls per day")
    parser.add_argument("--redis", help="address of a Redis to measure too")
    arguments = parser.parse_args()
    in_memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=in_memory) as folder:
        measure("disk", DiskStore(Path(folder)), arguments.days, arguments.rows)
    if arguments.redis:
        store = RedisStore(arguments.redis, "vigia:bench:")
        measure("redis", store, arguments.days, arguments.rows)
        store.clear()


def measure(name: str, store: Store, days: int, rows: int) -> None:
    print(f"{name}: {days} days of {rows} conversations and {rows} calls")
    for size in (2_000, 50_000, 1_000_000):
        value = bytes(size)
        tell(f"set {size} bytes", lambda value=value: store.set("key", value, 60), 20)
        tell(f"get {size} bytes", lambda: store.get("key"), 20)
    writer = SnapshotWriter(store, epoch=raise_epoch(store, time.time), expire_seconds=3600)
    history = History(days, days, complete=True)
    frames = {
        (table, f"day-{day:04}"): made(table, day, rows)
        for day in range(days)
        for table in ("conversations", "calls")
    }
    tell("publish everything", lambda: writer.publish(frames, {}, history))
    tell("publish nothing (renew all)", lambda: writer.publish({}, {}, history), 5)
    today = dict([next(reversed(frames.items()))])
    tell("publish one day", lambda: writer.publish(today, {}, history), 5)
    now = time.time()
    clock = iter(range(10**6))
    dataset = Dataset(store, Settings().rules, clock=lambda: now + 2 * next(clock))
    tell("read everything", dataset.snapshot)

    def changed() -> None:
        writer.publish(
            {("conversations", "day-0000"): made("conversations", next(clock), rows)}, {}, history
        )
        dataset.snapshot()

    tell("publish and read one changed day", changed, 5)
    tell("ask for an unchanged version", dataset.snapshot, 50)
    print(f"  {store.size_bytes() / 2**20:.0f} MB in the store")


def tell(what: str, work: Callable[[], object], times: int = 1) -> None:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    print(f"  {what:<36}{statistics.median(taken) * 1000:10.2f} ms")


def made(table: str, day: int, rows: int) -> pl.DataFrame:
    """A day of invented rows in which every column has values."""
    random = np.random.default_rng(day)
    start = FIRST_DAY + day * 86400
    seconds = pl.Series(start + random.integers(0, 86400, rows))
    instants = (seconds * 1000).cast(schema.INSTANT)
    words = [f"palavra {number}" for number in range(200)]
    columns: dict[str, object] = {}
    for column, dtype in schema.TABLES[table].items():
        if dtype == schema.INSTANT:
            columns[column] = instants
        elif dtype == schema.SECONDS:
            columns[column] = random.random(rows) * 3600
        elif dtype == schema.WHOLE:
            columns[column] = random.integers(1, 6, rows)
        elif dtype == schema.FLAG:
            columns[column] = random.random(rows) < 0.5
        else:
            columns[column] = random.choice(words, rows)
    columns["id"] = [f"{day}-{number}" for number in range(rows)]
    if table == "conversations":
        for number in range(10):
            columns[schema.attribute(f"Atributo {number}")] = random.choice(words[:20], rows)
    return schema.conform(pl.DataFrame(columns), table)


if __name__ == "__main__":
    main()
