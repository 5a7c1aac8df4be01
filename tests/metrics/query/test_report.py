from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.selection import select
from metrics.model.view import View
from metrics.query import report
from tests.worlds.small_team import WORLD
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    FINANCE,
    REASON,
    SUPPORT,
    UTC_RULES,
    conversations,
    day,
    days,
    groups,
    tables,
    told,
)


def labels(by, key="conversations"):
    found = report.breakdown(CATALOG[key], by, View(WORLD, DAY, EVERYTHING, UTC_RULES))
    return [(group.key, group.label, group.summary.n) for group in found]


def test_the_summary_is_every_metric_as_it_is_alone():
    found = report.evaluate_all(View(WORLD, DAY, EVERYTHING, UTC_RULES))
    assert list(found) == list(CATALOG)
    for key, number in found.items():
        assert number == told(key, WORLD)


def test_the_rows_behind_a_number_are_its_population():
    view = View(WORLD, DAY, EVERYTHING, UTC_RULES)
    rows = select(CATALOG["time_to_close"], view).counted
    assert rows["id"].to_list() == ["1", "2", "3", "4"]
    assert rows["time_to_close"].to_list() == [100, 300, 60, 900]


def test_every_day_is_there_also_an_empty_one():
    rows = conversations(
        {"created_at": "2026-11-20T23:59:59Z"}, {"created_at": "2026-11-22T00:00:00Z"}
    )
    period = days("2026-11-20", "2026-11-23")
    found = groups("conversations", "day", tables(rows), period=period)
    assert found == {"2026-11-20": 1, "2026-11-21": 0, "2026-11-22": 1, "2026-11-23": 0}
    assert list(found) == sorted(found)
    empty = groups("csat_score", "day", tables(rows), period=period)
    assert set(empty.values()) == {None}


def test_every_hour_of_the_day_and_of_the_week_is_there_in_order():
    rows = tables(conversations({"created_at": "2026-11-24T09:59:59Z"}))
    by_hour = groups("conversations", "hour", rows)
    assert list(by_hour) == [str(hour) for hour in range(24)]
    assert {hour for hour, n in by_hour.items() if n} == {"9"}
    by_week = groups("conversations", "weekday_hour", rows)
    assert list(by_week)[:2] + list(by_week)[-1:] == ["0-0", "0-1", "6-23"]
    assert len(by_week) == 168
    assert {key for key, n in by_week.items() if n} == {"1-9"}  # a Tuesday


def test_days_and_hours_are_local():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    rows = tables(conversations({"created_at": "2026-11-24T02:30:00Z"}))
    period = days("2026-11-23", "2026-11-24")
    assert groups("conversations", "day", rows, period=period, rules=rules)["2026-11-23"] == 1
    assert groups("conversations", "hour", rows, period=period, rules=rules)["23"] == 1
    assert groups("conversations", "weekday_hour", rows, period=period, rules=rules)["0-23"] == 1


@pytest.mark.parametrize(
    ("on", "inside", "outside", "hour", "times"),
    [
        # 23 hours: two o'clock does not exist.
        ("2026-03-08", ["2026-03-08T05:00Z", "2026-03-09T03:59:59Z"],
         ["2026-03-08T04:59:59Z", "2026-03-09T04:00Z"], "2", 0),
        # 25 hours: one o'clock comes twice.
        ("2026-11-01", ["2026-11-01T05:30Z", "2026-11-01T06:30Z"],
         ["2026-11-01T03:59:59Z", "2026-11-02T05:00Z"], "1", 2),
    ],
)  # fmt: skip
def test_a_day_when_the_clock_changes(on, inside, outside, hour, times):
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    rows = tables(conversations(*({"created_at": at} for at in [*inside, *outside])))
    assert groups("conversations", "day", rows, period=day(on), rules=rules) == {on: 2}
    assert groups("conversations", "hour", rows, period=day(on), rules=rules)[hour] == times


def test_leavers_and_unassigned_rows_are_groups_of_their_own():
    assert labels("agent") == [
        ("1", "Luana", 3),
        ("4", "Mariana", 1),
        ("5", "Marina", 1),
        ("none", "none", 1),
    ]


def test_groups_by_team_carry_their_names():
    assert labels("team") == [(SUPPORT, "Suporte N1", 4), (FINANCE, "Financeiro", 2)]


def test_a_conversation_stands_once_under_each_reason_it_mentions():
    assert labels("reason") == [("", "—", 3), ("A", "A", 2), ("B", "B", 2)]
    assert groups("time_to_close", "reason", WORLD) == {"": 900, "A": 200, "B": 180}


def test_an_attribute_s_blank_rows_are_a_group():
    found = groups("conversations", REASON, WORLD)
    assert found == {"": 3, "A": 2, "B": 1}
    assert groups("conversations", "attr.Cor", WORLD) == {"": 6}


@pytest.mark.parametrize(
    ("key", "by", "words"),
    [
        ("open_now", "day", "stock"),
        ("online_text", "hour", "stock"),
        ("calls_inbound", "reason", "conversations"),
        ("online_voice", "attr.Cor", "conversations"),
        ("conversations", "moon", "moon"),
    ],
)
def test_what_cannot_be_grouped_is_said(key, by, words):
    with pytest.raises(ValueError, match=words):
        report.breakdown(CATALOG[key], by, View(WORLD, DAY, EVERYTHING, UTC_RULES))


def test_several_breakdowns_are_each_as_alone():
    several = [CATALOG[key] for key in ("conversations", "csat_score", "open_now", "talk_time")]
    found = report.breakdowns(several, "agent", View(WORLD, DAY, EVERYTHING, UTC_RULES))
    for metric in several:
        alone = report.breakdown(metric, "agent", View(WORLD, DAY, EVERYTHING, UTC_RULES))
        assert found[metric.key] == alone
