"""A collector driven step by step, on two vendors in memory, and the web side that reads it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.collector.run import CollectorRun
from services.hooks.event_queue import EventQueue
from services.settings.config import Settings
from services.snapshot.dataset import Dataset, Snapshot
from services.snapshot.snapshot import POINTER_KEY
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from tests.worlds.fake_vendors import FakeAircall, FakeIntercom
from tests.worlds.tables import by_id

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC).timestamp()
DAY = 86400


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Rig:
    def __init__(
        self, folder: Path, history_days: int = 10, aircall: bool = True, **settings: Any
    ) -> None:
        self.folder = folder
        self.clock = Clock()
        self.cache = DiskStore(folder / "cache")
        self.state = DiskStore(folder / "state")
        self.settings = Settings.model_validate(
            {"time_zone": "UTC", "sync": {"history_days": history_days}, **settings}
        )
        self.intercom = FakeIntercom()
        self.aircall = FakeAircall() if aircall else None
        self.events = EventQueue(self.state, self.cache, self.clock)
        self._read_pointer: bytes | None = None
        self._snapshot: Snapshot | None = None
        self.restart()

    def restart(self, **settings: Any) -> None:
        """As after kill -9: another collector takes over what is published."""
        self.settings = Settings.model_validate(self.settings.model_dump() | settings)
        self.run = CollectorRun(
            self.intercom,
            self.aircall,
            epoch=raise_epoch(self.cache, self.clock),
            cache=self.cache,
            state=self.state,
            settings=self.settings,
            clock=self.clock,
            events=self.events,
        )

    def fill(self, count: int, per_day: int) -> None:
        """So many conversations and calls, evenly spread over the days before."""
        for n in range(count):
            self.intercom.put(n, NOW - n * DAY / per_day)
            self.aircall.put(n + 1, NOW - n * DAY / per_day)

    def minute(self, publish: bool = True, seconds: float = 60) -> None:
        self.clock.now += seconds
        for worker in self.run.workers:
            worker.step()
        if publish:
            self.run.publish()

    def step(self) -> bool:
        """One page for each vendor, published; whether there is more to do."""
        busy = [worker.step() for worker in self.run.workers]
        self.run.publish()
        return any(busy)

    def moment(self, seconds: float = 1) -> int | None:
        """Until nothing more is said; the version, where there has to be one."""
        self.clock.now += seconds
        for worker in self.run.workers:
            while worker.events is not None and worker.events.step():
                worker._notify("live")
        return self.run.publish() if self.run.wait(0) else None

    def everything(self, publish: bool = True) -> None:
        """The first reading, and all of the history."""
        self.minute(publish=False)
        for worker in self.run.workers:
            for _ in range(3000):
                if not worker.step():
                    break
            else:
                raise AssertionError("the history never ends")
        if publish:
            self.run.publish()

    def snapshot(self) -> Snapshot:
        """The newest version, read from the cache as a web process that starts would read it."""
        pointer = self.cache.get(POINTER_KEY)
        if pointer != self._read_pointer or self._snapshot is None:
            self._snapshot = Dataset(self.cache, self.settings.rules, clock=self.clock).snapshot()
            self._read_pointer = pointer
        assert self._snapshot is not None
        return self._snapshot

    def ids(self, table: str = "conversations") -> list[str]:
        return sorted(getattr(self.snapshot().tables, table)["id"])

    def agents(self) -> Any:
        return by_id(self.snapshot().tables.agents)
