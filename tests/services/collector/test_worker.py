from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.collector.backfill import Backfill
from services.collector.worker import Worker, measure_history
from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotOfferedError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from services.vendors.pages import Page

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DAY = 86400
INTERVAL = 60
UTC_ZONE = ZoneInfo("UTC")


class Source:
    """A vendor that answers at once, or fails."""

    name = vendor = "intercom"
    credentials = "INTERCOM_TOKEN"
    version = "2.14"
    warning = None
    read_at = None
    is_live = False

    def __init__(self):
        self.failure = self.history_failure = None
        self.cycles = []
        self.history = Backfill(self.read_history, lambda rows: None)

    def read_history(self, since, until):
        if self.history_failure is not None:
            raise self.history_failure
        yield Page([], 0, 1, 1)

    def answer(self, cycle):
        self.cycles.append(cycle)
        if self.failure is not None:
            raise self.failure

    def start(self):
        self.answer("start")
        self.history.start(int(NOW.timestamp()))
        self.is_live = True

    def refresh(self):
        self.answer("refresh")

    def count_recent_requests(self):
        return len(self.cycles)

    def count_outcomes(self):
        return {"ok": len(self.cycles)}

    def build_watermark(self):
        return {"history": self.history.build_watermark()}

    def resume(self, watermark, *, whole):
        self.resumed = watermark, whole


class Work:
    """A worker with its source and its clock; three days of history are wanted."""

    def __init__(self):
        self.now = NOW.timestamp()
        self.notices = []
        self.source = Source()
        self.worker = Worker(
            self.source,
            INTERVAL,
            lambda: int(NOW.timestamp()) - 3 * DAY,
            self.notices.append,
            lambda: self.now,
        )

    def step(self, after=0.0):
        self.now += after
        return self.worker.step()

    def read_all(self):
        while self.step():
            pass

    @property
    def state(self):
        return self.worker.status.state, self.worker.cause


@pytest.fixture
def work():
    return Work()


def test_the_present_comes_first_then_history_and_then_a_cycle_an_interval(work):
    work.read_all()
    assert work.source.cycles == ["start"]
    assert work.worker.is_complete
    assert work.notices[0] == "cycle"
    assert set(work.notices[1:]) == {"history"}
    assert not work.step(after=INTERVAL - 1)
    assert work.step(after=1)
    assert work.source.cycles == ["start", "refresh"]


def test_cycles_do_not_drift_and_a_sleep_of_the_machine_is_not_made_up_for(work):
    work.read_all()
    work.step(after=INTERVAL + 20)
    assert work.step(after=INTERVAL - 20), "twenty seconds late once, and not for ever"
    work.step(after=10 * INTERVAL)
    assert not work.step(after=1)
    assert work.source.cycles.count("refresh") == 3


def test_a_clock_that_is_set_back_does_not_stop_the_cycles(work):
    work.read_all()
    assert work.step(after=-DAY)
    assert work.source.cycles[-1] == "refresh"


@pytest.mark.parametrize(
    ("error", "state", "cause", "retried_after"),
    [
        (UnauthorizedError("401"), "failed", "unauthorized", 3600),
        (ForbiddenError("403"), "failed", "forbidden", 3600),
        (RateLimitedError("wait", 90), "late", "rate_limited", 60),
        (UnavailableError("500"), "failed", "unavailable", 60),
        (BadResponseError("cut short"), "failed", "bad_response", 60),
        (KeyError("a customer"), "failed", "bad_response", 60),
    ],
)
def test_what_may_be_over_soon_is_tried_again_within_a_minute(error, state, cause, retried_after):
    work = Work()
    work.worker._interval = work.worker._longest = 3600
    work.source.failure = error
    work.step()
    assert work.state == (state, cause)
    assert "customer" not in work.worker.status.error
    assert not work.step(after=retried_after - 1)
    assert work.step(after=1)


def test_what_was_never_there_is_off_and_asked_for_once_an_hour(work):
    work.source.failure = NotOfferedError("no permission", "no_permission")
    work.step()
    assert work.state == ("off", "no_permission")
    assert work.worker.has_never_answered
    assert not work.step(after=3599)
    work.source.failure = None
    assert work.step(after=1)
    assert work.state == ("ok", None)


def test_what_was_there_and_is_refused_now_is_a_failure(work):
    work.step()
    work.source.failure = NotOfferedError("no permission", "no_permission")
    work.step(after=INTERVAL)
    assert work.state == ("failed", "no_permission")
    assert work.worker.status.as_of == NOW


def test_answers_that_have_become_too_old_are_late_whatever_the_vendor_said(work):
    work.step()
    work.now += 3 * INTERVAL + 60
    work.worker.check_age()
    assert work.state == ("ok", None)
    work.now += 1
    work.worker.check_age()
    assert work.state == ("late", "unavailable")


def test_a_page_of_history_that_fails_is_a_warning_and_waits(work):
    work.step()
    work.source.history_failure = UnavailableError("no connection")
    work.step()
    assert work.state == ("ok", None)
    assert work.worker.status.warning == "history waits: no connection"
    work.source.history_failure = None
    assert not work.step(after=INTERVAL - 1)
    work.step(after=1)
    work.read_all()
    assert work.worker.is_complete
    assert work.worker.status.warning is None


def test_rows_before_the_wanted_history_have_been_let_go(work):
    work.read_all()
    work.source.history.boundary -= 5 * DAY
    target = int(NOW.timestamp()) - 3 * DAY
    assert work.worker.build_watermark()["history"]["boundary"] == target


def measure(*works, total_days=3):
    first_day = NOW.date() - timedelta(days=total_days - 1)
    return measure_history([work.worker for work in works], first_day, NOW, total_days, UTC_ZONE)


def test_days_count_once_every_vendor_has_delivered_them():
    first, second = Work(), Work()
    first.read_all()
    assert measure(first, second).loaded_days == 0
    second.step()
    assert measure(first, second).loaded_days == 0, "today is not whole yet"
    second.source.history.boundary = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
    history = measure(first, second)
    assert (history.loaded_days, history.first_day) == (2, date(2026, 11, 23))
    assert not history.complete
    second.read_all()
    assert measure(first, second).complete


@pytest.mark.parametrize(("name", "complete"), [("aircall", True), ("intercom", False)])
def test_a_vendor_that_has_never_answered_holds_up_nobody_unless_it_is_required(name, complete):
    first, failing = Work(), Work()
    first.read_all()
    first.source.name = "aircall"
    failing.source.name = name
    failing.source.failure = UnauthorizedError("401")
    failing.step()
    history = measure(first, failing)
    assert (history.loaded_days, history.complete) == (3, complete)
