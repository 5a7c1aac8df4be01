"""What the report pages have in common: one answer per address and version, a bar, a list of rows.

A page says what it reads from its address and what it draws; everything else is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.reports import filter_choices
from callbacks.reports.detail_columns import ColumnContext
from callbacks.reports.export_sheets import Sheets, report_sheets
from callbacks.reports.page_query import PageQuery, build_page_search, read_choices, read_page
from callbacks.reports.parts import (
    Parts,
    Place,
    answer,
    digest,
    draw,
    read_shown,
)
from callbacks.reports.query import ParameterError
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components import report_frame, states
from layouts.components.context import Context
from layouts.components.filter_bar import filter_bar
from layouts.elements import Element
from layouts.roles import PAGES
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

Content = Callable[[ReportView[Any], Context, Backend], Sequence[Element]]


@dataclass(frozen=True)
class ReportPage:
    """`content` is asked once for each version and address; `frame` comes before any numbers."""

    path: str
    query: type[PageQuery]
    content: Content
    sheets: Callable[[ColumnContext], Sheets] = report_sheets
    frame: Callable[[str, Context], Element] = report_frame.page
    more_callbacks: Callable[[Dash, Backend], None] | None = None

    @property
    def name(self) -> str:
        return PAGES[self.path].name

    @property
    def places(self) -> tuple[Place, Place]:
        """Of the bar and of everything below it."""
        bar, content = (ids.panel(self.name, key) for key in ("bar", "content"))
        return (bar, "children"), (content, "children")

    def render(self, context: Context, search: str) -> Element:
        choices = read_choices(search)
        return self.frame(self.name, replace(context, choices=choices, lists_rows=True))

    def register(self, app: Dash, backend: Backend) -> None:
        @role_callback(app, roles=PAGES[self.path].roles)(
            *[Output(*place) for place in self.places],
            Output(ids.panel(self.name, "version"), "data"),
            Input(ids.URL, "search"),
            Input(ids.REFRESH, "n_intervals"),
            State(ids.URL, "pathname"),
            State(ids.panel(self.name, "version"), "data"),
        )
        def show_page(
            search: str | None, _: int | None, path: str | None, shown: Any
        ) -> tuple[Any, ...]:
            snapshot = backend.dataset.snapshot()
            address = build_page_search(search)
            edition = backend.edition(snapshot)
            marker = [digest(edition.encode()), digest(address.encode())]
            known = read_shown(shown)
            if path != self.path or marker == known[:2]:
                raise PreventUpdate
            context = report_context(backend, self.path, search)
            if snapshot is None:
                return None, states.starting(context), marker
            key = (self.name, context.theme, context.text.language, edition, address)
            parts = backend.dataset.cached(
                key, lambda: _draw_page(self, backend, snapshot, search, context)
            )
            bar, *below = parts
            # Whoever is choosing something is not interrupted by a new version.
            same_choice = len(known) > len(marker) and known[1] == marker[1]
            values = answer(below, marker, shown, self.places[1:])
            return no_update if same_choice else bar.content, *values

        if self.more_callbacks is not None:
            self.more_callbacks(app, backend)

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
    question = ReportView(snapshot, query, backend.rules.with_clock(query.clock))
    question.period  # noqa: B018  (refuses dates that cannot be)
    return question


def _draw_page(
    page: ReportPage, backend: Backend, snapshot: Snapshot, search: str | None, context: Context
) -> Parts:
    notice = None
    try:
        question = _build_view(page, snapshot, search, backend)
    except ParameterError as error:
        notice = report_frame.unusable(None if error.turned else error.name, context)
        context = replace(context, choices={})
        question = _build_view(page, snapshot, "", backend)
    history = snapshot.history
    if notice is None and not history.complete:
        notice = report_frame.partial(history.loaded_days, history.total_days, context)
    question = add_filter_words(question, context)
    content = page.content(question, context, backend)
    bar = filter_bar(filter_choices.build_bar(question, context), context)
    below = [part for part in (notice, *content) if part is not None]
    return draw(dict(zip(page.places, (bar, below), strict=True)))
