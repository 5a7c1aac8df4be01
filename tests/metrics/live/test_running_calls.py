from dataclasses import replace

from metrics.live.running_calls import on_call_now, ringing_now
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import FINANCE, SUPPORT, UTC_RULES, agents, calls, conversations, tables

PEOPLE = agents(
    {"id": "1", "name": "Luana Tavares", "voice_email": "a@example.com", "team_ids": SUPPORT},
    {"id": "2", "name": "Caio Sampaio", "voice_email": "b@example.com", "team_ids": FINANCE},
)


def ring(row_id, started_at, status="initial", **values):
    line = {"direction": "inbound", "line_name": "Suporte"}
    return {"id": row_id, "started_at": started_at, "status": status, **line, **values}


def view(*rows, teams=(), lines=None):
    content = tables(conversations(), calls(*rows), PEOPLE)
    rules = replace(UTC_RULES, team_lines=lines or {})
    return view_of_today(content, rules, Filters(teams=teams))


RUNNING = (
    ring("late", "2026-11-24T11:59:30Z"),
    ring("early", "2026-11-24T11:59:05Z", line_name="Cobrança"),
    ring(
        "talk", "2026-11-24T11:50:00Z", "answered", answered_at="2026-11-24T11:50:20Z",
        user_email="a@example.com", user_name="L.",
    ),
    ring("over", "2026-11-24T11:58:00Z", "done"),
    ring("stuck", "2026-11-24T06:00:00Z", "answered"),
)  # fmt: skip


def test_what_rings_and_who_talks_with_the_wait_the_line_and_the_person():
    rings, [talk] = ringing_now(view(*RUNNING)), on_call_now(view(*RUNNING))
    assert [(call.id, call.line, call.agent) for call in rings] == [
        ("early", "Cobrança", None),
        ("late", "Suporte", None),
    ]
    assert (talk.id, talk.agent_id, talk.agent) == ("talk", "1", "Luana Tavares")
    assert talk.since.isoformat() == "2026-11-24T11:50:20+00:00"


def test_a_team_has_the_calls_of_its_lines_and_of_its_people():
    lines = {"Cobrança": FINANCE}

    def told(team, lines):
        chosen = view(*RUNNING, teams=(team,), lines=lines)
        return [call.id for call in (*ringing_now(chosen), *on_call_now(chosen))]

    assert told(FINANCE, lines) == ["early"]
    assert told(SUPPORT, {"Suporte": SUPPORT}) == ["late", "talk"]
    # Where no line is a team's, what rings may be anybody's.
    assert told(FINANCE, {}) == ["early", "late"]
