"""`make pictures`: every screen on the invented operation, for the documentation.

Run with `python -m tests.browser.pictures [folder]`.
"""

import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path

import requests
from playwright.sync_api import Browser, sync_playwright

from services.runtime.demo import ACCOUNTS
from tests.worlds.demo import ROOT, Demo

FOLDER = ROOT / "pictures"
# The one that the repository keeps, of the front door.
STILL = ROOT / "docs" / "vigia.jpg"
STILL_PAGE = """<body style="margin:0;background:#14171c">
<img src="data:image/png;base64,{wall}" style="position:absolute;left:0;top:0;width:1440px">
<img src="data:image/png;base64,{overview}" style="position:absolute;right:24px;bottom:24px;
width:800px;border-radius:8px;box-shadow:0 12px 60px #000c">"""
BROWSER = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESK, WALL, PHONE = (1366, 768), (1920, 1080), (390, 844)
MANAGER, ANALYST = ACCOUNTS[0], ACCOUNTS[1]
# name, whose, address, sizes
SCREENS = (
    ("login", None, "/login", (DESK, PHONE)),
    ("wall", MANAGER, "/operations?kiosk=1", (WALL,)),
    ("operations", MANAGER, "/operations", (DESK, PHONE)),
    ("overview", MANAGER, "/overview", (DESK, PHONE)),
    ("analyst", ANALYST, "/analyst", (DESK, PHONE)),
)


def main(folder: Path = FOLDER) -> None:
    """Start the product, wait for its history, and take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corner, sync_playwright() as playwright:
        running = Demo(Path(corner))
        browser = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        try:
            _wait_for_history(running.url)
            for screen in SCREENS:
                _take(browser, running.url, folder, *screen)
            _draw_still(browser, folder)
        finally:
            browser.close()
            running.end()


def _draw_still(browser: Browser, folder: Path) -> None:
    pictures = {"wall": "wall-1920-dark.png", "overview": "overview-1366-light.png"}
    encoded = {
        name: b64encode((folder / file).read_bytes()).decode() for name, file in pictures.items()
    }
    page = browser.new_page(viewport={"width": 1440, "height": 880})
    page.set_content(STILL_PAGE.format(**encoded), wait_until="load")
    page.screenshot(path=STILL, type="jpeg", quality=78)


def _wait_for_history(url: str, seconds: float = 180) -> None:
    """The API tells how far the history is; it is asked as the demonstration's manager."""
    client = requests.Session()
    page = client.get(f"{url}/login", timeout=10).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": MANAGER.email, "password": MANAGER.password, "csrf_token": token}
    client.post(f"{url}/login", form, timeout=10).raise_for_status()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = client.get(f"{url}/api/v1/status", timeout=10)
        if answer.ok and answer.json()["history"]["complete"]:
            return
        time.sleep(1)
    raise SystemExit("the history did not arrive in time")


def _take(
    browser: Browser,
    url: str,
    folder: Path,
    name: str,
    person: object,
    path: str,
    sizes: tuple[tuple[int, int], ...],
) -> None:
    for width, height in sizes:
        for theme in ("dark", "light"):
            context = browser.new_context(viewport={"width": width, "height": height})
            context.add_cookies([{"name": "vigia_theme", "value": theme, "url": url}])
            page = context.new_page()
            page.goto(f"{url}/login")
            if person is not None:
                page.fill("input[name=email]", person.email)
                page.fill("input[name=password]", person.password)
                page.press("input[name=password]", "Enter")
                page.wait_for_load_state("networkidle")
                page.goto(url + path)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(800)
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
            context.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
