"""Moves the world to the clock's time, then hands the request to the vendor whose path it has.

Other paths are the sandbox's own: two pages for people, and `/_sandbox/` for tests.
"""

import html
import json
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from services.sandbox.apis.aircall import AircallApi
from services.sandbox.apis.http import Answer, Request
from services.sandbox.apis.intercom import IntercomApi
from services.sandbox.apis.slack import Message, SlackApi
from services.sandbox.controls import Controls, Fault, Faults
from services.sandbox.team.hours import local
from services.sandbox.team.world_protocol import AnyWorld

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
            return slack_page(self.slack.messages)
        if request.path == "/":
            return index_page(self.truth())
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


class Tally:
    """Counts requests by vendor and path."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_path: dict[str, Counter[str]] = {}
        self._recent: deque[tuple[float, str]] = deque()

    def note(self, vendor: str, method: str, path: str) -> None:
        """Count one; ids are left out of the path."""
        now = self._clock()
        named = "/".join("{id}" if word.isdigit() else word for word in path.split("/"))
        with self._lock:
            self._by_path.setdefault(vendor, Counter())[f"{method} {named}"] += 1
            self._recent.append((now, vendor))
            self._forget(now)

    def total(self, vendor: str) -> int:
        """All requests to a vendor."""
        with self._lock:
            return sum(self._by_path.get(vendor, Counter()).values())

    def shown(self) -> dict[str, Any]:
        """Vendor -> total, last_minute and paths."""
        with self._lock:
            self._forget(self._clock())
            recent = Counter(vendor for _, vendor in self._recent)
            return {
                vendor: {
                    "total": sum(paths.values()),
                    "last_minute": recent[vendor],
                    "paths": dict(paths),
                }
                for vendor, paths in sorted(self._by_path.items())
            }

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._by_path.clear()
            self._recent.clear()

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] <= now - 60:
            self._recent.popleft()


STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1rem; }
article { border: 1px solid #8886; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
time { opacity: .7; font-size: .85rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
table { border-collapse: collapse; } td, th { padding: .2rem .9rem .2rem 0; text-align: left; }
td { font-variant-numeric: tabular-nums; } code { font-size: .9em; }
"""
PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def index_page(counts: Payload) -> Answer:
    """What answers here."""
    rows = "".join(
        f"<tr><th>{_safe(label)}</th><td>{_safe(number)}</td></tr>"
        for label, number in (
            ("Conversas", counts["conversations"]),
            ("Abertas agora", counts["open"]),
            ("Pausadas", counts["snoozed"]),
            ("Sem responsável", counts["unassigned"]),
            ("Ligações", counts["calls"]),
        )
    )
    return _page(
        "Operação inventada",
        "<p>Este servidor imita as APIs do Intercom, do Aircall e do Slack para a demonstração e "
        "os testes do Vigia. Nenhuma pessoa, conversa ou ligação daqui existe.</p>"
        f"<table>{rows}</table>"
        '<p><a href="/slack">O que o robô disse no Slack</a></p>'
        "<p>Para clientes de API: <code>/conversations/search</code>, <code>/v1/calls</code> e os "
        "demais endereços publicados pelos fornecedores.</p>",
    )


def slack_page(messages: list[Message]) -> Answer:
    """What was said, newest first."""
    shown = "".join(_message(message) for message in reversed(messages))
    return _page("Slack de mentira", shown or "<p>O robô ainda não disse nada.</p>")


def _message(message: Message) -> str:
    said_at = local(message.at).strftime("%d/%m %H:%M:%S")
    edited = " (editada)" if message.edited_at is not None else ""
    lines = "".join(f"<p>{_safe(line)}</p>" for line in _lines(message.body))
    return f"<article><time>{said_at}{edited}</time>{lines}</article>"


def _lines(body: Payload) -> list[str]:
    """The words of its blocks; where there are none, its text."""
    found: list[str] = []
    for block in body.get("blocks") or []:
        if not isinstance(block, dict):
            continue
        pieces = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
        for piece in pieces:
            inner = piece.get("text") if isinstance(piece, dict) else None
            found.append(str(inner.get("text") if isinstance(inner, dict) else inner or ""))
    found = [line for line in found if line]
    return found or [str(body.get("text") or json.dumps(body, ensure_ascii=False))]


def _page(title: str, content: str) -> Answer:
    document = (
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_safe(title)} · Vigia</title><style>{STYLE}</style>"
        f"<body><h1>{_safe(title)}</h1>{content}</body></html>"
    )
    return Answer(200, document.encode(), PAGE_HEADERS, "text/html; charset=utf-8")


def _safe(value: Any) -> str:
    return html.escape(str(value))
