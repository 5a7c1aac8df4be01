"""What a screen asks and gets: requests and bytes of a visit, and of refreshes of open pages.

python -m bench.bench_refresh [--conversations 20000] [--calls 6000] [--refreshes 10]

The real web server over a store of 90 days, a headless Chromium. Pages are refreshed with nothing
new, and after a version of the same rows.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.bench_pages import SLOWEST_MILLISECONDS
from bench.published import Published, served, sign_in

# Path -> what is there once it is filled, and the bytes of its first visit at most.
SCREENS = {
    "/operations?kiosk=1": (".lamp-head", 600_000),
    "/overview": ("#overview--content .kpi", 1_200_000),
    "/telephony": ("#telephony--content .kpi", 1_200_000),
}
REFRESH = "window.dash_clientside.set_props('refresh', { n_intervals: %d })"
STOP = "window.dash_clientside.set_props('refresh', { disabled: true })"
LOOK_MILLISECONDS, QUIET_LOOKS = 100, 5


@dataclass
class Traffic:
    """Requests that left the browser; `up` and `down` are bodies of callbacks, `wire` all bytes."""

    requests: int = 0
    up: int = 0
    down: int = 0
    wire: int = 0
    largest: int = 0
    callbacks: set[str] = field(default_factory=set)
    waited: set[str] = field(default_factory=set)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=6_000)
    parser.add_argument("--refreshes", type=int, default=10)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), arguments) as (store, url):
        print("| page | what | requests | kB up | kB down | kB on the wire | target |")
        print("|---|---|---|---|---|---|---|", flush=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=arguments.chromium, args=["--headless=new", "--no-sandbox"]
            )
            context = browser.new_context(base_url=url, viewport={"width": 1920, "height": 1080})
            sign_in(context.new_page())
            cookies = context.cookies()
            for path, (filled, most) in SCREENS.items():
                fresh = browser.new_context(base_url=url, viewport={"width": 1920, "height": 1080})
                fresh.add_cookies(cookies)
                measure(fresh, path, filled, most, store, arguments.refreshes)
                fresh.close()
            browser.close()


def measure(
    context: BrowserContext, path: str, filled: str, most: int, store: Published, refreshes: int
) -> None:
    page, first = visit(context, path, filled)
    page.close()
    tell(path, "first visit", first, "wire", most)
    page, repeat = visit(context, path, filled)
    tell(path, "repeat visit", repeat, "wire", 40_000)
    unchanged = [refresh(page, number) for number in range(1, refreshes + 1)]
    tell(path, "refresh, nothing new", middle(unchanged), "up", 1_000, "down", 1_000)
    renewed = []
    for number in range(refreshes):
        store.publish()
        # The server asks for a new version once a second.
        time.sleep(1.2)
        renewed.append(refresh(page, 100 + number))
    tell(path, "refresh, new version", middle(renewed), "largest", 10_000)
    page.close()


def visit(context: BrowserContext, path: str, filled: str) -> tuple[Page, Traffic]:
    page = context.new_page()
    page.set_default_timeout(SLOWEST_MILLISECONDS)
    with watching(page) as traffic:
        page.goto(path)
        page.wait_for_selector(filled)
        settle(page, traffic)
    # From here on it beats when it is told to.
    page.evaluate(STOP)
    return page, traffic


def refresh(page: Page, beat: int) -> Traffic:
    with watching(page) as traffic:
        page.evaluate(REFRESH % beat)
        settle(page, traffic)
    return traffic


def settle(page: Page, traffic: Traffic) -> None:
    """Until every answer is there, and for a while nothing more was asked."""
    quiet = 0
    while quiet < QUIET_LOOKS:
        page.wait_for_timeout(LOOK_MILLISECONDS)
        quiet = 0 if traffic.waited else quiet + 1


@contextmanager
def watching(page: Page) -> Iterator[Traffic]:
    traffic = Traffic()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def send(event: dict[str, Any]) -> None:
        body = len(event["request"].get("postData", "").encode())
        traffic.up += body
        traffic.largest = max(traffic.largest, body)
        if event["request"]["method"] == "POST":
            traffic.callbacks.add(event["requestId"])
        if event["request"]["url"].startswith("http"):
            traffic.waited.add(event["requestId"])

    def receive(event: dict[str, Any]) -> None:
        if event["requestId"] in traffic.callbacks:
            traffic.down += event["dataLength"]

    def finish(event: dict[str, Any]) -> None:
        # What comes from the browser's own memory has no bytes.
        traffic.requests += bool(event["encodedDataLength"])
        traffic.wire += int(event["encodedDataLength"])
        traffic.waited.discard(event["requestId"])

    def fail(event: dict[str, Any]) -> None:
        traffic.waited.discard(event["requestId"])

    session.on("Network.requestWillBeSent", send)
    session.on("Network.dataReceived", receive)
    session.on("Network.loadingFinished", finish)
    session.on("Network.loadingFailed", fail)
    try:
        yield traffic
    finally:
        session.detach()


def middle(traffics: list[Traffic]) -> Traffic:
    """The median of each figure."""
    return Traffic(
        *[
            int(statistics.median(getattr(one, name) for one in traffics))
            for name in ("requests", "up", "down", "wire", "largest")
        ]
    )


def tell(path: str, what: str, traffic: Traffic, *targets: Any) -> None:
    """`targets` are names of figures, each followed by its most."""
    pairs = list(zip(targets[::2], targets[1::2], strict=True))
    figures = [(name, getattr(traffic, name), most) for name, most in pairs]
    said = ", ".join(
        f"{name} {found:,} {'≤' if found <= most else '> (missed)'} {most:,}"
        for name, found, most in figures
    )
    sizes = (f"{bytes_ / 1000:.2f}" for bytes_ in (traffic.up, traffic.down, traffic.wire))
    print(f"| {path} | {what} | {traffic.requests} | {' | '.join(sizes)} | {said} |", flush=True)


if __name__ == "__main__":
    main()
