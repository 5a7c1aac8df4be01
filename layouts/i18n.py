"""Every word that a person reads, by key and language.

The words lie in `layouts/text/<language>/<theme>.yaml`; `text("login.title")` is the entry `title`
of `login.yaml`. Placeholders are those of `str.format`; they stand for values, never for words.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from babel import Locale

Language = Literal["pt-BR", "en"]
LANGUAGES: tuple[Language, ...] = ("pt-BR", "en")
# CLDR's plurals. Brazil's rule says "0 conversa"; Portugal's says "0 conversas", as we do.
_PLURALS = {"pt-BR": Locale("pt", "PT"), "en": Locale("en")}
# An entry that is one of the words of `terms.yaml`.
TERM = "$terms."
_FOLDER = Path(__file__).parent / "text"


class Text:
    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = words(language)

    def __call__(self, key: str, **values: Any) -> str:
        """A missing key or placeholder is a KeyError: a mistake of ours."""
        return self._words[key].format(**values)

    def plural(self, key: str, count: float, **values: Any) -> str:
        """By CLDR's rule; a form without words is `other`: CLDR has one for whole millions."""
        form = _PLURALS[self.language].plural_form(count)
        return self(f"{key}.{form}" if self.has(f"{key}.{form}") else f"{key}.other", **values)

    def has(self, key: str) -> bool:
        return key in self._words


@cache
def text_for(language: str) -> Text:
    """Portuguese where it is not one of ours."""
    return Text("en" if language == "en" else "pt-BR")


@cache
def words(language: Language) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.yaml")):
        # Whose every word is a text: "off" and "no" are no truth values.
        entries = yaml.CBaseLoader(path.read_bytes()).get_single_data() or {}
        texts.update(_flat(path.stem, entries))
    return MappingProxyType(
        {key: texts[text[1:]] if text.startswith(TERM) else text for key, text in texts.items()}
    )


def _flat(prefix: str, entries: Mapping[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in entries.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            texts.update(_flat(name, value))
        else:
            texts[name] = value
    return texts
