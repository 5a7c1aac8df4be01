"""Aircall's addresses."""

import base64
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from services.sandbox.apis.http import Answer, Request, Window
from services.sandbox.team.world_protocol import AnyWorld

Payload = dict[str, Any]
Route = Callable[[Request, re.Match[str]], Answer]
LIMIT, WINDOW_SECONDS = 6000, 60
LARGEST_PAGE, DEFAULT_PAGE = 50, 20
# A list ends here, without a word.
CAP = 10_000
KEPT_SECONDS = 183 * 86400
ORIGIN = "https://api.aircall.io"


class AircallApi:
    """Answers as Aircall does: no limit headers on good answers, 403 for a wrong key.

    Args:
        world: What it knows.
        token: The only one that is good; None accepts any.
        limit: Requests in a minute. The vendor's own is 120; a demonstration may ask faster.
    """

    name = "aircall"

    def __init__(self, world: AnyWorld, token: str | None, limit: int = LIMIT) -> None:
        self._world = world
        self._token = token
        self._window = Window(limit, WINDOW_SECONDS)
        self._routes: list[tuple[re.Pattern[str], Route]] = [
            (re.compile(pattern), route)
            for pattern, route in (
                ("/v1/ping", lambda request, match: Answer(200, {"ping": "pong"})),
                ("/v1/company", self._company),
                ("/v[12]/users", self._users),
                ("/v1/users/availabilities", self._availabilities),
                (r"/v1/users/(\d+)/availability", self._availability),
                (r"/v[12]/users/(\d+)", self._user),
                ("/v1/teams", self._teams),
                ("/v1/numbers", self._numbers),
                ("/v1/calls(?:/search)?", self._calls),
                (r"/v1/calls/(\d+)", self._call),
            )
        ]

    def answer(self, request: Request) -> Answer:
        """Answer a request; the caller holds the world still meanwhile."""
        given = request.headers.get("authorization", "")
        if not given:
            return Answer(401, {"message": "Unauthorized"})
        if not self._is_good(given):
            return Answer(403, {"message": "Forbidden"})
        standing = self._window.take(self._world.now)
        if standing.is_over:
            return self.refused(standing.reset_at - int(self._world.now))
        for pattern, route in self._routes:
            match = pattern.fullmatch(request.path)
            if match and request.method == "GET":
                return route(request, match)
        return self.error(404, "Not Found")

    def refused(self, seconds: int) -> Answer:
        """A 429 that names when to come again."""
        headers = {
            "X-AircallApi-Limit": str(self._window.limit),
            "X-AircallApi-Remaining": "0",
            "X-AircallApi-Reset": str(math.ceil(self._world.now + seconds)),
        }
        return Answer(429, {"error": "Too Many Requests", "troubleshoot": "Slow down"}, headers)

    def error(self, status: int, message: str) -> Answer:
        """The vendor's short error."""
        return Answer(status, {"message": message})

    def _is_good(self, given: str) -> bool:
        scheme, _, value = given.partition(" ")
        try:
            decoded = base64.b64decode(value, validate=True).decode()
        except ValueError:
            return False
        name, _, token = decoded.partition(":")
        is_given = scheme.lower() == "basic" and bool(name) and bool(token)
        return is_given and self._token in (None, token)

    def _company(self, request: Request, match: re.Match[str]) -> Answer:
        directory, now = self._world.directory, self._world.now
        company = {
            "name": "Vigia (demonstração)",
            "users_count": len(directory.users(now)),
            "numbers_count": len(directory.numbers(now)),
        }
        return Answer(200, {"company": company})

    def _users(self, request: Request, match: re.Match[str]) -> Answer:
        rows = self._world.directory.users(self._world.now)
        if request.path.startswith("/v1"):
            rows = [_as_of_v1(row) for row in rows]
        return Answer(200, self._page(request, "users", rows))

    def _user(self, request: Request, match: re.Match[str]) -> Answer:
        for row in self._world.directory.users(self._world.now):
            if str(row["id"]) == match[1]:
                return Answer(200, {"user": row})
        return self.error(404, "Not Found")

    def _availabilities(self, request: Request, match: re.Match[str]) -> Answer:
        found = self._world.directory.availabilities(self._world.now)
        rows = [{"id": one, "availability": word} for one, word in found.items()]
        return Answer(200, self._page(request, "users", rows))

    def _availability(self, request: Request, match: re.Match[str]) -> Answer:
        found = self._world.directory.availabilities(self._world.now).get(int(match[1]))
        if found is None:
            return self.error(404, "Not Found")
        return Answer(200, {"availability": found})

    def _teams(self, request: Request, match: re.Match[str]) -> Answer:
        return Answer(200, self._page(request, "teams", self._world.directory.voice_teams()))

    def _numbers(self, request: Request, match: re.Match[str]) -> Answer:
        rows = self._world.directory.numbers(self._world.now)
        return Answer(200, self._page(request, "numbers", rows))

    def _calls(self, request: Request, match: re.Match[str]) -> Answer:
        params, now = request.params, self._world.now
        since = max(_number(params.get("from"), 0), now - KEPT_SECONDS)
        calls = self._world.begun(since, _number(params.get("to"), now))
        if params.get("order") == "desc":
            calls = calls[::-1]
        with_contact = params.get("fetch_contact") in ("true", "1")
        page = self._page(request, "calls", calls)
        page["calls"] = [
            self._world.call_payload(call, with_contact=with_contact) for call in page["calls"]
        ]
        return Answer(200, page)

    def _call(self, request: Request, match: re.Match[str]) -> Answer:
        found = self._world.call(int(match[1]))
        if found is None:
            return self.error(404, "Not Found")
        return Answer(200, {"call": self._world.call_payload(found)})

    def _page(self, request: Request, key: str, rows: Sequence[Any]) -> Payload:
        """A page; one larger than allowed is cut down, one beyond the cap is empty."""
        number = max(1, int(_number(request.params.get("page"), 1)))
        size = min(LARGEST_PAGE, max(1, int(_number(request.params.get("per_page"), DEFAULT_PAGE))))
        listed = min(len(rows), CAP)
        page = list(rows[(number - 1) * size : min(number * size, listed)])
        has_more = number * size < listed
        meta = {
            "count": len(page),
            "total": len(rows),
            "current_page": number,
            "per_page": size,
            "next_page_link": _link(request, number + 1, size) if has_more else None,
            "previous_page_link": _link(request, number - 1, size) if number > 1 else None,
        }
        return {key: page, "meta": meta}


def _link(request: Request, number: int, size: int) -> str:
    kept = "".join(
        f"{name}={value}&"
        for name, value in request.params.items()
        if name in ("from", "to", "order")
    )
    return f"{ORIGIN}{request.path}?{kept}page={number}&per_page={size}"


def _number(text: str | None, default: float) -> float:
    try:
        number = default if text is None else float(text)
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _as_of_v1(row: Payload) -> Payload:
    kept = {k: v for k, v in row.items() if k not in ("default_number_id", "substatus")}
    return {**kept, "direct_link": f"{ORIGIN}/v1/users/{row['id']}"}
