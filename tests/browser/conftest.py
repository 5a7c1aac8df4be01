"""A browser, and applications served to it."""

import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.worlds.web_world import Web

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# Half a minute: two tests at a time share the machine with whatever else it does.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser that goes on drops connections, and the test server their open files."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


@dataclass
class Served:
    """An application at an address of this machine, and the browser that visits it."""

    world: Web
    url: str
    browser: Browser

    def page(self, email: str | None = None, **options) -> Page:
        """A page in a context of its own, signed in when an e-mail is given.

        It remembers what the console said and which hosts were asked: `page.said`, `page.asked`.
        """
        context = self.browser.new_context(base_url=self.url, **options)
        if email is not None:
            name = self.world.app.server.config["SESSION_COOKIE_NAME"]
            signed_in = self.world.browser(email).cookie()
            context.add_cookies([{"name": name, "value": signed_in, "url": self.url}])
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append((message.type, message.text)))
        page.on("pageerror", lambda error: page.said.append(("pageerror", str(error))))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    def visit(self, email: str, path: str, until: str, **options) -> Page:
        """A page that somebody has opened, once there is what it is waited for and all is quiet."""
        page = self.page(email, **options)
        page.goto(path)
        expect(page.locator(until).first).to_be_attached()
        page.wait_for_load_state("networkidle")
        return page

    def check_silence(self, page: Page) -> None:
        """Nothing was complained of in the console, and no other host was asked."""
        assert [said for said in page.said if said[0] in ("error", "warning", "pageerror")] == []
        own = (self.url, "data:", "blob:")
        assert [url for url in page.asked if not url.startswith(own)] == []


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve(chromium: Browser, tmp_path_factory) -> Iterator[Callable[..., Served]]:
    """Serves a world of `web_world`, made with the options, until the module is through."""
    running = []

    def serve(**options) -> Served:
        world = Web(tmp_path_factory.mktemp("web"), **options)
        server = make_server(
            "127.0.0.1", 0, world.app.server, threaded=True, request_handler=_Quiet
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        running.append((world, server, thread))
        return Served(world, f"http://127.0.0.1:{server.server_port}", chromium)

    yield serve
    for world, server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
        world.close()
    gc.collect()


@pytest.fixture(autouse=True)
def put_away(chromium: Browser) -> Iterator[None]:
    """No page outlives its test."""
    yield
    for context in list(chromium.contexts):
        context.close()
