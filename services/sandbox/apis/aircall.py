"""Aircall's addresses."""

import base64
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from services.sandbox import Payload
from services.sandbox.apis.http import RateWindow, Request, Response
from services.sandbox.apis.notifications import Notifier
from services.sandbox.team.world_protocol import AnyWorld

Route = Callable[[Request, re.Match[str]], Response]
LIMIT, WINDOW_SECONDS = 6000, 60
LARGEST_PAGE, DEFAULT_PAGE = 50, 20
# A list ends here, without a word.
CAP = 10_000
KEPT_SECONDS = 183 * 86400
ORIGIN = "https://api.aircall.io"


class AircallApi:
    """No limit headers on good answers, 403 for a wrong key; `token`: None accepts any."""

    name = "aircall"

    def __init__(self, world: AnyWorld, token: str | None, limit: int, notifier: Notifier) -> None:
        self._world = world
        self._notifier = notifier
        self._token = token
        self._window = RateWindow(limit, WINDOW_SECONDS)
        self._routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, re.compile(pattern), route)
            for method, pattern, route in (
                ("GET", "/v1/webhooks", self._list_webhooks),
                ("POST", "/v1/webhooks", self._create_webhook),
                ("PUT", r"/v1/webhooks/(\w+)", self._update_webhook),
                ("DELETE", r"/v1/webhooks/(\w+)", self._delete_webhook),
                ("GET", "/v1/ping", lambda request, match: Response(200, {"ping": "pong"})),
                ("GET", "/v1/company", self._get_company),
                ("GET", "/v[12]/users", self._list_users),
                ("GET", "/v1/users/availabilities", self._list_availabilities),
                ("GET", r"/v1/users/(\d+)/availability", self._get_availability),
                ("GET", r"/v[12]/users/(\d+)", self._get_user),
                ("GET", "/v1/teams", self._list_teams),
                ("GET", "/v1/numbers", self._list_numbers),
                ("GET", "/v1/calls(?:/search)?", self._list_calls),
                ("GET", r"/v1/calls/(\d+)", self._get_call),
            )
        ]

    def handle(self, request: Request) -> Response:
        """The caller holds the world still meanwhile."""
        credentials = request.headers.get("authorization", "")
        if not credentials:
            return Response(401, {"message": "Unauthorized"})
        if not self._is_valid_key(credentials):
            return Response(403, {"message": "Forbidden"})
        limit_state = self._window.take(self._world.now)
        if limit_state.is_over:
            return self.refuse(limit_state.reset_at - int(self._world.now))
        for method, pattern, route in self._routes:
            match = pattern.fullmatch(request.path)
            if match and request.method == method:
                return route(request, match)
        return self.build_error(404, "Not Found")

    def refuse(self, seconds: int) -> Response:
        headers = {
            "X-AircallApi-Limit": str(self._window.limit),
            "X-AircallApi-Remaining": "0",
            "X-AircallApi-Reset": str(math.ceil(self._world.now + seconds)),
        }
        return Response(429, {"error": "Too Many Requests", "troubleshoot": "Slow down"}, headers)

    def build_error(self, status: int, message: str) -> Response:
        return Response(status, {"message": message})

    def _is_valid_key(self, credentials: str) -> bool:
        scheme, _, value = credentials.partition(" ")
        try:
            decoded = base64.b64decode(value, validate=True).decode()
        except ValueError:
            return False
        name, _, token = decoded.partition(":")
        is_complete = scheme.lower() == "basic" and bool(name) and bool(token)
        return is_complete and self._token in (None, token)

    def _get_company(self, request: Request, match: re.Match[str]) -> Response:
        directory, now = self._world.directory, self._world.now
        company = {
            "name": "Vigia (demonstração)",
            "users_count": len(directory.list_users(now)),
            "numbers_count": len(directory.list_numbers(now)),
        }
        return Response(200, {"company": company})

    def _list_users(self, request: Request, match: re.Match[str]) -> Response:
        rows = self._world.directory.list_users(self._world.now)
        if request.path.startswith("/v1"):
            rows = [_shape_v1_user(row) for row in rows]
        return Response(200, self._cut_page(request, "users", rows))

    def _get_user(self, request: Request, match: re.Match[str]) -> Response:
        for row in self._world.directory.list_users(self._world.now):
            if str(row["id"]) == match[1]:
                return Response(200, {"user": row})
        return self.build_error(404, "Not Found")

    def _list_availabilities(self, request: Request, match: re.Match[str]) -> Response:
        availabilities = self._world.directory.get_availabilities(self._world.now)
        rows = [
            {"id": user_id, "availability": availability}
            for user_id, availability in availabilities.items()
        ]
        return Response(200, self._cut_page(request, "users", rows))

    def _get_availability(self, request: Request, match: re.Match[str]) -> Response:
        availability = self._world.directory.get_availabilities(self._world.now).get(int(match[1]))
        if availability is None:
            return self.build_error(404, "Not Found")
        return Response(200, {"availability": availability})

    def _list_teams(self, request: Request, match: re.Match[str]) -> Response:
        return Response(
            200, self._cut_page(request, "teams", self._world.directory.list_voice_teams())
        )

    def _list_numbers(self, request: Request, match: re.Match[str]) -> Response:
        rows = self._world.directory.list_numbers(self._world.now)
        return Response(200, self._cut_page(request, "numbers", rows))

    def _list_webhooks(self, request: Request, match: re.Match[str]) -> Response:
        return Response(200, self._cut_page(request, "webhooks", self._notifier.webhooks))

    def _create_webhook(self, request: Request, match: re.Match[str]) -> Response:
        body = request.json()
        webhook = self._notifier.add_webhook(str(body["url"]), list(body.get("events") or []))
        return Response(201, {"webhook": webhook})

    def _update_webhook(self, request: Request, match: re.Match[str]) -> Response:
        """Without `events` it gets all of them."""
        for webhook in self._notifier.webhooks:
            if webhook["webhook_id"] == match[1]:
                webhook |= {"events": [], **request.json()}
                return Response(200, {"webhook": webhook})
        return self.build_error(404, "Not Found")

    def _delete_webhook(self, request: Request, match: re.Match[str]) -> Response:
        kept = [one for one in self._notifier.webhooks if one["webhook_id"] != match[1]]
        is_known = len(kept) < len(self._notifier.webhooks)
        self._notifier.webhooks[:] = kept
        return Response(204, b"") if is_known else self.build_error(404, "Not Found")

    def _list_calls(self, request: Request, match: re.Match[str]) -> Response:
        params, now = request.params, self._world.now
        since = max(_parse_number(params.get("from"), 0), now - KEPT_SECONDS)
        calls = self._world.list_calls(since, _parse_number(params.get("to"), now))
        if params.get("order") == "desc":
            calls = calls[::-1]
        with_contact = params.get("fetch_contact") in ("true", "1")
        page = self._cut_page(request, "calls", calls)
        page["calls"] = [
            self._world.build_call(call, with_contact=with_contact) for call in page["calls"]
        ]
        return Response(200, page)

    def _get_call(self, request: Request, match: re.Match[str]) -> Response:
        call = self._world.get_call(int(match[1]))
        if call is None:
            return self.build_error(404, "Not Found")
        return Response(200, {"call": self._world.build_call(call)})

    def _cut_page(self, request: Request, key: str, rows: Sequence[Any]) -> Payload:
        """A page larger than allowed is cut down, one beyond the cap is empty."""
        number = max(1, int(_parse_number(request.params.get("page"), 1)))
        size = min(
            LARGEST_PAGE, max(1, int(_parse_number(request.params.get("per_page"), DEFAULT_PAGE)))
        )
        listed = min(len(rows), CAP)
        page = list(rows[(number - 1) * size : min(number * size, listed)])
        has_more = number * size < listed
        meta = {
            "count": len(page),
            "total": len(rows),
            "current_page": number,
            "per_page": size,
            "next_page_link": _build_link(request, number + 1, size) if has_more else None,
            "previous_page_link": _build_link(request, number - 1, size) if number > 1 else None,
        }
        return {key: page, "meta": meta}


def _build_link(request: Request, number: int, size: int) -> str:
    names = [name for name in request.params if name in ("from", "to", "order")]
    params = "".join(f"{name}={request.params[name]}&" for name in names)
    return f"{ORIGIN}{request.path}?{params}page={number}&per_page={size}"


def _parse_number(text: str | None, default: float) -> float:
    try:
        number = default if text is None else float(text)
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _shape_v1_user(row: Payload) -> Payload:
    fields = {k: v for k, v in row.items() if k not in ("default_number_id", "substatus")}
    return {**fields, "direct_link": f"{ORIGIN}/v1/users/{row['id']}"}
