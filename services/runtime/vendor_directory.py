"""What the vendors have of that which the settings name: to be read, and as a settings file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from metrics.model.schema import fold_label
from services.settings.config import Settings
from services.settings.proposals import Person, propose_labels, propose_people, propose_team

# So many of an attribute's own values are told.
TOLD_VALUES = 6


class Words(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...


@dataclass
class Directory:
    """What the vendors have of that which the settings name."""

    teams: dict[str, str] = field(default_factory=dict)  # id -> name
    labels: dict[str, Sequence[str]] = field(default_factory=dict)  # -> the values it may have
    lines: list[tuple[str, str]] = field(default_factory=list)  # name, digits
    texts: list[Person] = field(default_factory=list)
    voices: list[Person] = field(default_factory=list)


def list_directory(found: Directory, settings: Settings, text: Words) -> Iterator[str]:
    """Lines of what there is, with the ids that config.yaml wants."""
    watched = {team.id for team in settings.teams}
    keys = {fold_label(label): key for key, label in settings.attributes.model_dump().items()}
    yield text("check.list.teams")
    for key, name in found.teams.items():
        yield f"  {key}  {name}" + (f"  ({text('check.list.watched')})" if key in watched else "")
    yield text("check.list.labels")
    for label, values in found.labels.items():
        setting = keys.get(fold_label(label))
        told = ", ".join([*values[:TOLD_VALUES], *(["…"] if len(values) > TOLD_VALUES else [])])
        yield (
            f"  {label}"
            + (f"  = attributes.{setting}" if setting else "")
            + (told and f"  [{told}]")
        )
    if found.lines:
        yield text("check.list.lines")
        yield from (f"  {name}  {digits}" for name, digits in found.lines)
    yield text("check.list.people")
    yield from (f"  {person.email}  {person.name}" for person in found.texts)
    if found.voices:
        yield text("check.list.voices")
        yield from (f"  {person.email}  {person.name}" for person in _find_unmatched(found)[1])


def build_block(found: Directory, settings: Settings) -> str:
    """YAML for a settings file: what is set already stays, the rest is proposed."""
    names = found.teams
    chosen = [team.model_dump(exclude_none=True) for team in settings.teams if team.id in names]
    known = {fold_label(label) for label in found.labels}
    own = settings.attributes.model_dump(exclude={"resolved_value"})
    labels = {key: label for key, label in own.items() if fold_label(label) in known}
    # What is proposed for one setting and stands at another already would be there twice.
    taken = {fold_label(label) for label in labels.values()}
    labels |= {
        key: label
        for key, label in propose_labels(found.labels).items()
        if key not in labels and fold_label(label) not in taken
    }
    people = [person.model_dump() for person in settings.people]
    people += [
        {"intercom": text.email, "aircall": voice.email}
        for text, voice in propose_people(*_find_unmatched(found, settings))
    ]
    lines = dict(settings.telephony.lines)
    for name, _ in found.lines:
        if name not in lines and (team := propose_team(name, names)):
            lines[name] = team
    sections: dict[str, Any] = {
        "teams": chosen or [{"id": key, "name": name} for key, name in names.items()],
        "attributes": labels,
        "people": people,
        "telephony": {"lines": lines} if lines else {},
    }
    filled = {name: section for name, section in sections.items() if section}
    return yaml.safe_dump(filled, allow_unicode=True, sort_keys=False)


def _find_unmatched(
    found: Directory, settings: Settings | None = None
) -> tuple[list[Person], list[Person]]:
    """Of each vendor those whose address the other does not have."""
    given = settings.people if settings else []
    ours = {person.email for person in found.texts} | {p.aircall.lower() for p in given}
    theirs = {person.email for person in found.voices} | {p.intercom.lower() for p in given}
    return (
        [person for person in found.texts if person.email not in theirs],
        [person for person in found.voices if person.email not in ours],
    )
