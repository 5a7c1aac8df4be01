"""Every page over a workspace in which nothing has happened yet and nobody is in a team."""

import pytest

from layouts.roles import PAGES
from tests.worlds.api_world import snapshot
from tests.worlds.web_world import MANAGER


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=snapshot([], [], [], [], meta={}))


def test_no_page_of_an_empty_workspace_complains(served):
    page = served.page(MANAGER)
    for path in PAGES:
        page.goto(path)
        page.wait_for_selector(".page")
        page.wait_for_selector(".skeleton", state="detached")
        page.wait_for_load_state("networkidle")
        assert page.said == [], path
