"""Tickets of the second line: they hang on conversations, and go on as the clock does.

Everything about a ticket follows from its number, so that it is the same however often it is
looked at.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from services.sandbox.team.people import BOT_ID, COMPANIES
from services.sandbox.team.rng import Spread, Urn, generator
from services.sandbox.team.texts import HOSTILE
from services.sandbox.team.world_protocol import AnyWorld

Payload = dict[str, Any]
MINUTE, HOUR, DAY = 60, 3600, 86400
TYPES = (("301", "Back-office N2", "Back-office"), ("302", "Pedido do cliente", "Customer"))
# Of so many tickets one is the customer's own, which is no affair of the second line.
CUSTOMERS_OWN = 12
TAKEN_AFTER = Spread(3 * HOUR, 1.0)
RESOLVED_AFTER = Spread(2.2 * DAY, 0.9)
WAITS_SHARE, STUCK_SHARE, REOPENED_SHARE = 0.2, 0.03, 0.04
PHRASE = "Status Jira:"
PLATFORMS = Urn([("Portal Web", 6), ("App Android", 3), ("App iOS", 2), ("API", 1)])
SEVERITIES = Urn([("Baixa", 3), ("Média", 5), ("Alta", 3), ("Crítica", 1)])
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
class Happening:
    """Something that happens to a ticket: a new state, an owner, or a note."""

    at: int
    kind: str
    by: str
    value: str | None = None


@dataclass
class Ticket:
    """One ticket, with everything that will ever happen to it.

    Attributes:
        id: The vendor's.
        conversation_id: Where it began.
        contacts: As the conversation has them.
        created_at: Unix seconds.
        happenings: In order; the first one creates it.
    """

    id: str
    conversation_id: str
    contacts: Any
    created_at: int
    type_id: str
    attributes: dict[str, Any]
    happenings: list[Happening] = field(default_factory=list)

    def payload(self, now: float) -> Payload:
        """As the vendor shows it in version 2.14."""
        done = [one for one in self.happenings if one.at <= now]
        states = [one.value for one in done if one.kind == "state"]
        owners = [one.value for one in done if one.kind == "owner"]
        state = states[-1] or "submitted"
        internal, external = LABELS[state]
        kind = next(_type(*found) for found in TYPES if found[0] == self.type_id)
        return {
            "type": "ticket",
            "id": self.id,
            "ticket_id": self.id[-6:],
            "category": kind["category"],
            "ticket_attributes": self.attributes,
            "ticket_state": {
                "type": "ticket_state",
                "id": str(1 + list(LABELS).index(state)),
                "category": state,
                "internal_label": internal,
                "external_label": external,
            },
            "ticket_type": kind,
            "contacts": self.contacts,
            "admin_assignee_id": owners[-1] if owners else "0",
            "team_assignee_id": "0",
            "created_at": self.created_at,
            "updated_at": done[-1].at,
            "open": state != "resolved",
            "snoozed_until": None,
            "linked_objects": {
                "type": "list",
                "data": [{"type": "conversation", "id": self.conversation_id, "category": None}],
                "total_count": 1,
                "has_more": False,
            },
            "ticket_parts": _parts(self.id, done),
            "is_shared": False,
        }


def told(ticket_id: str, conversation: Payload, people: list[str]) -> Ticket:
    """The ticket that hangs on a conversation.

    Args:
        ticket_id: The vendor's.
        conversation: Where it began.
        people: Ids of those who may open and own it; there is at least one.
    """
    chance = generator("ticket", ticket_id)
    at = conversation["created_at"] + chance.randint(10, 120) * MINUTE
    own = int(ticket_id[-4:]) % CUSTOMERS_OWN == 0
    severity = SEVERITIES.draw(chance)
    words = HOSTILE if chance.random() < 0.02 else SUBJECTS
    key = f"SUP-{1000 + int(ticket_id[-4:]) % 9000}"
    ticket = Ticket(
        id=ticket_id,
        conversation_id=conversation["id"],
        contacts=conversation.get("contacts"),
        created_at=at,
        type_id=TYPES[1 if own else 0][0],
        attributes={
            "_default_title_": chance.choice(words),
            "_default_description_": "<p>Descrição que não interessa a ninguém.</p>",
            "Plataforma": PLATFORMS.draw(chance),
            "Severidade": severity if chance.random() < 0.95 else None,
            "Empresa": chance.choice(COMPANIES),
            "Jira": key if chance.random() < 0.6 else None,
        },
    )
    ticket.happenings = sorted(_course(chance, at, people), key=lambda one: one.at)
    return ticket


def _course(chance: random.Random, at: int, people: list[str]) -> list[Happening]:
    opener, owner = chance.choice(people), chance.choice(people[1::2] or people)
    found = [Happening(at, "state", opener, "submitted")]
    taken = at + int(TAKEN_AFTER.draw(chance))
    found += [
        Happening(taken, "owner", owner, owner),
        Happening(taken + 5, "state", owner, "in_progress"),
    ]
    if chance.random() < STUCK_SHARE:
        return [*found, Happening(taken + DAY, "note", owner, f"{PHRASE} {JIRA[1]}")]
    end = max(at + int(RESOLVED_AFTER.draw(chance)), taken + HOUR)
    for step in range(chance.randint(0, 3)):
        when = taken + 60 + (end - taken - 120) * step // 3
        found.append(Happening(when, "note", owner, f"{PHRASE} {JIRA[step]}"))
    if chance.random() < WAITS_SHARE:
        found.append(Happening((taken + end) // 2, "state", owner, "waiting_on_customer"))
    found.append(Happening(end, "state", owner, "resolved"))
    if chance.random() < REOPENED_SHARE:
        again = end + 6 * HOUR
        found.append(Happening(again, "state", opener, "in_progress"))
        found.append(Happening(again + DAY, "state", owner, "resolved"))
    return found


def _type(type_id: str, name: str, category: str) -> Payload:
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
        "is_internal": category != "Customer",
        "ticket_type_attributes": {"type": "list", "data": []},
        "category": category,
    }


def _parts(ticket_id: str, done: list[Happening]) -> Payload:
    found, state = [], "submitted"
    for place, one in enumerate(done):
        part: Payload = {
            "type": "ticket_part",
            "id": f"{ticket_id}{place:02d}",
            "part_type": "comment" if one.kind == "note" else "assignment",
            "created_at": one.at,
            "updated_at": one.at,
            "author": {"id": one.by, "type": "admin", "name": None, "email": None},
            "attachments": [],
            "redacted": False,
        }
        if one.kind == "note":
            part["body"] = f"<p>Atualização interna.</p><p>{one.value}</p><p>Até amanhã.</p>"
        elif one.kind == "owner":
            part["assigned_to"] = {"type": "admin", "id": one.value}
        else:
            part |= {
                "part_type": "ticket_state_updated_by_admin",
                "previous_ticket_state": state,
                "ticket_state": one.value,
            }
            state = one.value or state
        found.append(part)
    return {"type": "ticket_part.list", "ticket_parts": found, "total_count": len(found)}


class Tickets:
    """All tickets of a world, as they are at its instant.

    Args:
        world: Whose conversations they hang on.
    """

    def __init__(self, world: AnyWorld) -> None:
        self._world = world
        self._told: dict[str, Ticket] = {}
        self._deleted: set[str] = set()
        self._seen: float | None = None

    @property
    def all(self) -> list[Payload]:
        """Every ticket, oldest creation first."""
        self._look()
        now = self._world.now
        there = [one for one in self._told.values() if one.created_at <= now]
        return [
            one.payload(now)
            for one in sorted(there, key=lambda one: (one.created_at, one.id))
            if one.id not in self._deleted
        ]

    def one(self, ticket_id: str) -> Payload | None:
        """The ticket of that id."""
        self._look()
        found, now = self._told.get(ticket_id), self._world.now
        if found is None or found.created_at > now or ticket_id in self._deleted:
            return None
        return found.payload(now)

    def delete(self, ticket_id: str) -> None:
        """Delete a ticket.

        Raises:
            KeyError: There is none of that id.
        """
        if self.one(ticket_id) is None:
            raise KeyError(ticket_id)
        self._deleted.add(ticket_id)

    def _look(self) -> None:
        """Tell the tickets of conversations that are new."""
        latest = self._seen
        for conversation in self._world.shelf.between("created_at", self._seen, None):
            latest = conversation["created_at"]
            linked = conversation.get("linked_objects") or {}
            for one in linked.get("data") or []:
                if one.get("type") == "ticket" and one["id"] not in self._told:
                    self._told[one["id"]] = told(one["id"], conversation, self._people())
        self._seen = latest

    def _people(self) -> list[str]:
        admins = self._world.directory.admins(self._world.now)
        seated = sorted(str(one["id"]) for one in admins if one.get("has_inbox_seat"))
        return seated or [str(BOT_ID)]
