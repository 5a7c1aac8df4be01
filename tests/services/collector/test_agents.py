from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.collector.agents import AGENTS, ROSTER_KEY, TEAMS, AgentTables
from services.settings.config import Settings
from services.vendors.tables import conversations_table
from tests.worlds.collecting import NOW
from tests.worlds.tables import by_id

ANA = {"id": "1", "name": "Ana", "email": "ana@example.com", "away_mode_enabled": False}
BIA = {"id": "2", "name": "Bia", "email": "bia@example.com", "away_mode_enabled": True}


@pytest.fixture
def sources():
    intercom = SimpleNamespace(admins=[ANA, BIA], teams=[{"id": "7", "name": "N1"}], reasons=[])
    user = {"id": 11, "name": "Ana", "email": "ana@example.com"}
    return intercom, SimpleNamespace(users=[user], availabilities={"11": "available"})


@pytest.fixture
def clock():
    return SimpleNamespace(now=NOW)


@pytest.fixture
def tables(sources, store, clock):
    return AgentTables(*sources, [], store, lambda: clock.now)


def publish(tables):
    tables.mark_published(tables.find_changes([]))
    return by_id(tables.agents)


def test_only_tables_that_differ_or_are_lost_are_published(tables, sources):
    assert set(tables.find_changes([])) == {AGENTS, TEAMS}
    publish(tables)
    assert tables.find_changes([]) == {}
    assert set(tables.find_changes([TEAMS])) == {TEAMS}
    sources[1].availabilities["11"] = "offline"
    assert set(tables.find_changes([])) == {AGENTS}


def test_nothing_is_published_before_anybody_is_known(tables, sources):
    sources[0].admins = []
    assert tables.find_changes([]) == {}


def test_without_a_telephone_its_columns_are_empty(sources, store):
    tables = AgentTables(sources[0], None, [], store, lambda: NOW)
    publish(tables)
    assert tables.agents["voice_status"].to_list() == [None, None]


def test_a_state_lasts_since_it_was_first_seen(tables, sources, clock):
    began = datetime.fromtimestamp(NOW, UTC)
    publish(tables)
    clock.now += 600
    sources[1].availabilities["11"] = "in_call"
    agents = publish(tables)
    assert agents["1"]["away_since"] == began
    assert agents["1"]["voice_since"] == began + timedelta(minutes=10)
    assert agents["2"]["voice_since"] is None


def test_who_left_keeps_the_name_and_who_was_never_seen_has_none(tables, sources, store):
    publish(tables)
    sources[0].admins = [ANA]
    payload = {"id": "c", "created_at": int(NOW), "admin_assignee_id": 99}
    signs = Settings().calls_in_conversations
    # A collector that starts knows them from the state store.
    later = AgentTables(*sources, [], store, lambda: NOW)
    later.note_referenced(conversations_table([payload], signs))
    agents = publish(later)
    assert [agents[agent]["active"] for agent in ("1", "2", "99")] == [True, False, False]
    assert (agents["2"]["name"], agents["2"]["email"]) == ("Bia", "bia@example.com")
    assert agents["99"]["name"] == ""


def test_people_of_the_telephone_alone_are_not_remembered(tables, sources, store):
    sources[1].users.append({"id": 12, "name": "Caio", "email": "caio@example.com"})
    assert "voice:12" in publish(tables)
    sources[1].users.pop()
    assert "voice:12" not in publish(AgentTables(*sources, [], store, lambda: NOW))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"1": 5}'])
def test_a_roster_that_cannot_be_read_is_written_anew(sources, store, content):
    store.set(ROSTER_KEY, content)
    publish(AgentTables(*sources, [], store, lambda: NOW))
    assert b"Bia" in store.get(ROSTER_KEY)


def test_a_deleted_team_keeps_its_last_name_and_one_that_nobody_knew_has_none(
    tables, sources, store
):
    publish(tables)
    sources[0].teams = [{"id": "8", "name": "N2"}]
    later = AgentTables(*sources, [], store, lambda: NOW)
    rows = [
        {"id": str(n), "created_at": int(NOW), "team_assignee_id": team}
        for n, team in enumerate([7, 8, 777])
    ]
    signs = Settings().calls_in_conversations
    later.note_referenced(conversations_table(rows, signs))
    teams = by_id(later.find_changes([])[TEAMS])
    assert {team: (row["name"], row["active"]) for team, row in teams.items()} == {
        "8": ("N2", True),
        "7": ("N1", False),
        "777": ("", False),
    }
    assert not any(":" in agent for agent in publish(later))


def test_where_no_list_of_teams_is_to_be_had_none_counts_as_deleted(tables, sources):
    sources[0].teams = []
    row = {"id": "1", "created_at": int(NOW), "team_assignee_id": 7}
    tables.note_referenced(conversations_table([row], Settings().calls_in_conversations))
    assert TEAMS not in tables.find_changes([])
