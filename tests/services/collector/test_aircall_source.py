from zoneinfo import ZoneInfo

import pytest

from services.collector.aircall_source import AircallSource, PagedList
from services.collector.row_buffer import RowBuffer
from services.errors import NotFoundError, UnauthorizedError, UnavailableError
from services.vendors.pages import Page
from tests.worlds.collecting import DAY, NOW, Clock
from tests.worlds.fake_vendors import PAGE, FakeAircall
from tests.worlds.tables import by_id


class Reading:
    """The source with its vendor, its rows and its clock."""

    def __init__(self):
        self.clock = Clock()
        self.vendor = FakeAircall()
        self.buffer = RowBuffer()
        self.source = AircallSource(self.vendor, self.buffer, ZoneInfo("UTC"), self.clock)

    def refresh(self, after=60):
        self.clock.now += after
        self.source.refresh()

    def statuses(self):
        frames = list(self.buffer.list_frames("calls"))
        return {row["id"]: row["status"] for rows in frames for row in rows.iter_rows(named=True)}


@pytest.fixture
def reading():
    return Reading()


def test_the_present_is_who_is_there_and_the_calls_of_today(reading):
    reading.vendor.put(1, NOW - 3600)
    reading.vendor.put(2, NOW - DAY)
    reading.source.start()
    assert list(reading.statuses()) == ["1"]
    assert [user["name"] for user in reading.source.users] == ["Ana"]
    assert reading.source.availabilities == {"11": "available"}
    assert reading.source.history.boundary == NOW - 15 * 3600, "midnight"


def test_a_long_call_is_read_until_it_has_ended(reading):
    reading.vendor.put(1, NOW - 60, status="answered")
    reading.source.start()
    for n in range(2, 40):
        reading.vendor.put(n, NOW + n * 60)
    reading.refresh(after=3 * 3600)
    reading.vendor.put(1, NOW - 60, status="done")
    reading.refresh()
    assert reading.statuses()["1"] == "done"


def test_what_is_added_to_a_call_late_is_found_by_the_rolling_page(reading):
    for n in range(3 * PAGE):
        reading.vendor.put(n, NOW - 10 * 3600 + n)
    reading.source.start()
    reading.vendor.put(12, NOW - 10 * 3600 + 12, tags=[{"name": "Retorno"}])
    for _ in range(5):
        reading.refresh()
    (rows,) = reading.buffer.list_frames("calls")
    assert by_id(rows)["12"]["tags"] == "Retorno"


@pytest.mark.parametrize("error", [NotFoundError("no"), UnauthorizedError("no")])
def test_what_the_vendor_does_not_offer_is_a_warning_and_nothing_else(monkeypatch, error):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(FakeAircall, "get_availabilities", fail)
    monkeypatch.setattr(FakeAircall, "get_numbers_page", fail)
    reading = Reading()
    reading.source.start()
    reading.refresh()
    assert reading.source.warning == "without availabilities: no; without numbers: no"
    assert reading.source.availabilities == {}


def test_a_restart_knows_which_calls_were_running(reading):
    reading.vendor.put(1, NOW - 3600, status="answered")
    reading.source.start()
    later = Reading()
    for rows in reading.buffer.list_frames("calls"):
        later.buffer.put("calls", rows)
    later.source.resume(reading.source.build_watermark(), whole=True)
    later.vendor.put(1, NOW - 3600, status="done")
    later.source.start()
    assert later.statuses() == {"1": "done"}


class Pages:
    """A list of three pages, whose second fails once."""

    def __init__(self):
        self.failure = UnavailableError("500")
        self.asked = []

    def fetch(self, number):
        self.asked.append(number)
        if number == 2 and self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return Page([{"id": number}], 3, number, 3)


def test_a_paged_list_keeps_its_last_whole_round_until_the_next_one_is_whole():
    pages = Pages()
    paged = PagedList(pages.fetch)
    paged.resume([{"id": "known"}])
    paged.read_page()
    with pytest.raises(UnavailableError):
        paged.read_page()
    paged.read_page()
    assert (paged.rows, paged.is_whole) == ([{"id": "known"}], False)
    paged.read_page()
    assert (paged.rows, paged.is_whole) == ([{"id": 1}, {"id": 2}, {"id": 3}], True)
    assert pages.asked == [1, 2, 2, 3]
    paged.resume("of another form")
    assert paged.rows == []
