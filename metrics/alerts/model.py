"""What the rules find and what is told of it: problems, what is known of the rest, notices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from metrics.model.severity import Severity, wait_severity

# The key of a rule of `rules.RULES`.
Rule = str
WorkingHours = Literal["office", "always", "never"]
Event = Literal["fired", "repeated", "ended"]
Ending = Literal["resolved", "hours", "off", "revoked"]


@dataclass(frozen=True)
class SourceHealth:
    """How a source is. Instants are Unix seconds.

    Attributes:
        state: As the collector says: starting, ok, late, failed or off.
        bad_since: Since when it has been late or failed without a break.
        as_of: The instant for which its last good data hold.
    """

    state: str
    bad_since: float | None = None
    as_of: float | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Screen:
    """A television that shows the wall; `seen_at` in Unix seconds, None = it never asked."""

    id: str
    name: str
    seen_at: float | None = None
    is_revoked: bool = False


@dataclass(frozen=True)
class Problem:
    """A condition that holds for one team, one person, one source or one screen.

    Attributes:
        key: Rule and subject; the same problem has the same key.
        threshold: From where on the rule fires; for staffing, the goal.
        since: When it began, as far as the data tell; Unix seconds.
        limit_seconds: Where the severity rises with the wait, the wait from which it is critical.
        team_id: Of a team's problem; "none" for conversations without a team.
        screen: The screen's name, which is nobody's and outlives its link.
        tickets: Conversations concerned, those that waited longest first.
        hands: Who could help, best first: agent id and open conversations.
        fires: False where it would not be notified anew but is not over either.
    """

    rule: Rule
    key: str
    severity: Severity
    value: float
    threshold: float
    unit: Literal["count", "seconds"] = "count"
    since: float | None = None
    team_id: str | None = None
    agent_id: str | None = None
    source: str | None = None
    screen_id: str | None = None
    team: str = ""
    agent: str = ""
    screen: str = ""
    tickets: tuple[str, ...] = ()
    hands: tuple[tuple[str, int], ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    fires: bool = True
    limit_seconds: float | None = None

    def at(self, instant: float) -> "Problem":
        """As bad as it is at an instant (Unix seconds), though nobody has looked since."""
        if self.limit_seconds is None:
            return self
        waited = None if self.since is None else instant - self.since
        return replace(self, severity=wait_severity(waited, self.limit_seconds))


@dataclass(frozen=True)
class Evaluation:
    """What all rules say about one version.

    Attributes:
        unknown: Rules, and keys of single problems, about which the data say nothing: what is
            live under them neither ends nor is notified anew.
        idle: Rules that do not apply at this hour, or have nothing to look at, and keys of single
            problems whose subject is gone; with what ends them.
    """

    problems: tuple[Problem, ...] = ()
    unknown: frozenset[str] = frozenset()
    idle: Mapping[str, Ending] = field(default_factory=dict)


@dataclass(frozen=True)
class Directory:
    """A conversation in a workspace that is not known has no link."""

    agents: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    conversation_link: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True)
class Notice:
    """What is to be said about one problem; `peak` is its worst value. Times are Unix seconds."""

    event: Event
    problem: Problem
    fired_at: float
    peak: float
    ended_at: float | None = None
    ending: Ending | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    notification_count: int = 0


@dataclass(frozen=True)
class Message:
    """All that is to be said at one moment, the worst notice first. Instants are Unix seconds."""

    notices: tuple[Notice, ...]
    at: float
    directory: Directory = field(default_factory=Directory)
    silent_since: float | None = None
    is_test: bool = False
    asked_by: str | None = None
