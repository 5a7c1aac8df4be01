"""What the vendors' own lists suggest for the settings; a person decides."""

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from metrics.model.letters import fold_letters
from metrics.model.schema import fold_label
from services.settings.sections import AttributesSetting

# Words of a label by which each setting of `attributes` is known, the surest first.
LABEL_WORDS: Mapping[str, Sequence[str]] = {
    "second_reason": ("motivo 2", "segundo motivo", "submotivo", "second reason", "sub reason"),
    "reason": ("motivo contato", "motivo", "assunto", "contact reason", "reason", "topic"),
    "status": ("status atendimento", "status", "situacao", "resolution"),
    "category": ("ticket category", "categoria", "category"),
    "kind": ("tipo atendimento", "tipo", "kind", "type"),
    "system_category": ("categoria sistema",),
    "registrations": ("cadastros",),
    "area": ("equipe", "area", "squad"),
    "expansion": ("expansao", "expansion"),
}
# Of these a workspace needs one for its reports; of all others what rests on it stays empty.
NEEDED_LABELS = ("reason",)


class Person(NamedTuple):
    name: str
    email: str


def propose_labels(labels: Collection[str]) -> dict[str, str]:
    """By key of `attributes`; a key for which nothing fits is missing."""
    known = {fold_label(label): label for label in labels}
    found = {
        key: known[fold_label(label)]
        for key, label in AttributesSetting().model_dump(include=set(LABEL_WORDS)).items()
        if fold_label(label) in known
    }
    for key, phrases in LABEL_WORDS.items():
        free = [label for label in labels if label not in found.values()]
        fits = [label for words in phrases for label in free if _words(words) <= _words(label)]
        if key not in found and fits:
            found[key] = fits[0]
    return found


def propose_people(
    texts: Iterable[Person], voices: Iterable[Person]
) -> list[tuple[Person, Person]]:
    """Pairs that seem to be one person, of those of each vendor whom the other does not know."""
    left, right, pairs = [*texts], [*voices], []
    for name_of in (_whole_name, _outer_names, _local_part):
        ours, theirs = _index(left, name_of), _index(right, name_of)
        for key in [key for key in ours if key in theirs]:
            pairs.append((ours[key], theirs[key]))
            left.remove(ours[key])
            right.remove(theirs[key])
    return pairs


def propose_team(line: str, teams: Mapping[str, str]) -> str | None:
    """The one team (of id -> name) whose name and the line's are part of each other."""
    words = _words(line)
    fits = [key for key, name in teams.items() if _words(name) and _is_part(_words(name), words)]
    return fits[0] if len(fits) == 1 else None


def _is_part(one: set[str], other: set[str]) -> bool:
    return bool(other) and (one <= other or other <= one)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold_letters(text)))


def _whole_name(person: Person) -> Hashable:
    return " ".join(re.findall(r"\w+", fold_letters(person.name)))


def _outer_names(person: Person) -> Hashable:
    names = re.findall(r"\w+", fold_letters(person.name))
    return (names[0], names[-1]) if len(names) > 1 else None


def _local_part(person: Person) -> Hashable:
    return person.email.partition("@")[0].casefold()


def _index(
    people: Iterable[Person], name_of: Callable[[Person], Hashable]
) -> dict[Hashable, Person]:
    """Those whom the name tells apart."""
    found: dict[Hashable, list[Person]] = {}
    for person in people:
        found.setdefault(name_of(person), []).append(person)
    return {key: same[0] for key, same in found.items() if key and len(same) == 1}
