"""What the server pays: pages, the API, the wall, a minute and memory, each beside its target.

python -m bench.bench_server [--conversations 200000] [--calls 100000] [--repeats 5]

A store with that many rows of 90 days, the real web server, and the very requests that a browser
sent for each page, sent again: processor milliseconds of the web processes, medians. "New" is the
first view after a version in which ten rows changed, "filter" that of another person.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import requests
from playwright.sync_api import Page, Request, sync_playwright

from bench import bare
from bench.published import Published, served, sign_in
from bench.world import NOW, build_world
from callbacks.web.registry import REPORTS
from metrics.model.derived import derive
from services.settings.config import Settings

# Rows -> targets: page new and filter, summary, minute (ms); web process and collector (MB).
TARGETS = {
    20_000: (120, 80, 30, 300, 200, 220),
    200_000: (160, 100, 60, 400, 280, 340),
    1_000_000: (450, 200, 250, 800, 700, 900),
}
WALL_MILLISECONDS, WALL_BYTES = 5, 300
PEOPLE = [str(number) for number in range(11)]
SETTLE_SECONDS, SLOWEST_MILLISECONDS = 1.3, 120_000
# Pages of conversations and calls; tickets are few.
PAGES = tuple(path for path in sorted(REPORTS) if path != "/backoffice")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    page, chosen, summary, minute, web, collector = TARGETS[
        min(TARGETS, key=lambda rows: abs(rows - arguments.conversations))
    ]
    print(f"{arguments.conversations} conversations, {arguments.calls} calls")
    print("| what | median | least to most | target | |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), arguments) as (store, url):
        server = Server(store, Path(folder))
        session, bodies = record(url, arguments.chromium)
        for path, body in bodies.items():
            new, after = measure_page(server, session, body, arguments.repeats)
            tell(f"{path}, new", new, page)
            if after:
                tell(f"{path}, filter", after, chosen)
        measure_wall(server, session, bodies["/operations"], arguments.repeats)
        days = f"from={NOW.date() - timedelta(days=89)}&to={NOW.date()}"

        def ask(path: str) -> None:
            session.get(f"{url}/api/v1/{path}", timeout=60).raise_for_status()

        taken = []
        for _ in range(arguments.repeats):
            server.publish_changes()
            ask("status")  # loads the version, which the minute below counts
            taken.append(server.spend(lambda: ask(f"summary?{days}")))
        tell("/api/v1/summary, 90 days", taken, summary)
        tell("web process after every page", [server.megabytes()], web, "MB")
        measure_minute(server, folder, minute, collector)
    measure_bare(arguments)


class Server:
    """The web processes that read a store, by what they spend."""

    def __init__(self, store: Published, folder: Path) -> None:
        self.store = store
        self._processes = find_processes(str(folder))
        self._changes = 0

    def spend(self, act: Callable[[], object]) -> float:
        """Processor milliseconds that all of them spent meanwhile."""
        before = self._read_spent()
        act()
        return (self._read_spent() - before) / 1e6

    def publish_changes(self) -> None:
        """A version in which ten rows of the last day are others."""
        self._changes += 1
        name = ("conversations", NOW.strftime("%Y-%m-%d"))
        rows = self.store.parts[name].with_row_index("row")
        is_changed = pl.col("row") // 10 == self._changes % max(1, len(rows) // 10)
        subject = pl.when(is_changed).then(pl.lit(f"Mudou {self._changes}"))
        rows = rows.with_columns(subject.otherwise(pl.col("subject")).alias("subject")).drop("row")
        self.store.publish({name: rows})
        time.sleep(SETTLE_SECONDS)

    def spend_after_version(self, act: Callable[[], object]) -> float:
        self.publish_changes()
        return self.spend(act)

    def megabytes(self) -> float:
        """Proportional memory of the largest."""
        return max(read_pss(process) for process in self._processes)

    def _read_spent(self) -> int:
        spent = 0
        for process in self._processes:
            for thread in Path(f"/proc/{process}/task").iterdir():
                try:
                    spent += int((thread / "schedstat").read_text().split()[0])
                except OSError:
                    continue
        return spent


def find_processes(folder: str) -> list[int]:
    """The processes whose settings lie in that folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"VIGIA_CONFIG={folder}".encode() in environ:
            found.append(int(entry.name))
    return found


def read_pss(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def record(url: str, chromium: str) -> tuple[requests.Session, dict[str, dict[str, Any]]]:
    """A signed-in session, and what a browser asks for the content of each page."""
    bodies: dict[str, dict[str, Any]] = {}
    session = requests.Session()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless=new", "--no-sandbox"]
        )
        page = browser.new_page(base_url=url, viewport={"width": 1366, "height": 768})
        page.set_default_timeout(SLOWEST_MILLISECONDS)
        sign_in(page)
        for path in (*PAGES, "/operations"):
            bodies[path] = record_page(page, path, session)
        for cookie in page.context.cookies():
            session.cookies.set(cookie["name"], cookie["value"])
        browser.close()
    return session, bodies


def record_page(page: Page, path: str, session: requests.Session) -> dict[str, Any]:
    name = path.strip("/")

    def asks_for_content(request: Request) -> bool:
        return "/_dash-update-component" in request.url and f"{name}--" in (request.post_data or "")

    with page.expect_request(asks_for_content) as asked:
        page.goto(f"{path}?period=28d")
    request = asked.value
    own = {k: v for k, v in request.headers.items() if k.startswith("x-") or k == "referer"}
    session.headers.update(own)
    page.wait_for_load_state("networkidle")
    return {"url": request.url, "body": json.loads(request.post_data or "")}


def measure_page(
    server: Server, session: requests.Session, recorded: dict[str, Any], repeats: int
) -> tuple[list[float], list[float]]:
    def ask(people: str = "") -> None:
        text = json.dumps(recorded["body"])
        if people:
            text = text.replace("?period=28d", f"?period=28d&agent={people}")
        answer = session.post(recorded["url"], json=json.loads(text), timeout=60)
        answer.raise_for_status()

    new, after = [], []
    for number in range(repeats):
        new.append(server.spend_after_version(ask))
        person = PEOPLE[number % len(PEOPLE)]
        after.append(server.spend(lambda person=person: ask(person)))
    return new, after


def measure_wall(
    server: Server, session: requests.Session, recorded: dict[str, Any], repeats: int
) -> None:
    """Asked again with what it shows already."""

    def ask() -> requests.Response:
        answer = session.post(recorded["url"], json=recorded["body"], timeout=60)
        answer.raise_for_status()
        return answer

    shown = ask().json()["response"]
    for state in recorded["body"].get("state", []):
        kept = shown.get(state["id"], {}) if isinstance(state["id"], str) else {}
        if state["property"] in kept:
            state["value"] = kept[state["property"]]
    answers: list[requests.Response] = []
    taken = [server.spend(lambda: answers.append(ask())) for _ in range(4 * repeats)]
    tell("the wall, unchanged", taken, WALL_MILLISECONDS)
    tell("body of its answer", [len(answer.content) for answer in answers], WALL_BYTES, "bytes")


def measure_minute(server: Server, folder: str, minute: float, collector: float) -> None:
    """Ten changed rows through a collector of its own process, and into the web's tables."""
    loading = []
    for _ in range(5):
        server.publish_changes()
        start = time.process_time()
        server.store.backend.dataset.snapshot()
        loading.append((time.process_time() - start) * 1000)
    child = subprocess.run(
        [sys.executable, "-m", "bench.collector_minute", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(child.stdout.splitlines()[-1])
    both = [one + statistics.median(loading) for one in told["minute"]]
    tell("a minute with ten changed rows, collector and web", both, minute)
    tell("collector", [told["megabytes"]], collector, "MB")


def measure_bare(arguments: argparse.Namespace) -> None:
    """The overview's counts without any product, of the same rows in the same run."""
    rows = build_world(arguments.conversations, 1000).conversations
    rows = derive(rows, "conversations", Settings().rules())
    connection = bare.open_duckdb(rows)
    for name, ask in (
        ("bare Polars", lambda agent: bare.ask_polars(rows, agent)),
        ("bare DuckDB", lambda agent: bare.ask_duckdb(connection, agent)),
    ):
        for what, agent in (("overview", None), ("overview, filter", "3")):
            taken = []
            for _ in range(arguments.repeats):
                start = time.process_time()
                ask(agent)
                taken.append((time.process_time() - start) * 1000)
            tell(f"{name}: {what}", taken)


def tell(what: str, taken: list[float], target: float | None = None, unit: str = "ms") -> None:
    middle = statistics.median(taken)
    met = "" if target is None else "met" if middle <= target else "NOT met"
    wanted = "" if target is None else f"≤ {target:.0f} {unit}"
    spread = f"{min(taken):.1f} to {max(taken):.1f}"
    print(f"| {what} | {middle:.1f} {unit} | {spread} | {wanted} | {met} |", flush=True)


if __name__ == "__main__":
    main()
