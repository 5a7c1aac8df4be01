"""A store as a collector would have filled it, and a web server in front of it."""

import argparse
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import polars as pl
from playwright.sync_api import Page

from bench.soak_wall import answers, prepared, running, wait_for
from bench.world import HISTORY_DAYS, NOW, build_world, split_by_day
from services.accounts.accounts import Accounts
from services.runtime.backend import Backend
from services.runtime.deployment import claim_cache, identify_owner, open_stores
from services.settings.config import load_environment, load_settings
from services.settings.decisions import Decisions
from services.snapshot.dataset import Dataset
from services.snapshot.manifest import History, PartitionId, SourceStatus
from services.snapshot.snapshot import SnapshotWriter
from services.storage.lease import raise_epoch

EMAIL, PASSWORD = "gestora@example.com", secrets.token_urlsafe(16)
EXPIRE_SECONDS = 86_400
HISTORY = History(
    HISTORY_DAYS,
    HISTORY_DAYS,
    complete=True,
    first_day=(NOW - timedelta(days=HISTORY_DAYS - 1)).date(),
)
SOURCES = {name: SourceStatus("ok", NOW) for name in ("intercom", "aircall")}


class Published:
    """What a collector would have published, and a `backend` that reads it in this process."""

    def __init__(
        self, writer: SnapshotWriter, parts: dict[PartitionId, pl.DataFrame], backend: Backend
    ) -> None:
        self._writer = writer
        self.backend = backend
        self.parts = parts
        self.publish(parts)

    def publish(self, changed: Mapping[PartitionId, pl.DataFrame] | None = None) -> None:
        """A new version, of the same rows unless others are given."""
        self._writer.publish(changed or {}, SOURCES, HISTORY)


@contextmanager
def served(folder: Path, arguments: argparse.Namespace) -> Iterator[tuple[Published, str]]:
    """The store, and the address of the server that reads it."""
    environ, url = prepared(folder, HISTORY_DAYS)
    environment = load_environment(environ)
    stores = open_stores(environment)
    try:
        settings = load_settings(environment.vigia_config)
        Accounts(stores.state, settings).add(EMAIL, "Gestora", "manager", PASSWORD)
        parts = split_by_day(build_world(arguments.conversations, arguments.calls))
        with running(folder, environ, "web"):
            # The first process of a deployment empties what others left.
            wait_for(lambda: answers(f"{url}/healthz"))
            claim_cache(stores.cache, identify_owner(environment, settings, stores.deployment))
            writer = SnapshotWriter(
                stores.cache,
                epoch=raise_epoch(stores.cache, time.time),
                expire_seconds=EXPIRE_SECONDS,
                clock=NOW.timestamp,
            )
            backend = Backend(
                decisions=Decisions(stores.state, settings, environment),
                cache=stores.cache,
                state=stores.state,
                dataset=Dataset(stores.cache, settings.rules),
            )
            store = Published(writer, parts, backend)
            wait_for(lambda: answers(f"{url}/readyz"))
            yield store, url
    finally:
        stores.close()


def sign_in(page: Page) -> None:
    page.goto("/login")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url, timeout=60_000)
    page.wait_for_load_state("networkidle")
