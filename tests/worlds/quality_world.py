"""Conversations with ratings, remarks, reopening and SLAs whose numbers are counted by hand."""

from typing import Any

from tests.worlds.api_world import FELIPE, JOAO, LUANA, conversation

REASON = "attr.Motivo de Contato"
HOSTILE = "<script>alert(1)</script> péssimo"


def rated(row_id: str, rating: int, remark: str | None = None, **values: Any) -> Any:
    """A closed conversation of 20 November that was rated; answered after ten minutes."""
    return conversation(
        row_id,
        **{
            "first_contact_reply_at": "2026-11-20T12:00:00Z",
            "first_admin_reply_at": "2026-11-20T12:10:00Z",
            "first_close_at": "2026-11-20T13:00:00Z",
            "last_close_at": "2026-11-20T14:00:00Z",
            "count_reopens": 1,
            "rating": rating,
            "rating_at": "2026-11-20T15:00:00Z",
            "rating_remark": remark,
            "rated_agent_id": values.pop("agent", JOAO),
            **values,
        },
    )


# João: 10 ratings, 8 good, 1 neutral, 1 bad. Luana: 12, of which 3 are good. Felipe: 2.
RATINGS = [
    *[rated(f"j{n}", 5, "Resolveu rápido" if n < 2 else None) for n in range(8)],
    rated("j8", 3, "Mais ou menos"),
    rated("j9", 1, HOSTILE, first_admin_reply_at="2026-11-20T12:40:00Z"),
    *[
        rated(f"l{n}", 4, agent=LUANA, **{REASON: "Acesso e senha", "agent_id": LUANA})
        for n in range(3)
    ],
    *[
        rated(
            f"l{n}",
            2,
            f"Senha recusada {n}",
            agent=LUANA,
            rating_at=f"2026-11-19T15:{n:02d}:00Z",
            **{REASON: "Acesso e senha", "agent_id": LUANA},
        )
        for n in range(3, 12)
    ],
    *[rated(f"f{n}", 5, agent=FELIPE, agent_id=FELIPE, **{REASON: None}) for n in range(2)],
]
# Good 8 + 3 + 2 = 13, neutral 1, bad 1 + 9 = 10: 24 in all.
WITHOUT_RATING = [conversation(f"u{n}") for n in range(6)]
EVERYTHING = [*RATINGS, *WITHOUT_RATING]
