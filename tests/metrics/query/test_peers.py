import pytest

from metrics.model.catalog import CATALOG
from metrics.model.view import EVERYTHING, View
from metrics.query.peers import team_number
from tests.worlds import tables as build
from tests.worlds.tables import UTC_RULES, agents, conversations, tables


def team(people, minutes=10, **values):
    """One answered conversation of each of these people."""
    rows = [
        {
            "agent_id": person,
            "first_contact_reply_at": "2026-11-24T10:00:00Z",
            "first_admin_reply_at": f"2026-11-24T10:{minutes:02d}:00Z",
            **values,
        }
        for person in people
    ]
    known = agents(*[{"id": person} for person in "abcdefgh"], {"id": "bot", "bot": True})
    return tables(conversations(*rows), agents_=known)


def told(content, rules=UTC_RULES):
    metric = CATALOG["first_response_time"]
    return team_number(metric, View(content, build.DAY, EVERYTHING, rules), "a")


def test_five_others_are_enough_and_the_number_is_everybodys():
    found = told(team("abcdef"))
    assert (found.value, found.n) == (600, 6)


def test_four_others_are_not():
    assert told(team("abcde")) is None


def test_many_rows_of_few_people_do_not_make_a_group():
    assert told(team("abbbbbbbbbbbcde")) is None


def test_who_looks_need_not_have_rows():
    assert told(team("bcdef")).n == 5


@pytest.mark.parametrize("nobody", [None, "bot"])
def test_rows_without_a_person_do_not_make_a_group(nobody):
    assert told(team(["a", "b", "c", "d", "e", nobody])) is None
    assert told(team(["a", "b", "c", "d", "e", "f", nobody])).n == 7


def test_people_of_other_teams_do_not_count():
    assert told(team("abcdefgh", team_id="9"), build.scoped("1")) is None


def test_people_whose_rows_carry_no_number_do_not_count():
    assert told(team("abcdef", first_admin_reply_at=None)) is None
