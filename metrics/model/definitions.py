"""The agreements that the measures need: targets, labels, opening hours, scope.

`Settings.rules()` makes them; nothing here reads a file or a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from metrics.model.severity import Severity

Clock = Literal["all", "office"]
SpikeMode = Literal["fixed", "adaptive"]
Opening = tuple[time, time]


@dataclass(frozen=True)
class Labels:
    """Labels of the workspace's own conversation attributes, as the settings name them."""

    reason: str
    second_reason: str
    kind: str
    status: str
    resolved_value: str
    category: str
    expansion: str
    system_category: str
    registrations: str
    area: str


@dataclass(frozen=True)
class TeamRule:
    """A team that the settings name; its goal overrides the common one."""

    id: str
    name: str | None = None
    online_text: int | None = None


@dataclass(frozen=True)
class Rules:
    """Everything agreed that a number depends on. Durations in seconds, shares 0..1.

    No defaults: those stand in `services.settings.sections` alone.
    """

    time_zone: ZoneInfo
    teams: tuple[TeamRule, ...]
    labels: Labels
    # Label -> values, compared as text without regard to case; rows that do not count for the goal.
    classification_exclude: Mapping[str, tuple[str, ...]]
    goal_online_text: int
    goal_online_voice: int
    goal_classification: float
    first_response_seconds: float
    close_seconds: float
    service_level_seconds: float
    csat_minimum: int
    # The same customer about the same reason again within that time is a repeated contact.
    repeat_contact_seconds: float
    # Monday first; empty = closed that day.
    office_hours: tuple[tuple[Opening, ...], ...]
    holidays: frozenset[date]
    main_lines: tuple[str, ...]
    # One that ends before it begins goes on after midnight.
    shifts: Mapping[str, Opening]
    # Name or digits of a line -> the team that it belongs to.
    team_lines: Mapping[str, str]
    overload_open: int
    spike_conversations: int
    spike_minutes: int
    # `adaptive` asks how probable the count is; less than this is a spike.
    spike_mode: SpikeMode
    spike_probability: float
    queue_minimum_wait_seconds: float
    # From this wait on the queue is critical.
    queue_limit_seconds: float
    # What waits for longer with somebody who is not there is told.
    orphaned_seconds: float
    orphaned_severity: Severity
    # An open ticket of that age is overdue.
    ticket_age_seconds: float
    # The reader's choice.
    clock: Clock = "all"

    @property
    def team_ids(self) -> tuple[str, ...]:
        """The teams that are in scope; empty means no restriction."""
        return tuple(team.id for team in self.teams)

    @cached_property
    def key(self) -> str:
        """The same for equal agreements, for memories."""
        return repr(self)

    @cached_property
    def row_key(self) -> str:
        """The same where `metrics.model.derived` gives the same columns."""
        agreed = (
            self.time_zone.key,
            self.labels,
            self.classification_exclude,
            self.office_hours,
            self.holidays,
            self.main_lines,
        )
        return repr(agreed)

    def with_clock(self, clock: Clock) -> "Rules":
        return replace(self, clock=clock)
