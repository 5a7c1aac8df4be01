import pytest

from services.collector.intercom_source import OVERLAP_SECONDS, IntercomSource
from services.collector.row_buffer import RowBuffer
from services.errors import BadResponseError, ForbiddenError, UnavailableError
from services.settings.config import Settings
from tests.worlds.collecting import DAY, NOW, Clock
from tests.worlds.fake_vendors import FakeIntercom


class Reading:
    """The source with its vendor, its rows and its clock."""

    def __init__(self):
        self.clock = Clock()
        self.vendor = FakeIntercom()
        self.buffer = RowBuffer()
        self.source = IntercomSource(self.vendor, self.buffer, Settings(), self.clock)

    def refresh(self, after=60):
        self.clock.now += after
        before = self.vendor.requests
        self.source.refresh()
        return self.vendor.requests - before

    def ids(self):
        return sorted(i for rows in self.buffer.list_frames("conversations") for i in rows["id"])


@pytest.fixture
def reading():
    return Reading()


def test_the_present_is_what_is_open_and_history_ends_at_its_newest_update(reading):
    reading.vendor.put(1, NOW - 40 * DAY, NOW - 100, state="open")
    reading.vendor.put(2, NOW - 30 * DAY, state="snoozed")
    reading.vendor.put(3, NOW - 3 * DAY)
    reading.source.start()
    assert reading.ids() == ["1", "2"]
    assert reading.source.updated == reading.source.history.boundary == NOW - 100
    assert reading.source.app["id_code"] == "app1"


def test_a_change_that_a_search_finds_late_is_found(reading):
    reading.vendor.put(1, NOW - 10, state="open")
    reading.source.start()
    reading.vendor.put(2, NOW - 200)
    reading.refresh()
    assert reading.ids() == ["1", "2"]


def test_a_pass_that_breaks_off_is_read_again(reading):
    reading.source.start()
    since = reading.source.updated
    reading.vendor.put(1, NOW + 10)
    reading.vendor.failure = UnavailableError("500")
    with pytest.raises(UnavailableError):
        reading.refresh()
    assert reading.source.updated == since
    reading.vendor.failure = None
    reading.refresh()
    assert reading.ids() == ["1"]


def test_the_pages_of_a_bulk_change_are_not_read_all_night(reading):
    reading.source.start()
    for n in range(30):
        reading.vendor.put(n, NOW + 20)
    assert reading.refresh() == 8
    assert reading.refresh() == 8
    assert reading.refresh(after=OVERLAP_SECONDS) == 3


def test_what_a_token_may_not_read_is_a_warning_and_nothing_else(reading):
    def forbid():
        raise ForbiddenError("403")

    def fail():
        raise UnavailableError("Intercom answered 500")

    reading.vendor.list_away_status_reasons = reading.vendor.list_teams = forbid
    reading.vendor.list_conversation_attributes = fail
    reading.source.start()
    warning = "without attributes: Intercom answered 500; without away reasons: 403"
    assert reading.source.warning == f"{warning}; without teams: 403"
    assert reading.source.is_live
    del reading.vendor.list_teams
    reading.refresh(after=3600)
    assert reading.source.warning == warning
    assert reading.source.teams == [{"id": "7", "name": "Suporte"}]
    reading.vendor.list_teams = forbid
    for _ in range(3):
        reading.refresh(after=3600)
    assert reading.source.teams == [{"id": "7", "name": "Suporte"}], "what was known stays"


def test_an_answer_that_is_cut_short_is_no_missing_feature(reading):
    def cut_short():
        raise BadResponseError("cut short")

    reading.vendor.list_conversation_attributes = cut_short
    with pytest.raises(BadResponseError):
        reading.source.start()


def test_what_is_read_hourly_takes_the_place_of_the_deletion_scan(reading):
    reading.source.start()
    reading.clock.now += 3600
    reading.vendor.list_teams = lambda: [{"id": "8", "name": "N2"}]
    assert reading.refresh() == 2
    assert reading.source.teams == [{"id": "8", "name": "N2"}]
    assert [reading.refresh() for _ in range(3)] == [3, 3, 3]


def test_a_restart_goes_on_from_the_watermark_unless_rows_are_missing(reading):
    reading.vendor.put(1, NOW - 10, state="open")
    reading.source.start()
    watermark = reading.source.build_watermark()
    later, anew = Reading(), Reading()
    later.source.resume(watermark, whole=True)
    anew.source.resume(watermark, whole=False)
    assert later.source.updated == reading.source.updated
    assert anew.source.updated is None
    assert anew.source.teams == reading.source.teams
