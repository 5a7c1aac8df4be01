from datetime import date

import pytest

from callbacks.api_query import ParameterError
from callbacks.overview_query import named_period, read_overview
from metrics.periods import Period

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2026, 3, 1), TODAY),
        ("yesterday", date(2026, 2, 28), date(2026, 2, 28)),
        ("7d", date(2026, 2, 23), TODAY),
        ("28d", date(2026, 2, 2), TODAY),
        ("month", date(2026, 3, 1), TODAY),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_named_period_moves_with_the_day(name, first, last):
    assert named_period(name, TODAY) == Period(first, last)


def test_an_empty_address_is_the_last_28_days():
    query = read_overview("")
    assert query.period(TODAY) == Period(date(2026, 2, 2), TODAY)
    assert query.name == "28d"


def test_dates_in_the_address_win_over_no_name():
    query = read_overview("?from=2026-02-10&to=2026-02-12")
    assert query.period(TODAY) == Period(date(2026, 2, 10), date(2026, 2, 12))
    assert query.name is None


@pytest.mark.parametrize(
    "search", ["?period=forever", "?from=yesterday", "?from=2026-02-30", "?matrix=x", "?colour=red"]
)
def test_an_unreadable_address_names_its_parameter(search):
    with pytest.raises(ParameterError, match=search[1:].split("=")[0]):
        read_overview(search)


def test_reversed_dates_are_refused():
    with pytest.raises(ParameterError, match="from"):
        read_overview("?from=2026-02-12&to=2026-02-10").period(TODAY)
