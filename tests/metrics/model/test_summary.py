import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.measures import responsiveness, satisfaction, stocks, workload
from metrics.model.catalog import CATALOG
from metrics.model.summary import (
    Summary,
    aggregate,
    count_parts,
    read_summary,
    summarise,
    wilson,
)

COUNT, SHARE = workload.conversations, responsiveness.reopen_rate
MEAN, DURATION = satisfaction.csat_average, responsiveness.time_to_close
LONGEST, STOCK = stocks.longest_wait, stocks.open_now


def values(*numbers):
    return pl.Series(numbers, dtype=pl.Float64)


def test_a_count_is_the_sum_and_may_be_zero():
    assert summarise(COUNT, values(1, None, 1)) == Summary(2, 2, "count")
    assert summarise(COUNT, values(None, None)) == Summary(0, 0, "count")
    assert summarise(STOCK, values()) == Summary(0, 0, "count")


@pytest.mark.parametrize("metric", [SHARE, MEAN, DURATION, LONGEST])
@pytest.mark.parametrize("numbers", [(), (None, None)])
def test_no_rows_are_no_data_and_neither_zero_nor_nan(metric, numbers):
    assert summarise(metric, values(*numbers)) == Summary(None, 0, metric.unit)


def test_a_share_has_its_interval():
    found = summarise(SHARE, values(1, 1, 1, 0, None))
    assert (found.value, found.n) == (0.75, 4)
    # By hand: (0.75 + 3.8415/8 ± 1.96 * sqrt(0.1875/4 + 3.8415/64)) / (1 + 3.8415/4)
    assert (found.low, found.high) == pytest.approx((0.3006, 0.9544), abs=5e-5)


def test_the_interval_stays_within_zero_and_one():
    assert wilson(1, 1) == pytest.approx((0.2065, 1), abs=5e-5)
    assert wilson(0, 1) == pytest.approx((0, 0.7935), abs=5e-5)


def test_a_duration_is_its_median_with_the_mean_beside_it():
    found = summarise(DURATION, values(10, 20, 90, None))
    assert (found.value, found.mean, found.p90, found.n) == (20, 40, None, 3)


def test_the_ninetieth_percentile_is_interpolated_and_needs_twenty_rows():
    assert summarise(DURATION, values(*range(19))).p90 is None
    # Position 0.9 * 19 = 17.1 of 0, 10, ..., 190.
    assert summarise(DURATION, values(*range(0, 200, 10))).p90 == pytest.approx(171)


def test_a_stock_of_seconds_is_the_greatest():
    assert summarise(LONGEST, values(5, None, 60, 7)).value == 60


def test_known_parts_are_told_even_where_there_are_none():
    counts = [{"word": "negative", "count": 2}]
    found = count_parts(CATALOG["csat_score"], counts)
    assert list(found.items()) == [("positive", 0), ("neutral", 0), ("negative", 2)]


def summarise_by(metric, measured, words):
    rows = pl.DataFrame({metric.key: measured, "word": words}).group_by("word")
    return {r["word"]: read_summary(metric, r) for r in rows.agg(aggregate(metric)).to_dicts()}


def test_each_group_has_its_own_number():
    found = summarise_by(SHARE, values(1, 0, 1, None), ["a", "a", "b", "c"])
    assert {word: (s.value, s.n) for word, s in found.items()} == {
        "a": (0.5, 2),
        "b": (1, 1),
        "c": (None, 0),
    }


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 10**9)), st.sampled_from(["a", "b", "c"]))
    ),
    st.sampled_from(["conversations", "csat_average", "time_to_close", "longest_wait"]),
)
def test_a_group_is_what_its_rows_alone_would_be(rows, key):
    measured, words = values(*(number for number, _ in rows)), [word for _, word in rows]
    found = summarise_by(CATALOG[key], measured, words)
    assert set(found) == set(words)
    for word, summary in found.items():
        assert summary == summarise(CATALOG[key], values(*(n for n, w in rows if w == word)))
    assert sum(s.n for s in found.values()) == measured.count()


@given(st.lists(st.integers(0, 10**7), min_size=20))
def test_percentiles_are_those_of_linear_interpolation(numbers):
    found = summarise(DURATION, values(*numbers))
    assert found.value == pytest.approx(float(np.median(numbers)))
    assert found.p90 == pytest.approx(float(np.quantile(numbers, 0.9)))
    assert found.mean == pytest.approx(float(np.mean(numbers)))
