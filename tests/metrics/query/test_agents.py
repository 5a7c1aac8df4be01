import pytest

from metrics.model.filters import Filters
from metrics.model.view import View
from metrics.query.agents import AGENT_METRICS, SLOW_PEOPLE, SLOW_RESPONSES, agent_rows, efficiency
from tests.worlds.small_team import PEOPLE, WORLD, closed
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    FINANCE,
    SUPPORT,
    UTC_RULES,
    agents,
    conversations,
    scoped,
    tables,
)


def table(filters=EVERYTHING, rules=UTC_RULES):
    return {row.id: row for row in agent_rows(View(WORLD, DAY, filters, rules))}


def value(row, key):
    return row.metrics[key].value if key in row.metrics else None


def test_the_team_on_one_page():
    rows = table()
    assert all(set(row.metrics) <= set(AGENT_METRICS) for row in rows.values())
    # By name without regard to case, former members after them, unassigned last.
    assert list(rows) == ["voice:77", "2", "3", "1", "5", "4", "none"]
    assert {agent: row.status for agent, row in rows.items()} == {
        "1": "member",
        "2": "member",
        "3": "member",
        "4": "left",
        "5": "member",
        "voice:77": "voice",
        "none": "unassigned",
    }
    luana = rows["1"]
    assert luana.open == 1
    assert [value(luana, key) for key in ("conversations", "conversations_closed")] == [3, 2]
    assert luana.metrics["time_to_close"].n == 2
    assert [value(luana, key) for key in ("time_to_close", "calls_answered")] == [200, 1]


def test_who_did_nothing_has_no_numbers_and_who_left_holds_nothing():
    rows = table()
    assert (rows["2"].open, rows["2"].metrics) == (0, {})
    assert {agent for agent, row in rows.items() if row.open is None} == {"4", "voice:77", "none"}


def test_two_people_of_one_name_are_two_lines():
    people = agents({"id": "1", "name": "Ana Lima"}, {"id": "2", "name": "Ana Lima"})
    rows = conversations({"agent_id": "1"}, {"agent_id": "2"}, {"agent_id": "2"})
    view = View(tables(rows, agents_=people), DAY, EVERYTHING, UTC_RULES)
    found = [(row.id, row.name, value(row, "conversations")) for row in agent_rows(view)]
    assert found == [("1", "Ana Lima", 1), ("2", "Ana Lima", 2)]


def test_members_always_have_a_line_and_others_only_with_rows():
    rows = table(rules=scoped(SUPPORT))
    assert set(rows) == {"1", "2", "4", "none", "voice:77"}
    assert (rows["1"].open, value(rows["1"], "conversations")) == (1, 2)
    assert set(table(Filters(agents=("1", "5")))) == {"1", "2", "3", "5"}
    assert set(table(Filters(teams=(FINANCE,)))) == {"1", "2", "3", "5"}
    assert "7" in {row.id for row in agent_rows(View(WORLD, DAY, EVERYTHING, UTC_RULES), (), ["7"])}


def test_an_operation_without_anybody_has_a_table_without_rows():
    view = View(tables(), DAY, EVERYTHING, UTC_RULES)
    assert agent_rows(view) == []
    assert efficiency(view) == []


def slow_agents(*seconds, responses=SLOW_RESPONSES):
    people = agents(*({"id": str(n), "team_ids": SUPPORT} for n, _ in enumerate(seconds)))
    rows = [
        {
            "agent_id": str(n),
            "created_at": "2026-11-24T10:00:00Z",
            "first_contact_reply_at": "2026-11-24T10:00:00Z",
            "first_admin_reply_at": f"2026-11-24T10:{span // 60:02}:{span % 60:02}Z",
        }
        for n, span in enumerate(seconds)
        for _ in range(responses)
    ]
    view = View(tables(conversations(*rows), agents_=people), DAY, EVERYTHING, UTC_RULES)
    return {int(row.id) for row in agent_rows(view) if row.slow}


def test_slow_is_who_needs_half_again_the_median_of_enough_colleagues():
    assert slow_agents(100, 100, 100, 150) == {3}
    assert slow_agents(100, 100, 100, 149) == set()
    assert slow_agents(*[100] * (SLOW_PEOPLE - 2), 900) == set()
    assert slow_agents(100, 100, 100, 150, responses=SLOW_RESPONSES - 1) == set()


def test_the_matrix_has_whoever_closed_something():
    points = efficiency(View(WORLD, DAY, EVERYTHING, UTC_RULES))
    assert [(point.key, point.name, point.volume, point.seconds) for point in points] == [
        ("1", "Luana", 3, 200),
        ("4", "Mariana", 1, 60),
        ("5", "Marina", 1, 900),
    ]
    by_reason = efficiency(View(WORLD, DAY, EVERYTHING, UTC_RULES), by="reason")
    assert [point.key for point in by_reason] == ["A", "B"]


@pytest.mark.parametrize(("ratings", "score"), [(9, None), (10, 1)])
def test_the_matrix_shows_no_score_of_a_few_ratings(ratings, score):
    rated = {"agent_id": "1", "rating": 5, "rating_at": "2026-11-24T11:00:00Z"}
    content = tables(conversations(*[closed(60, **rated)] * ratings), agents_=PEOPLE)
    points = efficiency(View(content, DAY, EVERYTHING, UTC_RULES))
    assert [(point.ratings, point.csat) for point in points] == [(ratings, score)]
