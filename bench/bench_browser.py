"""What a browser loads and how long it waits for the first number, each figure beside its target.

python -m bench.bench_browser [--checkout .] [--days 30] [--repeats 3]

The whole product on an invented operation, and a headless Chromium: the wall by its device link, a
manager's pages with charts, each visited first and again, on a desk and on a slow line and CPU.
`--checkout` measures another commit, in a clone with its own `.venv`.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.soak_wall import ROOT, answers, paired, prepared, running, wait_for
from services.accounts.accounts import Accounts
from services.runtime import demo
from services.runtime.deployment import open_stores
from services.settings.config import load_environment, load_settings

EMAIL, PASSWORD, TOKEN = "gestora@example.com", "uma-senha-de-medida", "bench"
WALL, PAGES = "/operations", ("/overview", "/times", "/telephony")
# Chromium's own words for a telephone's third generation: bytes a second and milliseconds.
SLOW_LINE = {"downloadThroughput": 200_000, "uploadThroughput": 93_750, "latency": 150}
SLOW_CPU = 4
QUIET_SECONDS, SLOWEST_SECONDS = 2.0, 90.0
KILO = 1000
# When the first digit of a figure was painted, in milliseconds.
WATCH = """(() => {
  const bench = window.bench = { number: null };
  const seek = new MutationObserver(() => {
    const figures = document.querySelectorAll(".kpi-value, .figure-value, .lamp-head, .fact-value");
    if (![...figures].some((one) => /\\d/.test(one.textContent))) return;
    seek.disconnect();
    requestAnimationFrame(() => setTimeout(() => { bench.number = performance.now(); }));
  });
  seek.observe(document, { childList: true, subtree: true, characterData: true });
})()"""


@dataclass
class Visit:
    """`before`: how many requests went out until the first number; what a cache held is none.
    `task`: the page's longest, in milliseconds of CPU, so that a busy machine says the same.
    """

    number: float = 0.0
    task: float = 0.0
    sent: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    before: int = 0

    @property
    def total(self) -> float:
        return sum(self.sizes.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--checkout", type=Path, default=ROOT)
    parser.add_argument("--days", type=int, default=30, help="history of the invented operation")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), arguments) as (address, word),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=arguments.chromium, args=["--headless=new", "--no-sandbox"]
        )
        print("| page | figure | value | target | |\n|---|---|---|---|---|", flush=True)
        for path in (WALL, *PAGES):
            first, again, slow = [], [], []
            for _ in range(arguments.repeats):
                for visits, is_slow in ((first, False), (slow, True)):
                    context = browser.new_context(
                        base_url=address, viewport={"width": 1366, "height": 768}
                    )
                    enter(context, path, word)
                    visits.append(visit(context, path, is_slow=is_slow))
                    if not is_slow:
                        again.append(visit(context, path, is_slow=False))
                    context.close()
            tell(path, first, again, slow)
        browser.close()


def tell(path: str, first: list[Visit], again: list[Visit], slow: list[Visit]) -> None:
    most = 600 if path == WALL else 1200
    for label, values, unit, target in (
        ("first load", [one.total / KILO for one in first], "kB", most),
        ("repeat visit", [one.total / KILO for one in again], "kB", 40),
        ("requests before the first number, repeat", [one.before for one in again], "", 5),
        ("first number", [one.number / KILO for one in first], "s", 0.7),
        ("first number, repeat", [one.number / KILO for one in again], "s", 0.7),
        ("first number, slow line and CPU", [one.number / KILO for one in slow], "s", 5),
        ("longest task", [one.task for one in first], "ms", 200),
        ("longest task, repeat", [one.task for one in again], "ms", 200),
    ):
        value = statistics.median(values)
        digits = 2 if unit == "s" else 0
        spread = f" ({min(values):.{digits}f} to {max(values):.{digits}f})"
        met = "met" if value <= target else "not met"
        print(
            f"| {path} | {label} | {value:.{digits}f} {unit}{spread} | ≤ {target} {unit} | {met} |",
            flush=True,
        )


def enter(context: BrowserContext, path: str, word: str) -> None:
    """Sign in without loading anything that a page needs, so that its first visit is one."""
    if path == WALL:
        context.request.get(f"/wall/{word}", max_redirects=0)
        return
    form = context.request.get("/login").text()
    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    given = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    context.request.post("/login", form=given, max_redirects=0)


def visit(context: BrowserContext, path: str, *, is_slow: bool) -> Visit:
    page = context.new_page()
    page.set_default_timeout(SLOWEST_SECONDS * KILO)
    tools = context.new_cdp_session(page)
    seen = Visit()
    kept: set[str] = set()
    last = [time.monotonic()]

    def note_request(told: Mapping[str, Any]) -> None:
        last[0] = time.monotonic()
        if told["request"]["url"].startswith("http"):
            seen.sent[told["requestId"]] = told["timestamp"]

    def note_answer(told: Mapping[str, Any]) -> None:
        if told["response"].get("fromDiskCache"):
            kept.add(told["requestId"])

    def note_end(told: Mapping[str, Any]) -> None:
        last[0] = time.monotonic()
        seen.sizes[told["requestId"]] = told["encodedDataLength"]

    tools.on("Network.requestWillBeSent", note_request)
    tools.on("Network.requestServedFromCache", lambda told: kept.add(told["requestId"]))
    tools.on("Network.responseReceived", note_answer)
    tools.on("Network.loadingFinished", note_end)
    tools.send("Network.enable")
    tools.send("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    tools.send("Page.enable")
    if is_slow:
        tools.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_LINE})
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    browser = context.browser
    assert browser is not None
    browser.start_tracing(
        page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"]
    )
    page.goto(path)
    _wait_for_quiet(page, last)
    seen.task = _find_longest_task(json.loads(browser.stop_tracing())["traceEvents"])
    seen.number = page.evaluate("window.bench.number")
    began = min(seen.sent.values())
    seen.before = sum(
        1
        for request, at in seen.sent.items()
        if request not in kept and (at - began) * KILO < seen.number
    )
    page.close()
    return seen


def _find_longest_task(events: list[dict[str, Any]]) -> float:
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return max(
        one.get("tdur", 0) / KILO
        for one in events
        if one.get("ph") == "X" and (one["pid"], one["tid"]) in mains
    )


def _wait_for_quiet(page: Page, last: list[float]) -> None:
    """Until there is a number and nothing was asked for a while."""
    until = time.monotonic() + SLOWEST_SECONDS
    while time.monotonic() < until:
        page.wait_for_timeout(100)
        is_quiet = time.monotonic() > last[0] + QUIET_SECONDS
        if is_quiet and page.evaluate("window.bench && window.bench.number !== null"):
            return
    raise TimeoutError(f"no number on {page.url}")


@contextmanager
def served(folder: Path, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The address of the product, once its history is read, and the word of a device link."""
    environ, address = prepared(folder, arguments.days)
    environ["API_TOKEN"] = TOKEN
    settings = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
    settings["sync"]["interval_seconds"] = 60
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    word = paired(environ)
    environment = load_environment(environ)
    stores = open_stores(environment)
    Accounts(stores.state, load_settings(environment.vigia_config)).add(
        EMAIL, "Gestora", "manager", PASSWORD
    )
    stores.close()
    port = environ["INTERCOM_BASE_URL"].rsplit(":", 1)[1]
    where = ("--host", demo.HOST, "--port", port, "--days", str(arguments.days))
    with ExitStack() as stack:
        for words in (("sandbox", *where), ("collect",), ("web",)):
            stack.enter_context(running(folder, environ, *words, checkout=arguments.checkout))
        wait_for(lambda: answers(f"{address}/readyz"))
        wait_for(lambda: _has_history(address))
        time.sleep(5)
        yield address, word


def _has_history(address: str) -> bool:
    asked = urllib.request.Request(
        f"{address}/api/v1/status", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return bool(json.load(answer)["history"]["complete"])


if __name__ == "__main__":
    main()
