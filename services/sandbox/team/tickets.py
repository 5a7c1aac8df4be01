"""Tickets of the second line: they hang on conversations, and go on as the clock does.

Everything about a ticket follows from its number, so that it is the same however often it is
looked at.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from services.sandbox import Payload
from services.sandbox.team.hours import DAY, HOUR, MINUTE
from services.sandbox.team.people import BOT_ID, COMPANIES
from services.sandbox.team.rng import LogNormal, WeightedChoice, seeded_rng
from services.sandbox.team.texts import HOSTILE
from services.sandbox.team.world_protocol import AnyWorld

TYPES = (("301", "Back-office N2", "Back-office"), ("302", "Pedido do cliente", "Customer"))
# Of so many tickets one is the customer's own, which is no affair of the second line.
CUSTOMER_TICKET_EVERY = 12
TAKEN_AFTER = LogNormal(3 * HOUR, 1.0)
RESOLVED_AFTER = LogNormal(2.2 * DAY, 0.9)
WAITS_SHARE, STUCK_SHARE, REOPENED_SHARE = 0.2, 0.03, 0.04
JIRA_PHRASE = "Status Jira:"
PLATFORMS = WeightedChoice([("Portal Web", 6), ("App Android", 3), ("App iOS", 2), ("API", 1)])
SEVERITIES = WeightedChoice([("Baixa", 3), ("Média", 5), ("Alta", 3), ("Crítica", 1)])
JIRA = ("Em análise", "Em desenvolvimento", "Em teste", "Publicado")
SUBJECTS = (
    "Relatório de vendas sai em branco",
    "Nota fiscal rejeitada pela prefeitura",
    "Boleto gerado com vencimento errado",
    "Integração com o ERP parada",
    "Tela de cadastro não salva o CPF",
    "Aplicativo fecha ao anexar uma foto",
    "Estoque negativo depois da importação",
    "E-mail de redefinição de senha não chega",
)
LABELS = {
    "submitted": ("Aberto", "Enviado"),
    "in_progress": ("Em análise N2", "Em andamento"),
    "waiting_on_customer": ("Aguardando cliente", "Aguardando você"),
    "resolved": ("Resolvido", "Resolvido"),
}


@dataclass(frozen=True)
class TicketEvent:
    """A new state, a new owner, or a note."""

    at: int
    kind: str
    by: str
    value: str | None = None


@dataclass
class Ticket:
    """With everything that will ever happen to it."""

    id: str
    conversation_id: str
    contacts: Any  # as the conversation has them
    created_at: int  # Unix seconds
    is_customers: bool
    attributes: dict[str, Any]
    events: list[TicketEvent] = field(default_factory=list)  # in order; the first one creates it

    def to_payload(self, now: float) -> Payload:
        """In version 2.14."""
        past_events = [event for event in self.events if event.at <= now]
        states = [event.value for event in past_events if event.kind == "state"]
        owners = [event.value for event in past_events if event.kind == "owner"]
        state = states[-1] or "submitted"
        internal, external = LABELS[state]
        ticket_type = _build_type(self.is_customers)
        return {
            "type": "ticket",
            "id": self.id,
            "ticket_id": self.id[-6:],
            "category": ticket_type["category"],
            "ticket_attributes": self.attributes,
            "ticket_state": {
                "type": "ticket_state",
                "id": str(1 + list(LABELS).index(state)),
                "category": state,
                "internal_label": internal,
                "external_label": external,
            },
            "ticket_type": ticket_type,
            "contacts": self.contacts,
            "admin_assignee_id": owners[-1] if owners else "0",
            "team_assignee_id": "0",
            "created_at": self.created_at,
            "updated_at": past_events[-1].at,
            "open": state != "resolved",
            "snoozed_until": None,
            "linked_objects": {
                "type": "list",
                "data": [{"type": "conversation", "id": self.conversation_id, "category": None}],
                "total_count": 1,
                "has_more": False,
            },
            "ticket_parts": _build_parts(self.id, past_events),
            "is_shared": False,
        }


def generate_ticket(ticket_id: str, conversation: Payload, agent_ids: list[str]) -> Ticket:
    """One of `agent_ids`, at least one, opens it and one owns it."""
    rng = seeded_rng("ticket", ticket_id)
    at = conversation["created_at"] + rng.randint(10, 120) * MINUTE
    severity = SEVERITIES.draw(rng)
    titles = HOSTILE if rng.random() < 0.02 else SUBJECTS
    key = f"SUP-{1000 + int(ticket_id[-4:]) % 9000}"
    ticket = Ticket(
        id=ticket_id,
        conversation_id=conversation["id"],
        contacts=conversation.get("contacts"),
        created_at=at,
        is_customers=int(ticket_id[-4:]) % CUSTOMER_TICKET_EVERY == 0,
        attributes={
            "_default_title_": rng.choice(titles),
            "_default_description_": "<p>Descrição que não interessa a ninguém.</p>",
            "Plataforma": PLATFORMS.draw(rng),
            "Severidade": severity if rng.random() < 0.95 else None,
            "Empresa": rng.choice(COMPANIES),
            "Jira": key if rng.random() < 0.6 else None,
        },
    )
    ticket.events = sorted(_generate_events(rng, at, agent_ids), key=lambda event: event.at)
    return ticket


def _generate_events(rng: random.Random, at: int, agent_ids: list[str]) -> list[TicketEvent]:
    opener, owner = rng.choice(agent_ids), rng.choice(agent_ids[1::2] or agent_ids)
    events = [TicketEvent(at, "state", opener, "submitted")]
    taken = at + int(TAKEN_AFTER.draw(rng))
    events += [
        TicketEvent(taken, "owner", owner, owner),
        TicketEvent(taken + 5, "state", owner, "in_progress"),
    ]
    if rng.random() < STUCK_SHARE:
        return [*events, TicketEvent(taken + DAY, "note", owner, f"{JIRA_PHRASE} {JIRA[1]}")]
    end = max(at + int(RESOLVED_AFTER.draw(rng)), taken + HOUR)
    for step in range(rng.randint(0, 3)):
        when = taken + 60 + (end - taken - 120) * step // 3
        events.append(TicketEvent(when, "note", owner, f"{JIRA_PHRASE} {JIRA[step]}"))
    if rng.random() < WAITS_SHARE:
        events.append(TicketEvent((taken + end) // 2, "state", owner, "waiting_on_customer"))
    events.append(TicketEvent(end, "state", owner, "resolved"))
    if rng.random() < REOPENED_SHARE:
        again = end + 6 * HOUR
        events.append(TicketEvent(again, "state", opener, "in_progress"))
        events.append(TicketEvent(again + DAY, "state", owner, "resolved"))
    return events


def _build_type(is_customers: bool) -> Payload:
    type_id, name, category = TYPES[is_customers]
    return {
        "type": "ticket_type",
        "id": type_id,
        "name": name,
        "description": "",
        "icon": "🧰",
        "workspace_id": "v1g1adem",
        "archived": False,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
        "is_internal": not is_customers,
        "ticket_type_attributes": {"type": "list", "data": []},
        "category": category,
    }


def _build_parts(ticket_id: str, events: list[TicketEvent]) -> Payload:
    parts, state = [], "submitted"
    for number, event in enumerate(events):
        part: Payload = {
            "type": "ticket_part",
            "id": f"{ticket_id}{number:02d}",
            "part_type": "comment" if event.kind == "note" else "assignment",
            "created_at": event.at,
            "updated_at": event.at,
            "author": {"id": event.by, "type": "admin", "name": None, "email": None},
            "attachments": [],
            "redacted": False,
        }
        if event.kind == "note":
            part["body"] = f"<p>Atualização interna.</p><p>{event.value}</p><p>Até amanhã.</p>"
        elif event.kind == "owner":
            part["assigned_to"] = {"type": "admin", "id": event.value}
        else:
            part |= {
                "part_type": "ticket_state_updated_by_admin",
                "previous_ticket_state": state,
                "ticket_state": event.value,
            }
            state = event.value or state
        parts.append(part)
    return {"type": "ticket_part.list", "ticket_parts": parts, "total_count": len(parts)}


class Tickets:
    def __init__(self, world: AnyWorld) -> None:
        self._world = world
        self._by_id: dict[str, Ticket] = {}
        self._deleted: set[str] = set()
        self._latest_created_at: float | None = None

    @property
    def all(self) -> list[Payload]:
        """Oldest creation first."""
        self._add_new()
        now = self._world.now
        existing = [ticket for ticket in self._by_id.values() if ticket.created_at <= now]
        return [
            ticket.to_payload(now)
            for ticket in sorted(existing, key=lambda ticket: (ticket.created_at, ticket.id))
            if ticket.id not in self._deleted
        ]

    def get(self, ticket_id: str) -> Payload | None:
        self._add_new()
        ticket, now = self._by_id.get(ticket_id), self._world.now
        if ticket is None or ticket.created_at > now or ticket_id in self._deleted:
            return None
        return ticket.to_payload(now)

    def delete(self, ticket_id: str) -> None:
        """Raises KeyError where there is none of that id."""
        if self.get(ticket_id) is None:
            raise KeyError(ticket_id)
        self._deleted.add(ticket_id)

    def _add_new(self) -> None:
        latest = self._latest_created_at
        for conversation in self._world.index.list_between("created_at", latest, None):
            latest = conversation["created_at"]
            linked = conversation.get("linked_objects") or {}
            for link in linked.get("data") or []:
                ticket_id = link["id"]
                if link.get("type") == "ticket" and ticket_id not in self._by_id:
                    ticket = generate_ticket(ticket_id, conversation, self._list_agents())
                    self._by_id[ticket_id] = ticket
        self._latest_created_at = latest

    def _list_agents(self) -> list[str]:
        admins = self._world.directory.list_admins(self._world.now)
        agent_ids = sorted(str(admin["id"]) for admin in admins if admin.get("has_inbox_seat"))
        return agent_ids or [str(BOT_ID)]
