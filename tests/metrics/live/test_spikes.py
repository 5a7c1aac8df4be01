import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metrics.live.current import load
from metrics.live.spikes import arrivals_until, expectations, poisson_tail, spikes, would_have_fired
from metrics.model.view import view_of_today
from tests.worlds.tables import NOW, SUPPORT, UTC_RULES, agents, conversations, tables

RULES = UTC_RULES
ADAPTIVE = replace(RULES, spike_mode="adaptive")
FIRST_DAY = date(2026, 8, 24)


def world(*times, agent="1", now=NOW):
    rows = [
        {"id": f"{n:04}", "created_at": at, "agent_id": agent, "team_id": SUPPORT}
        for n, at in enumerate(times)
    ]
    people = agents({"id": "1", "name": "João"}, {"id": "2", "name": "Luana"})
    return tables(conversations(*rows), agents_=people, now=now)


def weekly(weeks, *clocks, day="2026-11-24"):
    """Arrivals at these times of the same weekday in so many weeks before."""
    days = [date.fromisoformat(day) - timedelta(weeks=week) for week in range(1, weeks + 1)]
    return [f"{one}T{clock}Z" for one in days for clock in clocks]


def found(content, rules=None, first_day=FIRST_DAY):
    return {f"{s.group.kind}:{s.group.id}": s for s in spikes(content, rules or RULES, first_day)}


BURST = ["2026-11-24T11:40:00Z", "2026-11-24T11:50:00Z", "2026-11-24T12:00:00Z"]


def test_three_arrivals_for_one_person_in_half_an_hour_are_a_spike():
    assert found(world(*BURST))["agent:1"].count == 3
    assert found(world(*BURST[:2])) == {}


def test_an_arrival_exactly_half_an_hour_old_no_longer_counts():
    assert found(world("2026-11-24T11:30:00Z", *BURST[1:])) == {}
    assert "agent:1" in found(world("2026-11-24T11:30:01Z", *BURST[1:]))


def test_midnight_does_not_part_a_spike():
    times = ["2026-11-23T23:45:00Z", "2026-11-23T23:55:00Z", "2026-11-24T00:05:00Z"]
    assert found(world(*times, now="2026-11-24T00:10:00Z"))["agent:1"].count == 3


def test_what_nobody_has_or_a_stranger_is_no_persons_spike():
    assert found(world(*BURST, agent=None)) == {}
    assert found(world(*BURST, agent="somebody who left")) == {}


@pytest.mark.parametrize(
    ("count", "rate", "tail"),
    [
        (0, 2.0, 1.0),
        (1, 0.5, 1 - math.exp(-0.5)),
        (3, 1.0, 1 - math.exp(-1) * (1 + 1 + 0.5)),
        (2, 2.0, 1 - math.exp(-2) * 3),
    ],
)
def test_the_tail_of_the_poisson_distribution_by_hand(count, rate, tail):
    assert poisson_tail(count, rate) == pytest.approx(tail, rel=1e-12)


def test_the_tail_holds_for_thousands():
    assert 0.49 < poisson_tail(5000, 5000.0) < 0.51
    assert poisson_tail(9000, 5000.0) < 1e-12


def test_a_window_is_open_at_its_beginning_and_closed_at_its_end():
    times = np.array([10, 20, 30])
    assert list(arrivals_until(times, np.array([30, 29, 40]), 20)) == [2, 2, 1]


def test_what_is_expected_is_the_same_hour_of_the_same_weekday():
    # Two arrivals in the hour up to noon on each of ten Tuesdays; one on Monday, one after noon.
    times = weekly(10, "11:10:00", "11:50:00", "12:10:00") + weekly(
        10, "11:20:00", day="2026-11-23"
    )
    content = world(*times)
    stamps = content.conversations["created_at"].sort().dt.epoch("s")
    rate = expectations(
        stamps.to_numpy(), np.array([int(NOW.timestamp())]), 1800, RULES, date(2026, 9, 15)
    )
    # Ten weeks are loaded: (20 + 0.5) / 10 an hour, and half of it in half an hour.
    assert rate[0] == pytest.approx(1.025)


def test_what_is_usual_is_no_spike_and_what_is_improbable_is():
    busy = weekly(12, "11:31:00", "11:35:00", "11:40:00", "11:45:00", "11:50:00", "11:55:00")
    assert found(world(*busy, *BURST), ADAPTIVE) == {}
    # Nobody ever came at noon: three arrivals where 0.02 are expected.
    spike = found(world(*weekly(12, "18:00:00"), *BURST), ADAPTIVE)["agent:1"]
    assert spike.expected == pytest.approx(0.5 / 12 / 2)
    assert "team:6101" in found(world(*weekly(12, "18:00:00"), *BURST), ADAPTIVE)


def test_one_improbable_arrival_is_no_news():
    assert found(world(*weekly(12, "18:00:00"), BURST[0]), ADAPTIVE) == {}


def test_an_incident_that_nobody_has_taken_is_a_spike_of_the_team():
    assert set(found(world(*BURST, agent=None), ADAPTIVE)) == {"team:6101"}


def test_without_enough_weeks_persons_are_counted():
    found_ = found(world(*BURST), ADAPTIVE, first_day=date(2026, 11, 1))
    assert set(found_) == {"agent:1"}
    assert found_["agent:1"].expected is None
    assert set(found(world(*BURST), ADAPTIVE, first_day=None)) == {"agent:1"}


def new_york(clock):
    return int(
        datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("America/New_York")).timestamp()
    )


def test_the_hour_is_the_local_one_on_both_sides_of_a_change_of_clocks():
    # New York puts its clocks back on 1 November 2026: nine o'clock is 13:00Z before, 14:00Z after.
    rules = replace(RULES, time_zone=ZoneInfo("America/New_York"))
    days = ("2026-11-03", "2026-10-27", "2026-10-20", "2026-10-13")
    times = np.array(sorted(new_york(f"{day} 08:45") for day in days))
    now = new_york("2026-11-10 09:00")
    rate = expectations(times, np.array([now]), 3600, rules, date(2026, 10, 13))
    assert rate[0] == pytest.approx(4.5 / 4)


def test_how_often_each_mode_would_have_fired():
    usual = weekly(12, "10:31:00", "10:40:00", "10:50:00")
    two_on_monday = [
        *(f"2026-11-23T10:0{n}:00Z" for n in range(5)),
        *(f"2026-11-23T15:0{n}:00Z" for n in range(3)),
    ]
    fired = would_have_fired(world(*usual, *two_on_monday), RULES, FIRST_DAY)
    # Fixed: last Tuesday's usual three, and Monday's two. A fortnight ago is too long ago.
    assert fired["fixed"] == 3
    # Adaptive: Monday's two, once for the person and once for the team each.
    assert fired["adaptive"] == 4


def test_a_spike_that_goes_on_is_one_and_one_that_paused_is_two():
    on = [f"2026-11-23T10:{n:02}:00Z" for n in range(0, 60, 10)]
    assert would_have_fired(world(*on), RULES, FIRST_DAY)["fixed"] == 1
    paused = [*on, *(f"2026-11-23T13:{n:02}:00Z" for n in range(0, 30, 10))]
    assert would_have_fired(world(*paused), RULES, FIRST_DAY)["fixed"] == 2
    assert would_have_fired(world(), RULES, FIRST_DAY) == {"fixed": 0, "adaptive": 0}


def test_the_wall_marks_what_the_adaptive_mode_finds():
    def marked(content, rules=ADAPTIVE):
        rows = load(view_of_today(content, rules), NOW, first_day=FIRST_DAY)
        return [row.agent_id for row in rows if row.spike]

    unusual = world(*weekly(12, "18:00:00"), *BURST)
    usual = world(*weekly(12, "11:40:00", "11:50:00", "11:55:00"), *BURST)
    assert (marked(unusual), marked(usual)) == (["1"], [])
    assert (marked(unusual, RULES), marked(usual, RULES)) == (["1"], ["1"])
