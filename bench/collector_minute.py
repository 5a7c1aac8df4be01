"""What a minute with ten changed rows costs a collector, and its memory; prints JSON.

python -m bench.collector_minute <folder that `bench.published.served` prepared>
"""

import json
import os
import sys
import time
from pathlib import Path

import polars as pl

from bench.soak_wall import prepared
from bench.world import HISTORY_DAYS, NOW
from services.collector.run import CollectorRun
from services.runtime.deployment import open_stores
from services.settings.config import load_environment, load_settings
from services.storage.lease import raise_epoch
from services.vendors import aircall, intercom

REPEATS = 5


def main(folder: Path) -> None:
    from bench.bench_server import read_pss

    environ, _ = prepared(folder, HISTORY_DAYS)
    environment = load_environment(environ)
    stores, settings = open_stores(environment), load_settings(environment.vigia_config)
    run = CollectorRun(
        intercom.intercom_client(environment, settings),
        aircall.aircall_client(environment, settings),
        epoch=raise_epoch(stores.cache, time.time),
        cache=stores.cache,
        state=stores.state,
        settings=settings,
        clock=NOW.timestamp,
    )
    rows = next(iter(run._buffer.list_frames("conversations"))).tail(10)
    taken = []
    for number in range(REPEATS):
        updated = pl.col("updated_at") + pl.duration(seconds=number + 1)
        changed = rows.with_columns(updated, pl.lit(f"Mudou {number}").alias("subject"))
        start = time.process_time()
        run._buffer.put("conversations", changed)
        run.publish()
        taken.append((time.process_time() - start) * 1000)
    print(json.dumps({"minute": taken, "megabytes": read_pss(os.getpid())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
