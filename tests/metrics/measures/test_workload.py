from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from metrics.model import schema
from metrics.model.view import View
from metrics.query.reasons import top_reasons
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    LABELS,
    REASON,
    SECOND_REASON,
    UTC_RULES,
    conversations,
    tables,
    told,
)

EXPANSION, KIND, STATUS = (
    schema.attribute(label) for label in (LABELS.expansion, LABELS.kind, LABELS.status)
)


def number(key, *rows, rules=UTC_RULES):
    found = told(key, tables(conversations(*rows)), rules=rules)
    return found.value, found.n


def test_conversations_count_on_the_local_day_of_creation():
    rules = replace(UTC_RULES, time_zone=ZoneInfo("America/Sao_Paulo"))
    rows = [
        {"created_at": f"2026-11-2{at}"} for at in ("4T02:59:59Z", "4T03:00:00Z", "5T02:59:59Z")
    ]
    assert number("conversations", *rows, rules=rules) == (2, 2)


def test_closed_is_what_is_closed_now():
    rows = [{"state": state} for state in ("open", "snoozed", "closed", None)]
    assert number("conversations_closed", *rows) == (1, 1)
    assert number("conversations", *rows) == (4, 4)


def test_closes_are_dated_by_the_last_close_whenever_it_was_created():
    rows = [
        {"created_at": "2026-10-01", "last_close_at": "2026-11-24", "state": "open"},
        {"created_at": "2026-11-24", "last_close_at": "2026-11-24", "state": "closed"},
        {"created_at": "2026-11-24", "last_close_at": "2026-11-25", "state": "closed"},
        {"created_at": "2026-11-24", "state": "closed"},
    ]
    assert number("closes", *rows) == (2, 2)
    assert number("conversations_closed", *rows) == (3, 3)


def test_resolved_is_exactly_the_agreed_word():
    rows = [
        {STATUS: word} for word in ("Resolvido", " Resolvido ", "resolvido", "Não resolvido", None)
    ]
    assert number("conversations_resolved", *rows) == (2, 2)


def test_a_workspace_without_the_attribute_resolves_nothing():
    assert number("conversations_resolved", {}) == (0, 0)


def closed(**values):
    return {"state": "closed", **values}


def test_a_blank_reason_is_none():
    rows = [closed(**{REASON: word}) for word in ("Lentidão", "", "  ", None)]
    assert number("classification_rate", *rows) == (0.25, 4)


def test_only_closed_conversations_are_to_be_classified():
    rows = [{REASON: "Lentidão", "state": state} for state in ("open", "snoozed")]
    assert number("classification_rate", *rows) == (None, 0)


@pytest.mark.parametrize(
    ("label", "word", "n"),
    [
        ("Ticket category", "Back-office ticket", 0),
        ("Ticket category", " back-OFFICE ticket ", 0),
        ("Ticket category", "Customer ticket", 1),
        ("Merged", "true", 0),
        ("Merged", "false", 1),
    ],
)
def test_what_the_settings_exclude_does_not_count(label, word, n):
    row = closed(**{schema.attribute(label): word, REASON: "Lentidão"})
    assert number("classification_rate", row)[1] == n


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        ((), 0),
        ((REASON,), 0),
        ((REASON, SECOND_REASON), 1),
        ((REASON, EXPANSION), 1),
        ((REASON, SECOND_REASON, EXPANSION), 1),
        ((REASON, KIND, STATUS), 0),
    ],
)
def test_complex_is_two_or_more_telling_attributes(filled, expected):
    assert number("complex_conversations", dict.fromkeys(filled, "Sim"))[0] == expected


def test_blank_attributes_make_nothing_complex():
    assert number("complex_conversations", {REASON: "Lentidão", SECOND_REASON: " "})[0] == 0


def reasons(*pairs, before=()):
    rows = [{REASON: first, SECOND_REASON: second} for first, second in pairs]
    rows += [
        {REASON: first, SECOND_REASON: second, "created_at": "2026-11-23T10:00:00Z"}
        for first, second in before
    ]
    return top_reasons(View(tables(conversations(*rows)), DAY, EVERYTHING, UTC_RULES))


def test_shares_are_of_all_mentions_whatever_is_shown():
    pairs = [("A", None)] * 5 + [("B", "A")] * 2 + [("B", " ")] + [("C", "B")] * 2
    rows = reasons(*pairs)
    assert [(row.reason, row.mentions) for row in rows] == [("A", 7), ("B", 5), ("C", 2)]
    assert [row.share for row in rows] == [0.5, 5 / 14, 1 / 7]


def test_both_reasons_count_also_when_they_are_the_same():
    assert [row.mentions for row in reasons(("A", "A"))] == [2]


def test_the_period_before_stands_beside_it():
    rows = reasons(("A", None), ("B", None), before=[("B", "C"), ("B", None)])
    by_reason = {row.reason: row for row in rows}
    assert {r: row.previous_mentions for r, row in by_reason.items()} == {"A": 0, "B": 2, "C": 1}
    assert by_reason["B"].previous_share == pytest.approx(2 / 3)
    assert (by_reason["C"].mentions, by_reason["C"].share) == (0, 0)


def test_a_share_of_nothing_is_no_data():
    assert [row.previous_share for row in reasons(("A", None))] == [None]
    assert reasons() == []


def test_reasons_are_the_parts_of_the_volume():
    rows = conversations({REASON: "A", SECOND_REASON: "B"}, {REASON: "A"}, {})
    assert dict(told("conversations", tables(rows)).parts) == {"A": 2, "B": 1}
