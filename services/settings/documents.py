"""Settings as a YAML file that is taken away, and brought back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import yaml
from pydantic import BaseModel

from services.settings.config import Settings, find_section, parse_yaml
from services.settings.decisions import (
    FIELDS,
    Configuration,
    Decisions,
    Problem,
    RefusedSettingsError,
    find_changed,
    get_value,
    is_of_installation,
)


@dataclass(frozen=True)
class Proposal:
    """What a file would change: by path the values before and after.

    `fixed` stand in another place, by path; `others` are settings that no screen has.
    """

    changes: Mapping[str, tuple[Any, Any]]
    fixed: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def write_settings(configuration: Configuration) -> str:
    """Everything that differs from the defaults, wherever it was decided."""
    document: dict[str, Any] = {}
    # Dates as dates: YAML has them, and a settings file takes nothing else.
    whole = configuration.settings.model_dump()
    for path in find_changed(Settings(), configuration.settings):
        *sections, name = path.split(".")
        holder, held = document, whole
        for section in sections:
            holder, held = holder.setdefault(section, {}), held[section]
        holder[name] = held[name]
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False) if document else "{}\n"


def read_settings(text: str, decisions: Decisions) -> Proposal:
    """RefusedSettingsError names every setting that is not known or cannot be used."""
    try:
        content = parse_yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise RefusedSettingsError([Problem("", "yaml", reason)]) from error
    if not isinstance(content, dict):
        raise RefusedSettingsError([Problem("", "yaml", "must be a list of keys")])
    given = dict(_flatten(content, Settings))
    others = tuple(path for path in given if is_of_installation(path))
    unknown = [path for path in given if path not in FIELDS and path not in others]
    if unknown:
        raise RefusedSettingsError([Problem(path, "unknown", "unknown key") for path in unknown])
    fixed = {path: decisions.fixed[path] for path in given if path in decisions.fixed}
    wanted = {p: value for p, value in given.items() if p not in fixed and p not in others}
    before, after = decisions.load().settings, decisions.preview(wanted)
    changed = find_changed(before, after)
    return Proposal(
        {path: (get_value(before, path), get_value(after, path)) for path in changed}, fixed, others
    )


def _flatten(
    content: Mapping[Any, Any], model: type[BaseModel], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{prefix}{key}"
        known = model.model_fields.get(str(key))
        section = find_section(known) if known else None
        if section is None:
            yield path, orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
        elif isinstance(value, dict):
            yield from _flatten(value, section, f"{path}.")
        elif value is None and prefix == "alerts.":  # a rule that is switched off
            yield f"{path}.enabled", False
        else:
            yield path, value
