"""A threshold is proposed only where it would have spared noise and nothing else."""

import pytest

from metrics.alerts.model import Problem
from services.robot.history import Proposal, proposal
from services.robot.state import Life


def lives(rule, *peaks):
    """One life for each peak; those that somebody took on are written as text."""
    return [
        Life(
            str(n),
            Problem(rule, f"{rule}:x", "warning", float(peak), 10),
            1000.0 + n,
            float(peak),
            acknowledged_by="Ana" if isinstance(peak, str) else None,
        )
        for n, peak in enumerate(peaks)
    ]


def test_the_lowest_peak_that_somebody_took_on_is_proposed():
    assert proposal(lives("overload", 10, 11, 11, "12", "14"), "overload", 10) == Proposal(12, 3, 5)


@pytest.mark.parametrize(
    ("rule", "peaks"),
    [
        ("overload", [10, 11, 12]),  # nobody acted: nothing says what mattered
        ("overload", ["10", 11, 11]),  # somebody acted on the least of all
        ("overload", [11, "12"]),  # one is chance
        ("staffing_text", [1, 1, "3"]),  # a goal is a promise
        ("queue", []),
    ],
)
def test_nothing_is_proposed_where_it_would_say_nothing(rule, peaks):
    assert proposal(lives(rule, *peaks), rule, 10) is None


def test_other_rules_do_not_count():
    both = [*lives("overload", 10, 10, "12"), *lives("queue", 1, 1, "9")]
    assert proposal(both, "overload", 10) == Proposal(12, 2, 3)
