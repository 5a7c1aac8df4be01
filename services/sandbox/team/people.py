"""Agents, teams and lines of the invented company, and its customers.

Nobody exists: addresses are of example.com, telephone numbers are nobody's.
"""

import random
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from services.sandbox.team.rng import seeded_rng

APP_ID = "v1g1adem"
BOT_ID, MANAGER_ID, SEATLESS_ID, LEAVER_ID = 9001, 9002, 9003, 9004
MANAGER_NAME, LEAVER_NAME = "Marina Falcão", "Sabrina Portella"
FIRST_AGENT_ID, FIRST_VOICE_ID = 9101, 40101
FRONT, FINANCE = 6101, 6102
TEAMS = {FRONT: "Suporte N1", FINANCE: "Financeiro"}
AWAY_REASONS = (
    (31, "Almoço", "🍽", False),
    (32, "Pausa", "☕", False),
    (33, "Reunião", "📅", False),
    (34, "Treinamento", "🎓", True),
)
NUMBERS = (
    (70201, "Suporte", "+55 11 5550-0100", True),
    (70202, "Financeiro", "+55 11 5550-0200", True),
    (70203, "Comercial", "+55 11 5550-0300", False),
)
# The first eight are the ones of the demo accounts; the team of finance is smaller.
KNOWN = (
    ("Luana Tavares", (FRONT,)),
    ("Ana Beatriz Nogueira", (FRONT,)),
    ("Rafael Quintela", (FRONT,)),
    ("Caio Sampaio", (FRONT,)),
    ("Felipe Yamamoto", (FRONT, FINANCE)),
    ("João Vitor Lacerda", (FRONT,)),
    ("Débora Rezende", (FINANCE,)),
    ("Ingrid Hoffmann", (FINANCE,)),
)
FIRST_NAMES = (
    *("Alice", "Bruno", "Camila", "Davi", "Elisa", "Fábio", "Gabriela", "Heitor", "Isadora"),
    *("Jonas", "Karina", "Leandro", "Melissa", "Nicolas", "Olívia", "Paulo", "Raquel", "Samuel"),
    *("Tainá", "Ulisses", "Vanessa", "William", "Yasmin", "Zeca", "Lívia", "Murilo", "Priscila"),
)
LAST_NAMES = (
    *("Abreu", "Barreto", "Cardim", "Dutra", "Esteves", "Furtado", "Galvão", "Holanda", "Iglesias"),
    *("Junqueira", "Kanashiro", "Linhares", "Menezes", "Novaes", "Ottoni", "Pacheco", "Queiroga"),
    *("Rangel", "Saldanha", "Toledo", "Uchoa", "Valadares", "Werneck", "Xavier", "Zanetti"),
)


@dataclass(frozen=True)
class Agent:
    """With what makes their numbers their own."""

    id: int  # in Intercom
    name: str
    email: str
    team_ids: tuple[int, ...]
    voice_id: int | None  # in Aircall; None where they have no telephone
    voice_email: str  # in Aircall; its letter case may differ
    pace: float  # factor of their reply times
    diligence: float  # share of closed conversations they classify
    kindness: float  # shifts the ratings they get
    weight: float  # how often work comes to them


@dataclass(frozen=True)
class Staff:
    agents: tuple[Agent, ...]
    by_id: dict[int, Agent] = field(repr=False)
    by_team: dict[int, tuple[Agent, ...]] = field(repr=False)

    @property
    def on_the_phone(self) -> tuple[Agent, ...]:
        return tuple(agent for agent in self.agents if agent.voice_id is not None)


def build_staff(size: int, seed: int) -> Staff:
    """The first eight agents are always the same."""
    agents = tuple(_build_agent(position, *_pick_name(position), seed) for position in range(size))
    teams = {
        team: tuple(agent for agent in agents if team in agent.team_ids) or agents for team in TEAMS
    }
    return Staff(agents, {agent.id: agent for agent in agents}, teams)


def build_email(name: str) -> str:
    """Without accents."""
    words = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().split()
    return f"{words[0]}.{words[-1]}@example.com"


def _pick_name(position: int) -> tuple[str, tuple[int, ...]]:
    if position < len(KNOWN):
        return KNOWN[position]
    index = position - len(KNOWN)
    # Both lists have no common divisor, so no pair comes twice among the first 675.
    first, last = FIRST_NAMES[index % len(FIRST_NAMES)], LAST_NAMES[index % len(LAST_NAMES)]
    round_number = index // (len(FIRST_NAMES) * len(LAST_NAMES))
    name = f"{first} {last}" + (f" {'I' * (round_number + 1)}" if round_number else "")
    return name, ((FINANCE,) if position % 3 == 2 else (FRONT,))


def _build_agent(position: int, name: str, team_ids: tuple[int, ...], seed: int) -> Agent:
    rng = seeded_rng(seed, "agent", position)
    email = build_email(name)
    has_no_phone = position == len(KNOWN) - 1
    return Agent(
        id=FIRST_AGENT_ID + position,
        name=name,
        email=email,
        team_ids=team_ids,
        voice_id=None if has_no_phone else FIRST_VOICE_ID + position,
        voice_email=email.title() if position == 2 else email,
        pace=rng.uniform(0.75, 1.35),
        diligence=rng.choice((0.97, 0.95, 0.93, 0.91, 0.88, 0.8)),
        kindness=rng.uniform(-0.25, 0.3),
        # Who is in two teams gets half of what each would give.
        weight=rng.uniform(0.7, 1.0) / len(team_ids),
    )


COMPANIES = (
    *("Padaria Sol Nascente", "Mercado Três Ipês", "Clínica Bem Viver", "Oficina do Vale"),
    *("Livraria Maré Alta", "Transportes Serra Azul", "Ateliê Linha Fina", "Pet Amigo Fiel"),
    *("Restaurante Cambuci", "Escola Primavera", "Óptica Horizonte", "Construtora Pedra Branca"),
    *("Farmácia Boa Hora", "Pousada Vento Sul", "Gráfica Papel & Tinta", "Studio Pilates Leve"),
)
CONTACT_COUNT = 3000


@dataclass(frozen=True)
class Contact:
    id: str  # in Intercom
    number: int  # position in the list; Aircall's contact id comes from it
    first_name: str
    last_name: str
    company: str
    email: str
    digits: str  # as Aircall shows it
    is_lead: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@cache
def build_contacts(seed: int) -> tuple[Contact, ...]:
    """Most frequent first."""
    rng = seeded_rng(seed, "contacts")
    return tuple(_build_contact(number, rng) for number in range(CONTACT_COUNT))


def draw_contact(contacts: tuple[Contact, ...], rng: random.Random) -> Contact:
    """Few come often, most come seldom."""
    return contacts[int(rng.random() ** 2.2 * len(contacts))]


def _build_contact(number: int, rng: random.Random) -> Contact:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    mailbox, host = build_email(f"{first} {last}").split("@")
    return Contact(
        id=f"{0x6500A0000000 + number * 7919:024x}",
        number=number,
        first_name=first,
        last_name=last,
        company=rng.choice(COMPANIES),
        email=f"{mailbox}{number}@{host}",
        digits=f"+55 {11 + number % 9} 5550-{(number * 37) % 9000 + 1000:04d}",
        is_lead=rng.random() < 0.12,
    )
