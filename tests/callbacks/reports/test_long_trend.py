"""Weeks and months of a number: of the history, and where that ends of the archive."""

from datetime import date
from types import SimpleNamespace

import pytest

from callbacks.pages.telephony.page import PAGE as TELEPHONY
from callbacks.pages.times.page import PAGE as TIMES
from callbacks.reports.long_trend import build_trend, draw_trend
from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import text_for
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.query.daily import Part
from services.archive.mongo import ArchiveError
from services.archive.reader import Answer
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import Web

HISTORY = date(2026, 8, 27)


class Archive:
    """Has every day since 2024, in each of them one row."""

    def __init__(self, first_day=date(2024, 1, 1)):
        self.first_day = first_day
        self.asked = []

    def read(self, question):
        self.asked.append(question)
        (key,) = question.metrics
        days = [max(0, (last - max(first, self.first_day)).days + 1)
                for first, last in question.stretches]  # fmt: skip
        return tuple(Answer(n, {key: Part(n, float(n), {410: n})}) for n in days)


class Late:
    def read(self, question):
        raise ArchiveError("late")


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    return Web(tmp_path_factory.mktemp("web"), settings=SETTINGS, current=figures())


@pytest.fixture
def trend(web):
    def trend(page, key, step="week", search="", archive=None):
        question = page.question(search, web.backend)
        backend = SimpleNamespace(archive=archive)
        return build_trend(question, CATALOG[key], step, page.trends, backend)

    return trend


@pytest.mark.parametrize("step", ["week", "month"])
def test_without_an_archive_there_is_the_history_as_the_page_tells_it(trend, web, step):
    found = trend(TIMES, "first_response_time", step)
    assert found.archived == "off"
    assert found.points[0].stretch.first_day >= HISTORY
    assert not any(point.is_archived or point.earlier for point in found.points)
    question = TIMES.question("", web.backend)
    for point in found.points:
        if not point.is_running:
            exact = question.number(CATALOG["first_response_time"], point.stretch)
            assert (point.value, point.now.n) == (exact.value, exact.n)
    assert [point.is_running for point in found.points[-2:]] == [False, True]


def test_the_archive_goes_on_where_the_history_ends_with_the_year_before(trend):
    archive = Archive()
    found = trend(TELEPHONY, "time_to_answer", "month", archive=archive)
    assert found.archived == "ok"
    assert found.points[0].stretch.first_day == date(2024, 1, 1)
    by_month = {point.stretch.first_day: point for point in found.points}
    assert by_month[date(2024, 2, 1)].now.n == 29
    # August is cut by the begin of the history, and all of it lies in the archive.
    assert by_month[date(2026, 8, 1)].is_archived
    assert not by_month[date(2026, 9, 1)].is_archived
    assert by_month[date(2026, 9, 1)].before.n == 30
    assert by_month[date(2024, 6, 1)].before is None
    assert archive.asked[0].table == "calls"


def test_the_period_stands_beside_the_same_of_last_year_up_to_yesterday(trend):
    found = trend(TIMES, "time_to_close", archive=Archive())
    assert found.period == Period(date(2026, 10, 28), date(2026, 11, 23))
    assert found.before == Period(date(2025, 10, 29), date(2025, 11, 24))
    assert found.then.n == 27
    assert trend(TIMES, "time_to_close", search="?period=today").period is None


def test_a_stretch_without_all_its_days_is_not_told(trend):
    found = trend(TIMES, "time_to_close", "month", archive=Archive(date(2026, 3, 10)))
    assert found.points[0].stretch.first_day == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("search", "key", "slice_"),
    [
        ("?team=6101", "time_to_close", ("team", ("6101",))),
        ("?agent=201", "time_to_close", ("agent", ("201",))),
        ("?line=11", "calls_inbound", ("line", ("11",))),
        ("?line=11", "time_to_close", ("all", ("all",))),
        ("?agent=201&agent=202", "time_to_close", "filters"),
        ("?agent=201&team=6101", "time_to_close", "filters"),
        ("?line=main", "calls_inbound", "filters"),
        ("?origin=customer", "time_to_close", "filters"),
        ("?shift=morning", "time_to_close", "filters"),
        ("?clock=office", "time_to_close", "clock"),
        ("?clock=office", "conversations", ("all", ("all",))),
    ],
)
def test_filters_choose_the_slice_that_has_them_or_the_panel_says_why_none(
    trend, search, key, slice_
):
    archive = Archive()
    found = trend(TIMES, key, search=search, archive=archive)
    if isinstance(slice_, str):
        assert (found.archived, archive.asked) == (slice_, [])
    else:
        (asked,) = archive.asked
        assert (asked.by, asked.groups) == slice_


def test_an_archive_that_does_not_answer_leaves_the_history(trend):
    found = trend(TIMES, "time_to_close", archive=Late())
    assert found.archived == "failed"
    assert found.points


@pytest.mark.parametrize("language", ["pt-BR", "en"])
@pytest.mark.parametrize("page", [TIMES, TELEPHONY])
def test_each_of_its_numbers_can_be_drawn(web, page, language):
    text = text_for(language)
    formats = Formats(text, SETTINGS.zone)
    context = Context(text, formats, "dark", "manager", "Marina", path=page.path)
    question = page.question("", web.backend)
    for archive in (None, Archive(), Late()):
        backend = SimpleNamespace(archive=archive)
        for key in page.trends:
            for step in ("week", "month"):
                drawn = draw_trend(question, CATALOG[key], step, page.trends, context, backend)
                assert drawn["props"]["id"] == f"{page.name}--trend-panel"


def test_it_is_asked_for_apart_from_the_page(web):
    ids = [name for name in web.callback_ids() if "trend-shown" in name]
    assert len(ids) == 3
