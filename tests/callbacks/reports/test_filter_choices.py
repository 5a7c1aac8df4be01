import unicodedata

import polars as pl

from callbacks.reports.filter_choices import fold_text, fold_texts


def test_a_column_is_folded_as_the_words_looked_for():
    letters = map(chr, range(0x3400))
    texts = [f"x{letter}y" for letter in letters if unicodedata.name(letter, "")]
    texts.append("ΟΔΟΣ Straße İstanbul ﬁm")
    found = pl.DataFrame({"text": texts}).select(fold_texts(pl.col("text"))).to_series()
    assert found.to_list() == [fold_text(text) for text in texts]


def test_accents_and_capitals_do_not_count():
    assert fold_text("São João, STRASSE e straße") == "sao joao, strasse e strasse"
