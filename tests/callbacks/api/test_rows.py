"""The rows behind the numbers: complete, in order, without doubles."""

import pytest

from layouts.formats import masked
from metrics.model.catalog import CATALOG
from services.settings.config import Settings
from services.settings.links import IntercomLinks
from tests.worlds.api_world import (
    ANALYST,
    CALLS,
    CONVERSATIONS,
    JOAO,
    LUANA,
    SUPPORT,
    Api,
    call,
    conversation,
    snapshot,
)


@pytest.fixture(scope="module")
def api():
    return Api()


def all_pages(api, route, arriving=None, **query):
    """The ids of all pages; after the first page `arriving` is called."""
    found, cursor = [], None
    while True:
        body = api.get(route, **query, **({"cursor": cursor} if cursor else {}))
        found += [row["id"] for row in body[route]]
        cursor = body["next_cursor"]
        if cursor is None:
            return found
        if arriving:
            arriving()
            arriving = None


MANY = [
    conversation(f"{number:03}", f"2026-11-{10 + number % 3}T12:00:00Z") for number in range(50)
]


@pytest.mark.parametrize("limit", [1, 7, 49, 50, 51])
def test_pages_are_complete_without_doubles_and_newest_first(limit):
    expected = sorted(MANY, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    found = all_pages(Api(snapshot(MANY)), "conversations", limit=limit)
    assert found == [row["id"] for row in expected]


def test_what_arrives_between_two_pages_moves_nothing():
    api = Api(snapshot(MANY))

    def arrive():
        new = [conversation(f"new{number}", "2026-11-24T14:00:00Z") for number in range(9)]
        api.dataset.current = snapshot([*new, *MANY], version=8)

    found = all_pages(api, "conversations", limit=10, arriving=arrive)
    assert len(found) == len(set(found)) == 50


def test_a_row_that_went_away_does_not_break_its_cursor():
    api = Api(snapshot(MANY))
    first = api.get("conversations", limit=10)
    last = first["conversations"][-1]["id"]
    api.dataset.current = snapshot([row for row in MANY if row["id"] != last], version=8)
    following = api.get("conversations", limit=1000, cursor=first["next_cursor"])
    assert len(following["conversations"]) == 40
    assert following["total"] == 49


def test_the_limit_is_100_unless_told():
    rows = [conversation(f"{number:04}") for number in range(150)]
    body = Api(snapshot(rows)).get("conversations")
    assert len(body["conversations"]) == 100
    assert body["total"] == 150


@pytest.mark.parametrize("metric", sorted(CATALOG))
def test_the_rows_of_a_metric_are_as_many_as_its_n(api, metric):
    route = CATALOG[metric].table
    if route == "agents":
        assert api.refused("conversations", metric=metric)[0] == 400
        return
    n = api.get("summary")["metrics"][metric]["n"]
    body = api.get(route, metric=metric)
    assert body["total"] == n
    assert len(body[route]) == n
    assert all(row["value"] is not None for row in body[route])


def test_a_row_carries_the_value_it_adds(api):
    body = api.get("conversations", metric="first_response_time")
    assert [(row["id"], row["value"]) for row in body["conversations"]] == [("c1", 300)]
    assert "value" not in api.get("conversations")["conversations"][0]


def test_without_a_metric_everything_of_the_period_is_there(api):
    assert set(all_pages(api, "conversations")) == {row["id"] for row in CONVERSATIONS}
    assert set(all_pages(api, "calls")) == {row["id"] for row in CALLS}
    assert set(all_pages(api, "calls", from_="2026-11-22")) == {"t3", "t4"}


def test_calls_logged_as_conversations_and_unfinished_calls_are_left_out():
    rows = [conversation("c1"), conversation("c2", is_call=True)]
    api = Api(snapshot(rows, [call("t1"), call("t2", status="answered")]))
    assert all_pages(api, "conversations") == ["c1"]
    assert all_pages(api, "calls") == ["t1"]


def test_a_conversation_is_told_with_names_and_its_link(api):
    row = next(r for r in api.get("conversations")["conversations"] if r["id"] == "c1")
    assert row["agent"] == "João Vitor Lacerda"
    assert row["team"] == "Suporte N1"
    assert row["tags"] == ["vip", "boleto"]
    assert row["rating"] == 5
    assert row["created_at"] == "2026-11-20T12:00:00Z"
    assert row["snoozed_until"] is None
    assert row["attributes"] == {"Motivo de Contato": "Boleto e pagamento"}
    assert row["url"] == "https://app.intercom.com/a/inbox/abc123/inbox/conversation/c1"
    assert "is_call" not in row


def test_a_call_is_told_with_its_person_and_its_recording(api):
    rows = {row["id"]: row for row in api.get("calls")["calls"]}
    assert rows["t1"]["agent_id"] == JOAO
    assert rows["t1"]["agent"] == "João Vitor Lacerda"
    assert rows["t1"]["recording_url"] == "/calls/t1/recording"
    assert rows["t3"]["recording_url"] is None
    assert rows["t4"]["answered_at"] is None
    assert rows["t4"]["agent"] is None


def test_rows_can_be_filtered(api):
    assert all_pages(api, "conversations", team=SUPPORT, agent="none") == ["c6"]
    assert all_pages(api, "calls", agent=JOAO) == ["t3", "t1"]


def test_a_workspace_without_attributes_has_none():
    row = {k: v for k, v in conversation("c1").items() if not k.startswith("attr.")}
    [found] = Api(snapshot(conversations=[row])).get("conversations")["conversations"]
    assert found["attributes"] == {}


def test_no_link_is_made_up_while_the_workspace_is_unknown():
    api = Api(snapshot(meta={}))
    assert api.get("conversations")["conversations"][0]["url"] is None
    settings = Settings.model_validate(
        {"intercom": {"conversation_url": "https://x/{app_id}/{id}"}}
    )
    assert IntercomLinks(settings, "a").conversation("{app_id}") == "https://x/a/%7Bapp_id%7D"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [(None, None), ("+5511955501234", "••••••••••1234"), ("+190", "••••"), ("", "")],
)
def test_a_masked_number_keeps_four_digits_at_most(digits, shown):
    assert masked(digits) == shown


def test_a_cell_gives_the_rows_behind_one_mark(api):
    rows = api.get("conversations", metric="conversations", cell=f"agent:{JOAO}")
    told = api.get("breakdown", metric="conversations", by="agent")["breakdown"]
    assert rows["total"] == next(group["n"] for group in told if group["key"] == JOAO)
    crossed = api.get(
        "conversations",
        metric="conversations",
        cell=[f"agent:{LUANA}", "reason:Acesso e senha"],
    )
    assert [row["id"] for row in crossed["conversations"]] == ["c3"]


def test_a_cell_that_cannot_be_is_refused(api):
    for query in (
        {"cell": "agent:1"},
        {"metric": "conversations", "cell": "moon"},
        {"metric": "conversations", "cell": "moon:1"},
    ):
        status, code, message = api.refused("conversations", **query)
        assert (status, code) == (400, "invalid_parameter")
        assert message.startswith("cell")


def test_tickets_say_who_owns_them_and_which_are_overdue(api):
    body = api.get("tickets", from_="2026-11-01")
    rows = {row["id"]: row for row in body["tickets"]}
    assert list(rows) == ["k3", "k2", "k1"]
    assert (rows["k1"]["agent"], rows["k1"]["creator"]) == ("João Vitor Lacerda", "Luana Tavares")
    assert [rows[key]["overdue"] for key in ("k1", "k2", "k3")] == [True, False, False]
    assert rows["k1"]["conversation_ids"] == ["c1"]
    assert rows["k1"]["url"].endswith("/k1")
    assert body["data_as_of"] == "2026-11-24T14:59:00Z"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"metric": "tickets_open"}, {"k1", "k2", "k4"}),
        ({"metric": "tickets_overdue"}, {"k1", "k4"}),
        ({"metric": "tickets_resolved"}, {"k3"}),
        ({"metric": "tickets_open", "cell": "standing:backlog"}, {"k4"}),
        ({"metric": "tickets_open", "cell": "platform:App"}, {"k2"}),
        ({"metric": "tickets_open", "agent": "none"}, {"k4"}),
    ],
)
def test_the_tickets_behind_a_number(api, asked, expected):
    body = api.get("tickets", **asked)
    assert {row["id"] for row in body["tickets"]} == expected
    assert body["total"] == len(expected)


def test_tickets_in_groups(api):
    body = api.get("breakdown", metric="tickets_open", by="platform")
    assert {row["key"]: row["value"] for row in body["breakdown"]} == {"Portal Web": 2, "App": 1}


def test_an_analyst_has_own_tickets_in_the_summary_and_no_list(api):
    assert api.refused("tickets", viewer=ANALYST)[:2] == (403, "forbidden")
    assert api.get("summary", viewer=ANALYST)["metrics"]["tickets_open"]["value"] == 1
    body = api.get("breakdown", viewer=ANALYST, metric="tickets_open", by="creator")
    assert body["breakdown"] == []
