import unicodedata

import polars as pl

from callbacks.reports.filter_choices import fold_texts, name_shift
from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import text_for
from metrics.model.letters import fold_letters
from services.settings.config import Settings


def test_a_column_is_folded_as_the_words_looked_for():
    letters = map(chr, range(0x3400))
    texts = [f"x{letter}y" for letter in letters if unicodedata.name(letter, "")]
    texts.append("ΟΔΟΣ Straße İstanbul ﬁm")
    found = pl.DataFrame({"text": texts}).select(fold_texts(pl.col("text"))).to_series()
    assert found.to_list() == [fold_letters(text) for text in texts]


def test_a_shift_is_told_with_its_hours_and_in_words_where_the_settings_have_none():
    rules = Settings.model_validate({"telephony": {"shifts": {"Noite": "22:00-24:00"}}}).rules()
    text = text_for("pt-BR")
    context = Context(text, Formats(text, rules.time_zone), "dark", "manager", "Marina")
    assert name_shift("Noite", rules, context) == "Noite (22:00–24:00)"
    assert name_shift("morning", Settings().rules(), context) == "Manhã (08:00–13:00)"


def test_accents_and_capitals_do_not_count():
    assert fold_letters("São João, STRASSE e straße") == "sao joao, strasse e strasse"
