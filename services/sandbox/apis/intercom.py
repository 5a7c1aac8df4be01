"""Intercom's addresses."""

import hashlib
import json
import math
import re
from collections.abc import Callable
from typing import Any

from services.sandbox.apis import intercom_shapes as shapes
from services.sandbox.apis.http import Answer, Request, Standing, Window
from services.sandbox.apis.search import Found, QueryError, Searcher, page_size, search_tickets
from services.sandbox.team import people
from services.sandbox.team.tickets import Tickets
from services.sandbox.team.world_protocol import AnyWorld

Payload = dict[str, Any]
WINDOW_SECONDS = 10
# Ten thousand requests a minute, spread over windows of ten seconds.
LIMIT = 1667
Route = Callable[[Request, int, re.Match[str]], Answer]


class IntercomApi:
    """Answers as Intercom does.

    Args:
        world: What it knows.
        token: The only one that is good; None accepts any.
        limit: Requests in ten seconds.
    """

    name = "intercom"

    def __init__(self, world: AnyWorld, token: str | None, limit: int = LIMIT) -> None:
        self._world = world
        self._token = token
        self._window = Window(limit, WINDOW_SECONDS)
        self._searcher = Searcher(world.shelf)
        self.tickets = Tickets(world)
        self._routes: list[tuple[str, re.Pattern[str], Route]] = [
            (method, re.compile(pattern), route)
            for method, pattern, route in (
                ("GET", "/me", self._me),
                ("GET", "/admins", self._admins),
                ("GET", r"/admins/(\d+)", self._admin),
                ("GET", "/teams", self._teams),
                ("GET", r"/teams/(\d+)", self._team),
                ("GET", "/away_status_reasons", self._away_reasons),
                ("GET", "/data_attributes", self._data_attributes),
                ("GET", "/conversations/attributes", self._attributes),
                ("GET", "/conversations/deleted", self._deleted),
                ("GET", "/conversations", self._list),
                ("POST", "/conversations/search", self._search),
                ("GET", r"/conversations/([^/]+)", self._conversation),
                ("POST", "/tickets/search", self._tickets),
                ("GET", r"/tickets/([^/]+)", self._ticket),
            )
        ]

    def answer(self, request: Request) -> Answer:
        """Answer a request; the caller holds the world still meanwhile."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token or self._token not in (None, token):
            return self.error(401, "unauthorized", "Access Token Invalid")
        standing = self._window.take(self._world.now)
        version = request.headers.get("intercom-version", shapes.DEFAULT_VERSION)
        found = self._limited(standing) or self._routed(request, version)
        headers = {
            **_limit_headers(standing),
            "X-Request-Id": _request_id(request),
            **found.headers,
        }
        return Answer(found.status, found.body, headers)

    def refused(self, seconds: int) -> Answer:
        """A 429 that names when to come again."""
        reset_at = math.ceil(self._world.now + seconds)
        standing = Standing(self._window.limit, 0, reset_at, True)
        found = self._limited(standing)
        assert found is not None
        return Answer(429, found.body, _limit_headers(standing))

    def error(self, status: int, code: str, message: str) -> Answer:
        """The vendor's list of errors."""
        errors = [{"code": code, "message": message}]
        return Answer(
            status, {"type": "error.list", "request_id": f"req-{status}-{code}", "errors": errors}
        )

    def _limited(self, standing: Standing) -> Answer | None:
        if not standing.is_over:
            return None
        return self.error(429, "rate_limit_exceeded", "Exceeded rate limit")

    def _routed(self, request: Request, version: str) -> Answer:
        if version not in shapes.KNOWN_VERSIONS:
            message = f"The requested version {version[:20]} is not supported"
            return self.error(400, "intercom_version_invalid", message)
        accepted = request.headers.get("accept", "*/*")
        if not any(word in accepted for word in ("application/json", "*/*", "application/*")):
            message = "The Accept header should send a media type of application/json"
            return self.error(406, "media_type_not_acceptable", message)
        headers = {"intercom-version": version}
        for method, pattern, route in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                found = self._tried(route, request, shapes.minor(version), match)
                return Answer(found.status, found.body, headers)
        found = self.error(404, "not_found", "Resource Not Found")
        return Answer(found.status, found.body, headers)

    def _tried(self, route: Route, request: Request, number: int, match: re.Match[str]) -> Answer:
        try:
            return route(request, number, match)
        except QueryError as error:
            return self.error(400, error.code, str(error))
        except json.JSONDecodeError:
            # This one has a shape of its own.
            message = "There was a problem in the JSON you submitted"
            return Answer(400, {"status": 400, "error": message})

    def _me(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        return Answer(200, shapes.admin(self._world.directory.me(), number))

    def _admins(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        return Answer(200, {"type": "admin.list", "admins": self._everybody(number)})

    def _admin(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        for one in self._everybody(number):
            if one["id"] == match[1]:
                return Answer(200, one)
        return self.error(404, "admin_not_found", "Admin not found")

    def _everybody(self, number: int) -> list[Payload]:
        admins = self._world.directory.admins(self._world.now)
        return [shapes.admin(one, number) for one in admins]

    def _teams(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        found = [shapes.team(one, number) for one in self._world.directory.teams()]
        return Answer(200, {"type": "team.list", "teams": found})

    def _team(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        for one in self._world.directory.teams():
            if one["id"] == match[1]:
                return Answer(200, shapes.team(one, number))
        return self.error(404, "team_not_found", "Team not found")

    def _away_reasons(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        if number < 14:
            message = "Requested resource is not available in current API version."
            return self.error(400, "intercom_version_invalid", message)
        found = [
            {
                "type": "away_status_reason",
                "id": reason_id,
                "label": label,
                "emoji": emoji,
                "order": place,
                "deleted": deleted,
                "created_at": 1_700_000_000,
                "updated_at": 1_700_000_000,
            }
            for place, (reason_id, label, emoji, deleted) in enumerate(people.AWAY_REASONS, 1)
        ]
        return Answer(200, {"type": "list", "data": found})

    def _data_attributes(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        model = request.params.get("model")
        if number >= 16 and model == "conversation":
            return self.error(422, "parameter_invalid", "model is not supported in this version")
        found = shapes.as_data_attributes() if model in (None, "conversation") else []
        return Answer(200, {"type": "list", "data": found})

    def _attributes(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        if number < 16:
            return self.error(404, "not_found", "Resource Not Found")
        return Answer(200, {"type": "list", "data": shapes.as_conversation_attributes()})

    def _deleted(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        if number < 16:
            return self.error(404, "not_found", "Resource Not Found")
        page, per_page = (
            max(1, _whole(request.params.get("page"), 1)),
            min(60, page_size(request.params.get("per_page"))),
        )
        gone = sorted(self._world.shelf.deleted.items(), key=lambda one: -one[1])
        rows = [
            {"type": "conversation", "id": one, "metrics_retained": False, "deleted_at": at}
            for one, at in gone[(page - 1) * per_page : page * per_page]
        ]
        pages = {
            "type": "pages",
            "page": page,
            "per_page": per_page,
            "total_pages": -(-len(gone) // per_page),
        }
        total = {"total_count": len(gone), "pages": pages}
        return Answer(200, {"type": "conversations.list", **total, "conversations": rows})

    def _list(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        size = page_size(request.params.get("per_page"))
        found = self._searcher.everything(size, request.params.get("starting_after"))
        answer = self._conversations(found, number)
        if "per_page" in request.params:
            # The vendor gives back the text that stood in the address.
            answer["pages"]["per_page"] = str(size)
        return Answer(200, answer)

    def _search(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        return Answer(200, self._conversations(self._searcher.search(request.json()), number))

    def _conversations(self, found: Found, number: int) -> Payload:
        return {
            "type": "conversation.list",
            "pages": found.pages(),
            "total_count": found.total,
            "conversations": [shapes.conversation(row, number) for row in found.rows],
        }

    def _conversation(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        payload = self._world.shelf.by_id.get(match[1])
        if payload is None:
            return self.error(404, "not_found", "Conversation not found")
        plain = request.params.get("display_as") == "plaintext"
        happened = shapes.parts(payload, self._world.story(match[1]), plain=plain)
        shown = shapes.conversation(payload, number)
        return Answer(200, {**shown, "conversation_parts": happened})

    def _tickets(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        if number < 10:
            return self.error(404, "not_found", "Resource Not Found")
        found = search_tickets(self.tickets.all, request.json() if request.body else {})
        shown = [shapes.ticket(row, number) for row in found.rows]
        total = {"total_count": found.total, "pages": found.pages()}
        return Answer(200, {"type": "ticket.list", **total, "tickets": shown})

    def _ticket(self, request: Request, number: int, match: re.Match[str]) -> Answer:
        found = self.tickets.one(match[1])
        if found is None:
            return self.error(404, "not_found", "Ticket not found")
        return Answer(200, shapes.ticket(found, number))


def _limit_headers(standing: Standing) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(standing.limit),
        "X-RateLimit-Remaining": str(standing.remaining),
        "X-RateLimit-Reset": str(standing.reset_at),
    }


def _request_id(request: Request) -> str:
    return hashlib.sha256(request.path.encode() + request.body).hexdigest()[:20]


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
