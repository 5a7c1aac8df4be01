"""What each role's screen is made of."""

from pathlib import Path

import pytest

from layouts.i18n import LANGUAGES, text_for
from layouts.roles import ANALYST, EVERYBODY, MANAGER, PAGES, ROLES, WALL, sees_wall

ASSETS = Path(__file__).parents[2] / "assets"
[ICONS] = [path.read_text(encoding="utf-8") for path in ASSETS.glob("*icons.css")]


def pages_of(role, *, analyst_wall=True):
    sees = sees_wall(role, analyst_wall=analyst_wall)
    return {path for path, page in PAGES.items() if page.is_open_to(role, sees_wall=sees)}


def test_managers_have_every_page_and_screens_the_wall():
    assert pages_of(MANAGER) == set(PAGES)
    assert pages_of(ANALYST) == {"/operations", "/analyst"}
    assert pages_of(WALL) == {"/operations"}


def test_the_wall_is_closed_to_analysts_alone():
    assert pages_of(ANALYST, analyst_wall=False) == {"/analyst"}
    for role in (MANAGER, WALL):
        assert pages_of(role, analyst_wall=False) == pages_of(role)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_begins_on_a_page_of_its_own(role):
    assert set(ROLES) == EVERYBODY
    assert ROLES[role].home.partition("?")[0] in pages_of(role, analyst_wall=False)


def test_only_screens_are_nobody():
    assert [role for role in ROLES if ROLES[role].is_screen] == [WALL]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_name_and_an_icon_in_the_navigation(path):
    page = PAGES[path]
    assert page.path == path == f"/{page.name}"
    assert f".icon-{page.icon} {{" in ICONS
    for language in LANGUAGES:
        assert text_for(language).has(f"nav.{page.name}")
