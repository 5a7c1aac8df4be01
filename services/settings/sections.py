"""The sections of `config.yaml`: every setting with its default, type and range."""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
)

from metrics.model.definitions import Labels
from services.settings.oidc_setting import OidcSetting

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# As werkzeug writes it; anything else would fail only when somebody signs in.
PASSWORD_HASH = re.compile(
    r"(scrypt(:\d+:\d+:\d+)?|pbkdf2:sha(1|256|512)(:\d+)?)\$[^$\s]+\$[0-9a-f]+"
)
INTERCOM_VERSIONS = ("2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16")
Share = Annotated[float, Field(ge=0, le=1)]
Severity = Literal["critical", "warning", "info"]


def zone_name(name: str) -> str:
    """An IANA name, or ValueError."""
    if name not in available_timezones():
        raise ValueError("not an IANA time zone, such as America/Sao_Paulo")
    return name


def _opening(text: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)", text)
    if not match:
        raise ValueError('not of the form "09:00-18:00"')
    return text


def _opening_in_a_day(text: str) -> str:
    start, _, end = _opening(text).partition("-")
    if end <= start:
        raise ValueError("the end must lie after the start, on the same day")
    return text


def _link_template(text: str) -> str:
    if not text.startswith("https://") or "{id}" not in text:
        raise ValueError("must start with https:// and contain {id}")
    return text


OpeningText = Annotated[str, AfterValidator(_opening_in_a_day)]
QuietText = Annotated[str, AfterValidator(_opening)]
LinkTemplate = Annotated[str, AfterValidator(_link_template)]


class Section(BaseModel):
    """A part of the file: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TeamSetting(Section):
    """A team in scope, by its Intercom id."""

    id: str
    name: str | None = None
    online_text: int | None = Field(default=None, ge=0)


class PersonSetting(Section):
    """One person with two e-mails."""

    intercom: str
    aircall: str


class SyncSetting(Section):
    """How often and how far back the vendors are read."""

    interval_seconds: int = Field(default=60, ge=1, le=3600)
    history_days: int = Field(default=90, ge=1, le=3650)


class IntercomSetting(Section):
    """How Intercom is asked."""

    version: Literal["2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16"] = "2.14"
    conversation_url: LinkTemplate = (
        "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"
    )
    requests_per_minute: int = Field(default=600, ge=1)


class AircallSetting(Section):
    """How Aircall is asked."""

    requests_per_minute: int = Field(default=50, ge=1)
    recording_url: LinkTemplate = "https://assets.aircall.io/calls/{id}/recording"


class SlackSetting(Section):
    """Where the robot speaks."""

    channel: str | None = None
    mention: str | None = None
    api_base_url: str = "https://slack.com/api"


class GoalsSetting(Section):
    """What the operation aims at."""

    online_text: int = Field(default=4, ge=0)
    online_voice: int = Field(default=2, ge=0)
    classification: Share = 0.9


class AttributesSetting(Section):
    """Labels of the workspace's conversation attributes."""

    reason: str = Labels.reason
    second_reason: str = Labels.second_reason
    kind: str = Labels.kind
    status: str = Labels.status
    resolved_value: str = Labels.resolved_value
    category: str = Labels.category
    expansion: str = Labels.expansion
    system_category: str = Labels.system_category
    registrations: str = Labels.registrations
    area: str = Labels.area


class ClassificationSetting(Section):
    """Rows that do not count for the classification goal."""

    exclude: dict[str, list[str | bool | int]] = Field(
        default={"Ticket category": ["Back-office ticket"], "Merged": [True]}
    )


class CallsInConversationsSetting(Section):
    """Signs by which a call written into Intercom is recognised."""

    source_types: list[str] = ["phone_call"]
    tags: list[str] = []
    authors: list[str] = []
    link_patterns: list[str] = ["assets.aircall.io"]


class TargetsSetting(Section):
    """Promised times, in seconds."""

    first_response_seconds: float = Field(default=900, gt=0)
    close_seconds: float = Field(default=86400, gt=0)
    service_level_seconds: float = Field(default=20, ge=0)


class OfficeHoursSetting(Section):
    """Opening times, local."""

    monday: list[OpeningText] = ["09:00-18:00"]
    tuesday: list[OpeningText] = ["09:00-18:00"]
    wednesday: list[OpeningText] = ["09:00-18:00"]
    thursday: list[OpeningText] = ["09:00-18:00"]
    friday: list[OpeningText] = ["09:00-18:00"]
    saturday: list[OpeningText] = []
    sunday: list[OpeningText] = []
    holidays: list[date] = []


class TelephonySetting(Section):
    """Lines that count for the loss rate; empty means all."""

    main_lines: list[str] = []


class RuleAlert(Section):
    """What every rule has: whether it works, how soon it is repeated, how bad it is."""

    enabled: bool = True
    cooldown_minutes: float | None = Field(default=None, ge=0)
    severity: Severity = "warning"


class QueueAlert(RuleAlert):
    """When a queue is told."""

    minimum: int = Field(default=1, ge=1)
    minimum_wait_minutes: float = Field(default=0, ge=0)
    cooldown_minutes: float | None = Field(default=10, ge=0)
    severity: Severity = "critical"


class OverloadAlert(RuleAlert):
    """When a person has too many open conversations."""

    open: int = Field(default=10, ge=1)


class SpikeAlert(RuleAlert):
    """When arrivals are unusual."""

    mode: Literal["fixed", "adaptive"] = "fixed"
    conversations: int = Field(default=3, ge=1)
    minutes: int = Field(default=30, ge=1, le=1440)
    probability: Annotated[float, Field(gt=0, lt=1)] = 0.01


class StaffingAlert(RuleAlert):
    """When fewer people than the goal are available."""


class StaleAlert(RuleAlert):
    """When data is old."""

    minutes: float = Field(default=5, gt=0)


class WallSilentAlert(RuleAlert):
    """When a television shows no sign of life."""

    minutes: float = Field(default=5, gt=0)


class AlertsSetting(Section):
    """What the robot tells, and when."""

    enabled: bool = True
    cooldown_minutes: float = Field(default=10, ge=0)
    working_hours: Literal["office", "always", "never"] = "office"
    queue: QueueAlert = QueueAlert()
    overload: OverloadAlert = OverloadAlert()
    spike: SpikeAlert = SpikeAlert()
    staffing_text: StaffingAlert = StaffingAlert()
    staffing_voice: StaffingAlert = StaffingAlert()
    stale: StaleAlert = StaleAlert()
    wall_silent: WallSilentAlert = WallSilentAlert()
    quiet_hours: list[QuietText] = []

    @field_validator(
        *("queue", "overload", "spike", "staffing_text", "staffing_voice", "stale", "wall_silent"),
        mode="before",
    )
    @classmethod
    def _null_is_off(cls, given: object) -> object:
        return {"enabled": False} if given is None else given


class AccessSetting(Section):
    """Who may see what, for how long."""

    analyst_wall: bool = True
    session_hours: float = Field(default=12, gt=0)
    password_minimum_length: int = Field(default=10, ge=8)
    idle_hours: float | None = Field(default=None, gt=0)
    audit_days: float = Field(default=90, gt=0)
    oidc: OidcSetting | None = None


class WallSetting(Section):
    """What a device link shows."""

    customer_data: bool = False


class AccountSetting(Section):
    """A read-only account."""

    email: str
    name: str
    role: Literal["manager", "analyst", "wall"]
    password_hash: SecretStr

    @field_validator("email")
    @classmethod
    def _lower_case(cls, email: str) -> str:
        return email.strip().lower()

    @field_validator("password_hash")
    @classmethod
    def _is_hash(cls, given: SecretStr) -> SecretStr:
        if not PASSWORD_HASH.fullmatch(given.get_secret_value()):
            raise ValueError("not a hash; `python app.py account hash` makes one of a password")
        return given


class CacheSetting(Section):
    """How long customers' data may lie in the cache, and how much of it."""

    expires_hours: float = Field(default=36, gt=0)
    maximum_megabytes: int = Field(default=2048, ge=16)


class ServerSetting(Section):
    """The web server."""

    threads: int = Field(default=8, ge=1)
    behind_tls: bool = False
    trusted_proxies: int = Field(default=0, ge=0)


class HistorySetting(Section):
    """Optional long-term aggregates."""

    mongo_database: str = "vigia"
