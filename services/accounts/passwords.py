"""What a password must not be: short, or one of those that are tried first."""

import re
import secrets
from functools import cache
from pathlib import Path

from metrics.model.letters import fold_letters

LONGEST = 1000
# So many letters must be left when everything obvious is taken out.
OWN_LETTERS = 4
DIFFERENT_CHARACTERS = 5
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
# Without those that are mistaken for one another when they are read out.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def find_password_problem(password: str, minimum: int, *about: str) -> str | None:
    """A key of the command texts; `about` are e-mail and name, whose parts are tried first too."""
    if len(password) < minimum:
        return "short_password"
    if len(password) > LONGEST:
        return "long_password"
    if len(set(password)) < DIFFERENT_CHARACTERS:
        return "common_password"
    plain = fold_letters(password)
    obvious = _load_common_words() | _split(about)
    together = "".join(filter(str.isalpha, plain))
    readings = (plain, plain.translate(_LOOKALIKES), together)
    if min(_count_own_letters(reading, obvious) for reading in readings) < OWN_LETTERS:
        return "common_password"
    return None


def make_one_time_password() -> str:
    """Four groups of four, 79 bits."""
    return make_readable_code(4, 4)


def make_readable_code(groups: int, letters: int) -> str:
    return "-".join(
        "".join(secrets.choice(_READABLE) for _ in range(letters)) for _ in range(groups)
    )


def _count_own_letters(folded: str, obvious: frozenset[str]) -> int:
    """Without the obvious words; the longest words are taken first."""
    for word in sorted(obvious, key=len, reverse=True):
        folded = folded.replace(word, " ")
    return sum(character.isalpha() for character in folded)


def _split(about: tuple[str, ...]) -> frozenset[str]:
    words = re.split(r"[^a-z]+", " ".join(map(fold_letters, about)))
    return frozenset(word for word in words if len(word) > 2)


@cache
def _load_common_words() -> frozenset[str]:
    lines = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(w for line in lines if not line.startswith("#") for w in line.split())
