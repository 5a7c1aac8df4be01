"""Moves the world to the clock's time, then hands the request to the vendor whose path it has.

Other paths are the sandbox's own: two pages for people, and `/_sandbox/` for tests.
"""

import html
import json
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from services.sandbox import Payload
from services.sandbox.apis.aircall import AircallApi
from services.sandbox.apis.http import Request, Response
from services.sandbox.apis.intercom import IntercomApi
from services.sandbox.apis.notifications import Delivery, Notifier
from services.sandbox.apis.slack import Message, SlackApi
from services.sandbox.controls import Controls, Fault, Faults
from services.sandbox.team.hours import to_local
from services.sandbox.team.world_protocol import AnyWorld

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
CONTROL = "/_sandbox"
FAULT_FIELDS = ("path", "seconds", "times", "retry_after", "delay")


class Dispatcher:
    def __init__(
        self,
        world: AnyWorld,
        clock: Callable[[], float],
        *,
        token: str | None,
        intercom_limit: int,
        aircall_limit: int,
    ) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.faults = Faults(clock)
        self.request_counter = RequestCounter(clock)
        self.slack = SlackApi()
        self._controls = Controls(world)
        self._clock = clock
        self._intercom = IntercomApi(world, token, intercom_limit)
        self.notifier = Notifier(world)
        self._aircall = AircallApi(world, token, aircall_limit, self.notifier)

    @property
    def tickets(self) -> list[Payload]:
        return self._intercom.tickets.all

    def find_vendor(self, path: str) -> str | None:
        """None: one of the sandbox's own paths."""
        if path in ("/", "/slack", "/favicon.ico") or path.startswith(CONTROL):
            return None
        if path.startswith(("/v1/", "/v2/")):
            return "aircall"
        return "slack" if path.startswith(("/slack/", "/api/")) else "intercom"

    def handle(self, request: Request) -> Response:
        vendor = self.find_vendor(request.path)
        if vendor == "slack":
            return self.slack.handle(request, self._clock())
        with self.lock:
            self.world.advance(self._clock())
            if vendor is None:
                return self._handle_own(request)
            response = (self._aircall if vendor == "aircall" else self._intercom).handle(request)
            # Written while nothing moves: the rows are the world's own.
            return replace(response, body=response.encode_body())

    def fail(self, fault: Fault) -> Response:
        with self.lock:
            self.world.advance(self._clock())
        if fault.kind == "429":
            if fault.vendor == "slack":
                return self.slack.refuse(fault.retry_after)
            api = self._aircall if fault.vendor == "aircall" else self._intercom
            return api.refuse(fault.retry_after)
        status = int(fault.kind)
        if fault.vendor == "slack":
            return self.slack.build_error(status)
        if fault.vendor == "aircall":
            messages = {401: "Unauthorized", 403: "Forbidden"}
            return self._aircall.build_error(status, messages.get(status, "Internal Server Error"))
        codes = {401: "unauthorized", 403: "api_plan_restricted"}
        return self._intercom.build_error(
            status, codes.get(status, "server_error"), "Refused on command"
        )

    def collect_deliveries(self) -> list[Delivery]:
        """What the vendors have to tell since the last time."""
        if not self.notifier.is_on:
            return []
        with self.lock:
            self.world.advance(self._clock())
            return self.notifier.collect()

    def count_truth(self) -> Payload:
        with self.lock:
            self.world.advance(self._clock())
            states = {
                state: self.world.index.list_in_state(state)
                for state in ("open", "snoozed", "closed")
            }
            return {
                "conversations": len(self.world.index),
                **{state: len(rows) for state, rows in states.items()},
                "unassigned": sum(not row["admin_assignee_id"] for row in states["open"]),
                "calls": len(self.world.list_calls()),
                "now": self.world.now,
            }

    def _handle_own(self, request: Request) -> Response:
        if request.path.startswith(CONTROL):
            if not _is_loopback(request.headers.get("host", "")):
                return Response(403, {"error": "only this machine may do that"})
            return self._handle_control(request)
        if request.method != "GET":
            return Response(405, {"error": "only GET"})
        if request.path == "/slack":
            return draw_slack_page(self.slack.messages)
        if request.path == "/":
            return draw_index_page(self.count_truth())
        return Response(404, {"error": "not found"})

    def _handle_control(self, request: Request) -> Response:
        match request.method, request.path.removeprefix(CONTROL):
            case "GET", "/requests":
                return Response(200, self.request_counter.to_json())
            case "GET", "/truth":
                return Response(200, self.count_truth())
            case "GET", "/faults":
                return Response(200, {"faults": self.faults.to_json()})
            case "DELETE", "/faults":
                self.faults.heal()
                return Response(200, {"faults": []})
            case "DELETE", "/requests":
                self.request_counter.clear()
                return Response(200, {})
            case "POST", "/faults":
                return self._add_fault(request)
            case "POST", "/notifications":
                return self._subscribe_intercom(request)
            case "POST", "/delete":
                return self._delete(request)
            case "GET", "/slack":
                return Response(200, {"messages": self.slack.to_json()})
            case (
                "POST",
                "/people"
                | "/arrive"
                | "/ring"
                | "/close"
                | "/rate"
                | "/redact"
                | "/merge" as order,
            ):
                return self._run_order(order.removeprefix("/"), request)
        return Response(404, {"error": "not found"})

    def _add_fault(self, request: Request) -> Response:
        try:
            body = request.json()
            fields = {field: body[field] for field in FAULT_FIELDS if body.get(field) is not None}
            self.faults.add(body["vendor"], body["kind"], **fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return Response(400, {"error": f"not a fault: {error}"})
        return Response(201, {"faults": self.faults.to_json()})

    def _subscribe_intercom(self, request: Request) -> Response:
        """{"url": where to, "secret": of the signature}."""
        try:
            body = request.json()
            self.notifier.subscribe_intercom(str(body["url"]), str(body["secret"]))
        except (ValueError, KeyError, TypeError) as error:
            return Response(400, {"error": f"not a subscription: {error}"})
        return Response(201, {})

    def _run_order(self, order: str, request: Request) -> Response:
        try:
            return Response(200, self._controls.run_order(order, request.json()))
        except (ValueError, TypeError) as error:
            return Response(400, {"error": f"not an order: {error}"})

    def _delete(self, request: Request) -> Response:
        try:
            object_id = str(request.json()["id"])
            if self._intercom.tickets.get(object_id):
                self._intercom.tickets.delete(object_id)
            else:
                self.world.delete(object_id)
        except (ValueError, TypeError):
            return Response(400, {"error": "id is missing"})
        except KeyError:
            return Response(404, {"error": "not found"})
        return Response(200, {"deleted": True})


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


class RequestCounter:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_path: dict[str, Counter[str]] = {}
        self._recent: deque[tuple[float, str]] = deque()

    def count_request(self, vendor: str, method: str, path: str) -> None:
        """Ids are left out of the path."""
        now = self._clock()
        path_template = "/".join("{id}" if word.isdigit() else word for word in path.split("/"))
        with self._lock:
            self._by_path.setdefault(vendor, Counter())[f"{method} {path_template}"] += 1
            self._recent.append((now, vendor))
            self._forget_old(now)

    def get_total(self, vendor: str) -> int:
        with self._lock:
            return sum(self._by_path.get(vendor, Counter()).values())

    def to_json(self) -> dict[str, Any]:
        """Vendor -> total, last_minute and paths."""
        with self._lock:
            self._forget_old(self._clock())
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
        with self._lock:
            self._by_path.clear()
            self._recent.clear()

    def _forget_old(self, now: float) -> None:
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


def draw_index_page(counts: Payload) -> Response:
    rows = "".join(
        f"<tr><th>{_escape(label)}</th><td>{_escape(number)}</td></tr>"
        for label, number in (
            ("Conversas", counts["conversations"]),
            ("Abertas agora", counts["open"]),
            ("Pausadas", counts["snoozed"]),
            ("Sem responsável", counts["unassigned"]),
            ("Ligações", counts["calls"]),
        )
    )
    return _draw_page(
        "Operação inventada",
        "<p>Este servidor imita as APIs do Intercom, do Aircall e do Slack para a demonstração e "
        "os testes do Vigia. Nenhuma pessoa, conversa ou ligação daqui existe.</p>"
        f"<table>{rows}</table>"
        '<p><a href="/slack">O que o robô disse no Slack</a></p>'
        "<p>Para clientes de API: <code>/conversations/search</code>, <code>/v1/calls</code> e os "
        "demais endereços publicados pelos fornecedores.</p>",
    )


def draw_slack_page(messages: list[Message]) -> Response:
    """Newest message first."""
    articles = "".join(_draw_message(message) for message in reversed(messages))
    return _draw_page("Slack de mentira", articles or "<p>O robô ainda não disse nada.</p>")


def _draw_message(message: Message) -> str:
    sent_at = to_local(message.at).strftime("%d/%m %H:%M:%S")
    edited = " (editada)" if message.edited_at is not None else ""
    lines = "".join(f"<p>{_escape(line)}</p>" for line in _list_lines(message.body))
    return f"<article><time>{sent_at}{edited}</time>{lines}</article>"


def _list_lines(body: Payload) -> list[str]:
    """The message's own text where there are no blocks."""
    lines: list[str] = []
    for block in body.get("blocks") or []:
        if not isinstance(block, dict):
            continue
        pieces = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
        for piece in pieces:
            inner = piece.get("text") if isinstance(piece, dict) else None
            lines.append(str(inner.get("text") if isinstance(inner, dict) else inner or ""))
    lines = [line for line in lines if line]
    return lines or [str(body.get("text") or json.dumps(body, ensure_ascii=False))]


def _draw_page(title: str, content: str) -> Response:
    document = (
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_escape(title)} · Vigia</title><style>{STYLE}</style>"
        f"<body><h1>{_escape(title)}</h1>{content}</body></html>"
    )
    return Response(200, document.encode(), PAGE_HEADERS, "text/html; charset=utf-8")


def _escape(value: Any) -> str:
    return html.escape(str(value))
