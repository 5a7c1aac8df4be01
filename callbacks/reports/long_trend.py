"""Weeks or months of one number, beside the year before: of the history, and of the archive."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Literal

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.reports.page_query import PageQuery
from callbacks.reports.parts import answer, digest, draw
from callbacks.reports.query import ParameterError, parse_search
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.components.long_trend import Archived, Point, Trend, long_trend
from layouts.elements import Element
from layouts.roles import PAGES
from metrics.model.catalog import CATALOG, Metric
from metrics.model.periods import Period, Step, list_stretches, year_before
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.query.daily import EVERYBODY
from services.errors import ServiceError
from services.runtime.backend import Backend

YEARS = 5
# A year of weeks is what one can read; of months, all there are.
SHOWN: Mapping[Step, int] = {"week": 53, "month": 12 * YEARS}
Find = Callable[[str | None, Backend], ReportView[Any] | None]
Describe = Callable[[Backend, str, str | None], Context]


def register(
    app: Dash, backend: Backend, path: str, keys: tuple[str, ...], find: Find, describe: Describe
) -> None:
    name = PAGES[path].name
    place = (ids.panel(name, "trend"), "children")

    @role_callback(app, roles=PAGES[path].roles)(
        Output(*place),
        Output(ids.panel(name, "trend-shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.panel(name, "version"), "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(name, "trend-shown"), "data"),
    )
    def show_trend(search: str | None, _: Any, asked: str | None, shown: Any) -> list[Any]:
        if asked != path:
            raise PreventUpdate
        try:
            question = find(search, backend)
        except ParameterError:
            raise PreventUpdate from None
        if question is None or question.extent.state != "read":
            raise PreventUpdate
        chosen = parse_search(search)
        key = next((key for key in chosen.get("long", ()) if key in keys), keys[0])
        step: Step = "month" if chosen.get("step") == ["month"] else "week"
        context = describe(backend, path, search)
        drawn = draw_trend(question, CATALOG[key], step, keys, context, backend)
        return answer(draw({place: drawn}), [digest(f"{search}".encode())], shown, [place])


def draw_trend(
    question: ReportView[Any],
    metric: Metric,
    step: Step,
    keys: tuple[str, ...],
    context: Context,
    backend: Backend,
) -> Element:
    page = PAGES[context.path].name
    return long_trend(page, build_trend(question, metric, step, keys, backend), context)


def build_trend(
    question: ReportView[Any], metric: Metric, step: Step, keys: tuple[str, ...], backend: Backend
) -> Trend:
    now = question.today
    stretches = list_stretches(step, now - timedelta(days=366 * YEARS), now)[-2 * SHOWN[step] :]
    whole = _cut_running(question.period, now)
    asked = [*stretches, *([whole, year_before(whole)] if whole else [])]
    extent = select(metric, question.view).extent
    first = extent.first_day or now
    older = [stretch for stretch in asked if stretch.first_day < first]
    archived, found = _ask_archive(question, metric, older, backend)
    native = question.groups(metric, step, Period(max(first, stretches[0].first_day), now))

    def find(stretch: Period) -> Summary | None:
        if stretch.first_day < first:
            return found.get(stretch)
        if stretch in (whole, before):
            return question.number(metric, stretch)
        return native.get(stretch.first_day.isoformat())

    before = year_before(whole) if whole else None
    summaries = {stretch.first_day: find(stretch) for stretch in stretches}
    points = [
        Point(
            stretch,
            summaries[stretch.first_day],
            summaries.get(year_before(stretch).first_day),
            is_archived=stretch.first_day < first,
            is_running=stretch.last_day >= now,
        )
        for stretch in stretches[-SHOWN[step] :]
    ]
    known = [place for place, point in enumerate(points) if _has_value(point.now)]
    return Trend(
        metric=metric,
        keys=keys,
        step=step,
        points=points[known[0] :] if known else [],
        archived=archived,
        first_day=first,
        period=whole,
        before=before,
        now=find(whole) if whole else None,
        then=find(before) if before else None,
    )


def _has_value(summary: Summary | None) -> bool:
    return summary is not None and summary.value is not None


def _cut_running(period: Period, now: date) -> Period | None:
    """Its whole days: of today the archive cannot say what there was a year ago by this hour."""
    last = min(period.last_day, now - timedelta(days=1))
    return Period(period.first_day, last) if period.first_day <= last else None


def _ask_archive(
    question: ReportView[Any], metric: Metric, older: list[Period], backend: Backend
) -> tuple[Archived, dict[Period, Summary]]:
    """How the archive stands to the question, and the stretches of which it has every day."""
    archive = backend.archive
    if archive is None:
        return "off", {}
    # Its driver is not loaded where there is none.
    from services.archive.reader import Question

    slice_ = _find_slice(question.query, metric)
    if isinstance(slice_, str):
        return slice_, {}
    by, groups = slice_
    stretches = tuple((period.first_day, period.last_day) for period in older)
    asked = Question(metric.table, by, groups, (metric.key,), stretches)
    try:
        answers = archive.read(asked)
    except ServiceError:
        return "failed", {}
    return "ok", {
        period: found.parts[metric.key].summarise(metric)
        for period, found in zip(older, answers, strict=True)
        if found.days == period.days
    }


def _find_slice(
    query: PageQuery, metric: Metric
) -> tuple[str, tuple[str, ...]] | Literal["filters", "clock"]:
    """The slice of the archive that has what the filters choose; a word for why none has."""
    if query.clock != "all" and metric.kind == "duration":
        return "clock"
    parts = {"team": query.team, "agent": query.agent, "line": query.line}
    chosen = {by: groups for by, groups in parts.items() if groups}
    if metric.table != "calls":
        chosen.pop("line", None)
    if query.origin or query.shift or query.attributes or len(chosen) > 1:
        return "filters"
    if not chosen:
        return EVERYBODY, (EVERYBODY,)
    ((by, groups),) = chosen.items()
    # A call counts for each of its people and teams: theirs do not add up to those of several.
    is_single = len(groups) == 1 and "main" not in groups
    return (by, groups) if is_single else "filters"
