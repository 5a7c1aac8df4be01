"""Settings and environment as a process is started with them, in frozen values.

`config.yaml` holds what a support lead may change. Secrets and addresses come from the environment
(`NAME`, or `NAME_FILE` with the path of a file that holds the value). What is decided on the screen
comes in their place in `decisions`.
"""

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

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
from pydantic.fields import FieldInfo

from metrics.alerts.rules import ORPHANED, OVERLOAD, QUEUE, SPIKE
from metrics.model.definitions import Labels, Opening, Rules, TeamRule
from services.errors import ConfigurationError
from services.settings.sections import (
    DAYS,
    AccessSetting,
    AccountSetting,
    AircallSetting,
    AlertsSetting,
    AttributesSetting,
    BackofficeSetting,
    CacheSetting,
    CallsInConversationsSetting,
    ClassificationSetting,
    GoalsSetting,
    HistorySetting,
    IntercomSetting,
    MergedSetting,
    OfficeHoursSetting,
    Origin,
    PersonSetting,
    Section,
    ServerSetting,
    SlackSetting,
    SyncSetting,
    TargetsSetting,
    TeamSetting,
    TelephonySetting,
    WallSetting,
    check_zone,
)

# What one line of an error tells, and what a settings file or a secret's file may hold, in bytes.
TOLD_PROBLEMS = 8
TOLD_CHARACTERS = 120
LARGEST_FILE = 2**20
DEEPEST = 20
KEY_LENGTH = 32
KEY_TOO_SHORT = f"at least {KEY_LENGTH} characters are needed"
PlainSafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# What is wrong with a value: Pydantic's word for it, what belongs to that, and English words.
Tell = Callable[[str, Mapping[str, Any], str], str]


class InvalidFileError(ConfigurationError):
    """A settings file with values that cannot be used; the text is English."""

    def __init__(self, path: Path, error: ValidationError) -> None:
        super().__init__(_explain(str(path), error))
        self._path, self._error = path, error

    def explain(self, tell: Tell) -> str:
        """The same in other words."""
        return _explain(str(self._path), self._error, tell=tell)


class Settings(Section):
    language: Literal["pt-BR", "en"] = "pt-BR"
    time_zone: Annotated[str, AfterValidator(check_zone)] = "America/Sao_Paulo"
    teams: list[TeamSetting] = Field(default_factory=list)
    people: list[PersonSetting] = Field(default_factory=list)
    sync: SyncSetting = SyncSetting()
    intercom: IntercomSetting = IntercomSetting()
    aircall: AircallSetting = AircallSetting()
    slack: SlackSetting = SlackSetting()
    goals: GoalsSetting = GoalsSetting()
    attributes: AttributesSetting = AttributesSetting()
    classification: ClassificationSetting = ClassificationSetting()
    calls_in_conversations: CallsInConversationsSetting = CallsInConversationsSetting()
    backoffice: BackofficeSetting = BackofficeSetting()
    merged: MergedSetting = MergedSetting()
    targets: TargetsSetting = TargetsSetting()
    csat_minimum: int = Field(default=10, ge=1)
    repeat_contact_days: float = Field(default=7, gt=0)
    office_hours: OfficeHoursSetting = OfficeHoursSetting()
    telephony: TelephonySetting = TelephonySetting()
    alerts: AlertsSetting = AlertsSetting()
    access: AccessSetting = AccessSetting()
    wall: WallSetting = WallSetting()
    accounts: list[AccountSetting] = Field(default_factory=list)
    cache: CacheSetting = CacheSetting()
    server: ServerSetting = ServerSetting()
    history: HistorySetting = HistorySetting()

    @field_validator("accounts")
    @classmethod
    def _check_one_account_per_email(cls, accounts: list[AccountSetting]) -> list[AccountSetting]:
        emails = [account.email for account in accounts]
        if doubled := {email for email in emails if emails.count(email) > 1}:
            raise ValueError(f"more than one account for {', '.join(sorted(doubled))}")
        return accounts

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def rules(self) -> Rules:
        hours = self.office_hours
        spike = self.alerts.get_rule(SPIKE)
        queue, orphaned = self.alerts.get_rule(QUEUE), self.alerts.get_rule(ORPHANED)
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
            repeat_contact_seconds=self.repeat_contact_days * 86400,
            office_hours=tuple(tuple(map(_parse_opening, getattr(hours, day))) for day in DAYS),
            holidays=frozenset(hours.holidays),
            main_lines=tuple(self.telephony.main_lines),
            shifts={n: _parse_opening(t) for n, t in (self.telephony.shifts or SHIFTS).items()},
            team_lines=self.telephony.lines,
            overload_open=self.alerts.get_rule(OVERLOAD).open,
            spike_conversations=spike.conversations,
            spike_minutes=spike.minutes,
            spike_mode=spike.mode,
            spike_probability=spike.probability,
            ticket_age_seconds=self.backoffice.age_days * 86400,
            queue_minimum_wait_seconds=queue.minimum_wait_minutes * 60,
            queue_limit_seconds=queue.limit_minutes * 60,
            orphaned_seconds=orphaned.minutes * 60 if orphaned.enabled else math.inf,
            orphaned_severity=orphaned.severity,
        )


# Where the settings name none.
SHIFTS = {"morning": "08:00-13:00", "afternoon": "13:00-18:00"}


def _as_text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse_opening(opening: str) -> Opening:
    start, _, end = opening.partition("-")
    last = time.max if end == "24:00" else time.fromisoformat(end)
    return time.fromisoformat(start), last


def _clean_token(secret: SecretStr) -> SecretStr:
    """Without what is caught in copying: quotes, blanks, line ends, a byte-order mark, "Bearer"."""
    token = secret.get_secret_value().strip("\ufeff\u200b\"'` \t\r\n\u00a0")
    token = re.sub("^bearer\\s+", "", token, flags=re.IGNORECASE)
    if not re.fullmatch("[!-~]+", token):
        raise ValueError("holds a character that no key has, such as a blank or an accent; copy it")
    return SecretStr(token)


Token = Annotated[SecretStr, AfterValidator(_clean_token)]


LogFormat = Literal["text", "json"]


class Environment(BaseModel):
    """Secrets are masked when printed."""

    model_config = ConfigDict(frozen=True)

    intercom_token: Token | None = None
    intercom_app_id: str | None = None
    intercom_client_secret: Token | None = None
    aircall_id: Token | None = None
    aircall_token: Token | None = None
    aircall_webhook_token: Token | None = None
    slack_webhook: Token | None = None
    slack_bot_token: Token | None = None
    mongo_uri: SecretStr | None = None
    redis_url: SecretStr | None = None
    state_redis_url: SecretStr | None = None  # None = in the same one
    secret_key: SecretStr | None = None
    api_token: SecretStr | None = None
    oidc_client_secret: SecretStr | None = None
    backup_passphrase: SecretStr | None = None
    intercom_base_url: Origin = "https://api.intercom.io"
    aircall_base_url: Origin = "https://api.aircall.io"
    vigia_config: Path | None = None
    vigia_cache_dir: Path | None = None
    vigia_state_dir: Path | None = None
    log_format: LogFormat = "text"
    port: int = Field(default=8050, ge=0, le=65535)
    host: str = "127.0.0.1"

    @property
    def takes_hooks(self) -> bool:
        """Whether any vendor can prove who it is."""
        return bool(self.intercom_client_secret or self.aircall_webhook_token)

    @field_validator("secret_key")
    @classmethod
    def _check_length(cls, key: SecretStr) -> SecretStr:
        if len(key) < KEY_LENGTH:
            raise ValueError(KEY_TOO_SHORT)
        return key

    @model_validator(mode="after")
    def _check_pairs(self) -> "Environment":
        if (self.aircall_id is None) != (self.aircall_token is None):
            missing = "AIRCALL_ID" if self.aircall_id is None else "AIRCALL_TOKEN"
            raise ValueError(f"{missing} is missing: AIRCALL_ID and AIRCALL_TOKEN come as a pair")
        if self.redis_url is not None and self.secret_key is None:
            raise ValueError("SECRET_KEY is required with REDIS_URL")
        if self.state_redis_url is not None and self.redis_url is None:
            raise ValueError("STATE_REDIS_URL is of no use without REDIS_URL")
        return self


def load_settings(path: Path | None) -> Settings:
    """ConfigurationError names the key's path, the value and what is allowed."""
    if path is None:
        return Settings()
    try:
        content = parse_yaml(_read_text(path))
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{path}: not YAML: {_shorten(reason)}") from error
    if content is None:
        return Settings()
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: must be a list of keys, not {_shorten(repr(content))}")
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise InvalidFileError(path, error) from error


def find_places(path: Path) -> dict[str, str]:
    """Where in a good file each setting stands: `config.yaml:12` by `goals.online_text`."""
    root = yaml.compose(_read_text(path), Loader=PlainSafeLoader)
    return {name: f"{path}:{line}" for name, line in _find_lines(root, Settings)}


def _find_lines(node: Any, model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, int]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = f"{prefix}{key.value}"
        known = model.model_fields.get(key.value)
        section = find_section(known) if known else None
        line = key.start_mark.line + 1
        if section is None:
            yield name, line
        elif isinstance(value, yaml.MappingNode):
            yield from _find_lines(value, section, f"{name}.")
        else:  # a rule that is switched off
            yield f"{name}.enabled", line


def find_section(field: FieldInfo) -> type[Section] | None:
    """The model of a setting that is a group of others."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def load_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """An empty variable counts as absent."""
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for field_name in Environment.model_fields:
        name = field_name.upper()
        value = source.get(name) or _read_file(name, source.get(f"{name}_FILE"))
        if value:
            values[field_name] = value
    try:
        return Environment.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_explain("environment", error, hide_values=True)) from error


def _read_file(name: str, path: str | None) -> str | None:
    if not path:
        return None
    try:
        return _read_text(Path(path)).strip()
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}_FILE: {error}") from error


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ConfigurationError(f"{path}: larger than {LARGEST_FILE >> 20} MB")
        return content.decode()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8") from error


def parse_yaml(text: str) -> Any:
    """Without references: a few lines of them stand for more than fits into memory."""
    depth = 0
    for event in yaml.parse(text, Loader=PlainSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"line {line}: references (*{event.anchor}) are not allowed")
        if depth > DEEPEST:
            raise ValueError(f"line {line}: at most {DEEPEST} levels are allowed")
    return yaml.load(text, Loader=PlainSafeLoader)  # noqa: S506  a safe one


def _tell_in_english(kind: str, params: Mapping[str, Any], reason: str) -> str:
    return reason


def _explain(
    source: str,
    error: ValidationError,
    hide_values: bool = False,
    tell: Tell = _tell_in_english,
) -> str:
    problems = error.errors(include_url=False)
    lines = [_explain_problem(problem, hide_values, tell) for problem in problems[:TOLD_PROBLEMS]]
    if len(problems) > TOLD_PROBLEMS:
        lines.append(f"and {len(problems) - TOLD_PROBLEMS} more")
    return f"{source}: " + "; ".join(lines)


def _explain_problem(problem: Any, hide_values: bool, tell: Tell) -> str:
    path = ".".join(str(part) for part in problem["loc"])
    if hide_values:
        path = path.upper()
    # Accounts hold hashes, or passwords where somebody mistook one for the other.
    hidden = hide_values or not path or "accounts" in problem["loc"]
    value = "" if hidden else f" = {_shorten(repr(problem['input']))}"
    reason = problem["msg"].removeprefix("Value error, ")
    params = dict(problem.get("ctx", {}))
    if problem["type"] == "extra_forbidden":
        params["allowed"] = ", ".join(_list_allowed_keys(problem["loc"]))
        reason = f"unknown key; allowed here: {params['allowed']}"
    elif problem["type"] == "string_type":
        reason = "must be a string: write it in quotes"
    reason = tell(problem["type"], params, reason)
    return f"{path}{value}: {reason}" if path else reason


def _shorten(text: str) -> str:
    return text if len(text) <= TOLD_CHARACTERS else f"{text[:TOLD_CHARACTERS]}…"


def _list_allowed_keys(location: tuple[int | str, ...]) -> list[str]:
    model: Any = Settings
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        model = annotation if isinstance(annotation, type) else annotation.__args__[0]
    return list(model.model_fields)
