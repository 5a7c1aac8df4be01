"""What arrives: whole days, occurrences, holidays, and how long it takes."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metrics.model.filters import Filters
from metrics.planning.demand import call_demand, conversation_demand, counted_days
from tests.metrics.live.test_timeline import seen
from tests.worlds.tables import EVERYTHING, UTC_RULES, calls, conversations, days, instant, tables

MONDAYS = ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]


def whole(first="2026-10-27", last="2026-11-23"):
    return days(first, last).dates


def rang(*moments, talk=60, **values):
    """Calls that were answered after ten seconds, and talked for so long."""
    rows = []
    for number, moment in enumerate(moments):
        start = instant(f"{moment}Z")
        rows.append(
            {
                "id": f"{moment}-{number}-{talk}",
                "started_at": start,
                "answered_at": start + timedelta(seconds=10),
                "ended_at": start + timedelta(seconds=10 + talk),
                **values,
            }
        )
    return rows


def told(rows, *, rules=UTC_RULES):
    return call_demand(tables(calls_=calls(*rows)), rules, whole())


def test_a_half_hour_is_told_per_occurrence_of_its_weekday():
    rows = rang(*(f"{day}T10:{minute:02d}:00" for day in MONDAYS for minute in (0, 10, 45)))
    found = told(rows + rang("2026-11-02T10:20:00"))
    assert found.occurrences == (4,) * 7
    assert found.mean[0, 20] == 9 / 4
    assert found.mean[0, 21] == 1
    assert found.mean.sum() == 13 / 4
    # 2, 2, 2 and 3: the ninetieth percentile by linear interpolation.
    assert found.p90[0, 20] == pytest.approx(2.7)
    assert found.total == 13


def test_days_that_are_not_over_or_not_loaded_count_for_nothing():
    found = told(rang("2026-11-24T10:00:00", "2026-10-26T10:00:00"))
    assert found.total == 0


def test_only_the_last_twelve_weeks_without_holidays_are_counted():
    rules = replace(UTC_RULES, holidays=frozenset({date(2026, 11, 20)}))
    counted = counted_days(whole("2026-01-01"), rules)
    assert len(counted) == 83
    assert counted[0] == date(2026, 9, 1)
    holiday = told(rang("2026-11-20T10:00:00"), rules=rules)
    assert holiday.total == 0
    assert holiday.occurrences[4] == 3
    assert holiday.is_short == (False, False, False, False, True, False, False)


def test_offered_calls_are_answered_or_lost_ones_of_the_main_lines():
    rules = replace(UTC_RULES, main_lines=("Suporte",))
    own = {"line_name": "Suporte"}
    lost = {"answered_at": None, "missed_call_reason": "agents_did_not_answer"}
    rows = rang("2026-11-02T10:00:00", **own)
    rows += rang("2026-11-02T10:01:00", line_name="Vendas")
    rows += rang("2026-11-02T10:02:00", **own, **lost)
    rows += rang("2026-11-02T10:03:00", **own, **(lost | {"missed_call_reason": "short_abandoned"}))
    closed = lost | {"missed_call_reason": "out_of_opening_hours"}
    rows += rang("2026-11-02T10:04:00", **own, **closed)
    rows += rang("2026-11-02T10:05:00", **own, direction="outbound")
    found = told(rows, rules=rules)
    assert (found.total, found.handled) == (2, 1)


def test_a_half_hour_with_enough_calls_has_its_own_handling():
    many = rang(*(["2026-11-02T10:00:00"] * 20), talk=300)
    few = rang("2026-11-02T15:00:00", talk=60)
    found = told(many + few)
    assert found.handling[0, 20] == 300
    # Elsewhere all calls together say it.
    assert found.handling[0, 30] == pytest.approx((20 * 300 + 60) / 21)
    assert found.after_call is None


def test_after_call_work_is_added_where_the_readings_tell_it():
    rows = rang(*(["2026-11-23T10:00:00"] * 20), talk=100, user_id="9")
    read = seen(
        ("200", "voice", "available", "2026-11-23T09:00:00Z", "2026-11-23T10:05:00Z"),
        ("200", "voice", "after_call_work", "2026-11-23T10:05:00Z", "2026-11-23T10:15:00Z"),
    )
    content = replace(tables(calls_=calls(*rows)), presence=read)
    found = call_demand(content, UTC_RULES, whole())
    assert found.after_call == 30
    assert found.handling[0, 20] == 130
    # Nineteen calls say nothing about it.
    content = replace(tables(calls_=calls(*rows[:19])), presence=read)
    assert call_demand(content, UTC_RULES, whole()).after_call is None


def test_the_local_clock_cuts_half_hours():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    # 01:15 UTC of Tuesday is 22:15 of Monday.
    found = told(rang("2026-11-03T01:15:00"), rules=rules)
    assert found.mean[0, 44] == 0.25
    assert found.mean.sum() == 0.25


def test_a_day_with_an_hour_twice_counts_both():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/New_York"))
    # 01:15 local, before and after the clock goes back on Sunday 1 November.
    found = told(rang("2026-11-01T05:15:00", "2026-11-01T06:15:00"), rules=rules)
    assert found.mean[6, 2] * found.occurrences[6] == 2


@pytest.mark.parametrize("whole_days", [(), whole()[:1]])
def test_no_history_is_no_number(whole_days):
    found = call_demand(tables(), UTC_RULES, whole_days)
    assert found.total == 0
    assert np.isnan(found.handling).all()
    assert all(found.is_short)
    assert (found.days is None) == (not whole_days)


def test_conversations_of_customers_are_counted_with_the_work_that_is_given():
    rows = conversations(
        {"created_at": "2026-11-02T10:00:00Z", "origin": "customer", "team_id": "6101"},
        {"created_at": "2026-11-02T10:01:00Z", "origin": "teammate", "team_id": "6101"},
        {"created_at": "2026-11-02T10:02:00Z", "origin": "customer", "team_id": "6102"},
        {"created_at": "2026-11-02T10:03:00Z", "origin": "customer", "is_call": True},
    )
    content = tables(rows)
    every = conversation_demand(content, UTC_RULES, whole(), EVERYTHING, 600)
    assert (every.total, every.handling[0, 20], every.mean[0, 20]) == (2, 600, 0.5)
    team = Filters(teams=("6101",), agents=("77",))
    assert conversation_demand(content, UTC_RULES, whole(), team, 600).total == 1
