"""What pages draw is what Dash and Plotly know: dictionaries check nothing when they are made."""

import json
import re

import dash
import dash_bootstrap_components as dbc
import plotly.graph_objects as go
import pytest
from plotly.io import _json as plotly_json

from callbacks.access.roles import roles_of
from layouts import bundles
from layouts.roles import PAGES
from tests.worlds.bi_world import components
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import ANALYST, MANAGER, web

PACKAGES = {
    "dash_html_components": dash.html,
    "dash_core_components": dash.dcc,
    "dash_bootstrap_components": dbc,
}
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
SHARED = ("page.", "side-panel.", "rows--", "filters--")
# More of a page than its first view.
SEARCHES = {
    "/operations": ["", "?kiosk=1", "?agent=201"],
    "/overview": ["?matrix=reason&rows=conversations", "?period=90d"],
    "/times": ["?by=reason"],
    "/crosstabs": ["?row=agent&column=team&show=heat", "?report=categories", "?report=reasons"],
    "/staffing": ["?heat=gap"],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawings")
    with web(folder, settings=SETTINGS, current=figures()) as world:
        yield world


@pytest.fixture(scope="module")
def drawn(world):
    """Page -> everything that its callbacks answer."""
    browser = world.browser(MANAGER)
    # What orjson cannot write goes a slow road of Plotly's, twenty times dearer: nothing may.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plotly_json, "clean_to_json_compatible", _refuse)
        return {path: _draw(world, browser, path) for path in PAGES}


def _refuse(value, **_):
    pytest.fail(f"orjson cannot write {value!r:.200}")


def _draw(world, browser, path, role="manager"):
    answers = []
    own = [name for name, roles in roles_of(world.app).items() if role in roles]
    for search in SEARCHES.get(path, [""]):
        for callback in own:
            if any(word in callback for word in (f"{path.strip('/')}--", *SHARED)):
                values = {"url.pathname": path, "url.search": search, "refresh.n_intervals": 1}
                answer = browser.fire(callback, **values)
                assert answer.status_code in (200, 204), (path, callback)
                answers.append(json.loads(answer.data or "null"))
    return answers


@pytest.mark.parametrize("path", list(PAGES))
def test_every_element_has_properties_that_dash_knows(drawn, path):
    for one in components(drawn[path]):
        getattr(PACKAGES[one["namespace"]], one["type"])(**one["props"])


@pytest.mark.parametrize("path", list(PAGES))
def test_every_figure_is_one_of_plotlys(drawn, path):
    for one in components(drawn[path]):
        if one["type"] == "Graph":
            go.Figure(one["props"]["figure"])


def _styled(css):
    """The classes that a sheet has rules for."""
    css = re.sub(r'/\*.*?\*/|"[^"]*"', "", css, flags=re.DOTALL)
    return {name for rule in re.findall(r"([^{}]+)\{", css) for name in CLASS.findall(rule)}


@pytest.mark.parametrize(
    ("role", "paths"), [("analyst", ["/analyst", "/operations"]), ("wall", ["/operations"])]
)
def test_a_role_has_the_styles_of_all_that_it_is_drawn(world, role, paths):
    browser = world.screen() if role == "wall" else world.browser(ANALYST)
    drawn = [_draw(world, browser, path, role) for path in paths]
    used = {
        name for one in components(drawn) for name in str(one["props"].get("className", "")).split()
    }
    assert len(used) > 50
    own, all_of_them = (
        _styled(bundles.files()[f"{name}.css"].decode()) for name in (role, "manager")
    )
    assert used & all_of_them <= own
