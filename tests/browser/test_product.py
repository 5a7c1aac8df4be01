"""The product as `make run` starts it, looked at page by page in a real browser."""

import time

import pytest
import requests
from playwright.sync_api import Browser, Page

from layouts.roles import PAGES
from services.runtime.demo import ACCOUNTS
from tests.worlds.demo import Demo

SMALL = ("--conversations", "1500", "--calls", "500", "--days", "30", "--seed", "7")
SIZES = ((1920, 1080), (1366, 768), (390, 844))
MANAGER, ANALYST = ACCOUNTS[0], ACCOUNTS[1]
KIOSK = "/operations?kiosk=1"
WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    running = Demo(tmp_path_factory.mktemp("product"), *SMALL)
    end = time.monotonic() + WAIT_SECONDS
    while requests.get(f"{running.url}/readyz", timeout=10).status_code != 200:
        assert time.monotonic() < end, "no data arrived"
        time.sleep(0.2)
    yield running
    running.end()


def signed_in(chromium: Browser, url: str, person, theme: str) -> Page:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies([{"name": "vigia_theme", "value": theme, "url": url}])
    page = context.new_page()
    page.said, page.foreign = [], []
    page.on("console", lambda message: page.said.append((message.type, message.text)))
    page.on("pageerror", lambda error: page.said.append(("pageerror", str(error))))
    page.on("response", lambda r: r.status >= 400 and page.said.append((r.status, r.url)))
    page.on(
        "request",
        lambda r: r.url.startswith((url, "data:", "blob:")) or page.foreign.append(r.url),
    )
    page.goto(f"{url}/login")
    page.fill("input[name=email]", person.email)
    page.fill("input[name=password]", person.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def is_drawn(page: Page) -> bool:
    """Whether nothing is still loading: no skeleton, no first-data message."""
    return page.evaluate(
        "() => document.querySelector('.page, .wall, [class*=kiosk]') !== null"
        " && document.querySelector('.skeleton, .state-fog') === null"
    )


def overflow(page: Page) -> int:
    """How many pixels of the page lie beyond the right edge of the window."""
    return page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_is_drawn_within_its_window_and_asks_nobody_else(chromium, demo, theme):
    page = signed_in(chromium, demo.url, MANAGER, theme)
    for path in (*PAGES, KIOSK):
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(demo.url + path)
        end = time.monotonic() + WAIT_SECONDS
        while not is_drawn(page):
            assert time.monotonic() < end, f"{path} is not drawn"
            page.wait_for_timeout(100)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            # Charts follow the window a moment later.
            end = time.monotonic() + WAIT_SECONDS
            while overflow(page) > 0:
                assert time.monotonic() < end, f"{path} at {width}"
                page.wait_for_timeout(100)
    assert page.said == []
    assert page.foreign == []


def test_an_analyst_lands_on_the_own_panel_and_sees_no_page_of_managers(chromium, demo):
    page = signed_in(chromium, demo.url, ANALYST, "dark")
    page.wait_for_selector("text=Por classificar", timeout=WAIT_SECONDS * 1000)
    assert page.url == f"{demo.url}/analyst"
    assert page.said == []
    page.goto(f"{demo.url}/overview")
    page.wait_for_selector("text=Página de gestores")
    assert page.locator(".nav >> text=Visão geral").count() == 0
    assert page.foreign == []
