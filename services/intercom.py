"""Intercom's API: payloads out, nothing else. `services.tables` turns them into tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from services.errors import BadResponseError, NotFoundError
from services.http import Payload, VendorSession

PAGE_SIZE = 150
KNOWN_VERSIONS = tuple(f"2.{minor}" for minor in range(9, 17))


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        rows: Payloads, none of them twice over all pages of one walk.
        total: How many rows the vendor says there are.
        number: From 1.
        pages: How many pages the vendor says there are.
    """

    rows: list[Payload]
    total: int
    number: int
    pages: int


class Intercom:
    """Yields Intercom's own payloads.

    Args:
        http: A session that sends the token and the version we ask for.
        version: The version we ask for.
    """

    def __init__(self, http: VendorSession, version: str) -> None:
        self._http = http
        self._version = version
        self._new_attributes = version == "2.16"
        self.answered_version: str | None = None

    @property
    def warning(self) -> str | None:
        """That another version answers than the one we asked for; None when all is well."""
        if self.answered_version in (None, self._version):
            return None
        return f"Intercom answers in version {self.answered_version}, not {self._version}"

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""
        return self._http.requests_last_minute()

    def me(self) -> Payload:
        """The token's own admin, with the workspace under `app`."""
        return self._get("/me")

    def admins(self) -> list[Payload]:
        """Everyone of the workspace, the bot included; leavers are missing."""
        return _rows(self._get("/admins"), "admins")

    def teams(self) -> list[Payload]:
        """The teams."""
        return _rows(self._get("/teams"), "teams")

    def away_status_reasons(self) -> list[Payload]:
        """Reasons for being away, deleted ones included; from 2.14 on.

        Raises:
            NotFoundError: The version has none.
            ForbiddenError: The token may not read them.
        """
        if self._version in ("2.9", "2.10", "2.11", "2.12", "2.13"):
            raise NotFoundError("away reasons come with version 2.14")
        return _rows(self._get("/away_status_reasons"), "data")

    def conversation_attributes(self) -> list[Payload]:
        """The attributes of conversations; 2.16 moved them to another address."""
        if self._new_attributes:
            return _rows(self._get("/conversations/attributes"), "data")
        return _rows(self._get("/data_attributes", {"model": "conversation"}), "data")

    def conversations_updated(self, since: int, until: int | None = None) -> Iterator[Page]:
        """Conversations updated from `since` to `until` (Unix seconds, both included).

        Oldest update first, so that a row touched while we read moves to the end and is seen
        again instead of being skipped. Whether the vendor's `>` includes its value is not
        settled: we ask one second wider and look exactly.
        """
        query = [_filter("updated_at", ">", since - 1)]
        if until is not None:
            query.append(_filter("updated_at", "<", until + 1))
        for page in self._search({"operator": "AND", "value": query}):
            yield Page(
                [row for row in page.rows if _updated_within(row, since, until)],
                page.total,
                page.number,
                page.pages,
            )

    def conversations_in_state(self, state: Literal["open", "snoozed"]) -> Iterator[Page]:
        """All conversations that are in this state now, oldest update first."""
        yield from self._search(_filter("state", "=", state))

    def state_page(
        self, state: Literal["open", "snoozed"], cursor: str | None
    ) -> tuple[list[Payload], str | None]:
        """One page of the conversations in this state, oldest creation first.

        Returns:
            The rows, and the cursor of the next page; None after the last.
        """
        sort = {"field": "created_at", "order": "ascending"}
        answer = self._search_once(_filter("state", "=", state), sort, cursor)
        rows = _rows(answer, "conversations")
        return rows, _next_cursor(answer)

    def conversation(self, conversation_id: str) -> Payload:
        """One conversation.

        Raises:
            NotFoundError: It is gone.
        """
        return self._get(f"/conversations/{conversation_id}")

    def _search(self, query: Payload) -> Iterator[Page]:
        sort = {"field": "updated_at", "order": "ascending"}
        seen: set[str] = set()
        cursors: set[str] = set()
        cursor: str | None = None
        number = 0
        while True:
            number += 1
            answer = self._search_once(query, sort, cursor)
            rows = _rows(answer, "conversations")
            fresh = [row for row in rows if row["id"] not in seen]
            seen.update(row["id"] for row in rows)
            cursor = _next_cursor(answer)
            if cursor is not None and len(rows) < _page_size(answer):
                raise BadResponseError("Intercom: a page in the middle is not full")
            yield Page(fresh, _whole(answer.get("total_count")), number, _page_count(answer))
            if cursor is None:
                return
            if cursor in cursors:
                raise BadResponseError("Intercom: the same page came twice")
            cursors.add(cursor)

    def _search_once(self, query: Payload, sort: Payload, cursor: str | None) -> Payload:
        pagination: Payload = {"per_page": PAGE_SIZE}
        if cursor is not None:
            pagination["starting_after"] = cursor
        body = {"query": query, "sort": sort, "pagination": pagination}
        answer = self._http.post("/conversations/search", body)
        self._check_version()
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
        if answered not in KNOWN_VERSIONS:
            shown = re.sub(r"[^\w.]", "", answered)[:20]
            raise BadResponseError(f"Intercom answered in version {shown}, which is not supported")
        self.answered_version = answered


def _filter(field: str, operator: str, value: Any) -> Payload:
    return {"field": field, "operator": operator, "value": value}


def _updated_within(row: Payload, since: int, until: int | None) -> bool:
    updated = row.get("updated_at")
    if not isinstance(updated, int):
        return True
    return updated >= since and (until is None or updated <= until)


def _rows(answer: Payload, key: str) -> list[Payload]:
    """The list of an answer, whole or not at all."""
    rows = answer.get(key)
    if not isinstance(rows, list):
        raise BadResponseError(f"Intercom: the answer has no list of {key}")
    for row in rows:
        if not isinstance(row, dict) or not row.get("id"):
            raise BadResponseError(f"Intercom: one of the {key} has no id")
    return rows


def _pages(answer: Payload) -> Payload:
    pages = answer.get("pages")
    if not isinstance(pages, dict):
        raise BadResponseError("Intercom: the answer does not say which page it is")
    return pages


def _next_cursor(answer: Payload) -> str | None:
    following = _pages(answer).get("next")
    if following is None:
        return None
    cursor = following.get("starting_after") if isinstance(following, dict) else None
    if not isinstance(cursor, str) or not cursor:
        raise BadResponseError("Intercom: the next page has no cursor")
    return cursor


def _page_size(answer: Payload) -> int:
    return _whole(_pages(answer).get("per_page")) or PAGE_SIZE


def _page_count(answer: Payload) -> int:
    return _whole(_pages(answer).get("total_pages"))


def _whole(value: Any) -> int:
    """A number that some answers give as text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
