"""What the settings page is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

PAGE, PATH = "settings", "/settings"
# Sections of config.yaml by the group that shows them; of a rule the alerts page is the place.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "operation": ("language", "time_zone", "teams", "people"),
    "goals": ("goals", "targets", "csat_minimum", "repeat_contact_days"),
    "hours": ("office_hours",),
    "attributes": ("attributes", "classification", "merged"),
    "telephony": ("telephony", "calls_in_conversations"),
    "backoffice": ("backoffice",),
    "alerts": ("alerts", "slack"),
    "access": ("access", "wall"),
    "collecting": ("sync",),
}
TOKENS, CHANGES = "tokens", "changes"
# What is sent together.
TOKEN_FORMS = (
    ("intercom_token",),
    ("aircall_id", "aircall_token"),
    ("slack_bot_token",),
    ("slack_webhook",),
    ("intercom_client_secret",),
    ("aircall_webhook_token",),
)
# A number is shown in a greater unit than config.yaml has: how many of the one make the other.
SCALES = {
    "goals.classification": 0.01,
    "targets.first_response_seconds": 60,
    "targets.close_seconds": 3600,
}
UNITS = {
    "goals.classification": "percent",
    "targets.first_response_seconds": "minutes",
    "targets.close_seconds": "hours",
}
Kind = Literal["switch", "choice", "number", "text", "list", "pairs", "teams", "people"]
Choice = tuple[str, str]  # value, words


@dataclass(frozen=True)
class Wrong:
    """What somebody typed that cannot be used, and why."""

    path: str
    words: str


@dataclass(frozen=True)
class Field:
    """A setting; `choices` are what it may be, or what the vendors have that would fit.

    Of pairs, `choices` are of the first and `others` of the second.
    """

    path: str
    kind: Kind
    value: Any
    choices: Sequence[Choice] = ()
    others: Sequence[Choice] = ()
    is_closed: bool = False  # nothing but the choices
    fixed: str = ""  # the place that fixes it
    by: str = ""
    at: datetime | None = None
    is_decided: bool = False
    wrong: str = ""


@dataclass(frozen=True)
class TokenField:
    name: str
    fixed: str = ""
    is_set: bool = False
    ending: str = ""
    by: str = ""
    at: datetime | None = None
    is_readable: bool = True


@dataclass(frozen=True)
class ChangeRow:
    id: str
    at: datetime
    by: str
    how: str
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Preview:
    """What a file would change; `kept` are its settings that stay as they are, with the reason."""

    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()


def find_unit(path: str) -> str:
    return UNITS.get(path) or next(
        (unit for unit in ("seconds", "minutes", "hours", "days") if path.endswith(f"_{unit}")), ""
    )
