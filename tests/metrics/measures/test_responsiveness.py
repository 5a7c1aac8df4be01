import pytest

from metrics.model.view import View
from metrics.query.report import reopened_closes
from tests.worlds.tables import DAY, EVERYTHING, UTC_RULES, conversations, tables, told

OFFICE = UTC_RULES.with_clock("office")
CREATED = "2026-11-24T08:00:00Z"


def closed(**values):
    return {"created_at": CREATED, "state": "closed", **values}


def times(key, *rows, rules=UTC_RULES):
    found = told(key, tables(conversations(*rows)), rules=rules)
    return found.value, found.n


def test_the_first_response_counts_from_the_customer_s_first_message():
    row = {
        "created_at": CREATED,
        "first_contact_reply_at": "2026-11-24T08:00:10Z",
        "first_admin_reply_at": "2026-11-24T08:05:10Z",
    }
    assert times("first_response_time", row) == (300, 1)


def test_where_the_customer_never_wrote_it_counts_from_creation():
    row = {"created_at": CREATED, "first_admin_reply_at": "2026-11-24T08:05:10Z"}
    assert times("first_response_time", row) == (310, 1)


def test_no_reply_is_no_first_response_time():
    assert times("first_response_time", {"created_at": CREATED}) == (None, 0)


def test_office_hours_are_intercom_s_own_figures_and_never_mixed_with_ours():
    rows = [
        closed(
            first_admin_reply_at="2026-11-24T09:00:00Z",
            first_close_at="2026-11-24T10:00:00Z",
            last_close_at="2026-11-24T11:00:00Z",
            time_to_admin_reply_seconds=60,
            time_to_first_close_seconds=120,
            time_to_last_close_seconds=180,
        ),
        closed(
            first_admin_reply_at="2026-11-24T09:00:00Z",
            first_close_at="2026-11-24T10:00:00Z",
            last_close_at="2026-11-24T11:00:00Z",
        ),
    ]
    keys = ("first_response_time", "time_to_first_close", "time_to_close")
    assert [times(key, *rows) for key in keys] == [(3600, 2), (7200, 2), (10800, 2)]
    assert [times(key, *rows, rules=OFFICE) for key in keys] == [(60, 1), (120, 1), (180, 1)]


def test_only_what_is_closed_now_has_a_time_to_close():
    reopened = {"last_close_at": "2026-11-24T09:00:00Z", "count_reopens": 1}
    rows = [
        closed(last_close_at="2026-11-24T09:00:00Z"),
        closed(state="open", **reopened),
        closed(state="snoozed", **reopened),
    ]
    assert times("time_to_close", *rows) == (3600, 1)


def test_a_reopened_conversation_counts_to_its_last_close():
    row = closed(first_close_at="2026-11-24T09:00:00Z", last_close_at="2026-11-24T11:30:00Z")
    assert times("time_to_close", row) == (12600, 1)
    assert times("time_to_first_close", row) == (3600, 1)


def test_a_ready_made_time_to_close_is_taken_where_a_version_has_one():
    row = closed(last_close_at="2026-11-24T09:00:00Z", time_to_close_seconds=50)
    assert times("time_to_close", row) == (50, 1)


@pytest.mark.parametrize("rules", [UTC_RULES, OFFICE])
def test_closed_without_a_record_is_counted_beside_it(rules):
    rows = [
        closed(last_close_at="2026-11-24T09:00:00Z", time_to_last_close_seconds=10),
        closed(),
        closed(state="open"),
        closed(state="snoozed"),
    ]
    found = told("time_to_close", tables(conversations(*rows)), rules=rules)
    assert found.n == 1
    assert dict(found.parts) == {"recorded": 1, "unrecorded": 1, "still_open": 2}


@pytest.mark.parametrize(
    ("key", "target", "column"),
    [
        ("first_response_within_target", 900, "first_admin_reply_at"),
        ("close_within_target", 86400, "last_close_at"),
    ],
)
def test_exactly_on_the_target_is_in_time(key, target, column):
    rules = UTC_RULES
    assert target in (rules.first_response_seconds, rules.close_seconds)
    ends = {900: ("08:15:00", "08:15:01"), 86400: ("08:00:00", "08:00:01")}[target]
    day = "2026-11-24" if target == 900 else "2026-11-25"
    rows = [closed(**{column: f"{day}T{end}Z"}) for end in ends]
    assert times(key, *rows, closed(), rules=rules) == (0.5, 2)


def test_reopened_is_a_share_of_the_closed_ones_that_say_so():
    rows = [
        closed(count_reopens=0),
        closed(count_reopens=1),
        closed(count_reopens=None),
        closed(state="open", count_reopens=3),
    ]
    assert times("reopen_rate", *rows) == (0.5, 2)


def test_active_and_cancelled_slas_stay_apart():
    words = ["hit", "hit", "missed", "active", "cancelled", "cancelled", None]
    rows = conversations(*({"sla_status": word} for word in words))
    found = told("sla_hit_rate", tables(rows))
    assert (found.value, found.n) == (pytest.approx(2 / 3), 3)
    assert dict(found.parts) == {"hit": 2, "missed": 1, "active": 1, "cancelled": 2}


def test_the_median_is_not_moved_by_an_outlier():
    rows = [closed(last_close_at=f"2026-11-24T0{hour}:00:00Z") for hour in (9, 9, 9)]
    found = told(
        "time_to_close", tables(conversations(*rows, closed(last_close_at="2027-11-24T08:00:00Z")))
    )
    assert found.value == 3600
    assert found.mean == pytest.approx((3 * 3600 + 365 * 86400) / 4)


def test_the_price_of_reopening_runs_from_the_first_close_to_the_last():
    twice = closed(
        first_close_at="2026-11-24T09:00:00Z",
        last_close_at="2026-11-24T10:30:00Z",
        count_reopens=1,
    )
    once = closed(
        first_close_at="2026-11-24T09:00:00Z",
        last_close_at="2026-11-24T09:00:00Z",
        count_reopens=0,
    )
    unknown = {**twice, "count_reopens": None}
    still_open = {**twice, "state": "open"}
    assert times("reopen_price", twice, once, unknown, still_open) == (5400, 1)
    assert times("reopen_price", once) == (None, 0)


def test_the_price_keeps_to_one_clock():
    row = closed(
        first_close_at="2026-11-24T09:00:00Z",
        last_close_at="2026-11-24T10:30:00Z",
        time_to_first_close_seconds=100,
        time_to_last_close_seconds=700,
        count_reopens=2,
    )
    assert times("reopen_price", row, rules=OFFICE) == (600, 1)


def test_first_and_last_close_are_of_those_that_have_a_price():
    rows = conversations(
        closed(
            first_close_at="2026-11-24T09:00:00Z",
            last_close_at="2026-11-24T10:00:00Z",
            count_reopens=1,
        ),
        closed(last_close_at="2026-11-24T11:00:00Z", count_reopens=0),
    )
    first, last = reopened_closes(View(tables(rows), DAY, EVERYTHING, UTC_RULES))
    assert (first.value, last.value, first.n) == (3600, 7200, 1)
