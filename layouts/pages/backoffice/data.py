"""What the page of the second line draws, for one choice of tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from layouts.components.kpi import Kpi
from layouts.components.metric_info import Passport

PAGE = "backoffice"


@dataclass(frozen=True)
class Ticket:
    """One line of the table.

    Attributes:
        id: The vendor's.
        number: As people know it.
        is_open: Whether it is neither resolved nor closed.
        is_overdue: Whether it has been open for too long.
        days: Whole days since its creation, or until its resolution.
        created_at: UTC.
        resolved_at: UTC; None while it is open.
        state: The workspace's own word.
        external: State in the other system.
        owner: Name; empty for nobody.
        url: The ticket in Intercom.
        conversations: Addresses of the linked conversations.
    """

    id: str
    number: str
    is_open: bool
    is_overdue: bool
    days: int
    created_at: datetime
    resolved_at: datetime | None
    subject: str
    state: str
    external: str
    external_key: str
    owner: str
    creator: str
    platform: str
    severity: str
    company: str
    url: str | None
    conversations: Sequence[str]


@dataclass(frozen=True)
class Choice:
    """What tickets are filtered by: parameter, (value, words, tickets) of each, and the chosen."""

    name: str
    values: Sequence[tuple[str, str, int]]
    chosen: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One group: its name, its cell, how many are open, and how many of those overdue."""

    name: str
    cell: str
    n: int
    overdue: int = 0


@dataclass(frozen=True)
class Duplicate:
    """A conversation that was closed as a duplicate, and what it was merged into."""

    at: datetime
    subject: str
    agent: str
    reason: str
    url: str | None
    into: str | None
    into_url: str | None
    into_reason: str | None


@dataclass(frozen=True)
class Backoffice:
    """Everything that the page draws below its filters.

    Attributes:
        kpis: The sheet.
        choices: What tickets can be filtered by.
        tab: period, backlog or None for all open ones.
        counts: Tickets of each tab.
        tickets: The first of the tab's.
        listed: Key and cells of the tab's list.
        states: Open tickets by state.
        owners: Open tickets by owner.
        platforms: Open tickets by platform.
        severities: Open tickets by severity.
        ages: Band of age -> open tickets.
        open: All open tickets.
        age_days: From how many days on they are overdue.
        has_external: Whether another system's state is looked for.
        duplicates: The newest of the duplicates.
        merged: All of them.
        passports: Of the panels, by their key.
    """

    kpis: Sequence[Kpi]
    choices: Sequence[Choice]
    tab: str | None
    counts: Mapping[str | None, int]
    tickets: Sequence[Ticket]
    listed: tuple[str, Sequence[str]]
    states: Sequence[Line]
    owners: Sequence[Line]
    platforms: Sequence[Line]
    severities: Sequence[Line]
    ages: Mapping[str, int]
    open: int
    age_days: float
    has_external: bool
    duplicates: Sequence[Duplicate]
    merged: int
    passports: Mapping[str, Passport]
