import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from services.errors import ConfigurationError
from services.runtime.deployment import Owner
from services.runtime.process_registry import FileProcessRegistry, StoreProcessRegistry
from services.storage.disk_store import DiskStore
from services.storage.redis_store import RedisStore

US, THEM = Owner("us", "tokens"), Owner("them", "tokens")

MEMBER = """
import sys, time
from pathlib import Path
from services.runtime.deployment import Owner
from services.storage.disk_store import DiskStore
from services.runtime.process_registry import FileProcessRegistry, StoreProcessRegistry
from services.storage.redis_store import RedisStore
folder, url = Path(sys.argv[1]), sys.argv[2]
if url:
    cache = RedisStore(url, f"{folder}:")
    member = StoreProcessRegistry(cache, Owner("us", "tokens"), expire_seconds=0.6)
else:
    cache = DiskStore(folder / "store")
    member = FileProcessRegistry(folder / "deployment.lock", cache, Owner("us", "tokens"))
member.join()
cache.set("data", b"x", 60)
print("in", flush=True)
time.sleep(60)
"""


class Place:
    """Makes processes of deployments that use one cache."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.members = folder, url, []
        self.cache = RedisStore(url, f"{folder}:") if url else DiskStore(folder / "store")

    def member(self, owner=US):
        if self.url:
            made = StoreProcessRegistry(self.cache, owner, expire_seconds=0.6)
        else:
            made = FileProcessRegistry(self.folder / "deployment.lock", self.cache, owner)
        self.members.append(made)
        return made

    def process(self):
        command = [sys.executable, "-c", MEMBER, str(self.folder), self.url]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        return process


@pytest.fixture(params=["file", "redis"])
def place(request, tmp_path):
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    place = Place(tmp_path, url)
    yield place
    for member in place.members:
        member.leave()
    place.cache.clear()
    place.cache.close()


def test_the_last_one_to_leave_empties_the_cache(place):
    first, second = place.member(), place.member()
    first.join()
    second.join()
    place.cache.set("data", b"x", 60)
    first.leave()
    assert place.cache.get("data") == b"x"
    second.leave()
    assert place.cache.keys() == []


def test_a_supervised_process_leaves_the_emptying_to_its_parent(place):
    member = place.member()
    member.join()
    place.cache.set("data", b"x", 60)
    member.leave(empty=False)
    assert place.cache.get("data") == b"x"


def test_leaving_without_having_entered_touches_nothing(place):
    place.cache.set("data", b"x", 60)
    place.member().leave()
    assert place.cache.get("data") == b"x"


def test_of_many_that_leave_at_once_one_empties_it(place):
    members = [place.member() for _ in range(6)]
    for member in members:
        member.join()
    place.cache.set("data", b"x", 60)
    threads = [threading.Thread(target=member.leave) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place.cache.get("data") is None


def test_of_many_a_killed_one_leaves_the_cache_as_it_is(place):
    place.member().join()
    process = place.process()
    process.kill()
    process.communicate()
    place.member().join()
    assert place.cache.get("data") == b"x"


def test_after_all_were_killed_the_next_start_finds_nothing(place):
    process = place.process()
    process.kill()
    process.communicate()
    time.sleep(0.7 if place.url else 0)  # until its heartbeat has expired
    place.member().join()
    assert place.cache.get("data") is None


def test_after_a_kill_another_deployment_finds_nothing(place):
    process = place.process()
    process.kill()
    process.communicate()
    place.member(THEM).join()
    assert place.cache.get("data") is None


def test_another_deployment_is_refused_while_one_runs(place):
    process = place.process()
    try:
        with pytest.raises(ConfigurationError, match="another deployment is running"):
            place.member(THEM).join()
        assert place.cache.get("data") == b"x"
        place.member(US).join()
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_does_not_empty_the_cache_of_the_first(place):
    place.member(Owner("us", None)).join()
    place.cache.set("data", b"x", 60)
    place.member(US).join()
    assert place.cache.get("data") == b"x"


def test_a_live_process_stays_registered(place):
    process = place.process()
    time.sleep(0.9)
    member = place.member()
    member.join()
    member.leave()
    assert place.cache.get("data") == b"x"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def test_after_the_folder_was_deleted_a_new_process_does_not_believe_to_be_the_first(tmp_path):
    place = Place(tmp_path / "cache", "")
    first = place.member()
    first.join()
    shutil.rmtree(place.folder)
    place.cache.set("data", b"of the new beginning")
    other = place.process()
    assert place.cache.get("data") == b"x"
    other.kill()
    other.communicate()
    place.cache.set("data", b"still there")
    place.member().join()
    assert place.cache.get("data") == b"still there"
    first.leave()
    place.members[-1].leave()
    assert place.cache.keys() == []
