from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.model.filters import Filters
from metrics.model.view import View
from metrics.query.reconciliation import FileRow, reconcile
from tests.worlds.tables import (
    NOW,
    SUPPORT,
    UTC_RULES,
    calls,
    conversations,
    days,
    instant,
    scoped,
    tables,
    tickets,
)

PERIOD = days("2026-11-20", "2026-11-24")
INSIDE, BEFORE, AFTER = "2026-11-22T12:00", "2026-11-10T12:00", "2026-11-25T12:00"
# Of another zone than the office's: the last hours of its 24th are the office's 25th.
WEST = ZoneInfo("America/Sao_Paulo")


def lines(*rows):
    return [FileRow(n, id_, instant(at), *more) for n, (id_, at, *more) in enumerate(rows, 1)]


def check(file, rows, what="conversations", *, rules=UTC_RULES, filters=None, zone="UTC", **others):
    content = tables(**{"calls_" if what == "calls" else "conversations_": rows}, **others)
    view = View(content, PERIOD, filters or Filters(), rules)
    found = reconcile(lines(*file), what, view, ZoneInfo(zone), NOW)
    of_file = sum(one.side == "file" for one in found.differences)
    assert found.file - of_file == found.agreed == found.own - len(found.differences) + of_file
    return found


def causes(*asked, **options):
    return [(side, cause) for side, cause, n in check(*asked, **options).causes]


@pytest.mark.parametrize(
    ("own", "at", "cause"),
    [
        ({"created_at": BEFORE, "last_close_at": INSIDE}, INSIDE, "closed_in_period"),
        ({"created_at": BEFORE, "first_contact_reply_at": INSIDE}, INSIDE, "first_message"),
        ({"created_at": BEFORE, "rating_at": INSIDE}, INSIDE, "rated_in_period"),
        ({"created_at": BEFORE}, INSIDE, "outside_period"),
        ({"created_at": INSIDE, "is_call": True}, INSIDE, "logged_call"),
        (None, INSIDE, "gone"),
        (None, "2026-11-24T12:01", "not_yet"),
        (None, BEFORE, "outside_period"),
        (None, None, "unreadable"),
    ],
)
def test_a_row_that_the_file_alone_counts(own, at, cause):
    rows = conversations(*([{"id": "1", **own}] if own else []))
    assert causes([("1", at)], rows) == [("file", cause)]


@pytest.mark.parametrize(
    ("own", "cause"),
    [
        ({"is_merged": True}, "merged"),
        ({"origin": "teammate"}, "outbound"),
        ({"origin": None}, "automated"),
        ({}, "unknown"),
    ],
)
def test_a_row_that_we_alone_count(own, cause):
    rows = conversations({"created_at": INSIDE, "origin": "customer", **own})
    assert causes([], rows) == [("own", cause)]


def test_closes_are_every_close_in_the_file_and_the_last_one_here():
    rows = conversations(
        {"id": "1", "created_at": INSIDE, "last_close_at": AFTER},
        {"id": "2", "created_at": INSIDE},
        {"id": "3", "created_at": BEFORE, "last_close_at": INSIDE},
    )
    file = [("1", INSIDE), ("2", INSIDE), ("3", INSIDE), ("3", INSIDE)]
    found = check(file, rows, "closes")
    expected = {("file", "closed_again"), ("file", "not_closed"), ("file", "duplicate")}
    assert {(side, cause) for side, cause, _ in found.causes} == expected
    assert found.agreed == found.own == 1


def test_a_day_is_another_one_in_another_zone():
    late, early = "2026-11-25T01:00", "2026-11-20T01:00"
    rows = conversations({"id": "1", "created_at": late}, {"id": "2", "created_at": early})
    found = check([("1", late)], rows, zone=WEST.key)
    assert found.causes == [("file", "time_zone", 1), ("own", "time_zone", 1)]


def test_teams_and_filters_leave_rows_out():
    rows = conversations(
        {"id": "1", "created_at": INSIDE, "team_id": "9"},
        {"id": "2", "created_at": INSIDE, "team_id": SUPPORT, "origin": "teammate"},
    )
    file, ours = [("1", INSIDE), ("2", INSIDE)], scoped(SUPPORT)
    assert causes(file, rows, rules=ours) == [("file", "outside_teams")]
    chosen = Filters(teams=(SUPPORT,), origin="customer")
    assert causes(file, rows, filters=chosen) == [("file", "filters")]


def test_tickets_are_told_by_id_and_number():
    known = tickets({"id": "77", "number": "12", "created_at": INSIDE})
    found = check([("77", INSIDE), ("12", INSIDE)], conversations(), tickets_=known)
    assert found.causes == [("file", "ticket", 2)]


def test_the_file_says_how_it_was_filtered_and_how_far_it_reaches():
    same = [
        {"id": str(n), "created_at": INSIDE, "team_id": SUPPORT, "state": "closed"}
        for n in range(10)
    ]
    others = [
        {"id": "a", "team_id": "9", "created_at": INSIDE},
        {"id": "b", "team_id": SUPPORT, "created_at": INSIDE, "state": "open"},
        {"id": "c", "team_id": SUPPORT, "created_at": "2026-11-23", "state": "closed"},
    ]
    file = [(row["id"], INSIDE) for row in same]
    rows = conversations(*({"origin": "customer", **row} for row in [*same, *others]))
    found = {one.id: one.cause for one in check(file, rows).differences}
    assert found == {"a": "file_filtered", "b": "file_closed_only", "c": "after_export"}


def test_calls_without_our_id_are_known_by_beginning_and_number():
    rows = calls(
        {"id": "1", "started_at": INSIDE, "digits": "+5511", "status": "done"},
        {"id": "2", "started_at": INSIDE, "status": "done"},
        {"id": "3", "started_at": INSIDE, "digits": "+5512", "status": "answered"},
    )
    file = [("CA1", INSIDE, "+5511"), ("", INSIDE, ""), ("CA3", INSIDE, "+5512")]
    found = check(file, rows, "calls")
    assert found.causes == [("file", "status", 1)]
    assert found.agreed == 2


def test_what_lies_before_the_history_is_told_so():
    rows = tables(conversations({"id": "1", "created_at": INSIDE}))
    old = NOW - timedelta(days=900)
    view = View(rows, PERIOD, Filters(), UTC_RULES)
    found = reconcile([FileRow(1, "9", old)], "conversations", view, WEST, NOW)
    assert [one.cause for one in found.differences if one.side == "file"] == ["outside_period"]
