"""The whole product as `make run` starts it, ended in every way there is."""

import os
import signal
import time
from pathlib import Path

import pytest
import requests

from services.storage.disk_store import DiskStore
from tests.worlds.demo import Demo

ENDS_WITHIN_SECONDS = 10
# A small operation where what counts is how it ends.
SMALL = ("--days", "3", "--conversations", "30", "--calls", "10")


@pytest.fixture
def demo(tmp_path):
    running = []

    def start(*options):
        running.append(Demo(tmp_path, *options))
        return running[-1]

    yield start
    for each in running:
        each.end()


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if outcome := condition():
            return outcome
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def answers(running: Demo, path: str) -> bool:
    try:
        return requests.get(f"{running.url}{path}", timeout=10).ok
    except requests.RequestException:
        return False


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
    assert "marina.falcao@example.com  vigia-gestora" in "".join(running.printed)
    assert requests.get(f"{running.url}/healthz", timeout=10).status_code == 200
    eventually(lambda: answers(running, "/readyz"))


def test_it_ends_cleanly_within_seconds_and_leaves_no_process_and_no_customer(demo):
    running = demo(*SMALL)
    eventually(lambda: has_snapshot(running.store))
    below = running.processes()
    assert len(below) >= 4, "sandbox, collector and two web servers"
    started = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    assert time.monotonic() - started < ENDS_WITHIN_SECONDS
    assert not [number for number in below if is_alive(number)]
    assert not has_snapshot(running.store)


def test_after_a_kill_nothing_is_left_running_and_it_starts_again(demo):
    running = demo(*SMALL)
    eventually(lambda: has_snapshot(running.store))
    below = running.processes()
    running.process.kill()
    running.process.wait(10)
    eventually(lambda: not [n for n in below if is_alive(n)], ENDS_WITHIN_SECONDS)
    assert has_snapshot(running.store), "only a clean end empties the cache"
    again = demo(*SMALL)
    eventually(lambda: answers(again, "/readyz"))


def test_every_killed_process_comes_back(demo):
    running = demo(*SMALL)
    before = running.processes()
    for number in before:
        os.kill(number, signal.SIGKILL)

    def is_back():
        new = running.processes() - before
        return len(new) >= len(before) and new

    eventually(is_back)
    eventually(lambda: answers(running, "/healthz"))
