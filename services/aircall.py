"""Aircall's API: payloads out, nothing else. `services.tables` turns them into tables."""

from collections.abc import Iterator
from typing import Any

from services.errors import BadResponseError, NotFoundError
from services.http import Payload, VendorSession
from services.intercom import Page

PAGE_SIZE = 50
# The vendor ends a list here without saying so.
CAP = 10_000


class Aircall:
    """Yields Aircall's own payloads."""

    def __init__(self, http: VendorSession) -> None:
        self._http = http
        self._users_path = "/v2/users"

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""
        return self._http.requests_last_minute()

    def ping(self) -> Payload:
        """The cheapest proof that the key works."""
        return self._http.get("/v1/ping")

    def users(self) -> list[Payload]:
        """Everyone of the company; the older address where the newer one is not there."""
        try:
            return self._all(self._users_path, "users")
        except NotFoundError:
            if self._users_path == "/v1/users":
                raise
            self._users_path = "/v1/users"
            return self._all(self._users_path, "users")

    def availabilities(self) -> dict[str, str]:
        """User id -> available, offline, do_not_disturb, in_call, after_call_work or another word."""
        rows = self._all("/v1/users/availabilities", "users")
        return {str(row["id"]): str(row.get("availability") or "") for row in rows}

    def teams(self) -> list[Payload]:
        """The telephone teams."""
        return self._all("/v1/teams", "teams")

    def numbers(self) -> list[Payload]:
        """The lines."""
        return self._all("/v1/numbers", "numbers")

    def calls(self, since: int, until: int, *, newest_first: bool = False) -> Iterator[Page]:
        """Calls created from `since` to `until` (Unix seconds, both included), none twice.

        A stretch with more calls than the vendor lists is halved until each part is whole.
        """
        seen: set[str] = set()
        for page in self._stretch(since, until, newest_first):
            fresh = [row for row in page.rows if str(row["id"]) not in seen]
            seen.update(str(row["id"]) for row in fresh)
            yield Page(fresh, page.total, page.number, page.pages)

    def calls_page(self, since: int, until: int, page: int) -> Page:
        """One page of the calls created in a stretch, oldest first."""
        params = {"from": since, "to": until, "order": "asc", "fetch_contact": "true"}
        return self._page("/v1/calls", "calls", page, params)

    def _stretch(self, since: int, until: int, newest_first: bool) -> Iterator[Page]:
        first = self.calls_page(since, until, 1)
        if first.total >= CAP and until > since:
            middle = (since + until) // 2
            halves = [(since, middle), (middle + 1, until)]
            for start, end in reversed(halves) if newest_first else halves:
                yield from self._stretch(start, end, newest_first)
            return
        yield first
        for number in range(2, first.pages + 1):
            yield self.calls_page(since, until, number)

    def _all(self, path: str, key: str) -> list[Payload]:
        first = self._page(path, key, 1, {})
        rows = list(first.rows)
        for number in range(2, first.pages + 1):
            rows += self._page(path, key, number, {}).rows
        return rows

    def _page(self, path: str, key: str, number: int, params: Payload) -> Page:
        asked = {**params, "page": number, "per_page": PAGE_SIZE}
        answer = self._http.get(path, asked)
        rows, meta = answer.get(key), answer.get("meta")
        if not isinstance(rows, list) or not isinstance(meta, dict):
            raise BadResponseError(f"Aircall: the answer has no list of {key}")
        for row in rows:
            if not isinstance(row, dict) or not row.get("id"):
                raise BadResponseError(f"Aircall: one of the {key} has no id")
        count, total = _whole(meta, "count", len(rows)), _whole(meta, "total", len(rows))
        if count != len(rows):
            raise BadResponseError(f"Aircall: a page of {key} was cut short")
        more = meta.get("next_page_link") is not None
        if more and len(rows) < PAGE_SIZE:
            raise BadResponseError(f"Aircall: a page of {key} in the middle is not full")
        pages = max(number, -(-min(total, CAP) // PAGE_SIZE)) if more else number
        return Page(rows, total, number, pages)


def _whole(meta: Payload, key: str, otherwise: int) -> int:
    value: Any = meta.get(key)
    return value if isinstance(value, int) else otherwise
