"""Questions to the archive, for pages: answered within a deadline or not at all.

One thread asks, so that a slow server holds one connection and no page for longer than the
deadline; after a failure nobody asks for a while.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from metrics.model.catalog import Table
from metrics.query.daily import Part, Parts
from services.archive.documents import FORM, name_day, read_day
from services.archive.mongo import DAYS, READ_SECONDS, ArchiveError, Cause, Document, Mongo

FRESH_SECONDS, PAUSE_SECONDS = 300.0, 15.0
REMEMBERED, WAITING = 32, 4


@dataclass(frozen=True)
class Question:
    """The sum of these groups' `metrics` over each stretch of days, both ends included."""

    table: Table
    by: str
    groups: tuple[str, ...]
    metrics: tuple[str, ...]
    stretches: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class Answer:
    """`days` are those of the stretch that lie in the archive; others are not known."""

    days: int
    parts: Mapping[str, Part]


Answers = tuple[Answer, ...]


class ArchiveReader:
    def __init__(self, mongo: Mongo, clock: Callable[[], float] = time.monotonic) -> None:
        self._mongo = mongo
        self._clock = clock
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._known: OrderedDict[Question, tuple[float, Answers]] = OrderedDict()
        self._asked: dict[Question, Future[Answers]] = {}
        self._failure: tuple[float, Cause] | None = None

    def read(self, question: Question) -> Answers:
        """ArchiveError where no answer comes in time; it may be there when asked again."""
        if not question.stretches:
            return ()
        with self._lock:
            asked_at, answers = self._known.get(question, (-FRESH_SECONDS, ()))
            if self._clock() - asked_at < FRESH_SECONDS:
                return answers
            if self._failure and self._clock() - self._failure[0] < PAUSE_SECONDS:
                raise ArchiveError(self._failure[1])
            future = self._asked.get(question)
            if future is None:
                if len(self._asked) >= WAITING:
                    raise ArchiveError("late")
                future = self._thread.submit(self._ask, question)
                self._asked[question] = future
        try:
            return future.result(READ_SECONDS)
        except TimeoutError:
            raise ArchiveError("late") from None

    def _ask(self, question: Question) -> Answers:
        try:
            answers = self._find(question)
            with self._lock:
                self._known[question] = self._clock(), answers
                if len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
            return answers
        except ArchiveError as error:
            with self._lock:
                self._failure = self._clock(), error.cause
            raise
        finally:
            with self._lock:
                self._asked.pop(question, None)

    def _find(self, question: Question) -> Answers:
        first = min(first for first, _ in question.stretches)
        last = max(last for _, last in question.stretches)
        ids = (
            name_day(question.table, question.by, first),
            name_day(question.table, question.by, last),
        )
        wanted = {"$in": ["$$group.key", list(question.groups)]}
        groups = {"$filter": {"input": "$groups", "as": "group", "cond": wanted}}
        numbers = {f"groups.numbers.{key}": 1 for key in question.metrics}
        stages: list[Document] = [
            {"$match": {"form": FORM}},
            {"$project": {"day": 1, "groups": groups}},
            {"$project": {"day": 1, "groups.key": 1, **numbers}},
        ]
        documents = self._mongo.find(DAYS, *ids, stages)
        try:
            days = [read_day(document) for document in documents]
        except (KeyError, TypeError, ValueError):
            # Others may write there too.
            raise ArchiveError("unavailable") from None
        return tuple(_add_up(question, days, *stretch) for stretch in question.stretches)


def _add_up(question: Question, days: list[tuple[date, Parts]], first: date, last: date) -> Answer:
    count, parts = 0, dict.fromkeys(question.metrics, Part())
    for day, groups in days:
        if first <= day <= last:
            count += 1
            for numbers in groups.values():
                for key, part in numbers.items():
                    parts[key] += part
    return Answer(count, parts)
