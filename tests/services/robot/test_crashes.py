"""A collector that is killed at any point: nothing is lost, and nothing told twice without cause.

One story is lived once for every write to the state store and every message to Slack, with a
death just before and one just after it. Another collector then goes on with the same minute.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from metrics.alerts.model import Evaluation, Problem
from services.errors import UnavailableError
from services.robot.robot import Robot
from services.robot.slack import AnswerLostError
from services.robot.store import load_alert_state
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from services.storage.store import Store
from tests.worlds import api_world
from tests.worlds.watching import FakeSlack, Watch, plainly

A, B, LOAD = "queue:team:6101", "queue:team:6102", "overload:agent:201"
WRITES = ("set", "set_fenced", "add", "delete", "increment")


class Killed(BaseException):
    """The process is gone."""


def problem(key: str, value: float = 1) -> Problem:
    rule: Any = key.split(":")[0]
    return Problem(rule, key, "critical" if rule == "queue" else "warning", value, 1)


# What holds in each minute; two teams, a person, and one that comes and goes.
MINUTES = [
    [problem(A)],
    [problem(A, 3), problem(B), problem(LOAD, 12)],
    [problem(B), problem(LOAD, 12)],
    [problem(LOAD, 12)],
    [],
    [problem(A, 2)],
    [],
    [],
]
EMPTY = api_world.snapshot()
FIRED = {A: 2, B: 1, LOAD: 1}


class Fate:
    """Counts everything that touches the world, and kills at the point it was given."""

    def __init__(self, point: int | None) -> None:
        self.point = point
        self.count = 0
        self.armed = True

    def surroundings(self, act: Callable[[], Any]) -> Any:
        before, after = self.count, self.count + 1
        self.count += 2
        self._meet(before)
        try:
            return act()
        finally:
            self._meet(after)

    def _meet(self, point: int) -> None:
        if self.armed and point == self.point:
            self.armed = False
            raise Killed


class MortalStore:
    """A store whose writes are points of death."""

    def __init__(self, store: Store, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in WRITES:
            return method
        return lambda *args, **kwargs: self._fate.surroundings(lambda: method(*args, **kwargs))


class MortalSlack(FakeSlack):
    """Every message is a point of death: before it arrives, and before its answer is heard."""

    def __init__(self, fate: Fate, can_edit: bool) -> None:
        super().__init__(can_edit)
        self._fate = fate

    def _arrive(self, kind: str, where: Any, message: Any) -> None:
        self._fate.surroundings(lambda: super(MortalSlack, self)._arrive(kind, where, message))


class Story:
    """The minutes above, lived by as many collectors as it takes."""

    def __init__(self, state: Store, cache: Store, point: int | None, can_edit: bool) -> None:
        self.fate = Fate(point)
        self.stores = {"cache": cache, "state": state}
        self.slack = MortalSlack(self.fate, can_edit)
        # Of the first messages one is refused for a moment, and one loses its answer.
        self.slack.failures = [UnavailableError("Slack answered 503")]
        self.minute = 0
        self.unheard: Counter[str] = Counter()
        self.watch = Watch(self.stores.__getitem__, self.slack)
        self.watch.state = MortalStore(state, self.fate)

    def live(self) -> None:
        while self.minute < len(MINUTES):
            try:
                self._begin()
                while self.minute < len(MINUTES):
                    self._step()
                    self.minute += 1
            except Killed:
                self._note_what_was_not_heard()

    def _begin(self) -> None:
        self.robot = Robot(
            state=self.watch.state,
            cache=self.watch.cache,
            decisions=self.watch.decisions,
            slack=self.slack,
            draw=plainly,
            clock=self.watch.clock,
            evaluate=lambda *_: Evaluation(tuple(MINUTES[self.minute])),
        )
        self.robot.start(raise_epoch(self.watch.cache, self.watch.clock))
        self.watch.robot = self.robot

    def _step(self) -> None:
        self.watch.clock.now += 60
        self.robot.process_snapshot(self._version())
        self.watch.deliver(within=40)

    def _version(self) -> Snapshot:
        """A new answer of both vendors; its tables are not looked at here."""
        now = datetime.fromtimestamp(self.watch.clock.now, UTC)
        sources = {name: SourceStatus("ok", now) for name in ("intercom", "aircall")}
        return replace(EMPTY, sources=sources, published_at=now)

    def _note_what_was_not_heard(self) -> None:
        """Messages that arrived and that the store does not know to have arrived."""
        state = load_alert_state(self.stores["state"])
        heard = sum(delivery.arrived for delivery in state.deliveries)
        for _, _, message in self.slack.said[heard:]:
            self.unheard[message["text"]] += 1

    def told(self) -> Counter[str]:
        return Counter(line for text in self.slack.texts() for line in text.split("; "))


def lived(folder: Any, point: int | None, can_edit: bool = False) -> Story:
    state, cache = DiskStore(folder / "state"), DiskStore(folder / "cache")
    state.clear()
    cache.clear()
    story = Story(state, cache, point, can_edit)
    story.live()
    state.close()
    cache.close()
    return story


def check(story: Story, can_edit: bool) -> None:
    """Every problem was told, every end too, and copies exist only where nobody heard Slack."""
    lines = story.told()
    words = Counter[str]()
    for line, count in lines.items():
        event, key = line.split(" ")[:2]
        words[f"{event} {key}"] += count
    history = Counter(incident.problem.key for incident in story.watch.over)
    assert history == FIRED
    for key, count in FIRED.items():
        if can_edit:
            assert sum(n for line, n in lines.items() if key in line and "resolved" in line) >= 1
        else:
            assert words[f"ended {key}"] >= count
        assert words[f"fired {key}"] >= count
    copies = Counter(story.slack.texts()) - Counter(set(story.slack.texts()))
    if not can_edit:
        assert sum(copies.values()) <= sum(story.unheard.values()), copies
    assert story.watch.service.get_overview().waiting == ()
    assert story.watch.live == {}


@pytest.mark.parametrize(("can_edit", "stride"), [(False, 1), (True, 3)])
def test_wherever_it_dies_every_problem_is_told_and_ended(tmp_path, can_edit, stride):
    total = lived(tmp_path, None, can_edit).fate.count
    assert total >= 70
    copied = 0
    for point in range(0, total, stride):
        story = lived(tmp_path, point, can_edit)
        assert not story.fate.armed, point
        check(story, can_edit)
        copied += bool(story.unheard)
    # Those are the deaths between Slack's taking a message and our noting that.
    assert 0 < copied < total / stride / 3


def test_a_life_without_deaths_tells_everything_once(tmp_path):
    story = lived(tmp_path, None)
    check(story, can_edit=False)
    assert max(Counter(story.slack.texts()).values()) == 1


def test_only_lost_answers_make_copies(tmp_path):
    state, cache = DiskStore(tmp_path / "state"), DiskStore(tmp_path / "cache")
    story = Story(state, cache, None, can_edit=False)
    lost = AnswerLostError("Slack did not answer in time")
    story.slack.lost = [None, lost, lost]
    story.live()
    copies = Counter(story.slack.texts()) - Counter(set(story.slack.texts()))
    assert sum(copies.values()) == 2
    assert sum(d.doubtful for d in story.watch.service.get_overview().deliveries) == 2
    state.close()
    cache.close()


@pytest.mark.parametrize("point", [5, 8, 9, 31, 58])
def test_on_redis_too(open_store, point):
    story = Story(open_store("state"), open_store("cache"), point, can_edit=False)
    story.live()
    assert not story.fate.armed
    check(story, can_edit=False)
