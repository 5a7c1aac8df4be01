"""The formulas, held against published values and against one another."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.planning.erlang import (
    Flow,
    Target,
    erlang_b,
    erlang_c,
    impatient,
    least_people,
    patient,
    with_shrinkage,
)

LOADS = st.floats(0.01, 400)
PEOPLE = st.integers(1, 500)
HANDLING = st.floats(10, 1800)


# Usual traffic tables (such as table B.1 of Cooper, Introduction to Queueing Theory, and those of
# the ITU-D/ITC Teletraffic Engineering Handbook): the load that a group may have for its loss. The
# 15 lines are also the example of the manual of the calculator at erlang.com.
@pytest.mark.parametrize(
    ("people", "loss", "load"),
    [
        (1, 0.01, 0.0101),
        (5, 0.01, 1.361),
        (10, 0.01, 4.461),
        (15, 0.01, 8.108),
        (20, 0.01, 12.03),
        (50, 0.01, 37.90),
        (100, 0.01, 84.06),
        (10, 0.02, 5.084),
        (10, 0.001, 3.092),
    ],
)
def test_the_loss_of_published_loads(people, loss, load):
    assert erlang_b(load, people) == pytest.approx(loss, rel=3e-3)


def test_the_wait_of_the_known_example_of_55_agents():
    """360 calls in half an hour, 4 minutes each: the worked example of mitan.co.uk/erlang.

    Published there: intensity 48, occupancy 87.3 %, 23.9 % wait, 8.2 s on average, 84.5 % within
    15 s (told from rounded steps).
    """
    found = patient(Flow(360 / 1800, 240), 55, 15)
    assert Flow(360 / 1800, 240).load == pytest.approx(48)
    assert found.occupancy == pytest.approx(0.873, abs=5e-4)
    assert found.waits == pytest.approx(0.239, abs=5e-4)
    assert found.mean_wait == pytest.approx(8.2, abs=0.05)
    assert found.in_time == pytest.approx(0.845, abs=1e-3)


def test_the_people_of_the_example_of_two_packages():
    """100 calls in half an hour, 3 minutes each, 80 % in 20 s, at most 85 % busy, 30 % away.

    The example of the documentation of both `pyworkforce` (Python) and `ErlangC` (R).
    """
    flow, target = Flow(100 / 1800, 180), Target(0.8, 20, 0.85)
    people = least_people(flow, target)
    assert (people, with_shrinkage(people, 0.3)) == (14, 20)
    found = patient(flow, people, 20)
    assert found.waits == pytest.approx(0.1741319335950498, rel=1e-9)
    assert found.in_time == pytest.approx(0.8883500191794669, rel=1e-9)
    assert found.occupancy == pytest.approx(0.7142857142857143, rel=1e-9)
    assert found.mean_wait == pytest.approx(7.83593701177724, rel=1e-9)


def test_who_gives_up_in_the_example_of_50_agents():
    """48 calls a minute, 1 minute each, 50 agents, patience 2 minutes on average.

    Gans, Koole and Mandelbaum, Telephone Call Centers (2003), and Mandelbaum and Zeltyn, The
    Palm/Erlang-A Queue (2005): without abandonment 20.8 s and 96 % busy; with it 3.1 % give up,
    3.7 s and 93 % busy.
    """
    flow = Flow(48 / 60, 60)
    without = patient(flow, 50, 20)
    assert without.mean_wait == pytest.approx(20.8, abs=0.05)
    assert without.occupancy == pytest.approx(0.96)
    found = impatient(flow, 50, 20, 120)
    assert found.gives_up == pytest.approx(0.031, abs=5e-4)
    assert found.mean_wait == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=5e-3)


def test_those_who_are_taken_in_time_are_counted_as_in_a_simulation():
    """An independent way: the queue itself, call by call, with a fixed seed."""
    rate, handling, people, patience, seconds = 0.05, 180.0, 8, 90.0, 20.0
    draw = np.random.default_rng(5)
    count = 60_000
    starts = np.cumsum(draw.exponential(1 / rate, count))
    works, holds = draw.exponential(handling, count), draw.exponential(patience, count)
    free = [0.0] * people
    in_time = gone = 0
    for start, work, hold in zip(starts, works, holds, strict=True):
        first = min(range(people), key=free.__getitem__)
        wait = max(0.0, free[first] - start)
        if wait > hold:
            gone += 1
            continue
        free[first] = start + wait + work
        in_time += wait <= seconds
    found = impatient(Flow(rate, handling), people, seconds, patience)
    assert found.in_time == pytest.approx(in_time / count, abs=0.01)
    assert found.gives_up == pytest.approx(gone / count, abs=0.01)


@given(LOADS, PEOPLE)
def test_waiting_is_never_rarer_than_loss_and_both_are_shares(load, people):
    blocked, waits = erlang_b(load, people), erlang_c(load, people)
    assert 0 <= blocked <= 1
    if load >= people:
        assert waits is None
    else:
        assert blocked <= waits + 1e-12
        assert waits <= 1 + 1e-12


@given(LOADS, PEOPLE)
def test_more_people_and_less_load_make_fewer_lose(load, people):
    assert erlang_b(load, people + 1) <= erlang_b(load, people)
    assert erlang_b(load, people) <= erlang_b(load * 1.1, people) + 1e-15


@given(st.floats(0.01, 300), st.integers(1, 60), HANDLING)
def test_more_people_answer_more_in_time(load, spare, handling):
    people = math.ceil(load) + spare
    flow = Flow(load / handling, handling)
    fewer, more = patient(flow, people, 20), patient(flow, people + 1, 20)
    assert more.in_time >= fewer.in_time - 1e-12
    assert more.mean_wait <= fewer.mean_wait + 1e-12


@settings(max_examples=40)
@given(st.floats(0.05, 80), st.integers(1, 15), HANDLING)
def test_endless_patience_is_the_queue_without_giving_up(load, spare, handling):
    people = math.ceil(load) + spare
    flow = Flow(load / handling, handling)
    endless, never = impatient(flow, people, 20, 1e9), patient(flow, people, 20)
    assert endless.waits == pytest.approx(never.waits, abs=1e-4)
    assert endless.in_time == pytest.approx(never.in_time, abs=1e-4)
    assert endless.gives_up == pytest.approx(0, abs=1e-5)


@settings(max_examples=40)
@given(st.floats(0.05, 80), st.integers(1, 90), st.floats(5, 3600), st.floats(0, 600))
def test_giving_up_keeps_every_queue_stable(load, people, patience, seconds):
    flow = Flow(load / 240, 240)
    found = impatient(flow, people, seconds, patience)
    for share in (found.waits, found.in_time, found.occupancy, found.gives_up):
        assert 0 <= share <= 1 + 1e-9
    more = impatient(flow, people + 1, seconds, patience)
    assert more.gives_up <= found.gives_up + 1e-9
    assert more.in_time >= found.in_time - 1e-9
    assert found.in_time + found.gives_up <= 1 + 1e-6


@settings(max_examples=40)
@given(st.floats(0.05, 60), st.floats(0.5, 0.99), st.floats(1, 300), st.floats(0.5, 1))
def test_the_fewest_people_reach_the_target_and_one_less_does_not(load, share, seconds, busy):
    flow, target = Flow(load / 200, 200), Target(share, seconds, busy)

    def reaches(people):
        found = patient(flow, people, seconds)
        return found is not None and found.in_time >= share and found.occupancy <= busy

    people = least_people(flow, target)
    assert reaches(people)
    assert not reaches(people - 1)


@settings(max_examples=40)
@given(st.floats(0.05, 60), st.floats(0.5, 0.99), st.floats(1, 300), st.floats(10, 900))
def test_the_same_holds_where_callers_give_up(load, share, seconds, patience):
    flow, target = Flow(load / 200, 200), Target(share, seconds)
    people = least_people(flow, target, patience)
    assert impatient(flow, people, seconds, patience).in_time >= share
    assert impatient(flow, people - 1, seconds, patience).in_time < share


def test_a_long_target_may_ask_for_more_people_where_callers_give_up():
    """Who would have been taken in time, but left before, was not."""
    flow, target = Flow(4 / 200, 200), Target(0.99, 300)
    assert least_people(flow, target, patience=120) > least_people(flow, target)


def test_as_much_work_as_people_is_unstable_and_has_no_numbers():
    assert erlang_c(5, 5) is None
    assert patient(Flow(5 / 60, 60), 5, 20) is None
    assert patient(Flow(5 / 60, 60), 4, 20) is None
    assert patient(Flow(5 / 60, 60), 0, 20) is None


def test_nothing_that_arrives_needs_nobody():
    assert least_people(Flow(0, 300), Target(0.8, 20)) == 0
    assert patient(Flow(0, 300), 1, 20).in_time == 1
    assert impatient(Flow(0, 300), 0, 20, 60).gives_up == 0
    assert impatient(Flow(0.1, 300), 0, 20, 60).in_time == 0


def test_hundreds_of_people_neither_overflow_nor_lose_digits():
    assert erlang_b(800, 800) == pytest.approx(0.0278, abs=2e-4)
    found = impatient(Flow(800 / 300, 300), 700, 20, 180)
    # In a flood those who are not served are the ones too many.
    assert found.gives_up == pytest.approx(0.125, abs=1e-3)


@pytest.mark.parametrize(("load", "people"), [(-1, 3), (3, -1)])
def test_negative_numbers_are_refused(load, people):
    with pytest.raises(ValueError, match="negative"):
        erlang_b(load, people)


def test_no_patience_is_refused():
    with pytest.raises(ValueError, match="positive"):
        impatient(Flow(1, 60), 3, 20, 0)


def test_shrinkage_is_rounded_up_but_not_beyond():
    assert with_shrinkage(7, 0) == 7
    assert with_shrinkage(7, 0.3) == 10
    assert with_shrinkage(1, 0.3) == 2
    assert with_shrinkage(0, 0.3) == 0
