"""The accounts page in a browser: an account made, used, changed and taken away."""

import re

import pytest
from playwright.sync_api import expect

from tests.worlds.web_world import ANALYST, MANAGER

NEW = "nova.pessoa@example.com"
CHOSEN = "kestrel over the fjord"


@pytest.fixture(scope="module")
def served(serve):
    return serve()


def errors(page):
    return [words for kind, words in page.said if kind in ("error", "pageerror")]


def test_an_account_is_made_used_and_taken_away(served):
    page = served.page(MANAGER)
    page.goto("/accounts")
    page.fill("#accounts--add-email", NEW)
    page.fill("#accounts--add-name", "Nova Pessoa")
    page.click("#accounts--add-button")
    secret = page.locator("#accounts--secret")
    expect(secret).to_have_text(re.compile(r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$"))
    password = secret.text_content()
    expect(page.locator("#accounts--add-email")).to_have_value("")

    other = served.page()
    other.goto("/login")
    other.fill("#email", NEW)
    other.fill("#password", password)
    other.press("#password", "Enter")
    other.fill("[name=password]", CHOSEN)
    other.fill("[name=again]", CHOSEN)
    other.click(".login-submit")
    expect(other).to_have_url(re.compile("/analyst"))

    page.reload()
    expect(page.locator("#accounts--secret")).to_have_count(0)
    role = page.locator(f"[data-act='accounts.role'][data-name='{NEW}'] select")
    role.select_option("manager")
    expect(page.locator(".toast-line")).to_be_visible()
    other.goto("/overview")
    expect(other.locator("h1")).to_have_text("Visão geral")

    page.click(f"[data-act='accounts.remove'][data-name='{NEW}']")
    page.locator("dialog .button-primary").click()
    expect(page.locator("#accounts--people")).not_to_contain_text(NEW)
    other.goto("/overview")
    expect(other).to_have_url(re.compile("/login"))
    assert errors(page) == []
    assert not [address for address in page.asked if not address.startswith(served.url)]


def test_no_is_no(served):
    page = served.page(MANAGER)
    page.goto("/accounts")
    page.click(f"[data-act='accounts.disable'][data-name='{ANALYST}']")
    page.locator("dialog .button").first.click()
    expect(page.locator("dialog")).to_have_count(0)
    assert not served.world.accounts.find(ANALYST).disabled


def test_the_audit_is_narrowed_by_its_chips(served):
    page = served.page(MANAGER)
    page.goto("/accounts?what=sign_in")
    expect(page.locator(".trail-table tbody tr").first).to_contain_text("Entrada")
    page.click("#accounts--trail-what")
    page.locator(".choice", has_text="Cache").click()
    expect(page).to_have_url(re.compile("what=cache"))
    expect(page.locator("#accounts--trail")).to_contain_text("Nada com estes filtros")


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(served, width):
    page = served.page(MANAGER, viewport={"width": width, "height": 844})
    for path, drawn in (("/accounts", ".trail-table"), ("/me", ".door-section")):
        page.goto(path)
        page.locator(drawn).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
