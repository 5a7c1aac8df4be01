"""What the web side works with, in one bundle that is handed to the callbacks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from metrics.model.definitions import Rules
from services.accounts.accounts import Accounts
from services.accounts.audit import Audit
from services.accounts.sessions import Sessions
from services.files import schedule
from services.robot import alert_settings as rules
from services.settings.config import Environment, Settings
from services.snapshot.dataset import Dataset, Snapshot
from services.storage.store import Store


@dataclass(frozen=True)
class Backend:
    """Settings, stores and the newest snapshot.

    Attributes:
        settings: Of config.yaml.
        environment: Secrets and addresses; the secret key is always there.
        cache: What comes from customers.
        state: What people decided.
        dataset: The newest snapshot.
        accounts: Who may sign in.
        sessions: Who is signed in.
        clock: Unix seconds.
    """

    settings: Settings
    environment: Environment
    cache: Store
    state: Store
    dataset: Dataset
    accounts: Accounts
    sessions: Sessions
    clock: Callable[[], float]
    _known: dict[bytes, Rules] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rules(self) -> Rules:
        """The agreements that the measures need, as they hold now.

        What people changed on the alerts page is in the place of what config.yaml says: the wall
        marks what the robot tells.
        """
        return self._rules(self._changes())

    def edition(self, snapshot: Snapshot | None) -> str:
        """Names a version together with what people decided; what is shown depends on both."""
        if snapshot is None:
            return "0"
        changes = self._changes() + (self.state.get(schedule.KEY) or b"")
        mark = f".{sha256(changes).hexdigest()[:12]}" if changes else ""
        return f"{snapshot.version}{mark}"

    def _changes(self) -> bytes:
        return self.state.get(rules.KEY) or b""

    def _rules(self, changes: bytes) -> Rules:
        if changes not in self._known:
            held = rules.read(self.settings, changes or None).settings.rules()
            self._known.clear()
            self._known[changes] = held
            return held
        return self._known[changes]

    @property
    def audit(self) -> Audit:
        """Where it is noted who did what."""
        key = self.environment.secret_key
        days = self.settings.access.audit_days
        return Audit(self.state, days, self.clock, key.get_secret_value() if key else "")
