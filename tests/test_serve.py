"""The whole product as `make run` starts it, ended in every way there is."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from services.disk_store import DiskStore

ROOT = Path(__file__).parents[1]
ENDS_WITHIN_SECONDS = 10


class Demo:
    """A running `serve --demo` with a corner of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "cache" / "demo" / "store"
        environ = {
            "PATH": os.environ["PATH"],
            "PORT": "0",
            "VIGIA_STATE_DIR": str(folder / "state"),
            "VIGIA_CACHE_DIR": str(folder / "cache"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "serve", "--demo"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if "Ctrl+C" in line:
                break
        found = re.search(r"http://\S+", "".join(self.said))
        assert found, self.said
        self.url = found.group()

    def processes(self) -> set[int]:
        """All processes below this one."""
        parents = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.parent.name)] = int(parent)
        found, new = set(), {self.process.pid}
        while new:
            new = {child for child, parent in parents.items() if parent in new}
            found |= new
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def demo(tmp_path):
    running = []

    def start():
        running.append(Demo(tmp_path))
        return running[-1]

    yield start
    for each in running:
        each.end()


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def has_snapshot(folder: Path) -> bool:
    store = DiskStore(folder)
    try:
        return store.get("current") is not None
    finally:
        store.close()


def test_it_tells_address_and_accounts_and_becomes_ready(demo):
    running = demo()
    said = "".join(running.said)
    assert "marina.falcao@example.com  vigia-gestora" in said
    assert requests.get(f"{running.url}/healthz", timeout=10).status_code == 200
    eventually(lambda: requests.get(f"{running.url}/readyz", timeout=10).status_code == 200)


def test_it_ends_cleanly_within_seconds_and_leaves_no_process_and_no_customer(demo):
    running = demo()
    eventually(lambda: has_snapshot(running.store))
    below = running.processes()
    assert len(below) >= 5, "sandbox, collector, web server and its two workers"
    started = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert time.monotonic() - started < ENDS_WITHIN_SECONDS
    assert not [number for number in below if is_alive(number)]
    assert not has_snapshot(running.store)


def test_after_a_kill_nothing_is_left_running_and_it_starts_again(demo):
    running = demo()
    eventually(lambda: has_snapshot(running.store))
    below = running.processes()
    running.process.kill()
    running.process.wait(10)
    eventually(lambda: not [n for n in below if is_alive(n)], ENDS_WITHIN_SECONDS)
    assert has_snapshot(running.store), "only a clean end empties the cache"
    again = demo()
    eventually(lambda: requests.get(f"{again.url}/readyz", timeout=10).status_code == 200)


def test_every_killed_process_comes_back(demo):
    running = demo()
    before = running.processes()
    for number in before:
        os.kill(number, signal.SIGKILL)

    def is_back():
        new = running.processes() - before
        return len(new) >= len(before) and new

    eventually(is_back)
    eventually(lambda: requests.get(f"{running.url}/healthz", timeout=10).ok)
