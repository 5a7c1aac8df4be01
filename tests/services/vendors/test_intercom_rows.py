import pytest

from metrics.model import schema
from services.errors import BadResponseError
from services.sandbox.apis import intercom_shapes as shapes
from services.sandbox.team.tickets import generate_ticket
from services.settings.sections import BackofficeSetting, MergedSetting
from services.vendors.intercom_rows import (
    build_scope_check,
    build_scope_filter,
    find_external_state,
)
from services.vendors.tables import conversations_table, tickets_table
from tests.services.vendors.test_tables import SIGNS
from tests.worlds.tables import by_id, values

SETTING = BackofficeSetting(status_phrase="Status Jira:")
RECORDED = {
    "type": "ticket",
    "id": "70",
    "ticket_id": "1",
    "ticket_attributes": {"_default_title_": "Ensaio", "_default_description_": "há um problema"},
    "ticket_state": "submitted",
    "ticket_type": {"id": "1", "name": "Ensaio", "is_internal": True, "category": "Tracker"},
    "contacts": {"type": "contact.list", "contacts": []},
    "admin_assignee_id": "0",
    "team_assignee_id": "0",
    "created_at": 1738329209,
    "updated_at": 1738329211,
    "ticket_parts": {
        "ticket_parts": [
            {
                "part_type": "ticket_state_updated_by_admin",
                "ticket_state": "submitted",
                "previous_ticket_state": "submitted",
                "created_at": 1738329210,
                "author": {"id": "4423434", "type": "bot", "name": "Fin"},
            }
        ],
        "total_count": 1,
    },
    "open": True,
    "linked_objects": {"type": "list", "data": []},
    "category": "Tracker",
    "ticket_state_internal_label": "Submitted",
}


AI_COLUMNS = ("ai_participated", "ai_state", "ai_answer", "ai_rating", "ai_source", "ai_content")
FIN = {
    "source_type": "workflow",
    "source_title": "Boas-vindas",
    "last_answer_type": "ai_answer",
    "resolution_state": "routed_to_team",
    "rating": 4,
    "content_sources": {"content_sources": [{"title": "Boleto"}, {"title": None}, {"title": "A"}]},
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # Below 2.11.
        ({}, [None] * 6),
        ({"ai_agent_participated": False, "ai_agent": None}, [False, *[None] * 5]),
        ({"ai_agent_participated": True, "ai_agent": None}, [True, *[None] * 5]),
        ({"ai_agent_participated": True, "ai_agent": "?"}, [True, *[None] * 5]),
        (
            {"ai_agent_participated": True, "ai_agent": FIN},
            [True, "escalated", "ai_answer", 4, "Boas-vindas", "Boleto\nA"],
        ),
        (
            {"ai_agent_participated": True, "ai_agent": {"resolution_state": "new", "rating": 9}},
            [True, "new", None, None, None, None],
        ),
        ({"ai_agent_participated": "yes", "ai_agent": FIN}, [None] * 6),
    ],
)
def test_the_ai_agent_of_every_version_and_of_none(told, expected):
    payload = {"type": "conversation", "id": "1", "created_at": 1738329209, **told}
    found = conversations_table([payload], SIGNS).row(0, named=True)
    assert values(found, *AI_COLUMNS) == expected


def row(**changes):
    return tickets_table([{**RECORDED, **changes}], SETTING).row(0, named=True)


def story(now_after_days=30.0):
    conversation = {"id": "c1", "created_at": 1_790_000_000, "contacts": None}
    ticket = generate_ticket("700000005", conversation, ["11", "12", "13"])
    return ticket.to_payload(ticket.created_at + now_after_days * 86400)


def test_a_recorded_ticket_of_an_old_version():
    found = row()
    assert (found["state"], found["state_label"], found["is_open"]) == (
        "submitted",
        "Submitted",
        True,
    )
    assert not any(values(found, "agent_id", "team_id", "creator_id", "resolved_at"))
    assert (found["subject"], found["number"], found["category"]) == ("Ensaio", "1", "tracker")


@pytest.mark.parametrize("number", [9, 11, 12, 14, 16])
def test_every_version_gives_the_same_row(number):
    newest, shown = story(), shapes.shape_ticket(story(), number)
    assert isinstance(shown["ticket_state"], dict) == (number >= 12)
    assert isinstance(shown["admin_assignee_id"], int) == (number >= 16)
    expected = tickets_table([newest], SETTING).row(0, named=True)
    found = tickets_table([shown], SETTING).row(0, named=True)
    missing = ("conversation_ids", "category") if number == 9 else ()
    assert found == expected | {name: found[name] for name in missing}
    assert build_scope_check(SETTING)(shown)
    assert expected["state"] == "resolved"
    assert expected["agent_id"] in ("11", "12", "13")
    assert expected["creator_id"] in ("11", "12", "13")
    assert expected["conversation_ids"] == "c1"


def test_the_last_resolution_counts_and_not_what_happened_afterwards():
    def part(at, before, after, **more):
        return {"created_at": at, "previous_ticket_state": before, "ticket_state": after, **more}

    parts = [
        part(300, "in_progress", "resolved"),
        part(100, "submitted", "resolved"),
        {"created_at": 400, "part_type": "comment", "body": "<p>depois</p>"},
    ]
    found = row(
        ticket_state="resolved",
        created_at=50,
        updated_at=400,
        ticket_parts={"ticket_parts": parts, "total_count": 3},
    )
    assert found["resolved_at"].timestamp() == 300
    silent = row(ticket_state="resolved", ticket_parts=None)
    assert silent["resolved_at"] == silent["updated_at"]
    closed = row(open=False, ticket_parts={"ticket_parts": [{"part_type": "close"}]})
    assert not closed["is_open"]


def test_only_named_attributes_are_kept_and_never_a_body():
    found = tickets_table([story(), RECORDED], SETTING)
    assert list(found.columns) == list(schema.TICKETS)
    told_text = found.write_json()
    assert "não interessa" not in told_text
    assert "há um problema" not in told_text
    platform = by_id(found)["700000005"]["platform"]
    assert platform in ("Portal Web", "App Android", "App iOS", "API")


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        (["<p>Status Jira: Em teste</p>"], "Em teste"),
        (["<p>status jira: velho</p>", "<p>x<br>STATUS JIRA: novo<br>y</p>"], "novo"),
        (["<p>Status Jira: bom</p>", "<p>nada</p>", "<p>Status Jira:</p>"], "bom"),
        (["sem frase", None], None),
        (["Status Jira: " + "a" * 500], "a" * 59 + "…"),
        (["<p>Status <b>Jira:</b> &lt;script&gt;</p>"], "<script>"),
    ],
)
def test_the_state_of_another_system_comes_from_the_newest_comment_that_names_it(bodies, expected):
    parts = [{"created_at": n, "body": body} for n, body in enumerate(bodies)]
    assert find_external_state(parts, "Status Jira:") == expected
    assert find_external_state(parts, None) is None


def test_types_in_scope_by_name_or_id_and_otherwise_the_back_office():
    customers, own = {**RECORDED, "category": "Customer"}, {**RECORDED, "category": "Back-office"}
    is_in_scope = build_scope_check(SETTING)
    assert [is_in_scope(one) for one in (RECORDED, customers, own)] == [False, False, True]
    for word in ("ensaio", "1", " ENSAIO "):
        assert build_scope_check(BackofficeSetting(ticket_types=[word]))(RECORDED)
    assert not build_scope_check(BackofficeSetting(ticket_types=["11"]))(RECORDED)
    assert build_scope_filter(SETTING, "2.14")["value"] == "task"
    assert build_scope_filter(SETTING, "2.10") is None
    numbered = BackofficeSetting(ticket_types=["301", "302"])
    assert build_scope_filter(numbered, "2.14")["operator"] == "IN"
    assert build_scope_filter(BackofficeSetting(ticket_types=["301", "N2"]), "2.14") is None


@pytest.mark.parametrize(
    "bad", [{}, {"id": None}, [], None, {"id": "1"}, {"id": "1", "created_at": "x"}]
)
def test_what_is_no_ticket_is_refused(bad):
    with pytest.raises(BadResponseError):
        tickets_table([bad], SETTING)


@pytest.mark.parametrize("junk", [None, 5, "x", [], [1, None], {"data": 7}])
def test_members_of_another_kind_are_nothing(junk):
    names = ("ticket_parts", "linked_objects", "ticket_type", "ticket_attributes", "ticket_state")
    found = row(**dict.fromkeys(names, junk))
    assert found["id"] == "70"


def conversation(**changes):
    return {"id": "9", "created_at": 5, "state": "closed", **changes}


@pytest.mark.parametrize(
    ("changes", "is_merged", "into"),
    [
        ({}, False, None),
        ({"custom_attributes": {"Merged": True}}, True, None),
        ({"custom_attributes": {"Merged": "Sim"}}, True, None),
        ({"custom_attributes": {"Merged": False}}, False, None),
        ({"custom_attributes": {"Merged": True}, "state": "open"}, False, None),
        ({"tags": {"tags": [{"name": "Ticket Duplicado"}]}}, True, None),
        ({"tags": {"tags": [{"name": "vip"}]}}, False, None),
        (
            {
                "custom_attributes": {"Merged": True},
                "linked_objects": {"data": [{"type": "conversation", "id": "12"}]},
            },
            True,
            "12",
        ),
        (
            {
                "custom_attributes": {"Merged": True},
                "linked_objects": {
                    "data": [{"type": "conversation", "id": n} for n in ("12", "13")]
                },
            },
            True,
            None,
        ),
        (
            {"custom_attributes": {"Merged": True, "Destino": "https://x/conversation/44"}},
            True,
            "44",
        ),
    ],
)
def test_duplicates_are_recognised_by_what_the_vendor_says(changes, is_merged, into):
    setting = MergedSetting(destination="Destino")
    found = conversations_table([conversation(**changes)], SIGNS, setting).row(0, named=True)
    assert found["is_merged"] == is_merged
    assert found["merged_into"] == into
