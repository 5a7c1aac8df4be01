"""A robot over versions laid ready by the test, on real stores, with a Slack of our own making."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.alerts.model import Message
from metrics.model.tables import Tables
from services.robot.robot import Robot
from services.robot.service import AlertService
from services.robot.slack import Payload, Receipt, RefusedError
from services.robot.state import Incident
from services.settings.config import Settings
from services.settings.decisions import Decisions
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus
from services.storage.lease import raise_epoch
from services.storage.store import Store
from tests.worlds import api_world

# Tuesday, 15:00 in UTC: office hours.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC).timestamp()
# Staffing at its goal, and waits that are short for as long as a test lasts.
CALM = {
    "goals": {"online_text": 0, "online_voice": 0},
    "time_zone": "UTC",
    "alerts": {"queue": {"limit_minutes": 600}},
}


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class FakeSlack:
    """Takes messages, or fails as the test says: errors are raised one after the other.

    Attributes:
        said: What arrived: kind, thread or place, message.
        failures: For each attempt an error to raise before the message arrives, or None.
        lost: For each attempt an error to raise after it arrived, or None.
    """

    def __init__(self, can_edit: bool = False) -> None:
        self.can_edit = can_edit
        self.said: list[tuple[str, Any, Payload]] = []
        self.failures: list[Exception | None] = []
        self.lost: list[Exception | None] = []
        self.attempts = 0

    def post(self, message: Payload, thread: str | None = None) -> Receipt:
        self._arrive("post", thread, message)
        return Receipt("C1", str(len(self.said))) if self.can_edit else Receipt()

    def edit(self, where: Receipt, message: Payload) -> None:
        if not self.can_edit:
            raise RefusedError("webhooks_cannot_edit")
        self._arrive("edit", where.ts, message)

    def texts(self) -> list[str]:
        return [message["text"] for _, _, message in self.said]

    def _arrive(self, kind: str, where: Any, message: Payload) -> None:
        self.attempts += 1
        if self.failures and (error := self.failures.pop(0)):
            raise error
        self.said.append((kind, where, message))
        if self.lost and (error := self.lost.pop(0)):
            raise error


def plainly(message: Message) -> Payload:
    """Words for tests: event, key, value, and how it stands."""
    if message.is_test:
        return {"text": f"test by {message.asked_by}"}
    lines = [
        f"{notice.event} {notice.problem.key} {notice.problem.value:.0f}"
        + (f" {notice.ending} peak {notice.peak:.0f}" if notice.ended_at is not None else "")
        + (f" by {notice.acknowledged_by}" if notice.acknowledged_by else "")
        for notice in message.notices
    ]
    silent = " after silence" if message.silent_since is not None else ""
    return {"text": "; ".join(lines) + silent}


def waiting(row_id: str, team: str = api_world.SUPPORT, **values: Any) -> dict[str, Any]:
    """Somebody in the queue."""
    since = {"created_at": "2026-11-24T14:50:00Z", "waiting_since": "2026-11-24T14:50:00Z"}
    return {"id": row_id, "state": "open", "team_id": team, **since, **values}


def queue(count: int, team: str = api_world.SUPPORT) -> list[dict[str, Any]]:
    """A queue of so many."""
    return [waiting(f"{team}-{n}", team) for n in range(count)]


def held(count: int, agent: str = api_world.JOAO) -> list[dict[str, Any]]:
    """Conversations that a person has open, created long ago."""
    old = {"created_at": "2026-11-20T12:00:00Z", "waiting_since": None}
    return [waiting(f"{agent}-{n}", agent_id=agent, **old) for n in range(count)]


_TABLES: dict[str, Tables] = {}


def _tables(rows: list[dict[str, Any]], people: list[dict[str, Any]] | None) -> Tables:
    """The tables with these rows, made once: many minutes see the same ones."""
    key = repr((rows, people))
    if key not in _TABLES:
        _TABLES[key] = api_world.snapshot(conversations=rows, people=people).tables
    return _TABLES[key]


class Watch:
    """A robot on duty.

    Args:
        open_store: Opens stores by name.
        slack: None = it only watches.
        settings: In place of the defaults; staffing is at its goal unless they say otherwise.
    """

    def __init__(
        self,
        open_store: Callable[[str], Store],
        slack: FakeSlack | None = None,
        draw: Callable[[Message], Payload] = plainly,
        app_id: str | None = None,
        **settings: Any,
    ) -> None:
        self.clock = Clock()
        self.cache = open_store("cache")
        self.state = open_store("state")
        self.slack = slack
        self.draw = draw
        self.app_id = app_id
        self.settings = Settings.model_validate({**CALM, **settings})
        self.decisions = Decisions(self.state, self.settings, clock=self.clock)
        self.version = 0
        # Whether versions are published without an answer of a vendor.
        self.is_silent = False
        self.sources = {"intercom": "ok", "aircall": "ok"}
        self.as_of = {"intercom": NOW, "aircall": NOW}
        self.since = {"intercom": NOW, "aircall": NOW}
        self._ids = itertools.count(1)
        self.restart()

    def restart(self, slack: FakeSlack | None = None) -> Robot:
        """Another collector takes over: with another epoch, over the same stores."""
        self.slack = slack or self.slack
        self.robot = Robot(
            state=self.state,
            cache=self.cache,
            decisions=self.decisions,
            slack=self.slack,
            draw=self.draw,
            app_id=self.app_id,
            clock=self.clock,
            make_id=lambda: f"id{next(self._ids):04}",
        )
        self.robot.start(raise_epoch(self.cache, self.clock))
        return self.robot

    def snapshot(self, *rows: dict[str, Any], **values: Any) -> Snapshot:
        """A version of this moment with these conversations."""
        self.version += 1
        now = datetime.fromtimestamp(self.clock.now, UTC)
        for name, state in self.sources.items():
            if state == "ok" and not self.is_silent:
                self.as_of[name] = self.clock.now
        people = values.pop("people", None)
        made = api_world.snapshot(
            sources={
                name: SourceStatus(
                    state,
                    datetime.fromtimestamp(self.as_of[name], UTC),
                    since=datetime.fromtimestamp(self.since[name], UTC),
                )
                for name, state in self.sources.items()
            },
            published_at=now,
            **{"version": self.version, **values},
        )
        seen = _tables(list(rows) or [waiting("gone", state="closed")], people)
        return replace(made, tables=replace(seen, now=now))

    def source(self, name: str, state: str) -> None:
        """From now on the source is like that."""
        self.sources[name] = state
        self.since[name] = self.clock.now

    def minute(self, *rows: dict[str, Any], deliver: bool = True, **values: Any) -> None:
        """A minute later: a version with these conversations, and all that is due is delivered."""
        self.clock.now += 60
        self.robot.process_snapshot(self.snapshot(*rows, **values))
        if deliver:
            self.deliver()

    def deliver(self, within: float = 30) -> None:
        """Carry what is due within so many seconds."""
        end = self.clock.now + within
        for _ in range(1000):
            wait = self.robot.deliver()
            if wait == 0:
                continue
            if self.clock.now + wait > end or not self.service.get_overview().waiting:
                return
            self.clock.now += wait
        raise AssertionError("the delivery never ends")

    @property
    def service(self) -> AlertService:
        return AlertService(self.state, self.decisions, self.clock)

    @property
    def live(self) -> dict[str, Incident]:
        return {incident.problem.key: incident for incident in self.service.get_overview().live}

    @property
    def over(self) -> list[Incident]:
        return [incident for incident in self.service.list_incidents() if not incident.is_live]

    def later(self, **span: float) -> None:
        """Time passes."""
        self.clock.now += timedelta(**span).total_seconds()
