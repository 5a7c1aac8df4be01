"""Which of the files in `assets/` a role loads."""

import re

import pytest
from plotly.offline import get_plotlyjs_version

from layouts import bundles
from layouts.roles import ANALYST, MANAGER, PAGES, ROLES, WALL

SOURCES = sorted(path for path in bundles.ASSETS.iterdir() if path.suffix in (".css", ".js"))
GROUPS = ("login", "setup", *ROLES)
# Words of Chromium 80 and later; televisions in use begin with 79.
LATER = re.compile(r"\?\.[a-zA-Z_$\[(]|\?\?|\.replaceAll\(|\.at\(|\|\|=|&&=|structuredClone")


FONT = re.compile(r'"[^"]*woff2"')


def holders_of(source):
    """The bundles that hold all of a file; fonts have other addresses in a bundle."""
    text = FONT.sub("", source.read_text(encoding="utf-8"))
    made = {name: FONT.sub("", bundles.files()[name + source.suffix].decode()) for name in GROUPS}
    return {name for name in GROUPS if text in made[name]}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_source_is_in_a_bundle_and_those_of_a_page_where_it_is_seen(source):
    name = source.name
    owner = f"/{re.split(r'[-.]', name.lstrip('0123456789-'))[0]}"
    wanted = set(PAGES[owner].roles) if owner in PAGES else set(ROLES)
    if name in bundles.CHART_FILES or owner in ("/login", "/setup"):
        wanted = set()
    if name in bundles.SIGN_IN_FILES:
        wanted.add("login")
    if name in bundles.SETUP_FILES:
        wanted.add("setup")
    assert holders_of(source) == wanted


def test_bundles_keep_the_order_of_the_files():
    sheet = bundles.files()["manager.css"].decode()
    assert sheet.startswith('@charset "UTF-8";')
    places = [sheet.index("--v-bg:"), sheet.index("@font-face"), sheet.index(".icon {")]
    assert places == sorted(places)


def test_what_a_television_loads_is_old_enough_for_it():
    script = re.sub(r"/\*.*?\*/", "", bundles.files()["wall.js"].decode(), flags=re.DOTALL)
    assert LATER.findall(script) == []


def test_each_role_loads_no_more_than_its_pages_need():
    sizes = {role: len(bundles.files()[f"{role}.js"]) for role in ROLES}
    assert sizes[WALL] < sizes[ANALYST] < sizes[MANAGER]


def test_an_address_changes_with_the_content_and_with_nothing_else():
    assert bundles._address("a.css", b"x") != bundles._address("a.css", b"y")
    assert bundles._address("a.css", b"x") == bundles._address("a.css", b"x")
    assert len(set(bundles.addresses().values())) == len(bundles.files())


def test_plotly_is_the_one_that_the_figures_are_checked_against():
    head = bundles.files()[bundles.CHARTS][:10_000].decode()
    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in head
