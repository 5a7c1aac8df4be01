"""The documentation's commands, line by line, as somebody at a shell would type them."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from services.runtime.demo import find_free_port

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SERVING = re.compile(r"make run|app\.py (serve|web|collect)\b")
PASSWORD = "correct horse battery"


def list_blocks(path: str, kind: str) -> list[list[str]]:
    """Lines of the fenced blocks of a kind (`sh`, `python`)."""
    found = BLOCK.findall((ROOT / path).read_text(encoding="utf-8"))
    return [
        [line.removeprefix(indent) for line in body.splitlines()]
        for indent, name, body in found
        if name == kind
    ]


class Shell:
    """Runs lines in an own corner; what serves goes on behind until it is ended.

    `export` changes what the next lines see. The vendors are the sandbox, which takes any key.
    """

    def __init__(self, folder: Path) -> None:
        self._port, vendors = find_free_port(), find_free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PORT": str(self._port),
            "VIGIA_STATE_DIR": str(folder / "state"),
            "VIGIA_CACHE_DIR": str(folder / "cache"),
            "INTERCOM_BASE_URL": f"http://127.0.0.1:{vendors}",
            "AIRCALL_BASE_URL": f"http://127.0.0.1:{vendors}",
            "API_TOKEN": "token-of-the-documentation",
            "TOKEN": "token-of-the-documentation",
            "VIGIA": self.address,
        }
        self._serving: list[subprocess.Popen[bytes]] = []
        self._begin(f"{sys.executable} app.py sandbox --port {vendors} --conversations 2000")
        self._wait_for(f"http://127.0.0.1:{vendors}/slack")

    def run(self, line: str) -> None:
        if line.startswith("export "):
            self.environ.update(word.split("=", 1) for word in shlex.split(line)[1:])
        elif SERVING.search(line):
            self._begin(line)
            self._wait_for(f"{self.address}/readyz")
        else:
            self.run_words(["bash", "-c", line], line)

    def run_words(self, words: list[str], told: str) -> None:
        done = subprocess.run(
            words, cwd=ROOT, env=self.environ, input=PASSWORD, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{told}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"

    def end_last(self) -> None:
        process = self._serving.pop()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)

    def end(self) -> None:
        while self._serving:
            self.end_last()

    def _begin(self, line: str) -> None:
        self._serving.append(
            subprocess.Popen(
                ["bash", "-c", line],
                cwd=ROOT,
                env=self.environ,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def _wait_for(self, address: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self._serving[-1].poll() is None, f"ended before {address} answered"
            try:
                if requests.get(address, timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.3)
        raise AssertionError(f"{address} did not answer")
