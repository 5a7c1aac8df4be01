"""What the accounts page draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PAGE = "accounts"
PATH = "/accounts"
ROLES = ("manager", "analyst", "wall")
REACHES = ("all", "aggregates", "metrics")


@dataclass(frozen=True)
class Person:
    """An account.

    Attributes:
        email: Under which it is known.
        name: As the screens show it.
        role: manager, analyst or wall.
        agent: Name of the Intercom admin with that e-mail; None = nobody.
        read_only: Whether it comes from the settings.
        disabled: Whether it may not sign in for now.
        temporary: Whether its password was told by somebody else.
        factor: Whether a second factor is asked for.
        seen: Last sign-in; None = never.
        own: Whether the reader looks at the own account.
    """

    email: str
    name: str
    role: str
    agent: str | None
    read_only: bool
    disabled: bool
    temporary: bool
    factor: bool
    seen: datetime | None
    own: bool


@dataclass(frozen=True)
class Machine:
    """A token: who made it and when, and when it was used last; None = never."""

    id: str
    name: str
    reach: str
    made_at: datetime
    made_by: str
    used_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One thing that was done."""

    at: datetime
    what: str
    who: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Trail:
    """The audit, as far as it is asked for.

    Attributes:
        lines: The newest first, one page of them.
        page: Which one, from 0.
        first: Number of its first line, from 1.
        more: Whether there are older ones.
        what: Only this kind; empty = all.
        who: Only this person; empty = all.
        kinds: That there are.
        people: That it can be narrowed to.
        days: So long things are kept.
    """

    lines: Sequence[Line]
    page: int
    first: int
    more: bool
    what: str
    who: str
    kinds: Sequence[str]
    people: Sequence[str]
    days: float
