"""A morning of a few people in two teams: leavers, outsiders, a bot and a telephone among them."""

from tests.worlds.tables import (
    FINANCE,
    REASON,
    SECOND_REASON,
    SUPPORT,
    agents,
    calls,
    conversations,
    tables,
    teams,
)

PEOPLE = agents(
    {"id": "1", "name": "Luana", "team_ids": SUPPORT, "voice_email": "luana.tavares@example.com"},
    {"id": "2", "name": "ana", "team_ids": SUPPORT},
    {"id": "3", "name": "Felipe", "team_ids": FINANCE},
    {"id": "4", "name": "Mariana", "active": False},
    {"id": "5", "name": "Marina", "team_ids": ""},
    {"id": "9", "name": "Fin", "bot": True},
)
TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})


def closed(seconds, **values):
    return {
        "state": "closed",
        "created_at": "2026-11-24T10:00:00Z",
        "last_close_at": f"2026-11-24T10:{seconds // 60:02}:{seconds % 60:02}Z",
        **values,
    }


ROWS = [
    closed(100, agent_id="1", team_id=SUPPORT, **{REASON: "A"}),
    closed(300, agent_id="1", team_id=SUPPORT, **{REASON: "A", SECOND_REASON: "B"}),
    closed(60, agent_id="4", team_id=SUPPORT, **{REASON: "B", SECOND_REASON: "B"}),
    closed(900, agent_id="5", team_id=FINANCE),
    {"agent_id": "9", "team_id": SUPPORT},
    {"agent_id": "1", "team_id": FINANCE},
]
CALLED = calls({"user_id": "901", "user_email": "luana.tavares@example.com"}, {"user_id": "77"})
WORLD = tables(conversations(*ROWS), CALLED, PEOPLE, TEAMS)
