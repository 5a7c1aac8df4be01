from math import sqrt
from statistics import stdev

import pytest

from metrics.model.filters import EMPTY
from metrics.model.summary import Z95
from metrics.model.view import View
from metrics.query.ai_agent import hand_overs, of_same_reasons, worth
from tests.worlds.tables import DAY, EVERYTHING, REASON, UTC_RULES, conversations, tables

RESOLVED = {"ai_participated": True, "ai_state": "confirmed_resolution", "state": "closed"}
HANDED = {"ai_participated": True, "agent_id": "1"}
TIMES = [*range(100, 1000, 100), 2000]


def view(*rows):
    told = ({"ai_participated": False, **row} for row in rows)
    return View(tables(conversations(*told)), DAY, EVERYTHING, UTC_RULES)


def people(reason, **values):
    return {"agent_id": "1", "state": "closed", REASON: reason, **values}


def test_a_resolution_is_worth_what_people_take_for_its_reason():
    rows = [people("A", handling_seconds=seconds) for seconds in TIMES]
    rows += [people("B", handling_seconds=50) for _ in range(9)]
    ended = [{**RESOLVED, REASON: "A"}] * 4
    # Too little to compare with, no reason, and one that people had to finish.
    ended += [{**RESOLVED, REASON: "B"}, RESOLVED, {**RESOLVED, REASON: "A", "agent_id": "1"}]
    found = worth(view(*rows, *ended))
    assert (found.resolved, found.untold) == (4, 2)
    assert found.seconds == 4 * 650
    error = stdev(TIMES) * sqrt(4 + 16 / 10)
    assert found.margin == pytest.approx(Z95 * error)


def test_nothing_to_compare_with_is_no_estimate():
    found = worth(view({**RESOLVED, REASON: "A"}))
    assert (found.reasons, found.untold) == ([], 1)


def test_what_it_hands_over_stands_beside_people_of_the_same_reasons():
    def reopened(times):
        return {"state": "closed", "count_reopens": times}

    rows = [
        *[{**HANDED, REASON: "A", **reopened(1)}] * 3,
        {**HANDED, REASON: "B", **reopened(0)},
        {**HANDED, REASON: "C", **reopened(1)},
        *[people("A", **reopened(n)) for n in (0, 0, 0, 1)],
        people("B", **reopened(1)),
        *[people("D", **reopened(1))] * 50,
    ]
    found = hand_overs(view(*rows))
    assert [(row.reason, row.handed["ai_handed_over"].n) for row in found] == [
        ("A", 3),
        ("B", 1),
        ("C", 1),
    ]
    # C has nobody beside it, and D was never handed over.
    assert of_same_reasons(found, "reopen_rate") == (3 / 4, (3 * 0.25 + 1) / 4)
    assert of_same_reasons(found, "csat_score") is None
    assert EMPTY not in {row.reason for row in found}
