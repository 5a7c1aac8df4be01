from dataclasses import replace

import pytest

from metrics.live.current import first_responses_due
from metrics.measures.stocks import reply_seconds_left
from metrics.model.filters import Filters
from metrics.model.view import view_of_today
from tests.worlds.tables import NOW, UTC_RULES, conversations, scoped, tables, told

# The target is 15 minutes, and it is noon.
ROWS = [
    {"id": "late", "created_at": "2026-11-24T11:40:00Z", "waiting_since": "2026-11-24T11:40:00Z"},
    {"id": "edge", "created_at": "2026-11-24T11:45:00Z", "waiting_since": "2026-11-24T11:45:00Z"},
    {"id": "near", "created_at": "2026-11-24T11:50:00Z", "waiting_since": "2026-11-24T11:50:00Z"},
    {"id": "fresh", "created_at": "2026-11-24T11:58:00Z", "waiting_since": "2026-11-24T11:58:00Z"},
    {
        "id": "written later",
        "created_at": "2026-11-24T10:00:00Z",
        "first_contact_reply_at": "2026-11-24T11:59:00Z",
        "waiting_since": "2026-11-24T11:59:00Z",
    },
    {
        "id": "answered",
        "created_at": "2026-11-24T11:00:00Z",
        "first_admin_reply_at": "2026-11-24T11:05:00Z",
        "waiting_since": "2026-11-24T11:30:00Z",
    },
    {"id": "the customer's turn", "created_at": "2026-11-24T11:00:00Z"},
    {
        "id": "closed",
        "created_at": "2026-11-24T11:00:00Z",
        "state": "closed",
        "waiting_since": "2026-11-24T11:00:00Z",
    },
    {
        "id": "snoozed",
        "created_at": "2026-11-24T11:00:00Z",
        "state": "snoozed",
        "waiting_since": "2026-11-24T11:00:00Z",
    },
]


def test_the_most_urgent_comes_first_and_only_what_nobody_answered():
    found = first_responses_due(view_of_today(tables(conversations(*ROWS)), UTC_RULES))
    assert list(zip(found["id"], found["seconds_left"], found["due"], strict=True)) == [
        ("late", -300, "overdue"),
        ("edge", 0, "nearly_due"),
        ("near", 300, "nearly_due"),
        ("fresh", 780, "in_time"),
        ("written later", 840, "in_time"),
    ]


def test_the_number_counts_the_same_rows_and_its_parts_add_up():
    found = told("awaiting_first_response", tables(conversations(*ROWS)))
    assert found.value == 5
    assert dict(found.parts) == {"overdue": 1, "nearly_due": 2, "in_time": 2}


def test_the_clock_is_that_of_the_first_response():
    row = tables(conversations(ROWS[4])).derived("conversations", UTC_RULES)
    assert row.select(reply_seconds_left(UTC_RULES, NOW)).item() == 15 * 60 - 60


def test_another_target_moves_the_deadline():
    short = replace(UTC_RULES, first_response_seconds=60)
    found = first_responses_due(view_of_today(tables(conversations(*ROWS)), short))
    assert found["due"].to_list() == ["overdue"] * 4 + ["nearly_due"]


def test_scope_and_filters_hold():
    rows = [{**ROWS[0], "team_id": "6101"}, {**ROWS[1], "team_id": "6102"}]
    content = tables(conversations(*rows))
    assert first_responses_due(view_of_today(content, scoped("6102")))["id"].to_list() == ["edge"]
    only = Filters(teams=("6101",))
    assert first_responses_due(view_of_today(content, UTC_RULES, only))["id"].to_list() == ["late"]


@pytest.mark.parametrize("rows", [[], [ROWS[5]]])
def test_nothing_due_is_zero_and_an_empty_list(rows):
    content = tables(conversations(*rows))
    assert told("awaiting_first_response", content).value == 0
    assert first_responses_due(view_of_today(content, UTC_RULES)).is_empty()
