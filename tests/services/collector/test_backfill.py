import pytest

from services.collector.backfill import DAY, WIDEST, Backfill
from services.errors import UnavailableError
from services.vendors.pages import Page

ORIGIN = 1_800_000_000


class History:
    """A vendor with so many rows in each slice, and what of it was read."""

    def __init__(self, rows_in_a_slice=0):
        self.rows = [{"id": n} for n in range(rows_in_a_slice)]
        self.slices, self.kept = [], []
        self.failure = None
        self.backfill = Backfill(self.read, self.kept.extend)
        self.backfill.start(ORIGIN)

    def read(self, since, until):
        self.slices.append((ORIGIN - until, ORIGIN - since))
        for start in range(0, len(self.rows), 50):
            if self.failure is not None:
                raise self.failure
            yield Page(self.rows[start : start + 50], len(self.rows), 1, 1)

    def read_all(self, days):
        target = ORIGIN - days * DAY
        while not self.backfill.is_done(target):
            self.backfill.step(target)


def test_slices_end_at_the_target_and_leave_no_gap():
    history = History()
    history.read_all(days=5)
    assert history.slices == [(0, DAY), (DAY, 3 * DAY), (3 * DAY, 5 * DAY)]


def test_quiet_slices_grow_and_busy_ones_shrink():
    quiet, busy = History(), History(rows_in_a_slice=700)
    quiet.read_all(days=400)
    assert max(end - start for start, end in quiet.slices) == WIDEST
    busy.read_all(days=3)
    assert busy.slices == [(n * DAY, (n + 1) * DAY) for n in range(3)]


def test_a_slice_counts_only_when_its_last_page_is_kept():
    history = History(rows_in_a_slice=100)
    for _ in range(2):
        history.backfill.step(ORIGIN - DAY)
    assert history.backfill.boundary == ORIGIN
    history.backfill.step(ORIGIN - DAY)
    assert history.backfill.boundary == ORIGIN - DAY


def test_an_error_leaves_the_slice_to_be_read_from_its_beginning():
    history = History(rows_in_a_slice=100)
    history.backfill.step(ORIGIN - DAY)
    history.failure = UnavailableError("no connection")
    with pytest.raises(UnavailableError):
        history.backfill.step(ORIGIN - DAY)
    history.failure = None
    history.read_all(days=1)
    assert history.slices == [(0, DAY), (0, DAY)]
    assert len(history.kept) == 150


def test_it_goes_on_from_what_a_watermark_says():
    first, second = History(), History()
    first.read_all(days=3)
    second.backfill.resume(first.backfill.build_watermark())
    second.read_all(days=5)
    assert second.slices == [(3 * DAY, 5 * DAY)]
    second.backfill.resume({})
    assert second.backfill.boundary is None
