from datetime import date
from typing import get_args

import pytest

from metrics.model import schema
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters, Origin
from metrics.model.periods import Period
from metrics.model.selection import absent_labels, select, select_conversations
from metrics.model.view import View, view_of_today
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    FINANCE,
    REASON,
    SECOND_REASON,
    SUPPORT,
    UTC_RULES,
    agents,
    scoped,
    tables,
    told,
)
from tests.worlds.tables import conversations as made

LABEL = UTC_RULES.labels.reason


def identify(query):
    return query.select("id").collect()["id"].to_list()


def ids(content, filters=EVERYTHING, rules=UTC_RULES, key="conversations"):
    return identify(select(CATALOG[key], View(content, DAY, filters, rules)).query)


MIXED = tables(
    made(
        {"id": "a", "team_id": SUPPORT, "agent_id": "1", "origin": "customer", REASON: "Lentidão"}
        | {"created_at": "2026-11-24T13:00:00Z"},
        {"id": "b", "team_id": FINANCE, "agent_id": "1", "origin": "teammate", REASON: " Boleto "},
        {"id": "c", "team_id": SUPPORT, "agent_id": "2", "origin": "customer", REASON: "  "},
        {"id": "d", "origin": "customer"},
        {"id": "e", "team_id": SUPPORT, "agent_id": "9"},
        {"id": "f", "team_id": SUPPORT, "agent_id": "1", "is_call": True, REASON: "Lentidão"},
        {"id": "g", "team_id": SUPPORT, "agent_id": "1", "created_at": "2026-11-23T10:00:00Z"},
    ),
    agents_=agents({"id": "1"}, {"id": "2"}, {"id": "9", "bot": True}),
)


def test_without_teams_nothing_restricts_and_rows_without_a_team_are_in():
    assert ids(MIXED) == ["a", "b", "c", "d", "e"]


def test_with_teams_only_their_conversations_are_in():
    assert ids(MIXED, rules=scoped(SUPPORT)) == ["a", "c", "e"]
    assert ids(MIXED, rules=scoped(SUPPORT, FINANCE)) == ["a", "b", "c", "e"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(teams=(SUPPORT,)), ["a", "c", "e"]),
        (Filters(teams=(SUPPORT, FINANCE)), ["a", "b", "c", "e"]),
        (Filters(agents=("1",)), ["a", "b"]),
        (Filters(agents=("none",)), ["d", "e"]),
        (Filters(agents=("2", "none")), ["c", "d", "e"]),
        (Filters(agents=("9",)), []),
        (Filters(origin="teammate"), ["b"]),
        (Filters(origin="automated"), ["e"]),
        (Filters(shifts=("afternoon",)), ["a"]),
        (Filters(shifts=("morning", "afternoon")), ["a", "b", "c", "d", "e"]),
        (Filters(attributes={LABEL: ("Lentidão", "Boleto")}), ["a", "b"]),
        (Filters(attributes={LABEL: ("",)}), ["c", "d", "e"]),
        (Filters(attributes={LABEL: ("", "Lentidão")}), ["a", "c", "d", "e"]),
        (Filters(attributes={"Cor": ("azul",)}), []),
        (Filters(attributes={"Cor": ("",)}), ["a", "b", "c", "d", "e"]),
        (Filters(teams=(SUPPORT,), agents=("1",)), ["a"]),
        (Filters(teams=(FINANCE,), agents=("1",), origin="customer"), []),
    ],
)
def test_filters_combine_with_and(filters, expected):
    assert ids(MIXED, filters) == expected


def test_the_three_who_may_begin_are_together_all_rows():
    found = [row for side in get_args(Origin) for row in ids(MIXED, Filters(origin=side))]
    assert sorted(found) == ids(MIXED)


def test_a_filter_does_not_reach_beyond_the_scope():
    assert ids(MIXED, Filters(teams=(FINANCE,)), scoped(SUPPORT)) == []


def test_calls_written_as_conversations_are_no_conversations():
    assert "f" not in identify(select_conversations(view_of_today(MIXED, UTC_RULES)))


def test_a_stock_ignores_the_period():
    assert len(identify(select(CATALOG["open_now"], view_of_today(MIXED, UTC_RULES)).query)) == 6


def test_an_attribute_is_trimmed_and_blank_is_missing():
    frame = made(*({REASON: word} for word in (" Boleto ", "Boleto", "\t", "", None)))
    found = tables(frame).derived("conversations", UTC_RULES)
    assert found[REASON].to_list() == ["Boleto", "Boleto", None, None, None]


def test_the_attributes_of_the_definitions_are_there_though_nobody_has_them():
    found = tables(made({})).derived("conversations", UTC_RULES)
    assert found[SECOND_REASON].to_list() == [None]


def test_a_label_like_a_column_of_ours_does_not_touch_it():
    frame = made({schema.attribute("state"): "closed", schema.attribute("id"): "x"})
    content = tables(frame)
    assert ids(content, Filters(attributes={"state": ("closed",)})) == ["1"]
    assert ids(content, Filters(attributes={"state": ("open",)})) == []


@pytest.mark.parametrize("spelt", [" {}", "{}\u00a0", "{} "])
def test_a_label_of_the_settings_matches_whatever_its_case_and_blanks(spelt):
    label = UTC_RULES.labels.reason
    columns = {schema.attribute(spelt.format(label.upper())): "Fatura", "state": "closed"}
    content = tables(made(columns))
    assert told("classification_rate", content).value == 1
    assert ids(content, Filters(attributes={label: ("Fatura",)})) == ["1"]


def test_of_two_labels_that_are_the_same_the_one_with_a_value_counts():
    label = UTC_RULES.labels.reason
    twins = [schema.attribute(label), schema.attribute(f"{label} ")]
    content = tables(made({twins[0]: " ", twins[1]: "Fatura"}, {twins[0]: "Acesso"}))
    derived = content.derived("conversations", UTC_RULES)
    assert derived[twins[0]].to_list() == ["Fatura", "Acesso"]
    assert twins[1] not in derived.columns


def test_labels_of_the_settings_that_nothing_carries_are_named():
    carried = tables(made({REASON: None, "state": "closed"}))
    absent = absent_labels(carried, UTC_RULES)
    assert "reason" not in absent
    assert absent["status"] == UTC_RULES.labels.status
    assert "resolved_value" not in absent
    assert absent_labels(tables(made()), UTC_RULES) == {}, "without conversations nothing is told"


# Looked at on 24 November at noon; asked about is the 23rd.
AS_BEFORE = Period(date(2026, 11, 1), date(2026, 11, 23), as_before=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("created", "closed", "is_closed"),
    [
        ("2026-11-16T20:00Z", "2026-11-17T11:00Z", True),
        ("2026-11-16T20:00Z", "2026-11-17T13:00Z", False),
        ("2026-11-17T08:00Z", "2026-11-17T13:00Z", False),
        ("2026-11-15T20:00Z", "2026-11-17T11:00Z", False),
        ("2026-11-23T20:00Z", "2026-11-24T11:00Z", True),
    ],
)
def test_what_was_created_before_is_seen_as_old_as_what_is_asked_about(created, closed, is_closed):
    row = {"created_at": created, "first_close_at": closed, "last_close_at": closed}
    answered = row | {"state": "closed", "first_admin_reply_at": closed}
    view = View(tables(made(answered)), AS_BEFORE, EVERYTHING, UTC_RULES)
    for key in ("conversations_closed", "time_to_close", "first_response_time"):
        assert len(select(CATALOG[key], view).counted) == is_closed
    assert len(select(CATALOG["conversations"], view).counted) == 1


def test_what_was_opened_again_later_was_closed_then():
    row = {
        "created_at": "2026-11-16T20:00Z",
        "first_close_at": "2026-11-16T21:00Z",
        "last_close_at": "2026-11-20T21:00Z",
        "state": "closed",
    }
    view = View(tables(made(row)), AS_BEFORE, EVERYTHING, UTC_RULES)
    assert select(CATALOG["time_to_close"], view).counted["time_to_close"].to_list() == [3600]
