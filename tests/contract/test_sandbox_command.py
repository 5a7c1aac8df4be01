"""The sandbox as a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
SMALL = ["--days", "3", "--conversations", "30", "--calls", "10"]


def started(*words):
    return subprocess.Popen(
        [sys.executable, "app.py", "sandbox", *SMALL, *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_answers_and_ends_when_told(number):
    with started("--port", "0") as process:
        url = process.stderr.readline().split()[-1]
        answer = requests.get(f"{url}/v1/ping", auth=("some", "key"), timeout=10)
        assert answer.json() == {"ping": "pong"}
        process.send_signal(number)
        said, trouble = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (said, trouble) == ("", "")


def test_an_address_that_is_taken_ends_it_with_one_line():
    with started("--port", "0") as first:
        port = first.stderr.readline().rpartition(":")[2].strip()
        with started("--port", port) as second:
            trouble = second.communicate(timeout=20)[1]
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=20)
    assert second.returncode == 2
    assert trouble.startswith("sandbox: ")
    assert trouble.count("\n") == 1
