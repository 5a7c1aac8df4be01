"""What the report pages have in common: one answer per address and version, a bar, a list of rows.

A page says what it reads from its address and what it draws; everything else is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from dash import Dash, Input, Output, State, set_props
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.reports import filter_choices, long_trend
from callbacks.reports.detail_columns import ColumnContext
from callbacks.reports.export_sheets import (
    Sheets,
    build_definitions_sheet,
    build_table_sheet,
    report_sheets,
)
from callbacks.reports.first_start import describe_start
from callbacks.reports.page_query import PageQuery, build_page_search, read_choices, read_page
from callbacks.reports.parts import (
    Part,
    answer,
    digest,
    draw,
    draw_stages,
    read_shown,
)
from callbacks.reports.query import ParameterError, check_shifts
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.components.filter_bar import filter_bar
from layouts.components.typed_table import find_panel, find_tables
from layouts.elements import Element
from layouts.roles import PAGES
from metrics.model.catalog import Source
from metrics.model.periods import Period
from services.files.workbook import Sheet
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

Content = Callable[[ReportView[Any], Context, Backend], Sequence[Element]]


@dataclass(frozen=True)
class Drawn:
    """`begun` is the content as far as its sheet of numbers; None where it has none."""

    bar: Part
    content: Part
    begun: Part | None


@dataclass(frozen=True)
class ReportPage:
    """`content` is asked once for each version and address; `frame` comes before any numbers.

    `source` is the one that the page cannot do without; a page that is not `dated` has something to
    show whatever the period.
    `trends` are the metrics of its long trend, whose place is in the frame.
    `sheets` are of its file, and get the tables that the page draws.
    """

    path: str
    query: type[PageQuery]
    content: Content
    sheets: Callable[[ColumnContext, Sequence[Sheet]], Sheets] = report_sheets
    frame: Callable[[str, Context], Element] = report_frame.page
    trends: tuple[str, ...] = ()
    more_callbacks: Callable[[Dash, Backend], None] | None = None
    source: Source = "intercom"
    dated: bool = True

    @property
    def name(self) -> str:
        return PAGES[self.path].name

    def render(self, context: Context, search: str) -> Element:
        choices = read_choices(search)
        return self.frame(self.name, replace(context, choices=choices, lists_rows=True))

    def register(self, app: Dash, backend: Backend) -> None:
        content, version, begun = (ids.panel(self.name, k) for k in ("content", "version", "begun"))

        # Once, when the page is opened: `show_page` waits for it, and adds the other panels.
        @role_callback(app, roles=PAGES[self.path].roles)(
            Output(content, "children", allow_duplicate=True),
            Output(version, "data", allow_duplicate=True),
            Output(begun, "data"),
            Input(begun, "id"),
            State(ids.URL, "search"),
            State(ids.URL, "pathname"),
            prevent_initial_call="initial_duplicate",
        )
        def begin_page(_: str | None, search: str | None, path: str | None) -> tuple[Any, ...]:
            snapshot = backend.dataset.snapshot()
            if path != self.path or snapshot is None:
                raise PreventUpdate
            drawn = self._draw(backend, snapshot, search)
            if drawn.begun is None:
                raise PreventUpdate
            _set_bar(self, drawn)
            marker = ["", _name_address(search)]
            return *answer([drawn.begun], marker, None, [(content, "children")]), True

        @role_callback(app, roles=PAGES[self.path].roles)(
            Output(content, "children"),
            Output(version, "data"),
            Input(ids.URL, "search"),
            Input(ids.REFRESH, "n_intervals"),
            Input(begun, "data"),
            State(ids.URL, "pathname"),
            State(version, "data"),
        )
        def show_page(
            search: str | None, _: int | None, __: Any, path: str | None, shown: Any
        ) -> Any:
            snapshot = backend.dataset.snapshot()
            marker = [digest(backend.edition(snapshot).encode()), _name_address(search)]
            known = read_shown(shown)
            if path != self.path or marker == known[:2]:
                raise PreventUpdate
            if snapshot is None:
                context = report_context(backend, self.path, search)
                return describe_start(None, context), marker
            drawn = self._draw(backend, snapshot, search)
            values = answer([drawn.content], marker, shown, [(content, "children")])
            # Whoever is choosing something is not interrupted by a new version.
            if len(known) <= len(marker) or known[1] != marker[1]:
                _set_bar(self, drawn)
            return values

        if self.trends:
            long_trend.register(app, backend, self.path, self.trends, self.question, report_context)
        if self.more_callbacks is not None:
            self.more_callbacks(app, backend)

    def _draw(self, backend: Backend, snapshot: Snapshot, search: str | None) -> Drawn:
        context = report_context(backend, self.path, search)
        style = context.theme, context.text.language
        key = (self.name, *style, backend.edition(snapshot), build_page_search(search))
        return backend.dataset.cached(
            key, lambda: _draw_page(self, backend, snapshot, search, context)
        )

    def build_sheets(self, scope: ColumnContext) -> Sheets:
        drawn = self.content(scope.question, scope.context, scope.backend)
        return self.sheets(
            scope, [build_table_sheet(table, scope.context) for table in find_tables(drawn)]
        )

    def build_part(self, part: str, scope: ColumnContext) -> Sheets:
        """The tables of one panel; none where the page has no such panel."""
        drawn = self.content(scope.question, scope.context, scope.backend)
        panel = find_panel(drawn, ids.panel(self.name, part))
        sheets = [build_table_sheet(table, scope.context) for table in find_tables(panel)]
        key = [part] if scope.context.text.has(f"metrics.{part}.definition") else []
        about = build_definitions_sheet(scope, sheets[0].name if sheets else "", key)
        return [*sheets, about], sum(len(list(sheet.rows)) for sheet in sheets)

    def question(self, search: str | None, backend: Backend) -> ReportView[Any] | None:
        """None: no data yet. Raises ParameterError where the address cannot be read."""
        snapshot = backend.dataset.snapshot()
        return None if snapshot is None else _build_view(self, snapshot, search, backend)


# Path -> page.
Reports = Mapping[str, ReportPage]


def report_context(backend: Backend, path: str, search: str | None) -> Context:
    context = current_context(backend, path)
    is_report = path in PAGES and PAGES[path].is_report
    return replace(context, choices=read_choices(search), lists_rows=is_report)


def find_view(
    reports: Reports, path: str | None, search: str | None, backend: Backend
) -> ReportView[Any] | None:
    """None: no such page, or no data yet. Raises ParameterError for an unreadable address."""
    page = reports.get(path or "")
    return None if page is None else page.question(search, backend)


def add_filter_words(question: ReportView[Any], context: Context) -> ReportView[Any]:
    return replace(question, filter_words=tuple(filter_choices.describe_filters(question, context)))


def _build_view(
    page: ReportPage, snapshot: Snapshot, search: str | None, backend: Backend
) -> ReportView[Any]:
    query = read_page(page.query, search)
    rules = backend.rules.with_clock(query.clock)
    question = ReportView(snapshot, query, rules, source=page.source)
    check_shifts(query, backend.rules.shifts)
    question.period  # noqa: B018  (refuses dates that cannot be)
    return question


def _draw_page(
    page: ReportPage, backend: Backend, snapshot: Snapshot, search: str | None, context: Context
) -> Drawn:
    notice = None
    try:
        question = _build_view(page, snapshot, search, backend)
    except ParameterError as error:
        notice = report_frame.unusable(None if error.turned else error.name, context)
        context = replace(context, choices={})
        question = _build_view(page, snapshot, "", backend)
    question = add_filter_words(question, context)
    content: Sequence[Element]
    if start := describe_start(
        snapshot, context, page.source if page.dated else "intercom", dated=page.dated
    ):
        content = [start]
    elif page.dated and question.outside:
        content = [_describe_outside(question, context)]
    else:
        notice = notice or _describe_history(question, context)
        content = page.content(question, context, backend)
    bar = filter_bar(filter_choices.build_bar(question, context), context)
    below = [part for part in (notice, *content) if part is not None]
    [drawn_bar] = draw({(ids.panel(page.name, "bar"), "children"): bar})
    place = ids.panel(page.name, "content"), "children"
    whole, begun = draw_stages(place, below, ids.panel(page.name, "kpis"), report_frame.waiting())
    return Drawn(drawn_bar, whole, begun)


def _describe_outside(question: ReportView[Any], context: Context) -> Element:
    """A period of which nothing is known, and the days that are."""
    first, is_whole = question.first_day, question.snapshot.history.complete
    if question.outside == "future" or first is None:
        return report_frame.future(question.period, context)
    last = min(first + timedelta(days=question.period.days - 1), question.today)
    return report_frame.outside(question.period, Period(first, last), is_whole, context)


def _describe_history(question: ReportView[Any], context: Context) -> Element | None:
    """What is missing of the history, where something is."""
    history, period, first = question.snapshot.history, question.period, question.first_day
    known = None
    if question.outside == "no_history" and history.complete and first is not None:
        return report_frame.untold(period, first, context)
    if first is not None and period.first_day < first <= period.last_day:
        known = replace(period, first_day=first)
    if not history.complete:
        return report_frame.partial(history.loaded_days, history.total_days, known, context)
    return None if known is None else report_frame.cut(known, context)


def _set_bar(page: ReportPage, drawn: Drawn) -> None:
    """Its list of attributes is filled by a callback of its own, which hears of the label."""
    set_props(ids.panel(page.name, "bar"), {"children": drawn.bar.content})
    set_props(ids.panel(ids.FILTERS, "label"), {"data": None})


def _name_address(search: str | None) -> str:
    return digest(build_page_search(search).encode())
