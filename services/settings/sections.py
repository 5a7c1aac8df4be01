"""The sections of `config.yaml`: every setting with its default, type and range.

The only place of the defaults, but for those of the alert rules, which stand beside their
conditions in `metrics.alerts.rules`. What a setting means, and its unit, `config.yaml` says.
"""

import re
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from metrics.alerts.model import WorkingHours
from metrics.alerts.rules import RULES, AlertRule, RuleSettings, S

CALLBACK_PATH = "/login/oidc/callback"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# As werkzeug writes it; anything else would fail only when somebody signs in.
PASSWORD_HASH = re.compile(
    r"(scrypt(:\d+:\d+:\d+)?|pbkdf2:sha(1|256|512)(:\d+)?)\$[^$\s]+\$[0-9a-f]+"
)
IntercomVersion = Literal["2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16"]
INTERCOM_VERSIONS: tuple[IntercomVersion, ...] = get_args(IntercomVersion)
Share = Annotated[float, Field(ge=0, le=1)]
Severity = Literal["critical", "warning", "info"]


def check_zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("zone", "not an IANA time zone, such as America/Sao_Paulo")
    return name


def _check_opening(text: str) -> str:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)", text)
    if not match:
        raise PydanticCustomError("opening", 'not of the form "09:00-18:00"')
    return text


def _check_opening_of_a_day(text: str) -> str:
    start, _, end = _check_opening(text).partition("-")
    if end <= start:
        raise PydanticCustomError(
            "opening_end", "the end must lie after the start, on the same day"
        )
    return text


def _check_link_template(text: str) -> str:
    if not text.startswith("https://") or "{id}" not in text:
        raise ValueError("must start with https:// and contain {id}")
    return text


def is_private(address: str) -> bool:
    """Whether nobody on the way can read what goes there: HTTPS, or this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _check_origin(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", text):
        raise ValueError("must be an origin without a path, such as https://vigia.example.com")
    return text.rstrip("/")


def _check_issuer(text: str) -> str:
    if not is_private(text):
        raise ValueError("must start with https://; plain http:// only for localhost")
    if re.search(r"[?#@\s]", text):
        raise ValueError("must be an address without user, query and fragment")
    return text


def _check_domain(text: str) -> str:
    domain = text.strip().lower()
    if not re.fullmatch(r"[^@\s/]+\.[^@\s/]+", domain):
        raise ValueError("must be the part of an e-mail after the @, such as example.com")
    return domain


def _check_scopes(scopes: list[str]) -> list[str]:
    if "openid" not in scopes:
        raise ValueError("must contain openid")
    return scopes


def _check_redirect_uri(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+" + re.escape(CALLBACK_PATH), text):
        raise ValueError(f"must be the whole address, such as https://vigia.example{CALLBACK_PATH}")
    return text


def _check_word(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("word", "must not be empty")
    return text


OpeningText = Annotated[str, AfterValidator(_check_opening_of_a_day)]
QuietText = Annotated[str, AfterValidator(_check_opening)]
LinkTemplate = Annotated[str, AfterValidator(_check_link_template)]
Word = Annotated[str, AfterValidator(_check_word)]
Origin = Annotated[str, AfterValidator(_check_origin)]
Issuer = Annotated[str, AfterValidator(_check_issuer)]
Domain = Annotated[str, AfterValidator(_check_domain)]
Scopes = Annotated[list[str], AfterValidator(_check_scopes)]
RedirectUri = Annotated[str, AfterValidator(_check_redirect_uri)]
Claim = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TeamSetting(Section):
    id: str
    name: str | None = None
    online_text: int | None = Field(default=None, ge=0)


class PersonSetting(Section):
    intercom: str
    aircall: str


class SyncSetting(Section):
    interval_seconds: int = Field(default=60, ge=1, le=3600)
    history_days: int = Field(default=90, ge=1, le=3650)
    recheck_days: int = Field(default=7, ge=0, le=3650)
    recheck_minutes: int = Field(default=60, ge=0, le=1440)
    live_seconds: int | None = Field(default=None, ge=1, le=3600)


class IntercomSetting(Section):
    version: IntercomVersion = "2.14"
    conversation_url: LinkTemplate = (
        "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"
    )
    requests_per_minute: int = Field(default=600, ge=1)


class AircallSetting(Section):
    requests_per_minute: int = Field(default=50, ge=1)
    recording_url: LinkTemplate = "https://assets.aircall.io/calls/{id}/recording"


class SlackSetting(Section):
    channel: str | None = None
    mention: str | None = None
    api_base_url: str = "https://slack.com/api"


class GoalsSetting(Section):
    online_text: int = Field(default=4, ge=0)
    online_voice: int = Field(default=2, ge=0)
    classification: Share = 0.9


class AttributesSetting(Section):
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


class ClassificationSetting(Section):
    exclude: dict[str, list[str | bool | int]] = Field(
        default={"Ticket category": ["Back-office ticket"], "Merged": [True]}
    )


class CallsInConversationsSetting(Section):
    source_types: list[str] = ["phone_call"]
    tags: list[str] = []
    authors: list[str] = []
    link_patterns: list[str] = ["assets.aircall.io"]


class BackofficeAttributes(Section):
    platform: str = "Plataforma"
    severity: str = "Severidade"
    company: str = "Empresa"
    external_key: str = "Jira"


class BackofficeSetting(Section):
    enabled: bool = True
    ticket_types: list[Word] = Field(default_factory=list)
    attributes: BackofficeAttributes = BackofficeAttributes()
    age_days: float = Field(default=5, gt=0)
    status_phrase: Word | None = None
    ticket_url: LinkTemplate = "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"


class MergedSetting(Section):
    attribute: str = "Merged"
    tags: list[Word] = Field(default=["merged", "duplicate", "duplicad"])
    destination: str | None = None


class TargetsSetting(Section):
    first_response_seconds: float = Field(default=900, gt=0)
    close_seconds: float = Field(default=86400, gt=0)
    service_level_seconds: float = Field(default=20, ge=0)


class OfficeHoursSetting(Section):
    monday: list[OpeningText] = ["09:00-18:00"]
    tuesday: list[OpeningText] = ["09:00-18:00"]
    wednesday: list[OpeningText] = ["09:00-18:00"]
    thursday: list[OpeningText] = ["09:00-18:00"]
    friday: list[OpeningText] = ["09:00-18:00"]
    saturday: list[OpeningText] = []
    sunday: list[OpeningText] = []
    holidays: list[date] = []


class TelephonySetting(Section):
    main_lines: list[str] = []
    shifts: dict[str, QuietText] = {}
    lines: dict[str, str] = {}


class _RuleSetting(Section):
    @model_validator(mode="before")
    @classmethod
    def _read_null_as_off(cls, given: object) -> object:
        return {"enabled": False} if given is None else given

    @model_validator(mode="before")
    @classmethod
    def _leave_out_decided_severity(cls, given: object) -> object:
        """Files of older versions choose one where the wait decides now."""
        if not isinstance(given, dict) or "severity" in cls.model_fields:
            return given
        return {name: value for name, value in given.items() if name != "severity"}


def _rule_setting(settings: type[RuleSettings]) -> Any:
    types = get_type_hints(settings, include_extras=True)
    own: Any = {field.name: (types[field.name], field.default) for field in fields(settings)}
    return create_model(
        settings.__name__.replace("Settings", "Alert"), __base__=_RuleSetting, **own
    )


class _AlertsSetting(Section):
    """What all rules share; each rule has a section of its own besides, by its key."""

    enabled: bool = True
    cooldown_minutes: float = Field(default=10, ge=0)
    working_hours: WorkingHours = "office"
    if TYPE_CHECKING:
        # Behind the rules, as config.yaml has it.
        quiet_hours: list[str] = []

    def get_rule(self, rule: AlertRule[S]) -> S:
        return rule.settings(**getattr(self, rule.key).model_dump())


if TYPE_CHECKING:
    AlertsSetting = _AlertsSetting
else:
    _SECTIONS = {key: _rule_setting(rule.settings) for key, rule in RULES.items()}
    AlertsSetting = create_model(
        "AlertsSetting",
        __base__=_AlertsSetting,
        **{key: (section, section()) for key, section in _SECTIONS.items()},
        quiet_hours=(list[QuietText], []),
    )


class OidcSetting(Section):
    """An OpenID Connect provider; the client's secret comes from the environment."""

    issuer: Issuer
    client_id: str = Field(min_length=1)
    name: str = Field(default="SSO", min_length=1, max_length=40)
    scopes: Scopes = ["openid", "email", "profile"]
    email_claim: Claim = "email"
    require_verified_email: bool = True
    email_domains: list[Domain] = []
    required_claims: dict[str, str] = {}
    role_claim: Claim | None = None
    roles: dict[str, Literal["manager", "analyst"]] = {}
    default_role: Literal["analyst"] | None = None
    create_accounts: bool = True
    password_login: bool = True
    redirect_uri: RedirectUri | None = None

    @model_validator(mode="after")
    def _check_somebody_is_kept_out(self) -> "OidcSetting":
        if bool(self.roles) != (self.role_claim is not None):
            raise ValueError("role_claim and roles come as a pair")
        if self.default_role and self.create_accounts and not self._is_narrow:
            raise ValueError(
                "default_role would let in everybody whom the provider knows; "
                "email_domains or required_claims must say who may come"
            )
        return self

    @property
    def _is_narrow(self) -> bool:
        return bool(self.email_domains or self.required_claims)


class AccessSetting(Section):
    analyst_wall: bool = True
    session_hours: float = Field(default=12, gt=0)
    password_minimum_length: int = Field(default=10, ge=8)
    idle_hours: float | None = Field(default=None, gt=0)
    audit_days: float = Field(default=90, gt=0)
    oidc: OidcSetting | None = None


class WallSetting(Section):
    customer_data: bool = False


class AccountSetting(Section):
    email: str
    name: str
    role: Literal["manager", "analyst", "wall"]
    password_hash: SecretStr

    @field_validator("email")
    @classmethod
    def _lower_email(cls, email: str) -> str:
        return email.strip().lower()

    @field_validator("password_hash")
    @classmethod
    def _check_hash(cls, given: SecretStr) -> SecretStr:
        if not PASSWORD_HASH.fullmatch(given.get_secret_value()):
            raise ValueError("not a hash; `python app.py account hash` makes one of a password")
        return given


class CacheSetting(Section):
    expires_hours: float = Field(default=36, gt=0)
    maximum_megabytes: int = Field(default=2048, ge=16)


class ServerSetting(Section):
    public_url: Origin | None = None
    threads: int = Field(default=8, ge=1)
    behind_tls: bool = False
    trusted_proxies: int = Field(default=0, ge=0)


class HistorySetting(Section):
    mongo_database: str = "vigia"
