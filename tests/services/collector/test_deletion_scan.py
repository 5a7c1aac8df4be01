from dataclasses import replace

import polars as pl
import pytest

from services.collector.deletion_scan import ENOUGH_PRESENT, DeletionScan, ScannedTable
from services.collector.row_buffer import RowBuffer
from services.errors import BadResponseError, ForbiddenError, NotFoundError, UnavailableError
from services.settings.config import Settings
from services.vendors.tables import conversations_table

SIGNS = Settings().calls_in_conversations


class Vendor:
    """Lists its open conversations, two a page."""

    def __init__(self):
        self.buffer = RowBuffer()
        self.rows = {}
        self.failure = None
        self.asked = []
        self.scanned = ScannedTable(
            "conversations",
            [self.list_page],
            self.fetch_one,
            pl.col("state") == "open",
            self.add_rows,
        )
        self.scan = DeletionScan(self.scanned, self.buffer)

    def put(self, *row_ids, state="open"):
        for row_id in row_ids:
            self.rows[row_id] = {"id": row_id, "created_at": 10**9, "state": state}
        self.add_rows([self.rows[row_id] for row_id in row_ids])

    def add_rows(self, rows):
        self.buffer.put("conversations", conversations_table(rows, SIGNS))

    def list_page(self, cursor):
        self.asked.append(f"page {cursor}")
        if self.failure is not None:
            raise self.failure
        listed = [row for row in self.rows.values() if row["state"] == "open"]
        start = int(cursor or 0)
        return listed[start : start + 2], str(start + 2) if start + 2 < len(listed) else None

    def fetch_one(self, row_id):
        self.asked.append(row_id)
        if self.failure is not None:
            raise self.failure
        if row_id not in self.rows:
            raise NotFoundError("gone")
        return self.rows[row_id]

    def ids(self):
        return [
            row_id for rows in self.buffer.list_frames("conversations") for row_id in rows["id"]
        ]


@pytest.fixture
def vendor():
    return Vendor()


def test_each_step_is_one_request_and_a_missing_row_is_asked_for_by_its_id(vendor):
    vendor.put("a", "b", "c", "d")
    del vendor.rows["b"]
    for _ in range(3):
        vendor.scan.step()
    assert vendor.asked == ["page None", "page 2", "b"]
    assert vendor.ids() == ["a", "c", "d"]


def test_a_row_that_only_left_the_list_is_read_again_and_stays(vendor):
    vendor.put("a", "b")
    vendor.rows["b"]["state"] = "closed"
    vendor.rows["b"]["updated_at"] = 10**9 + 5
    for _ in range(2):
        vendor.scan.step()
    assert vendor.ids() == ["a", "b"]
    vendor.asked.clear()
    for _ in range(2):
        vendor.scan.step()
    assert vendor.asked == ["page None", "page None"], "it is not expected in the list any more"


def test_a_row_that_came_during_the_round_is_no_suspect(vendor):
    vendor.put("a", "b", "c")
    vendor.scan.step()
    vendor.put("d")
    del vendor.rows["d"]
    vendor.scan.step()
    vendor.scan.step()
    assert "d" not in vendor.asked


def test_a_vendor_that_fails_is_asked_for_the_same_suspect_again(vendor):
    vendor.put("a", "b")
    del vendor.rows["b"]
    vendor.scan.step()
    vendor.failure = UnavailableError("no connection")
    with pytest.raises(UnavailableError):
        vendor.scan.step()
    vendor.failure = None
    vendor.scan.step()
    assert vendor.asked == ["page None", "b", "b"]
    assert vendor.ids() == ["a"]


@pytest.mark.parametrize("error", [BadResponseError("cut short"), ForbiddenError("403")])
def test_a_suspect_that_cannot_be_read_stays_and_holds_up_nobody(vendor, error):
    vendor.put("a", "b")
    del vendor.rows["b"]
    vendor.scan.step()
    vendor.failure = error
    vendor.scan.step()
    vendor.failure = None
    vendor.scan.step()
    assert vendor.asked == ["page None", "b", "page None"]
    assert vendor.ids() == ["a", "b"]


def test_a_page_that_cannot_be_understood_begins_the_round_anew(vendor):
    vendor.put("a", "b", "c")
    vendor.scan.step()
    vendor.failure = BadResponseError("unknown cursor")
    with pytest.raises(BadResponseError):
        vendor.scan.step()
    vendor.failure = None
    vendor.scan.step()
    assert vendor.asked == ["page None", "page 2", "page None"]


def walk(vendor, steps=20):
    for _ in range(steps):
        if vendor.scan.step():
            return


def test_a_vendor_that_knows_nothing_of_ours_any_more_removes_nothing(vendor):
    vendor.put("a", "b")
    vendor.put("c", "d", "e", state="closed")
    vendor.rows.clear()
    walk(vendor)
    assert vendor.ids() == ["a", "b", "c", "d", "e"]
    assert vendor.scan.doubt == "none of 2 conversations listed"


def test_all_of_a_list_may_go_where_another_row_is_still_there(vendor):
    vendor.put("a", "b")
    vendor.put("c", state="closed")
    del vendor.rows["a"], vendor.rows["b"]
    walk(vendor)
    assert vendor.asked == ["page None", "c", "b", "a"]
    assert vendor.ids() == ["c"]
    assert (vendor.scan.removed, vendor.scan.doubt) == (2, None)


def test_a_doubt_ends_with_a_round_that_finds_everything(vendor):
    vendor.put("a")
    vendor.put("c", state="closed")
    there = dict(vendor.rows)
    vendor.rows.clear()
    walk(vendor)
    assert vendor.scan.doubt
    vendor.rows.update(there)
    walk(vendor)
    assert vendor.scan.doubt is None


def test_a_list_that_leaves_out_much_is_not_asked_for_row_by_row(vendor):
    vendor.put(*(f"{n:03}" for n in range(2 * ENOUGH_PRESENT)))
    for row in list(vendor.rows.values())[2:]:
        vendor.rows[row["id"]] = {**row, "state": "unlisted"}
    vendor.scan.step()
    walk(vendor, 3 * ENOUGH_PRESENT)
    assert len(vendor.asked) == 1 + ENOUGH_PRESENT
    assert vendor.scan.doubt is not None


def test_a_list_that_does_not_end_is_an_error(vendor):
    vendor.put("a", "b")
    vendor.list_page = lambda cursor: ([], "2")
    vendor.scan = DeletionScan(
        replace(vendor.scanned, list_pages=[vendor.list_page]), vendor.buffer
    )
    vendor.scan.step()
    with pytest.raises(BadResponseError, match="does not end"):
        vendor.scan.step()
