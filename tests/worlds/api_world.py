"""A small operation for the tests of the API, and a client that asks it."""

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
from flask import Flask
from flask.testing import FlaskClient

from callbacks.api.blueprint import blueprint
from metrics.model.people import ids_by_email, with_agents
from metrics.model.tables import Tables
from services.accounts.accounts import Viewer
from services.runtime.backend import Backend
from services.settings.config import Settings
from services.settings.decisions import Decisions
from services.snapshot.dataset import Snapshot
from services.snapshot.extents import find_extents
from services.snapshot.manifest import History, SourceStatus
from services.storage.store import Trouble
from tests.worlds.tables import frame, instant

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
AS_OF_TEXT = datetime(2026, 11, 24, 14, 59, 30, tzinfo=UTC)
AS_OF_TICKETS = datetime(2026, 11, 24, 14, 59, 0, tzinfo=UTC)
AS_OF_VOICE = datetime(2026, 11, 24, 14, 58, 0, tzinfo=UTC)
JOAO, LUANA, FELIPE, MARIANA, MARINA = "201", "202", "203", "204", "205"
SUPPORT, FINANCE = "6101", "6102"

MANAGER = Viewer("manager", "marina.falcao@example.com", "Marina Falcão", MARINA)
ANALYST = Viewer("analyst", "joao.lacerda@example.com", "João Vitor Lacerda", JOAO)
STRANGER = Viewer("analyst", "nobody@example.com", "Ninguém", None)
DEVICE = Viewer("wall", "", "TV da sala", None)

OK_SOURCES = {
    "intercom": SourceStatus("ok", AS_OF_TEXT, version="2.14"),
    "aircall": SourceStatus("ok", AS_OF_VOICE),
    "tickets": SourceStatus("ok", AS_OF_TICKETS, version="2.14"),
}


def conversation(row_id: str, created_at: str = "2026-11-20T12:00:00Z", **values: Any) -> Any:
    """A closed conversation of João's, started by a customer; anything can be said otherwise."""
    return {
        "id": row_id,
        "created_at": created_at,
        "updated_at": created_at,
        "state": "closed",
        "origin": "customer",
        "channel": "conversation",
        "agent_id": JOAO,
        "team_id": SUPPORT,
        "subject": "Boleto não chegou",
        "contact_name": "Cliente Exemplo",
        "contact_email": "cliente@example.com",
        "ai_participated": False,
        "attr.Motivo de Contato": "Boleto e pagamento",
        **values,
    }


def call(row_id: str, started_at: str = "2026-11-20T12:00:00Z", **values: Any) -> Any:
    """An inbound call that João answered after ten seconds and that lasted two minutes."""
    start = instant(started_at)
    return {
        "id": row_id,
        "started_at": start,
        "answered_at": start + timedelta(seconds=10),
        "ended_at": start + timedelta(seconds=130),
        "status": "done",
        "direction": "inbound",
        "has_recording": True,
        "digits": "+5511955501234",
        "line_name": "Suporte",
        "user_id": "901",
        "user_name": "João",
        "user_email": "joao.lacerda@example.com",
        **values,
    }


def ticket(row_id: str, created_at: str = "2026-11-20T12:00:00Z", **values: Any) -> Any:
    """An open ticket of João's that Luana made; anything can be said otherwise."""
    return {
        "id": row_id,
        "number": f"9{row_id.strip('k')}",
        "created_at": created_at,
        "updated_at": created_at,
        "state": "in_progress",
        "state_label": "Em análise N2",
        "is_open": True,
        "type_id": "301",
        "type_name": "Back-office N2",
        "category": "back-office",
        "subject": "Nota fiscal rejeitada",
        "agent_id": JOAO,
        "creator_id": LUANA,
        "platform": "Portal Web",
        "severity": "Alta",
        "company": "Empresa Exemplo",
        "conversation_ids": "c1",
        **values,
    }


def person(row_id: str, name: str, email: str | None, **values: Any) -> Any:
    """A member of Suporte N1 who is there."""
    return {
        "id": row_id,
        "name": name,
        "email": email,
        "voice_email": email,
        "active": True,
        "seated": True,
        "bot": False,
        "away": False,
        "team_ids": SUPPORT,
        **values,
    }


PEOPLE = [
    person(
        JOAO,
        "João Vitor Lacerda",
        "joao.lacerda@example.com",
        voice_id="901",
        voice_status="available",
        voice_since="2026-11-24T14:00:00Z",
    ),
    person(LUANA, "Luana Tavares", "luana.tavares@example.com", away=True, away_reason="Almoço"),
    person(FELIPE, "Felipe Yamamoto", "felipe.yamamoto@example.com", team_ids=FINANCE),
    person(MARIANA, "Mariana Pontes", "mariana.pontes@example.com", active=False, team_ids=""),
    person(MARINA, "Marina Falcão", "marina.falcao@example.com", team_ids=""),
]
TEAMS = [{"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"}]
CONVERSATIONS = [
    conversation(
        "c1",
        first_contact_reply_at="2026-11-20T12:00:00Z",
        first_admin_reply_at="2026-11-20T12:05:00Z",
        last_close_at="2026-11-20T14:00:00Z",
        rating=5,
        rating_at="2026-11-20T14:01:00Z",
        rated_agent_id=JOAO,
        tags="vip\nboleto",
    ),
    conversation("c2", "2026-11-21T12:00:00Z", state="open", origin="teammate"),
    conversation("c3", agent_id=LUANA, **{"attr.Motivo de Contato": "Acesso e senha"}),
    conversation("c4", agent_id=MARIANA),
    conversation("c5", agent_id=FELIPE, team_id=FINANCE, **{"attr.Motivo de Contato": None}),
    conversation(
        "c6",
        "2026-11-24T14:50:00Z",
        agent_id=None,
        state="open",
        waiting_since="2026-11-24T14:50:00Z",
    ),
    conversation(
        "c7",
        "2026-11-24T14:40:00Z",
        agent_id=None,
        team_id=None,
        state="open",
        waiting_since="2026-11-24T14:40:00Z",
    ),
]
CALLS = [
    call("t1"),
    call("t2", "2026-11-21T12:00:00Z", user_id="902", user_email="luana.tavares@example.com"),
    call("t3", "2026-11-22T12:00:00Z", direction="outbound", has_recording=False),
    call(
        "t4",
        "2026-11-22T13:00:00Z",
        answered_at=None,
        has_recording=False,
        missed_call_reason="agents_did_not_answer",
        user_id=None,
        user_name=None,
        user_email=None,
    ),
]
TICKETS = [
    ticket("k1", "2026-11-10T12:00:00Z"),
    ticket("k2", agent_id=LUANA, creator_id=JOAO, platform="App"),
    ticket(
        "k3",
        state="resolved",
        state_label="Resolvido",
        is_open=False,
        resolved_at="2026-11-21T12:00:00Z",
    ),
    ticket("k4", "2026-09-01T12:00:00Z", agent_id=None, severity=None),
]


ROWS = {
    "agents": PEOPLE,
    "calls": CALLS,
    "conversations": CONVERSATIONS,
    "teams": TEAMS,
    "tickets": TICKETS,
}


@cache
def _default(name: str) -> pl.DataFrame:
    """The rows above; nobody changes a table, and making one takes longer than most tests."""
    return frame(name, ROWS[name])


@cache
def _default_calls() -> pl.DataFrame:
    return with_agents(_default("calls"), ids_by_email(_default("agents")))


def snapshot(
    conversations: list[Any] | None = None,
    calls: list[Any] | None = None,
    people: list[Any] | None = None,
    teams: list[Any] | None = None,
    tickets: list[Any] | None = None,
    **values: Any,
) -> Snapshot:
    """A version with these rows, in place of those above."""
    agents = _default("agents") if people is None else frame("agents", people)
    given: dict[str, Any] = {
        "version": 7,
        "sources": OK_SOURCES,
        "history": History(90, 90, complete=True, first_day=date(2026, 8, 27)),
        "meta": {
            "app_id": "abc123",
            "requests_last_minute": {"intercom": 3, "aircall": 2},
            "recheck": {
                "intercom": {
                    "read_at": NOW.timestamp() - 180,
                    "whole_since": NOW.timestamp() - 19 * 3600,
                    "changed": 12,
                    "removed": 3,
                }
            },
        },
        "published_at": NOW,
        **values,
    }
    tables = Tables(
        conversations=_default("conversations")
        if conversations is None
        else frame("conversations", conversations),
        calls=_default_calls()
        if calls is None and people is None
        else with_agents(frame("calls", CALLS if calls is None else calls), ids_by_email(agents)),
        agents=agents,
        teams=_default("teams") if teams is None else frame("teams", teams),
        now=NOW,
        tickets=_default("tickets") if tickets is None else frame("tickets", tickets),
        extents=find_extents(given["sources"], given["history"], given["meta"]),
    )
    return Snapshot(tables=tables, **given)


class FakeDataset:
    """Holds the version it is given, and remembers as the real one does."""

    def __init__(self, current: Snapshot | None) -> None:
        self.current = current

    def snapshot(self) -> Snapshot | None:
        return self.current

    def cached(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        assert self.current is not None
        return self.current.memory.get(key, compute)


class FakeStore:
    """Holds what a test lays into it."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    def keys(self, prefix: str = "") -> list[str]:
        return sorted(key for key in self.values if key.startswith(prefix))

    def find_troubles(self) -> list[Trouble]:
        return []

    def size_bytes(self) -> int:
        return sum(map(len, self.values.values()))

    def set(self, key: str, value: bytes, expire_seconds: float | None = None) -> None:
        self.values[key] = value

    def add(self, key: str, value: bytes, expire_seconds: float | None = None) -> bool:
        is_new = key not in self.values
        self.values.setdefault(key, value)
        return is_new

    def increment(self, key: str, expire_seconds: float | None = None, start: int = 0) -> int:
        count = int(self.values.get(key, start)) + 1
        self.values[key] = str(count).encode()
        return count


class Api:
    """The API over one version, asked as somebody."""

    def __init__(
        self,
        current: Snapshot | None = None,
        *,
        settings: Settings | None = None,
        starting: bool = False,
    ) -> None:
        self.settings = settings or Settings()
        self.now = NOW
        self.viewer: Viewer | None = MANAGER
        self.dataset = FakeDataset(None if starting else current or snapshot())
        self.store = FakeStore()
        self.app = Flask("vigia")
        self.app.register_blueprint(blueprint(self._backend(), lambda: self.viewer))

    def _backend(self) -> Backend:
        store: Any = self.store
        dataset: Any = self.dataset
        return Backend(
            decisions=Decisions(store, self.settings),
            cache=store,
            state=store,
            dataset=dataset,
            clock=lambda: self.now.timestamp(),
        )

    @property
    def client(self) -> FlaskClient:
        """A client of the app."""
        return self.app.test_client()

    def ask(self, path: str, *, viewer: Viewer | None = MANAGER, **query: Any) -> Any:
        """Status and body of a route below /api/v1; `from_` stands for `from`."""
        self.viewer = viewer
        given = {name.rstrip("_"): value for name, value in query.items()}
        response = self.client.get(f"/api/v1/{path}", query_string=given or None)
        return response.status_code, response.get_json()

    def get(self, path: str, *, viewer: Viewer = MANAGER, **query: Any) -> Any:
        """The body of an answer that must be 200."""
        status, body = self.ask(path, viewer=viewer, **query)
        assert status == 200, body
        return body

    def refused(self, path: str, *, viewer: Viewer | None = MANAGER, **query: Any) -> Any:
        """Status, code and message of an answer that must be an error."""
        status, body = self.ask(path, viewer=viewer, **query)
        assert status >= 400, body
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message"}
        return status, body["error"]["code"], body["error"]["message"]
