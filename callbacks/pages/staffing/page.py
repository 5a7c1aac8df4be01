"""The staffing page: whom the work needs, who is scheduled, and what they made of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.pages.staffing import figures
from callbacks.pages.staffing.actions import act
from callbacks.pages.staffing.query import StaffingQuery
from callbacks.reports.detail_columns import ColumnContext
from callbacks.reports.export_sheets import Sheets, report_sheets
from callbacks.reports.report_page import ReportPage, report_context
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.staffing import page, roster
from layouts.pages.staffing import page as staffing
from layouts.pages.staffing.data import PAGE, PATH, Staffing, Work
from layouts.pages.staffing.week import clock
from layouts.roles import PAGES
from metrics.planning.schedule import HALF_HOURS, WEEKDAYS, cover
from services.files.schedule import load_schedule
from services.files.workbook import Column, Sheet
from services.runtime.backend import Backend


def content(
    question: ReportView[StaffingQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    at, query = backend.now(), question.query
    schedule = load_schedule(backend.state).schedule
    source = question.snapshot.sources.get("aircall")
    works = figures.build_works(question, schedule)
    fair = figures.compute_fair(question, schedule)
    observed = figures.find_observed(question)
    presence, days = figures.measure_presence(question, schedule, observed)
    weekday = question.today.weekday() if query.day is None else query.day
    away = figures.list_time_away(question.view, backend.state)
    online, online_days = figures.count_online(question, observed, weekday)
    return staffing.content(
        Staffing(
            works=works,
            scheduled=cover(schedule),
            needed=figures.sum_needed(works),
            has_schedule=bool(schedule.people),
            has_calls=source is not None and source.state != "off",
            stream=query.stream,
            heat=query.heat,
            level=query.level,
            day=weekday,
            online=online,
            online_days=online_days,
            fair=fair,
            fair_lines=figures.build_fair_lines(fair, question, context),
            others=figures.list_others(fair, question, context),
            transfers=query.transfers is not None,
            basis=query.basis,
            presence=figures.build_presence_lines(presence, question, context),
            presence_days=days,
            away=away,
            infos=figures.build_infos(
                question, works, len(presence), len(away.people), at, context
            ),
        ),
        context,
    )


# Whose definitions the file tells besides those of the catalogue.
KEYS = ("staffing_need", "fair_target", "schedule_adherence", "time_away")


def _build_week_sheet(stream: str, work: Work, scope: ColumnContext) -> Sheet:
    text = scope.context.text
    names = ("half", "arrivals", "p90", "handling", "load", "there", "needed", "scheduled", "gap")
    kinds: dict[str, Any] = {"half": "text", "handling": "seconds"}
    kinds |= dict.fromkeys(("there", "needed"), "count")
    columns = [
        Column(text("staffing.weekday"), "text", 14),
        *[Column(text(f"staffing.head.{n}"), kinds.get(n, "number"), 12) for n in names],
    ]
    kind = text(f"staffing.stream.{stream}")
    return Sheet(f"{text('staffing.sheet.week')} {kind}", columns, _iterate_half_hours(work, scope))


def _iterate_half_hours(work: Work, scope: ColumnContext) -> Iterator[tuple[Any, ...]]:
    """A line for each half-hour in which anything happens; weekdays nobody counted have none."""
    plan, demand = work.plan, work.demand
    for weekday in range(WEEKDAYS):
        known = demand.occurrences[weekday] > 0
        for half in range(HALF_HOURS):
            flow, scheduled = plan.flow(weekday, half), float(plan.scheduled[weekday, half])
            if not flow.rate and not scheduled:
                continue
            needed = int(plan.needed[weekday, half])
            reached = known and needed >= 0
            yield (
                scope.context.text(f"rows.weekday.{weekday}"),
                clock(half),
                float(plan.arrivals[weekday, half]) if known else None,
                float(demand.p90[weekday, half]) if known else None,
                plan.work(weekday, half),
                flow.load if known else None,
                int(plan.there[weekday, half]) if reached else None,
                needed if reached else None,
                scheduled,
                scheduled - needed if reached else None,
            )


def _build_sheets(scope: ColumnContext, tables: Sequence[Sheet]) -> Sheets:
    """Every half-hour of the week comes first, of which the page shows one day in full."""
    schedule = load_schedule(scope.backend.state).schedule
    works = figures.build_works(scope.question, schedule)
    week = [_build_week_sheet(name, work, scope) for name, work in works.items()]
    return report_sheets(scope, [*week, *tables], keys=KEYS, is_summed_up=False)


def _frame(name: str, context: Context) -> Element:
    """The assumptions and the grid stay while the numbers are drawn anew."""
    return report_frame.page(name, context, before=[page.place()], after=[roster.place()])


def _register_more(app: Dash, backend: Backend) -> None:
    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(ids.panel(PAGE, "whatif"), "children"),
        Output(ids.panel(PAGE, "assumed"), "data"),
        Input(ids.URL, "search"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "assumed"), "data"),
    )
    def show_assumptions(search: str | None, path: str | None, shown: Any) -> tuple[Any, Any]:
        if path != PATH:
            return no_update, no_update
        values, defaults = figures.read_assumptions(search, backend.rules)
        # What the reader is moving is not drawn anew under the hand.
        if values == shown:
            return no_update, no_update
        context = report_context(backend, PATH, search)
        return page.controls(values, defaults, context), values

    @role_callback(app, roles=PAGES[PATH].roles)(
        Output(ids.panel(PAGE, "grid"), "children"),
        Output(ids.panel(PAGE, "said"), "children"),
        Output(ids.panel(PAGE, "done"), "data"),
        Output(ids.panel(PAGE, "download"), "data"),
        Input(ids.panel(PAGE, "action"), "data"),
    )
    def edit(data: Any) -> tuple[Any, Any, Any, Any]:
        answer = act(data, current_context(backend, PATH), backend)
        return (
            no_update if answer.grid is None else answer.grid,
            answer.said,
            answer.done,
            no_update if answer.file is None else answer.file,
        )

    app.clientside_callback(
        ClientsideFunction("staffing", "done"),
        Output(ids.panel(PAGE, "said"), "title"),
        Input(ids.panel(PAGE, "done"), "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("staffing", "assume"),
        Output(ids.panel(PAGE, "whatif"), "title"),
        *[Input(ids.panel(PAGE, name), "value") for name in page.LIMITS],
        prevent_initial_call=True,
    )


REPORT_PAGE = ReportPage(
    PATH,
    StaffingQuery,
    content,
    sheets=_build_sheets,
    frame=_frame,
    more_callbacks=_register_more,
    dated=False,
)
