"""The desk: takes every request, lets the world move, and hands it to who is asked."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from services.sandbox import human_pages
from services.sandbox.aircall_api import AircallApi
from services.sandbox.answer import Answer, Request
from services.sandbox.controls import Controls
from services.sandbox.faults import Fault, Faults
from services.sandbox.intercom_api import IntercomApi
from services.sandbox.slack_api import SlackApi
from services.sandbox.tally import Tally
from services.sandbox.worlds import AnyWorld

Payload = dict[str, Any]
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
CONTROL = "/_sandbox"
FAULT_WORDS = ("path", "seconds", "times", "retry_after", "delay")


class Desk:
    """All addresses of the sandbox.

    Args:
        world: What the vendors know.
        clock: Unix seconds.
        token: The only credential that is good; None accepts any.
    """

    def __init__(
        self,
        world: AnyWorld,
        clock: Callable[[], float],
        *,
        token: str | None = None,
        limits: dict[str, int] | None = None,
    ) -> None:
        limits = limits or {}
        self.world = world
        self.lock = threading.RLock()
        self.faults = Faults(clock)
        self.tally = Tally(clock)
        self.slack = SlackApi()
        self._controls = Controls(world)
        self._clock = clock
        self._intercom = IntercomApi(world, token, limits.get("intercom", 1667))
        self._aircall = AircallApi(world, token, limits.get("aircall", 6000))

    @property
    def tickets(self) -> list[Payload]:
        """Intercom's tickets as they are now."""
        return self._intercom.tickets.all

    def vendor(self, path: str) -> str | None:
        """Whose address it is; None for the sandbox's own."""
        if path in ("/", "/slack", "/favicon.ico") or path.startswith(CONTROL):
            return None
        if path.startswith(("/v1/", "/v2/")):
            return "aircall"
        return "slack" if path.startswith(("/slack/", "/api/")) else "intercom"

    def answer(self, request: Request) -> Answer:
        """Answer as whoever is asked."""
        vendor = self.vendor(request.path)
        if vendor == "slack":
            return self.slack.answer(request, self._clock())
        with self.lock:
            self.world.advance(self._clock())
            if vendor is None:
                return self._own(request)
            found = (self._aircall if vendor == "aircall" else self._intercom).answer(request)
            # Written while nothing moves: the rows are the world's own.
            return Answer(found.status, found.content(), found.headers, found.content_type)

    def broken(self, fault: Fault) -> Answer:
        """The answer of a vendor that refuses or fails."""
        with self.lock:
            self.world.advance(self._clock())
        if fault.kind == "429":
            if fault.vendor == "slack":
                return self.slack.refused(fault.retry_after)
            api = self._aircall if fault.vendor == "aircall" else self._intercom
            return api.refused(fault.retry_after)
        status = int(fault.kind)
        if fault.vendor == "slack":
            return self.slack.error(status)
        if fault.vendor == "aircall":
            words = {401: "Unauthorized", 403: "Forbidden"}
            return self._aircall.error(status, words.get(status, "Internal Server Error"))
        codes = {401: "unauthorized", 403: "api_plan_restricted"}
        return self._intercom.error(status, codes.get(status, "server_error"), "Refused on command")

    def truth(self) -> Payload:
        """Counts to compare with."""
        with self.lock:
            self.world.advance(self._clock())
            states = {
                word: self.world.shelf.in_state(word) for word in ("open", "snoozed", "closed")
            }
            return {
                "conversations": len(self.world.shelf),
                **{word: len(rows) for word, rows in states.items()},
                "unassigned": sum(not row["admin_assignee_id"] for row in states["open"]),
                "calls": len(self.world.begun()),
                "now": self.world.now,
            }

    def _own(self, request: Request) -> Answer:
        if request.path.startswith(CONTROL):
            if not _is_loopback(request.headers.get("host", "")):
                return Answer(403, {"error": "only this machine may do that"})
            return self._control(request)
        if request.method != "GET":
            return Answer(405, {"error": "only GET"})
        if request.path == "/slack":
            return human_pages.slack(self.slack.messages)
        if request.path == "/":
            return human_pages.index(self.truth())
        return Answer(404, {"error": "not found"})

    def _control(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix(CONTROL):
            case "GET", "/requests":
                return Answer(200, self.tally.shown())
            case "GET", "/truth":
                return Answer(200, self.truth())
            case "GET", "/faults":
                return Answer(200, {"faults": self.faults.shown()})
            case "DELETE", "/faults":
                self.faults.heal()
                return Answer(200, {"faults": []})
            case "DELETE", "/requests":
                self.tally.clear()
                return Answer(200, {})
            case "POST", "/faults":
                return self._add_fault(request)
            case "POST", "/delete":
                return self._delete(request)
            case "GET", "/slack":
                return Answer(200, {"messages": self.slack.shown()})
            case "POST", "/people" | "/arrive" | "/close" as order:
                return self._order(order.removeprefix("/"), request)
        return Answer(404, {"error": "not found"})

    def _add_fault(self, request: Request) -> Answer:
        try:
            body = request.json()
            words = {word: body[word] for word in FAULT_WORDS if body.get(word) is not None}
            self.faults.add(body["vendor"], body["kind"], **words)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Answer(400, {"error": f"not a fault: {error}"})
        return Answer(201, {"faults": self.faults.shown()})

    def _order(self, order: str, request: Request) -> Answer:
        try:
            return Answer(200, self._controls.do(order, request.json()))
        except (ValueError, TypeError) as error:
            return Answer(400, {"error": f"not an order: {error}"})

    def _delete(self, request: Request) -> Answer:
        try:
            one_id = str(request.json()["id"])
            if self._intercom.tickets.one(one_id):
                self._intercom.tickets.delete(one_id)
            else:
                self.world.delete(one_id)
        except (ValueError, TypeError):
            return Answer(400, {"error": "id is missing"})
        except KeyError:
            return Answer(404, {"error": "not found"})
        return Answer(200, {"deleted": True})


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False
