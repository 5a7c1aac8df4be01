"""Where conversations open: in the workspace of INTERCOM_APP_ID, wherever one is named."""

import re

import pytest

from layouts.i18n import text_for
from layouts.slack.messages import Messages
from services.settings.config import Settings
from services.storage.disk_store import DiskStore
from tests.worlds.api_world import JOAO, conversation, snapshot
from tests.worlds.bi_world import BAR, LIST
from tests.worlds.robot_world import LIVE, drawn, lay
from tests.worlds.watching import FakeSlack, Watch, queue
from tests.worlds.web_world import MANAGER, web

WORKSPACE = re.compile(r"app\.intercom\.com/a/inbox/([^/]*)/inbox/conversation/")
RATED = conversation(
    "r1",
    "2026-11-23T12:00:00Z",
    agent_id=JOAO,
    rating=1,
    rating_at="2026-11-23T14:00:00Z",
    rating_remark="Demorou demais",
    last_close_at="2026-11-23T13:00:00Z",
)
WAITING = conversation(
    "w1",
    "2026-11-24T14:10:00Z",
    agent_id=None,
    state="open",
    waiting_since="2026-11-24T14:10:00Z",
)
PANELS = [
    ("operations--version.data", "/operations", ""),
    ("operations--drawer.children", "/operations", f"?agent={JOAO}&period=48h"),
    ("analyst--content.children", "/analyst", f"?agent={JOAO}"),
    ("quality--comments.children", "/quality", ""),
    ("alerts--shown.data", "/alerts", ""),
    (BAR.format(page="times"), "/times", ""),
    (BAR.format(page="backoffice"), "/backoffice", ""),
    (BAR.format(page="details"), "/details", "?column=link"),
    (LIST, "/overview", "?rows=conversations"),
    (LIST, "/backoffice", "?rows=tickets_open"),
]
ROUTES = [
    *(f"/api/v1/{route}" for route in ("conversations", "queue", "line", "tickets", "alerts")),
    f"/analyst/export.csv?agent={JOAO}",
    "/exports/details.csv?column=link",
]


@pytest.fixture(
    scope="module", params=[{}, {"app_id": "told"}], ids=["not told", "told another one"]
)
def world(tmp_path_factory, request):
    current = snapshot(conversations=[RATED, WAITING], meta=request.param)
    environment = {"intercom_app_id": "configured"}
    folder = tmp_path_factory.mktemp("web")
    with web(folder, current=current, environment=environment) as made:
        yield lay(made, incidents=LIVE)


@pytest.fixture(scope="module")
def manager(world):
    return world.browser(MANAGER)


def workspaces(text: str) -> set[str]:
    """The workspaces in which the conversations of an answer open."""
    return set(WORKSPACE.findall(text))


@pytest.mark.parametrize(("output", "path", "search"), PANELS)
def test_pages_open_conversations_in_the_configured_workspace(manager, output, path, search):
    at = {"url.pathname": path, "url.search": search}
    assert workspaces(drawn(manager, output, **at)) == {"configured"}


@pytest.mark.parametrize("route", ROUTES)
def test_machines_and_files_are_told_the_configured_workspace(manager, route):
    answer = manager.get(route, headers={})
    assert answer.status_code == 200, answer.text
    assert workspaces(answer.text) == {"configured"}


@pytest.mark.parametrize("meta", [{}, {"app_id": "told"}])
def test_slack_is_sent_to_the_configured_workspace(tmp_path, meta):
    stores = {name: DiskStore(tmp_path / name) for name in ("cache", "state")}
    settings, slack = Settings(), FakeSlack()
    draw = Messages(text_for("pt-BR"), settings.zone)
    watch = Watch(stores.__getitem__, slack, draw, app_id="configured")
    for _ in range(2):
        watch.minute(*queue(2), meta=meta)
    assert workspaces(str(slack.said)) == {"configured"}
    for store in stores.values():
        store.close()
