"""A client that is not ours reads the sandbox: python-intercom, unchanged."""

import httpx
import pydantic
import pytest
from intercom import Intercom
from intercom.admins.types.admin import Admin
from intercom.conversations.types.conversation import Conversation
from intercom.core.api_error import ApiError
from intercom.errors import NotFoundError, UnauthorizedError
from intercom.teams.types.team import Team

from tests.worlds.sandboxes import Clock, small_sandbox

# Where the client's own description is known to differ from what the vendor really sends.
# The client knows fewer kinds of content than the published description.
CONTENT = "ai_agent.content_sources.content_sources"
KNOWN_DIFFERENCES = {
    "team_assignee_id",
    "statistics.last_closed_by_id",
    *(f"{CONTENT}.{place}.content_type" for place in range(3)),
}


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def sandbox(clock):
    with small_sandbox(clock, conversations=320, calls=60) as running:
        yield running


@pytest.fixture(params=["2.9", "2.14", "2.16", None])
def client(request, sandbox):
    headers = {"Intercom-Version": request.param} if request.param else {}
    with httpx.Client(timeout=5) as http:
        yield Intercom(token="any", base_url=sandbox.url, headers=headers, httpx_client=http)


def all_pages(client):
    """By hand: the client's own pager never sends the cursor."""
    pagination = {"per_page": 150}
    while True:
        query = {"field": "created_at", "operator": ">", "value": 1}
        page = client.conversations.search(query=query, pagination=pagination)
        yield page
        following = page.response.pages.next
        if following is None:
            return
        pagination = {"per_page": 150, "starting_after": following.starting_after}


def differences(model, payload):
    try:
        model.model_validate(payload)
    except pydantic.ValidationError as error:
        return {".".join(map(str, one["loc"])) for one in error.errors()}
    return set()


def test_it_reads_who_works_there(client):
    admins = {admin.name: admin for admin in client.admins.list().admins}
    assert admins["Luana Tavares"].email == "luana.tavares@example.com"
    assert admins["Fin"].has_inbox_seat is False
    assert {team.name for team in client.teams.list().teams} == {"Suporte N1", "Financeiro"}
    assert client.admins.identify().app.id_code


def test_it_reads_all_conversations_page_by_page(client, sandbox):
    seen = {}
    for page in all_pages(client):
        assert page.response.total_count == len(sandbox.world.conversations)
        seen |= {one.id: one for one in page.items}
    assert set(seen) == {one["id"] for one in sandbox.world.conversations}
    assert all(one.statistics.count_conversation_parts for one in seen.values())
    assert all(isinstance(one.created_at, int) for one in seen.values())


def test_it_reads_one_conversation_with_its_parts(client, sandbox):
    shown = next(one for one in sandbox.world.conversations if one["conversation_rating"])
    found = client.conversations.find(conversation_id=shown["id"])
    assert found.created_at == shown["created_at"]
    told = [part.created_at for part in found.conversation_parts.conversation_parts]
    assert len(told) > 2
    assert told == sorted(told)


def test_its_errors_are_told_apart(client, sandbox):
    with pytest.raises(NotFoundError):
        client.conversations.find(conversation_id="1")
    sandbox.fail("intercom", "401", times=1)
    with pytest.raises(UnauthorizedError):
        client.admins.list()
    sandbox.fail("intercom", "429", times=1)
    with pytest.raises(ApiError) as caught:
        client.teams.list()
    assert caught.value.status_code == 429


def test_its_strict_descriptions_fit(sandbox):
    """Reading is lenient in this client, so its models are held against the answers, too."""
    with httpx.Client(base_url=sandbox.url, headers={"Authorization": "Bearer any"}) as http:
        for admin in http.get("/admins").json()["admins"]:
            assert differences(Admin, admin) == set()
        for team in http.get("/teams").json()["teams"]:
            assert differences(Team, team) == set()
        for row in http.get("/conversations", params={"per_page": 150}).json()["conversations"]:
            whole = http.get(f"/conversations/{row['id']}").json()
            assert differences(Conversation, whole) <= KNOWN_DIFFERENCES
