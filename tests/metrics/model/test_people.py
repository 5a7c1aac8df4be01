import pytest

from metrics.model.people import ids_by_email, in_teams, members, names, unmatched, with_agents
from metrics.model.schema import CALL_AGENTS
from tests.worlds.tables import FINANCE, RULES, SUPPORT, agents, calls, scoped, tables, teams

PEOPLE = agents(
    {"id": "1", "name": "Luana", "team_ids": SUPPORT},
    {"id": "2", "name": "Felipe", "team_ids": f"{FINANCE},{SUPPORT}"},
    {"id": "3", "name": "Marina", "team_ids": ""},
    {"id": "4", "name": "Mariana", "active": False, "team_ids": SUPPORT},
    {"id": "5", "name": "Helena", "seated": False},
    {"id": "6", "active": False},
    {"id": "9", "name": "Fin", "bot": True, "team_ids": SUPPORT},
    {"id": "voice:7", "name": "Recepção", "seated": False},
)
TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})


@pytest.mark.parametrize(
    ("rules", "with_teams", "expected"),
    [
        (RULES, True, ["1", "2"]),
        (RULES, False, ["1", "2", "3"]),
        (scoped(FINANCE), True, ["2"]),
        (scoped("61"), True, []),  # no part of another id
    ],
)
def test_members_are_those_in_scope_and_there(rules, with_teams, expected):
    content = tables(agents_=PEOPLE, teams_=TEAMS if with_teams else None)
    assert members(content, rules)["id"].to_list() == expected


def test_a_team_has_all_who_are_in_it():
    assert in_teams(PEOPLE, (FINANCE,)) == {"2"}
    assert in_teams(PEOPLE, (SUPPORT,)) == {"1", "2", "4", "9"}


def test_everybody_has_a_status_and_who_left_keeps_the_name():
    found = names(tables(agents_=PEOPLE, teams_=TEAMS), scoped(SUPPORT))
    assert found["1"] == ("Luana", "member")
    assert found["3"] == ("Marina", "outside")
    assert found["4"] == ("Mariana", "left")
    assert found["6"] == ("", "left")
    assert found["voice:7"] == ("Recepção", "voice")
    assert names(tables(agents_=PEOPLE, teams_=TEAMS))["3"] == ("Marina", "member")


def test_whom_only_calls_remember_is_named_by_them():
    handled = calls({"user_id": "88", "user_name": "Otávio", "user_email": "o@example.com"})
    assert names(tables(calls_=handled))["voice:88"] == ("Otávio", "voice")


def matched(person, **call):
    """The agent of a call, among these people."""
    return with_agents(calls(call), ids_by_email(agents(*person)))["agent_id"].item()


def test_calls_are_matched_by_the_telephone_s_e_mail():
    people = [{"id": "1", "email": "a@example.com", "voice_email": "b@example.com"}]
    assert matched(people, user_id="901", user_email="b@example.com") == "1"
    assert matched(people, user_id="901", user_email="a@example.com") == "voice:901"
    assert matched(people, user_id="901") == "voice:901"


def test_a_call_without_anybody_is_nobody_s():
    found = with_agents(calls({}), ids_by_email(PEOPLE))
    assert found.select(*CALL_AGENTS).row(0) == (None, None, None)


def test_who_left_keeps_the_calls_even_when_the_telephone_still_knows_them():
    gone = {"id": "4", "email": "m@example.com", "active": False}
    still_there = {"id": "voice:77", "voice_email": "m@example.com"}
    assert matched([still_there, gone], user_id="77", user_email="m@example.com") == "4"


def test_who_came_back_under_a_new_id_has_the_calls_there():
    back = {"id": "8", "email": "m@example.com", "voice_email": "m@example.com"}
    gone = {"id": "4", "email": "m@example.com", "active": False}
    assert matched([gone, back], user_id="77", user_email="m@example.com") == "8"


def test_people_whom_one_vendor_only_knows_are_listed_by_name():
    people = agents(
        {"id": "1", "name": "Luana", "voice_id": "901", "team_ids": SUPPORT},
        {"id": "2", "name": "Felipe", "team_ids": SUPPORT},
        {"id": "3", "name": "Caio", "team_ids": SUPPORT},
        {"id": "4", "name": "Mariana", "active": False, "team_ids": SUPPORT},
        {"id": "voice:7", "name": "Recepção", "voice_id": "7"},
        {"id": "voice:8", "name": "Antiga", "voice_id": "8", "active": False},
    )
    voice_only, text_only = unmatched(tables(agents_=people, teams_=TEAMS), RULES)
    assert list(voice_only["name"]) == ["Recepção"]
    assert list(text_only["name"]) == ["Caio", "Felipe"]


def test_without_telephony_nobody_lacks_a_telephone():
    people = agents({"id": "1", "name": "Luana", "team_ids": SUPPORT})
    voice_only, text_only = unmatched(tables(agents_=people, teams_=TEAMS), RULES)
    assert (len(voice_only), len(text_only)) == (0, 0)
