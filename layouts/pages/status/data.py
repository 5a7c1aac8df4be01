"""What the status page is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

PAGE, PATH = "status", "/status"


@dataclass(frozen=True)
class SourceRow:
    """A vendor, or Slack.

    Attributes:
        key: intercom, aircall, slack …
        state: starting, ok, late, failed or off.
        as_of: The instant for which its data hold.
        since: Since when it has been in this state.
        cause: A word for what is wrong.
        error: The same as the vendor's client put it.
        warning: Something to know while all is well.
        asked: Version asked for.
        answered: Version that answered.
        requests: Of the last minute.
        budget: Requests a minute of our own pacing.
    """

    key: str
    state: str
    as_of: datetime | None = None
    since: datetime | None = None
    cause: str | None = None
    error: str | None = None
    warning: str | None = None
    asked: str | None = None
    answered: str | None = None
    requests: int | None = None
    budget: int | None = None


@dataclass(frozen=True)
class Screen:
    """A television, or a browser in kiosk mode.

    Attributes:
        id: Of its device link; empty for a kiosk.
        name: Of the screen, or of the person.
        made_at: When the link was made.
        seen_at: Its last sign of life; None = never opened.
        is_silent: Whether it should have been heard of.
    """

    id: str
    name: str
    made_at: datetime | None
    seen_at: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class Past:
    """How much of the history is there."""

    loaded: int
    total: int
    complete: bool
    first_day: date | None
    cut_at: date | None
    lost: int


@dataclass(frozen=True)
class Status:
    """The whole deployment at one moment."""

    at: datetime
    sources: Sequence[SourceRow]
    past: Past | None
    version: int | None
    published_at: datetime | None
    problem: str | None
    epoch: str | None
    cycles: Mapping[str, float]
    build: str
    threads: int
    robot_runs: bool
    looked_at: datetime | None
    cache_bytes: int
    cache_limit: int
    expires_hours: float
    state_bytes: int
    rows: Mapping[str, int]
    recognised: int
    voice_only: Sequence[tuple[str, str]]
    text_only: Sequence[tuple[str, str]]
    screens: Sequence[Screen]
    kiosks: Sequence[Screen]
    waiting: int
    given_up: int
