"""What holds of every operation, however odd."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.live import current as now
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.tables import Tables
from metrics.model.view import View, view_of_today
from metrics.query import report
from metrics.query.agents import agent_rows
from metrics.query.reasons import top_reasons
from tests.worlds.tables import (
    EVERYTHING,
    FINANCE,
    NOW,
    REASON,
    RULES,
    SECOND_REASON,
    SUPPORT,
    agents,
    calls,
    conversations,
    days,
    scoped,
    tables,
    teams,
)

PERIOD = days("2026-10-24", "2026-11-02")
ZONES = ["UTC", "America/Sao_Paulo", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
# The days of the period and one on either side, and the last hours before now.
START, SPAN = datetime(2026, 10, 23, tzinfo=UTC), 12 * 86400
LATE = 6 * 3600
PEOPLE = agents(
    {"id": "1", "name": "Luana", "team_ids": SUPPORT, "voice_email": "a@example.com"},
    {"id": "2", "name": "Felipe", "team_ids": FINANCE, "voice_email": "b@example.com"},
    {"id": "3", "name": "Mariana", "active": False},
    {"id": "9", "name": "Fin", "bot": True},
)
TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})

moments = st.one_of(
    st.integers(0, SPAN).map(lambda n: (START + timedelta(seconds=n)).isoformat()),
    st.integers(0, LATE).map(lambda n: (NOW - timedelta(seconds=n)).isoformat()),
)
maybe = st.one_of(st.none(), moments)
people = st.sampled_from([None, "1", "2", "3", "9", "77"])
reasons = st.sampled_from([None, "", " ", "A", "B", "C"])
emails = st.sampled_from([None, "a@example.com", "b@example.com", "c@example.com"])
conversation_rows = st.fixed_dictionaries(
    {
        "created_at": moments,
        "waiting_since": maybe,
        "state": st.sampled_from(["open", "closed", "snoozed", None]),
        "origin": st.sampled_from(["customer", "teammate", None]),
        "agent_id": people,
        "team_id": st.sampled_from([None, SUPPORT, FINANCE]),
        "rating": st.one_of(st.none(), st.integers(1, 5)),
        "rating_at": maybe,
        "rated_agent_id": people,
        "first_contact_reply_at": maybe,
        "first_admin_reply_at": maybe,
        "first_close_at": maybe,
        "last_close_at": maybe,
        "time_to_last_close_seconds": st.one_of(st.none(), st.integers(0, 10**6)),
        "count_reopens": st.one_of(st.none(), st.integers(0, 3)),
        "sla_status": st.sampled_from([None, "hit", "missed", "active", "cancelled"]),
        "is_call": st.sampled_from([None, True, False]),
        REASON: reasons,
        SECOND_REASON: reasons,
    }
)
call_rows = st.fixed_dictionaries(
    {
        "started_at": moments,
        "answered_at": maybe,
        "ended_at": maybe,
        "status": st.sampled_from(["done", "done", "answered", None]),
        "direction": st.sampled_from(["inbound", "outbound", None]),
        "missed_call_reason": st.sampled_from(
            [None, "out_of_opening_hours", "short_abandoned", "abandoned_in_ivr", "new"]
        ),
        "has_voicemail": st.sampled_from([None, True, False]),
        "digits": st.sampled_from([None, "+1", "+2"]),
        "user_id": st.just("901"),
        "user_email": emails,
        "transferred_by_email": emails,
        "transferred_to_email": emails,
    }
)


@st.composite
def operations(draw):
    rows = draw(st.lists(conversation_rows, max_size=12))
    called = draw(st.lists(call_rows, max_size=12))
    return tables(conversations(*rows), calls(*called), PEOPLE, TEAMS)


rules_of = st.builds(
    lambda zone, clock, listed: replace(
        RULES, time_zone=ZoneInfo(zone), clock=clock, teams=scoped(*listed).teams
    ),
    st.sampled_from(ZONES),
    st.sampled_from(["all", "office"]),
    st.sampled_from([(), (SUPPORT,)]),
)
property_test = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@property_test
@given(operations(), rules_of)
def test_numbers_lie_where_their_unit_puts_them(content, rules):
    for key, number in report.evaluate_all(View(content, PERIOD, EVERYTHING, rules)).items():
        if number.value is None:
            assert number.n == 0
            continue
        assert number.value >= 0
        if number.unit == "share":
            assert 0 <= number.low <= number.value <= number.high <= 1
        if number.unit == "points":
            assert 1 <= number.value <= 5
        if number.unit == "count":
            assert number.value == number.n, key
        assert all(count >= 0 for count in number.parts.values())


@property_test
@given(operations(), rules_of)
def test_answered_and_missed_are_inbound(content, rules):
    found = report.evaluate_all(View(content, PERIOD, EVERYTHING, rules))
    inbound, missed = found["calls_inbound"], found["calls_missed"]
    assert found["calls_answered"].value + missed.value == inbound.value
    assert sum(missed.parts.values()) == missed.value


@property_test
@given(operations(), rules_of)
def test_bands_and_ages_add_up(content, rules):
    found = report.evaluate_all(View(content, PERIOD, EVERYTHING, rules))
    for key in ("csat_average", "csat_score", "backlog_age"):
        assert sum(found[key].parts.values()) == found[key].n
    assert found["backlog_age"].value == found["open_now"].value
    assert sum(found["time_to_close"].parts.values()) == found["conversations"].n
    assert found["time_to_close"].parts["recorded"] == found["time_to_close"].n
    assert found["queue"].value <= found["open_now"].value


@property_test
@given(operations(), rules_of, st.sampled_from(["day", "hour", "weekday_hour", "agent", "team"]))
def test_the_populations_of_the_groups_add_up(content, rules, by):
    for key in ("conversations", "csat_score", "time_to_close", "reopen_rate"):
        found = report.breakdown(CATALOG[key], by, View(content, PERIOD, EVERYTHING, rules))
        whole = report.evaluate(CATALOG[key], View(content, PERIOD, EVERYTHING, rules))
        assert sum(group.summary.n for group in found) == whole.n


@property_test
@given(operations(), rules_of)
def test_days_put_together_are_the_period(content, rules):
    for key in ("conversations", "csat_score"):
        found = report.breakdown(CATALOG[key], "day", View(content, PERIOD, EVERYTHING, rules))
        alone = [
            report.evaluate(
                CATALOG[key], View(content, days(group.key, group.key), EVERYTHING, rules)
            )
            for group in found
        ]
        assert [(g.summary.value, g.summary.n) for g in found] == [(s.value, s.n) for s in alone]


@property_test
@given(operations(), rules_of, st.randoms())
def test_the_order_of_the_rows_is_irrelevant(content, rules, chance):
    def shuffled(frame):
        order = list(range(len(frame)))
        chance.shuffle(order)
        return frame[order]

    mixed = Tables(
        shuffled(content.conversations),
        shuffled(content.calls),
        content.agents,
        content.teams,
        content.now,
    )
    one, other = (
        report.evaluate_all(View(found, PERIOD, EVERYTHING, rules)) for found in (content, mixed)
    )
    for key, number in one.items():
        assert number.n == other[key].n
        assert number.parts == other[key].parts
        assert (number.value is None) == (other[key].value is None)
        if number.value is not None:
            assert number.value == pytest.approx(other[key].value)
    ordered, again = (
        top_reasons(View(found, PERIOD, EVERYTHING, rules)) for found in (content, mixed)
    )
    assert ordered == again
    assert [row.id for row in now.queue(view_of_today(content, rules))] == [
        row.id for row in now.queue(view_of_today(mixed, rules))
    ]


@property_test
@given(operations(), rules_of)
def test_an_agent_s_group_is_what_the_filter_gives(content, rules):
    for key in ("conversations", "csat_score", "open_now", "calls_answered"):
        found = report.breakdown(CATALOG[key], "agent", View(content, PERIOD, EVERYTHING, rules))
        for group in found:
            own = Filters(agents=(group.key,))
            alone = report.evaluate(CATALOG[key], View(content, PERIOD, own, rules))
            assert (group.summary.value, group.summary.n) == (alone.value, alone.n)


@property_test
@given(operations(), rules_of)
def test_no_measure_changes_its_table(content, rules):
    before = content.conversations.clone(), content.calls.clone()
    report.evaluate_all(View(content, PERIOD, Filters(agents=("1",)), rules))
    agent_rows(View(content, PERIOD, EVERYTHING, rules))
    now.load(view_of_today(content, rules), START)
    assert content.conversations.equals(before[0])
    assert content.calls.equals(before[1])


@property_test
@given(operations(), rules_of)
def test_shares_of_reasons_are_of_all_mentions(content, rules):
    found = top_reasons(View(content, PERIOD, EVERYTHING, rules))
    volume = report.evaluate(CATALOG["conversations"], View(content, PERIOD, EVERYTHING, rules))
    assert sum(row.mentions for row in found) == sum(volume.parts.values())
    if sum(row.mentions for row in found):
        assert sum(row.share for row in found) == pytest.approx(1)


@property_test
@given(operations(), rules_of)
def test_credits_are_never_fewer_than_calls(content, rules):
    credits = report.breakdown(
        CATALOG["calls_answered"], "agent", View(content, PERIOD, EVERYTHING, rules)
    )
    total = report.evaluate(CATALOG["calls_answered"], View(content, PERIOD, EVERYTHING, rules))
    assert sum(group.summary.n for group in credits) >= total.n
    assert all(group.summary.n <= total.n for group in credits)
