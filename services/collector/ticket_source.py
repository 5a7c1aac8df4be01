"""What is read of Intercom's tickets, and when; a source of its own beside the conversations.

Its requests share the pace of the same client. What goes wrong here is nobody else's trouble: a
token that may not read tickets leaves everything else as it is.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from services.collector.backfill import DAY, Backfill
from services.collector.deletion_scan import DeletionScan, ScannedTable
from services.collector.intercom_source import OVERLAP_SECONDS, SKEW_SECONDS, list_update_instants
from services.collector.recheck import ListedPage, RecheckedTable
from services.collector.row_buffer import IS_OPEN, RowBuffer
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
from services.vendors.json_body import choose_rows
from services.vendors.pages import Page
from services.vendors.tables import tickets_table

# One refresh in so many looks for deleted tickets instead of changes.
SCAN_EVERY = 5


class TicketSource:
    """`find_error` gives what is wrong with Intercom as a whole: then it is not asked twice."""

    name: str = "tickets"
    vendor: str = "intercom"
    credentials: str = "INTERCOM_TOKEN"

    def __init__(
        self,
        intercom: Intercom,
        buffer: RowBuffer,
        settings: Settings,
        clock: Callable[[], float],
        find_error: Callable[[], ServiceError | None] = lambda: None,
    ) -> None:
        self._find_error = find_error
        self._intercom = intercom
        self._buffer = buffer
        self._setting = settings.backoffice
        self._clock = clock
        self._history_days = settings.sync.history_days
        self._is_in_scope = build_scope_check(self._setting)
        self._scope = build_scope_filter(self._setting, settings.intercom.version)
        scanned = ScannedTable(
            "tickets",
            [self._read_open_page],
            intercom.get_ticket,
            IS_OPEN["tickets"],
            self.add_rows,
        )
        self._deletion_scan = DeletionScan(scanned, buffer)
        self.rechecked = RecheckedTable(
            "tickets",
            self._read_created_page,
            self._read_older_page,
            intercom.get_ticket,
            self.add_rows,
        )
        self._refreshes = 0
        self._has_any = False
        self.read_at: float | None = None
        self.history = Backfill(self._read_between, self.add_rows)
        self.updated: int | None = None
        self.is_live = False

    @property
    def warning(self) -> str | None:
        doubt = self._deletion_scan.doubt
        return doubt and f"not believed: {doubt}"

    @property
    def version(self) -> str | None:
        return self._intercom.answered_version

    def count_recent_requests(self) -> int:
        return 0  # They are among those of Intercom.

    def count_outcomes(self) -> dict[str, int]:
        return {}

    def start(self) -> None:
        """NotOfferedError: this token may not read tickets, or this version cannot search them."""
        self._check_intercom()
        with _translate_refusals():
            if self.updated is None:
                self._read_present()
            self._read_changes()
        self.is_live = True

    def refresh(self) -> None:
        """One request, when all is quiet: what changed or, now and then, the deletion scan.

        NotOfferedError where the token may not read tickets any more; or there is none in all of
        the history, so that asking every minute would be in vain.
        """
        self._check_intercom()
        self._refreshes += 1
        with _translate_refusals():
            if self._refreshes % SCAN_EVERY == 0 and self._has_any:
                self._deletion_scan.step()
            else:
                self._read_changes()
        if not self._has_any and self._is_history_read:
            raise NotOfferedError("there is no ticket of these types", "no_tickets")

    def refresh_live(self) -> None:
        """One request, when all is quiet."""
        self._check_intercom()
        with _translate_refusals():
            self._read_changes()

    def add_rows(self, payloads: Sequence[Payload]) -> None:
        """One that left the scope goes."""
        in_scope = choose_rows(payloads, self._is_in_scope)
        if in_scope:
            self._has_any = True
            self._buffer.put("tickets", tickets_table(in_scope, self._setting))
        if len(in_scope) < len(payloads):
            in_scope_ids = {str(payload["id"]) for payload in in_scope}
            other_ids = {str(payload["id"]) for payload in payloads} - in_scope_ids
            self._buffer.remove("tickets", other_ids)

    def build_watermark(self) -> dict[str, Any]:
        return {
            "updated": self.updated,
            "history": self.history.build_watermark(),
            "setting": self._hash_settings(),
        }

    def resume(self, watermark: dict[str, Any], *, whole: bool) -> None:
        """Under other settings everything is read anew."""
        if watermark.get("setting") != self._hash_settings():
            self._buffer.clear("tickets")
        elif whole and watermark.get("updated") is not None:
            self.updated = watermark["updated"]
            self.history.resume(watermark.get("history") or {})
            self._has_any = any(True for _ in self._buffer.list_frames("tickets"))

    def _check_intercom(self) -> None:
        """Fail as the conversations did where that concerns the vendor, not their own search."""
        error = self._find_error()
        if isinstance(error, UnauthorizedError | RateLimitedError | UnavailableError):
            raise error

    def _hash_settings(self) -> str:
        relevant = self._setting.model_dump_json(
            include={"ticket_types", "attributes", "status_phrase"}
        )
        return hashlib.sha256(relevant.encode()).hexdigest()[:16]

    @property
    def _is_history_read(self) -> bool:
        # A day less, since the first one is cut by the time of day.
        return self.history.is_done(int(self._clock()) - (self._history_days - 1) * DAY)

    def _read_between(self, since: int, until: int) -> Iterator[Page]:
        return self._intercom.list_updated_tickets(since, until, self._scope)

    def _read_open_page(self, cursor: str | None) -> tuple[Sequence[Payload], str | None]:
        return self._intercom.get_open_tickets_page(cursor, self._scope)

    def _read_created_page(self, since: int, until: int, cursor: str | None) -> ListedPage:
        return self._intercom.get_created_tickets_page(since, until, cursor, self._scope)

    def _read_older_page(self, before: int, since: int, cursor: str | None) -> ListedPage:
        return self._intercom.get_older_tickets_page(before, since, cursor, self._scope)

    def _read_present(self) -> None:
        """Everything open; history ends, and changes begin, at the newest of it."""
        now = int(self._clock())
        newest = now - DAY
        for page in self._intercom.list_open_tickets(self._scope):
            self.add_rows(page.rows)
            newest = max([newest, *list_update_instants(page)])
        self.updated = min(newest, now)
        self.history.start(self.updated)

    def _read_changes(self) -> None:
        assert self.updated is not None
        newest = self.updated
        for page in self._intercom.list_updated_tickets(
            self.updated - OVERLAP_SECONDS, scope=self._scope
        ):
            self.add_rows(page.rows)
            newest = max([newest, *list_update_instants(page)])
        # Only a complete pass gets here, so nothing in between can be missing.
        self.updated = min(newest, int(self._clock()) + SKEW_SECONDS)
        self.read_at = self._clock()


@contextmanager
def _translate_refusals() -> Iterator[None]:
    try:
        yield
    except ForbiddenError as error:
        message = f"the token may not read tickets: {error}"
        raise NotOfferedError(message, "no_permission") from error
    except NotFoundError as error:
        raise NotOfferedError(f"there is no search for tickets: {error}", "no_search") from error
