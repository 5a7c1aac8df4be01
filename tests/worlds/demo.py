"""The whole product as `make run` starts it, in a corner of its own."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Demo:
    """A running `serve --demo`; `options` go on to the sandbox."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.store = folder / "cache" / "demo" / "store"
        environ = {
            "PATH": os.environ["PATH"],
            "PORT": "0",
            "VIGIA_STATE_DIR": str(folder / "state"),
            "VIGIA_CACHE_DIR": str(folder / "cache"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "serve", "--demo", *options],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.printed: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if "Ctrl+C" in line:
                break
        address = re.search(r"http://\S+", "".join(self.printed))
        assert address, self.printed
        self.url = address.group()

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
        below, new = set(), {self.process.pid}
        while new:
            new = {child for child, parent in parents.items() if parent in new}
            below |= new
        return below

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
