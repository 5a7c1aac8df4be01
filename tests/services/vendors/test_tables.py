import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.model import schema
from services.errors import BadResponseError
from services.settings.sections import CallsInConversationsSetting, PersonSetting
from services.vendors.tables import agents_table, calls_table, conversations_table, teams_table
from tests.worlds.tables import by_id, values

PAYLOADS = Path(__file__).parent / "payloads"
SIGNS = CallsInConversationsSetting()
T = 1_795_000_000
Row = dict[str, Any]


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


SEARCH = payload("intercom_search")["conversations"]
CALLS = payload("aircall_calls")["calls"]


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture(scope="module")
def conversations() -> dict[str, Row]:
    return by_id(conversations_table(SEARCH, SIGNS))


def conversation(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(SEARCH[0]) | changes


def one(*payloads: dict[str, Any], signs: CallsInConversationsSetting = SIGNS) -> Row:
    return conversations_table(payloads, signs).row(by_predicate=pl.lit(True), named=True)


def source(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(SEARCH[0]["source"]) | changes


def by_author(**changes: Any) -> dict[str, Any]:
    return source(author=copy.deepcopy(SEARCH[0]["source"]["author"]) | changes)


def is_canonical(table: pl.DataFrame, name: str) -> bool:
    conformed = schema.conform(table, name)
    return table.schema == conformed.schema and table.equals(conformed)


@pytest.mark.parametrize("name", ["intercom_search", "intercom_search_2_9", "intercom_search_2_16"])
def test_every_version_becomes_the_canonical_table(name: str):
    table = conversations_table(payload(name)["conversations"], SIGNS)
    assert is_canonical(table, "conversations")
    row = table.row(0, named=True)
    assert values(row, "agent_id", "team_id") == [None, None]
    assert row["first_contact_reply_at"] == instant(T)


def test_a_full_conversation_is_read_like_one_of_a_list(conversations: dict[str, Row]):
    row = one(payload("intercom_conversation"))
    assert row.items() <= conversations[row["id"]].items()


def test_no_payloads_are_the_empty_table():
    for name, table in (
        ("conversations", conversations_table([], SIGNS)),
        ("calls", calls_table([])),
        ("agents", agents_table([], [], {}, [])),
        ("teams", teams_table([])),
    ):
        assert table.is_empty()
        assert is_canonical(table, name)


def test_a_rated_closed_conversation(conversations: dict[str, Row]):
    row = conversations["815000000000002"]
    assert values(row, "state", "subject", "channel", "origin") == [
        "closed",
        "Boleto de maio",
        "conversation",
        "customer",
    ]
    assert values(row, "agent_id", "team_id", "rated_agent_id") == ["7102", "6101", "7101"]
    assert values(row, "rating", "rating_remark") == [5, "Resolveu rápido!"]
    assert row["rating_at"] == instant(T + 1900)
    assert row["tags"] == "vip\nboleto"
    assert values(row, "sla_name", "sla_status", "count_reopens") == ["Padrão", "hit", 1]
    assert row["last_close_at"] == instant(T + 1800)
    assert row["time_to_last_close_seconds"] == 1800.0
    assert row["time_to_close_seconds"] is None
    assert row["waiting_since"] is None


def test_attributes_are_text_by_their_label(conversations: dict[str, Row]):
    row = conversations["815000000000002"]
    assert row["attr.Motivo de Contato"] == "Boleto e pagamento"
    assert row["attr.Merged"] == "true"
    assert row["attr.QA Notes Count"] == "3"
    assert row["attr.Produtos"] == "Fiscal\nVendas"
    assert row["attr.Plano"] == "Ouro"
    assert not any(values(row, "attr.Vazio", "attr.Nulo", "attr.Language"))
    assert conversations["815000000000001"]["attr.Has attachments"] == "false"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A < B & C", "A < B & C"),
        (" aparado ", "aparado"),
        (3.0, "3"),
        (2.5, "2.5"),
        (-4, "-4"),
        ([], None),
        ([1, None, True], "1\ntrue"),
        ({"label": "x"}, "x"),
        ({"content_sources": []}, None),
        (float("nan"), None),
        ([[[[["fundo"]]]]], None),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_odd_attribute_values(value: object, expected: str | None):
    assert one(conversation(custom_attributes={"A": value}))["attr.A"] == expected


def test_odd_labels_stay_apart():
    labels = ["id", "attr.id", "state", " Motivo", "Motivo", "motivo", "", "Ação\n2", "😀"]
    row = one(conversation(custom_attributes={label: label * 2 or "?" for label in labels}))
    found = [row[schema.attribute(label)] for label in labels[:3]]
    assert found == ["idid", "attr.idattr.id", "statestate"]
    assert sum(column.startswith("attr.") for column in row) == len(labels)
    assert row["id"] == "815000000000001"


def test_the_state_is_not_the_open_flag(conversations: dict[str, Row]):
    row = conversations["815000000000003"]
    assert row["state"] == "snoozed"
    assert row["snoozed_until"] == instant(T + 90_000)
    assert one(conversation(state=None, open=False))["state"] == "closed"
    assert one(conversation(state=None, open=None))["state"] is None


def test_a_rating_that_was_asked_for_and_not_given_is_none(conversations: dict[str, Row]):
    row = conversations["815000000000003"]
    assert not any(values(row, "rating", "rating_at", "rating_remark", "rated_agent_id"))
    assert one(conversation(conversation_rating={}))["rating"] is None
    assert one(conversation(conversation_rating={"rating": 6}))["rating"] is None


@pytest.mark.parametrize(
    ("teammate", "rated", "agent"),
    [
        ({"type": "admin", "id": 7100}, "teammate", "7100"),
        ({"type": "bot", "id": 7100}, "machine", None),
        ({"type": "workflow", "id": 7100}, "machine", None),
        ({"type": "ai_agent"}, "machine", None),
        ({"type": "team", "id": 7100}, "nobody", None),
        ({"type": "nobody_admin", "id": None}, "nobody", None),
        ({"type": "admin", "id": None}, None, None),
        ({"type": None, "id": 7100}, None, None),
        (None, None, None),
    ],
)
def test_a_machine_nobody_and_not_said_are_three_values(
    teammate: Row | None, rated: str | None, agent: str | None
):
    rating = {"rating": 1, "created_at": T, "teammate": teammate}
    row = one(conversation(conversation_rating=rating))
    assert values(row, "rating", "rated", "rated_agent_id") == [1, rated, agent]


@pytest.mark.parametrize("nobody", [None, 0, "0", ""])
def test_nobody_is_missing_in_every_spelling(nobody: object):
    row = one(conversation(admin_assignee_id=nobody, team_assignee_id=nobody))
    assert not any(values(row, "agent_id", "team_id"))


@pytest.mark.parametrize(
    ("given_source", "origin"),
    [
        (source(), "customer"),
        (source(delivered_as="admin_initiated"), "teammate"),
        (source(delivered_as="automated"), None),
        (source(delivered_as="operator_initiated"), None),
        (source(delivered_as="campaigns_initiated"), None),
        (source(delivered_as=None), "customer"),
        (by_author(type="admin") | {"delivered_as": None}, "teammate"),
        (
            by_author(type="admin", email="operator+v1g1a000@intercom.io")
            | {"delivered_as": "admin_initiated"},
            None,
        ),
        (None, None),
        ({}, None),
    ],
)
def test_who_began(given_source: dict[str, Any] | None, origin: str | None):
    assert one(conversation(source=given_source))["origin"] == origin


@pytest.mark.parametrize(
    ("given_source", "number"),
    [
        (by_author(type="admin") | {"body": "<p>Ligação de +55 (11) 91234-5678</p>"}, True),
        (by_author(type="bot") | {"subject": "+5511912345678", "body": "+55 11 91234-5678"}, True),
        (by_author(type="lead", name="+55 11 91234-5678"), True),
        (by_author(type="lead", name="Ana, +55 11 91234-5678"), False),
        (source(body="Meu número é +55 11 91234-5678"), False),
        (by_author(type="admin") | {"body": "+55 11 91234-5678 ou +55 11 4000-0000"}, False),
        (by_author(type="admin") | {"body": "Protocolo 5511912345678"}, False),
        (by_author(type="admin") | {"body": None}, False),
    ],
)
def test_a_number_counts_only_where_a_call_was_written_down(
    given_source: dict[str, Any], number: bool
):
    silent = {"last_contact_reply_at": None}
    row = one(conversation(source=given_source, statistics=silent))
    assert row["logged_digits"] == ("+5511912345678" if number else None)


def test_what_a_customer_answered_is_no_call():
    written = by_author(type="admin") | {"body": "Liguei para +55 11 91234-5678"}
    answered = {"last_contact_reply_at": T}
    assert one(conversation(source=written, statistics=answered))["logged_digits"] is None


def test_the_contact_is_whoever_wrote_and_never_a_colleague(conversations: dict[str, Row]):
    row = conversations["815000000000001"]
    assert row["contact_name"] == "Padaria Dois Irmãos & Filhos"
    assert row["contact_email"] == "compras@example.com"
    for other in ("815000000000004", "815000000000005", "815000000000008", "60"):
        assert values(conversations[other], "contact_name", "contact_email") == [None, None]


def test_the_subject_is_the_title_the_subject_or_the_first_words(conversations: dict[str, Row]):
    assert conversations["815000000000001"]["subject"] == "Bom dia, o boleto de maio não chegou"
    assert conversations["815000000000005"]["subject"] == "Retorno"
    assert conversations["60"]["subject"] is None
    assert len(one(conversation(source=source(body="palavra " * 99)))["subject"]) <= 120


def test_a_message_without_words_has_an_empty_subject(conversations: dict[str, Row]):
    assert conversations["815000000000008"]["subject"] == ""
    attached = source(body="", attachments=[{"type": "upload", "url": "https://x.example.com/a"}])
    assert one(conversation(source=attached))["subject"] == ""


@pytest.mark.parametrize(
    ("signs", "given"),
    [
        ({}, {"source": source(type="phone_call")}),
        ({}, {"source": source(body='<a href="https://assets.aircall.io/calls/1">x</a>')}),
        ({}, {"source": source(url="https://assets.aircall.io/calls/1/recording")}),
        ({}, {"source": source(attachments=[{"url": "https://ASSETS.aircall.io/c"}])}),
        ({"tags": ["Ligação"]}, {"tags": {"tags": [{"name": "ligação"}]}}),
        ({"authors": ["Aircall"]}, {"source": by_author(name="aircall")}),
        (
            {"authors": ["bot@aircall.example.com"]},
            {"source": by_author(email="BOT@aircall.example.com")},
        ),
    ],
)
def test_a_call_written_down_is_recognised(signs: dict[str, Any], given: dict[str, Any]):
    silent = {"source_types": [], "link_patterns": []} if signs else {}
    row = one(conversation(**given), signs=CallsInConversationsSetting(**silent, **signs))
    assert row["is_call"]


def test_what_is_no_call_is_none():
    blank = CallsInConversationsSetting(
        source_types=[""], tags=[""], authors=[""], link_patterns=[""]
    )
    for signs in (SIGNS, blank):
        assert not one(conversation(), signs=signs)["is_call"]
        assert not one(conversation(source=None), signs=signs)["is_call"]


def test_times_may_be_iso_8601(conversations: dict[str, Row]):
    statistics = {
        "first_close_at": "2026-01-10T07:56:29.000Z",
        "last_close_at": "2026-01-10T07:56:29",
        "first_admin_reply_at": str(T),
        "last_admin_reply_at": "ontem",
    }
    row = one(conversation(created_at="2026-01-10T04:56:29-03:00", statistics=statistics))
    expected = datetime(2026, 1, 10, 7, 56, 29, tzinfo=UTC)
    assert values(row, "created_at", "first_close_at", "last_close_at") == [expected] * 3
    assert row["first_admin_reply_at"] == instant(T)
    assert row["last_admin_reply_at"] is None


def test_of_two_versions_of_a_conversation_the_newer_is_kept():
    older, newer = conversation(updated_at=T), conversation(updated_at=T + 9, state="closed")
    assert one(older, newer)["state"] == one(newer, older)["state"] == "closed"


@pytest.mark.parametrize("bad", [{}, {"id": "1"}, {"created_at": T}, {"id": None}, "text", None])
def test_what_is_no_conversation_at_all_is_an_error_without_its_content(bad: Any):
    with pytest.raises(BadResponseError, match="a conversation has no"):
        conversations_table([bad], SIGNS)


def everyone(**changes: Any) -> dict[str, Row]:
    given: dict[str, Any] = {
        "admins": payload("intercom_admins")["admins"],
        "users": payload("aircall_users")["users"],
        "availabilities": {
            str(u["id"]): u["availability"] for u in payload("aircall_availabilities")["users"]
        },
        "people": [
            PersonSetting(intercom="Joao.Lacerda@example.com", aircall="jv.lacerda@example.com")
        ],
        "reasons": payload("intercom_away_reasons")["data"],
    }
    return by_id(agents_table(**(given | changes)))


def test_people_are_matched_by_address_and_alias():
    table = everyone()
    assert {agent: row["voice_id"] for agent, row in table.items() if row["voice_id"]} == {
        "7101": "3301",
        "7102": "3302",
        "voice:3303": "3303",
        "voice:3304": "3304",
    }
    assert table["7102"]["voice_email"] == "jv.lacerda@example.com"
    assert values(table["7101"], "email", "team_ids", "voice_status") == [
        "luana.tavares@example.com",
        "6101",
        "in_call",
    ]
    assert table["7102"]["team_ids"] == "6101,6102"
    assert table["voice:3304"]["email"] is None
    assert table["voice:3304"]["voice_status"] is None


def test_users_of_the_older_address_are_matched_too():
    assert everyone(users=payload("aircall_users_v1")["users"]) == everyone()


def test_an_alias_decides_over_ones_own_address():
    people = [
        PersonSetting(intercom="felipe.yamamoto@example.com", aircall="luana.tavares@example.com")
    ]
    table = everyone(people=people)
    assert table["7103"]["voice_id"] == "3301"
    assert table["7101"]["voice_id"] is None
    assert "voice:3302" in table


def test_away_with_and_without_a_reason():
    table = everyone()
    assert [table[agent]["away"] for agent in ("7101", "7102", "7103")] == [False, True, True]
    assert table["7102"]["away_reason"] == "Almoço"
    assert [row["away_reason"] for row in table.values()].count(None) == len(table) - 1
    assert table["voice:3303"]["away"] is None
    assert not any(row["away_since"] or row["voice_since"] for row in table.values())


@pytest.mark.parametrize(
    ("changes", "bot"),
    [
        ({"name": "Fin", "email": "operator+x@intercom.io", "has_inbox_seat": False}, True),
        ({"name": "Ajudante", "email": "Operator+x@intercom.io"}, True),
        ({"name": "Operator", "email": None, "has_inbox_seat": False}, True),
        ({"name": "Fin", "email": "fin.oliveira@example.com", "has_inbox_seat": False}, False),
        ({"name": "Fin", "email": None, "has_inbox_seat": True}, False),
        ({"name": "X", "email": "operator+x@example.com"}, False),
    ],
)
def test_the_bot_is_recognised(changes: dict[str, Any], bot: bool):
    admin = payload("intercom_admins")["admins"][0] | changes
    assert everyone(admins=[admin])["7101"]["bot"] == bot


def test_seats():
    table = everyone()
    assert [table[agent]["seated"] for agent in ("7101", "7104", "7100")] == [True, False, False]


def test_teams_are_named():
    table = teams_table(payload("intercom_teams")["teams"])
    assert table.to_dicts() == [
        {"id": "6101", "name": "Suporte N1", "active": True},
        {"id": "6102", "name": "Financeiro", "active": True},
    ]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        inner = [(key, part) for key, part in value.items()]
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    return [p for key, part in inner for p in [(*at, key), *paths(part, (*at, key))]]


@st.composite
def spoiled(draw: st.DrawFn, payloads: list[dict[str, Any]], needed: set[str]) -> dict[str, Any]:
    """A payload of which some parts are missing, null or something else altogether."""
    result = copy.deepcopy(draw(st.sampled_from(payloads)))
    optional = [path for path in paths(result) if path[0] not in needed]
    for path in draw(st.lists(st.sampled_from(optional), max_size=8)):
        place: Any = result
        try:
            for key in path[:-1]:
                place = place[key]
            if draw(st.booleans()):
                place[path[-1]] = draw(junk)
            else:
                del place[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    return result


quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@quickly
@given(st.lists(spoiled(SEARCH, {"id", "created_at"}), max_size=4))
def test_whatever_is_missing_or_odd_a_conversation_becomes_a_row(found: list[dict[str, Any]]):
    table = conversations_table(found, SIGNS)
    assert set(table["id"]) == {p["id"] for p in found}
    assert is_canonical(table, "conversations")
    assert (table["subject"].str.len_chars() <= 120).all()


@quickly
@given(st.lists(spoiled(CALLS, {"id", "started_at"}), max_size=4))
def test_whatever_is_missing_or_odd_a_call_becomes_a_row(found: list[dict[str, Any]]):
    table = calls_table(found)
    assert set(table["id"]) == {str(p["id"]) for p in found}
    assert is_canonical(table, "calls")


@quickly
@given(
    st.lists(spoiled(payload("intercom_admins")["admins"], {"id"}), max_size=4),
    st.lists(spoiled(payload("aircall_users")["users"], {"id"}), max_size=4),
)
def test_whatever_is_missing_or_odd_everyone_is_listed_once(
    admins: list[dict[str, Any]], users: list[dict[str, Any]]
):
    table = agents_table(admins, users, {"3301": "in_call"}, [])
    assert table["id"].is_unique().all()
    assert {a["id"] for a in admins} <= set(table["id"])
    assert {str(u["id"]) for u in users} >= set(table["voice_id"].drop_nulls())


@settings(quickly, max_examples=15)
@given(st.permutations(SEARCH), st.permutations(CALLS))
def test_the_order_of_the_rows_is_irrelevant(
    conversations_given: list[dict[str, Any]], calls_given: list[dict[str, Any]]
):
    for found, expected in (
        (conversations_table(conversations_given, SIGNS), conversations_table(SEARCH, SIGNS)),
        (calls_table(calls_given), calls_table(CALLS)),
    ):
        # The attributes' order follows the rows.
        assert by_id(found) == by_id(expected)
