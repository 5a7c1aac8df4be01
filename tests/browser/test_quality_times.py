"""Quality and times in a browser: silent, fitting, and with the rows that a number promises."""

import re

import pytest
from playwright.sync_api import expect

from tests.worlds.api_world import snapshot
from tests.worlds.quality_world import EVERYTHING, HOSTILE
from tests.worlds.web_world import MANAGER

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=snapshot(EVERYTHING))


def opened(served, path, **options):
    return served.visit(MANAGER, path, ".js-plotly-plot .xtick", **options)


def clicked(page, mark):
    """A click on a mark, as a hand does it: the pointer arrives first."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_attached()
    page.mouse.click(x, y)


def rows_counted(page):
    expect(page.locator(".rows-panel .rows-list li").first).to_be_visible()
    return int(re.sub(r"\D", "", page.locator(".rows-count").inner_text()))


def test_quality_is_silent_and_a_click_on_a_week_lists_its_ratings(served):
    page = opened(served, "/quality")
    clicked(page, page.locator("#quality--trend-graph .points .point path").last)
    assert rows_counted(page) == 24
    assert "cell=week%3A2026-11-16" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".rows-panel")).to_have_count(0)
    page.locator("#quality--csat_by_agent .rows-link", has_text="n 12").click()
    assert rows_counted(page) == 12
    served.check_silence(page)


def test_comments_are_searched_and_read_without_leaving(served):
    page = opened(served, "/quality")
    expect(page.locator(".reader blockquote")).to_have_text(HOSTILE)
    page.locator(".comment-list a", has_text="Senha recusada 9").click()
    expect(page.locator(".reader blockquote")).to_have_text("Senha recusada 9")
    assert "comment=l9" in page.url
    page.locator("#quality--find").fill("recusada 1")
    expect(page.locator(".comment-list li")).to_have_count(2)
    page.locator(".band-switch .segment", has_text="4 e 5").click()
    expect(page.locator(".reader blockquote")).to_have_text("Resolveu rápido")
    served.check_silence(page)


def test_times_is_silent_and_a_click_on_a_bucket_lists_its_conversations(served):
    page = opened(served, "/times")
    bars = page.locator("#times--first_response_spread-graph .points .point path")
    clicked(page, bars.first)
    assert rows_counted(page) == 23
    assert "cell=value%3A300..900" in page.url
    page.keyboard.press("Escape")
    page.locator("[data-table=first_response_spread]").click()
    expect(page.locator("#times--first_response_spread .view-table")).to_be_visible()
    served.check_silence(page)


@pytest.mark.parametrize("path", ["/quality", "/times"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(served, path):
    page = opened(served, path, viewport=PHONE)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    served.check_silence(page)
