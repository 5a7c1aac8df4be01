import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SUPERVISOR = """
import sys
from pathlib import Path
from services.runtime import processes
from services.runtime.processes import Child, Supervisor
processes.GRACE_SECONDS = 1.0
processes.FIRST_PAUSE_SECONDS = 0.1
folder = Path(sys.argv[1])
children = [
    Child(name, [sys.executable, "-c", code, str(folder / name)],
          is_ready=lambda name=name: (folder / name).exists())
    for name, code in zip(sys.argv[2::2], sys.argv[3::2])
]
sys.exit(Supervisor(children).run())
"""
# Each writes its process id when it runs.
NOTE = "import os, sys, time; from pathlib import Path; "
NOTE += "from services.runtime import processes; processes.GRACE_SECONDS = 0.5; "
NOTE += "processes.end_with_parent(os.environ); "
NOTE += "aside = Path(sys.argv[1] + '.aside'); aside.write_text(str(os.getpid())); "
NOTE += "aside.rename(sys.argv[1]); "
STEADY = NOTE + "time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STEADY
ONCE = NOTE + "sys.exit(5)"
MISCONFIGURED = NOTE + "sys.exit(2)"


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None

    def start(self, **children):
        arguments = [word for name, code in children.items() for word in (name, code)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(self.folder), *arguments],
            stderr=subprocess.DEVNULL,
        )

    def id_of(self, name, other_than=None):
        """The process id that the child wrote, once it differs from the one known."""
        path = self.folder / name
        return eventually(
            lambda: (number := int(path.read_text())) != other_than and number, FileNotFoundError
        )


def eventually(condition, *expected):
    for _ in range(200):
        try:
            if found := condition():
                return found
        except expected:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not happen within ten seconds")


def is_gone(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    yield run
    if run.process.poll() is None:
        run.process.kill()
    run.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_when_it_is_told_to(run, number):
    run.start(one=STEADY, two=STEADY)
    children = [run.id_of("one"), run.id_of("two")]
    run.process.send_signal(number)
    assert run.process.wait(5) == 0
    assert all(is_gone(child) for child in children)


def test_who_does_not_end_in_time_is_killed(run):
    run.start(stubborn=STUBBORN)
    child = run.id_of("stubborn")
    run.process.terminate()
    assert run.process.wait(5) == 0
    assert is_gone(child)


@pytest.mark.parametrize("code", [STEADY, STUBBORN])
def test_the_children_end_by_themselves_when_it_is_killed(run, code):
    run.start(one=code)
    child = run.id_of("one")
    run.process.kill()
    run.process.wait(5)
    eventually(lambda: is_gone(child))


def test_a_killed_child_starts_again(run):
    run.start(one=STEADY, two=STEADY)
    first, other = run.id_of("one"), run.id_of("two")
    os.kill(first, signal.SIGKILL)
    second = run.id_of("one", other_than=first)
    assert not is_gone(second)
    assert not is_gone(other)
    assert run.process.poll() is None


def test_a_child_that_keeps_ending_is_started_with_growing_pauses(run):
    run.start(once=ONCE)
    seen, started = set(), time.monotonic()
    while len(seen) < 4:
        seen.add(run.id_of("once", other_than=max(seen, default=None)))
    assert time.monotonic() - started > 0.1 + 0.2 + 0.4
    assert run.process.poll() is None


def test_a_wrong_configuration_ends_all_with_its_code(run):
    run.start(one=STEADY, wrong=MISCONFIGURED)
    child = run.id_of("one")
    assert run.process.wait(5) == 2
    assert is_gone(child)


def test_a_wrong_configuration_of_a_child_that_comes_back_ends_nothing_else(run):
    # Fails from its second start on, as a collector does that meets a full disk.
    code = "import sys; from pathlib import Path; Path(sys.argv[1]).exists() and sys.exit(2); "
    run.start(one=STEADY, later=code + STEADY, last=STEADY)
    run.id_of("last")
    time.sleep(0.3)
    os.kill(run.id_of("later"), signal.SIGKILL)
    time.sleep(0.7)
    assert run.process.poll() is None
    assert not is_gone(run.id_of("one"))


def test_a_child_starts_when_the_one_before_it_is_ready(run):
    slow = "import time; time.sleep(0.5); " + STEADY
    run.start(slow=slow, fast=STEADY)
    run.id_of("fast")
    order = [(run.folder / name).stat().st_mtime_ns for name in ("slow", "fast")]
    assert order == sorted(order)
