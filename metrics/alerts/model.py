"""What the rules find and what is told of it: problems, what is known of the rest, notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# The key of a rule of `rules.RULES`.
Rule = str
Severity = Literal["critical", "warning", "info"]
SEVERITY_ORDER: Mapping[Severity, int] = {"critical": 0, "warning": 1, "info": 2}
WorkingHours = Literal["office", "always", "never"]
Event = Literal["fired", "repeated", "ended"]
Ending = Literal["resolved", "hours", "off", "revoked"]


@dataclass(frozen=True)
class SourceHealth:
    """How a source is.

    Attributes:
        state: As the collector says: starting, ok, late, failed or off.
        bad_since: Since when it has been late or failed without a break, in Unix seconds.
        as_of: The instant for which its last good data hold, in Unix seconds.
        cause: A word for what is wrong.
    """

    state: str
    bad_since: float | None = None
    as_of: float | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Screen:
    """A television that shows the wall, or did when its problem began.

    Attributes:
        id: Of its device link.
        name: As a manager called it.
        seen_at: When it asked for news last, in Unix seconds; None = it never did.
        is_revoked: Whether its link is gone, so that nothing is expected of it.
    """

    id: str
    name: str
    seen_at: float | None = None
    is_revoked: bool = False


@dataclass(frozen=True)
class Problem:
    """A condition that holds for one team, one person, one source or one screen.

    Attributes:
        rule: Which condition.
        key: Rule and subject; the same problem has the same key.
        severity: How bad it is.
        value: What was measured, in `unit`.
        threshold: From where on the rule fires; for staffing, the goal.
        unit: count or seconds.
        since: When it began, as far as the data tell; Unix seconds.
        team_id: Of a team's problem; "none" for conversations without a team.
        agent_id: Of a person's problem.
        source: Of a source's problem.
        screen_id: Of a screen's problem.
        team: The team's name, empty where nobody knows it.
        agent: The person's name.
        screen: The screen's name, which is nobody's and outlives its link.
        tickets: Conversations concerned, those that waited longest first.
        hands: Who could help, best first: agent id and open conversations.
        facts: Further numbers that the words need.
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


@dataclass(frozen=True)
class Evaluation:
    """What all rules say about one version.

    Attributes:
        problems: Those that hold.
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
    """The names behind the ids, and the workspace in which conversations open."""

    agents: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    app_id: str | None = None


@dataclass(frozen=True)
class Notice:
    """What is to be said about one problem. Instants are Unix seconds.

    Attributes:
        event: Why it is said.
        problem: With names.
        fired_at: When it was found.
        peak: The worst value so far.
        ended_at: None while it lasts.
        ending: How it ended: resolved, the working hours did, the rule was switched off, or the
            screen's link was revoked.
        acknowledged_by: Who has taken it on.
    """

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
    """One message: all that is to be said at one moment.

    Attributes:
        notices: The worst first.
        at: When it is drawn, in Unix seconds.
        directory: The names.
        silent_since: Since when nothing could be delivered, where this makes up for it.
        is_test: Whether somebody only wants to see that it arrives.
        asked_by: Who wants to.
    """

    notices: tuple[Notice, ...]
    at: float
    directory: Directory = field(default_factory=Directory)
    silent_since: float | None = None
    is_test: bool = False
    asked_by: str | None = None
