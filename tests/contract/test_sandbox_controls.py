"""What whoever sits at the controls of the sandbox makes happen, as our own clients see it."""

import pytest
import requests

from services.errors import NotFoundError
from services.sandbox.team.people import FINANCE, FIRST_AGENT_ID, FRONT
from tests.worlds.sandboxes import Clients, Clock, small_sandbox

EVERYBODY = [FIRST_AGENT_ID + place for place in range(8)]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock):
    with small_sandbox(clock) as running:
        yield running


@pytest.fixture
def clients(sandbox, clock):
    with Clients(sandbox, clock) as made:
        yield made


def order(sandbox, what, status=200, **words):
    answer = requests.post(f"{sandbox.url}/_sandbox/{what}", json=words, timeout=5)
    assert answer.status_code == status, answer.text
    return answer.json()


def rows(sandbox, **wanted):
    return [
        row
        for row in sandbox.advance().index.list_in_state("open")
        if all(row[name] == value for name, value in wanted.items())
    ]


def queue(sandbox, team):
    return rows(sandbox, admin_assignee_id=None, team_assignee_id=team)


def test_it_rings_and_somebody_talks_for_as_long_as_was_said(sandbox, clients, clock):
    known = order(sandbox, "ring", age=20, lasts=30)["id"]
    talk = order(sandbox, "ring", age=20, lasts=30, agent=EVERYBODY[0])["id"]
    statuses = []
    for _ in range(2):
        seen = [clients.aircall.get_call(call_id) for call_id in (known, talk)]
        statuses.append([call["status"] for call in seen])
        clock.now += 31
    assert statuses == [["initial", "answered"], ["done", "done"]]
    [limbo] = order(sandbox, "arrive", team=None)["ids"]
    assert [row["id"] for row in queue(sandbox, None) if row["id"] == limbo] == [limbo]


def test_a_queue_is_filled_and_emptied(sandbox, clients, clock):
    order(sandbox, "close")
    assert queue(sandbox, FRONT) == []
    ids = order(sandbox, "arrive", team=FRONT, count=5)["ids"]
    assert sorted(row["id"] for row in queue(sandbox, FRONT)) == sorted(ids)
    seen = clients.intercom.get_conversation(ids[0])
    assert (seen["state"], seen["waiting_since"]) == ("open", int(clock.now))
    order(sandbox, "close", team=FINANCE)
    assert order(sandbox, "close", team=FRONT, keep=2) == {"closed": 3}
    clock.now += 3600
    # Nobody takes by himself what was put there.
    assert set(ids[3:]) <= {row["id"] for row in queue(sandbox, FRONT)}
    assert clients.intercom.get_conversation(ids[0])["state"] == "closed"


def test_an_agent_gets_conversations_and_loses_them(sandbox):
    before = len(rows(sandbox, admin_assignee_id=EVERYBODY[0]))
    order(sandbox, "arrive", agent=EVERYBODY[0], count=10)
    assert len(rows(sandbox, admin_assignee_id=EVERYBODY[0])) == before + 10
    order(sandbox, "close", agent=EVERYBODY[0], keep=1)
    assert len(rows(sandbox, admin_assignee_id=EVERYBODY[0])) == 1


def test_what_has_waited_long_was_created_then_and_changed_now(sandbox, clients, clock):
    [waits] = order(sandbox, "arrive", team=FRONT, age=1200)["ids"]
    [held] = order(sandbox, "arrive", agent=EVERYBODY[0], age=1200)["ids"]
    seen = clients.intercom.get_conversation(waits)
    assert (seen["waiting_since"], seen["updated_at"]) == (clock.now - 1200, clock.now)
    seen = clients.intercom.get_conversation(held)
    assert (seen["created_at"], seen["updated_at"]) == (clock.now - 1200, clock.now)


def presence(clients):
    admins = {int(one["id"]): one for one in clients.intercom.list_admins()}
    away = [admins[one]["away_mode_enabled"] for one in EVERYBODY]
    found = clients.aircall.get_availabilities()
    return away, {found[str(40101 + place)] for place in range(7)}


@pytest.mark.parametrize(
    ("doing", "away", "voice"),
    [
        ("off", True, "offline"),
        ("work", False, "available"),
        ("in_call", True, "in_call"),
        ("lunch", True, "do_not_disturb"),
    ],
)
def test_everybody_does_what_they_are_told(sandbox, clients, clock, doing, away, voice):
    before = presence(clients)
    assert len(before[1]) > 1
    order(sandbox, "people", doing=doing)
    assert presence(clients) == ([away] * 8, {voice})
    order(sandbox, "people", doing=None)
    assert presence(clients) == before
    order(sandbox, "people", doing=doing)
    clock.now += 7200
    assert presence(clients) == ([away] * 8, {voice})


def test_one_agent_alone_goes_home(sandbox, clients):
    order(sandbox, "people", doing="work")
    order(sandbox, "people", doing="off", agents=EVERYBODY[:1])
    assert presence(clients)[0] == [True] + [False] * 7


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("people", {"doing": "sleep"}),
        ("people", {"doing": "off", "agents": [1]}),
        ("people", {"doing": "off", "agents": "all"}),
        ("arrive", {"count": 3}),
        ("arrive", {"count": 0, "team": FRONT}),
        ("arrive", {"count": 10**9, "team": FRONT}),
        ("arrive", {"count": 1, "agent": 1}),
        ("arrive", {"count": 1, "team": FRONT, "age": -5}),
        ("close", {"keep": -1}),
    ],
)
def test_an_order_that_cannot_be_understood_is_refused(sandbox, what, words):
    assert "not an order" in order(sandbox, what, 400, **words)["error"]


def test_only_this_machine_gives_orders(sandbox):
    answer = requests.post(
        f"{sandbox.url}/_sandbox/close", json={}, headers={"Host": "evil.example"}, timeout=5
    )
    assert answer.status_code == 403


def test_what_was_said_on_slack_is_there_to_read_with_what_it_said_before(sandbox):
    bot = {"headers": {"Authorization": "Bearer x"}, "timeout": 5}
    posted = requests.post(
        f"{sandbox.url}/api/chat.postMessage", json={"channel": "C0VIGIA01", "text": "um"}, **bot
    ).json()
    requests.post(
        f"{sandbox.url}/api/chat.update",
        json={"channel": posted["channel"], "ts": posted["ts"], "text": "dois"},
        **bot,
    )
    [said] = requests.get(f"{sandbox.url}/_sandbox/slack", timeout=5).json()["messages"]
    assert (said["number"], said["body"]["text"]) == (posted["ts"], "dois")
    assert [one["text"] for one in said["before"]] == ["um"]


def closed(sandbox):
    return sandbox.advance().index.list_in_state("closed")[0]


def test_a_closed_conversation_is_rated_late_redacted_and_merged(sandbox, clients, clock):
    first, second = sandbox.advance().index.list_in_state("closed")[:2]
    clock.now += 900
    order(sandbox, "rate", id=first["id"], rating=2, remark="demorou", late=600)
    rated = clients.intercom.get_conversation(first["id"])
    assert rated["conversation_rating"]["rating"] == 2
    assert rated["updated_at"] == int(clock.now) - 600
    order(sandbox, "redact", id=first["id"])
    redacted = clients.intercom.get_conversation(first["id"])
    assert redacted["source"]["redacted"]
    assert redacted["conversation_rating"]["remark"] is None
    assert redacted["updated_at"] == rated["updated_at"]
    order(sandbox, "merge", id=first["id"], into=second["id"])
    merged = clients.intercom.get_conversation(first["id"])
    assert merged["linked_objects"]["data"][0]["id"] == second["id"]
    for what in ("rate", "redact", "merge"):
        order(sandbox, what, 400, id="nobody")


def test_conversations_and_calls_can_be_deleted(sandbox, clock):
    conversation, call = closed(sandbox)["id"], sandbox.advance().calls[0]["id"]
    order(sandbox, "delete", id=conversation)
    order(sandbox, "delete", id=call)
    with Clients(sandbox, clock, version="2.16") as clients:
        assert clients.intercom.get_deleted_page(None)[0][0]["id"] == conversation
        for fetch, key in (
            (clients.intercom.get_conversation, conversation),
            (clients.aircall.get_call, str(call)),
        ):
            with pytest.raises(NotFoundError):
                fetch(key)


def test_a_day_of_creation_comes_whole_page_by_page(sandbox, clients):
    def read_all(read):
        rows, cursor = read(None)
        while cursor is not None:
            more, cursor = read(cursor)
            rows += more
        return [row["id"] for row in rows]

    now = int(sandbox.world.now)
    day, before = now - 5 * 86400, now - 10 * 86400
    expected = [row["id"] for row in sandbox.world.index.list_between("created_at", day, now - 1)]
    listed = read_all(lambda cursor: clients.intercom.get_created_page(day, now - 1, cursor))
    assert listed == expected
    older = read_all(lambda cursor: clients.intercom.get_older_page(day, before, cursor))
    touched = sandbox.world.index.list_between("created_at", None, day - 1)
    assert older == [row["id"] for row in touched if row["updated_at"] >= before]
    tickets = read_all(lambda cursor: clients.intercom.get_created_tickets_page(0, now, cursor))
    assert tickets == [ticket["id"] for ticket in sandbox.tickets]
    assert clients.intercom.get_older_tickets_page(day, now, None)[0] == []
