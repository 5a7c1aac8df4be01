"""A sandbox read to the end by the product's own clients and collector, at a moment that stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from requests.auth import HTTPBasicAuth

from services.collector.run import CollectorRun
from services.sandbox.embedded import Sandbox
from services.settings.config import Settings
from services.snapshot.dataset import Dataset, Snapshot
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from services.vendors.aircall import Aircall
from services.vendors.http import AIRCALL, INTERCOM, BearerAuth, VendorSession
from services.vendors.intercom import Intercom
from tests.worlds.sandboxes import Clock

PER_MINUTE = 100_000


@dataclass
class Collected:
    """A sandbox and what was collected from it."""

    sandbox: Sandbox
    clock: Clock
    settings: Settings
    run: CollectorRun
    dataset: Dataset
    sessions: Sequence[VendorSession]

    def everything(self) -> Snapshot:
        """Read the present and all of the history, publish, and read that back."""
        for worker in self.run.workers:
            while worker.step():
                pass
        self.run.publish()
        snapshot = self.dataset.snapshot()
        assert snapshot is not None
        return snapshot

    def minute(self, seconds: float = 60) -> Snapshot:
        """Let time go by, read what changed, publish."""
        self.clock.now += seconds
        return self.everything()


@contextmanager
def collected(
    folder: Path, at: datetime, settings: Settings, **options: Any
) -> Iterator[Collected]:
    """A running sandbox with a collector in front of it."""
    clock = Clock(at.timestamp())
    cache, state = DiskStore(folder / "cache"), DiskStore(folder / "state")
    with Sandbox(clock=clock, **options) as sandbox:
        sessions = [
            VendorSession(
                vendor,
                sandbox.url,
                key,
                requests_per_minute=PER_MINUTE,
                clock=clock,
                sleep=clock.sleep,
                headers=headers,
            )
            for vendor, key, headers in (
                (INTERCOM, BearerAuth("token"), {"Intercom-Version": settings.intercom.version}),
                (AIRCALL, HTTPBasicAuth("id", "token"), {}),
            )
        ]
        run = CollectorRun(
            Intercom(sessions[0], settings.intercom.version),
            Aircall(sessions[1]),
            epoch=raise_epoch(cache, clock),
            cache=cache,
            state=state,
            settings=settings,
            clock=clock,
        )
        try:
            yield Collected(
                sandbox,
                clock,
                settings,
                run,
                Dataset(cache, settings.rules, clock=clock, poll_seconds=0),
                sessions,
            )
        finally:
            for session in sessions:
                session.close()
            cache.close()
            state.close()


def at(text: str) -> datetime:
    """An instant of ISO form, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
