from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from metrics.model.periods import Period
from metrics.query.usual import (
    Range,
    counts_by_day_and_hour,
    stretch_values,
    usual_range,
    weekday_band,
)


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


def test_a_day_is_compared_with_its_own_weekday():
    days = pd.date_range("2026-11-02", periods=35, freq="D")  # five weeks from a Monday on
    daily = pd.Series([100.0 if day.weekday() == 0 else 10.0 for day in days], index=days)
    band = weekday_band(daily, days)
    assert band.loc["2026-11-09"].tolist() == [100, 100, 100]
    assert band.loc["2026-11-10"].tolist() == [10, 10, 10]


def test_days_that_are_not_whole_say_nothing():
    days = pd.date_range("2026-11-02", periods=35, freq="D")
    daily = pd.Series(10.0, index=days)
    daily.iloc[-1] = 0.0  # the running Sunday
    assert weekday_band(daily, days[:-1]).iloc[-1].tolist() == [10, 10, 10]


def test_three_mondays_are_too_few():
    days = pd.date_range("2026-11-02", periods=21, freq="D")
    assert weekday_band(pd.Series(1.0, index=days), days).isna().all().all()


def test_hours_are_local_and_every_day_is_there():
    zone = ZoneInfo("America/Sao_Paulo")
    instants = pd.Series(
        pd.to_datetime(["2026-11-01T02:30Z", "2026-11-01T03:30Z", "2026-11-03T14:00Z"])
    )
    counts = counts_by_day_and_hour(instants, Period(date(2026, 10, 31), date(2026, 11, 2)), zone)
    assert counts.shape == (3, 24)
    assert counts.loc["2026-10-31", 23] == 1
    assert counts.loc["2026-11-01", 0] == 1
    assert counts.to_numpy().sum() == 2


def test_no_rows_are_zeros():
    none = pd.Series(pd.to_datetime([], utc=True))
    counts = counts_by_day_and_hour(
        none, Period(date(2026, 1, 1), date(2026, 1, 1)), ZoneInfo("UTC")
    )
    assert counts.shape == (1, 24)
    assert counts.to_numpy().sum() == 0
