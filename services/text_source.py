"""What is read from Intercom, and when: the present first, history, then minute by minute."""

import logging
from collections.abc import Callable
from typing import Any

from services.backfill import DAY, Backfill
from services.config import Settings
from services.errors import ForbiddenError, NotFoundError
from services.holdings import Holdings
from services.http import Payload
from services.intercom import Intercom, Page
from services.sweep import Sweep
from services.tables import conversations_table

log = logging.getLogger(__name__)

OVERLAP_SECONDS = 300
HOUR = 3600


class TextSource:
    """Conversations and people of Intercom.

    Args:
        intercom: The client.
        holdings: Where the rows go.
        settings: Signs of calls among the conversations.
        clock: Unix seconds.
    """

    name: str = "intercom"

    def __init__(
        self,
        intercom: Intercom,
        holdings: Holdings,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._intercom = intercom
        self._holdings = holdings
        self._signs = settings.calls_in_conversations
        self._clock = clock
        self._sweep = Sweep(intercom, holdings, self.keep)
        self._hourly: list[Callable[[], None]] = []
        self._hourly_at = 0.0
        self._missing: set[str] = set()
        self.history = Backfill(self._between, self.keep)
        self.updated: int | None = None
        self.is_live = False
        self.app: Payload = {}
        self.admins: list[Payload] = []
        self.teams: list[Payload] = []
        self.reasons: list[Payload] = []
        self.attributes: list[str] = []

    @property
    def warning(self) -> str | None:
        """What a manager should know although all is well."""
        parts = [self._intercom.warning]
        if self._missing:
            parts.append("not to be had with this token: " + ", ".join(sorted(self._missing)))
        return "; ".join(part for part in parts if part) or None

    @property
    def version(self) -> str | None:
        """The version that answered."""
        return self._intercom.answered_version

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""
        return self._intercom.requests_last_minute()

    def first(self) -> None:
        """The present state; after a restart, what changed since."""
        self.app = self._intercom.me().get("app") or {}
        self.admins = self._intercom.admins()
        self._read_teams()
        self._read_reasons()
        self._read_attributes()
        self._hourly_at = self._clock()
        if self.updated is None:
            self._read_present()
        self._read_changes()
        self.is_live = True

    def minute(self) -> None:
        """What changed: three requests when all is quiet."""
        self._read_changes()
        self.admins = self._intercom.admins()
        if self._clock() - self._hourly_at >= HOUR:
            self._hourly = [self._read_teams, self._read_reasons, self._read_attributes]
            self._hourly_at = self._clock()
        if self._hourly:
            self._hourly.pop()()
        else:
            self._sweep.step()

    def keep(self, payloads: list[Payload]) -> None:
        """Put conversations where they belong."""
        self._holdings.put("conversations", conversations_table(payloads, self._signs))

    def watermark(self) -> dict[str, Any]:
        """What a restart needs to go on."""
        return {"updated": self.updated, "history": self.history.watermark()}

    def resume(self, watermark: dict[str, Any]) -> None:
        """Go on from what was published."""
        self.updated = watermark["updated"]
        self.history.resume(watermark["history"])

    def _between(self, since: int, until: int) -> Any:
        return self._intercom.conversations_updated(since, until)

    def _read_present(self) -> None:
        """Everything open and snoozed; history ends, and changes begin, at the newest of it.

        The vendor's own instants are the clock here: ours may be wrong.
        """
        now = int(self._clock())
        newest = now - DAY
        for state in ("open", "snoozed"):
            for page in self._intercom.conversations_in_state(state):
                self.keep(page.rows)
                newest = max(newest, *_updates(page), newest)
        self.updated = min(newest, now)
        self.history.start(self.updated)

    def _read_changes(self) -> None:
        assert self.updated is not None
        newest = self.updated
        for page in self._intercom.conversations_updated(self.updated - OVERLAP_SECONDS):
            self.keep(page.rows)
            newest = max(newest, *_updates(page), newest)
        # Only a complete pass gets here, so nothing in between can be missing.
        self.updated = newest

    def _read_teams(self) -> None:
        self.teams = self._intercom.teams()

    def _read_reasons(self) -> None:
        self.reasons = self._optional("away reasons", self._intercom.away_status_reasons)

    def _read_attributes(self) -> None:
        found = self._optional("attributes", self._intercom.conversation_attributes)
        self.attributes = [str(row.get("label") or row.get("name") or "") for row in found]

    def _optional(self, feature: str, read: Callable[[], list[Payload]]) -> list[Payload]:
        """What a token may lack: its absence switches off just its feature."""
        try:
            rows = read()
        except ForbiddenError:
            self._missing.add(feature)
            return []
        except NotFoundError:
            return []
        self._missing.discard(feature)
        return rows


def _updates(page: Page) -> list[int]:
    return [row["updated_at"] for row in page.rows if isinstance(row.get("updated_at"), int)]
