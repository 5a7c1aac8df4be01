from datetime import date
from time import process_time

import numpy as np
import polars as pl
import pytest

from metrics.classification.suggestions import (
    Growth,
    catch_all_growth,
    find_catch_alls,
    learn,
    suggest,
    team_model,
    words_of,
)
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.view import View
from tests.worlds import tables as build
from tests.worlds.tables import REASON, UTC_RULES, conversations, tables

TAUGHT = [("Boleto com valor antigo", "Pagamento")] * 6 + [("Esqueci minha senha", "Acesso")] * 6


def model(pairs=TAUGHT):
    schema = {"subject": pl.String, "reason": pl.String}
    return learn(pl.LazyFrame(pairs, schema=schema, orient="row"))


def reasons(subjects, taught=None):
    found = suggest(taught or model(), pl.Series(subjects))
    return [one and one.reason for one in found]


def test_the_words_of_a_subject_lose_accents_case_numbers_and_repetition():
    subject = pl.lit("NÃO recebi, não RECEBI o código 123456 (2ª via)")
    assert pl.select(words_of(subject)).item().to_list() == ["nao", "recebi", "codigo", "via"]


def test_a_word_of_the_team_leads_to_its_reason():
    assert reasons(["boleto vencido", "SENHA não funciona"]) == ["Pagamento", "Acesso"]


def test_accents_make_no_difference():
    taught = model([("Emissão de nota", "Nota")] * 5 + [("Sistema lento", "Lentidão")] * 5)
    assert reasons(["emissao parada", "EMISSÃO"], taught) == ["Nota", "Nota"]


def test_each_value_of_a_list_of_reasons_is_taught_for_itself():
    taught = model([("Boleto", "Pagamento\nNota")] * 3 + [("Boleto", "Nota")] * 6 + TAUGHT)
    assert taught.reasons == ("Acesso", "Nota", "Pagamento")


def test_unknown_words_and_no_words_are_no_suggestion():
    assert reasons(["Bom dia", "", "!!!", "12345"]) == [None] * 4


def test_words_that_pull_both_ways_are_no_suggestion():
    assert reasons(["boleto senha"]) == [None]


def test_a_word_that_every_reason_uses_alike_is_no_suggestion():
    pairs = [("preciso ajuda", "Pagamento")] * 6 + [("preciso ajuda", "Acesso")] * 6
    assert reasons(["preciso ajuda"], model(pairs)) == [None]


def test_one_reason_alone_teaches_nothing():
    assert model([("Boleto", "Pagamento")] * 50) is None


@pytest.mark.parametrize("pairs", [[], [(None, None)], [("Boleto", None)], [(None, "Acesso")]])
def test_no_data_teaches_nothing(pairs):
    assert model(pairs) is None
    assert suggest(None, pl.Series(["Boleto", ""])) == [None, None]


def test_a_reason_with_few_examples_is_left_out():
    taught = model([*TAUGHT, *[("Relatório fiscal", "Raro")] * 4])
    assert taught.reasons == ("Acesso", "Pagamento")
    assert reasons(["Relatório fiscal"], taught) == [None]


def test_subjects_without_any_frequent_word_teach_nothing():
    pairs = [(f"{letter * 4}", name) for name in ("A", "B") for letter in "abcdefgh"]
    assert model([(f"{s}{r}", r) for s, r in pairs]) is None


def test_a_catch_all_is_learnt_and_never_suggested():
    taught = model([*TAUGHT, *[("Diversas coisas soltas", "Outros")] * 8])
    assert "Outros" in taught.reasons
    assert reasons(["coisas soltas"], taught) == [None]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Outros", True),
        ("OUTRO motivo", True),
        ("Financeiro > Outros assuntos", True),
        ("Outros > Boleto", False),
        ("Boleto e outros", False),
        ("", False),
        ("…", False),
    ],
)
def test_which_reasons_say_nothing(reason, expected):
    assert (find_catch_alls([reason]) == {reason}) is expected


def test_confidence_is_a_probability():
    [found] = suggest(model(), pl.Series(["boleto"]))
    assert 0.7 <= found.confidence <= 1


def test_hostile_subjects_are_only_words():
    hostile = [
        "<script>alert(1)</script>",
        "‮ابجد هوز boleto",
        "🙂🙂🙂",
        "a" * 10_000,
        "boleto " * 5000,
        "=HYPERLINK(1)",
        "\x00\ufffd\n\t",
        "e" + "́" * 5000,
    ]
    assert reasons(hostile) == [None, "Pagamento", None, None, "Pagamento", None, None, None]


def test_the_order_of_the_rows_is_irrelevant():
    one, other = model(TAUGHT), model(TAUGHT[::-1])
    boleto = pl.Series(["boleto"])
    assert suggest(one, boleto) == suggest(other, boleto)


def test_twenty_thousand_subjects_are_learnt_quickly():
    chance = np.random.default_rng(1)
    names = [f"Motivo {number}" for number in range(60)]
    own = [f"palavra{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60)]
    picked = chance.integers(0, 60, 20_000)
    subjects = pl.Series([f"{own[n]} caso {row} cliente" for row, n in enumerate(picked)])
    start = process_time()
    taught = model(list(zip(subjects, (names[n] for n in picked), strict=True)))
    found = suggest(taught, subjects[:400])
    assert process_time() - start < 5
    assert [one.reason for one in found] == [names[n] for n in picked[:400]]


def test_the_team_teaches_in_scope_and_calls_teach_nothing():
    lines = [
        {"subject": subject, REASON: reason, "team_id": "1", "state": "closed"}
        for subject, reason in TAUGHT
    ]
    foreign = [{"subject": "Relatório", REASON: "Alheio", "team_id": "9"}] * 9
    logged = [{"subject": "Telefone", REASON: "Ligação", "team_id": "1", "is_call": True}] * 9
    content = tables(conversations(*lines, *foreign, *logged))
    assert team_model(content, build.scoped("1")).reasons == ("Acesso", "Pagamento")


def test_a_workspace_without_the_attribute_teaches_nothing():
    assert team_model(tables(conversations({"subject": "Boleto"})), UTC_RULES) is None


NOW, BEFORE = build.days("2026-11-16", "2026-11-22"), build.days("2026-11-09", "2026-11-15")


def mentioned(now, before):
    """A reason -> count of two weeks; the period after and the period before."""
    lines = []
    for instant, counts in (("2026-11-18T12:00:00Z", now), ("2026-11-11T12:00:00Z", before)):
        for reason, count in counts.items():
            lines += [{"created_at": instant, REASON: reason, "state": "closed"}] * count
    content = tables(conversations(*lines))
    return catch_all_growth(View(content, NOW, Filters(), UTC_RULES), BEFORE)


def test_a_catch_all_that_takes_more_room_is_told_with_both_shares():
    assert mentioned({"Outros": 40, "Boleto": 60}, {"Outros": 10, "Boleto": 90}) == Growth(
        reason="Outros", share=0.4, n=100, before=0.1, before_n=100
    )


def test_a_new_catch_all_grew_from_nothing():
    assert mentioned({"Outros": 30, "Boleto": 70}, {"Boleto": 100}).before == 0


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"Outros": 10, "Boleto": 90}, {"Outros": 40, "Boleto": 60}),  # shrank
        ({"Outros": 13, "Boleto": 87}, {"Outros": 10, "Boleto": 90}),  # three points
        ({"Outros": 6, "Boleto": 14}, {"Outros": 3, "Boleto": 17}),  # may be chance
        ({"Outros": 15}, {"Boleto": 100}),  # too few now
        ({"Outros": 50, "Boleto": 50}, {"Boleto": 19}),  # too few before
        ({"Boleto": 90, "Acesso": 10}, {"Boleto": 10, "Acesso": 90}),  # says something
        ({"Outros": 100}, {"Outros": 100}),
        ({}, {}),
    ],
)
def test_no_growth_is_told_where_there_is_none(now, before):
    assert mentioned(now, before) is None


def test_without_a_period_before_nothing_grew():
    day = Period(date(2026, 11, 24), date(2026, 11, 24))
    assert catch_all_growth(View(tables(), day, Filters(), UTC_RULES), None) is None


def test_the_greatest_gain_is_told():
    found = mentioned(
        {"Outros": 30, "Diversos": 40, "Boleto": 30}, {"Outros": 10, "Diversos": 10, "Boleto": 80}
    )
    assert found.reason == "Diversos"
