"""Intercom's API: payloads out, nothing else. `services.vendors.tables` turns them into tables."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Literal
from urllib.parse import quote

from services.errors import BadResponseError, MissingTokenError, NotFoundError
from services.settings.config import Environment, Settings
from services.settings.sections import INTERCOM_VERSIONS
from services.vendors.http import INTERCOM, BearerAuth, Payload, VendorSession
from services.vendors.json_body import choose_rows
from services.vendors.pages import Page, Shortfalls, parse_whole_number, require_rows

VENDOR = "Intercom"
PAGE_SIZE = 150
DELETED_PAGE_SIZE = 60
# A page that does not hold what it says is asked for once more.
PAGE_ATTEMPTS = 2
# Pages in a row that hold nothing, before a list counts as endless.
EMPTY_PAGES = 20
# By so much of the whole an index may be wrong before a list without an end has lost a page.
INDEX_SURPLUS = 0.01
BY_UPDATE = {"field": "updated_at", "order": "ascending"}
BY_CREATION = {"field": "created_at", "order": "ascending"}
MISSING = object()
# What is searched: address, and the name of the list in its answer.
CONVERSATIONS = ("/conversations/search", "conversations")
TICKETS = ("/tickets/search", "tickets")
Kind = tuple[str, str]


def intercom_client(
    environment: Environment, settings: Settings, sleep: Callable[[float], object] = time.sleep
) -> "Intercom":
    if environment.intercom_token is None:
        raise MissingTokenError(
            "INTERCOM_TOKEN is missing: set it, or enter the key at /setup; "
            "`make run` shows Vigia on an invented operation"
        )
    version = settings.intercom.version
    http = VendorSession(
        INTERCOM,
        environment.intercom_base_url,
        BearerAuth(environment.intercom_token.get_secret_value()),
        headers={"Intercom-Version": version},
        requests_per_minute=settings.intercom.requests_per_minute,
        sleep=sleep,
    )
    return Intercom(http, version)


class Intercom:
    def __init__(self, http: VendorSession, version: str) -> None:
        self._http = http
        self._version = version
        self._are_attributes_moved = version == "2.16"
        self._shortfalls = Shortfalls()
        self._listed: dict[str, int] = {}
        self.answered_version: str | None = None

    @property
    def warning(self) -> str | None:
        """Set where rows are missing, and where another version answers than we asked for."""
        parts = [self._shortfalls.warning]
        if self.answered_version not in (None, self._version):
            parts.append(
                f"Intercom answers in version {self.answered_version}, not {self._version}"
            )
        return "; ".join(filter(None, parts)) or None

    def count_recent_requests(self) -> int:
        return self._http.count_recent_requests()

    def count_outcomes(self) -> dict[str, int]:
        return self._http.count_outcomes()

    def get_me(self) -> Payload:
        """The token's own admin, with the workspace under `app`."""
        return self._get("/me")

    def list_admins(self) -> list[Payload]:
        """The bot included; leavers are missing."""
        return [*require_rows(VENDOR, self._get("/admins"), "admins")]

    def list_teams(self) -> list[Payload]:
        return [*require_rows(VENDOR, self._get("/teams"), "teams")]

    def list_away_status_reasons(self) -> list[Payload]:
        """Deleted ones included. NotFoundError before 2.14, ForbiddenError without the right to."""
        if self._version in ("2.9", "2.10", "2.11", "2.12", "2.13"):
            raise NotFoundError("away reasons come with version 2.14")
        return [*require_rows(VENDOR, self._get("/away_status_reasons"), "data")]

    def list_conversation_attributes(self) -> list[Payload]:
        """2.16 moved them to another address."""
        try:
            return self._read_attributes(moved=self._are_attributes_moved)
        except (NotFoundError, BadResponseError) as error:
            if isinstance(error, BadResponseError) and error.status is None:
                raise
        # The version that answers need not be the one we asked for.
        attributes = self._read_attributes(moved=not self._are_attributes_moved)
        self._are_attributes_moved = not self._are_attributes_moved
        return attributes

    def list_updated_conversations(self, since: int, until: int | None = None) -> Iterator[Page]:
        """Conversations updated from `since` to `until` (Unix seconds, both included).

        Oldest update first, so that a row touched while we read moves to the end and is seen
        again instead of being skipped. Whether the vendor's `>` includes its value is not
        settled: we ask one second wider and look exactly.
        """
        yield from self._search_updated(CONVERSATIONS, since, until, [])

    def list_updated_tickets(
        self, since: int, until: int | None = None, scope: Payload | None = None
    ) -> Iterator[Page]:
        """From `since` to `until`, both included; NotFoundError where there is no such search."""
        yield from self._search_updated(TICKETS, since, until, [scope] if scope else [])

    def list_open_tickets(self, scope: Payload | None = None) -> Iterator[Page]:
        """Oldest update first."""
        yield from self._search(TICKETS, _build_open_tickets_query(scope), "open tickets")

    def get_open_tickets_page(
        self, cursor: str | None, scope: Payload | None = None
    ) -> tuple[Sequence[Payload], str | None]:
        """Oldest creation first, and the next page's cursor."""
        query = _build_open_tickets_query(scope)
        return self._read_listed(TICKETS, query, "open tickets", cursor)

    def get_created_tickets_page(
        self, since: int, until: int, cursor: str | None, scope: Payload | None = None
    ) -> tuple[Sequence[Payload], str | None]:
        """Oldest creation first, of those from `since` to `until`, both included."""
        created = _build_range("created_at", since, until)
        return self._read_listed(
            TICKETS, _build_group([scope, *created]), "tickets of a day", cursor
        )

    def get_older_tickets_page(
        self, before: int, since: int, cursor: str | None, scope: Payload | None = None
    ) -> tuple[Sequence[Payload], str | None]:
        """Of those created before an instant and updated since another one."""
        query = _build_group([scope, *_build_older(before, since)])
        return self._read_listed(TICKETS, query, "tickets before the history", cursor)

    def get_ticket(self, ticket_id: str) -> Payload:
        return self._get_object("ticket", ticket_id)

    def list_conversations_in_state(self, state: Literal["open", "snoozed"]) -> Iterator[Page]:
        """Oldest update first."""
        query = _build_filter("state", "=", state)
        yield from self._search(CONVERSATIONS, query, f"{state} conversations")

    def get_state_page(
        self, state: Literal["open", "snoozed"], cursor: str | None
    ) -> tuple[Sequence[Payload], str | None]:
        """Oldest creation first, and the cursor of the next page; None after the last."""
        query = _build_filter("state", "=", state)
        return self._read_listed(CONVERSATIONS, query, f"{state} conversations", cursor)

    def get_created_page(
        self, since: int, until: int, cursor: str | None
    ) -> tuple[Sequence[Payload], str | None]:
        """Oldest creation first, of those from `since` to `until`, both included."""
        query = _build_group(_build_range("created_at", since, until))
        return self._read_listed(CONVERSATIONS, query, "conversations of a day", cursor)

    def get_older_page(
        self, before: int, since: int, cursor: str | None
    ) -> tuple[Sequence[Payload], str | None]:
        """Of those created before an instant and updated since another one."""
        query = _build_group(_build_older(before, since))
        return self._read_listed(CONVERSATIONS, query, "conversations before the history", cursor)

    def get_deleted_page(self, cursor: str | None) -> tuple[Sequence[Payload], str | None]:
        """Ids and `deleted_at`, newest deletion first. NotFoundError before 2.16."""
        if (self.answered_version or self._version) != "2.16":
            raise NotFoundError("the list of deleted conversations comes with version 2.16")
        number = int(cursor or 1)
        params = {"page": number, "per_page": DELETED_PAGE_SIZE, "order": "desc"}
        answer = self._get("/conversations/deleted", params)
        rows = require_rows(VENDOR, answer, "conversations")
        pages = parse_whole_number(_require_paging(answer).get("total_pages"))
        return rows, str(number + 1) if rows and number < pages else None

    def get_conversation(self, conversation_id: str) -> Payload:
        return self._get_object("conversation", conversation_id)

    def _get_object(self, kind: str, object_id: str) -> Payload:
        answer = self._get(f"/{kind}s/{quote(object_id, safe='')}")
        if str(answer.get("id")) != object_id:
            raise BadResponseError(f"Intercom: the answer is not the {kind} asked for")
        return answer

    def _read_listed(
        self, kind: Kind, query: Payload, name: str, cursor: str | None
    ) -> tuple[Sequence[Payload], str | None]:
        answer = self._read_search_page(kind, query, BY_CREATION, name, cursor)
        rows, following = require_rows(VENDOR, answer, kind[1]), _read_next_cursor(answer)
        self._listed[name] = len(rows) + (self._listed.get(name, 0) if cursor else 0)
        # A slow walk may miss what moved meanwhile: it can prove that nothing is missing, no more.
        if following is None and self._listed[name] >= _read_total(answer):
            self._shortfalls.forget(name)
        return rows, following

    def _read_attributes(self, *, moved: bool) -> list[Payload]:
        path, params = "/data_attributes", {"model": "conversation"}
        answer = self._get("/conversations/attributes") if moved else self._get(path, params)
        return [*require_rows(VENDOR, answer, "data", "name")]

    def _search_updated(
        self, kind: Kind, since: int, until: int | None, more: list[Payload]
    ) -> Iterator[Page]:
        query = [*more, *_build_range("updated_at", since, until)]
        name = f"{'older' if until is not None else 'changed'} {kind[1]}"
        for page in self._search(kind, {"operator": "AND", "value": query}, name):
            rows = choose_rows(page.rows, lambda row: _is_updated_within(row, since, until))
            yield replace(page, rows=rows)

    def _search(self, kind: Kind, query: Payload, name: str) -> Iterator[Page]:
        """All pages of a search, oldest update first.

        In this order a row can only move towards the end. So whoever has walked to the end has seen
        at least as many rows as the last page says there are. Fewer are a surplus of the index,
        which is told; a whole page that is missing is an error.
        """
        seen: dict[str, Any] = {}
        cursors: set[str | None] = {None}
        cursor: str | None = None
        empty = 0
        for number in count(1):
            answer = self._read_search_page(kind, query, BY_UPDATE, name, cursor)
            rows = require_rows(VENDOR, answer, kind[1])
            fresh = choose_rows(
                rows, lambda row: seen.get(str(row["id"]), MISSING) != row.get("updated_at")
            )
            seen.update((str(row["id"]), row.get("updated_at")) for row in rows)
            total, cursor = _read_total(answer), _read_next_cursor(answer)
            page_count = parse_whole_number(_require_paging(answer).get("total_pages"))
            if cursor is None:
                is_cut = number < page_count and len(rows) >= _read_page_size(answer)
                if is_cut and total - len(seen) > total * INDEX_SURPLUS:
                    raise BadResponseError(f"Intercom: {len(seen)} of {total} {name} came")
                self._shortfalls.note(name, len(seen), total)
            yield Page(fresh, total, number, page_count)
            if cursor is None:
                return
            empty = 0 if rows else empty + 1
            if cursor in cursors or empty == EMPTY_PAGES:
                raise BadResponseError("Intercom: a list does not end")
            cursors.add(cursor)

    def _read_search_page(
        self, kind: Kind, query: Payload, sort: Payload, name: str, cursor: str | None
    ) -> Payload:
        """As it comes; one that is short for the first time is asked for once more."""
        pagination: Payload = {"per_page": PAGE_SIZE}
        if cursor is not None:
            pagination["starting_after"] = cursor
        body = {"query": query, "sort": sort, "pagination": pagination}
        for _ in range(PAGE_ATTEMPTS):
            answer = self._http.post(kind[0], body)
            self._check_version()
            is_whole = _is_whole(answer, kind[1], first=cursor is None)
            if is_whole or name in self._shortfalls:
                break
        return answer

    def _get(self, path: str, params: Payload | None = None) -> Payload:
        answer = self._http.get(path, params)
        self._check_version()
        return answer

    def _check_version(self) -> None:
        """Absent is fine; a version we know is parsed as what it is; any other one is refused."""
        answered = self._http.answered_headers.get("intercom-version")
        if answered is None:
            return
        if answered not in INTERCOM_VERSIONS:
            shown = re.sub(r"[^\w.]", "", answered)[:20]
            raise BadResponseError(f"Intercom answered in version {shown}, which is not supported")
        self.answered_version = answered


def _build_filter(field: str, operator: str, value: Any) -> Payload:
    return {"field": field, "operator": operator, "value": value}


def _build_range(field: str, since: int, until: int | None) -> list[Payload]:
    """Both included."""
    lower = _build_filter(field, ">", since - 1)
    return [lower] if until is None else [lower, _build_filter(field, "<", until + 1)]


def _build_older(before: int, since: int) -> list[Payload]:
    return [_build_filter("created_at", "<", before), *_build_range("updated_at", since, None)]


def _build_group(filters: Sequence[Payload | None]) -> Payload:
    return {"operator": "AND", "value": [part for part in filters if part]}


def _build_open_tickets_query(scope: Payload | None) -> Payload:
    is_open = _build_filter("open", "=", True)
    return {"operator": "AND", "value": [scope, is_open]} if scope else is_open


def _is_updated_within(row: Payload, since: int, until: int | None) -> bool:
    updated = row.get("updated_at")
    if not isinstance(updated, int):
        return True
    return updated >= since and (until is None or updated <= until)


def _is_whole(answer: Payload, key: str, *, first: bool) -> bool:
    """Judged by a page's own words, as totals move: a followed one is full, an only one has all."""
    rows = len(require_rows(VENDOR, answer, key))
    if _read_next_cursor(answer) is not None:
        return rows >= _read_page_size(answer)
    return not first or rows >= _read_total(answer)


def _read_total(answer: Payload) -> int:
    return parse_whole_number(answer.get("total_count"))


def _read_page_size(answer: Payload) -> int:
    return parse_whole_number(_require_paging(answer).get("per_page")) or PAGE_SIZE


def _require_paging(answer: Payload) -> Payload:
    pages = answer.get("pages")
    if not isinstance(pages, dict):
        raise BadResponseError("Intercom: the answer does not say which page it is")
    return pages


def _read_next_cursor(answer: Payload) -> str | None:
    following = _require_paging(answer).get("next")
    if following is None:
        return None
    cursor = following.get("starting_after") if isinstance(following, dict) else None
    if not isinstance(cursor, str) or not cursor:
        raise BadResponseError("Intercom: the next page has no cursor")
    return cursor
