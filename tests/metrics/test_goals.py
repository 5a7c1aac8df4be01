import pandas as pd
import pytest

from metrics.goals import Goal, excluded, goal
from metrics.rules import Rules


@pytest.mark.parametrize(
    ("eligible", "needed"),
    [(0, 0), (1, 1), (9, 9), (10, 9), (11, 10), (20, 18), (30, 27), (100, 90)],
)
def test_ninety_percent_of_ten_is_nine(eligible, needed):
    assert Goal(eligible, 0, 0.9).needed == needed


def test_what_is_missing_never_falls_below_zero():
    assert [Goal(10, done, 0.9).missing for done in (0, 8, 9, 10)] == [9, 1, 0, 0]


def test_nothing_to_classify_is_no_rate_and_no_success():
    nothing = Goal(0, 0, 0.9)
    assert (nothing.rate, nothing.reached, nothing.missing) == (None, False, 0)


def test_rows_that_do_not_count_stay_out():
    values = pd.Series([1, 0, pd.NA, 1], dtype="Float64")
    assert goal(values, Rules()) == Goal(eligible=3, classified=2, share=0.9)


def test_each_excluded_row_is_told_once():
    rows = pd.DataFrame(
        {
            "state": ["closed", "closed", "closed", "open", "closed"],
            "attr.Ticket category": [
                "Back-office ticket",
                " back-office TICKET ",
                None,
                "Back-office ticket",
                None,
            ],
            "attr.Merged": ["true", None, "true", "true", "false"],
        }
    )
    assert excluded(rows, Rules()) == {"Ticket category": 2, "Merged": 1}


def test_a_workspace_without_the_attribute_excludes_nothing():
    assert excluded(pd.DataFrame({"state": ["closed"]}), Rules()) == {}
