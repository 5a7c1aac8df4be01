from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.model.summary import Summary
from metrics.model.view import EVERYTHING, View
from metrics.query.usual import (
    Band,
    count_bands,
    counts_by_day_and_hour,
    cut_weeks,
    judge,
    stands_out,
    usual_band,
    weekday_bands,
)
from tests.worlds.tables import RULES, conversations, tables

COUNT, SHARE = CATALOG["conversations"], CATALOG["classification_rate"]
FIRST = date(2026, 9, 7)  # a Monday
# 8 weeks, each a little other than the one before.
PLAY = [4, -4, 3, -3, 2, -2, 1, -1]
BEFORE = [100.0 + PLAY[week] for week in range(8) for _ in range(7)]


def verdict(values, period, before=BEFORE, metric=COUNT, n=None, hours_later=12):
    """Of the days right after `before`; n rows stand behind each of them, of counts the count."""
    unit = "share" if metric is SHARE else "count"
    days = [*before, *values]
    daily = {
        (FIRST + timedelta(days=place)).isoformat(): Summary(value, n or int(value), unit)
        for place, value in enumerate(days)
    }
    first = FIRST + timedelta(days=len(before))
    asked = Period(first, first + timedelta(days=period - 1))
    now = datetime.combine(asked.last_day, datetime.min.time(), UTC)
    now += timedelta(days=1, hours=hours_later)
    view = View(tables(conversations(), now=now), asked, EVERYTHING, RULES)
    return judge(metric, daily, view).verdict


def test_what_lies_among_the_weeks_before_is_usual():
    assert verdict([104] * 7, 7) == "within"


def test_what_lies_outside_is_news():
    assert (verdict([130] * 7, 7), verdict([70] * 7, 7)) == ("above", "below")


def test_less_than_the_practical_minimum_is_no_news():
    before = [1000.0] * 56
    assert verdict([1049] * 28, 28, before) == "within"
    assert verdict([1051] * 28, 28, before) == "above"
    assert verdict([0.909] * 7, 7, [0.9] * 56, SHARE, n=100_000) == "within"
    assert verdict([0.911] * 7, 7, [0.9] * 56, SHARE, n=100_000) == "above"


def test_what_lies_within_its_own_interval_is_no_news():
    assert verdict([0.8] * 7, 7, [0.9] * 56, SHARE, n=4) == "within"
    assert verdict([0.8] * 7, 7, [0.9] * 56, SHARE, n=40) == "below"
    assert verdict([0], 1, [0.0] * 56) == "few_rows"


def test_a_number_of_nine_rows_is_not_judged():
    assert verdict([0.1], 1, [0.9] * 56, SHARE, n=9) == "few_rows"
    assert verdict([0.1], 1, [0.9] * 56, SHARE, n=10) == "below"


def test_five_weeks_are_too_few():
    assert verdict([200] * 7, 7, [100.0] * 41) == "few_weeks"
    assert verdict([200] * 7, 7, [100.0] * 42) == "above"


def test_a_day_that_runs_is_not_judged():
    assert verdict([5], 1, hours_later=-12) == "running"
    assert verdict([100] * 6 + [5], 7, hours_later=-12) == "within"


def test_a_day_is_beside_its_own_weekday():
    before = [300.0 if place % 7 == 0 else 100.0 for place in range(56)]
    assert verdict([300], 1, before) == "within"
    assert verdict([100], 1, before) == "below"


def test_ten_days_have_their_weekdays_as_often_before():
    before = [400.0 if place % 7 == 0 else 100.0 for place in range(56)]
    assert usual_band(before, np.ones(56), 8).usual == pytest.approx((2 * 400 + 6 * 100) / 8)


def test_weeks_weigh_by_the_rows_of_their_days():
    shares, rows = [1.0, *[0.0] * 6] * 8, [3.0, *[0.5] * 6] * 8
    assert usual_band(shares, rows, 7).usual == pytest.approx(0.5)


def test_days_without_a_value_do_not_count():
    shares = [0.5, None, *[0.5] * 5] * 8
    assert usual_band(shares, np.ones(56), 7) == Band(0.5, 0.5, 0.5)


def test_weeks_without_a_value_are_no_weeks():
    shares = [*[None] * 21, *[0.5] * 35]
    assert usual_band(shares, np.ones(56), 7) is None


def width(weeks, days=7):
    band = usual_band([value for value in weeks for _ in range(7)], np.ones(7 * len(weeks)), days)
    return band.high - band.usual


def test_eight_independent_weeks_expect_what_student_says():
    # 2.3646 is Student's 97.5 % quantile of 7 degrees of freedom.
    weeks = [102, 98, 98, 102, 98, 102, 98, 102]
    spread = np.std(weeks, ddof=1)
    assert width(weeks) == pytest.approx(2.3646 * spread * np.sqrt(1 + 1 / 8), rel=1e-3)
    assert width(weeks, 28) == pytest.approx(2.3646 * spread * np.sqrt(1 / 4 + 1 / 8), rel=1e-3)


def test_weeks_that_resemble_the_one_before_expect_more():
    assert width([98, 98, 98, 98, 102, 102, 102, 102]) > 1.3 * width([98, 102] * 4)


def test_weekdays_have_bands_of_their_own():
    bands = weekday_bands([100.0, *[10.0] * 6] * 8, np.ones(56))
    assert bands[0] == Band(100, 100, 100)
    assert bands[1:] == [Band(10, 10, 10)] * 6


def test_only_the_twelve_weeks_before_tell():
    assert usual_band([900.0] * 70 + [10.0] * 84, np.ones(154), 7) == Band(10, 10, 10)


def test_bars_of_a_chart_play_as_chance_lets_counts_play():
    weeks = np.array([[100.0, 400.0]] * 8)
    # 2.2414 is the quantile of one in 20 for two bars, of 14 degrees of freedom 2.51.
    [first, second] = count_bands(weeks, 1, among=2)
    assert first.high - 100 == pytest.approx(2.51 * 10 * np.sqrt(9 / 8), rel=5e-3)
    assert second.high - 400 == pytest.approx(2 * (first.high - 100))


def test_bars_that_play_more_than_chance_have_wider_bands():
    weeks = np.array([[100.0, 400.0], [160.0, 520.0]] * 4)
    calm, wild = (count_bands(w, 1, 2)[0] for w in (np.full((8, 2), 130.0), weeks))
    assert wild.high - wild.usual > 2 * (calm.high - calm.usual)


def test_five_weeks_make_no_bands():
    assert count_bands(np.ones((5, 24)), 1, 24) is None


def test_of_steady_bars_none_stands_out_in_nineteen_of_twenty_charts():
    chance = np.random.default_rng(7)
    usual = np.array([5, 20, 60, 90, 90, 60, 20, 10] * 3)
    loud = 0
    for _ in range(400):
        weeks = chance.poisson(usual * 4, (8, 24)) * 1.0
        bands = count_bands(weeks, 1, among=24)
        loud += any(map(stands_out, chance.poisson(usual * 4), bands))
    assert loud <= 28  # 20, and two standard deviations


def test_a_bar_stands_out_under_the_same_conditions():
    band = Band(90, 100, 110)
    assert stands_out(140, band)
    assert not stands_out(109, band)
    assert not stands_out(115, band)  # within 115 ± 21
    assert not stands_out(9, Band(0, 1, 2))
    assert not stands_out(900, None)


def test_weeks_are_cut_from_the_end():
    counts = np.arange(15 * 2).reshape(15, 2)
    weeks = cut_weeks(counts)
    assert weeks.shape == (2, 7, 2)
    assert (weeks[0, 0, 0], weeks[-1, -1, -1]) == (2, 29)


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


def test_no_days_are_no_weeks():
    assert cut_weeks(np.zeros((0, 24), dtype="int64")).shape == (0, 7, 24)
    assert usual_band([], [], 7) is None
