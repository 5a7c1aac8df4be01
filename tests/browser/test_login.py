"""The login page, as a person uses it."""

import pytest
from playwright.sync_api import expect

from tests.worlds.web_world import ANALYST, MANAGER, PASSWORD


@pytest.fixture(scope="module")
def served(serve):
    return serve()


@pytest.fixture
def page(served):
    page = served.page()
    page.goto("/login?next=%2Fanalyst")
    return page


def test_one_signs_in_and_arrives_where_one_wanted(page):
    expect(page.locator("#email")).to_be_focused()
    page.fill("#email", MANAGER)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/analyst")
    assert [said for said in page.said if said[0] in ("error", "pageerror")] == []


def test_the_eye_shows_the_password_and_hides_it_again(page):
    page.fill("#password", "visible")
    eye = page.locator(".login-eye")
    expect(eye).to_have_attribute("aria-label", "Mostrar a senha")
    eye.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-label", "Esconder a senha")
    eye.click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_caps_lock_is_told(page):
    page.focus("#password")
    page.evaluate(
        """() => document.getElementById("password").dispatchEvent(
             new KeyboardEvent("keydown", {key: "A", modifierCapsLock: true}))"""
    )
    expect(page.locator(".login-caps")).to_have_text("O Caps Lock está ligado.")
    page.keyboard.press("a")
    expect(page.locator(".login-caps")).to_be_empty()


def test_after_a_wrong_password_the_email_stays_and_the_language_can_be_changed(page):
    page.fill("#email", ANALYST)
    page.fill("#password", "not the password")
    page.click(".login-submit")
    expect(page.locator("[role=alert]")).to_contain_text("não conferem")
    expect(page.locator("#email")).to_have_value(ANALYST)
    expect(page.locator("#password")).to_be_focused()
    page.click("[data-language=en]")
    expect(page.locator("h1")).to_have_text("Good to see you again")
    # Changing the language sends nothing a second time, and the way on is kept.
    expect(page.locator("[role=alert]")).to_have_count(0)
    expect(page.locator("[name=next]")).to_have_value("/analyst")
