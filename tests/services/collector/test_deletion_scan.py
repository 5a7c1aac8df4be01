import polars as pl
import pytest

from services.collector.deletion_scan import DeletionScan, ScannedTable
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
        scanned = ScannedTable(
            "conversations",
            [self.list_page],
            self.fetch_one,
            pl.col("state") == "open",
            self.add_rows,
        )
        self.scan = DeletionScan(scanned, self.buffer)

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
