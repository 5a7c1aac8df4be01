"""What pages ask of the archive, and how long that may take."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pydantic import SecretStr

from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.sketch import ACCURACY
from metrics.model.view import View
from metrics.query import report
from services.archive.mongo import READ_SECONDS, ArchiveError, Mongo
from services.archive.reader import PAUSE_SECONDS, ArchiveReader, Question
from tests.worlds import archiving
from tests.worlds.api_world import JOAO, LUANA
from tests.worlds.archiving import DATABASE, NOW, Operation, fail, writers

FIRST, LAST = date(2026, 11, 19), NOW.date()
KEYS = ("conversations", "time_to_close", "csat_score")
ASKED = Question("conversations", "agent", (JOAO, LUANA), KEYS, ((FIRST, LAST), (LAST, LAST)))


@pytest.fixture(scope="module")
def operation() -> Operation:
    return Operation(FIRST, 6, per_day=9)


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory, operation: Operation) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mongo")
    with archiving.running(folder / "db") as uri, writers(uri, folder, operation) as begin:
        assert begin().work(operation.version(NOW), 1)
        yield uri


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(uri: str, clock: Clock) -> Iterator[ArchiveReader]:
    mongo = Mongo(SecretStr(uri), DATABASE, READ_SECONDS)
    yield ArchiveReader(mongo, clock)
    fail(uri)
    mongo.close()


def test_it_adds_up_to_what_the_page_tells_of_these_days(
    reader: ArchiveReader, operation: Operation
) -> None:
    answers = reader.read(ASKED)
    for answer, (first, last) in zip(answers, ASKED.stretches, strict=True):
        period, people = Period(first, last), Filters(agents=(JOAO, LUANA))
        view = View(operation.version(NOW).tables, period, people, operation.rules)
        assert answer.days == period.days
        for key in KEYS:
            told, exact = (
                answer.parts[key].summarise(CATALOG[key]),
                report.evaluate(CATALOG[key], view),
            )
            assert told.n == exact.n
            close = exact.value and pytest.approx(exact.value, rel=2 * ACCURACY)
            assert told.value == close


def test_days_that_are_not_there_are_not_counted(reader: ArchiveReader) -> None:
    stretches = ((date(2025, 11, 19), date(2025, 11, 25)), (date(2026, 11, 16), date(2026, 11, 22)))
    before, border = reader.read(replace(ASKED, stretches=stretches))
    assert (before.days, border.days) == (0, 4)
    assert before.parts["conversations"].n == 0
    assert reader.read(replace(ASKED, stretches=())) == ()


def test_the_same_question_is_asked_once(reader: ArchiveReader, uri: str, clock: Clock) -> None:
    answers = reader.read(ASKED)
    fail(uri, "aggregate", errorCode=13)
    assert reader.read(ASKED) == answers
    clock.now += 3600
    with pytest.raises(ArchiveError, match="may not"):
        reader.read(ASKED)
    fail(uri)
    with pytest.raises(ArchiveError, match="may not"):
        reader.read(ASKED)
    clock.now += PAUSE_SECONDS
    assert reader.read(ASKED) == answers


def test_a_slow_server_holds_no_page_for_longer_than_the_deadline(
    reader: ArchiveReader, uri: str
) -> None:
    fail(uri, "aggregate", blockConnection=True, blockTimeMS=4000)
    took: list[float] = []

    def ask(group: int) -> None:
        began = time.monotonic()
        with pytest.raises(ArchiveError):
            reader.read(replace(ASKED, groups=(str(group),)))
        took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(group,)) for group in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 12
    assert max(took) < READ_SECONDS + 1.5
