"""What is read from Intercom, and when: the present first, history, then minute by minute."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from metrics.model.schema import fold_label
from services.collector.backfill import DAY, Backfill
from services.collector.deletion_scan import DeletionScan, ScannedTable
from services.collector.optional_lists import OptionalLists
from services.collector.recheck import RecheckedTable
from services.collector.row_buffer import IS_OPEN, RowBuffer
from services.settings.config import Settings
from services.vendors.http import Payload
from services.vendors.intercom import Intercom
from services.vendors.intercom_rows import AttributeTypes
from services.vendors.json_body import choose_rows
from services.vendors.pages import Page
from services.vendors.tables import conversations_table

# Whether a search finds a change at once is not settled: the last minutes are read again.
OVERLAP_SECONDS = 300
HOUR = 3600
# No update lies further ahead of us than that, however wrong our own clock.
SKEW_SECONDS = 3600
LISTED: tuple[Literal["open", "snoozed"], ...] = ("open", "snoozed")


class IntercomSource:
    name: str = "intercom"
    read_at: float | None = None
    vendor: str = "intercom"
    credentials: str = "INTERCOM_TOKEN"

    def __init__(
        self, intercom: Intercom, buffer: RowBuffer, settings: Settings, clock: Callable[[], float]
    ) -> None:
        self._intercom = intercom
        self._buffer = buffer
        self._signs = settings.calls_in_conversations
        self._merged = settings.merged
        attributes = settings.attributes
        self._reason_labels = attributes.reason, attributes.second_reason
        self._zone = settings.zone
        self._types = AttributeTypes(zone=self._zone)
        self._clock = clock
        lists = [partial(intercom.get_state_page, state) for state in LISTED]
        scanned = ScannedTable(
            "conversations",
            lists,
            intercom.get_conversation,
            IS_OPEN["conversations"],
            self.add_rows,
        )
        self._deletion_scan = DeletionScan(scanned, buffer)
        self.rechecked = RecheckedTable(
            "conversations",
            intercom.get_created_page,
            intercom.get_older_page,
            intercom.get_conversation,
            self.add_rows,
            intercom.get_deleted_page if settings.intercom.version == "2.16" else None,
            self._remove_rows,
        )
        self._deleted: set[str] = set()
        self._hourly_tasks: list[Callable[[], None]] = []
        self._hourly_at = 0.0
        self._optional = OptionalLists()
        self._advanced_at = 0.0
        self._is_overlap_long = False
        self.history = Backfill(intercom.list_updated_conversations, self.add_rows)
        self.updated: int | None = None
        self.is_live = False
        self.app: Payload = {}
        self.admins: list[Payload] = []
        self.teams: list[Payload] = []
        self.reasons: list[Payload] = []
        self.attributes: list[str] = []
        self.words: dict[str, list[str]] = {}

    @property
    def warning(self) -> str | None:
        doubt = self._deletion_scan.doubt
        parts = (self._intercom.warning, self._optional.warning, doubt and f"not believed: {doubt}")
        return "; ".join(filter(None, parts)) or None

    @property
    def version(self) -> str | None:
        return self._intercom.answered_version

    def list_reasons(self) -> list[str]:
        """The workspace's own words for reasons; what somebody typed is none of them."""
        labels = {fold_label(label) for label in self._reason_labels}
        known = (words for label, words in self.words.items() if fold_label(label) in labels)
        return sorted({word for words in known for word in words})

    def count_recent_requests(self) -> int:
        return self._intercom.count_recent_requests()

    def count_outcomes(self) -> dict[str, int]:
        return self._intercom.count_outcomes()

    def start(self) -> None:
        """The present state; after a restart, what changed since."""
        self.app = self._intercom.get_me().get("app") or {}
        self.admins = self._intercom.list_admins()
        self._read_teams()
        self._read_reasons()
        self._read_attributes()
        self._hourly_at = self._clock()
        if self.updated is None:
            self._read_present()
        self._read_changes()
        self.is_live = True

    def refresh_live(self) -> None:
        """Two requests when all is quiet."""
        self._read_changes()
        self.read_people()

    def read_people(self) -> None:
        self.admins = self._intercom.list_admins()

    def refresh(self) -> None:
        """Three requests when all is quiet."""
        self.refresh_live()
        if abs(self._clock() - self._hourly_at) >= HOUR:
            self._hourly_tasks = [self._read_teams, self._read_reasons, self._read_attributes]
            self._hourly_at = self._clock()
        if self._hourly_tasks:
            # In place of the deletion scan, so that no minute costs more than another.
            self._hourly_tasks[0]()
            self._hourly_tasks.pop(0)
        else:
            self._deletion_scan.step()

    def add_rows(self, payloads: Sequence[Payload]) -> None:
        """What the vendor says is deleted stays so, though a search may still find it."""
        there = choose_rows(payloads, lambda payload: str(payload["id"]) not in self._deleted)
        if there:
            rows = conversations_table(there, self._signs, self._merged, self._types)
            self._buffer.put("conversations", rows)

    def build_watermark(self) -> dict[str, Any]:
        return {
            "updated": self.updated,
            "history": self.history.build_watermark(),
            "app": self.app,
            "admins": self.admins,
            "teams": self.teams,
            "reasons": self.reasons,
            "attributes": self.attributes,
            "words": self.words,
        }

    def resume(self, watermark: dict[str, Any], *, whole: bool) -> None:
        """Where the published rows are not whole, they are read anew."""
        self.app = watermark.get("app") or {}
        self.admins = watermark.get("admins") or []
        self.teams = watermark.get("teams") or []
        self.reasons = watermark.get("reasons") or []
        self.attributes = watermark.get("attributes") or []
        self.words = watermark.get("words") or {}
        if whole and watermark.get("updated") is not None:
            self.updated = watermark["updated"]
            self.history.resume(watermark.get("history") or {})

    def _remove_rows(self, ids: list[str]) -> int:
        """How many of them were there."""
        self._deleted.update(ids)
        return self._buffer.remove("conversations", ids)

    def _read_present(self) -> None:
        """Everything open and snoozed; history ends, and changes begin, at the newest of it.

        The vendor's own instants are the clock here: ours may be wrong.
        """
        now = int(self._clock())
        newest = now - DAY
        for state in LISTED:
            for page in self._intercom.list_conversations_in_state(state):
                self.add_rows(page.rows)
                newest = max([newest, *list_update_instants(page)])
        self.updated = min(newest, now)
        self._advanced_at = self._clock()
        self.history.start(self.updated)

    def _read_changes(self) -> None:
        assert self.updated is not None
        newest, pages = self.updated, 0
        for page in self._intercom.list_updated_conversations(self._find_start()):
            self.add_rows(page.rows)
            newest = max([newest, *list_update_instants(page)])
            pages += 1
        # Only a complete pass gets here, so nothing in between can be missing.
        newest = min(newest, int(self._clock()) + SKEW_SECONDS)
        if newest > self.updated:
            self.updated, self._advanced_at = newest, self._clock()
            self._is_overlap_long = False
        self._is_overlap_long = self._is_overlap_long or pages > 1

    def _find_start(self) -> int:
        """Where the next pass begins.

        After a bulk change the overlap may fill many pages, and where nothing else happens it
        would be read again all night. Once it has been read over for as long as it lasts, it has
        served its purpose.
        """
        assert self.updated is not None
        if self._is_overlap_long and self._clock() - self._advanced_at > OVERLAP_SECONDS:
            return self.updated + 1
        return self.updated - OVERLAP_SECONDS

    def _read_teams(self) -> None:
        with self._optional.read("teams"):
            self.teams = self._intercom.list_teams()

    def _read_reasons(self) -> None:
        with self._optional.read("away reasons"):
            self.reasons = self._intercom.list_away_status_reasons()

    def _read_attributes(self) -> None:
        with self._optional.read("attributes"):
            rows = self._intercom.list_conversation_attributes()
            named = {str(row.get("label") or row.get("name") or ""): row for row in rows}
            self.attributes = list(named)
            self.words = {label: _list_words(row) for label, row in named.items()}
            data_types = {fold_label(k): str(row.get("data_type")) for k, row in named.items()}
            self._types = AttributeTypes(data_types, self._zone)


def list_update_instants(page: Page) -> list[int]:
    return [row["updated_at"] for row in page.rows if isinstance(row.get("updated_at"), int)]


def _list_words(attribute: Payload) -> list[str]:
    """The values among which the workspace lets choose; none where anything may be typed."""
    options = attribute.get("options") or ()
    words = [one.get("label") if isinstance(one, dict) else one for one in options]
    return [str(word).strip() for word in words if word]
