"""A threshold is proposed only where it would have spared noise and nothing else."""

import pytest

from metrics.alerts.model import Problem
from services.robot.history import Proposal, propose_threshold
from services.robot.state import Incident


def incidents(rule, *peaks):
    """One life for each peak; those that somebody took on are written as text."""
    return [
        Incident(
            str(n),
            Problem(rule, f"{rule}:x", "warning", float(peak), 10),
            1000.0 + n,
            float(peak),
            acknowledged_by="Ana" if isinstance(peak, str) else None,
        )
        for n, peak in enumerate(peaks)
    ]


def test_the_lowest_peak_that_somebody_took_on_is_proposed():
    assert propose_threshold(
        incidents("overload", 10, 11, 11, "12", "14"), "overload", 10
    ) == Proposal(12, 3, 5)


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
    assert propose_threshold(incidents(rule, *peaks), rule, 10) is None


def test_other_rules_do_not_count():
    both = [*incidents("overload", 10, 10, "12"), *incidents("queue", 1, 1, "9")]
    assert propose_threshold(both, "overload", 10) == Proposal(12, 2, 3)
