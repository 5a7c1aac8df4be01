"""What the web side works with, in one bundle that is handed to the callbacks."""

from collections.abc import Callable
from dataclasses import dataclass

from metrics.rules import Rules
from services.accounts import Accounts
from services.audit import Audit
from services.config import Environment, Settings
from services.dataset import Dataset
from services.sessions import Sessions
from services.store import Store


@dataclass(frozen=True)
class Backend:
    """Settings, stores and the newest snapshot.

    Attributes:
        settings: Of config.yaml.
        environment: Secrets and addresses; the secret key is always there.
        rules: The agreements that the measures need.
        cache: What comes from customers.
        state: What people decided.
        dataset: The newest snapshot.
        accounts: Who may sign in.
        sessions: Who is signed in.
        clock: Unix seconds.
    """

    settings: Settings
    environment: Environment
    rules: Rules
    cache: Store
    state: Store
    dataset: Dataset
    accounts: Accounts
    sessions: Sessions
    clock: Callable[[], float]

    @property
    def audit(self) -> Audit:
        """Where it is noted who did what."""
        key = self.environment.secret_key
        days = self.settings.access.audit_days
        return Audit(self.state, days, self.clock, key.get_secret_value() if key else "")
