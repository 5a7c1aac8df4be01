"""The archive against a server that speaks MongoDB's protocol, and against none or a bad one."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from layouts.i18n import text_for
from metrics.model.periods import Period
from services.accounts.audit import Audit
from services.archive import writer as writer_module
from services.archive.mongo import DAYS
from services.archive.status import SILENT_SECONDS, ArchiveStatus, load_status
from services.archive.writer import ArchiveWriter
from services.robot.history import History
from services.runtime.check import _check_archive
from services.settings.config import Settings, load_environment
from services.storage.disk_store import DiskStore
from tests.worlds import archiving
from tests.worlds.archiving import (
    MARKS,
    NOW,
    Operation,
    dump,
    fail,
    read_archive,
    recompute,
    writers,
)
from tests.worlds.robot_world import LIVE, PAST

Begin = Callable[..., ArchiveWriter]
FIRST, DAYS_THERE = date(2026, 11, 19), 6


@pytest.fixture(scope="module")
def operation() -> Operation:
    return Operation(FIRST, DAYS_THERE, per_day=9)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with archiving.running(tmp_path_factory.mktemp("mongo")) as uri:
        yield uri


@pytest.fixture
def uri(server: str) -> Iterator[str]:
    archiving.empty(server)
    yield server
    fail(server)


@pytest.fixture
def begin(uri: str, tmp_path: Path, operation: Operation) -> Iterator[Begin]:
    with writers(uri, tmp_path / "state", operation) as begin:
        yield begin


def whole(operation: Operation) -> dict[str, Any]:
    period = Period(FIRST, NOW.date())
    return recompute(operation, operation.version(NOW).tables, period)


def is_over(steps: Iterator[int]) -> bool:
    return next(steps, None) is None


def written(uri: str) -> dict[str, Any]:
    """When each document was written."""
    return {d["_id"]: (d["epoch"], d["written_at"]) for d in dump(uri)[DAYS]}


def test_every_day_and_slice_is_one_document_that_equals_what_is_recomputed(
    begin: Begin, uri: str, operation: Operation
) -> None:
    assert begin().work(operation.version(NOW), 1)
    assert read_archive(uri) == whole(operation)
    days = {document["day"] for document in dump(uri)[DAYS]}
    assert days == {str(FIRST + timedelta(days=n)) for n in range(DAYS_THERE)}


def test_a_restart_writes_nothing_that_lies_there(
    begin: Begin, uri: str, operation: Operation
) -> None:
    begin().work(operation.version(NOW), 1)
    before = written(uri)
    assert begin().work(operation.version(NOW + timedelta(minutes=1)), 2)
    assert written(uri) == before


def test_a_version_writes_only_the_days_that_it_changed(
    begin: Begin, uri: str, operation: Operation
) -> None:
    writer, version = begin(), operation.version(NOW)
    assert writer.work(version, 1)
    before = written(uri)
    rows = version.tables.conversations
    closed = rows.filter(pl.col("state") == "closed").sort("created_at").row(0, named=True)
    moved = pl.when(pl.col("id") == closed["id"])
    later = moved.then(pl.lit(NOW)).otherwise("last_close_at")
    tables = replace(version.tables, conversations=rows.with_columns(last_close_at=later))
    assert writer.work(replace(version, tables=tables), 2)
    zone = operation.settings.zone
    concerned = {
        str(instant.astimezone(zone).date())
        for instant in (closed["created_at"], closed["last_close_at"], NOW)
    }
    changed = {
        name.rpartition("/")[2] for name, mark in written(uri).items() if mark != before[name]
    }
    assert changed
    assert changed <= concerned


def test_people_that_change_their_team_change_all_days_and_those_that_go_to_lunch_none(
    begin: Begin, uri: str, operation: Operation
) -> None:
    writer, version = begin(), operation.version(NOW)
    assert writer.work(version, 1)
    agents = version.tables.agents
    away = replace(version.tables, agents=agents.with_columns(away=pl.lit(True)))
    found = writer._changes.find(away, operation.rules, archiving.WORDS)
    assert found is not None
    assert not any(found.values())
    moved = replace(version.tables, agents=agents.with_columns(team_ids=pl.lit("6102")))
    assert writer._changes.find(moved, operation.rules, archiving.WORDS) is None


def test_a_killed_writer_and_two_of_them_leave_what_is_recomputed(
    begin: Begin, uri: str, operation: Operation
) -> None:
    chance = random.Random(5)
    for epoch in range(5):
        killed_at = iter(range(chance.randrange(5)))
        version = operation.version(NOW - timedelta(hours=8 - epoch))
        begin().work(version, epoch, partial(is_over, killed_at))
    version = operation.version(NOW)
    both = [begin(), begin()]
    threads = [threading.Thread(target=w.work, args=(version, 9 + n)) for n, w in enumerate(both)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begin().work(version, 11)
    assert read_archive(uri) == whole(operation)


def test_an_older_writer_changes_nothing_that_a_later_one_wrote(
    begin: Begin, uri: str, operation: Operation
) -> None:
    old, new = begin(), begin()
    assert old.work(operation.version(NOW - timedelta(days=2)), 1)
    assert new.work(operation.version(NOW), 2)
    assert not old.work(operation.version(NOW - timedelta(days=1)), 1)
    assert read_archive(uri) == whole(operation)


def test_days_that_have_left_the_history_stay(begin: Begin, uri: str, operation: Operation) -> None:
    begin().work(operation.version(NOW), 1)
    later = archiving.build_version(operation.see(NOW, date(2026, 11, 22)), NOW, date(2026, 11, 22))
    assert begin().work(later, 2)
    assert read_archive(uri) == whole(operation)


def test_calls_that_the_vendor_has_thrown_away_are_not_written_as_none(
    begin: Begin, uri: str, operation: Operation
) -> None:
    assert begin().work(operation.version(NOW), 1)
    # Half a year later the history is read anew: conversations are there, calls are not any more.
    later = NOW + timedelta(days=180)
    tables = operation.see(NOW, FIRST)
    version = archiving.build_version(replace(tables, calls=tables.calls.clear()), later, FIRST)
    assert begin().work(version, 2)
    ours = {name: parts for name, parts in whole(operation).items() if name.startswith("calls")}
    found = read_archive(uri)
    assert {name: found[name] for name in ours} == ours


def test_what_is_missing_for_a_moment_is_not_written_as_gone(
    begin: Begin, uri: str, operation: Operation
) -> None:
    lost = frozenset({("conversations", "2026-11-20")})
    assert not begin().work(replace(operation.version(NOW), lost=lost), 1)
    assert DAYS not in dump(uri)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ({"errorCode": 14031}, "full"),
        ({"errorCode": 13}, "read_only"),
        ({"errorCode": 10107}, "read_only"),
        ({"errorCode": 8000}, "failed"),
        ({"closeConnection": True}, "failed"),
        ({"blockConnection": True, "blockTimeMS": 3000}, "late"),
    ],
)
def test_a_server_that_takes_nothing_is_told_and_gets_everything_later(
    how: dict[str, Any], state: str, begin: Begin, uri: str, tmp_path: Path, operation: Operation
) -> None:
    writer = begin(seconds=2.0 if state == "late" else 30.0)
    fail(uri, "update", **how)
    assert not writer.work(operation.version(NOW), 1)
    told = load_status(DiskStore(tmp_path / "state"), time.time())
    assert (told.state, told.waiting) == (state, DAYS_THERE)
    assert told.error
    assert "127.0.0.1" not in told.error
    fail(uri)
    if state == "late":
        time.sleep(1)
    assert writer.work(operation.version(NOW), 1)
    assert load_status(DiskStore(tmp_path / "state"), time.time()).state == "ok"
    assert read_archive(uri) == whole(operation)


def test_without_a_server_the_collector_goes_on_at_once(
    tmp_path: Path, operation: Operation
) -> None:
    version = operation.version(NOW)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        uri = f"mongodb://someone:secret@127.0.0.1:{nobody.getsockname()[1]}/"
        with writers(uri, tmp_path, operation) as begin:
            writer = begin(seconds=0.3)
            with writer.running(1):
                began = time.monotonic()
                for _ in range(1000):
                    writer.note(version)
                assert time.monotonic() - began < 0.2
                told = wait_for_status(DiskStore(tmp_path), "failed")
    assert told.error
    assert "secret" not in told.error


def test_the_thread_writes_what_it_is_told_of(
    begin: Begin, uri: str, tmp_path: Path, operation: Operation
) -> None:
    writer = begin()
    with writer.running(3):
        writer.note(operation.version(NOW))
        wait_for_status(DiskStore(tmp_path / "state"), "ok")
    assert read_archive(uri) == whole(operation)


def wait_for_status(state: DiskStore, wanted: str) -> ArchiveStatus:
    deadline = time.monotonic() + 60
    while (told := load_status(state, time.time())).state != wanted:
        assert time.monotonic() < deadline, told
        time.sleep(0.02)
    return told


def test_nothing_of_a_customer_lies_there(
    begin: Begin, uri: str, operation: Operation, tmp_path: Path
) -> None:
    state = DiskStore(tmp_path / "state")
    over = replace(LIVE[0], ended_at=NOW.timestamp(), ending="resolved")
    named = replace(over.problem, tickets=("c1",), agent="Quitéria")
    History(state).add([replace(over, problem=named)], NOW.timestamp())
    audit = Audit(state, 90, lambda: NOW.timestamp())
    audit.note("failed_sign_in", "", email="quiteria@example.com")
    audit.note("rule", "marina.falcao@example.com", rule="queue", limit=5)
    writer = begin()
    writer._clock = lambda: NOW.timestamp()
    assert writer.work(operation.version(NOW), 1)
    found = dump(uri)
    assert [entry["what"] for entry in found["audit"]] == ["rule"]
    assert [alert["rule"] for alert in found["alerts"]] == ["queue"]
    text = repr(found)
    assert [mark for mark in MARKS if mark in text] == []


def test_alerts_and_decisions_are_written_once(
    begin: Begin, uri: str, operation: Operation, tmp_path: Path
) -> None:
    state = DiskStore(tmp_path / "state")
    History(state).add(PAST, NOW.timestamp())
    for _ in range(2):
        assert begin().work(operation.version(NOW), 1)
    assert {alert["_id"] for alert in dump(uri)["alerts"]} == {past.id for past in PAST}


def test_a_writer_that_fell_silent_is_late(
    begin: Begin, operation: Operation, tmp_path: Path
) -> None:
    begin().work(operation.version(NOW), 1)
    state = DiskStore(tmp_path / "state")
    assert load_status(state, time.time()).state == "ok"
    assert load_status(state, time.time() + SILENT_SECONDS + 60).state == "late"


def test_a_fault_of_ours_stops_neither_collector_nor_writer(
    begin: Begin,
    operation: Operation,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    writer = begin()

    def break_down(*_: Any) -> None:
        raise KeyError("quiteria@example.com")

    monkeypatch.setattr(writer_module, "cut_days", break_down)
    assert not writer.work(operation.version(NOW), 1)
    told = load_status(DiskStore(tmp_path / "state"), time.time())
    assert (told.state, told.error) == ("failed", "archive: KeyError")
    monkeypatch.undo()
    assert writer.work(operation.version(NOW), 1)


@pytest.mark.parametrize(
    ("code", "mark", "words"), [(0, "✓", "vigia"), (13, "✗", "readWrite"), (14031, "✗", "room")]
)
def test_the_check_writes_as_the_collector_would(
    code: int, mark: str, words: str, uri: str
) -> None:
    if code:
        fail(uri, "update", errorCode=code)
    environment = load_environment({"MONGO_URI": uri})
    (finding,) = _check_archive(Settings(), environment, text_for("en"))
    assert finding.mark == mark
    assert words in finding.message
