"""What the address of the wall asks for."""

from datetime import UTC, datetime

import pytest

from callbacks.pages.operations.query import (
    OperationsQuery,
    is_kiosk,
    read_choices,
    read_operations,
)
from callbacks.reports.query import ParameterError
from tests.worlds.tables import RULES

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_nothing_asked_is_today_of_all_teams():
    assert read_operations("") == OperationsQuery(period="today", team=(), agent=None, kiosk=None)


def test_today_starts_at_local_midnight():
    start = read_operations(None).start(NOW, RULES)
    assert start == datetime(2026, 11, 24, 3, tzinfo=UTC)


def test_48_hours_reach_back_from_the_version_s_own_instant():
    start = read_operations("?period=48h").start(NOW, RULES)
    assert start == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_teams_may_be_repeated():
    assert read_operations("?team=2&team=1&team=2").filters.teams == ("1", "2")


@pytest.mark.parametrize(
    "search",
    [
        *("?period=7d", "?page=2", "?kiosk=yes", "?agent=1&agent=2", "?rotate=5", "?sound=2"),
        "?" + "team=1&" * 700,
    ],
)
def test_what_cannot_be_used_is_named(search):
    with pytest.raises(ParameterError):
        read_operations(search)


def test_a_kiosk_stays_one_when_the_rest_cannot_be_used():
    assert is_kiosk("?kiosk=1&period=never")
    assert not is_kiosk("?kiosk=0")


def test_links_keep_what_is_chosen_but_what_they_replace():
    assert read_choices("?team=1&agent=9", "agent") == {"team": ["1"]}
