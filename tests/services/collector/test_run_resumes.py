import shutil

import pytest

from services.errors import UnavailableError
from services.storage.disk_store import DiskStore
from tests.worlds.collecting import DAY, NOW, Rig
from tests.worlds.tables import by_id


class Failing(DiskStore):
    """A store that fails at one of its writes, as a full disk or a lost connection does."""

    left = None

    def _count(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise UnavailableError("no store")

    def set(self, *arguments, **keywords):
        self._count()
        super().set(*arguments, **keywords)

    def set_fenced(self, *arguments, **keywords):
        self._count()
        return super().set_fenced(*arguments, **keywords)

    def touch(self, *arguments, **keywords):
        self._count()
        return super().touch(*arguments, **keywords)


@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("write", range(0, 14, 2))
def test_a_publication_that_breaks_off_anywhere_loses_nothing(tmp_path, write, restarts):
    rig = Rig(tmp_path)
    rig.cache = Failing(tmp_path / "cache")
    rig.restart()
    rig.fill(24, per_day=4)
    rig.everything()
    rig.intercom.put(1, NOW - DAY / 4, NOW + 30, state="open")
    rig.intercom.put("new", NOW + 40)
    rig.aircall.put(777, NOW + 20)
    rig.cache.left = write
    try:
        rig.minute()
        broke_off = False
    except UnavailableError:
        broke_off = True
    rig.cache.left = None
    if restarts:
        rig.restart()
    rig.minute()
    # One of the writes is the day of who was seen.
    assert broke_off == (write < 9)
    assert len(rig.ids()) == 25
    assert len(rig.ids("calls")) == 25
    assert by_id(rig.snapshot().tables.conversations)["1"]["state"] == "open"


CRASHES = range(0, 30, 3)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """The stores as kill -9 leaves them after so many pages of history, each of them published."""
    rig = Rig(tmp_path_factory.mktemp("running"))
    rig.fill(57, per_day=6)
    rig.minute(publish=False)
    folders = {}
    for pages in range(CRASHES[-1] + 1):
        if pages in CRASHES:
            folders[pages] = tmp_path_factory.mktemp("crashed") / "stores"
            shutil.copytree(rig.folder, folders[pages])
        if pages == 0:
            rig.run.publish()
        rig.step()
    return folders


@pytest.mark.parametrize("pages", CRASHES)
def test_a_crash_anywhere_in_the_back_fill_resumes_to_the_same_rows(crashed, pages):
    rig = Rig(crashed[pages])
    rig.clock.now += 60
    rig.fill(57, per_day=6)
    rig.everything()
    assert len(rig.ids()) == 57
    assert len(rig.ids("calls")) == 57
    assert rig.snapshot().history.complete


def test_a_restart_goes_on_where_the_last_one_ended(rig):
    rig.fill(97, per_day=10)
    rig.everything()
    before = rig.snapshot()
    requests = rig.intercom.requests
    rig.restart()
    assert rig.run.workers[0].status == before.sources["intercom"]
    rig.minute()
    rig.minute()
    assert rig.snapshot().version > before.version
    assert rig.snapshot().history.complete
    assert rig.intercom.requests - requests < 12
    assert len(rig.ids()) == 97


def test_a_vendor_that_is_out_at_a_restart_keeps_its_people(rig):
    rig.aircall.people.append({"id": 12, "name": "Bia", "email": "bia@example.com"})
    rig.everything()
    before = rig.agents()
    for failing in (rig.aircall, rig.intercom):
        failing.failure = UnavailableError("no connection")
        rig.restart()
        rig.minute()
        assert rig.agents() == before
        failing.failure = None


def test_damaged_rows_are_read_again(rig):
    rig.fill(20, per_day=3)
    rig.everything()
    key = rig.cache.keys("partition/conversations/")[0]
    rig.cache.set(key, b"not what was written")
    rig.restart()
    rig.minute()
    assert not rig.snapshot().history.complete
    rig.everything()
    assert len(rig.ids()) == 20
    assert rig.snapshot().history.complete


def test_marks_of_another_program_are_no_obstacle(rig):
    rig.fill(10, per_day=3)
    rig.everything()
    rig.restart()
    for worker in rig.run.workers:
        worker.resume({"updated": None, "newest": 5, "history": None}, worker.status, whole=True)
    rig.everything()
    assert len(rig.ids()) == 10
