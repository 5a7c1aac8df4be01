"""The kept schedule: nobody writes over anybody, and what is broken is nothing."""

import threading

import orjson
import pytest

from metrics.planning.schedule import Schedule, read_day
from services.files.schedule import (
    KEY,
    OFF,
    Change,
    SavedSchedule,
    TakenError,
    change_schedule,
    find_changes,
    load_schedule,
)
from services.storage.disk_store import DiskStore

NINE, TEN = read_day("09:00-18:00"), read_day("10:00-19:00")


@pytest.fixture
def state(tmp_path):
    store = DiskStore(tmp_path / "state")
    yield store
    store.close()


def cells(*given):
    return [Change(*cell) for cell in given]


def test_what_is_changed_is_kept_with_who_and_when(state):
    assert load_schedule(state) == SavedSchedule()
    after = change_schedule(state, cells(("201", 0, (), NINE)), by="Marina", at=12.5)
    assert after == load_schedule(state)
    assert (after.by, after.at, after.schedule.version) == ("Marina", 12.5, 1)
    assert after.schedule.weeks == {"201": (NINE, *OFF[1:])}
    assert after.schedule.people == {"201"}


def test_somebody_who_is_off_all_week_is_not_kept(state):
    change_schedule(state, cells(("201", 0, (), NINE)), by="a", at=1)
    change_schedule(state, cells(("201", 0, NINE, ())), by="a", at=2)
    assert load_schedule(state).schedule == Schedule({}, 2)


def test_changes_to_other_cells_are_joined(state):
    change_schedule(state, cells(("201", 0, (), NINE)), by="a", at=1)
    change_schedule(state, cells(("201", 1, (), TEN), ("202", 0, (), TEN)), by="b", at=2)
    weeks = load_schedule(state).schedule.weeks
    assert (weeks["201"][0], weeks["201"][1], weeks["202"][0]) == (NINE, TEN, TEN)


def test_the_same_cell_is_not_written_over_and_nothing_else_is_written(state):
    change_schedule(state, cells(("201", 0, (), NINE)), by="Outra", at=1)
    with pytest.raises(TakenError) as error:
        change_schedule(state, cells(("201", 0, (), TEN), ("202", 0, (), TEN)), by="b", at=2)
    assert error.value.cells == (("201", 0, NINE),)
    assert error.value.saved.by == "Outra"
    assert load_schedule(state).schedule.version == 1


def test_wanting_what_is_there_already_is_no_conflict(state):
    change_schedule(state, cells(("201", 0, (), NINE)), by="a", at=1)
    assert change_schedule(state, cells(("201", 0, (), NINE)), by="b", at=2).by == "b"


def test_many_at_once_lose_nothing(state):
    """Each writes a day of its own; every one of them is there in the end."""
    waiting = threading.Barrier(4)

    def write(agent):
        waiting.wait()
        for day in range(7):
            while True:
                try:
                    change_schedule(state, cells((agent, day, (), NINE)), by=agent, at=1)
                    break
                except TakenError:
                    # Too many were faster: the same again.
                    continue

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    weeks = load_schedule(state).schedule.weeks
    assert {agent: len([d for d in week if d]) for agent, week in weeks.items()} == {
        str(n): 7 for n in range(4)
    }
    assert load_schedule(state).schedule.version == 28


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b'{"weeks": []}',
        b'{"weeks": {"201": 5}}',
        b'{"version": "x"}',
    ],
)
def test_what_is_broken_is_as_good_as_nothing(state, content):
    state.set(KEY, content)
    assert load_schedule(state) == SavedSchedule()
    change_schedule(state, cells(("201", 0, (), NINE)), by="a", at=1)
    assert load_schedule(state).schedule.weeks["201"][0] == NINE


def test_cells_and_weeks_that_cannot_be_are_days_off(state):
    weeks = {"201": ["9-25", "09:00-18:00", *[""] * 5], "202": ["09:00-18:00"]}
    state.set(KEY, orjson.dumps({"version": 3, "weeks": weeks}))
    found = load_schedule(state).schedule
    assert found.weeks["201"] == ((), NINE, *OFF[2:])
    assert found.weeks["202"] == OFF


def test_whole_weeks_become_the_cells_in_which_they_differ():
    before = Schedule({"201": (NINE, TEN, *OFF[2:])}, 1)
    wanted = {"201": (NINE, (), *OFF[2:]), "202": OFF}
    assert find_changes(before, wanted) == cells(("201", 1, TEN, ()))
