"""What days add up to is what the page tells of all their rows."""

from dataclasses import replace
from datetime import date

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED, Filters
from metrics.model.periods import Period
from metrics.model.sketch import ACCURACY, quantile
from metrics.model.view import EVERYTHING, View
from metrics.query import report
from metrics.query.daily import OTHER, SLICES, Part, add_up, additive_metrics, cut_days
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.tables import REASON, SECOND_REASON, UTC_RULES, conversations, day, tables

PERIOD = Period(date(2026, 8, 28), date(2026, 11, 24))
RULES = SETTINGS.rules()
FILTERS = {
    "all": lambda key: EVERYTHING,
    "team": lambda key: Filters(teams=(key,)),
    "agent": lambda key: Filters(agents=(key,)),
    "line": lambda key: Filters(lines=(key,)),
}


def close_to(exact):
    return None if exact is None else pytest.approx(exact, rel=2 * ACCURACY, abs=1e-9)


@pytest.mark.parametrize(
    ("table", "by"), [(t, by) for t, slices in SLICES.items() for by in slices if by in FILTERS]
)
def test_a_group_of_the_archive_is_the_page_under_the_filter_of_that_name(table, by):
    view = View(figures().tables, PERIOD, EVERYTHING, RULES)
    days = cut_days(table, by, view).values()
    groups = {group for parts in days for group in parts}
    # No filter asks for what is in no team.
    groups -= {UNASSIGNED} if by == "team" else set()
    assert groups
    for group in groups:
        exact = report.evaluate_many(additive_metrics(table), view.with_filters(FILTERS[by](group)))
        for key, told in exact.items():
            part = add_up(parts.get(group, {}).get(key, Part()) for parts in days)
            ours = part.summarise(CATALOG[key])
            assert ours.n == told.n, (group, key)
            if told.gap is None:
                assert ours.value == close_to(told.value), (group, key)
                assert ours.mean == close_to(told.mean), (group, key)
                assert ours.p90 == close_to(told.p90), (group, key)


def test_what_somebody_typed_is_no_reason_and_mentions_count_once():
    typed = {"created_at": "2026-11-24T10:00:00", REASON: "Quitéria", SECOND_REASON: "liga já"}
    rows = conversations(typed, {**typed, REASON: "Boleto"}, {**typed, REASON: None})
    view = View(tables(rows), day("2026-11-24"), EVERYTHING, UTC_RULES)
    (parts,) = cut_days("conversations", "reason", view, ["Boleto"]).values()
    assert {group: numbers["conversations"].n for group, numbers in parts.items()} == {
        "Boleto": 1,
        OTHER: 3,
    }


def test_days_without_rows_are_there_and_empty():
    view = View(tables(), Period(date(2026, 11, 1), date(2026, 11, 3)), EVERYTHING, UTC_RULES)
    assert list(cut_days("calls", "all", view).values()) == [{}, {}, {}]


def test_parts_add_up_in_any_order():
    one, two = Part(2, 9.0, {4: 1, 7: 1}), Part(1, 3.0, {7: 1})
    assert one + two == two + one == Part(3, 12.0, {4: 1, 7: 2})
    assert add_up([]) == Part()


def test_nothing_lasts_no_time_and_no_rows_have_no_median():
    assert quantile({}, 0.5) is None
    rows = conversations({"created_at": "2026-11-24T10:00:00", "time_to_admin_reply_seconds": 0.0})
    view = View(tables(rows), day("2026-11-24"), EVERYTHING, UTC_RULES)
    first = view.tables.conversations["created_at"]
    replied = rows.with_columns(
        first.alias("first_contact_reply_at"), first.alias("first_admin_reply_at")
    )
    view = replace(view, tables=tables(replied))
    (parts,) = cut_days("conversations", "all", view).values()
    assert parts["all"]["first_response_time"].summarise(CATALOG["first_response_time"]).value == 0
