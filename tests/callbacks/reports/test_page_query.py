from datetime import date

import pytest

from callbacks.pages.overview.figures import OverviewQuery
from callbacks.reports.page_query import (
    build_page_search,
    read_choices,
    read_page,
    read_panel,
    resolve_period,
)
from callbacks.reports.query import ParameterError
from metrics.model.periods import Period

TODAY = date(2026, 3, 1)


def read(search):
    return read_page(OverviewQuery, search)


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
    assert resolve_period(name, TODAY) == Period(first, last)


def test_an_empty_address_is_the_last_28_days():
    query = read("")
    assert query.period(TODAY) == Period(date(2026, 2, 2), TODAY)
    assert query.name == "28d"


def test_dates_in_the_address_win_over_no_name():
    query = read("?from=2026-02-10&to=2026-02-12")
    assert query.period(TODAY) == Period(date(2026, 2, 10), date(2026, 2, 12))
    assert query.name is None


@pytest.mark.parametrize(
    "search", ["?period=forever", "?from=yesterday", "?from=2026-02-30", "?matrix=x", "?colour=red"]
)
def test_an_unreadable_address_names_its_parameter(search):
    with pytest.raises(ParameterError, match=search[1:].split("=")[0]):
        read(search)


def test_reversed_dates_are_refused():
    with pytest.raises(ParameterError, match="from"):
        read("?from=2026-02-12&to=2026-02-10").period(TODAY)


def test_the_days_before_are_as_many_days_just_before():
    query = read("?from=2026-02-10&to=2026-02-12")
    assert query.before(TODAY) == Period(date(2026, 2, 7), date(2026, 2, 9))


def test_the_same_period_before_has_the_same_weekdays():
    query = read("?from=2026-02-10&to=2026-02-12&compare=same")
    assert query.before(TODAY) == Period(date(2026, 2, 3), date(2026, 2, 5))


def test_nothing_is_compared_where_nothing_is_asked_for():
    assert read("?compare=none").before(TODAY) is None


def test_what_is_open_beside_a_page_is_no_part_of_what_it_is_about():
    search = "?period=7d&rows=conversations&cell=agent%3A1&rows_page=2&table=daily&attr.X="
    assert read_choices(search) == {"period": ["7d"], "attr.X": [""]}
    assert build_page_search(search) == build_page_search("?period=7d&attr.X=")
    assert read(search).attributes == {"X": ("",)}


def test_a_list_of_rows_is_read_from_its_own_part_of_the_address():
    panel = read_panel("?team=1&rows=top_reasons&cell=reason:B&cell=agent:1&rows_find=boleto")
    assert (panel.rows, panel.find, panel.page) == ("top_reasons", "boleto", 1)
    assert [str(cell) for cell in panel.cells] == ["reason:B", "agent:1"]
    assert read_panel("?team=1&cell=agent:1") is None


@pytest.mark.parametrize(
    "search",
    [
        "?rows=moon",
        "?rows=online_text",
        "?rows=conversations&cell=nothing",
        "?rows=conversations&rows_page=0",
        "?rows=conversations&rows_page=two",
        "?rows=conversations&rows_order=colour",
        "?rows=conversations&rows=calls",
        "?rows=conversations" + "&cell=agent:1" * 5,
    ],
)
def test_a_list_that_cannot_be_opened_says_why(search):
    with pytest.raises(ParameterError):
        _ = read_panel(search).cells


def test_more_fields_than_anybody_chooses_are_refused():
    with pytest.raises(ParameterError):
        read("?" + "team=1&" * 700)
