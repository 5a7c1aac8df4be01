"""An operation of three months in a zone whose clocks are set back, with everything filled in."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.measures.ai_agent import STATES
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from tests.worlds.api_world import (
    FELIPE,
    FINANCE,
    JOAO,
    LUANA,
    MARIANA,
    SUPPORT,
    call,
    conversation,
    snapshot,
    ticket,
)

# Its clocks go back in the night to 1 November 2026: that day has 25 hours.
SETTINGS = Settings.model_validate(
    {
        "time_zone": "America/New_York",
        "csat_minimum": 3,
        "telephony": {"main_lines": ["Suporte"]},
    }
)
CATEGORY, REGISTRATIONS, AREA = "Categoria do sistema", "Cadastros", "Equipe"
STARTS = datetime(2026, 8, 28, tzinfo=UTC)
DAYS = 88
# Nobody writes or calls from the first of these days to the last.
QUIET = (datetime(2026, 9, 6, tzinfo=UTC), datetime(2026, 9, 15, tzinfo=UTC))
REASONS = ("Boleto e pagamento", "Acesso e senha", "Nota fiscal", " ", None)
MISSED = (
    "agents_did_not_answer",
    "no_available_agent",
    "short_abandoned",
    "out_of_opening_hours",
    "abandoned_in_ivr",
)
PEOPLE = (JOAO, LUANA, FELIPE, MARIANA, None)
VOICES = {
    "901": "joao.lacerda@example.com",
    "902": "luana.tavares@example.com",
    "777": "alguem@example.com",
}


def figures(**values: Any) -> Snapshot:
    """The version; the same each time. `values`: other fields of a snapshot."""
    chance = random.Random(7)
    written = [_conversation(str(number), chance) for number in range(1500)]
    called = [_call(f"t{number}", chance) for number in range(700)]
    opened = [_ticket(f"k{number}", chance) for number in range(300)]
    return snapshot(conversations=written, calls=called, tickets=opened, **values)


def _instant(chance: random.Random) -> datetime:
    while True:
        at = STARTS + timedelta(seconds=chance.randrange(DAYS * 86400))
        # A third lies around the change of the clocks, midnights included.
        if chance.random() < 0.3:
            at = datetime(2026, 10, 31, 20, tzinfo=UTC) + timedelta(
                seconds=chance.randrange(48 * 3600)
            )
        if not QUIET[0] <= at <= QUIET[1]:
            return at


def _conversation(row_id: str, chance: random.Random) -> Any:
    created = _instant(chance)

    def after(most: int, share: float = 1.0) -> datetime | None:
        known = chance.random() < share
        return created + timedelta(seconds=chance.randrange(5, most)) if known else None

    first_close = after(90_000)
    state = chance.choices(("closed", "open", "snoozed"), (8, 1, 1))[0]
    rated = chance.random() < 0.4
    reason, second = chance.choice(REASONS), chance.choice(REASONS)
    return conversation(
        row_id,
        created.isoformat(),
        state=state,
        origin=chance.choice(("customer", "customer", "teammate", None)),
        agent_id=chance.choice(PEOPLE),
        team_id=chance.choice((SUPPORT, SUPPORT, FINANCE, None)),
        rated_agent_id=chance.choice(PEOPLE),
        rating=chance.choice((1, 2, 3, 4, 5, 5)) if rated else None,
        rating_at=after(200_000) if rated else None,
        first_contact_reply_at=created if chance.random() < 0.5 else None,
        first_admin_reply_at=after(3_000, 0.9 if state == "closed" else 0.4),
        first_assignment_at=created,
        first_close_at=first_close if state == "closed" else None,
        last_close_at=(first_close + timedelta(seconds=chance.choice((0, 0, 7_000))))
        if state == "closed" and first_close
        else None,
        time_to_admin_reply_seconds=float(chance.randrange(3_000)),
        time_to_first_close_seconds=float(chance.randrange(60_000)),
        time_to_last_close_seconds=float(chance.randrange(90_000)),
        count_reopens=chance.choice((0, 0, 0, 1, 2, None)),
        sla_status=chance.choice(("hit", "hit", "missed", "active", "cancelled", None)),
        is_call=chance.random() < 0.03,
        waiting_since=created.isoformat() if state == "open" and chance.random() < 0.6 else None,
        **_ai_agent(row_id),
        **{
            "is_merged": state == "closed" and chance.random() < 0.05,
            "attr.Motivo de Contato": reason,
            "attr.Motivo 2 (Se houver)": second,
            "attr.Status do atendimento": chance.choice(("Resolvido", "Pendente", None)),
            "attr.Ticket category": chance.choice(("Back-office ticket", None, None)),
            f"attr.{CATEGORY}": chance.choice(("Fiscal", "Cadastro", None)),
            f"attr.{REGISTRATIONS}": chance.choice(("Novo", "Alterado", None)),
            f"attr.{AREA}": chance.choice(("Sucesso", "Produto", None)),
        },
    )


def _ai_agent(row_id: str) -> dict[str, Any]:
    chance = random.Random(f"ai {row_id}")
    if chance.random() < 0.6:
        return {}
    return {
        "ai_participated": True,
        "ai_state": chance.choice((*STATES.values(), "assumed_resolution", None, "later")),
        "ai_answer": chance.choice(("ai_answer", None)),
        "ai_rating": chance.choice((1, 3, 4, 5, None, None)),
        "ai_source": chance.choice(("Boas-vindas", "Fora do horário", None)),
        "ai_content": chance.choice(("Boleto", "Boleto\nSenha", None)),
    }


def _ticket(row_id: str, chance: random.Random) -> Any:
    created = _instant(chance)
    is_open = chance.random() < 0.2
    resolved = created + timedelta(seconds=chance.randrange(60, 900_000))
    return ticket(
        row_id,
        created.isoformat(),
        is_open=is_open,
        state="in_progress" if is_open else "resolved",
        resolved_at=None if is_open else resolved,
        agent_id=chance.choice(PEOPLE),
        creator_id=chance.choice(PEOPLE),
        platform=chance.choice(("Portal Web", "App", None)),
    )


def _call(row_id: str, chance: random.Random) -> Any:
    start = _instant(chance)
    outbound = chance.random() < 0.3
    missed = chance.random() < 0.3
    answered = None if missed else start + timedelta(seconds=chance.randrange(2, 45))
    user = chance.choice(tuple(VOICES)) if answered else None
    passed_on = answered is not None and chance.random() < 0.1
    return call(
        row_id,
        start.isoformat(),
        direction="outbound" if outbound else "inbound",
        answered_at=answered,
        ended_at=(answered or start) + timedelta(seconds=chance.randrange(10, 900)),
        missed_call_reason=chance.choice(MISSED) if missed and not outbound else None,
        has_voicemail=missed and chance.random() < 0.2,
        digits=f"+12125550{chance.randrange(120, 199)}" if chance.random() < 0.9 else None,
        line_id=chance.choice(("11", "12", None)),
        line_name=chance.choice(("Suporte", "Vendas")),
        user_id=user,
        user_email=VOICES.get(user or ""),
        user_name=user,
        transferred_by_id="902" if passed_on else None,
        transferred_by_email=VOICES["902"] if passed_on else None,
        status=chance.choices(("done", "answered"), (60, 1))[0],
    )
