"""What is read of Intercom's tickets, and when; a source of its own beside the conversations.

Its requests share the pace of the same client. What goes wrong here is nobody else's trouble: a
token that may not read tickets leaves everything else as it is.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd

from services.collector.backfill import DAY, Backfill
from services.collector.deletion_scan import DeletionScan, ScannedList
from services.collector.intercom_source import OVERLAP_SECONDS, SKEW_SECONDS
from services.collector.row_buffer import RowBuffer
from services.errors import (
    ForbiddenError,
    NotFoundError,
    NotOfferedError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
    UnavailableError,
)
from services.settings.config import Settings
from services.vendors.http import Payload
from services.vendors.intercom import Intercom
from services.vendors.intercom_rows import build_scope_check, build_scope_filter
from services.vendors.pages import Page
from services.vendors.tables import tickets_table

# One minute in so many looks for deleted tickets instead of changes.
SWEEP_EVERY = 5


class TicketSource:
    """Tickets of the second line.

    Args:
        intercom: The client, shared with the conversations.
        buffer: Where the rows go.
        settings: Types in scope, labels of attributes.
        clock: Unix seconds.
        trouble: What is wrong with Intercom as a whole, if anything: then it is not asked twice.
    """

    name: str = "tickets"
    vendor: str = "intercom"
    credentials: str = "INTERCOM_TOKEN"
    warning: str | None = None

    def __init__(
        self,
        intercom: Intercom,
        buffer: RowBuffer,
        settings: Settings,
        clock: Callable[[], float],
        trouble: Callable[[], ServiceError | None] = lambda: None,
    ) -> None:
        self._trouble = trouble
        self._intercom = intercom
        self._buffer = buffer
        self._setting = settings.backoffice
        self._clock = clock
        self._history_days = settings.sync.history_days
        self._is_meant = build_scope_check(self._setting)
        self._scope = build_scope_filter(self._setting, settings.intercom.version)
        swept = ScannedList("tickets", [self._listed], intercom.get_ticket, _is_listed, self.keep)
        self._sweep = DeletionScan(swept, buffer)
        self._minutes = 0
        self._has_any = False
        self.read_at: float | None = None
        self.history = Backfill(self._between, self.keep)
        self.updated: int | None = None
        self.is_live = False

    @property
    def version(self) -> str | None:
        """The version that answered."""
        return self._intercom.answered_version

    def count_recent_requests(self) -> int:
        """None of its own: they are among those of Intercom."""
        return 0

    def first(self) -> None:
        """Everything open; after a restart, what changed since.

        Raises:
            NotOfferedError: This token may not read tickets, or this version cannot search them.
        """
        self._give_way()
        with _refusals():
            if self.updated is None:
                self._read_present()
            self._read_changes()
        self.is_live = True

    def minute(self) -> None:
        """One request, when all is quiet: what changed or, now and then, the sweep.

        Raises:
            NotOfferedError: The token may not read tickets any more; or there is none in all of
                the history, so that asking every minute would be in vain.
        """
        self._give_way()
        self._minutes += 1
        with _refusals():
            if self._minutes % SWEEP_EVERY == 0 and self._has_any:
                self._sweep.step()
            else:
                self._read_changes()
        if not self._has_any and self._is_history_read:
            raise NotOfferedError("there is no ticket of these types", "no_tickets")

    def keep(self, payloads: list[Payload]) -> None:
        """Put tickets where they belong; one that left the scope goes."""
        meant = [payload for payload in payloads if self._is_meant(payload)]
        if meant:
            self._has_any = True
            self._buffer.put("tickets", tickets_table(meant, self._setting))
        if len(meant) < len(payloads):
            kept = {str(payload["id"]) for payload in meant}
            others = {str(payload["id"]) for payload in payloads} - kept
            self._buffer.remove("tickets", others)

    def watermark(self) -> dict[str, Any]:
        """What a restart needs to go on."""
        return {
            "updated": self.updated,
            "history": self.history.watermark(),
            "setting": self._fingerprint(),
        }

    def resume(self, watermark: dict[str, Any], *, whole: bool) -> None:
        """Go on from what was published; under other settings everything is read anew."""
        if watermark.get("setting") != self._fingerprint():
            self._buffer.clear("tickets")
        elif whole and watermark.get("updated") is not None:
            self.updated = watermark["updated"]
            self.history.resume(watermark.get("history") or {})
            self._has_any = any(True for _ in self._buffer.frames("tickets"))

    def _give_way(self) -> None:
        """Fail as the conversations did where that concerns the vendor, not their own search."""
        trouble = self._trouble()
        if isinstance(trouble, UnauthorizedError | RateLimitedError | UnavailableError):
            raise trouble

    def _fingerprint(self) -> str:
        """Of the settings that rows depend on."""
        relevant = self._setting.model_dump_json(
            include={"ticket_types", "attributes", "status_phrase"}
        )
        return hashlib.sha256(relevant.encode()).hexdigest()[:16]

    @property
    def _is_history_read(self) -> bool:
        # A day less, since the first one is cut by the time of day.
        return self.history.is_done(int(self._clock()) - (self._history_days - 1) * DAY)

    def _between(self, since: int, until: int) -> Iterator[Page]:
        return self._intercom.list_updated_tickets(since, until, self._scope)

    def _listed(self, cursor: str | None) -> tuple[list[Payload], str | None]:
        return self._intercom.get_open_tickets_page(cursor, self._scope)

    def _read_present(self) -> None:
        """Everything open; history ends, and changes begin, at the newest of it."""
        now = int(self._clock())
        newest = now - DAY
        for page in self._intercom.list_open_tickets(self._scope):
            self.keep(page.rows)
            newest = max([newest, *_updates(page)])
        self.updated = min(newest, now)
        self.history.start(self.updated)

    def _read_changes(self) -> None:
        assert self.updated is not None
        newest = self.updated
        for page in self._intercom.list_updated_tickets(
            self.updated - OVERLAP_SECONDS, scope=self._scope
        ):
            self.keep(page.rows)
            newest = max([newest, *_updates(page)])
        # Only a complete pass gets here, so nothing in between can be missing.
        self.updated = min(newest, int(self._clock()) + SKEW_SECONDS)
        self.read_at = self._clock()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ForbiddenError as error:
        words = f"the token may not read tickets: {error}"
        raise NotOfferedError(words, "no_permission") from error
    except NotFoundError as error:
        raise NotOfferedError(f"there is no search for tickets: {error}", "no_search") from error


def _is_listed(rows: pd.DataFrame) -> pd.Series:
    return rows["is_open"].fillna(False).astype(bool)


def _updates(page: Page) -> list[int]:
    return [row["updated_at"] for row in page.rows if isinstance(row.get("updated_at"), int)]
