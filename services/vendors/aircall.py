"""Aircall's API: payloads out, nothing else. `services.vendors.tables` turns them into tables."""

from collections.abc import Callable, Iterator

from services.errors import BadResponseError, NotFoundError
from services.vendors.http import Payload, VendorSession
from services.vendors.pages import Page, rows_of, whole_number

PAGE_SIZE = 50
# The vendor ends a list here without saying so.
CAP = 10_000
# A page that does not hold what it says is asked for once more.
PAGE_ATTEMPTS = 2


class Aircall:
    """Yields Aircall's own payloads."""

    def __init__(self, http: VendorSession) -> None:
        self._http = http
        self._users_path, self._other_users_path = "/v2/users", "/v1/users"

    def requests_last_minute(self) -> int:
        """How many requests went out in the last minute."""
        return self._http.requests_last_minute()

    def ping(self) -> Payload:
        """The cheapest proof that the key works."""
        return self._http.get("/v1/ping")

    def users(self) -> list[Payload]:
        """Everyone of the company."""
        return [row for page in self._walk(self.users_page) for row in page.rows]

    def users_page(self, number: int) -> Page:
        """One page of the company's people; the older address where the newer is not there."""
        try:
            return self._page(self._users_path, "users", number, {})
        except NotFoundError:
            page = self._page(self._other_users_path, "users", number, {})
        self._users_path, self._other_users_path = self._other_users_path, self._users_path
        return page

    def availabilities(self) -> dict[str, str]:
        """User id -> available, offline, do_not_disturb, in_call, after_call_work or others."""
        rows = self._all("/v1/users/availabilities", "users")
        return {str(row["id"]): str(row.get("availability") or "") for row in rows}

    def teams(self) -> list[Payload]:
        """The telephone teams."""
        return self._all("/v1/teams", "teams")

    def numbers(self) -> list[Payload]:
        """The lines."""
        return self._all("/v1/numbers", "numbers")

    def numbers_page(self, number: int) -> Page:
        """One page of the lines."""
        return self._page("/v1/numbers", "numbers", number, {})

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
        if first.total < CAP:
            yield from self._walk(lambda number: self.calls_page(since, until, number), first)
            return
        if until - since < 2:
            raise BadResponseError("Aircall: too many calls in one second to be listed")
        middle = (since + until) // 2
        # Both contain the second between them: whether `to` includes its value is not settled.
        halves = [(since, middle), (middle, until)]
        for start, end in reversed(halves) if newest_first else halves:
            yield from self._stretch(start, end, newest_first)

    def _all(self, path: str, key: str) -> list[Payload]:
        pages = self._walk(lambda number: self._page(path, key, number, {}))
        return [row for page in pages for row in page.rows]

    def _walk(self, page_of: Callable[[int], Page], first: Page | None = None) -> Iterator[Page]:
        """All pages, by number: the vendor's own links are not followed with our key."""
        page = first or page_of(1)
        yield page
        while page.number < page.pages:
            if page.number * PAGE_SIZE > CAP:
                raise BadResponseError("Aircall: a list does not end")
            page = page_of(page.number + 1)
            yield page

    def _page(self, path: str, key: str, number: int, params: Payload) -> Page:
        asked = {**params, "page": number, "per_page": PAGE_SIZE}
        for _ in range(PAGE_ATTEMPTS):
            answer = self._http.get(path, asked)
            page = _whole_page(rows_of("Aircall", answer, key), _meta(answer, key), number)
            if page is not None:
                return page
        raise BadResponseError(f"Aircall: a page of {key} was cut short")


def _meta(answer: Payload, key: str) -> Payload:
    meta = answer.get("meta")
    if not isinstance(meta, dict):
        raise BadResponseError(f"Aircall: the answer does not say how many {key} there are")
    return meta


def _whole_page(rows: list[Payload], meta: Payload, number: int) -> Page | None:
    """The page, or None where it does not hold what its own `meta` says."""
    size = whole_number(meta.get("per_page")) or PAGE_SIZE
    total = whole_number(meta.get("total"))
    listed = min(total, CAP)
    others_follow = bool(meta.get("next_page_link"))
    expected = size if others_follow else max(0, min(size, listed - (number - 1) * size))
    if len(rows) < expected or meta.get("count") not in (None, len(rows)):
        return None
    pages = max(number + others_follow, -(-listed // size))
    return Page(rows, max(total, len(rows)), number, pages)
