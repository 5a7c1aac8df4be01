"""The API against plain Python over the sandbox's own objects, for every figure of a week."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.result_cache import Memory
from services.settings.config import Settings
from services.settings.sections import TeamSetting
from tests.contract.plain_figures import Week, missed_parts
from tests.worlds.api_world import Api
from tests.worlds.collected import at, collected

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = at("2026-11-18T18:20:00")
TEAM = "6101"
WEEKS = [date(2026, 11, 9), date(2026, 11, 2), date(2026, 10, 19)]
RULES = {
    "first_response": 900,
    "close": 86400,
    "service_level": 20,
    "reason": "Motivo de Contato",
    "status": "Status do atendimento",
    "resolved": "Resolvido",
    "telling_labels": [
        "Motivo de Contato",
        "Motivo 2 (Se houver)",
        "Expansão (Passagem de bastão para CSM)",
    ],
    "excluded": {"Ticket category": ["Back-office ticket"], "Merged": ["true"]},
}


@pytest.fixture(scope="module")
def collected_week(tmp_path_factory):
    settings = Settings.model_validate({"sync": {"history_days": 40}})
    folder = tmp_path_factory.mktemp("week")
    with collected(folder, NOW, settings, days=40, conversations=5000, calls=1800) as found:
        snapshot = found.everything()
        scoped = settings.model_copy(update={"teams": [TeamSetting(id=TEAM)]})
        apis = {}
        for scope, chosen in (((), settings), ((TEAM,), scoped)):
            # What one scope has worked out is not the other's.
            apis[scope] = Api(replace(snapshot, memory=Memory(500)), settings=chosen)
            apis[scope].now = NOW
        yield found.sandbox, apis


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@pytest.mark.parametrize("scope", [(), (TEAM,)])
@pytest.mark.parametrize("monday", WEEKS)
def test_every_figure_of_a_week_is_what_the_objects_say(collected_week, monday, scope):
    sandbox, apis = collected_week
    world = sandbox.world
    sunday = monday + timedelta(days=6)
    plain = Week(
        list(world.conversations),
        list(world.calls),
        midnight(monday),
        midnight(sunday + timedelta(days=1)),
        scope,
        RULES | {"now": NOW.timestamp()},
        sandbox.tickets,
    )
    answer = apis[scope].get("summary", from_=str(monday), to=str(sunday))
    answered = answer["metrics"]
    expected = plain.figures()
    dated = {key for key, metric in CATALOG.items() if metric.kind != "stock"}
    assert set(expected) == dated, "a figure is missing on one side"
    assert expected["conversations"]["value"] > 100
    assert expected["calls_inbound"]["value"] > 50
    assert expected["tickets_resolved"]["value"] > 5
    if monday != WEEKS[0]:
        assert 0 < expected["first_contact_resolution"]["value"] < 1
    for key, figure in expected.items():
        for part, value in figure.items():
            assert answered[key][part] == pytest.approx(value, rel=1e-9), f"{key}.{part}"
    known = {name: n for name, n in answered["calls_missed"]["parts"].items() if n}
    assert known == missed_parts(plain)


def test_the_present_is_what_the_objects_say(collected_week):
    sandbox, apis = collected_week
    world = sandbox.world
    api = apis[()]
    now = int(NOW.timestamp())
    rows = [c for c in world.conversations if not Week.is_call(c)]
    waiting = [c for c in rows if c["state"] == "open" and not c["admin_assignee_id"]]
    held = [c for c in waiting if c["ai_agent_participated"] and not Week.is_handed_over(c)]
    waiting = [c for c in waiting if c not in held]
    routed = [c for c in waiting if c["team_assignee_id"]]
    answered = api.get("summary")["metrics"]
    assert answered["open_now"]["value"] == sum(c["state"] == "open" for c in rows)
    assert answered["snoozed_now"]["value"] == sum(c["state"] == "snoozed" for c in rows)
    assert answered["unrouted"]["value"] == len(waiting) - len(routed)
    assert answered["with_ai_now"]["value"] == len(held)
    assert answered["arrivals_recent"]["value"] == sum(
        now - 1800 < c["created_at"] <= now for c in rows
    )
    still = [t for t in sandbox.tickets if t["category"] == "Back-office" and t["open"]]
    late = [t for t in still if now - t["created_at"] >= 5 * 86400]
    assert answered["tickets_open"]["value"] == len(still) > len(late) > 0
    assert answered["tickets_overdue"]["value"] == len(late)
    waits = [now - c["waiting_since"] for c in waiting if c.get("waiting_since")]
    assert answered["longest_wait"]["value"] == pytest.approx(max(waits))
    assert {row["id"] for row in api.get("queue")["unrouted"]} == {
        c["id"] for c in waiting if not c["team_assignee_id"]
    }


def test_all_rows_have_arrived(collected_week):
    sandbox, apis = collected_week
    world = sandbox.world
    api = apis[()]
    since = midnight(date(2026, 10, 20)).timestamp()
    wanted = sum(c["created_at"] >= since and not Week.is_call(c) for c in world.conversations)
    answered = api.get("summary", from_="2026-10-20", to="2026-11-18")["metrics"]
    assert answered["conversations"]["value"] == wanted
