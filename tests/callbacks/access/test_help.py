"""Help inside: each page leads to its part, in the reader's language, and no link leads nowhere."""

import re

import pytest

from layouts.access.guides import NAMES, read_guide
from layouts.i18n import LANGUAGES
from layouts.links import guide_address
from layouts.roles import PAGES, ROLES
from metrics.model.catalog import CATALOG
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION

ID = re.compile(r'id="([\w-]+)"')
HREF = re.compile(r'href="([^"]+)"')


def parts(name, language):
    return set(ID.findall(read_guide(name, language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_part_for_each_role_that_sees_it(language):
    missing = [
        address
        for page in PAGES.values()
        for role in ROLES
        if role in page.roles
        for address in [guide_address(role, page.name)]
        if page.name not in parts(address.partition("#")[0].rpartition("/")[2], language)
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_explains_every_number(language):
    assert parts("glossary", language) >= CATALOG.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_links_of_the_guides_lead_to_guides(name, language):
    for address in HREF.findall(read_guide(name, language)):
        path, _, part = address.rpartition("/")[2].partition("#")
        assert address.startswith("/help/"), address
        assert path in NAMES
        assert not part or part in parts(path, language)


def test_each_reader_gets_the_own_language_and_a_mark_to_it_on_the_page(fresh):
    world = fresh()
    for email, address in ((MANAGER, "/help/lead#overview"), (ANALYST, "/help/analyst#analyst")):
        browser = world.browser(email)
        page = "/overview" if email == MANAGER else "/analyst"
        assert address in browser.get(page).text.replace("\\u002f", "/")
        assert '<html lang="pt-BR"' in browser.get(address).text
        browser.client.set_cookie("vigia_lang", "en")
        answer = browser.get(address)
        assert (answer.status_code, 'id="operations"' in answer.text) == (200, True)
        assert '<html lang="en"' in answer.text
    assert 'id="curl"' in world.browser(MANAGER).get("/help/api").text


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fREADME", "../config", "lead.md", "LEAD"])
def test_nothing_but_the_guides_is_read(fresh, name):
    browser = fresh().browser(MANAGER)
    assert browser.get(f"/help/{name}", headers=NAVIGATION).status_code in (403, 404)


def test_who_is_not_signed_in_signs_in_first(fresh):
    assert fresh().browser().get("/help/lead").status_code == 302
