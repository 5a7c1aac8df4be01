"""Whether the wall survives the month: memory over many refreshes, and how it comes back.

python -m bench.soak_wall [--marks 100 500 1000 1500] [--milliseconds 1000] [--cut 120]

A headless Chromium shows the wall of an invented operation, refreshed far more often than in life.
Nothing is attached to it while it runs, because a debugger keeps every answer: it is asked at the
marks only. Then the web server is started anew, and at last it is away for a while.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bench.devtools import Tab, connected
from services.accounts.sessions import Sessions
from services.runtime import demo
from services.runtime.deployment import open_stores
from services.settings.config import load_environment, load_settings

ROOT = Path(__file__).parents[1]
START_SECONDS, LOOK_SECONDS = 120.0, 0.5
COUNTER = """(() => {
  if (window.soak) return;
  const before = window.fetch;
  window.soak = { asked: 0, drawn: 0, errors: 0 };
  const said = console.error;
  console.error = (...words) => { window.soak.errors += 1; said.apply(console, words); };
  window.addEventListener("error", () => { window.soak.errors += 1; });
  window.fetch = async (resource, options) => {
    const answer = await before(resource, options);
    if (String((resource && resource.url) || resource).includes("_dash-update-component")) {
      window.soak.asked += 1;
      if (answer.status === 200) window.soak.drawn += 1;
    }
    return answer;
  };
})()"""
INTERVAL = "window.dash_clientside.set_props('refresh', { interval: %d })"
DRAWN = "window.soak ? window.soak.drawn : -1"
LAMP = "document.querySelector('.lamp-head') !== null"
SHOWN = """({
  age: (document.querySelector('.source-age') || {}).textContent || '',
  banner: Boolean(document.querySelector('#stale-banner:not([hidden])')),
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--marks", type=int, nargs="+", default=[100, 500, 1000, 1500])
    parser.add_argument("--milliseconds", type=int, default=1000, help="between two refreshes")
    parser.add_argument("--cut", type=float, default=120, help="seconds without a server")
    parser.add_argument("--days", type=int, default=30, help="history of the invented operation")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak(Path(folder), arguments)


def soak(folder: Path, arguments: argparse.Namespace) -> None:
    """Start everything, measure, and end what was started."""
    environ, address = prepared(folder, arguments.days)
    word = paired(environ)
    port = demo.find_free_port()
    sandbox_port = environ["INTERCOM_BASE_URL"].rsplit(":", 1)[1]
    shape = ("--days", str(arguments.days))
    with (
        running(folder, environ, "sandbox", "--host", demo.HOST, "--port", sandbox_port, *shape),
        running(folder, environ, "collect"),
        running(folder, environ, "web"),
    ):
        wait_for(lambda: answers(f"{address}/readyz"))
        with browser(folder, arguments.chromium, port, f"{address}/wall/{word}") as chromium:
            marks(port, chromium, arguments)
            came_back(folder, environ, port, address, arguments)


def prepared(folder: Path, days: int) -> tuple[dict[str, str], str]:
    """The environment of all processes, and where the web server will answer."""
    settings = yaml.safe_load(demo.SETTINGS.read_text("utf-8"))
    settings["sync"] |= {"interval_seconds": 1, "history_days": days}
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    own = {
        "PORT": str(demo.find_free_port()),
        "VIGIA_CONFIG": str(path),
        "VIGIA_STATE_DIR": str(folder / "state"),
        "VIGIA_CACHE_DIR": str(folder / "cache"),
    }
    environ = dict(os.environ) | own
    made = demo.build_demo_environ(environ, load_environment(environ), demo.find_free_port())
    return made, f"http://{demo.HOST}:{own['PORT']}"


def paired(environ: Mapping[str, str]) -> str:
    environment = load_environment(environ)
    stores = open_stores(environment)
    try:
        return Sessions(stores.state, load_settings(environment.vigia_config)).add_device("soak")
    finally:
        stores.close()


@contextmanager
def running(
    folder: Path, environ: Mapping[str, str], *words: str, checkout: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Vigia's, ended at the end if it still runs; of another `checkout`, in its own
    environment.
    """
    python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
    with (folder / f"{words[0]}.log").open("ab") as log:
        command = [python, str(checkout / "app.py"), *words]
        process = subprocess.Popen(command, env=dict(environ), cwd=checkout, stdout=log, stderr=log)
    PROCESSES[words[0]] = process
    try:
        yield process
    finally:
        end(PROCESSES[words[0]])


PROCESSES: dict[str, subprocess.Popen[bytes]] = {}


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def browser(
    folder: Path, chromium: str, port: int, address: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A browser that shows the wall, with a door for the marks."""
    flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--window-size=1920,1080",
        f"--user-data-dir={folder / 'browser'}",
        f"--remote-debugging-port={port}",
    ]
    with (folder / "browser.log").open("ab") as log:
        process = subprocess.Popen([chromium, *flags, address], stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(f"http://{demo.HOST}:{port}/json/version"))
        yield process
    finally:
        end(process)


def marks(port: int, chromium: subprocess.Popen[bytes], arguments: argparse.Namespace) -> None:
    """Memory after so many refreshes, as a table."""
    with connected(port) as page:
        wait_for(lambda page=page: page.evaluate(LAMP))
        page.evaluate(COUNTER)
        page.evaluate(INTERVAL % arguments.milliseconds)
    print(
        "| refreshes | drawn | errors | JS heap MB | DOM nodes | listeners | renderer MB | after |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    began, asked = time.monotonic(), 0
    for mark in arguments.marks:
        while asked < mark:
            time.sleep(max(2.0, (mark - asked) * arguments.milliseconds / 1000))
            with connected(port) as page:
                asked = int(page.evaluate("window.soak.asked"))
                if asked >= mark:
                    told = measured(page)
        passed = time.monotonic() - began
        size = renderer_megabytes(chromium.pid)
        print(f"| {asked} | {told} | {size:.0f} | {passed:.0f} s |", flush=True)


def measured(page: Tab) -> str:
    """Drawn refreshes, errors, heap, nodes and listeners, after the rubbish was collected."""
    page.send("HeapProfiler.collectGarbage")
    page.send("Performance.enable")
    found = {one["name"]: one["value"] for one in page.send("Performance.getMetrics")["metrics"]}
    page.send("Performance.disable")
    nodes, listeners = int(found["Nodes"]), int(found["JSEventListeners"])
    drawn, errors = page.evaluate(DRAWN), page.evaluate("window.soak.errors")
    return f"{drawn} | {errors} | {found['JSHeapUsedSize'] / 2**20:.1f} | {nodes} | {listeners}"


def renderer_megabytes(parent: int) -> float:
    """Private memory of the page's process; 0 where the system does not tell."""
    sizes = [0.0]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
            if "--type=renderer" in words and descends(int(folder.name), parent):
                sizes.append(private_megabytes(folder))
        except OSError:
            continue
    return max(sizes)


def descends(pid: int, parent: int) -> bool:
    """Whether the process is one of the other's children, at any depth."""
    while pid > 1:
        if pid == parent:
            return True
        pid = int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1])
    return False


def private_megabytes(folder: Path) -> float:
    """What belongs to that process alone."""
    lines = (folder / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def came_back(
    folder: Path,
    environ: Mapping[str, str],
    port: int,
    address: str,
    arguments: argparse.Namespace,
) -> None:
    """How long the wall takes after a restart, and after a server that was away for a while."""
    for name, away, milliseconds in (("restart", 0.0, 1000), ("cut", arguments.cut, 60_000)):
        with connected(port) as page:
            page.evaluate(INTERVAL % milliseconds)
        end(PROCESSES["web"])
        gone = time.monotonic()
        time.sleep(away)
        with connected(port) as page:
            told, before = page.evaluate(SHOWN), page.evaluate(DRAWN)
        log = (folder / "web.log").open("ab")
        PROCESSES["web"] = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "web"],
            env=dict(environ),
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        log.close()
        wait_for(lambda: answers(f"{address}/healthz"))
        up = time.monotonic()
        with connected(port) as page:
            wait_for(lambda page=page, before=before: is_fresh(page, before))
            back = time.monotonic()
            words = page.evaluate(SHOWN)
        print(
            f"{name}: away {up - gone:.1f} s (told on the screen: {told['banner']}), "
            f"fresh numbers {back - up:.1f} s after the server answered; {words}",
            flush=True,
        )


def is_fresh(page: Tab, before: int) -> bool:
    """Whether something was drawn since, here or on a page loaded anew; nothing is called old."""
    drawn, told = page.evaluate(DRAWN), page.evaluate(SHOWN)
    if drawn is None or told is None or told["banner"]:
        return False
    return bool(drawn > before or (drawn < 0 and page.evaluate(LAMP)))


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(holds: Callable[[], Any]) -> None:
    """Wait until it holds.

    Raises:
        TimeoutError: It did not for too long.
    """
    until = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("it takes too long")
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
