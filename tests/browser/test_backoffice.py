"""The back-office in a browser: quiet, as many rows as each number says, filters that stay."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_telephony import opened
from tests.callbacks.pages.backoffice.test_backoffice import MERGED, TICKETS
from tests.worlds.api_world import snapshot

PATH = "/backoffice"


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=snapshot(MERGED, tickets=TICKETS))


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (390, 844)])
def test_the_page_fits_its_screen_in_silence(served, size):
    page = opened(served, PATH, viewport={"width": size[0], "height": size[1]})
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    expect(page.locator(".tickets-table tbody tr")).to_have_count(9)
    served.check_silence(page)


def test_a_click_opens_as_many_rows_as_the_number_says(served):
    page = opened(served, PATH)
    page.locator("#backoffice--tickets_overdue .rows-link").click()
    expect(page.locator(".rows-count")).to_have_text("2")
    expect(page.locator(".rows-list li")).to_have_count(2)
    expect(page.locator(".rows-list")).to_contain_text("=cmd|")
    expect(page.locator(".rows-list")).to_contain_text("Aberto")
    page.keyboard.press("Escape")
    page.locator("[data-rows-link$='agent:none']").first.click()
    expect(page.locator(".rows-count")).to_have_text("1")
    served.check_silence(page)


def test_a_filter_is_chosen_in_its_chip_and_stays_with_the_tab(served):
    page = opened(served, PATH)
    page.locator("#backoffice--filter-severity").click()
    page.get_by_role("link", name="Baixa (1)").click()
    expect(page.locator(".tickets-table tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Período (1)").click()
    expect(page).to_have_url(re.compile(r"severity=Baixa.*tab=period|tab=period.*severity=Baixa"))
    page.reload()
    expect(page.locator(".tickets-table tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Limpar filtros de tickets").click()
    expect(page.locator(".tickets-table tbody tr")).to_have_count(9)
    served.check_silence(page)
