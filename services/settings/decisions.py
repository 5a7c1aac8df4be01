"""What managers decided on the screen: kept in `state`, merged with what was given at the start.

One precedence, the highest first: the environment, a file of one's own, the screen, the default.
What environment or file say cannot be changed on the screen; it is told with its place.
"""

import base64
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from metrics.alerts.rules import RULES
from metrics.model.definitions import Rules
from services.errors import ConfigurationError, ServiceError
from services.settings.config import Environment, Settings, find_section
from services.storage.sealing import Seal
from services.storage.store import Store

log = logging.getLogger(__name__)

KEY = "settings/decisions"
CHANGES = "settings/changes/"
# Where versions before 0.3 kept what was changed on the alerts page.
OLD_KEY = "robot/thresholds"
ATTEMPTS = 5
POLL_SECONDS = 1.0
DAY_SECONDS = 86400.0
# What an installer decides, with what hangs on it outside of Vigia: file and environment only.
INSTALLATION = (
    "access.oidc",
    "accounts",
    "aircall",
    "backoffice.ticket_url",
    "cache",
    "history",
    "intercom",
    "server",
    "slack.api_base_url",
)
TOKENS = (
    "intercom_token",
    "intercom_client_secret",
    "aircall_id",
    "aircall_token",
    "aircall_webhook_token",
    "slack_webhook",
    "slack_bot_token",
)
# Of a shorter one the end would tell too much.
SHORTEST_SHOWN, SHOWN = 16, 4


def is_of_installation(path: str) -> bool:
    return any(f"{path}.".startswith(f"{other}.") for other in INSTALLATION)


def _list_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        section = find_section(info)
        if is_of_installation(path):
            continue
        if section is None:
            yield path, info
        else:
            yield from _list_fields(section, f"{path}.")


# Everything that can be decided on the screen, by its path in config.yaml.
FIELDS: Mapping[str, FieldInfo] = dict(_list_fields(Settings))


@dataclass(frozen=True)
class Problem:
    """Why a value cannot be used: `kind` is Pydantic's or our own, `at` where inside the value."""

    path: str
    kind: str
    reason: str
    at: tuple[int | str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    value: Any = None


class RefusedSettingsError(ConfigurationError):
    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first.path} = {first.value!r}: {first.reason}")
        self.problems = problems


@dataclass(frozen=True)
class Decision:
    value: Any  # as JSON has it
    by: str
    at: float | None  # Unix seconds; None = by a version that did not note it


@dataclass(frozen=True)
class Token:
    """One that was entered on the screen; its value is in `Configuration.environment` alone."""

    ending: str  # its last characters, empty where they would tell too much
    by: str
    at: float
    is_readable: bool = True  # False: another SECRET_KEY sealed it


@dataclass(frozen=True)
class Change:
    """What one person changed at once: by path the values before and after, as they held."""

    id: str
    at: float
    by: str
    how: str  # screen, undo, import, alerts, setup
    values: Mapping[str, tuple[Any, Any]]
    decided: frozenset[str]  # the paths that were decided on the screen before


@dataclass(frozen=True, eq=False)
class Configuration:
    """Settings and environment as they hold, and how they came about. Never changes."""

    mark: bytes  # the same as long as nothing was decided
    settings: Settings
    environment: Environment
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    # Decisions that hold no more: fixed since, or refused by this version.
    unfit: Mapping[str, Decision] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Rules:
        return self.settings.rules()

    def get(self, path: str) -> Any:
        """As JSON has it."""
        return get_value(self.settings, path)


def get_value(settings: Settings, path: str) -> Any:
    section, _, name = path.rpartition(".")
    holder: Any = settings
    for step in section.split(".") if section else ():
        holder = getattr(holder, step)
    return holder.model_dump(mode="json", include={name})[name]


def find_changed(one: Settings, other: Settings) -> list[str]:
    return [path for path in FIELDS if get_value(one, path) != get_value(other, path)]


class Decisions:
    """Given settings and environment, with what was decided since in their place.

    Args:
        fixed: Paths that a file has fixed, each with its place.
        clock: Unix seconds.
    """

    def __init__(
        self,
        state: Store,
        settings: Settings,
        environment: Environment | None = None,
        fixed: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._base = settings
        self._environment = environment or Environment()
        self._clock = clock
        key = self._environment.secret_key
        self._seal = Seal(key.get_secret_value(), "settings") if key else None
        given = {name: name.upper() for name in TOKENS if getattr(self._environment, name)}
        self.fixed: Mapping[str, str] = {**(fixed or {}), **given}
        self._held: Configuration | None = None
        self._read_at = 0.0

    @property
    def current(self) -> Configuration:
        """Asks the store once a second; the last one where it does not answer."""
        if self._held is None or time.monotonic() - self._read_at >= POLL_SECONDS:
            try:
                return self.load()
            except ServiceError as error:
                log.warning("settings: those known last hold: %s", error)
                self._read_at = time.monotonic()
                self._held = self._held or self._build(b"")
        return self._held

    def load(self) -> Configuration:
        """As they hold at this moment."""
        return self._hold(self._read())

    def change(
        self,
        values: Mapping[str, Any],
        *,
        by: str,
        reset: tuple[str, ...] = (),
        how: str = "screen",
    ) -> Configuration:
        """From now on these values (by path, as JSON has them) hold; `reset` are decided no more.

        Raises:
            RefusedSettingsError: A value cannot be used, or is fixed elsewhere; nothing changed.
        """
        self._refuse_fixed([*values, *reset])

        def apply(document: dict[str, Any]) -> None:
            decided = document["values"]
            for path in reset:
                decided.pop(path, None)
            for path, value in values.items():
                decided[path] = {"value": value, "by": by, "at": self._clock()}
            try:
                settings = self._merge({path: one["value"] for path, one in decided.items()})
            except ValidationError as error:
                raise RefusedSettingsError(list_problems(error)) from error
            for path in values:
                # What holds without a decision is none; and it is kept in its one form.
                decided[path]["value"] = get_value(settings, path)
                if decided[path]["value"] == get_value(self._base, path):
                    del decided[path]

        return self._write(apply, by, how)

    def set_tokens(self, tokens: Mapping[str, str | None], *, by: str) -> Configuration:
        """Encrypt and keep them, by name; None: forget.

        Raises:
            RefusedSettingsError: One cannot be used, or is fixed elsewhere.
        """
        self._refuse_fixed(tokens)
        if self._seal is None:
            raise ConfigurationError("SECRET_KEY is missing")
        seal = self._seal

        def apply(document: dict[str, Any]) -> None:
            kept = document["tokens"]
            for name, token in tokens.items():
                kept.pop(name, None)
                if token is not None:
                    clean = self._clean(name, token)
                    sealed = base64.b64encode(seal.close(name, clean.encode())).decode()
                    kept[name] = {"sealed": sealed, "by": by, "at": self._clock()}
            self._open_tokens(kept, strict=True)

        return self._write(apply, by, "screen")

    def undo(self, change_id: str, *, by: str) -> Configuration:
        """What a change did; errors as of `change`, KeyError where it is not kept any more."""
        change = _read_change(change_id, self._state.get(CHANGES + change_id))
        if change is None:
            raise KeyError(change_id)
        back = {path: old for path, (old, _) in change.values.items() if path in change.decided}
        reset = tuple(path for path in change.values if path not in change.decided)
        return self.change(back, by=by, reset=reset, how="undo")

    def list_changes(self) -> Iterator[Change]:
        """The newest first."""
        for key in reversed(self._state.keys(CHANGES)):
            change = _read_change(key.removeprefix(CHANGES), self._state.get(key))
            if change is not None:
                yield change

    def preview(self, values: Mapping[str, Any]) -> Settings:
        """What would hold with these; errors as of `change`, nothing changed."""
        self._refuse_fixed(values)
        decided = {path: one.value for path, one in self.load().decisions.items()}
        try:
            return self._merge({**decided, **values})
        except ValidationError as error:
            raise RefusedSettingsError(list_problems(error)) from error

    def _write(self, apply: Callable[[dict[str, Any]], None], by: str, how: str) -> Configuration:
        for _ in range(ATTEMPTS):
            content = self._state.get(KEY)
            before = self._hold(content if content is not None else self._read())
            document = _parse(before.mark)
            apply(document)
            after = orjson.dumps(document)
            if (
                self._state.add(KEY, after)
                if content is None
                else self._state.set_fenced(KEY, after, KEY, content)
            ):
                changed = self._hold(after)
                self._note(before, changed, by, how)
                return changed
        raise ConfigurationError("somebody else is changing settings at this moment; try again")

    def _note(self, before: Configuration, after: Configuration, by: str, how: str) -> None:
        paths = find_changed(before.settings, after.settings)
        if not paths:
            return
        now = self._clock()
        document = {
            "at": now,
            "by": by,
            "how": how,
            "values": {path: [before.get(path), after.get(path)] for path in paths},
            "decided": [path for path in paths if path in before.decisions],
        }
        key = f"{CHANGES}{int(now * 1000):015d}-{secrets.token_hex(4)}"
        days = after.settings.access.audit_days
        self._state.set(key, orjson.dumps(document), days * DAY_SECONDS)

    def _read(self) -> bytes:
        content = self._state.get(KEY)
        return content if content is not None else _convert_old(self._state.get(OLD_KEY))

    def _hold(self, content: bytes) -> Configuration:
        held = self._held
        if held is None or held.mark != content:
            held = self._held = self._build(content)
        self._read_at = time.monotonic()
        return held

    def _build(self, content: bytes) -> Configuration:
        document = _parse(content)
        kept = {path: Decision(**one) for path, one in document["values"].items()}
        fit = {p: one for p, one in kept.items() if p in FIELDS and p not in self.fixed}
        while True:
            try:
                settings = self._merge({path: one.value for path, one in fit.items()})
                break
            except ValidationError as error:
                wrong = {problem.path for problem in list_problems(error)}
                fit = {p: one for p, one in fit.items() if p not in wrong} if wrong & {*fit} else {}
        environment, tokens = self._open_tokens(document["tokens"])
        unfit = {path: one for path, one in kept.items() if path not in fit}
        return Configuration(content, settings, environment, fit, tokens, unfit)

    def _merge(self, decided: Mapping[str, Any]) -> Settings:
        """Only sections with a decision are validated again."""
        names = {path.partition(".")[0] for path in decided}
        document = self._base.model_dump(mode="json", include=names)
        for path, value in decided.items():
            *sections, name = path.split(".")
            holder = document
            for section in sections:
                holder = holder[section]
            holder[name] = value
        valid = Settings.model_validate_json(orjson.dumps(document))
        return self._base.model_copy(update={name: getattr(valid, name) for name in names})

    def _open_tokens(
        self, kept: Mapping[str, Mapping[str, Any]], *, strict: bool = False
    ) -> tuple[Environment, dict[str, Token]]:
        tokens: dict[str, Token] = {}
        values: dict[str, SecretStr] = {}
        for name, one in kept.items():
            if name in self.fixed or name not in TOKENS:
                continue
            content = base64.b64decode(one["sealed"])
            value = self._seal.open(name, content) if self._seal else None
            word = value.decode() if value is not None else ""
            ending = word[-SHOWN:] if len(word) >= SHORTEST_SHOWN else ""
            tokens[name] = Token(ending, one["by"], one["at"], is_readable=value is not None)
            if value is not None:
                values[name] = SecretStr(word)
        environment = self._environment.model_copy(update=values)
        if (environment.aircall_id is None) != (environment.aircall_token is None):
            if strict:
                missing = "aircall_id" if environment.aircall_id is None else "aircall_token"
                raise RefusedSettingsError([Problem(missing, "pair", "both are needed")])
            environment = environment.model_copy(update={"aircall_id": None, "aircall_token": None})
        return environment, tokens

    def _clean(self, name: str, token: str) -> str:
        try:
            cleaned = getattr(Environment.model_validate({name: token, **PAIR.get(name, {})}), name)
        except ValidationError as error:
            problem = Problem(name, "token", "holds a character that no key has")
            raise RefusedSettingsError([problem]) from error
        value: str = cleaned.get_secret_value()
        return value

    def _refuse_fixed(self, paths: Any) -> None:
        problems = []
        for path in paths:
            if path in self.fixed:
                place = self.fixed[path]
                words = f"is fixed by {place}"
                problems.append(Problem(path, "fixed", words, params={"place": place}))
            elif path not in FIELDS and path not in TOKENS:
                problems.append(Problem(path, "unknown", "is no setting of this page"))
        if problems:
            raise RefusedSettingsError(problems)


# What comes as a pair is valid only with the other one.
PAIR = {"aircall_id": {"aircall_token": "x"}, "aircall_token": {"aircall_id": "x"}}


def list_problems(error: ValidationError) -> list[Problem]:
    problems = []
    for one in error.errors(include_url=False):
        path, at = _split_location(one["loc"])
        params = {name: value for name, value in one.get("ctx", {}).items() if name != "error"}
        reason = one["msg"].removeprefix("Value error, ")
        problems.append(Problem(path, one["type"], reason, at, params, one["input"]))
    return problems


def _split_location(location: tuple[int | str, ...]) -> tuple[str, tuple[int | str, ...]]:
    for end in range(1, len(location) + 1):
        path = ".".join(map(str, location[:end]))
        if path in FIELDS:
            return path, location[end:]
    return ".".join(map(str, location)), ()


def _parse(content: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError:
        document = {}
    parts = document if isinstance(document, dict) else {}
    found = {name: parts.get(name) for name in ("values", "tokens")}
    return {name: part if isinstance(part, dict) else {} for name, part in found.items()}


def _convert_old(content: bytes | None) -> bytes:
    """Rules by their key, each with thresholds, a goal and a switch, and who changed them."""
    try:
        old = orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        old = None
    if not isinstance(old, dict):
        return b""
    values = {}
    rules = old.get("rules", {})
    for rule in old.get("off", ()):
        rules.setdefault(rule, {}).setdefault("enabled", False)
    for rule, own in rules.items():
        for name, value in own.items() if rule in RULES else ():
            goal = f"goals.{RULES[rule].goal}"
            path = goal if name == "goal" else f"alerts.{rule}.{name}"
            values[path] = {"value": value, "by": old.get("by", {}).get(rule, ""), "at": None}
    return orjson.dumps({"values": values})


def _read_change(change_id: str, content: bytes | None) -> Change | None:
    if content is None:
        return None
    one = orjson.loads(content)
    values = {path: (old, new) for path, (old, new) in one["values"].items()}
    return Change(change_id, one["at"], one["by"], one["how"], values, frozenset(one["decided"]))
