"""The agreements that the measures need: targets, labels, opening hours, scope.

`services.settings` makes one `Rules` from the settings; nothing here reads a file or a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

Clock = Literal["all", "office"]
SpikeMode = Literal["fixed", "adaptive"]
Opening = tuple[time, time]


@dataclass(frozen=True)
class Labels:
    """Labels of the workspace's own conversation attributes, as the settings name them."""

    reason: str = "Motivo de Contato"
    second_reason: str = "Motivo 2 (Se houver)"
    kind: str = "Tipo de Atendimento"
    status: str = "Status do atendimento"
    resolved_value: str = "Resolvido"
    category: str = "Ticket category"
    expansion: str = "Expansão (Passagem de bastão para CSM)"
    system_category: str = "Categoria do sistema"
    registrations: str = "Cadastros"
    area: str = "Equipe"


@dataclass(frozen=True)
class TeamRule:
    """A team that the settings name; its goal overrides the common one."""

    id: str
    name: str | None = None
    online_text: int | None = None


@dataclass(frozen=True)
class Rules:
    """Everything agreed that a number depends on. Durations in seconds, shares 0..1."""

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/Sao_Paulo"))
    clock: Clock = "all"
    teams: tuple[TeamRule, ...] = ()
    labels: Labels = field(default_factory=Labels)
    # Label -> values, compared as text without regard to case; rows that do not count for the goal.
    classification_exclude: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"Ticket category": ("Back-office ticket",), "Merged": ("true",)}
    )
    goal_online_text: int = 4
    goal_online_voice: int = 2
    goal_classification: float = 0.9
    first_response_seconds: float = 900
    close_seconds: float = 86400
    service_level_seconds: float = 20
    csat_minimum: int = 10
    # Monday first; empty = closed that day.
    office_hours: tuple[tuple[Opening, ...], ...] = (
        ((time(9), time(18)),),
        ((time(9), time(18)),),
        ((time(9), time(18)),),
        ((time(9), time(18)),),
        ((time(9), time(18)),),
        (),
        (),
    )
    holidays: frozenset[date] = frozenset()
    main_lines: tuple[str, ...] = ()
    overload_open: int = 10
    spike_conversations: int = 3
    spike_minutes: int = 30
    # `adaptive` asks how probable the count is; less than this is a spike.
    spike_mode: SpikeMode = "fixed"
    spike_probability: float = 0.01
    queue_minimum_wait_seconds: float = 0
    # An open ticket of that age is overdue.
    ticket_age_seconds: float = 5 * 86400

    @property
    def team_ids(self) -> tuple[str, ...]:
        """The teams that are in scope; empty means no restriction."""
        return tuple(team.id for team in self.teams)

    @cached_property
    def key(self) -> str:
        """The same for equal agreements, for memories."""
        return repr(self)

    def with_clock(self, clock: Clock) -> "Rules":
        """The same agreements under another clock."""
        return replace(self, clock=clock)
