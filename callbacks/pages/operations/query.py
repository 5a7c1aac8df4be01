"""What the address of the wall asks of a version: for whom, for which teams, from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from callbacks.reports.query import Id, Ids, NoQuery, parse_search, read
from callbacks.reports.report_view import VersionView
from layouts.pages.operations.page import Late
from metrics.live.current import LoadRow, load, team_names
from metrics.live.line import Kind, LineRow, line
from metrics.live.today import evaluate_since
from metrics.live.waiting import WaitingWork, waiting_work
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period, midnight, today
from metrics.model.summary import Summary
from metrics.query.report import evaluate_many
from services.accounts.accounts import Viewer
from services.settings.config import Settings
from services.settings.links import IntercomLinks

Stretch = Literal["today", "48h"]
# Faster nobody can read a team; slower it is no rotation.
Rotation = Annotated[int, Field(ge=10, le=3600)]


class OperationsQuery(NoQuery):
    """A stretch of time, teams, whose rows lie open, which kinds of the line are shown, and whether
    the wall hangs in a room.

    A wall in a room may go round the teams, each for `rotate` seconds, and sound when the queue
    becomes critical.
    """

    period: Stretch = "today"
    team: Ids = ()
    agent: Id | None = None
    kind: tuple[Kind, ...] = ()
    kiosk: Literal["1"] | None = None
    rotate: Rotation | None = None
    sound: Literal["1"] | None = None

    def start(self, now: datetime, rules: Rules) -> datetime:
        """From when volume and calls are counted: local midnight, or 48 hours ago."""
        if self.period == "48h":
            return now - timedelta(hours=48)
        return midnight(today(now, rules.time_zone), rules.time_zone)

    @property
    def filters(self) -> Filters:
        return Filters(teams=self.team)


def read_operations(search: str | None) -> OperationsQuery:
    """Raises ParameterError for the first name or value that cannot be used."""
    return read(OperationsQuery, parse_search(search).items())


def read_choices(search: str | None, *without: str) -> dict[str, list[str]]:
    return {name: values for name, values in parse_search(search).items() if name not in without}


def is_kiosk(search: str | None) -> bool:
    return parse_search(search).get("kiosk") == ["1"]


NAMES = {"intercom": "Intercom", "aircall": "Aircall"}
STOCKS = ("queue", "longest_wait", "arrivals_recent", "online_text", "online_voice")
COUNTS = ("conversations", "calls_answered", "calls_missed")


@dataclass(frozen=True)
class OperationsView(VersionView[OperationsQuery]):
    viewer: Viewer
    settings: Settings
    links: IntercomLinks

    @property
    def kiosk(self) -> bool:
        """Whether the wall hangs in a room; a device's screen always does."""
        return self.query.kiosk is not None or self.viewer.role == "wall"

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @property
    def period(self) -> Period:
        """Today, whatever stretch is asked for: `start` says from when volume is counted."""
        return Period(self.today, self.today)

    @cached_property
    def start(self) -> datetime:
        return self.query.start(self.tables.now, self.rules)

    @cached_property
    def numbers(self) -> dict[str, Summary]:
        """The stocks of now, and the counts of the stretch."""
        stocks = evaluate_many([CATALOG[key] for key in STOCKS], self.view)
        counted = {key: evaluate_since(CATALOG[key], self.view, self.start) for key in COUNTS}
        return stocks | counted

    @cached_property
    def work(self) -> WaitingWork:
        return waiting_work(self.view)

    @cached_property
    def loads(self) -> list[LoadRow]:
        return load(self.view, self.start, self.snapshot.history.first_day)

    @property
    def with_calls(self) -> bool:
        """Whether it is known who calls: what is old is nobody's any more."""
        return self.voice_read and self.late_at("aircall") is None

    @cached_property
    def line(self) -> list[LineRow]:
        return line(self.view, self.work, self.loads, with_calls=self.with_calls)

    @cached_property
    def teams(self) -> dict[str, str]:
        """Id -> name of the teams in scope."""
        known = team_names(self.tables, self.rules)
        return {team: known.get(team, "") for team in self.rules.team_ids} or known

    @cached_property
    def names(self) -> Mapping[str, tuple[str, str]]:
        return people.names(self.tables)

    @property
    def has_voice(self) -> bool:
        return self._state("aircall") not in (None, "off")

    @property
    def voice_read(self) -> bool:
        """Whether Aircall has ever answered."""
        return self.has_voice and self.snapshot.sources["aircall"].as_of is not None

    def late_at(self, source: str) -> datetime | None:
        """When a late or failed source last answered; None while all is well with it."""
        status = self.snapshot.sources.get(source)
        return None if status is None else status.late_at

    @property
    def late(self) -> list[Late]:
        late = [name for name in NAMES if self._state(name) in ("late", "failed")]
        return [self._late(name, len(late) > 1) for name in late]

    def _late(self, name: str, both: bool) -> Late:
        status = self.snapshot.sources[name]
        key = "both" if both else name
        if name == "intercom" and not self.has_voice:
            key = "intercom_alone"
        if name == "aircall" and status.as_of is None:
            key = "aircall_never"
        helps = self.viewer.role == "manager" and not self.kiosk
        return Late(NAMES[name], key, status.as_of, helps)

    def _state(self, source: str) -> str | None:
        status = self.snapshot.sources.get(source)
        return None if status is None else status.state

    def may_see(self, agent_id: str | None) -> bool:
        """A screen in a room shows nobody's, whoever signed it in."""
        if self.kiosk:
            return False
        if self.viewer.role == "manager":
            return True
        return agent_id is not None and agent_id == self.viewer.agent_id
