"""Settings and environment, read once into frozen values that are handed down as arguments.

`config.yaml` holds what a support lead may change. Secrets and addresses come from the environment
(`NAME`, or `NAME_FILE` with the path of a file that holds the value).
"""

import os
import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from metrics.rules import Labels, Opening, Rules, TeamRule
from services.errors import ConfigurationError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# As werkzeug writes it; anything else would fail only when somebody signs in.
PASSWORD_HASH = re.compile(
    r"(scrypt(:\d+:\d+:\d+)?|pbkdf2:sha(1|256|512)(:\d+)?)\$[^$\s]+\$[0-9a-f]+"
)
INTERCOM_VERSIONS = ("2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16")
Share = Annotated[float, Field(ge=0, le=1)]
Severity = Literal["critical", "warning", "info"]


def _time_zone(name: str) -> str:
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


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TeamSetting(_Section):
    """A team in scope, by its Intercom id."""

    id: str
    name: str | None = None
    online_text: int | None = Field(default=None, ge=0)


class PersonSetting(_Section):
    """One person with two e-mails."""

    intercom: str
    aircall: str


class SyncSetting(_Section):
    """How often and how far back the vendors are read."""

    interval_seconds: int = Field(default=60, ge=1, le=3600)
    history_days: int = Field(default=90, ge=1, le=3650)


class IntercomSetting(_Section):
    """How Intercom is asked."""

    version: Literal["2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16"] = "2.14"
    conversation_url: LinkTemplate = (
        "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"
    )
    requests_per_minute: int = Field(default=600, ge=1)


class AircallSetting(_Section):
    """How Aircall is asked."""

    requests_per_minute: int = Field(default=50, ge=1)
    recording_url: LinkTemplate = "https://assets.aircall.io/calls/{id}/recording"


class SlackSetting(_Section):
    """Where the robot speaks."""

    channel: str | None = None
    mention: str | None = None
    api_base_url: str = "https://slack.com/api"


class GoalsSetting(_Section):
    """What the operation aims at."""

    online_text: int = Field(default=4, ge=0)
    online_voice: int = Field(default=2, ge=0)
    classification: Share = 0.9


class AttributesSetting(_Section):
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


class ClassificationSetting(_Section):
    """Rows that do not count for the classification goal."""

    exclude: dict[str, list[str | bool | int]] = Field(
        default={"Ticket category": ["Back-office ticket"], "Merged": [True]}
    )


class CallsInConversationsSetting(_Section):
    """Signs by which a call written into Intercom is recognised."""

    source_types: list[str] = ["phone_call"]
    tags: list[str] = []
    authors: list[str] = []
    link_patterns: list[str] = ["assets.aircall.io"]


class TargetsSetting(_Section):
    """Promised times, in seconds."""

    first_response_seconds: float = Field(default=900, gt=0)
    close_seconds: float = Field(default=86400, gt=0)
    service_level_seconds: float = Field(default=20, ge=0)


class OfficeHoursSetting(_Section):
    """Opening times, local."""

    monday: list[OpeningText] = ["09:00-18:00"]
    tuesday: list[OpeningText] = ["09:00-18:00"]
    wednesday: list[OpeningText] = ["09:00-18:00"]
    thursday: list[OpeningText] = ["09:00-18:00"]
    friday: list[OpeningText] = ["09:00-18:00"]
    saturday: list[OpeningText] = []
    sunday: list[OpeningText] = []
    holidays: list[date] = []


class TelephonySetting(_Section):
    """Lines that count for the loss rate; empty means all."""

    main_lines: list[str] = []


class QueueAlert(_Section):
    """When a queue is told."""

    minimum: int = Field(default=1, ge=1)
    minimum_wait_minutes: float = Field(default=0, ge=0)
    cooldown_minutes: float = Field(default=10, ge=0)
    severity: Severity = "critical"


class OverloadAlert(_Section):
    """When a person has too many open conversations."""

    open: int = Field(default=10, ge=1)
    severity: Severity = "warning"


class SpikeAlert(_Section):
    """When arrivals are unusual."""

    mode: Literal["fixed", "adaptive"] = "fixed"
    conversations: int = Field(default=3, ge=1)
    minutes: int = Field(default=30, ge=1, le=1440)
    probability: Annotated[float, Field(gt=0, lt=1)] = 0.01
    severity: Severity = "warning"


class StaffingAlert(_Section):
    """When fewer people than the goal are available."""

    severity: Severity = "warning"


class StaleAlert(_Section):
    """When data is old."""

    minutes: float = Field(default=5, gt=0)
    severity: Severity = "warning"


class AlertsSetting(_Section):
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
    quiet_hours: list[QuietText] = []


class AccessSetting(_Section):
    """Who may see what, for how long."""

    analyst_wall: bool = True
    session_hours: float = Field(default=12, gt=0)
    password_minimum_length: int = Field(default=10, ge=8)
    idle_hours: float | None = Field(default=None, gt=0)
    audit_days: float = Field(default=90, gt=0)


class WallSetting(_Section):
    """What a device link shows."""

    customer_data: bool = False


class AccountSetting(_Section):
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


class CacheSetting(_Section):
    """How long customers' data may lie in the cache, and how much of it."""

    expires_hours: float = Field(default=36, gt=0)
    maximum_megabytes: int = Field(default=2048, ge=16)


class ServerSetting(_Section):
    """The web server."""

    threads: int = Field(default=8, ge=1)
    behind_tls: bool = False
    trusted_proxies: int = Field(default=0, ge=0)


class HistorySetting(_Section):
    """Optional long-term aggregates."""

    mongo_database: str = "vigia"


class Settings(_Section):
    """All of `config.yaml`; every key has a default."""

    language: Literal["pt-BR", "en"] = "pt-BR"
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "America/Sao_Paulo"
    teams: list[TeamSetting] = []
    people: list[PersonSetting] = []
    sync: SyncSetting = SyncSetting()
    intercom: IntercomSetting = IntercomSetting()
    aircall: AircallSetting = AircallSetting()
    slack: SlackSetting = SlackSetting()
    goals: GoalsSetting = GoalsSetting()
    attributes: AttributesSetting = AttributesSetting()
    classification: ClassificationSetting = ClassificationSetting()
    calls_in_conversations: CallsInConversationsSetting = CallsInConversationsSetting()
    targets: TargetsSetting = TargetsSetting()
    csat_minimum: int = Field(default=10, ge=1)
    office_hours: OfficeHoursSetting = OfficeHoursSetting()
    telephony: TelephonySetting = TelephonySetting()
    alerts: AlertsSetting = AlertsSetting()
    access: AccessSetting = AccessSetting()
    wall: WallSetting = WallSetting()
    accounts: list[AccountSetting] = []
    cache: CacheSetting = CacheSetting()
    server: ServerSetting = ServerSetting()
    history: HistorySetting = HistorySetting()

    @field_validator("accounts")
    @classmethod
    def _one_account_per_email(cls, accounts: list[AccountSetting]) -> list[AccountSetting]:
        emails = [account.email for account in accounts]
        if doubled := {email for email in emails if emails.count(email) > 1}:
            raise ValueError(f"more than one account for {', '.join(sorted(doubled))}")
        return accounts

    @property
    def zone(self) -> ZoneInfo:
        """The zone that cuts the days."""
        return ZoneInfo(self.time_zone)

    def rules(self) -> Rules:
        """The agreements that the measures need."""
        hours = self.office_hours
        return Rules(
            time_zone=self.zone,
            teams=tuple(TeamRule(t.id, t.name, t.online_text) for t in self.teams),
            labels=Labels(**self.attributes.model_dump()),
            classification_exclude={
                label: tuple(_as_text(value) for value in values)
                for label, values in self.classification.exclude.items()
            },
            goal_online_text=self.goals.online_text,
            goal_online_voice=self.goals.online_voice,
            goal_classification=self.goals.classification,
            first_response_seconds=self.targets.first_response_seconds,
            close_seconds=self.targets.close_seconds,
            service_level_seconds=self.targets.service_level_seconds,
            csat_minimum=self.csat_minimum,
            office_hours=tuple(tuple(map(_parsed, getattr(hours, day))) for day in DAYS),
            holidays=frozenset(hours.holidays),
            main_lines=tuple(self.telephony.main_lines),
            overload_open=self.alerts.overload.open,
            spike_conversations=self.alerts.spike.conversations,
            spike_minutes=self.alerts.spike.minutes,
            queue_minimum_wait_seconds=self.alerts.queue.minimum_wait_minutes * 60,
        )


def _as_text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parsed(opening: str) -> Opening:
    start, _, end = opening.partition("-")
    last = time.max if end == "24:00" else time.fromisoformat(end)
    return time.fromisoformat(start), last


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", text):
        raise ValueError("must be an origin without a path, such as https://api.intercom.io")
    return text.rstrip("/")


Origin = Annotated[str, AfterValidator(_origin)]


class Environment(BaseModel):
    """Secrets and addresses. Secrets are masked when printed."""

    model_config = ConfigDict(frozen=True)

    intercom_token: SecretStr | None = None
    intercom_app_id: str | None = None
    aircall_id: SecretStr | None = None
    aircall_token: SecretStr | None = None
    slack_webhook: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    mongo_uri: SecretStr | None = None
    redis_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    api_token: SecretStr | None = None
    intercom_base_url: Origin = "https://api.intercom.io"
    aircall_base_url: Origin = "https://api.aircall.io"
    vigia_config: Path | None = None
    vigia_cache_dir: Path | None = None
    vigia_state_dir: Path | None = None
    port: int = Field(default=8050, ge=0, le=65535)
    host: str = "127.0.0.1"

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> "Environment":
        if (self.aircall_id is None) != (self.aircall_token is None):
            missing = "AIRCALL_ID" if self.aircall_id is None else "AIRCALL_TOKEN"
            raise ValueError(f"{missing} is missing: AIRCALL_ID and AIRCALL_TOKEN come as a pair")
        if self.redis_url is not None and self.secret_key is None:
            raise ValueError("SECRET_KEY is required with REDIS_URL")
        return self


def load_settings(path: Path | None) -> Settings:
    """The settings of a YAML file, or the defaults where there is none.

    Raises:
        ConfigurationError: Unreadable, unknown key, wrong type or value; the message names the
            key's path, the value and what is allowed.
    """
    if path is None:
        return Settings()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: not YAML: {error}") from error
    if content is None:
        return Settings()
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: must be a list of keys, not {content!r}")
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(_explained(str(path), error)) from error


def load_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Secrets and addresses from the environment; an empty variable counts as absent.

    Raises:
        ConfigurationError: A value cannot be used, half a pair is missing, or the file that
            `NAME_FILE` names cannot be read.
    """
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for field_name in Environment.model_fields:
        name = field_name.upper()
        value = source.get(name) or _from_file(name, source.get(f"{name}_FILE"))
        if value:
            values[field_name] = value
    try:
        return Environment.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_explained("environment", error, hide_values=True)) from error


def _from_file(name: str, path: str | None) -> str | None:
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}_FILE: {path} cannot be read") from error


def _explained(source: str, error: ValidationError, hide_values: bool = False) -> str:
    lines = []
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"])
        if hide_values:
            path = path.upper()
        # Accounts hold hashes, or passwords where somebody mistook one for the other.
        hidden = hide_values or not path or "accounts" in problem["loc"]
        value = "" if hidden else f" = {problem['input']!r}"
        reason = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            reason = f"unknown key; allowed here: {', '.join(_siblings(problem['loc']))}"
        lines.append(f"{path}{value}: {reason}" if path else reason)
    return f"{source}: " + "; ".join(lines)


def _siblings(location: tuple[int | str, ...]) -> list[str]:
    model: Any = Settings
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        model = annotation if isinstance(annotation, type) else annotation.__args__[0]
    return list(model.model_fields)
