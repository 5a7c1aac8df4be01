"""Intercom's addresses."""

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace

from services.sandbox import Payload
from services.sandbox.apis import intercom_shapes as shapes
from services.sandbox.apis.http import RateLimitState, RateWindow, Request, Response
from services.sandbox.apis.search import Page, QueryError, Searcher, parse_page_size, search_tickets
from services.sandbox.team import people
from services.sandbox.team.tickets import Tickets
from services.sandbox.team.world_protocol import AnyWorld

WINDOW_SECONDS = 10
# Ten thousand requests a minute, spread over windows of ten seconds.
LIMIT = 1667
Route = Callable[[Request, int, re.Match[str]], Response]


class IntercomApi:
    """In each of its versions; `token`: None accepts any."""

    name = "intercom"

    def __init__(self, world: AnyWorld, token: str | None, limit: int) -> None:
        self._world = world
        self._token = token
        self._window = RateWindow(limit, WINDOW_SECONDS)
        self._searcher = Searcher(world.index)
        self.tickets = Tickets(world)
        self._routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, re.compile(pattern), route)
            for method, pattern, route in (
                ("GET", "/me", self._get_me),
                ("GET", "/admins", self._list_admins),
                ("GET", r"/admins/(\d+)", self._get_admin),
                ("GET", "/teams", self._list_teams),
                ("GET", r"/teams/(\d+)", self._get_team),
                ("GET", "/away_status_reasons", self._list_away_reasons),
                ("GET", "/data_attributes", self._list_data_attributes),
                ("GET", "/conversations/attributes", self._list_attributes),
                ("GET", "/conversations/deleted", self._list_deleted),
                ("GET", "/conversations", self._list_conversations),
                ("POST", "/conversations/search", self._search_conversations),
                ("GET", r"/conversations/([^/]+)", self._get_conversation),
                ("POST", "/tickets/search", self._search_tickets),
                ("GET", r"/tickets/([^/]+)", self._get_ticket),
            )
        ]

    def handle(self, request: Request) -> Response:
        """The caller holds the world still meanwhile."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or self._token not in (None, token):
            return self.build_error(401, "unauthorized", "Access Token Invalid")
        limit_state = self._window.take(self._world.now)
        version = request.headers.get("intercom-version", shapes.DEFAULT_VERSION)
        is_over = limit_state.is_over
        response = self._build_limit_error() if is_over else self._route(request, version)
        request_id = hashlib.sha256(request.path.encode() + request.body).hexdigest()[:20]
        headers = {**_limit_headers(limit_state), "X-Request-Id": request_id, **response.headers}
        return replace(response, headers=headers)

    def refuse(self, seconds: int) -> Response:
        reset_at = math.ceil(self._world.now + seconds)
        limit_state = RateLimitState(self._window.limit, 0, reset_at, True)
        return replace(self._build_limit_error(), headers=_limit_headers(limit_state))

    def build_error(self, status: int, code: str, message: str) -> Response:
        errors = [{"code": code, "message": message}]
        return Response(
            status, {"type": "error.list", "request_id": f"req-{status}-{code}", "errors": errors}
        )

    def _build_limit_error(self) -> Response:
        return self.build_error(429, "rate_limit_exceeded", "Exceeded rate limit")

    def _route(self, request: Request, version: str) -> Response:
        if version not in shapes.KNOWN_VERSIONS:
            message = f"The requested version {version[:20]} is not supported"
            return self.build_error(400, "intercom_version_invalid", message)
        accepted = request.headers.get("accept", "*/*")
        if not any(word in accepted for word in ("application/json", "*/*", "application/*")):
            message = "The Accept header should send a media type of application/json"
            return self.build_error(406, "media_type_not_acceptable", message)
        for method, pattern, route in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                response = self._call_route(route, request, shapes.parse_minor(version), match)
                break
        else:
            response = self.build_error(404, "not_found", "Resource Not Found")
        return replace(response, headers={"intercom-version": version})

    def _call_route(
        self, route: Route, request: Request, minor: int, match: re.Match[str]
    ) -> Response:
        try:
            return route(request, minor, match)
        except QueryError as refusal:
            return self.build_error(400, refusal.code, str(refusal))
        except json.JSONDecodeError:
            # This one has a shape of its own.
            message = "There was a problem in the JSON you submitted"
            return Response(400, {"status": 400, "error": message})

    def _get_me(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        return Response(200, shapes.shape_admin(self._world.directory.get_me(), minor))

    def _list_admins(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        return Response(200, {"type": "admin.list", "admins": self._shape_admins(minor)})

    def _get_admin(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        for admin in self._shape_admins(minor):
            if admin["id"] == match[1]:
                return Response(200, admin)
        return self.build_error(404, "admin_not_found", "Admin not found")

    def _shape_admins(self, minor: int) -> list[Payload]:
        admins = self._world.directory.list_admins(self._world.now)
        return [shapes.shape_admin(admin, minor) for admin in admins]

    def _list_teams(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        teams = [shapes.shape_team(team, minor) for team in self._world.directory.list_teams()]
        return Response(200, {"type": "team.list", "teams": teams})

    def _get_team(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        for team in self._world.directory.list_teams():
            if team["id"] == match[1]:
                return Response(200, shapes.shape_team(team, minor))
        return self.build_error(404, "team_not_found", "Team not found")

    def _list_away_reasons(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        if minor < 14:
            message = "Requested resource is not available in current API version."
            return self.build_error(400, "intercom_version_invalid", message)
        reasons = [
            {
                "type": "away_status_reason",
                "id": reason_id,
                "label": label,
                "emoji": emoji,
                "order": order,
                "deleted": deleted,
                "created_at": 1_700_000_000,
                "updated_at": 1_700_000_000,
            }
            for order, (reason_id, label, emoji, deleted) in enumerate(people.AWAY_REASONS, 1)
        ]
        return Response(200, {"type": "list", "data": reasons})

    def _list_data_attributes(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        model = request.params.get("model")
        if minor >= 16 and model == "conversation":
            message = "model is not supported in this version"
            return self.build_error(422, "parameter_invalid", message)
        attributes = shapes.list_data_attributes() if model in (None, "conversation") else []
        return Response(200, {"type": "list", "data": attributes})

    def _list_attributes(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        if minor < 16:
            return self.build_error(404, "not_found", "Resource Not Found")
        return Response(200, {"type": "list", "data": shapes.list_conversation_attributes()})

    def _list_deleted(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        if minor < 16:
            return self.build_error(404, "not_found", "Resource Not Found")
        number = max(1, _parse_int(request.params.get("page"), 1))
        per_page = min(60, parse_page_size(request.params.get("per_page")))
        deleted = sorted(self._world.index.deleted.items(), key=lambda item: -item[1])
        rows = [
            {
                "type": "conversation",
                "id": conversation_id,
                "metrics_retained": False,
                "deleted_at": deleted_at,
            }
            for conversation_id, deleted_at in deleted[(number - 1) * per_page : number * per_page]
        ]
        page = Page(rows, len(deleted), number, per_page, cursor=None)
        total = {"total_count": page.total, "pages": page.to_pages()}
        return Response(200, {"type": "conversations.list", **total, "conversations": rows})

    def _list_conversations(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        size = parse_page_size(request.params.get("per_page"))
        page = self._searcher.list_all(size, request.params.get("starting_after"))
        body = self._build_page(page, minor)
        if "per_page" in request.params:
            # The vendor gives back the text that stood in the address.
            body["pages"]["per_page"] = str(size)
        return Response(200, body)

    def _search_conversations(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        return Response(200, self._build_page(self._searcher.search(request.json()), minor))

    def _build_page(self, page: Page, minor: int) -> Payload:
        return {
            "type": "conversation.list",
            "pages": page.to_pages(),
            "total_count": page.total,
            "conversations": [shapes.shape_conversation(row, minor) for row in page.rows],
        }

    def _get_conversation(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        payload = self._world.index.by_id.get(match[1])
        if payload is None:
            return self.build_error(404, "not_found", "Conversation not found")
        plain = request.params.get("display_as") == "plaintext"
        parts = shapes.build_parts(payload, self._world.get_conversation(match[1]), plain=plain)
        shown = shapes.shape_conversation(payload, minor)
        return Response(200, {**shown, "conversation_parts": parts})

    def _search_tickets(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        if minor < 10:
            return self.build_error(404, "not_found", "Resource Not Found")
        page = search_tickets(self.tickets.all, request.json() if request.body else {})
        shown = [shapes.shape_ticket(row, minor) for row in page.rows]
        total = {"total_count": page.total, "pages": page.to_pages()}
        return Response(200, {"type": "ticket.list", **total, "tickets": shown})

    def _get_ticket(self, request: Request, minor: int, match: re.Match[str]) -> Response:
        ticket = self.tickets.get(match[1])
        if ticket is None:
            return self.build_error(404, "not_found", "Ticket not found")
        return Response(200, shapes.shape_ticket(ticket, minor))


def _limit_headers(limit_state: RateLimitState) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit_state.limit),
        "X-RateLimit-Remaining": str(limit_state.remaining),
        "X-RateLimit-Reset": str(limit_state.reset_at),
    }


def _parse_int(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
