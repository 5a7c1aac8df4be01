"""People per half-hour: assumptions, gaps, and what is unstable or out of reach."""

import numpy as np
import pytest

from metrics.planning.erlang import Target
from metrics.planning.staffing import Assumptions, plan

EIGHTY = Target(0.8, 20, 0.85)


def grid(value=0.0, **cells):
    found = np.full((7, 48), float(value))
    for place, number in cells.items():
        day, half = place.removeprefix("c").split("_")
        found[int(day), int(half)] = number
    return found


def told(arrivals, *, scheduled=None, handling=180.0, **assumed):
    assumptions = Assumptions(**{"target": EIGHTY, **assumed})
    return plan(
        grid(c0_20=arrivals),
        grid(handling),
        grid() if scheduled is None else grid(c0_20=scheduled),
        assumptions,
    )


def test_the_published_example_needs_fourteen_there_and_twenty_on_the_schedule():
    """100 calls in half an hour, as in `test_erlang`."""
    found = told(100, shrinkage=0.3, scheduled=18)
    assert found.there[0, 20] == 14
    assert found.needed[0, 20] == 20
    assert found.needed.sum() == 20


def test_assumptions_change_what_arrives_and_how_long_it_takes():
    more, longer = told(50, volume=1.0), told(100, handling=90.0)
    assert more.there[0, 20] == 14
    longer = plan(grid(c0_20=100), grid(90.0), grid(), Assumptions(EIGHTY, handling=1.0))
    assert longer.there[0, 20] == 14
    assert told(100, at_once=2).there[0, 20] < 14
    assert told(100, volume=-0.9).there[0, 20] < 5


def test_callers_who_give_up_leave_room_for_others():
    assert told(100, patience=60).there[0, 20] <= 14
    assert told(100, patience=60, scheduled=14).outcome_with_patience(0, 20).gives_up > 0
    assert told(100, scheduled=14).outcome_with_patience(0, 20) is None


def test_half_of_an_hour_and_shrinkage_leave_whole_people():
    assert told(10, scheduled=7.5).present(0, 20) == 7
    assert told(10, scheduled=10, shrinkage=0.3).present(0, 20) == 7


@pytest.mark.parametrize("scheduled", [0, 9, 10])
def test_as_much_work_as_people_has_no_outcome(scheduled):
    assert told(100, scheduled=scheduled).outcome(0, 20) is None
    assert told(100, scheduled=14).outcome(0, 20).in_time == pytest.approx(0.888, abs=1e-3)


def test_what_nobody_reaches_is_no_number_of_people():
    found = told(100_000, handling=3600)
    assert found.there[0, 20] == -1
    assert found.needed[0, 20] == -1


def test_where_nothing_is_known_of_the_handling_nobody_is_needed():
    found = plan(grid(c0_20=5), grid(np.nan), grid(), Assumptions(EIGHTY))
    assert found.needed.sum() == 0
