from datetime import date, timedelta

import pytest

from metrics.model.periods import Period
from metrics.query.usual import (
    Band,
    Range,
    counts_by_day_and_hour,
    stretch_values,
    usual_range,
    weekday_band,
)
from tests.worlds.tables import RULES, conversations, tables


def ones(count):
    return [1.0] * count


def test_a_stretch_is_the_mean_of_its_days():
    daily = [1.0, 3.0, 5.0]
    assert stretch_values(daily, ones(3), 2) == [2.0, 4.0]


def test_days_weigh_by_their_rows():
    daily = [1.0, 0.0]
    assert stretch_values(daily, [3, 1], 2) == [0.75]


def test_a_day_without_rows_does_not_count():
    daily = [0.5, None, 0.7]
    assert stretch_values(daily, [1, 0, 1], 3) == pytest.approx([0.6])


def test_ten_stretches_are_needed():
    assert usual_range([1.0] * 9, ones(9), 1) is None
    assert usual_range([1.0] * 10, ones(10), 1) == Range(1.0, 1.0)


def test_the_range_runs_from_the_tenth_to_the_ninetieth_percentile():
    daily = [float(n) for n in range(11)]
    assert usual_range(daily, ones(11), 1) == Range(1.0, 9.0)


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.9, "below"), (1.0, "within"), (9.0, "within"), (9.1, "above")]
)
def test_the_edges_are_still_usual(value, verdict):
    assert Range(1.0, 9.0).verdict(value) == verdict


def calendar(count):
    return [date(2026, 11, 2) + timedelta(days=number) for number in range(count)]


def test_a_day_is_compared_with_its_own_weekday():
    days = calendar(35)  # five weeks from a Monday on
    daily = [100.0 if day.weekday() == 0 else 10.0 for day in days]
    band = weekday_band(days, daily, days)
    assert band[7] == Band(100, 100, 100)
    assert band[8] == Band(10, 10, 10)


def test_days_that_are_not_whole_say_nothing():
    days = calendar(35)
    daily = [10.0] * 34 + [0.0]  # the running Sunday
    assert weekday_band(days, daily, days[:-1])[-1] == Band(10, 10, 10)


def test_three_mondays_are_too_few():
    days = calendar(21)
    assert weekday_band(days, [1.0] * 21, days) == [None] * 21


def counted(*moments, first, last):
    rows = conversations(*({"created_at": moment} for moment in moments))
    query = tables(rows).derived("conversations", RULES).lazy()
    return counts_by_day_and_hour(query, "created_at", Period(first, last))


def test_hours_are_local_and_every_day_is_there():
    moments = ("2026-11-01T02:30Z", "2026-11-01T03:30Z", "2026-11-03T14:00Z")
    counts = counted(*moments, first=date(2026, 10, 31), last=date(2026, 11, 2))
    assert counts.shape == (3, 24)
    assert (counts[0, 23], counts[1, 0], counts.sum()) == (1, 1, 2)


def test_no_rows_are_zeros():
    counts = counted(first=date(2026, 1, 1), last=date(2026, 1, 1))
    assert (counts.shape, counts.sum()) == ((1, 24), 0)
