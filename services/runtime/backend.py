"""What the web side works with, in one bundle that is handed to the callbacks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256

from metrics.model.definitions import Rules
from services.accounts.accounts import Accounts
from services.accounts.audit import Audit
from services.accounts.heartbeats import Heartbeats
from services.accounts.second_factor import SecondFactor
from services.accounts.sessions import Sessions
from services.accounts.tokens import Tokens
from services.files import schedule
from services.robot import alert_settings as rules
from services.robot.service import AlertService
from services.runtime.process_report import ProcessReport
from services.settings.config import Environment, Settings
from services.settings.links import IntercomLinks, workspace_id
from services.snapshot.dataset import Dataset, Snapshot
from services.storage.command_queue import CommandQueue
from services.storage.store import Store


@dataclass(frozen=True)
class Backend:
    """Settings, stores, the newest snapshot, and every service over them, made once."""

    settings: Settings
    environment: Environment  # the secret key is always there
    cache: Store  # what comes from customers
    state: Store  # what people decided
    dataset: Dataset
    clock: Callable[[], float] = time.time  # Unix seconds
    _remembered: dict[bytes, Rules] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.state, self.settings)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.state, self.settings, self.clock)

    @cached_property
    def second_factor(self) -> SecondFactor:
        return SecondFactor(self.state, self.clock)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.state, self.clock)

    @cached_property
    def heartbeats(self) -> Heartbeats:
        return Heartbeats(self.state, self.clock)

    @cached_property
    def audit(self) -> Audit:
        key = self.environment.secret_key
        days = self.settings.access.audit_days
        return Audit(self.state, days, self.clock, key.get_secret_value() if key else "")

    @cached_property
    def alerts(self) -> AlertService:
        return AlertService(self.state, self.settings, self.clock)

    @cached_property
    def commands(self) -> CommandQueue:
        return CommandQueue(self.state)

    @cached_property
    def process_report(self) -> ProcessReport:
        return ProcessReport(self.cache, "web", self.clock)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def rules(self) -> Rules:
        """The agreements that the measures need, as they hold now.

        What people changed on the alerts page is in the place of what config.yaml says: the wall
        marks what the robot tells.
        """
        return self._apply_edits(self._read_edits())

    def links(self, snapshot: Snapshot) -> IntercomLinks:
        app_id = workspace_id(self.environment.intercom_app_id, snapshot.meta)
        return IntercomLinks(self.settings, app_id)

    def edition(self, snapshot: Snapshot | None) -> str:
        """A version together with what people decided; what is shown depends on both."""
        if snapshot is None:
            return "0"
        edits = self._read_edits() + (self.state.get(schedule.KEY) or b"")
        mark = f".{sha256(edits).hexdigest()[:12]}" if edits else ""
        return f"{snapshot.version}{mark}"

    def _read_edits(self) -> bytes:
        return self.state.get(rules.KEY) or b""

    def _apply_edits(self, edits: bytes) -> Rules:
        # Read once: another thread may put those of newer edits in their place at any moment.
        remembered = self._remembered.get(edits)
        if remembered is None:
            remembered = rules.apply_edits(self.settings, edits or None).settings.rules()
            self._remembered.clear()
            self._remembered[edits] = remembered
        return remembered
