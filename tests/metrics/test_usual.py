import pandas as pd
import pytest

from metrics.usual import Range, stretch_values, usual_range


def ones(count):
    return pd.Series([1.0] * count)


def test_a_stretch_is_the_mean_of_its_days():
    daily = pd.Series([1.0, 3.0, 5.0])
    assert stretch_values(daily, ones(3), 2).tolist() == [2.0, 4.0]


def test_days_weigh_by_their_rows():
    daily = pd.Series([1.0, 0.0])
    assert stretch_values(daily, pd.Series([3, 1]), 2).tolist() == [0.75]


def test_a_day_without_rows_does_not_count():
    daily = pd.Series([0.5, pd.NA, 0.7], dtype="Float64")
    assert stretch_values(daily, pd.Series([1, 0, 1]), 3).tolist() == pytest.approx([0.6])


def test_ten_stretches_are_needed():
    assert usual_range(pd.Series([1.0] * 9), ones(9), 1) is None
    assert usual_range(pd.Series([1.0] * 10), ones(10), 1) == Range(1.0, 1.0)


def test_the_range_runs_from_the_tenth_to_the_ninetieth_percentile():
    daily = pd.Series([float(n) for n in range(11)])
    assert usual_range(daily, ones(11), 1) == Range(1.0, 9.0)


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.9, "below"), (1.0, "within"), (9.0, "within"), (9.1, "above")]
)
def test_the_edges_are_still_usual(value, verdict):
    assert Range(1.0, 9.0).verdict(value) == verdict
