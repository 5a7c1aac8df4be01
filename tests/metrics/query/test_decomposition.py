"""What carries a change: parts that add up to it, whatever the number and the groups."""

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.view import View
from metrics.query.decomposition import SHOWN, decompose, shorten
from metrics.query.drilldown import Cell, besides, drill_down
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    REASON,
    SECOND_REASON,
    UTC_RULES,
    conversations,
    days,
    tables,
)

RATED = {"created_at": "2026-11-01T10:00:00Z", "state": "closed"}


def rated(day, rating, **values):
    return {**RATED, "rating": rating, "rating_at": f"2026-11-{day}T10:00:00Z", **values}


def views(rows, period=DAY, rules=UTC_RULES):
    now = View(rows, period, EVERYTHING, rules)
    return now.with_period(period.previous), now


def parts(key, rows, by="reason"):
    before, now = views(tables(conversations(*rows)))
    return {part.keys[0]: part for part in decompose(CATALOG[key], before, now).parts[by]}


@pytest.fixture(scope="module")
def operation():
    """Before and now around the day of 25 hours."""
    return views(figures().tables, days("2026-10-26", "2026-11-08"), SETTINGS.rules())


@pytest.mark.parametrize("key", [key for key, metric in CATALOG.items() if metric.dated_by])
def test_the_parts_of_every_way_add_up_to_the_change(operation, key):
    before, now = operation
    found = decompose(CATALOG[key], before, now)
    assert found.parts or found.ends == (0, 0)
    for by, groups in found.parts.items():
        assert sum(part.total for part in groups) == pytest.approx(found.change, abs=1e-9)
        first = groups[0]
        for view, side in ((before, first.before), (now, first.now)):
            assert drill_down(key, [Cell(by, first.keys[0])], view).n == side.rows
        short = shorten(found, by, before, now)
        assert len(short) <= SHOWN + 1
        assert sum(part.total for part in short) == pytest.approx(found.change, abs=1e-9)


def test_a_group_that_answers_worse_and_one_that_weighs_more_are_told_apart():
    a, b = {REASON: "A"}, {REASON: "B"}
    before = [rated(23, 5, **a), rated(23, 5, **a), rated(23, 1, **b), rated(23, 1, **b)]
    worse = [rated(24, 5, **a), rated(24, 1, **a), rated(24, 1, **b), rated(24, 1, **b)]
    found = parts("csat_score", [*before, *worse])
    assert (found["A"].mix, found["A"].rate) == (0, -0.25)
    assert found["B"].total == 0
    heavier = [rated(24, 5, **a), rated(24, 1, **b), rated(24, 1, **b), rated(24, 1, **b)]
    found = parts("csat_score", [*before, *heavier])
    assert {part.rate for part in found.values()} == {0}
    # The good one lost a quarter of all, the bad one gained it: both pull down.
    assert found["A"].mix == pytest.approx(-0.25 * (1 - 0.375))
    assert found["B"].mix == pytest.approx(0.25 * (0 - 0.375))


def test_a_group_of_one_period_only_is_all_mix():
    found = parts("csat_score", [rated(23, 5, **{REASON: "A"}), rated(24, 1, **{REASON: "B"})])
    assert [part.rate for part in found.values()] == [0, 0]
    assert found["B"].before.rows == found["A"].now.rows == 0
    assert found["A"].total + found["B"].total == -1


def test_what_belongs_to_a_line_is_not_parted_by_people(operation):
    assert {"team", "agent"} <= set(decompose(CATALOG["calls_answered"], *operation).parts)
    assert not {"team", "agent"} & set(decompose(CATALOG["loss_rate"], *operation).parts)


def test_a_row_of_two_groups_counts_half_in_each():
    two = {"created_at": "2026-11-24T10:00:00Z", REASON: "A", SECOND_REASON: "B"}
    found = parts("conversations", [two, {**two, SECOND_REASON: None}])
    assert [(p.now.rows, p.total) for p in (found["A"], found["B"])] == [(2, 1.5), (1, 0.5)]


def test_without_a_value_on_either_side_nothing_is_said():
    row = [rated(24, 5, **{REASON: "A"})]
    before, now = views(tables(conversations(*row)))
    assert decompose(CATALOG["csat_score"], before, now) is None
    assert decompose(CATALOG["queue"], before, now) is None


@pytest.mark.parametrize(("key", "by"), [("time_to_close", "hour"), ("calls_inbound", "hour")])
def test_the_others_open_the_rows_that_they_stand_for(operation, key, by):
    before, now = operation
    *alone, others = shorten(decompose(CATALOG[key], before, now), by, before, now)
    cell = besides(by, [part.keys[0] for part in alone])
    assert drill_down(key, [cell], now).n == others.now.rows
    assert drill_down(key, [cell], before).n == others.before.rows


def test_rows_of_several_groups_are_one_row_among_the_others():
    rows = [
        {"created_at": "2026-11-24T10:00:00Z", REASON: f"R{n}", SECOND_REASON: f"R{n + 1}"}
        for n in range(20)
    ]
    before, now = views(tables(conversations(*rows)))
    *alone, others = shorten(
        decompose(CATALOG["conversations"], before, now), "reason", before, now
    )
    cell = besides("reason", [part.keys[0] for part in alone])
    assert drill_down("conversations", [cell], now).n == others.now.rows < 20
