import re
import string
from pathlib import Path
from typing import get_args

import pytest
import yaml

from layouts.i18n import LANGUAGES, Text, text_for, words
from metrics.model.extent import Gap
from services.settings.config import Environment

ROOT = Path(__file__).parents[2]


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_language_has_the_same_keys():
    assert set(words("pt-BR")) == set(words("en"))


def keys_twice(node):
    if not isinstance(node, yaml.MappingNode):
        return []
    keys = [key.value for key, _ in node.value]
    inside = [key for _, value in node.value for key in keys_twice(value)]
    return inside + [key for key in set(keys) if keys.count(key) > 1]


@pytest.mark.parametrize("path", sorted((ROOT / "layouts/text").glob("*/*.yaml")), ids=str)
def test_no_entry_is_written_twice(path):
    assert keys_twice(yaml.compose(path.read_text(encoding="utf-8"), yaml.CBaseLoader)) == []


def test_each_reason_for_no_number_has_its_words():
    assert all(
        text_for(language).has(f"gaps.{gap}") for language in LANGUAGES for gap in get_args(Gap)
    )


@pytest.mark.parametrize("key", sorted(words("pt-BR")))
def test_every_language_has_the_same_placeholders(key):
    portuguese, english = (placeholders(words(language)[key]) for language in LANGUAGES)
    assert portuguese == english


def test_words_and_guides_name_the_variables_that_exist():
    guides = [ROOT / "README.md", ROOT / "README.pt-BR.md", ROOT / "docs/deployment.md"]
    told = [path.read_text(encoding="utf-8") for path in guides]
    told += [sentence for language in LANGUAGES for sentence in words(language).values()]
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", " ".join(told)))
    known = {name.upper() for name in Environment.model_fields}
    assert named - known == {"NAME_FILE", "NOME_FILE"}


def test_an_unknown_language_reads_portuguese():
    assert text_for("fr").language == "pt-BR"


def test_one_is_singular_and_zero_is_not():
    text = Text("pt-BR")
    text._words = {"x.one": "{n} conversa", "x.other": "{n} conversas"}
    assert [text.plural("x", n, n=n) for n in (0, 1, 2)] == [
        "0 conversas",
        "1 conversa",
        "2 conversas",
    ]
