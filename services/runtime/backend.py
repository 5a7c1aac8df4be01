"""What the web side works with, in one bundle that is handed to the callbacks."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from metrics.model.definitions import Rules
from services.accounts.accounts import Accounts
from services.accounts.audit import Audit
from services.accounts.heartbeats import Heartbeats
from services.accounts.second_factor import SecondFactor
from services.accounts.sessions import Sessions
from services.accounts.tokens import Tokens
from services.accounts.wall_codes import WallCodes
from services.files import schedule
from services.hooks.event_queue import EventQueue
from services.robot.service import AlertService
from services.runtime.process_report import ProcessReport
from services.settings.config import Environment, Settings
from services.settings.decisions import Decisions
from services.settings.links import IntercomLinks, workspace_id
from services.snapshot.dataset import Dataset, Snapshot
from services.storage.command_queue import CommandQueue
from services.storage.store import Store

if TYPE_CHECKING:
    from services.archive.reader import ArchiveReader


@dataclass(frozen=True)
class Backend:
    """Settings, stores, the newest snapshot, and every service over them."""

    decisions: Decisions  # the secret key is always in their environment
    cache: Store  # what comes from customers
    state: Store  # what people decided
    dataset: Dataset
    clock: Callable[[], float] = time.time  # Unix seconds

    @property
    def settings(self) -> Settings:
        """As they hold now: ask again for every request."""
        return self.decisions.current.settings

    @property
    def environment(self) -> Environment:
        return self.decisions.current.environment

    # What follows the settings is cheap to make, and made for every question.

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.state, self.settings)

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.state, self.settings, self.clock)

    @cached_property
    def second_factor(self) -> SecondFactor:
        return SecondFactor(self.state, self.clock)

    @property
    def wall_codes(self) -> WallCodes:
        key = self.environment.secret_key
        return WallCodes(self.state, key.get_secret_value() if key else "")

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.state, self.clock)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        return Heartbeats(self.state, self.clock)

    @property
    def audit(self) -> Audit:
        key = self.environment.secret_key
        return Audit(
            self.state,
            self.settings.access.audit_days,
            self.clock,
            key.get_secret_value() if key else "",
        )

    @cached_property
    def alerts(self) -> AlertService:
        return AlertService(self.state, self.decisions, self.clock)

    @cached_property
    def commands(self) -> CommandQueue:
        return CommandQueue(self.state)

    @cached_property
    def process_report(self) -> ProcessReport:
        return ProcessReport(self.cache, "web", self.clock)

    @cached_property
    def events(self) -> EventQueue:
        return EventQueue(self.state, self.cache, self.clock)

    @cached_property
    def archive(self) -> "ArchiveReader | None":
        """None without MONGO_URI: then nothing of the driver is imported."""
        uri = self.environment.mongo_uri
        if uri is None:
            return None
        from services.archive.mongo import WRITE_SECONDS, Mongo
        from services.archive.reader import ArchiveReader

        return ArchiveReader(Mongo(uri, self.settings.history.mongo_database, WRITE_SECONDS))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def rules(self) -> Rules:
        """The agreements that the measures need, as they hold at this moment."""
        return self.decisions.load().rules

    def links(self, snapshot: Snapshot) -> IntercomLinks:
        app_id = workspace_id(self.environment.intercom_app_id, snapshot.meta)
        return IntercomLinks(self.settings, app_id)

    def edition(self, snapshot: Snapshot | None) -> str:
        """A version together with what people decided; what is shown depends on both."""
        if snapshot is None:
            return "0"
        edits = self.decisions.load().mark + (self.state.get(schedule.KEY) or b"")
        mark = f".{sha256(edits).hexdigest()[:12]}" if edits else ""
        return f"{snapshot.version}{mark}"
