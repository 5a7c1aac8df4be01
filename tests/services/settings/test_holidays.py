"""Brazil's national holidays."""

from datetime import date

import pytest

from services.settings.holidays import find_easter, list_holidays


@pytest.mark.parametrize(
    "day",
    [date(1818, 3, 22), date(1943, 4, 25), date(2000, 4, 23), date(2026, 4, 5)],
)
def test_easter_of_years_that_are_known(day):
    assert find_easter(day.year) == day


def test_those_that_move_go_with_easter_and_only_the_law_closes_the_office():
    days = {holiday.key: holiday for holiday in list_holidays(2026)}
    assert days["carnival"].day == date(2026, 2, 17)
    assert days["good_friday"].day == date(2026, 4, 3)
    assert days["corpus_christi"].day == date(2026, 6, 4)
    assert {key for key, one in days.items() if one.is_optional} == {
        "carnival_monday",
        "carnival",
        "corpus_christi",
    }
    assert len(days) == 13
    assert [one.day for one in list_holidays(2026)] == sorted(one.day for one in days.values())
