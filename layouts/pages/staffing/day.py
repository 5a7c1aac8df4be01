"""One weekday, half-hour by half-hour: needed, scheduled, and seen there."""

from typing import Any

import numpy as np
from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import graph
from layouts.components.panel import figure_panel, no_data, pill, segmented
from layouts.components.states import empty
from layouts.pages.staffing.data import PAGE, Staffing
from layouts.pages.staffing.day_chart import people_steps
from layouts.pages.staffing.week import clock, people_words, signed
from metrics.planning.schedule import WEEKDAYS


def panel(staffing: Staffing, context: Context) -> html.Section:
    """The day's three lines, and every number of it as a table."""
    text, formats = context.text, context.formats
    weekday = staffing.day
    switch = segmented(
        [
            (text(f"telephony.weekday.{day}"), context.view(day=str(day)), day == weekday)
            for day in range(WEEKDAYS)
        ],
        text("staffing.weekday"),
    )
    name = text(f"rows.weekday.{weekday}")
    count = staffing.main.demand.occurrences[weekday]
    body: Any
    table: Any = None
    if not len(staffing.halves):
        body = empty(context, text("staffing.nothing_arrived"))
    else:
        label = text("staffing.day_label", weekday=name)
        figure = people_steps(staffing, context)
        body = graph(ids.panel(PAGE, "day-graph"), figure, text, label)
        table = _table(staffing, context)
    return figure_panel(
        PAGE,
        "staffing_day",
        text("staffing.day", weekday=name),
        body,
        table,
        context,
        population=text.plural("staffing.fact.days", count, n=formats.count(count)),
        tools=[switch],
        footnote=_foot(staffing, context),
        passport=staffing.passports["staffing_day"],
    )


def _foot(staffing: Staffing, context: Context) -> html.Div:
    text = context.text
    keys = [
        html.Span([html.Span(className=f"line-key line-{name}"), text(f"staffing.{name}")])
        for name in ("needed", "scheduled", "online")
        if staffing.has_schedule or name != "scheduled"
    ]
    seen = (
        text.plural("staffing.online_days", staffing.online_days, n=staffing.online_days)
        if staffing.online_days
        else text("staffing.online_none")
    )
    return html.Div([*keys, html.Span(seen)], className="foot-words keys")


def _table(staffing: Staffing, context: Context) -> html.Div:
    text = context.text
    single = len(staffing.works) == 1
    # Two kinds of work have neither one length nor one target.
    names = ["half", "arrivals", "p90", *(["handling"] if single else [])]
    names += ["load", "there", "needed", "scheduled", "gap", "online"]
    names += ["in_time", "wait", "occupancy"] if single else []
    patience = single and staffing.main.plan.assumptions.patience is not None
    names += ["gives_up"] if patience else []
    rows = [_row(staffing, half, patience, context) for half in staffing.day_halves]
    return data_table([text(f"staffing.head.{name}") for name in names], rows, "staffing-table")


def _row(staffing: Staffing, half: int, patience: bool, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    weekday, work = staffing.day, staffing.main
    flow = work.plan.flow(weekday, half)
    needed = int(staffing.needed[weekday, half])
    scheduled = float(staffing.scheduled[weekday, half])
    seen = staffing.online[half]
    there = sum(int(one.plan.there[weekday, half]) for one in staffing.works.values())
    impossible: Any = pill(text("staffing.impossible"), "attention", "exclamation-triangle-fill")
    if not staffing.is_known(weekday):
        needed, impossible = -1, no_data(context)
    row: list[Any] = [
        clock(half),
        formats.decimal(
            sum(float(w.plan.arrivals[weekday, half]) for w in staffing.works.values())
        ),
        formats.decimal(sum(float(w.demand.p90[weekday, half]) for w in staffing.works.values())),
        formats.decimal(sum(w.plan.flow(weekday, half).load for w in staffing.works.values()), 2),
        impossible if needed < 0 else formats.count(there),
        impossible if needed < 0 else formats.count(needed),
        people_words(scheduled, context),
        impossible if needed < 0 else signed(scheduled - needed, context),
        no_data(context) if np.isnan(seen) else formats.decimal(float(seen)),
    ]
    if len(staffing.works) == 1:
        row.insert(3, formats.duration(flow.handling) if flow.handling else no_data(context))
        row += _outcome(staffing, half, context)
    if patience:
        found = work.plan.outcome_with_patience(weekday, half)
        row.append(formats.share(found.gives_up) if found and flow.load else no_data(context))
    return row


def _outcome(staffing: Staffing, half: int, context: Context) -> list[Any]:
    """What the scheduled people make of it; instability is said, and is no number."""
    text, formats = context.text, context.formats
    plan, weekday = staffing.main.plan, staffing.day
    if not plan.flow(weekday, half).load:
        idle = html.Span(text("staffing.idle"), className="no-data")
        return [idle, no_data(context), no_data(context)]
    if not plan.present(weekday, half):
        return [text("staffing.nobody"), no_data(context), no_data(context)]
    found = plan.outcome_with_patience(weekday, half) or plan.outcome(weekday, half)
    if found is None:
        unstable = pill(text("staffing.unstable"), "attention", "exclamation-triangle-fill")
        return [unstable, text("staffing.grows"), text("staffing.unstable")]
    return [
        formats.share(found.in_time),
        formats.duration(found.mean_wait),
        formats.share(found.occupancy, 0),
    ]
