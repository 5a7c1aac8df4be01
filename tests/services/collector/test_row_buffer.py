from datetime import UTC, date, datetime

import pytest

from services.collector.row_buffer import RowBuffer
from services.settings.config import Settings
from services.snapshot.manifest import OLDER
from services.vendors.tables import calls_table, conversations_table

NOON = int(datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp())
DAY = 86400
TODAY, YESTERDAY = ("conversations", "2026-11-24"), ("conversations", "2026-11-23")
OLD = ("conversations", OLDER)
SIGNS = Settings().calls_in_conversations


@pytest.fixture
def buffer():
    return RowBuffer()


def conversation(row_id, created_at=NOON, updated_at=None, state="closed"):
    updated_at = created_at if updated_at is None else updated_at
    return {"id": row_id, "created_at": created_at, "updated_at": updated_at, "state": state}


def put(buffer, *payloads):
    buffer.put("conversations", conversations_table(payloads, SIGNS))


def put_call(buffer, status):
    buffer.put("calls", calls_table([{"id": 1, "started_at": NOON, "status": status}]))


def ids(buffer, name=TODAY):
    rows = buffer.get_partition(name)
    return None if rows is None else list(rows["id"])


def test_rows_lie_in_the_day_of_their_creation(buffer):
    put(buffer, conversation("b"), conversation("a"), conversation("c", NOON - DAY, NOON))
    assert ids(buffer) == ["a", "b"]
    assert ids(buffer, YESTERDAY) == ["c"]
    assert buffer.find_oldest_day() == date(2026, 11, 23)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_versions_of_a_conversation_the_newer_stays_whichever_came_last(buffer, order):
    versions = [conversation("a", updated_at=NOON), conversation("a", updated_at=NOON + 9)]
    versions[1]["state"] = "open"
    for version in versions[::order]:
        put(buffer, version)
    assert list(buffer.get_partition(TODAY)["state"]) == ["open"]


def test_a_call_that_ended_does_not_begin_to_ring_again(buffer):
    for status in ("initial", "done", "answered"):
        put_call(buffer, status)
    (calls,) = buffer.list_frames("calls")
    assert list(calls["status"]) == ["done"]


def test_changes_are_told_once_unless_they_are_given_back(buffer):
    put(buffer, conversation("a"))
    changed, removed = buffer.take_changes()
    assert (list(changed), removed) == ([TODAY], set())
    assert buffer.take_changes() == ({}, set())
    buffer.return_changes(changed, removed)
    assert list(buffer.take_changes()[0]) == [TODAY]


def test_a_row_that_is_known_already_changes_nothing(buffer):
    put(buffer, conversation("a"))
    buffer.take_changes()
    put(buffer, conversation("a"))
    assert buffer.take_changes() == ({}, set())


def test_a_day_whose_last_row_goes_is_removed(buffer):
    put(buffer, conversation("a"), conversation("b"))
    buffer.take_changes()
    buffer.remove("conversations", ["b", "unknown"])
    assert ids(buffer) == ["a"]
    buffer.clear("conversations")
    assert buffer.take_changes() == ({}, {TODAY})
    assert ids(buffer) is None


def test_what_falls_out_of_the_history_stays_while_it_is_open_or_was_touched(buffer):
    put(
        buffer,
        conversation("closed", NOON - DAY),
        conversation("touched", NOON - DAY, NOON),
        conversation("open", NOON - DAY, state="open"),
        conversation("new"),
    )
    buffer.drop_before(date(2026, 11, 24))
    assert ids(buffer, OLD) == ["open", "touched"]
    assert ids(buffer, YESTERDAY) is None
    assert ids(buffer) == ["new"]


def test_rows_of_before_the_history_lie_together_in_the_order_of_their_days():
    buffer = RowBuffer(date(2026, 11, 24))
    put(buffer, conversation("a", NOON - DAY), conversation("b", NOON - 900 * DAY))
    put(buffer, conversation("c", NOON - 2 * DAY), conversation("d"))
    assert ids(buffer, OLD) == ["b", "c", "a"]
    assert set(buffer.take_changes()[0]) == {OLD, TODAY}
    put(buffer, conversation("c", NOON - 2 * DAY, NOON))
    assert set(buffer.take_changes()[0]) == {OLD}


@pytest.mark.parametrize(
    ("published_from", "first_day", "changed", "removed"),
    [
        (date(2026, 11, 24), date(2026, 11, 23), {OLD, YESTERDAY}, set()),
        (date(2026, 11, 23), date(2026, 11, 24), {OLD}, {YESTERDAY}),
        (date.min, date(2026, 11, 24), {OLD}, {YESTERDAY, ("conversations", "2026-11-15")}),
    ],
)
def test_rows_that_are_taken_over_go_where_they_belong_by_now(
    published_from, first_day, changed, removed
):
    published, buffer = RowBuffer(published_from), RowBuffer(first_day)
    put(published, conversation("old", NOON - 9 * DAY), conversation("b", NOON - DAY))
    put(published, conversation("new"))
    for name, rows in published.take_changes()[0].items():
        buffer.resume(name, rows)
    found, gone = buffer.take_changes()
    assert (set(found), gone) == (changed, removed)
    assert sorted(
        row_id for rows in buffer.list_frames("conversations") for row_id in rows["id"]
    ) == [
        "b",
        "new",
        "old",
    ]


def test_a_published_partition_that_is_taken_over_counts_as_published(buffer):
    other = RowBuffer()
    put(other, conversation("a"))
    buffer.resume(TODAY, other.get_partition(TODAY))
    assert buffer.take_changes() == ({}, set())
    assert ids(buffer) == ["a"]
