"""Aircall's API: payloads out, nothing else. `services.vendors.tables` turns them into tables."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from requests.auth import HTTPBasicAuth

from services.errors import BadResponseError, NotFoundError
from services.settings.config import Environment, Settings
from services.vendors.http import AIRCALL, Payload, VendorSession
from services.vendors.pages import Page, Shortfalls, parse_whole_number, require_rows

PAGE_SIZE = 50
# The vendor ends a list here without saying so.
CAP = 10_000
# A page that does not hold what it says is asked for once more.
PAGE_ATTEMPTS = 2


def aircall_client(
    environment: Environment, settings: Settings, sleep: Callable[[float], object] = time.sleep
) -> "Aircall | None":
    """None where no key is in the environment."""
    if environment.aircall_id is None or environment.aircall_token is None:
        return None
    key = HTTPBasicAuth(
        environment.aircall_id.get_secret_value(), environment.aircall_token.get_secret_value()
    )
    limit = settings.aircall.requests_per_minute
    base_url = environment.aircall_base_url
    return Aircall(VendorSession(AIRCALL, base_url, key, requests_per_minute=limit, sleep=sleep))


class Aircall:
    def __init__(self, http: VendorSession) -> None:
        self._http = http
        self._users_path, self._other_users_path = "/v2/users", "/v1/users"
        self._shortfalls = Shortfalls()

    @property
    def warning(self) -> str | None:
        """Set where rows are missing."""
        return self._shortfalls.warning

    def count_recent_requests(self) -> int:
        return self._http.count_recent_requests()

    def count_outcomes(self) -> dict[str, int]:
        return self._http.count_outcomes()

    def ping(self) -> Payload:
        return self._http.get("/v1/ping")

    def list_users(self) -> list[Payload]:
        return [row for page in self._read_pages(self.get_users_page) for row in page.rows]

    def get_users_page(self, number: int) -> Page:
        """Asks the older address where the newer is not there."""
        try:
            return self._read_page(self._users_path, "users", number, {})
        except NotFoundError:
            page = self._read_page(self._other_users_path, "users", number, {})
        self._users_path, self._other_users_path = self._other_users_path, self._users_path
        return page

    def get_availabilities(self) -> dict[str, str]:
        """User id -> available, offline, do_not_disturb, in_call, after_call_work or others."""
        rows = self._read_all("/v1/users/availabilities", "users")
        return {str(row["id"]): str(row.get("availability") or "") for row in rows}

    def list_numbers(self) -> list[Payload]:
        return self._read_all("/v1/numbers", "numbers")

    def get_numbers_page(self, number: int) -> Page:
        return self._read_page("/v1/numbers", "numbers", number, {})

    def list_calls(self, since: int, until: int) -> Iterator[Page]:
        """Calls created from `since` to `until` (Unix seconds, both included), none twice.

        A stretch with more calls than the vendor lists is halved until each part is whole.
        """
        seen: set[str] = set()
        for page in self._read_stretch(since, until):
            fresh = [row for row in page.rows if str(row["id"]) not in seen]
            seen.update(str(row["id"]) for row in fresh)
            yield replace(page, rows=fresh)

    def get_calls_page(self, since: int, until: int, page: int) -> Page:
        params = {"from": since, "to": until, "order": "asc", "fetch_contact": "true"}
        return self._read_page("/v1/calls", "calls", page, params)

    def get_call(self, call_id: str) -> Payload:
        answer = self._http.get(f"/v1/calls/{quote(call_id, safe='')}", {"fetch_contact": "true"})
        call = answer.get("call")
        if not isinstance(call, dict) or str(call.get("id")) != call_id:
            raise BadResponseError("Aircall: the answer is not the call asked for")
        return call

    def list_webhooks(self) -> list[Payload]:
        """With their tokens, which are secrets."""
        return self._read_all("/v1/webhooks", "webhooks")

    def create_webhook(self, url: str, events: Sequence[str]) -> Payload:
        """With its token; the vendor would take no list of events as all of them."""
        body = {"custom_name": "Vigia", "url": url, "events": list(events)}
        return self._require_webhook(self._http.post("/v1/webhooks", body))

    def update_webhook(self, webhook_id: str, url: str, events: Sequence[str]) -> Payload:
        """Switched on again, with these events and the token it has."""
        body = {"url": url, "events": list(events), "active": True}
        path = f"/v1/webhooks/{quote(webhook_id, safe='')}"
        return self._require_webhook(self._http.put(path, body))

    def delete_webhook(self, webhook_id: str) -> None:
        self._http.delete(f"/v1/webhooks/{quote(webhook_id, safe='')}")

    def _require_webhook(self, answer: Payload) -> Payload:
        webhook = answer.get("webhook")
        if not isinstance(webhook, dict):
            raise BadResponseError("Aircall: the answer is no web-hook")
        return webhook

    def _read_stretch(self, since: int, until: int) -> Iterator[Page]:
        first = self.get_calls_page(since, until, 1)
        # A total may have another meaning: it cuts only what does not end at once.
        if first.total < CAP or first.pages <= first.number:
            yield from self._read_pages(
                lambda number: self.get_calls_page(since, until, number), first
            )
            return
        if until - since < 2:
            raise BadResponseError("Aircall: too many calls in one second to be listed")
        middle = (since + until) // 2
        # Both contain the second between them: whether `to` includes its value is not settled.
        for start, end in ((since, middle), (middle, until)):
            yield from self._read_stretch(start, end)

    def _read_all(self, path: str, key: str) -> list[Payload]:
        pages = self._read_pages(lambda number: self._read_page(path, key, number, {}))
        return [row for page in pages for row in page.rows]

    def _read_pages(
        self, read_page: Callable[[int], Page], first: Page | None = None
    ) -> Iterator[Page]:
        """By number: the vendor's own links are not followed with our key."""
        page = first or read_page(1)
        yield page
        while page.number < page.pages:
            if page.number * PAGE_SIZE > CAP:
                raise BadResponseError("Aircall: a list does not end")
            page = read_page(page.number + 1)
            yield page

    def _read_page(self, path: str, key: str, number: int, params: Payload) -> Page:
        query = {**params, "page": number, "per_page": PAGE_SIZE}
        kind = path.removeprefix("/v1/").removeprefix("/v2/")
        name = f"{kind} on page {number}"
        is_known = name in self._shortfalls
        if number == 1:
            self._shortfalls.forget(f"{kind} on page ")
        for _ in range(PAGE_ATTEMPTS):
            answer = self._http.get(path, query)
            rows, meta = require_rows("Aircall", answer, key), _require_meta(answer, key)
            page, told = _parse_page(rows, meta, number)
            if len(rows) == told or is_known:
                break
        self._shortfalls.note(name, len(rows), told)
        return page


def _require_meta(answer: Payload, key: str) -> Payload:
    meta = answer.get("meta")
    if not isinstance(meta, dict):
        raise BadResponseError(f"Aircall: the answer does not say how many {key} there are")
    return meta


def _parse_page(rows: Sequence[Payload], meta: Payload, number: int) -> tuple[Page, int]:
    """The page, and how many rows it should have by its own `meta`.

    A page that is not full and leads to no other is the last, whatever the total.
    """
    size = parse_whole_number(meta.get("per_page")) or PAGE_SIZE
    total = parse_whole_number(meta.get("total"))
    listed = min(total, CAP)
    others_follow = bool(meta.get("next_page_link"))
    told = size if others_follow else max(0, min(size, listed - (number - 1) * size))
    pages = number + 1 if others_follow else number
    if len(rows) >= size:
        pages = max(pages, -(-listed // size))
    return Page(rows, max(total, len(rows)), number, pages), told
